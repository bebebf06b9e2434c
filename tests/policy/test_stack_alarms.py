"""What the pack says of the alarms of a whole stack: whether there is one, whether somebody hears of it, what a composite is made of."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_STRING_VALUE, UnknownValueError

from policy.rules.alarms import alarm_tells_somebody, composite_alarm_children
from policy.rules.messages import alarm_topic_key
from policy.rules.streams import stream_failure_alarm
from policy.rules.throttling import table_throttle_alarms
from tests.policy.support import (
    ALARM,
    COMPOSITE,
    QUEUE,
    TOPIC,
    Resource,
    stack_violations,
    table,
)
from tests.policy.test_stacks import mapping

ARN = "arn:aws:sqs:eu-west-1:123456789012:failures"
STREAM = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-1a2b3c4/stream/1"
TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:on-call"


# --- alarms on what was given up -------------------------------------------------------------------------------------------------------


def queue(**changes: Any) -> Resource:
    return Resource(QUEUE, "failures", {"name": "failures-1a2b3c4", "arn": ARN} | changes)


def alarm(name: str, metric: str, dimensions: Any, namespace: str = "AWS/SQS", **changes: Any) -> Resource:
    given = {
        "name": name,
        "namespace": namespace,
        "metricName": metric,
        "dimensions": dimensions,
        "statistic": "Maximum",
        "period": 60.0,
        "threshold": 0.0,
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 1.0,
        "alarmActions": [TOPIC_ARN],
    }
    return Resource(ALARM, name, given | changes, stack="prod", reads={"dimensions": ["failures"]})


OF_QUEUE = {"QueueName": "failures-1a2b3c4"}
VISIBLE = "ApproximateNumberOfMessagesVisible"
UNWATCHED = f"a puts what it cannot handle into failures, and no alarm watches that queue: add one on {VISIBLE} above 0"


@pytest.mark.parametrize(
    ("watching", "expected"),
    [
        (alarm("depth", VISIBLE, OF_QUEUE), []),
        (alarm("age", "ApproximateAgeOfOldestMessage", OF_QUEUE), []),
        (
            alarm("uuid", "OnFailureDestinationDeliveredEventCount", {"EventSourceMappingUUID": "uuid-a"}, "AWS/Lambda", statistic="Sum"),
            [],
        ),
        (alarm("other", VISIBLE, {"QueueName": "another"}), [UNWATCHED]),
        (alarm("below", VISIBLE, OF_QUEUE, comparisonOperator="LessThanThreshold"), [UNWATCHED]),
        (alarm("empty", "NumberOfEmptyReceives", OF_QUEUE, statistic="Sum"), [UNWATCHED]),
    ],
    ids=lambda value: value.name if isinstance(value, Resource) else "",
)
def test_a_failure_queue_is_watched(watching: Resource, expected: list[str]) -> None:
    assert stack_violations(stream_failure_alarm, [queue(), mapping("a"), watching]) == expected


def test_an_alarm_that_cannot_fire_is_named() -> None:
    [said] = stack_violations(stream_failure_alarm, [queue(), mapping("a"), alarm("dead", "MessagesVisible", OF_QUEUE)])
    assert said.startswith(f"{UNWATCHED}. Not counted: dead (unknown-metric: ")


def test_a_queue_of_another_stack_is_watched_there() -> None:
    assert stack_violations(stream_failure_alarm, [mapping("a")]) == []


@pytest.mark.parametrize(
    "stack",
    [
        [queue(), mapping("a", destinationConfig={"onFailure": {"destinationArn": UNKNOWN_STRING_VALUE}})],
        [queue(name=UNKNOWN_STRING_VALUE), mapping("a")],
        [queue(), mapping("a"), alarm("depth", VISIBLE, {"QueueName": UNKNOWN_STRING_VALUE})],
    ],
    ids=["destination", "queue", "alarm"],
)
def test_what_is_not_known_yet_may_be_the_alarm(stack: list[Resource]) -> None:
    with pytest.raises(UnknownValueError):
        stack_violations(stream_failure_alarm, stack)


# --- Metrics Insights ------------------------------------------------------------------------------------------------------------------


def query(name: str, text: str, formula: str | None = None) -> Resource:
    queries: list[dict[str, Any]] = [{"id": "all", "expression": text, "period": 60.0, "returnData": formula is None}]
    if formula:
        queries.append({"id": "result", "expression": formula, "returnData": True})
    given = {"name": name, "metricQueries": queries, "threshold": 0.0, "evaluationPeriods": 1.0}
    return Resource(ALARM, name, {**given, "comparisonOperator": "GreaterThanThreshold"}, stack="prod")


def throttled(access: str, labels: str, formula: str | None = None) -> Resource:
    text = f"SELECT SUM({access}ThrottleEvents) FROM SCHEMA(\"AWS/DynamoDB\", {labels}) WHERE TableName = 'shop-1a2b3c4'"
    return query(f"{access} {labels}", text, formula)


def test_a_query_over_every_index_watches_each_of_them() -> None:
    labels = ("TableName", "GlobalSecondaryIndexName, TableName")
    stack = [table(), *(throttled(access, each, "FILL(all,0)") for access in ("Read", "Write") for each in labels)]
    assert stack_violations(table_throttle_alarms, stack) == []

    of_indexes = [table(), *(throttled(access, labels[1]) for access in ("Read", "Write"))]
    [said] = stack_violations(table_throttle_alarms, of_indexes)
    assert said.startswith("shop: no alarm sees throttling of reads of the table, writes of the table. Add alarms on")


def test_a_query_over_every_operation_watches_reads_and_writes_of_the_table() -> None:
    text = "SELECT SUM(ThrottledRequests) FROM SCHEMA(\"AWS/DynamoDB\", Operation, TableName) WHERE TableName = 'shop-1a2b3c4'"
    assert stack_violations(table_throttle_alarms, [table(globalSecondaryIndexes=[]), query("all", text)]) == []


# --- who hears of an alarm -------------------------------------------------------------------------------------------------------------


def composite(name: str, rule: Any, **changes: Any) -> Resource:
    given = {"alarmName": name, "alarmRule": rule, "alarmActions": [TOPIC_ARN]} | changes
    return Resource(COMPOSITE, name, {member: value for member, value in given.items() if value is not None}, stack="prod")


def quiet() -> Resource:
    return alarm("depth", VISIBLE, OF_QUEUE, alarmActions=None)


MUTE = {"alarmActions": None}
ALARM_ARN = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:depth"
NOBODY = "depth changes its colour and tells nobody: set alarm_actions to a topic"


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ([quiet()], [NOBODY]),
        ([alarm("depth", VISIBLE, OF_QUEUE, alarmActions=[])], [NOBODY]),
        ([alarm("depth", VISIBLE, OF_QUEUE, alarmActions=[UNKNOWN_STRING_VALUE])], []),
        ([alarm("depth", VISIBLE, OF_QUEUE, alarmActions=UNKNOWN_ARRAY_VALUE)], []),
        ([quiet(), composite("any", 'ALARM("depth")')], []),
        ([quiet(), composite("any", 'ALARM("depth")', alarmActions=[])], [NOBODY]),
        ([quiet(), composite("any", 'ALARM("other")')], [NOBODY]),
        # A composite over a composite, whatever the one between them does itself.
        ([quiet(), composite("middle", "ALARM(depth)", **MUTE), composite("top", "ALARM(middle)")], []),
        ([quiet(), composite("middle", "ALARM(depth)", **MUTE), composite("top", "ALARM(middle)", **MUTE)], [NOBODY]),
        ([quiet(), composite("off", "ALARM(depth)", actionsEnabled=False)], [NOBODY]),
        ([quiet(), composite("on", "ALARM(depth)", actionsEnabled=True)], []),
        ([quiet(), composite("a", "ALARM(b)", **MUTE), composite("b", "ALARM(a) OR ALARM(depth)", **MUTE)], [NOBODY]),
        # It is there to suppress another.
        ([quiet(), composite("any", "ALARM(other)", actionsSuppressor={"alarm": "depth"})], []),
        ([quiet(), composite("any", "ALARM(other)", actionsSuppressor={"alarm": ALARM_ARN})], []),
        ([quiet(), composite("any", "ALARM(other)", actionsSuppressor={"alarm": "another"})], [NOBODY]),
    ],
)
def test_somebody_hears_of_an_alarm(stack: list[Resource], expected: list[str]) -> None:
    assert stack_violations(alarm_tells_somebody, stack) == expected


def test_an_alarm_that_nobody_has_to_hear_of_is_configured() -> None:
    assert stack_violations(alarm_tells_somebody, [quiet()], **{"except": ["depth"]}) == []
    assert stack_violations(alarm_tells_somebody, [quiet()], **{"except": ["other"]}) == [NOBODY]


def test_outside_production_an_alarm_may_be_quiet() -> None:
    stack = [replace(quiet(), stack="dev")]
    assert stack_violations(alarm_tells_somebody, stack) == []
    assert stack_violations(alarm_tells_somebody, stack, everywhere=True) == [NOBODY]


def test_a_rule_that_is_not_known_yet_may_name_the_alarm() -> None:
    with pytest.raises(UnknownValueError):
        stack_violations(alarm_tells_somebody, [quiet(), composite("any", UNKNOWN_STRING_VALUE)])


UNHEARD = (
    "on-call is encrypted with alias/aws/sns, which CloudWatch may not use: what depth has to say is lost in silence. "
    "Set kms_master_key_id to a key of your own"
)


OF_AWS = "arn:aws:kms:eu-west-1:123456789012:alias/aws/sns"


def topic(key: Any) -> Resource:
    return Resource(TOPIC, "on-call", {"kmsMasterKeyId": key} if key else {})


@pytest.mark.parametrize(
    ("key", "reads", "expected"),
    [
        (None, {"alarmActions": ["on-call"]}, []),
        ("arn:aws:kms:eu-west-1:123456789012:key/1", {"alarmActions": ["on-call"]}, []),
        ("alias/aws/sns", {}, []),
        ("alias/shop/aws/sns", {"alarmActions": ["on-call"]}, []),
        (OF_AWS, {"alarmActions": ["on-call"]}, [UNHEARD.replace("alias/aws/sns", OF_AWS)]),
        (
            "alias/aws/sns",
            {"okActions": ["on-call"]},
            [UNHEARD],
        ),
    ],
)
def test_cloudwatch_can_publish_to_an_alarms_topic(key: str | None, reads: Mapping[str, list[str]], expected: list[str]) -> None:
    assert stack_violations(alarm_topic_key, [topic(key), replace(quiet(), reads=reads)]) == expected


def test_a_key_that_is_not_known_yet_is_not_accused() -> None:
    with pytest.raises(UnknownValueError):
        stack_violations(alarm_topic_key, [topic(UNKNOWN_STRING_VALUE), replace(quiet(), reads={"alarmActions": ["on-call"]})])


# --- composite alarms ------------------------------------------------------------------------------------------------------------------


def asks(name: str, *missing: str) -> str:
    return (
        f"{name}: its rule asks for {', '.join(missing)}, which the stack does not make, and CloudWatch refuses a rule whose alarms do not "
        "exist. Correct the name, or put an alarm of another stack into the configuration, elsewhere"
    )


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ([quiet(), composite("any", 'ALARM("depth")')], []),
        ([quiet(), composite("any", "ALARM(arn:aws:cloudwatch:eu-west-1:123456789012:alarm:depth)")], []),
        ([quiet(), composite("inner", "ALARM(depth)"), composite("outer", "ALARM(inner)")], []),
        ([quiet(), composite("any", "ALARM(dept) OR OK(depth) OR ALARM(other)")], [asks("any", "dept", "other")]),
        # What cannot be read is refused by another rule.
        ([composite("any", "ALARM(depth")], []),
    ],
)
def test_a_composite_alarm_is_made_from_alarms_that_exist(stack: list[Resource], expected: list[str]) -> None:
    assert stack_violations(composite_alarm_children, stack) == expected


def test_an_alarm_of_another_stack_is_configured() -> None:
    assert stack_violations(composite_alarm_children, [composite("any", "ALARM(other)")], elsewhere=["other"]) == []


def test_composite_alarms_that_depend_on_each_other_are_told_apart() -> None:
    said = stack_violations(composite_alarm_children, [composite("a", "ALARM(b)"), composite("b", "ALARM(a)"), composite("c", "ALARM(a)")])
    assert [each.partition(". ")[0] for each in said] == ["a: it depends on itself: a -> b -> a", "b: it depends on itself: b -> a -> b"]


@pytest.mark.parametrize("name", [UNKNOWN_STRING_VALUE, None])
def test_an_alarm_whose_name_is_not_known_yet_may_be_the_child(name: str | None) -> None:
    unnamed = replace(quiet(), properties={**quiet().properties, "name": name})
    with pytest.raises(UnknownValueError):
        stack_violations(composite_alarm_children, [unnamed, composite("any", "ALARM(depth)")])


def test_a_rule_that_is_not_known_yet_accuses_nobody() -> None:
    with pytest.raises(UnknownValueError):
        stack_violations(composite_alarm_children, [composite("any", UNKNOWN_STRING_VALUE)])
