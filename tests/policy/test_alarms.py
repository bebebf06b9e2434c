"""An alarm that can never fire, or that CloudWatch would refuse, is reported with its correction; what is not known yet accuses nobody."""

from typing import Any

import pytest
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_OBJECT_VALUE, UNKNOWN_STRING_VALUE

from monitoring.operations import OPERATIONS
from policy.rules.alarms import alarm_can_fire
from tests.policy.support import ALARM, Resource, violations

TOPIC = "arn:aws:sns:eu-west-1:123456789012:on-call"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
OF_TABLE = {"TableName": "orders-1a2b3c4"}


def alarm(metric: str, dimensions: Any = OF_TABLE, *, namespace: str = "AWS/DynamoDB", **changes: Any) -> Resource:
    properties: dict[str, Any] = {
        "name": "orders",
        "namespace": namespace,
        "metricName": metric,
        "dimensions": dimensions,
        "statistic": "Sum",
        "period": 60.0,
        "threshold": 0.0,
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 5.0,
        "datapointsToAlarm": 1.0,
        "treatMissingData": "notBreaching",
        "alarmActions": [TOPIC],
        "__defaults": ["evaluationPeriods"],
    }
    kept = {name: value for name, value in (properties | changes).items() if value is not None}
    return Resource(ALARM, "orders", kept)


def formula(expression: str, *operations: str) -> Resource:
    def query(operation: str) -> dict[str, Any]:
        stat = {"namespace": "AWS/DynamoDB", "metricName": "ThrottledRequests", "period": 60.0, "stat": "Sum"}
        return {"id": operation.lower(), "metric": {**stat, "dimensions": {**OF_TABLE, "Operation": operation}}}

    queries = [*map(query, operations), {"id": "result", "expression": expression, "returnData": True}]
    properties = alarm("ThrottledRequests").properties
    alone = ("namespace", "metricName", "dimensions", "statistic", "period")
    return Resource(ALARM, "orders", {name: properties[name] for name in properties if name not in alone} | {"metricQueries": queries})


SOUND = {
    "by operation": alarm("ThrottledRequests", {**OF_TABLE, "Operation": "Query"}),
    "by table": alarm("WriteThrottleEvents"),
    "of an index": alarm("WriteThrottleEvents", {**OF_TABLE, "GlobalSecondaryIndexName": "GSI1"}),
    "of an account": alarm("UserErrors", {}),
    "a formula": formula("FILL(query,0) + FILL(putitem,0)", "Query", "PutItem"),
    "somebody's own": alarm("Failures", {"Whatever": "x"}, namespace="Shop/Checkout"),
    "of Lambda, unknown here": alarm("DurableExecutionStarted", {"FunctionName": "api"}, namespace="AWS/Lambda"),
    "without an action": alarm("WriteThrottleEvents", alarmActions=None),
    "composite": Resource(
        COMPOSITE, "any", {"alarmName": "any", "alarmRule": 'ALARM("orders") OR ALARM("others")', "alarmActions": [TOPIC]}
    ),
}

DEAD = {
    "requests by table": (alarm("ThrottledRequests"), "impossible-dimensions", "each operation has a series of its own"),
    "errors by table": (alarm("SystemErrors"), "impossible-dimensions", "SystemErrors by TableName has no data"),
    "user errors by table": (alarm("UserErrors"), "impossible-dimensions", "no dimension at all"),
    "a misspelt index": (
        alarm("WriteThrottleEvents", {**OF_TABLE, "GlobalSecondaryIndex": "GSI1"}),
        "impossible-dimensions",
        "GlobalSecondaryIndex is misspelt, it is GlobalSecondaryIndexName",
    ),
    "too many metrics": (formula(" + ".join(map(str.lower, OPERATIONS)), *OPERATIONS), "too-many-metrics", "14 metrics"),
    "a misspelt metric": (alarm("WriteThrottledEvents"), "unknown-metric", "nearest: WriteThrottleEvents"),
    "an unreadable rule": (
        Resource(COMPOSITE, "any", {"alarmName": "any", "alarmRule": "ALARM(orders) AND"}),
        "invalid-rule",
        "cannot be read",
    ),
}


@pytest.mark.parametrize("case", SOUND)
def test_a_sound_alarm_breaks_no_rule(case: str) -> None:
    assert violations(alarm_can_fire, SOUND[case]) == []


@pytest.mark.parametrize("case", DEAD)
def test_a_dead_alarm_is_reported_with_its_code(case: str) -> None:
    resource, code, words = DEAD[case]
    [message] = violations(alarm_can_fire, resource)
    assert message.startswith(f"{resource.name}: {code}: ")
    assert words in message


def test_the_report_has_the_corrected_alarm() -> None:
    [message] = violations(alarm_can_fire, alarm("UserErrors"))
    assert "Corrected: " in message
    assert "UserErrors by no dimension" in message.partition("Corrected: ")[2]


@pytest.mark.parametrize(
    "unclear",
    [
        alarm("ThrottledRequests", UNKNOWN_OBJECT_VALUE),
        alarm(UNKNOWN_STRING_VALUE),
        alarm("WriteThrottleEvents", {"TableName": UNKNOWN_STRING_VALUE}),
        alarm("WriteThrottleEvents", name=UNKNOWN_STRING_VALUE, alarmActions=[UNKNOWN_STRING_VALUE]),
        alarm("WriteThrottleEvents", alarmActions=UNKNOWN_ARRAY_VALUE),
        Resource(ALARM, "orders", {**formula("query", "Query").properties, "metricQueries": UNKNOWN_ARRAY_VALUE}),
        Resource(COMPOSITE, "any", {"alarmName": "any", "alarmRule": UNKNOWN_STRING_VALUE, "alarmActions": [TOPIC]}),
    ],
)
def test_what_is_not_known_yet_accuses_nobody(unclear: Resource) -> None:
    assert violations(alarm_can_fire, unclear) == []


def test_what_is_wrong_is_certain_before_the_name_of_the_table_is() -> None:
    [message] = violations(alarm_can_fire, alarm("ThrottledRequests", {"TableName": UNKNOWN_STRING_VALUE}))
    assert "ThrottledRequests by TableName has no data" in message


STICKS = alarm("WriteThrottleEvents", treatMissingData="missing")


def test_warnings_refuse_where_the_configuration_says_so() -> None:
    assert violations(alarm_can_fire, STICKS) == []
    [message] = violations(alarm_can_fire, STICKS, severity="warning")
    assert message.startswith("orders: keeps-alarm: ")


def test_a_code_can_be_excepted() -> None:
    excepted: dict[str, Any] = {"except": ["impossible-dimensions"]}
    assert violations(alarm_can_fire, alarm("UserErrors"), **excepted) == []
    assert len(violations(alarm_can_fire, alarm("WriteThrottledEvents"), **excepted)) == 1


def test_other_resources_are_no_alarm() -> None:
    assert violations(alarm_can_fire, Resource("aws:sqs/queue:Queue", "orders", alarm("UserErrors").properties)) == []
