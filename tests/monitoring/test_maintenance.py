"""Warm-up and suppressors: on the alarms, in what is sent and in what is read back."""

import botocore.session
import pytest
from botocore.validate import ParamValidator

from monitoring import MonitoringError, alarms_for, composites_for, resolve
from monitoring.actions import LONGEST_WARM_UP, Suppressor, WarmUp
from monitoring.alarms import Alarm, CompositeAlarm
from monitoring.maintenance import Maintenance
from tests.monitoring.conftest import names_for, stack_of

MODEL = botocore.session.get_session().get_service_model("cloudwatch")


def problems(operation: str, request: dict[str, object]) -> str:
    return ParamValidator().validate(request, MODEL.operation_model(operation).input_shape).generate_report()


def test_every_alarm_warms_up_as_the_service_takes_it() -> None:
    plain = alarms_for(stack_of())
    warmed = Maintenance(warm_up=WarmUp(15, whole=True)).over(plain)
    assert [alarm.name for alarm in warmed] == [alarm.name for alarm in plain]
    for alarm in warmed:
        sent = resolve(alarm, names_for(alarm))
        assert sent["WarmUpConfiguration"] == {"WarmUpPeriodDurationInMinutes": 15, "OnlyStartEvaluatingAfterWarmUpPeriodEnds": True}
        assert problems("PutMetricAlarm", sent) == ""
        assert Alarm.from_request(sent).warm_up == WarmUp(15, whole=True)
    assert all("WarmUpConfiguration" not in alarm.request() for alarm in Maintenance().over(plain))


def test_every_composite_is_suppressed_as_the_service_takes_it() -> None:
    stack = stack_of()
    suppressor = Suppressor("shop-dev info: a deployment runs", wait_seconds=60, extension_seconds=300)
    for composite in Maintenance(suppressor=suppressor).over_composites(composites_for(stack, alarms_for(stack))):
        sent = composite.request()
        assert {name: value for name, value in sent.items() if name.startswith("ActionsSuppressor")} == {
            "ActionsSuppressor": "shop-dev info: a deployment runs",
            "ActionsSuppressorWaitPeriod": 60,
            "ActionsSuppressorExtensionPeriod": 300,
        }
        assert problems("PutCompositeAlarm", sent) == ""
        assert CompositeAlarm.from_request(sent).suppressor == suppressor


def test_the_longest_warm_up_is_the_service_s() -> None:
    shape = MODEL.shape_for("WarmUpConfiguration").members["WarmUpPeriodDurationInMinutes"]
    assert shape.metadata["max"] == LONGEST_WARM_UP


@pytest.mark.parametrize("minutes", [0, LONGEST_WARM_UP + 1])
def test_a_warm_up_beyond_its_limits(minutes: int) -> None:
    with pytest.raises(MonitoringError, match=f"a warm-up of {minutes} minutes; 1 to 2880 are allowed"):
        WarmUp(minutes)


def test_a_suppressor_that_makes_no_sense() -> None:
    with pytest.raises(MonitoringError, match="a suppressor needs the name of an alarm"):
        Suppressor("")
    with pytest.raises(MonitoringError, match="waits of 0 seconds or more"):
        Suppressor("deploying", wait_seconds=-1)
