"""The provider over its own protocol, as the engine would call it: checks, differences, and what they do to the embedded AWS.

What has to be replaced is the provider's schema: arguments that terraform-provider-aws marks ForceNew.
"""

import re
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from local.aws import EmbeddedAws
from local.properties import UNKNOWN, encode
from tests.local.engine_calls import (
    ALARM,
    FUNCTION,
    NONE,
    PLAIN,
    QUEUE,
    SOME,
    TABLE,
    Engine,
    Made,
    aws,
    described,
    engine,
    index,
    plain,
    table,
    text,
)

__all__ = ["aws", "engine", "table"]

# --- Check


def test_a_resource_without_a_name_gets_its_logical_one_and_seven_digits(engine: Engine) -> None:
    name = plain(engine.check(QUEUE, {}).inputs)["name"]
    assert re.fullmatch(r"thing-[0-9a-f]{7}", name)
    assert plain(engine.check(QUEUE, {}).inputs)["name"] == name
    assert plain(engine.check(QUEUE, {}, randomSeed=b"another").inputs)["name"] != name


def test_it_keeps_that_name_and_loses_one_that_the_program_no_longer_gives(engine: Engine) -> None:
    first = engine.check(QUEUE, {}).inputs
    assert plain(engine.check(QUEUE, {}, first, randomSeed=b"another").inputs)["name"] == plain(first)["name"]
    explicit = engine.check(QUEUE, {"name": "jobs"}).inputs
    assert plain(engine.check(QUEUE, {}, explicit).inputs)["name"].startswith("thing-")


def test_the_stack_decides_about_names(engine: Engine) -> None:
    options = provider_pb2.CheckRequest.AutonamingOptions
    proposed = options(proposed_name="jobs-dev", mode=options.ENFORCE)
    assert plain(engine.check(QUEUE, {}, autonaming=proposed).inputs)["name"] == "jobs-dev"
    with pytest.raises(grpc.RpcError) as refused:
        engine.check(QUEUE, {}, autonaming=options(mode=options.DISABLE))
    assert "automatic naming is disabled" in refused.value.details()


@pytest.mark.parametrize(
    ("inputs", "named", "reason"),
    [
        ({"visibilityTimeout": 5}, "inputs", "unknown property 'visibilityTimeout'"),
        ({"visibilityTimeoutSeconds": "5"}, "visibilityTimeoutSeconds", "must be a whole number"),
        ({"region": "us-east-1"}, "region", "only eu-west-1 exists here"),
    ],
)
def test_wrong_inputs_are_failures_of_their_property(engine: Engine, inputs: dict[str, Any], named: str, reason: str) -> None:
    (failure,) = engine.check(QUEUE, inputs).failures
    assert failure.property == named
    assert reason in failure.reason


def test_a_type_that_cannot_be_deployed_is_named(engine: Engine) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        engine.check("aws:s3/bucket:Bucket", {})
    assert refused.value.details().startswith("aws:s3/bucket:Bucket cannot be deployed here")


# --- Diff


@pytest.mark.parametrize(
    ("change", "replaces"),
    [
        ({"name": "other"}, ["name"]),
        ({"hashKey": "GSI1PK"}, ["hashKey"]),
        ({"rangeKey": "GSI1SK"}, ["rangeKey"]),
        ({"localSecondaryIndexes": [{"name": "LSI1", "rangeKey": "GSI1SK", "projectionType": "ALL"}]}, ["localSecondaryIndexes"]),
        ({"billingMode": "PROVISIONED", "readCapacity": 1, "writeCapacity": 1}, []),
        ({"deletionProtectionEnabled": True}, []),
        ({"globalSecondaryIndexes": []}, []),
        ({"globalSecondaryIndexes": [index("GSI1", nonKeyAttributes=["a"]) | {"projectionType": "INCLUDE"}]}, []),
        ({"streamEnabled": True, "streamViewType": "KEYS_ONLY"}, []),
        ({"tableClass": "STANDARD_INFREQUENT_ACCESS"}, []),
        ({"tags": {}}, []),
        ({"ttl": {"attributeName": "expires", "enabled": True}}, []),
    ],
    ids=lambda value: "+".join(value),
)
def test_what_replaces_a_table_and_what_does_not(engine: Engine, table: Made, change: dict[str, Any], replaces: list[str]) -> None:
    found = engine.diff(table, plain(table.inputs) | change)
    assert (found.changes, sorted(found.diffs), list(found.replaces)) == (SOME, sorted(change), replaces)


@pytest.mark.parametrize(
    "same",
    [
        {"attributes": text("GSI1SK", "GSI1PK", "SK", "PK")},
        {"tableClass": "STANDARD"},
        {"deletionProtectionEnabled": False},
        {"streamEnabled": False},
        {"localSecondaryIndexes": []},
        {"globalSecondaryIndexes": [{"name": "GSI1", "hashKey": "GSI1PK", "rangeKey": "GSI1SK", "projectionType": "ALL"}]},
    ],
    ids=lambda value: next(iter(value)),
)
def test_what_means_the_same_is_no_difference(engine: Engine, table: Made, same: dict[str, Any]) -> None:
    assert engine.diff(table, plain(table.inputs) | same).changes == NONE


def test_the_key_of_an_index_has_an_order(engine: Engine, table: Made) -> None:
    turned = index("GSI1")
    turned["keySchemas"].reverse()
    assert list(engine.diff(table, plain(table.inputs) | {"globalSecondaryIndexes": [turned]}).diffs) == ["globalSecondaryIndexes"]


@pytest.mark.parametrize(("name", "first"), [({}, False), ({"name": "orders"}, True)], ids=["automatic", "explicit"])
def test_the_old_table_goes_first_only_where_both_would_have_one_name(engine: Engine, name: dict[str, Any], first: bool) -> None:
    made = Made(TABLE, "any", engine.check(TABLE, PLAIN | name).inputs, encode({}))
    news = engine.check(TABLE, PLAIN | name | {"hashKey": "GSI1PK"}, made.inputs).inputs
    found = engine.diff(made, news)
    assert (list(found.replaces), found.deleteBeforeReplace) == (["hashKey"], first)


@pytest.mark.parametrize(
    ("kind", "before", "after", "same"),
    [
        ("aws:iam/rolePolicy:RolePolicy", {"policy": '{"a": 1, "b": 2}'}, {"policy": '{"b":2,"a":1}'}, True),
        ("aws:iam/rolePolicy:RolePolicy", {"policy": '{"a": 1}'}, {"policy": '{"a": 2}'}, False),
        (ALARM, {"alarmActions": ["b", "a"]}, {"alarmActions": ["a", "b"]}, True),
        (ALARM, {"actionsEnabled": True}, {}, True),
        (ALARM, {"actionsEnabled": False}, {}, False),
        (FUNCTION, {"layers": ["a", "b"]}, {"layers": ["b", "a"]}, False),
        (FUNCTION, {"memorySize": 128}, {}, True),
        (FUNCTION, {"reservedConcurrentExecutions": 0}, {}, False),
        ("aws:lambda/eventSourceMapping:EventSourceMapping", {"maximumRetryAttempts": 3}, {}, True),
        ("aws:lambda/eventSourceMapping:EventSourceMapping", {"enabled": False}, {}, False),
    ],
)
def test_lists_are_sets_documents_are_json_and_defaults_are_known(
    engine: Engine, kind: str, before: dict[str, Any], after: dict[str, Any], same: bool
) -> None:
    assert (engine.diff(Made(kind, "any", encode(before), encode(before)), after).changes == NONE) is same


@pytest.mark.parametrize(
    ("kind", "replaces"),
    [
        (FUNCTION, {"name": "b"}),
        ("aws:lambda/functionUrl:FunctionUrl", {"functionName": "b"}),
        ("aws:lambda/permission:Permission", {"action": "b"}),
        ("aws:lambda/eventSourceMapping:EventSourceMapping", {"eventSourceArn": "b", "startingPosition": "LATEST"}),
        ("aws:iam/role:Role", {"name": "b", "path": "/b/"}),
        ("aws:iam/rolePolicy:RolePolicy", {"role": "b"}),
        (ALARM, {"name": "b"}),
        ("aws:cloudwatch/dashboard:Dashboard", {"dashboardName": "b"}),
        ("aws:cloudwatch/logGroup:LogGroup", {"name": "b"}),
        ("aws:sns/topicSubscription:TopicSubscription", {"endpoint": "b", "protocol": "sms", "topic": "b"}),
        (QUEUE, {"fifoQueue": True, "name": "b"}),
        ("aws:dynamodb/contributorInsights:ContributorInsights", {"indexName": "b", "tableName": "b"}),
        ("aws:appautoscaling/target:Target", {"resourceId": "b", "scalableDimension": "b"}),
    ],
)
def test_what_only_another_resource_can_have(engine: Engine, kind: str, replaces: dict[str, Any]) -> None:
    before = Made(kind, "any", encode(dict.fromkeys(replaces, "a") | {"tags": {"a": "b"}}), encode({}))
    assert sorted(engine.diff(before, replaces | {"tags": {"a": "b"}}).replaces) == sorted(replaces)


def test_code_is_compared_by_the_hash_of_its_content(engine: Engine) -> None:
    def code(digest: str) -> dict[str, Any]:
        return {"code": {"4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", "path": "app.zip", "hash": digest}}

    made = Made(FUNCTION, "any", encode(code("one")), encode({}))
    assert engine.diff(made, code("one")).changes == NONE
    assert list(engine.diff(made, code("two")).diffs) == ["code"]


# --- Preview and functions


def test_a_preview_makes_nothing_and_knows_what_it_cannot_know(engine: Engine, aws: EmbeddedAws) -> None:
    before = aws.client("sqs").list_queues().get("QueueUrls", [])
    previewed = engine.create(QUEUE, {"visibilityTimeoutSeconds": 60}, preview=True)
    outputs = plain(previewed.state)
    assert (previewed.id, outputs["url"], outputs["visibilityTimeoutSeconds"]) == ("", UNKNOWN, 60)
    assert aws.client("sqs").list_queues().get("QueueUrls", []) == before


def test_a_preview_takes_what_is_not_known_yet(engine: Engine) -> None:
    inputs = {"topic": UNKNOWN, "protocol": "email", "endpoint": "a@example.com"}
    assert plain(engine.create("aws:sns/topicSubscription:TopicSubscription", inputs, preview=True).state) == inputs


def test_a_preview_of_an_update_changes_nothing(engine: Engine, aws: EmbeddedAws, table: Made) -> None:
    previewed = engine.update(table, PLAIN | {"deletionProtectionEnabled": True}, preview=True)
    assert plain(previewed.state)["deletionProtectionEnabled"] is True
    assert plain(previewed.state)["arn"] == plain(table.state)["arn"]
    assert described(aws, table)["DeletionProtectionEnabled"] is False


def test_what_aws_would_refuse_is_refused_in_the_preview(engine: Engine) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        engine.create(TABLE, PLAIN | {"billingMode": "FREE"}, preview=True)
    assert "BillingMode" in refused.value.details()


def test_functions_of_the_provider_are_answered(engine: Engine) -> None:
    def invoke(token: str) -> dict[str, Any]:
        return plain(getattr(engine.stub.Invoke(provider_pb2.InvokeRequest(tok=token)), "return"))

    assert invoke("aws:index/getRegion:getRegion")["region"] == "eu-west-1"
    assert invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == "123456789012"
    with pytest.raises(grpc.RpcError) as refused:
        invoke("aws:ec2/getAmi:getAmi")
    assert "has no answer here" in refused.value.details()


def test_a_provider_of_another_region_is_refused(engine: Engine) -> None:
    def failures(region: str) -> list[str]:
        answer = engine.stub.CheckConfig(provider_pb2.CheckRequest(urn="urn", news=encode({"region": region})))
        return [failure.property for failure in answer.failures]

    assert (failures("eu-west-1"), failures("us-east-1")) == ([], ["region"])
