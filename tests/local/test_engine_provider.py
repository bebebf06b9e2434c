"""The provider over its own protocol, as the engine would call it: checks, differences, and what they do to the embedded AWS.

What has to be replaced is the provider's schema: arguments that terraform-provider-aws marks ForceNew.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pulumi
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from components.configuration import load_configuration
from local.aws import EmbeddedAws
from local.deploy.registry import HANDLERS, answer
from local.engine.lifecycles import LIFECYCLES
from local.engine.provider import serve_provider
from local.monitor import Created, Registration
from local.program import run
from local.properties import UNKNOWN, decode, encode, is_secret
from tests.local.programs import EVERYTHING

TABLE = "aws:dynamodb/table:Table"
FUNCTION = "aws:lambda/function:Function"
QUEUE = "aws:sqs/queue:Queue"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
EVENTS = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
NONE, SOME = provider_pb2.DiffResponse.DIFF_NONE, provider_pb2.DiffResponse.DIFF_SOME


def index(name: str, **more: Any) -> dict[str, Any]:
    keys = [{"attributeName": f"{name}PK", "keyType": "HASH"}, {"attributeName": f"{name}SK", "keyType": "RANGE"}]
    return {"name": name, "keySchemas": keys, "projectionType": "ALL", **more}


def text(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "type": "S"} for name in names]


PLAIN: dict[str, Any] = {
    "hashKey": "PK",
    "rangeKey": "SK",
    "attributes": text("PK", "SK", "GSI1PK", "GSI1SK"),
    "billingMode": "PAY_PER_REQUEST",
    "globalSecondaryIndexes": [index("GSI1")],
    "tags": {"stage": "dev"},
}


@dataclass(frozen=True)
class Made:
    """A resource that the provider created."""

    type: str
    id: str
    inputs: Any
    state: Any


class Engine:
    """What the engine asks, for one resource after another, and nothing in between."""

    def __init__(self, port: int) -> None:
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def check(self, kind: str, inputs: Any, olds: Any = None, **more: Any) -> Any:
        given = {"urn": urn(kind), "news": as_struct(inputs), "olds": as_struct(olds or {}), "randomSeed": b"seed"}
        return self.stub.Check(provider_pb2.CheckRequest(**given | more))

    def create(self, kind: str, inputs: Mapping[str, Any], name: str = "thing", *, preview: bool = False) -> Made:
        checked = self.check(kind, inputs, urn=urn(kind, name))
        assert not checked.failures
        made = self.stub.Create(provider_pb2.CreateRequest(urn=urn(kind, name), properties=checked.inputs, preview=preview))
        return Made(kind, made.id, checked.inputs, made.properties)

    def diff(self, made: Made, news: Any) -> Any:
        request = provider_pb2.DiffRequest(id=made.id, urn=urn(made.type), olds=made.state, news=as_struct(news), old_inputs=made.inputs)
        return self.stub.Diff(request)

    def update(self, made: Made, inputs: Mapping[str, Any], *, preview: bool = False) -> Made:
        news = self.check(made.type, inputs, made.inputs).inputs
        request = provider_pb2.UpdateRequest(
            id=made.id, urn=urn(made.type), olds=made.state, news=news, old_inputs=made.inputs, preview=preview
        )
        return Made(made.type, made.id, news, self.stub.Update(request).properties)

    def read(self, made: Made) -> Any:
        return self.stub.Read(provider_pb2.ReadRequest(id=made.id, urn=urn(made.type), properties=made.state, inputs=made.inputs))

    def delete(self, made: Made) -> None:
        self.stub.Delete(provider_pb2.DeleteRequest(id=made.id, urn=urn(made.type), properties=made.state))


def urn(kind: str, name: str = "thing") -> str:
    return f"urn:pulumi:dev::sample::pkg:index:Parent${kind}::{name}"


def as_struct(inputs: Any) -> Any:
    return encode(inputs) if isinstance(inputs, Mapping) and isinstance(inputs, dict) else inputs


def revealed(struct: Any) -> Any:
    """Without marks of secrets, at every depth: the engine takes them off for a provider that does not know them."""
    return struct_pb2.Struct(fields={name: _revealed(value) for name, value in struct.fields.items()})


def _revealed(value: Any) -> Any:
    if is_secret(value):
        return _revealed(value.struct_value.fields["value"])
    if value.HasField("struct_value"):
        return struct_pb2.Value(struct_value=revealed(value.struct_value))
    return value


def plain(struct: Any) -> dict[str, Any]:
    return decode(struct, Path())


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as running:
        yield running


@pytest.fixture(scope="module")
def engine(aws: EmbeddedAws) -> Iterator[Engine]:
    with serve_provider(aws, EVERYTHING) as port:
        engine = Engine(port)
        with engine.channel:
            yield engine


@pytest.fixture
def table(engine: Engine) -> Iterator[Made]:
    made = engine.create(TABLE, PLAIN)
    yield made
    engine.delete(made)


def described(aws: EmbeddedAws, made: Made) -> dict[str, Any]:
    return aws.client("dynamodb").describe_table(TableName=made.id)["Table"]


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


# --- Create, Read, Update, Delete


def test_what_is_created_is_read_back_as_it_was_said(engine: Engine) -> None:
    """Every type: a refresh of what nobody touched shows nothing, and the same program again changes nothing."""
    made: list[Made] = []

    def create(registration: Registration) -> Created:
        request = revealed(registration.request.object)
        checked = engine.stub.Check(provider_pb2.CheckRequest(urn=registration.urn, news=request, randomSeed=registration.urn.encode()))
        assert not checked.failures, registration.urn
        created = engine.stub.Create(provider_pb2.CreateRequest(urn=registration.urn, properties=checked.inputs))
        made.append(Made(registration.type, created.id, checked.inputs, created.properties))
        return Created(
            created.id, {name: value for name, value in plain(created.properties).items() if not isinstance(value, pulumi.Archive)}
        )

    configuration = load_configuration(EVERYTHING, "dev", {"keys": "hunter2"})
    result = run(EVERYTHING, configuration, create, lambda token, _: answer(token, "123456789012", "eu-west-1"))
    assert not result.failures
    assert {one.type for one in made} >= set(LIFECYCLES) - {EVENTS}
    for one in made:
        read = engine.read(one)
        assert (read.id, read.inputs) == (one.id, one.inputs), one.type
        assert read.properties == one.state or set(plain(one.state)) <= set(plain(read.properties)), one.type
        assert engine.diff(one, one.inputs).changes == NONE
    for one in reversed(made):
        engine.delete(one)


CHANGES: list[tuple[dict[str, Any], dict[str, Any], Any]] = [
    ({"deletionProtectionEnabled": True}, {"deletionProtectionEnabled": False}, lambda t: t["DeletionProtectionEnabled"] is False),
    (
        {},
        {"billingMode": "PROVISIONED", "readCapacity": 5, "writeCapacity": 6}
        | {"globalSecondaryIndexes": [index("GSI1", readCapacity=7, writeCapacity=8)]},
        lambda t: (
            (
                t["ProvisionedThroughput"]["ReadCapacityUnits"],
                t["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"],
            )
            == (5, 8)
        ),
    ),
    ({"streamEnabled": True, "streamViewType": "KEYS_ONLY"}, {}, lambda t: not t.get("StreamSpecification", {}).get("StreamEnabled")),
    (
        {"streamEnabled": True, "streamViewType": "KEYS_ONLY"},
        {"streamEnabled": True, "streamViewType": "NEW_IMAGE"},
        lambda t: t["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE",
    ),
    (
        {},
        {
            "attributes": text("PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK"),
            "globalSecondaryIndexes": [index("GSI1"), index("GSI2")],
        },
        lambda t: sorted(one["IndexName"] for one in t["GlobalSecondaryIndexes"]) == ["GSI1", "GSI2"],
    ),
    ({}, {"attributes": text("PK", "SK"), "globalSecondaryIndexes": []}, lambda t: t.get("GlobalSecondaryIndexes", []) == []),
    (
        {},
        {"globalSecondaryIndexes": [index("GSI1") | {"projectionType": "KEYS_ONLY"}]},
        lambda t: t["GlobalSecondaryIndexes"][0]["Projection"]["ProjectionType"] == "KEYS_ONLY",
    ),
    ({}, {"tableClass": "STANDARD_INFREQUENT_ACCESS"}, lambda t: t["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"),
    (
        {},
        {"onDemandThroughput": {"maxReadRequestUnits": 100, "maxWriteRequestUnits": 50}},
        lambda t: t["OnDemandThroughput"] == {"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": 50},
    ),
]


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES, ids=["+".join(after or before) for before, after, _ in CHANGES])
def test_a_table_changes_in_place(engine: Engine, aws: EmbeddedAws, before: dict[str, Any], after: dict[str, Any], expected: Any) -> None:
    made = engine.create(TABLE, PLAIN | before)
    identity = described(aws, made)["TableId"]
    changed = engine.update(made, PLAIN | after)
    assert expected(described(aws, changed))
    assert described(aws, changed)["TableId"] == identity
    assert engine.read(changed).inputs == changed.inputs
    engine.delete(changed)


def test_what_a_table_has_beside_itself_changes_too(engine: Engine, aws: EmbeddedAws, table: Made) -> None:
    client = aws.client("dynamodb")
    more = {"ttl": {"attributeName": "expires", "enabled": True}, "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7}}
    changed = engine.update(table, PLAIN | more | {"tags": {"owner": "shop"}})
    assert client.describe_time_to_live(TableName=table.id)["TimeToLiveDescription"]["AttributeName"] == "expires"
    recovery = client.describe_continuous_backups(TableName=table.id)["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert (recovery["PointInTimeRecoveryStatus"], recovery["RecoveryPeriodInDays"]) == ("ENABLED", 7)
    tags = client.list_tags_of_resource(ResourceArn=described(aws, table)["TableArn"])["Tags"]
    assert tags == [{"Key": "owner", "Value": "shop"}]
    moved = engine.update(changed, PLAIN | {"ttl": {"attributeName": "gone", "enabled": True}})
    assert client.describe_time_to_live(TableName=table.id)["TimeToLiveDescription"]["AttributeName"] == "gone"
    assert engine.read(moved).inputs == moved.inputs


def test_a_table_that_was_only_partly_created_is_known_and_finished(engine: Engine, aws: EmbeddedAws) -> None:
    """The engine keeps it in its state and asks for an update without a difference."""
    wrong = PLAIN | {"ttl": {"attributeName": "a" * 256, "enabled": True}}
    checked = engine.check(TABLE, wrong).inputs
    with pytest.raises(grpc.RpcError) as refused:
        engine.stub.Create(provider_pb2.CreateRequest(urn=urn(TABLE), properties=checked))
    details = dict(refused.value.trailing_metadata())["grpc-status-details-bin"]
    failed = provider_pb2.ErrorResourceInitFailed()
    assert status_pb2.Status.FromString(details).details[0].Unpack(failed)
    assert failed.id == plain(checked)["name"]
    assert described(aws, Made(TABLE, failed.id, None, None))["TableStatus"] == "ACTIVE"
    assert plain(failed.properties)["arn"].endswith(failed.id)
    right = PLAIN | {"ttl": {"attributeName": "expires", "enabled": True}}
    news = engine.check(TABLE, right, checked).inputs
    finished = engine.update(Made(TABLE, failed.id, news, failed.properties), right)
    ttl = aws.client("dynamodb").describe_time_to_live(TableName=failed.id)["TimeToLiveDescription"]
    assert ttl["AttributeName"] == "expires"
    engine.delete(finished)


def test_what_could_not_be_created_at_all_is_not_known(engine: Engine) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        engine.stub.Create(
            provider_pb2.CreateRequest(urn=urn(TABLE), properties=engine.check(TABLE, PLAIN | {"billingMode": "FREE"}).inputs)
        )
    assert "grpc-status-details-bin" not in dict(refused.value.trailing_metadata() or ())


def test_a_queue_changes_in_place_and_a_setting_left_out_goes_back(engine: Engine, aws: EmbeddedAws) -> None:
    made = engine.create(QUEUE, {"visibilityTimeoutSeconds": 60, "messageRetentionSeconds": 1_209_600})
    changed = engine.update(made, {"visibilityTimeoutSeconds": 90, "tags": {"stage": "dev"}})
    found = aws.client("sqs").get_queue_attributes(QueueUrl=made.id, AttributeNames=["All"])["Attributes"]
    assert (found["VisibilityTimeout"], found["MessageRetentionPeriod"]) == ("90", "345600")
    assert aws.client("sqs").list_queue_tags(QueueUrl=made.id)["Tags"] == {"stage": "dev"}
    engine.delete(changed)


def test_a_role_changes_in_place(engine: Engine, aws: EmbeddedAws) -> None:
    def trust(service: str) -> str:
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}
    old = {"assumeRolePolicy": trust("lambda.amazonaws.com"), "inlinePolicies": [{"name": "a", "policy": json.dumps(policy)}]}
    made = engine.create("aws:iam/role:Role", old)
    new = {"assumeRolePolicy": trust("ec2.amazonaws.com"), "inlinePolicies": [{"name": "b", "policy": json.dumps(policy)}]}
    changed = engine.update(made, new | {"maxSessionDuration": 7200})
    role = aws.client("iam").get_role(RoleName=made.id)["Role"]
    assert (role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"], role["MaxSessionDuration"]) == (
        {"Service": "ec2.amazonaws.com"},
        7200,
    )
    assert aws.client("iam").list_role_policies(RoleName=made.id)["PolicyNames"] == ["b"]
    engine.delete(changed)


def test_an_alarm_is_put_again_with_its_tags(engine: Engine, aws: EmbeddedAws) -> None:
    old = {"comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 5, "threshold": 0, "metricName": "Errors"}
    old |= {"namespace": "AWS/Lambda", "period": 60, "statistic": "Sum", "tags": {"a": "1", "b": "2"}}
    made = engine.create(ALARM, old)
    changed = engine.update(made, old | {"threshold": 3, "tags": {"a": "9"}})
    (alarm,) = aws.client("cloudwatch").describe_alarms(AlarmNames=[made.id])["MetricAlarms"]
    assert alarm["Threshold"] == 3
    assert aws.client("cloudwatch").list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"] == [{"Key": "a", "Value": "9"}]
    assert engine.read(changed).inputs == changed.inputs
    engine.delete(changed)


def test_a_function_changes_in_place(engine: Engine, aws: EmbeddedAws) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
    }
    role = engine.create("aws:iam/role:Role", {"assumeRolePolicy": json.dumps(trust)})
    mark = {"4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7"}

    def code(body: str, digest: str) -> dict[str, Any]:
        asset = {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "text": body}
        return {"code": mark | {"assets": {"handler.py": asset}, "hash": digest}}

    common = {"role": plain(role.state)["arn"], "runtime": "python3.13", "handler": "handler.handler"}
    old = common | code("one", "1") | {"memorySize": 512, "timeout": 30, "reservedConcurrentExecutions": 5}
    made = engine.create(FUNCTION, old | {"environment": {"variables": {"A": "1"}}, "tags": {"stage": "dev"}})
    before = plain(made.state)["codeSha256"]
    changed = engine.update(made, common | code("two", "2") | {"timeout": 10, "environment": {"variables": {"B": "2"}}})
    found = aws.client("lambda").get_function(FunctionName=made.id)
    settings = found["Configuration"]
    assert (settings["MemorySize"], settings["Timeout"], settings["Environment"]) == (128, 10, {"Variables": {"B": "2"}})
    assert "Concurrency" not in found
    assert found.get("Tags", {}) == {}
    assert plain(changed.state)["codeSha256"] == settings["CodeSha256"] != before
    events = engine.create(EVENTS, {"functionName": made.id, "maximumRetryAttempts": 1})
    assert engine.read(events).inputs == events.inputs
    kept = engine.update(events, {"functionName": made.id, "maximumRetryAttempts": 2})
    assert plain(engine.read(kept).inputs)["maximumRetryAttempts"] == 2
    engine.delete(kept)
    engine.delete(changed)
    engine.delete(role)


def test_drift_is_seen_and_only_what_drifted(engine: Engine, aws: EmbeddedAws, table: Made) -> None:
    client = aws.client("dynamodb")
    client.update_table(TableName=table.id, DeletionProtectionEnabled=True)
    client.tag_resource(ResourceArn=described(aws, table)["TableArn"], Tags=[{"Key": "by", "Value": "hand"}])
    drifted = plain(engine.read(table).inputs)
    assert drifted == plain(table.inputs) | {"deletionProtectionEnabled": True, "tags": {"stage": "dev", "by": "hand"}}
    back = Made(TABLE, table.id, encode(drifted), engine.read(table).properties)
    assert sorted(engine.diff(back, table.inputs).diffs) == ["deletionProtectionEnabled", "tags"]
    assert not described(aws, engine.update(back, PLAIN))["DeletionProtectionEnabled"]


def test_what_is_gone_is_read_as_nothing_and_need_not_be_deleted(engine: Engine, aws: EmbeddedAws) -> None:
    made = engine.create(TABLE, PLAIN)
    aws.client("dynamodb").delete_table(TableName=made.id)
    assert engine.read(made).id == ""
    engine.delete(made)  # deleted is what was asked for


def test_a_protected_table_is_not_deleted(engine: Engine, aws: EmbeddedAws) -> None:
    made = engine.create(TABLE, PLAIN | {"deletionProtectionEnabled": True})
    with pytest.raises(grpc.RpcError) as refused:
        engine.delete(made)
    assert "ValidationException" in refused.value.details()
    assert described(aws, made)["TableStatus"] == "ACTIVE"
    engine.delete(engine.update(made, PLAIN))


def test_a_table_that_is_there_is_imported_without_a_difference(engine: Engine, aws: EmbeddedAws) -> None:
    """The engine reads it by its id alone, and then compares it with the program."""
    full = PLAIN | {"name": "legacy", "streamEnabled": True, "streamViewType": "NEW_IMAGE", "deletionProtectionEnabled": True}
    full |= {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 14}, "ttl": {"attributeName": "ttl", "enabled": True}}
    there = engine.create(TABLE, full)
    read = engine.read(Made(TABLE, "legacy", encode({}), encode({})))
    assert read.id == "legacy"
    assert plain(read.properties)["arn"] == plain(there.state)["arn"]
    imported = Made(TABLE, read.id, read.inputs, read.properties)
    assert list(engine.diff(imported, full).diffs) == []
    assert list(engine.diff(imported, full | {"hashKey": "other"}).replaces) == ["hashKey"]
    engine.delete(engine.update(there, full | {"deletionProtectionEnabled": False}))


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


def test_every_type_that_can_be_deployed_has_a_lifecycle() -> None:
    """A Kinesis stream is deployed for a table to write to, and only as it is created. The engine itself does what is Pulumi's own."""
    ours = {kind for kind in HANDLERS if kind.startswith("aws:")}
    assert ours - set(LIFECYCLES) == {"aws:kinesis/stream:Stream"}, "add it in local/engine/lifecycles"
    assert set(LIFECYCLES) <= ours
