"""Alarms within the limits of PutMetricAlarm and PutCompositeAlarm (botocore's service model)."""

import botocore.loaders
import botocore.validate
import pytest
from botocore.model import ServiceModel

from monitoring import Actions, Alarm, CompositeAlarm, Expression, MonitoringError, Ref, alarms_for, composites_for, resolve
from monitoring.alarms import COMPARISONS, LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_RULE
from monitoring.measures import consumed, filled_sum, of_queue, throttled_requests
from monitoring.operations import OPERATIONS
from tests.monitoring.conftest import names_for, stack_of

MODEL = ServiceModel(botocore.loaders.Loader().load_service_model("cloudwatch", "service-2"))
QUEUE = of_queue("ApproximateNumberOfMessagesVisible", "failed")


def valid(operation, request):
    report = botocore.validate.ParamValidator().validate(request, MODEL.operation_model(operation).input_shape)
    assert not report.has_errors(), report.generate_report()


def alarm(**changes):
    return Alarm(**{"name": "shop-dev page: x", "severity": "page", "description": "", "source": QUEUE, "threshold": 0.0} | changes)


def test_limits_are_those_of_the_service_model():
    shapes = MODEL.shape_for("PutMetricAlarmInput").members
    assert shapes["AlarmName"].metadata["max"] == LONGEST_NAME
    assert shapes["AlarmDescription"].metadata["max"] == LONGEST_DESCRIPTION
    assert MODEL.shape_for("PutCompositeAlarmInput").members["AlarmRule"].metadata["max"] == LONGEST_RULE
    assert set(COMPARISONS) < set(shapes["ComparisonOperator"].enum)


@pytest.mark.parametrize("stage", ["dev", "production"])
def test_every_request_of_a_stack_is_one_that_the_service_model_takes(stage):
    stack = stack_of(stage=stage)
    alarms = alarms_for(stack)
    composites = composites_for(stack, alarms)
    names = names_for(*alarms, *composites)
    for each in alarms:
        valid("PutMetricAlarm", resolve(each, names))
    for each in composites:
        valid("PutCompositeAlarm", resolve(each, names))


def test_an_alarm_survives_the_way_through_cloudwatch():
    for each in alarms_for(stack_of()):
        request = resolve(each, names_for(each))
        again = Alarm.from_request(request)
        assert again.request() == request
        assert again.severity == each.severity
        assert set(again.metrics) == set(each.metrics)


def test_describe_alarms_is_read_with_what_it_adds():
    told = {
        "AlarmArn": "arn:x",
        "StateValue": "OK",
        "OKActions": ["arn:t"],
        "AlarmActions": ["arn:t"],
        "InsufficientDataActions": [],
        "Unit": "Count",
    }
    read = Alarm.from_request({**alarm().request(), **told, "ActionsEnabled": False})
    assert read.actions == Actions(alarm=("arn:t",), ok=("arn:t",), enabled=False)
    assert {"OKActions", "AlarmActions"} < read.request().keys()
    assert "Unit" not in read.request()


def test_a_name_without_a_severity_is_info():
    assert Alarm.from_request(alarm(name="homepage: slow").request()).severity == "info"
    assert CompositeAlarm.from_request({"AlarmName": "x ticket: y", "AlarmRule": "TRUE"}).severity == "ticket"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "1 to 255 characters without control characters, given 0"),
        ({"name": "x" * 256}, "1 to 255 characters without control characters, given 256"),
        ({"name": "a\nb"}, "without control characters"),
        ({"description": "x" * 1025}, "a description of 1025 characters; at most 1024"),
        ({"comparison": "Above"}, 'the comparison "Above" is none of GreaterThanThreshold'),
        ({"missing": "bad"}, 'missing data as "bad" is none of missing, ignore, breaching, notBreaching'),
        ({"datapoints_to_alarm": 3, "evaluation_periods": 2}, "3 of 2 datapoints"),
        ({"datapoints_to_alarm": 0}, "0 of 1 datapoints"),
        ({"evaluation_periods": 1441}, "it looks back 86460 s; at most 86400 s are allowed for a period of 60 s"),
        (
            {"source": Expression("SUM([a, b])", {"a": QUEUE, "b": consumed("t", "Read", period_seconds=300)})},
            "its metrics have different periods",
        ),
        ({"source": Expression("SUM(a)", {"a": QUEUE})}, "results in a number, an alarm watches one series"),
        ({"source": Expression("METRICS()", {"a": QUEUE})}, "results in a list, an alarm watches one series"),
        (
            {"source": filled_sum({f"o{place}": throttled_requests("t", operation) for place, operation in enumerate(OPERATIONS)})},
            "14 metrics; at most 10 are allowed: split it into families of operations",
        ),
    ],
)
def test_what_cloudwatch_would_refuse(changes, message):
    with pytest.raises(MonitoringError) as caught:
        alarm(**changes)
    assert caught.value.code == "invalid-alarm"
    assert message in str(caught.value)


def test_at_most_five_actions_for_one_state():
    with pytest.raises(MonitoringError, match="6 actions for one state; at most 5"):
        Actions(ok=("arn",) * 6)


def test_exactly_one_query_returns_data():
    request = resolve(alarm(source=filled_sum({"a": QUEUE})), {})
    for query in request["Metrics"]:
        query["ReturnData"] = True
    with pytest.raises(MonitoringError, match="2 of its 2 queries return data; exactly one must"):
        Alarm.from_request(request)


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"ThresholdMetricId": "band"}, "band that only CloudWatch learns"),
        ({"EvaluationWindow": {"WallClockWindow": {"Timezone": "Europe/Berlin"}}}, "begins by the clock"),
        ({"EvaluationWindow": {"WallClockWindow": {}}}, "begins by the clock"),
    ],
)
def test_an_alarm_of_another_kind_is_not_read_as_one_that_slides(members, why):
    with pytest.raises(MonitoringError, match=why):
        Alarm.from_request({**resolve(alarm(), {}), **members})


def test_a_window_that_slides_is_what_it_is_without():
    """ "If you omit this parameter, the alarm uses a sliding window" (PutMetricAlarm, EvaluationWindow)."""
    request = resolve(alarm(), {})
    assert Alarm.from_request({**request, "EvaluationWindow": {"SlidingWindow": {}}}) == Alarm.from_request(request)


def test_an_alarm_in_promql_is_refused():
    """It has no metric, threshold or comparison (PutMetricAlarm, EvaluationCriteria)."""
    with pytest.raises(MonitoringError, match="PromQL"):
        Alarm.from_request({"AlarmName": "one", "EvaluationCriteria": {"PromQLCriteria": {"Query": "up == 0"}}, "EvaluationInterval": 60})


def test_a_circle_of_formulas_is_refused():
    queries = [{"Id": "a", "Expression": "b"}, {"Id": "b", "Expression": "a", "ReturnData": False}]
    with pytest.raises(MonitoringError, match='"a" is made from itself'):
        Alarm.from_request({**alarm().request(), "Metrics": queries})


def test_the_id_of_the_result_does_not_collide():
    source = Expression("result + 1", {"result": QUEUE})
    assert [query["Id"] for query in alarm(source=source).request()["Metrics"]] == ["result", "result0"]


def test_a_unit_is_never_sent():
    """A wrong one leaves an alarm in INSUFFICIENT_DATA for ever (botocore, PutMetricAlarm)."""
    for each in alarms_for(stack_of()):
        assert "Unit" not in str(each.request().keys())


def test_refs_stay_refs_until_they_are_resolved():
    assert {"Name": "QueueName", "Value": Ref("queue:x")} in alarm(
        source=of_queue("ApproximateNumberOfMessagesVisible", Ref("queue:x"))
    ).request()["Dimensions"]


@pytest.mark.parametrize(
    ("comparison", "value", "breaches", "label"),
    [
        ("GreaterThanThreshold", 5.0, False, "page above 5"),
        ("GreaterThanOrEqualToThreshold", 5.0, True, "page at 5"),
        ("LessThanThreshold", 5.0, False, "page below 5"),
        ("LessThanOrEqualToThreshold", 5.0, True, "page at or below 5"),
        ("GreaterThanThreshold", 5.1, True, "page above 5"),
        ("LessThanThreshold", 4.9, True, "page below 5"),
    ],
)
def test_comparisons(comparison, value, breaches, label):
    made = alarm(comparison=comparison, threshold=5.0)
    assert made.breaches(value) is breaches
    assert made.label() == label
