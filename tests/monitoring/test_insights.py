"""`strategy="insights"`: refused and failed requests of all operations by one query each, as PutMetricAlarm takes it."""

import botocore.loaders
import botocore.validate
import pytest
from botocore.model import ServiceModel

from monitoring import Alarm, Expression, MonitoringError, Options, Reading, Ref, alarms_for, refs_in, resolve
from monitoring.backtest import backtest, generated
from monitoring.measures import of_all_operations
from monitoring.names import Template, with_refs
from monitoring.scenarios import SCENARIOS, play
from tests.monitoring.conftest import START, clause, names_for, pattern, stack_of
from tests.monitoring.lint.samples import TOPIC, found
from tests.monitoring.weather import TABLE, Weather, course, operation

MODEL = ServiceModel(botocore.loaders.Loader().load_service_model("cloudwatch", "service-2"))
OPTIONS = Options(strategy="insights")
REFUSED, FAILED = "requests to the table are refused", "DynamoDB fails requests"


def made(stack=None):
    return {clause(alarm): alarm for alarm in alarms_for(stack or stack_of(), OPTIONS) if clause(alarm) in (REFUSED, FAILED)}


def deployed(name):
    return Alarm.from_request(resolve(made()[name], names_for(made()[name])))


def test_the_same_alarms_by_the_same_names():
    assert {alarm.name for alarm in alarms_for(stack_of(), OPTIONS)} == {alarm.name for alarm in alarms_for(stack_of())}


@pytest.mark.parametrize(("name", "metric"), [(REFUSED, "ThrottledRequests"), (FAILED, "SystemErrors")])
def test_a_query_names_the_table_when_it_is_known(name, metric):
    alarm = made()[name]
    assert refs_in(alarm) == {Ref("table")}
    request = resolve(alarm, {Ref("table"): "shop-1a2b3c4"})
    query, filled = request["Metrics"]
    assert (
        query["Expression"] == f"SELECT SUM({metric}) FROM SCHEMA(\"AWS/DynamoDB\", TableName, Operation) WHERE TableName = 'shop-1a2b3c4'"
    )
    assert (query["Period"], query["ReturnData"]) == (60, False)
    assert (filled["Expression"], filled["ReturnData"]) == ("FILL(all,0)", True)
    report = botocore.validate.ParamValidator().validate(request, MODEL.operation_model("PutMetricAlarm").input_shape)
    assert not report.has_errors(), report.generate_report()
    assert found(request | {"AlarmActions": [TOPIC]}) == []
    assert Alarm.from_request(request).request() == request


def test_a_name_of_the_deploying_engine_is_joined_by_the_engine():
    token = object()
    request = resolve(made()[REFUSED], {Ref("table"): token}, join=list)
    [before, name, after] = request["Metrics"][0]["Expression"]
    assert before.endswith("TableName = '")
    assert (name, after) == (token, "'")


def test_a_text_with_references_and_one_without():
    assert with_refs("a <function:api> b") == Template(("a ", Ref("function:api"), " b"))
    assert with_refs("<table>") == Template((Ref("table"),))
    for plain in ("", "m1 < 3", "shop", "a <-> b"):
        assert with_refs(plain) == plain


@pytest.mark.parametrize("reading", list(Reading))
@pytest.mark.parametrize("calls", [100, 0])
@pytest.mark.parametrize(
    ("name", "metric", "operations"),
    [(REFUSED, "ThrottledRequests", ("Query",)), (FAILED, "SystemErrors", ("UpdateItem",)), (REFUSED, "ThrottledRequests", ("Scan",))],
)
def test_it_fires_and_clears(name, metric, operations, calls, reading):
    """Scan is used by no pattern: a query finds it too. The weather is without calls, so nothing but the fill can clear it."""
    watching = deployed(name)

    def incident(weather, minute):
        for each in operations:
            weather.dynamodb(minute, metric, operation(each))

    states = course([watching], Weather(calls=calls), incident, reading)[name]
    assert "ALARM" not in states[:40]
    assert (states[59], states[-1]) == ("ALARM", "OK")


def test_other_tables_are_not_counted():
    other = {"TableName": "another", "Operation": "Query"}
    states = course([deployed(REFUSED)], Weather(), lambda w, m: w.dynamodb(m, "ThrottledRequests", other))[REFUSED]
    assert "ALARM" not in states


def test_any_number_of_operations_is_one_alarm_and_each_is_paid_for():
    """Amazon CloudWatch pricing: US$ 0.10 for each metric that the query analyses."""
    used = ("GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactGetItems",
            "TransactWriteItems", "ExecuteStatement")  # fmt: skip
    stack = stack_of([pattern(f"do_{name}", "Does it.", "one", (name,)) for name in used])
    assert made(stack).keys() == {REFUSED, FAILED}
    assert made(stack)[REFUSED].monthly_usd == 1.10
    assert made()[REFUSED].monthly_usd == 0.40


def test_a_query_looks_back_three_hours_and_no_further():
    """CloudWatch user guide, "Limits" of alarms on Metrics Insights queries."""
    source = of_all_operations("ThrottledRequests", "shop")

    def over(periods, source=source):
        return Alarm("x", "page", "", source, 0.0, evaluation_periods=periods, datapoints_to_alarm=1)

    assert over(180).evaluation_periods == 180
    with pytest.raises(MonitoringError, match="it looks back 10860 s; at most 10800 s are allowed for a query"):
        over(181)
    with pytest.raises(MonitoringError, match="at most 10800 s"):
        over(181, Expression(source.inputs["all"].text, {}, period_seconds=60))


def test_a_backtest_trips_it_like_the_other_strategy(shop_run):
    by_query, by_name = (
        {clause(each.alarm): (each.fired, each.cleared) for each in backtest(shop_run, generated(shop_run.stack, options)).firings}
        for options in (OPTIONS, Options())
    )
    assert by_query == by_name
    assert REFUSED in by_query


@pytest.fixture(scope="module")
def shop_run():
    return play(SCENARIOS["gsi-backpressure"], stack_of(), START)


def test_a_strategy_that_is_none_is_refused():
    with pytest.raises(MonitoringError, match='the strategy "queries" is none of operations, insights'):
        Options(strategy="queries")


def test_a_metric_without_operations_has_no_such_query():
    with pytest.raises(MonitoringError) as caught:
        of_all_operations("WriteThrottleEvents", TABLE["TableName"])
    assert caught.value.code == "impossible-dimensions"
