"""Alarms on a band: what CloudWatch takes, and that nobody is told of them unasked."""

import botocore.loaders
import botocore.validate
import pytest
from botocore.model import ServiceModel

from monitoring import Alarm, AnomalyAlarm, Expression, MonitoringError, Options, anomalies_for, resolve
from monitoring.anomalies import COMPARISONS
from monitoring.backtest import generated
from monitoring.measures import consumed, of_table
from monitoring.options import ANOMALIES
from monitoring.scenarios import named
from tests.monitoring.conftest import clause, names_for, stack_of
from tests.monitoring.lint.samples import TOPIC, found

MODEL = ServiceModel(botocore.loaders.Loader().load_service_model("cloudwatch", "service-2"))
EVERY = Options(anomalies=frozenset(ANOMALIES))
USE = consumed("shop", "Read", period_seconds=300)


def made(options=EVERY):
    return {clause(alarm): alarm for alarm in anomalies_for(stack_of(), options)}


def alarm(**changes):
    return AnomalyAlarm(**{"name": "shop-dev info: x", "severity": "info", "description": "", "source": USE} | changes)


def test_comparisons_are_those_of_the_service_model_that_need_a_band():
    offered = set(MODEL.shape_for("PutMetricAlarmInput").members["ComparisonOperator"].enum)
    assert set(COMPARISONS) == {each for each in offered if "Upper" in each or "Lower" in each}


def test_nothing_is_made_unasked():
    assert anomalies_for(stack_of()) == ()


def test_use_is_watched_up_and_down_and_conditions_up():
    shown = {name: (each.severity, each.comparison) for name, each in made().items()}
    both = ("info", "LessThanLowerOrGreaterThanUpperThreshold")
    assert shown == {
        "reads of the table are unusual": both,
        "writes of the table are unusual": both,
        "unusually many writes fail their condition": ("info", "GreaterThanUpperThreshold"),
    }
    assert set(made(Options(anomalies=frozenset({"unusual-use"})))) == {"reads of the table are unusual", "writes of the table are unusual"}
    off = Options(anomalies=frozenset(ANOMALIES), disabled=frozenset({"unusual-use"}))
    assert set(made(off)) == {"unusually many writes fail their condition"}


@pytest.mark.parametrize("name", made())
def test_a_request_is_one_that_the_service_takes(name):
    """API reference, PutMetricAlarm, "Anomaly Detection Model Alarm": no Threshold; the metric and the band return data."""
    request = resolve(made()[name], names_for(made()[name]))
    report = botocore.validate.ParamValidator().validate(request, MODEL.operation_model("PutMetricAlarm").input_shape)
    assert not report.has_errors(), report.generate_report()
    assert "Threshold" not in request
    returned = [query for query in request["Metrics"] if query["ReturnData"]]
    assert len(returned) == 2
    [band] = [query for query in returned if query["Id"] == request["ThresholdMetricId"]]
    assert band["Expression"].startswith("ANOMALY_DETECTION_BAND(")
    assert found(request | {"AlarmActions": [TOPIC]}) == []


@pytest.mark.parametrize("name", made())
def test_it_survives_the_way_through_cloudwatch(name):
    request = resolve(made()[name], names_for(made()[name]))
    again = AnomalyAlarm.from_request(request | {"StateValue": "OK", "AlarmArn": "arn:x"})
    assert again.request() == request
    assert (again.severity, set(again.metrics)) == ("info", set(made()[name].metrics))


def test_a_band_of_a_metric_costs_three_metrics():
    """Amazon CloudWatch pricing: the metric, its upper and its lower bound; US$ 0.10 each."""
    assert alarm().monthly_usd == 0.30
    assert made()["unusually many writes fail their condition"].monthly_usd == 0.40


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"comparison": "GreaterThanThreshold"}, '"GreaterThanThreshold" is none of GreaterThanUpperThreshold'),
        ({"deviations": 0}, "a band of 0 standard deviations: it must be above 0"),
        ({"datapoints_to_alarm": 2}, "2 of 1 datapoints"),
        ({"source": Expression("1*band", {"band": USE})}, '"band" is an id of its own'),
        ({"name": ""}, "1 to 255 characters"),
    ],
)
def test_an_alarm_that_could_not_work_is_refused(changes, message):
    with pytest.raises(MonitoringError) as caught:
        alarm(**changes)
    assert caught.value.code == "invalid-alarm"
    assert message in caught.value.message


def test_an_alarm_without_a_band_is_none():
    request = alarm().request()
    for wrong in (
        request | {"ThresholdMetricId": "watched"},
        {**request, "Metrics": []},
        {k: v for k, v in request.items() if k != "Metrics"},
    ):
        with pytest.raises(MonitoringError, match="names no ANOMALY_DETECTION_BAND"):
            AnomalyAlarm.from_request(wrong)


def test_a_band_without_a_width_is_two_deviations_wide():
    """CloudWatch user guide, "Metric math syntax and functions": the default is 2."""
    metric = {"Id": "m1", "MetricStat": of_table("TransactionConflict", "shop").stat(), "ReturnData": True}
    band = {"Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1)", "ReturnData": True}
    given = {"AlarmName": "a", "Metrics": [metric, band], "ThresholdMetricId": "ad1", "EvaluationPeriods": 1}
    read = AnomalyAlarm.from_request(given | {"ComparisonOperator": "GreaterThanUpperThreshold"})
    assert read.deviations == 2
    assert read.metrics["m"].name == "TransactionConflict"


def test_it_is_not_taken_for_an_alarm_with_a_threshold():
    with pytest.raises(MonitoringError, match="it compares with a band that only CloudWatch learns"):
        Alarm.from_request(alarm().request())


def test_a_backtest_says_that_it_does_not_evaluate_them():
    unjudged = generated(named(stack_of()), EVERY).unjudged
    assert set(unjudged) == {each.name for each in anomalies_for(stack_of(), EVERY)}
    assert set(unjudged.values()) == {"it compares with a band that only CloudWatch learns"}
