"""Each rule: nothing to say about what is right; then one thing at a time is broken, left out, or not known yet."""

from collections.abc import Mapping
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy
from pulumi_policy.proxy import (
    UNKNOWN_ARRAY_VALUE,
    UNKNOWN_BOOLEAN_VALUE,
    UNKNOWN_NUMBER_VALUE,
    UNKNOWN_OBJECT_VALUE,
    UNKNOWN_STRING_VALUE,
    UnknownValueError,
)

from policy.rules import POLICIES
from policy.rules.streams import stream_failure_destination
from policy.rules.tables import (
    disposable_outside_production,
    table_deletion_protection,
    table_encryption,
    table_point_in_time_recovery,
    table_protect,
)
from policy.rules.throttling import table_throttle_alarms
from tests.policy.support import ALARM, MAPPING, TABLE, Resource, stack_violations, violations

DISPOSABLE = {"singletable:disposable": "true"}
OF_A_TABLE = (table_deletion_protection, table_point_in_time_recovery, table_protect, table_encryption, disposable_outside_production)


def table(*, protect: bool = True, stack: str = "prod", without: str = "", **changes: Any) -> Resource:
    properties: dict[str, Any] = {
        "name": "shop-1a2b3c4",
        "deletionProtectionEnabled": True,
        "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 35.0},
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/1"},
        "globalSecondaryIndexes": [{"name": "GSI1"}],
        "tags": {"project": "shop"},
    }
    kept = {name: value for name, value in (properties | changes).items() if name != without}
    return Resource(TABLE, "shop", kept, protect, stack)


@pytest.mark.parametrize("policy", OF_A_TABLE, ids=lambda policy: policy.name)
def test_a_right_table_breaks_no_rule(policy: ResourceValidationPolicy) -> None:
    assert violations(policy, table()) == []


def test_other_resources_are_no_table() -> None:
    other = Resource("aws:sqs/queue:Queue", "queue", {}, stack="prod")
    assert [violations(policy, other) for policy in OF_A_TABLE] == [[]] * len(OF_A_TABLE)


PROTECTION = "shop can be deleted by one call: set deletion_protection_enabled to true"
NO_RECOVERY = "shop cannot be restored to a time before a mistake: enable point_in_time_recovery for at least 7 days"
PROTECT = "shop can be deleted or replaced by a deployment: give it the resource option protect=True"
DECLARED = "shop is declared disposable in a production stack: remove disposable (the tag singletable:disposable)"


@pytest.mark.parametrize(
    ("policy", "broken", "expected"),
    [
        (table_deletion_protection, table(deletionProtectionEnabled=False), PROTECTION),
        (table_deletion_protection, table(without="deletionProtectionEnabled"), PROTECTION),
        (table_deletion_protection, table(deletionProtectionEnabled=None), PROTECTION),
        (table_deletion_protection, table(deletionProtectionEnabled="true"), PROTECTION),
        (table_point_in_time_recovery, table(pointInTimeRecovery={"enabled": False}), NO_RECOVERY),
        (table_point_in_time_recovery, table(pointInTimeRecovery={}), NO_RECOVERY),
        (table_point_in_time_recovery, table(without="pointInTimeRecovery"), NO_RECOVERY),
        (
            table_point_in_time_recovery,
            table(pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": 6.0}),
            "shop can be restored for 6 days only: set recovery_period_in_days of point_in_time_recovery to 7 or more",
        ),
        (table_protect, table(protect=False), PROTECT),
        (disposable_outside_production, table(tags=DISPOSABLE), DECLARED),
        # What is declared disposable is not excused in production.
        (table_deletion_protection, table(deletionProtectionEnabled=False, tags=DISPOSABLE), PROTECTION),
        (table_point_in_time_recovery, table(without="pointInTimeRecovery", tags=DISPOSABLE), NO_RECOVERY),
        (table_protect, table(protect=False, tags=DISPOSABLE), PROTECT),
        # Outside production, only what is declared is excused; "false" declares nothing.
        (table_deletion_protection, table(deletionProtectionEnabled=False, stack="dev"), PROTECTION),
        (table_deletion_protection, table(deletionProtectionEnabled=False, stack="dev", without="tags"), PROTECTION),
        (table_protect, table(protect=False, stack="dev", tags={"singletable:disposable": "false"}), PROTECT),
    ],
)
def test_one_broken_thing_is_reported(policy: ResourceValidationPolicy, broken: Resource, expected: str) -> None:
    assert violations(policy, broken) == [expected]


BARE = {"protect": False, "without": "pointInTimeRecovery", "deletionProtectionEnabled": False, "tags": DISPOSABLE}


@pytest.mark.parametrize("stack", ["dev", "review-17", "alive", "preproduct", "delivery"])
@pytest.mark.parametrize("policy", OF_A_TABLE, ids=lambda policy: policy.name)
def test_a_disposable_table_is_excused_outside_production(policy: ResourceValidationPolicy, stack: str) -> None:
    assert violations(policy, table(stack=stack, **BARE)) == []


@pytest.mark.parametrize("stack", ["prod", "production", "live", "Prod", "eu-prod", "shop.production", "live_2"])
def test_these_stacks_are_production(stack: str) -> None:
    assert violations(disposable_outside_production, table(stack=stack, **BARE)) == [DECLARED]


def test_configuration_names_further_production_stacks() -> None:
    assert violations(disposable_outside_production, table(stack="main", **BARE), production=["main"]) == [DECLARED]
    assert violations(table_protect, table(stack="main", **BARE), production=["main"]) == [PROTECT]
    assert violations(table_protect, table(stack="dev", **BARE), production=["main"]) == []


def test_days_of_recovery_are_those_of_the_configuration() -> None:
    one_week = table(pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": 7.0})
    assert violations(table_point_in_time_recovery, one_week) == []
    assert violations(table_point_in_time_recovery, one_week, minimumDays=35.0) == [
        "shop can be restored for 7 days only: set recovery_period_in_days of point_in_time_recovery to 35 or more"
    ]


def test_recovery_without_days_reaches_back_35() -> None:
    assert violations(table_point_in_time_recovery, table(pointInTimeRecovery={"enabled": True}), minimumDays=35) == []


@pytest.mark.parametrize(
    ("settings", "wanted", "expected"),
    [
        (None, "any", []),
        (None, "aws-managed", ["shop is not encrypted with a key that is aws-managed: set server_side_encryption with enabled to true"]),
        (
            {"enabled": False},
            "aws-managed",
            ["shop is not encrypted with a key that is aws-managed: set server_side_encryption with enabled to true"],
        ),
        ({"enabled": True}, "aws-managed", []),
        (
            {"enabled": True},
            "customer-managed",
            [
                "shop is not encrypted with a key that is customer-managed: set server_side_encryption with enabled to true and kms_key_arn to the ARN of your key"
            ],
        ),
        ({"enabled": True, "kmsKeyArn": "arn"}, "customer-managed", []),
        ({"enabled": True, "kmsKeyArn": UNKNOWN_STRING_VALUE}, "customer-managed", []),
        (None, "secret", ["the configuration asks for the key 'secret': use one of any, aws-managed, customer-managed"]),
    ],
)
def test_encryption_is_what_the_configuration_asks_for(settings: Mapping[str, Any] | None, wanted: str, expected: list[str]) -> None:
    assert violations(table_encryption, table(serverSideEncryption=settings), key=wanted) == expected


@pytest.mark.parametrize(
    ("policy", "unclear", "message"),
    [
        (table_deletion_protection, table(deletionProtectionEnabled=UNKNOWN_BOOLEAN_VALUE), "boolean value at .deletionProtectionEnabled"),
        (table_deletion_protection, table(deletionProtectionEnabled=False, tags=UNKNOWN_OBJECT_VALUE), "Object value at .tags"),
        (
            table_deletion_protection,
            table(deletionProtectionEnabled=False, tags={"singletable:disposable": UNKNOWN_STRING_VALUE}),
            "string value at .tags.singletable:disposable",
        ),
        (table_point_in_time_recovery, table(pointInTimeRecovery=UNKNOWN_OBJECT_VALUE), "Object value at .pointInTimeRecovery"),
        (
            table_point_in_time_recovery,
            table(pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": UNKNOWN_NUMBER_VALUE}),
            "number value at .pointInTimeRecovery.recoveryPeriodInDays",
        ),
        (table_protect, table(protect=False, tags=UNKNOWN_OBJECT_VALUE), "Object value at .tags"),
        (disposable_outside_production, table(tags=UNKNOWN_OBJECT_VALUE), "Object value at .tags"),
    ],
)
def test_what_is_not_known_yet_is_no_accusation(policy: ResourceValidationPolicy, unclear: Resource, message: str) -> None:
    with pytest.raises(UnknownValueError) as error:
        violations(policy, unclear)
    assert error.value.message == f"{message} can't be known during preview"


def test_tags_that_are_not_known_yet_do_not_matter_to_a_right_table() -> None:
    right = table(tags=UNKNOWN_OBJECT_VALUE)
    assert [violations(policy, right) for policy in OF_A_TABLE[:4]] == [[]] * 4


def test_encryption_that_is_not_known_yet_is_no_accusation() -> None:
    with pytest.raises(UnknownValueError):
        violations(table_encryption, table(serverSideEncryption=UNKNOWN_OBJECT_VALUE), key="aws-managed")


# --- streams ---------------------------------------------------------------------------------------------------------------------------


def mapping(**changes: Any) -> Resource:
    properties: dict[str, Any] = {
        "eventSourceArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/1",
        "startingPosition": "TRIM_HORIZON",
        "destinationConfig": {"onFailure": {"destinationArn": "arn:aws:sqs:eu-west-1:123456789012:q"}},
    }
    return Resource(MAPPING, "changes", {name: value for name, value in (properties | changes).items() if value is not None})


DROPS = "changes drops what it cannot process: set destination_config.on_failure.destination_arn to a queue, and watch that queue"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"destinationConfig": None}, [DROPS]),
        ({"destinationConfig": {}}, [DROPS]),
        ({"destinationConfig": {"onFailure": {}}}, [DROPS]),
        ({"destinationConfig": {"onFailure": None}}, [DROPS]),
        # A queue of the same deployment: it will be there.
        ({"destinationConfig": {"onFailure": {"destinationArn": UNKNOWN_STRING_VALUE}}, "eventSourceArn": UNKNOWN_STRING_VALUE}, []),
        # A queue as the source has a redrive policy of its own.
        ({"eventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:q", "startingPosition": None, "destinationConfig": None}, []),
    ],
)
def test_a_consumer_of_a_stream_has_a_failure_destination(changes: dict[str, Any], expected: list[str]) -> None:
    assert violations(stream_failure_destination, mapping(**changes)) == expected


def test_a_destination_that_is_not_known_yet_is_no_accusation() -> None:
    with pytest.raises(UnknownValueError):
        violations(stream_failure_destination, mapping(destinationConfig=UNKNOWN_OBJECT_VALUE))


# --- throttle alarms -------------------------------------------------------------------------------------------------------------------


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
    return f"shop: nobody is told when throttling hits {missing}. {ADVICE}"


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
    assert found == [f"second: nobody is told when throttling hits reads of the table, writes of the table. {ADVICE}"]


def test_indexes_that_are_not_known_yet_are_no_accusation() -> None:
    with pytest.raises(UnknownValueError):
        stack_violations(table_throttle_alarms, watching(subject=table(globalSecondaryIndexes=UNKNOWN_ARRAY_VALUE)))


# --- the pack --------------------------------------------------------------------------------------------------------------------------


def test_every_rule_has_a_stable_name_a_severity_and_says_what_to_do() -> None:
    assert [policy.name for policy in POLICIES] == [
        "table-deletion-protection",
        "table-point-in-time-recovery",
        "table-protect",
        "table-encryption",
        "disposable-outside-production",
        "stream-failure-destination",
        "table-throttle-alarms",
    ]
    for policy in POLICIES:
        assert policy.severity is not None
        assert policy.remediation_steps
        assert policy.description.endswith(".")
        assert policy.enforcement_level is EnforcementLevel.MANDATORY
