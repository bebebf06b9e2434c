import pytest

from monitoring import Alarm, Expression, Metric, MonitoringError, Ref
from monitoring.measures import per_second, throttled_requests

CONSUMED = Metric("AWS/DynamoDB", "ConsumedWriteCapacityUnits", {"TableName": "shop"})


def test_the_naive_alarm_cannot_be_built():
    """ "ThrottledRequests > 0 on the table", as everybody writes it first: no such series exists, so it would stay green for ever."""
    with pytest.raises(MonitoringError) as caught:
        Alarm(
            name="throttled",
            severity="page",
            description="",
            source=Metric("AWS/DynamoDB", "ThrottledRequests", {"TableName": "shop"}),
            threshold=0,
        )
    assert caught.value.code == "impossible-dimensions"
    assert "needs Operation; use throttled_requests(table, operation)" in caught.value.message
    throttled_requests("shop", "GetItem")


def test_the_naive_alarm_cannot_be_read_either():
    request = {
        "AlarmName": "throttled",
        "Namespace": "AWS/DynamoDB",
        "MetricName": "ThrottledRequests",
        "Dimensions": [{"Name": "TableName", "Value": "shop"}],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    with pytest.raises(MonitoringError, match="impossible-dimensions"):
        Alarm.from_request(request)


def test_a_metric_is_a_value():
    other = Metric("AWS/DynamoDB", "ConsumedWriteCapacityUnits", {"TableName": "shop"}, label="writes")
    assert other == CONSUMED
    assert len({CONSUMED, other}) == 1
    with pytest.raises(TypeError):
        CONSUMED.dimensions["TableName"] = "other"


def test_the_statistic_goes_where_cloudwatch_wants_it():
    latency = {"TableName": "shop", "Operation": "GetItem"}
    assert Metric("AWS/DynamoDB", "SuccessfulRequestLatency", latency, "p99").alone()["ExtendedStatistic"] == "p99"
    assert Metric("AWS/DynamoDB", "SuccessfulRequestLatency", latency, "Maximum").alone()["Statistic"] == "Maximum"


def test_an_empty_dimension_is_refused():
    with pytest.raises(MonitoringError, match="the dimension TableName has no value"):
        Metric("AWS/DynamoDB", "TransactionConflict", {"TableName": ""})


@pytest.mark.parametrize(
    ("text", "inputs", "message"),
    [
        ("m1 + m2", {"m1": CONSUMED}, "'m1 + m2': nothing has the id \"m2\"; given are: m1"),
        ("m1", {"m1": CONSUMED, "m2": CONSUMED}, "'m1': \"m2\" is paid for and never used"),
        ("SUM(METRICS())", {"M1": CONSUMED}, '"M1" is no id: a small letter, then letters, digits and _'),
        ("m1 + ", {"m1": CONSUMED}, "'m1 + ': a value was expected before character 6, found the end"),
    ],
)
def test_a_formula_must_fit_its_inputs(text, inputs, message):
    with pytest.raises(MonitoringError) as caught:
        Expression(text, inputs)
    assert str(caught.value) == f"invalid-formula: {message}"


def test_one_id_has_one_meaning_in_nested_formulas():
    other = Metric("AWS/DynamoDB", "ConsumedReadCapacityUnits", {"TableName": "shop"})
    with pytest.raises(MonitoringError, match='the id "m" stands for two different things'):
        Expression("a + m", {"a": per_second(CONSUMED, "m"), "m": other})


def test_sources_come_before_what_needs_them():
    rate = per_second(CONSUMED, "m")
    assert list(Expression("rate*60", {"rate": rate}).sources()) == ["m", "rate"]


def test_a_ref_may_stand_for_a_dimension():
    assert throttled_requests(Ref("table"), "Query").identity()["Dimensions"][0] == {"Name": "TableName", "Value": Ref("table")}
