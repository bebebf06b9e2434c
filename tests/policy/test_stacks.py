"""Rules about whole stacks: scaling, readers of a stream, alarms on what is given up, who hears of alarms, and what they are made from."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_OBJECT_VALUE, UNKNOWN_STRING_VALUE, UnknownValueError

from policy.rules.alarms import alarm_tells_somebody, composite_alarm_children
from policy.rules.capacity import table_scaling
from policy.rules.functions import function_dead_letters
from policy.rules.logs import function_log_group
from policy.rules.messages import alarm_topic_key
from policy.rules.streams import stream_failure_alarm, stream_readers
from policy.rules.throttling import table_throttle_alarms
from tests.policy.support import (
    ALARM,
    COMPOSITE,
    DISPOSABLE,
    FUNCTION,
    LOG_GROUP,
    MAPPING,
    QUEUE,
    TOPIC,
    Resource,
    stack_violations,
    table,
)

ARN = "arn:aws:sqs:eu-west-1:123456789012:failures"
STREAM = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-1a2b3c4/stream/1"
TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:on-call"


# --- scaling ---------------------------------------------------------------------------------------------------------------------------

SCALED = [
    (resource, f"dynamodb:{kind}:{access}CapacityUnits")
    for kind, resource in (("table", "table/shop-1a2b3c4"), ("index", "table/shop-1a2b3c4/index/GSI1"))
    for access in ("Read", "Write")
]
FIXED = (
    "shop has a fixed capacity for {}: what comes above it is throttled, and an index that does not grow throttles its table. "
    "Add a scaling target and a scaling policy for each, or use on-demand billing"
)


def scaling(**changes: Any) -> list[Resource]:
    kinds = ("aws:appautoscaling/target:Target", "aws:appautoscaling/policy:Policy")
    pairs = [
        Resource(kind, f"{kind}-{resource}-{dimension}", {"resourceId": resource, "scalableDimension": dimension})
        for kind in kinds
        for resource, dimension in SCALED
    ]
    return [table(**{"billingMode": "PROVISIONED", **changes}), *pairs]


def test_a_table_that_scales_breaks_no_rule() -> None:
    assert stack_violations(table_scaling, scaling()) == []


def test_a_table_on_demand_needs_no_scaling() -> None:
    assert stack_violations(table_scaling, [table()]) == []


@pytest.mark.parametrize(
    ("kind", "left_out", "missing"),
    [
        ("Target", SCALED[0], "reads of the table"),
        ("Policy", SCALED[1], "writes of the table"),
        ("Target", SCALED[2], "reads of index GSI1"),
        ("Policy", SCALED[3], "writes of index GSI1"),
    ],
)
def test_what_does_not_scale_is_named(kind: str, left_out: tuple[str, str], missing: str) -> None:
    stack = [each for each in scaling() if not (each.type.endswith(kind) and tuple(each.properties.values()) == left_out)]
    assert stack_violations(table_scaling, stack) == [FIXED.format(missing)]


def test_a_table_that_may_be_lost_may_have_a_fixed_capacity() -> None:
    assert stack_violations(table_scaling, [table(billingMode="PROVISIONED", tags=DISPOSABLE, stack="dev")]) == []


@pytest.mark.parametrize("changes", [{"name": UNKNOWN_STRING_VALUE}, {"globalSecondaryIndexes": UNKNOWN_ARRAY_VALUE}, {"without": "name"}])
def test_a_table_that_is_not_known_yet_is_not_accused(changes: Mapping[str, Any]) -> None:
    with pytest.raises(UnknownValueError):
        stack_violations(table_scaling, scaling(**changes))


def test_a_target_that_is_not_known_yet_may_be_the_one_that_is_missing() -> None:
    stack = scaling()
    stack[1] = replace(stack[1], properties={**stack[1].properties, "resourceId": UNKNOWN_STRING_VALUE})
    with pytest.raises(UnknownValueError):
        stack_violations(table_scaling, stack)


INDEX = Resource("aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex", "by-day", {"tableName": "shop-1a2b3c4", "indexName": "GSI2"})


def test_an_index_that_is_a_resource_of_its_own_belongs_to_its_table() -> None:
    other = replace(INDEX, name="other", properties={"tableName": "another", "indexName": "GSI3"})
    assert stack_violations(table_scaling, [*scaling(), INDEX, other]) == [FIXED.format("reads of index GSI2, writes of index GSI2")]
    [said] = stack_violations(table_throttle_alarms, [table(globalSecondaryIndexes=[]), INDEX, other])
    assert "reads of the table, writes of the table, reads of index GSI2, writes of index GSI2. Add alarms" in said


def test_an_index_whose_table_is_not_known_yet_accuses_nobody() -> None:
    unclear = replace(INDEX, properties={**INDEX.properties, "tableName": UNKNOWN_STRING_VALUE})
    for rule in (table_scaling, table_throttle_alarms):
        with pytest.raises(UnknownValueError):
            stack_violations(rule, [*scaling(), unclear])


# --- readers ---------------------------------------------------------------------------------------------------------------------------


def mapping(name: str, **changes: Any) -> Resource:
    given = {
        "eventSourceArn": STREAM,
        "startingPosition": "TRIM_HORIZON",
        "uuid": f"uuid-{name}",
        "destinationConfig": {"onFailure": {"destinationArn": ARN}},
    }
    return Resource(MAPPING, name, given | changes)


THIRD = "c reads a stream beside a and b: more than 2 are throttled, each by the others"


@pytest.mark.parametrize(
    ("third", "expected"),
    [
        ({}, [THIRD]),
        ({"eventSourceArn": STREAM.replace("stream/1", "stream/2")}, []),
        ({"enabled": False}, []),
        # A queue has as many readers as it likes, and so has a Kinesis stream with enhanced fan-out.
        ({"eventSourceArn": ARN, "startingPosition": None}, []),
        ({"eventSourceArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/s"}, []),
    ],
)
def test_two_may_read_a_stream(third: Mapping[str, Any], expected: list[str]) -> None:
    assert stack_violations(stream_readers, [mapping("a"), mapping("b"), mapping("c", **third)]) == expected


REPLICAS = {"replicas": [{"regionName": "eu-central-1"}]}
BESIDE = Resource("aws:dynamodb/tableReplica:TableReplica", "beside", {}, reads={"globalTableArn": ["shop"]})
ELSEWHERE = replace(BESIDE, reads={"globalTableArn": ["another"]})
SECOND = "b reads a stream beside a: more than 1 is throttled, for the replication of the table reads too"


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ([table(**REPLICAS)], [SECOND]),
        ([table(), BESIDE], [SECOND]),
        ([table(), ELSEWHERE], []),
        ([table(replicas=[])], []),
        ([replace(table(**REPLICAS), name="another"), table()], []),
    ],
)
def test_one_may_read_the_stream_of_a_table_with_replicas(tables: list[Resource], expected: list[str]) -> None:
    readers = [replace(mapping(name), reads={"eventSourceArn": ["shop"]}) for name in ("a", "b")]
    assert stack_violations(stream_readers, [*tables, *readers]) == expected
    assert stack_violations(stream_readers, [*tables, readers[0]]) == []


def test_two_readers_need_no_known_stream() -> None:
    unknown = {"eventSourceArn": UNKNOWN_STRING_VALUE}
    assert stack_violations(stream_readers, [mapping("a", **unknown), mapping("b", **unknown)]) == []


def test_a_third_of_a_stream_that_is_not_known_yet_is_not_accused() -> None:
    with pytest.raises(UnknownValueError):
        stack_violations(stream_readers, [mapping("a"), mapping("b"), mapping("c", eventSourceArn=UNKNOWN_STRING_VALUE)])


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


# --- log groups ------------------------------------------------------------------------------------------------------------------------


def function(reads: Mapping[str, list[str]] | None = None, **changes: Any) -> Resource:
    return Resource(FUNCTION, "api", {"name": "api-1a2b3c4"} | changes, reads=reads or {})


def group(name: Any) -> Resource:
    return Resource(LOG_GROUP, "logs", {"name": name})


def unowned(name: str) -> str:
    return (
        f"api logs to {name}, which the stack does not make: Lambda makes it with the first event, and keeps it for ever. "
        "Make the log group with retention_in_days before the function"
    )


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ([function(), group("/aws/lambda/api-1a2b3c4")], []),
        ([function(loggingConfig={"logGroup": "/shop/api"}), group("/shop/api")], []),
        ([group(UNKNOWN_STRING_VALUE), function({"loggingConfig": ["logs"]}, loggingConfig={"logGroup": UNKNOWN_STRING_VALUE})], []),
        ([function()], [unowned("/aws/lambda/api-1a2b3c4")]),
        ([function(loggingConfig={"logFormat": "JSON"})], [unowned("/aws/lambda/api-1a2b3c4")]),
        ([function(loggingConfig={"logGroup": "/shop/api"}), group("/aws/lambda/api-1a2b3c4")], [unowned("/shop/api")]),
    ],
)
def test_the_log_group_of_a_function_belongs_to_the_stack(stack: list[Resource], expected: list[str]) -> None:
    assert stack_violations(function_log_group, stack) == expected


@pytest.mark.parametrize(
    "stack",
    [
        [function(name=UNKNOWN_STRING_VALUE)],
        [function(), group(UNKNOWN_STRING_VALUE)],
        [function(loggingConfig={"logGroup": UNKNOWN_STRING_VALUE}), group("/shop/api")],
    ],
)
def test_a_log_group_that_is_not_known_yet_is_not_accused(stack: list[Resource]) -> None:
    with pytest.raises(UnknownValueError):
        stack_violations(function_log_group, stack)


def test_what_is_certain_is_said_before_what_is_not_known_yet() -> None:
    found: list[str] = []
    with pytest.raises(UnknownValueError):
        stack_violations(function_log_group, [replace(function(name=UNKNOWN_STRING_VALUE), name="new"), function()], found)
    assert found == [unowned("/aws/lambda/api-1a2b3c4")]


# --- events that failed ----------------------------------------------------------------------------------------------------------------


def invoke_config(of: str, on_failure: Any) -> Resource:
    given = {"destinationConfig": {"onFailure": on_failure}}
    return Resource("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "events", given, reads={"functionName": [of]})


DROPS = "api drops asynchronous events that it cannot handle: set dead_letter_config to a queue"


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ([function(deadLetterConfig={"targetArn": UNKNOWN_STRING_VALUE})], []),
        ([function(), invoke_config("api", {"destination": UNKNOWN_STRING_VALUE})], []),
        ([function()], [DROPS]),
        ([function(), invoke_config("api", {})], [DROPS]),
        ([function(), invoke_config("other", {"destination": ARN})], [DROPS]),
    ],
)
def test_events_that_failed_are_kept(stack: list[Resource], expected: list[str]) -> None:
    assert stack_violations(function_dead_letters, stack) == expected


@pytest.mark.parametrize(
    "stack", [[function(deadLetterConfig=UNKNOWN_OBJECT_VALUE)], [function(), invoke_config("api", UNKNOWN_OBJECT_VALUE)]]
)
def test_where_failed_events_go_may_not_be_known_yet(stack: list[Resource]) -> None:
    with pytest.raises(UnknownValueError):
        stack_violations(function_dead_letters, stack)
