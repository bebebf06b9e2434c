"""Everything that a stack may ask for beside the usual: alarms that CloudWatch takes, that lint has nothing against, each with its own name."""

from dataclasses import replace

import botocore.loaders
import botocore.validate
import pytest
from botocore.model import ServiceModel

from monitoring import Alarm, Billing, Options, alarms_for, resolve
from tests.monitoring.conftest import names_for, stack_of
from tests.monitoring.lint.samples import TOPIC, found

MODEL = ServiceModel(botocore.loaders.Loader().load_service_model("cloudwatch", "service-2"))
OPTIONS = Options(ttl_silent_hours=24, pattern_latency_ms={"find_user": 20, "place_order": 100}, runbook_url="https://example.com/runbooks")
BILLINGS = (Billing.on_demand(), Billing.on_demand(max_reads_per_second=50, max_writes_per_second=9), Billing.provisioned())


def asking(billing):
    stack = stack_of(billing=billing)
    functions = tuple(replace(each, pattern_metrics=True) for each in stack.functions)
    return replace(stack, functions=functions, table=replace(stack.table, replicas=("eu-central-1", "us-east-1")))


def requests(billing):
    alarms = alarms_for(asking(billing), OPTIONS)
    return [resolve(alarm, names_for(alarm)) for alarm in alarms]


@pytest.mark.parametrize("billing", BILLINGS)
def test_the_service_model_takes_them_and_gives_them_back(billing):
    for request in requests(billing):
        report = botocore.validate.ParamValidator().validate(request, MODEL.operation_model("PutMetricAlarm").input_shape)
        assert not report.has_errors(), report.generate_report()
        assert Alarm.from_request(request).request() == request


@pytest.mark.parametrize("billing", BILLINGS)
def test_lint_has_nothing_against_them(billing):
    assert found(*(request | {"AlarmActions": [TOPIC]} for request in requests(billing))) == []


@pytest.mark.parametrize("billing", BILLINGS)
def test_names_are_their_own_and_descriptions_fit(billing):
    alarms = alarms_for(asking(billing), OPTIONS)
    assert len({alarm.name for alarm in alarms}) == len(alarms)
    assert all(" Next: " in alarm.description and len(alarm.description) <= 1024 for alarm in alarms)
