"""Rules about whole stacks: scaling, readers of a stream, log groups, events that failed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_OBJECT_VALUE, UNKNOWN_STRING_VALUE, UnknownValueError

from policy.rules.capacity import table_scaling
from policy.rules.functions import function_dead_letters
from policy.rules.logs import function_log_group
from policy.rules.streams import stream_readers
from policy.rules.throttling import table_throttle_alarms
from tests.policy.support import (
    DISPOSABLE,
    FUNCTION,
    LOG_GROUP,
    MAPPING,
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
