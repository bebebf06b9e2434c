"""Throttling of a table and of each index is seen by an alarm that can fire: each alarm left out, dead, of something else, not known yet."""

from collections.abc import Mapping
from typing import Any

import pytest
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_OBJECT_VALUE, UNKNOWN_STRING_VALUE, UnknownValueError

from monitoring.lint.readers.provider import request_of
from policy.rules.throttling import table_throttle_alarms
from tests.policy.support import ALARM, DISPOSABLE, TABLE, Resource, stack_violations, table


def alarm(name: str, metric: str, dimensions: Mapping[str, Any], **changes: Any) -> Resource:
    properties: dict[str, Any] = {
        "name": name,
        "namespace": "AWS/DynamoDB",
        "metricName": metric,
        "dimensions": dimensions,
        "statistic": "Sum",
        "period": 60.0,
        "threshold": 0.0,
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 5.0,
        "datapointsToAlarm": 1.0,
        "treatMissingData": "notBreaching",
        "alarmActions": [UNKNOWN_STRING_VALUE],
    }
    return Resource(ALARM, name, properties | changes, stack="prod", reads={"dimensions": ["shop"]})


OF_TABLE = {"TableName": "shop-1a2b3c4"}
OF_INDEX = {"TableName": "shop-1a2b3c4", "GlobalSecondaryIndexName": "GSI1"}
SOUND = {
    "reads": alarm("reads", "ReadThrottleEvents", OF_TABLE),
    "writes": alarm("writes", "WriteThrottleEvents", OF_TABLE),
    "index-reads": alarm("index-reads", "ReadThrottleEvents", OF_INDEX),
    "index-writes": alarm("index-writes", "WriteThrottleEvents", OF_INDEX),
}
ADVICE = "Add alarms on ReadThrottleEvents and WriteThrottleEvents, by TableName for the table and by TableName and GlobalSecondaryIndexName for each index"


def watching(*, instead: Mapping[str, Resource | None] | None = None, subject: Resource | None = None) -> list[Resource]:
    alarms = SOUND | (instead or {})
    return [subject or table(), *(each for each in alarms.values() if each is not None)]


def report(missing: str) -> str:
    return f"shop: no alarm sees throttling of {missing}. {ADVICE}"


def test_a_table_whose_throttling_is_watched_breaks_no_rule() -> None:
    assert stack_violations(table_throttle_alarms, watching()) == []


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        ("reads", "reads of the table"),
        ("writes", "writes of the table"),
        ("index-reads", "reads of index GSI1"),
        ("index-writes", "writes of index GSI1"),
    ],
)
def test_each_missing_alarm_is_reported(left_out: str, missing: str) -> None:
    assert stack_violations(table_throttle_alarms, watching(instead={left_out: None})) == [report(missing)]


def test_a_table_without_any_alarm_is_reported_once() -> None:
    (message,) = stack_violations(table_throttle_alarms, [table()])
    assert message == report("reads of the table, writes of the table, reads of index GSI1, writes of index GSI1")


def query(name: str, metric: str, dimensions: Mapping[str, Any]) -> dict[str, Any]:
    stat = {"namespace": "AWS/DynamoDB", "metricName": metric, "period": 60.0, "stat": "Sum", "dimensions": dimensions}
    return {"id": name, "metric": stat, "returnData": False}


def test_a_query_returns_data_only_where_it_says_so() -> None:
    """Unlike the API, the provider sends false where nothing is said (AWS provider, metric_query: return_data)."""
    silent = {name: value for name, value in query("r", "ReadThrottleEvents", OF_TABLE).items() if name != "returnData"}
    request = request_of({"name": "any", "metricQueries": [silent, {"id": "e", "expression": "r", "returnData": True}]})
    assert [each["ReturnData"] for each in request["Metrics"]] == [False, True]


def math(name: str, dimensions: Mapping[str, Any]) -> Resource:
    """Both directions in one alarm, as metric math."""
    queries = [
        query("r", "ReadThrottleEvents", dimensions),
        query("w", "WriteThrottleEvents", dimensions),
        {"id": "both", "expression": "FILL(r,0)+FILL(w,0)", "returnData": True},
    ]
    single = dict.fromkeys(("namespace", "metricName", "statistic", "period"))
    return alarm(name, "", {}, **single, metricQueries=queries)


def test_metric_math_over_both_directions_counts() -> None:
    assert stack_violations(table_throttle_alarms, [table(), math("table", OF_TABLE), math("index", OF_INDEX)]) == []
    assert stack_violations(table_throttle_alarms, [table(), math("table", OF_TABLE)]) == [
        report("reads of index GSI1, writes of index GSI1")
    ]


@pytest.mark.parametrize(
    ("dead", "why"),
    [
        (alarm("dead", "ThrottledRequests", OF_TABLE), "ThrottledRequests by TableName has no data"),
        (
            alarm("dead", "WriteThrottleEvents", {**OF_TABLE, "GlobalSecondaryIndex": "GSI1"}),
            "impossible-dimensions: WriteThrottleEvents by ",
        ),
        (alarm("dead", "WriteThrottledEvents", OF_TABLE), 'AWS/DynamoDB has no metric "WriteThrottledEvents"'),
        (alarm("dead", "WriteThrottleEvents", OF_TABLE, statistic="Average"), "WriteThrottleEvents has no useful Average"),
        (alarm("dead", "WriteThrottleEvents", OF_TABLE, period=30.0), "WriteThrottleEvents: 30 s is none of"),
    ],
)
def test_an_alarm_that_can_never_fire_does_not_count(dead: Resource, why: str) -> None:
    (message,) = stack_violations(table_throttle_alarms, watching(instead={"writes": dead}))
    assert message.startswith(report("writes of the table") + ". Not counted: dead (")
    assert why in message


@pytest.mark.parametrize(
    "useless",
    [
        alarm("other", "WriteThrottleEvents", {"TableName": "another-table"}),
        alarm("other", "ReadThrottleEvents", OF_TABLE),
        alarm("other", "WriteThrottleEvents", OF_INDEX),
        alarm("other", "WriteThrottleEvents", OF_TABLE, comparisonOperator="LessThanThreshold"),
        alarm("other", "SystemErrors", {**OF_TABLE, "Operation": "PutItem"}),
        alarm("other", "ThrottledRequests", {**OF_TABLE, "Operation": "GetRecords"}),
        alarm("other", "Errors", {"FunctionName": "api"}, namespace="AWS/Lambda"),
    ],
)
def test_an_alarm_on_something_else_does_not_count(useless: Resource) -> None:
    assert stack_violations(table_throttle_alarms, watching(instead={"writes": useless})) == [report("writes of the table")]


def test_throttled_requests_of_an_operation_count_for_its_direction() -> None:
    by_operation = alarm("by-operation", "ThrottledRequests", {**OF_TABLE, "Operation": "PutItem"})
    assert stack_violations(table_throttle_alarms, watching(instead={"writes": by_operation})) == []
    by_operation = alarm("by-operation", "ThrottledRequests", {**OF_TABLE, "Operation": "Query"})
    assert stack_violations(table_throttle_alarms, watching(instead={"writes": by_operation})) == [report("writes of the table")]


def test_a_disposable_table_needs_no_alarm_outside_production() -> None:
    assert stack_violations(table_throttle_alarms, [table(tags=DISPOSABLE, stack="dev")]) == []
    assert len(stack_violations(table_throttle_alarms, [table(tags=DISPOSABLE, stack="prod")])) == 1


def test_a_name_that_is_not_known_yet_is_no_accusation() -> None:
    unclear = table(name=UNKNOWN_STRING_VALUE)
    with pytest.raises(UnknownValueError) as error:
        stack_violations(table_throttle_alarms, watching(subject=unclear))
    assert error.value.message == "string value at .name can't be known during preview"


def test_an_alarm_that_is_not_known_yet_may_be_the_missing_one() -> None:
    unclear = alarm("writes", "WriteThrottleEvents", {"TableName": UNKNOWN_STRING_VALUE})
    with pytest.raises(UnknownValueError):
        stack_violations(table_throttle_alarms, watching(instead={"writes": unclear}))


def test_an_unknown_alarm_of_another_table_excuses_nothing() -> None:
    second = Resource(TABLE, "second", {"name": "second", "tags": {}}, stack="prod")
    unclear = Resource(
        ALARM,
        "unclear",
        {**alarm("a", "ReadThrottleEvents", {}).properties, "dimensions": UNKNOWN_OBJECT_VALUE},
        reads={"dimensions": ["shop"]},
    )
    found: list[str] = []
    with pytest.raises(UnknownValueError):
        stack_violations(table_throttle_alarms, [table(), second, unclear], found)
    assert found == [f"second: no alarm sees throttling of reads of the table, writes of the table. {ADVICE}"]


def test_indexes_that_are_not_known_yet_are_no_accusation() -> None:
    with pytest.raises(UnknownValueError):
        stack_violations(table_throttle_alarms, watching(subject=table(globalSecondaryIndexes=UNKNOWN_ARRAY_VALUE)))
