"""The provider over its own protocol: what is created, read, changed and deleted in the embedded AWS."""

import json
from typing import Any

import grpc
import pulumi
import pytest
from pulumi.runtime.proto import provider_pb2, status_pb2

from components.configuration import load_configuration
from local.aws import EmbeddedAws
from local.deploy.registry import answer
from local.engine.lifecycles import LIFECYCLES
from local.monitor import Created, Registration
from local.program import run
from local.properties import encode
from tests.local.engine_calls import (
    ALARM,
    EVENTS,
    FUNCTION,
    NONE,
    PLAIN,
    QUEUE,
    TABLE,
    Engine,
    Made,
    aws,
    described,
    engine,
    index,
    plain,
    revealed,
    table,
    text,
    urn,
)
from tests.local.programs import EVERYTHING

__all__ = ["aws", "engine", "table"]


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


def failed_in_the_middle(call: Any) -> Any:
    """What the engine is told of a resource by a request that ends so."""
    with pytest.raises(grpc.RpcError) as refused:
        call()
    details = dict(refused.value.trailing_metadata())["grpc-status-details-bin"]
    failed = provider_pb2.ErrorResourceInitFailed()
    assert status_pb2.Status.FromString(details).details[0].Unpack(failed)
    return failed


def test_a_table_that_was_only_partly_created_is_known_and_finished(engine: Engine, aws: EmbeddedAws) -> None:
    """The engine keeps it in its state and asks for an update without a difference."""
    wrong = PLAIN | {"ttl": {"attributeName": "a" * 256, "enabled": True}}
    checked = engine.check(TABLE, wrong).inputs
    failed = failed_in_the_middle(lambda: engine.stub.Create(provider_pb2.CreateRequest(urn=urn(TABLE), properties=checked)))
    assert failed.id == plain(checked)["name"]
    assert described(aws, Made(TABLE, failed.id, None, None))["TableStatus"] == "ACTIVE"
    assert plain(failed.properties)["arn"].endswith(failed.id)
    right = PLAIN | {"ttl": {"attributeName": "expires", "enabled": True}}
    news = engine.check(TABLE, right, checked).inputs
    finished = engine.update(Made(TABLE, failed.id, news, failed.properties), right)
    ttl = aws.client("dynamodb").describe_time_to_live(TableName=failed.id)["TimeToLiveDescription"]
    assert ttl["AttributeName"] == "expires"
    engine.delete(finished)


def test_what_comes_after_what_failed_is_made_up_for(engine: Engine, aws: EmbeddedAws) -> None:
    """Expiry is set after recovery, so it was not: the next deployment mends the recovery alone, and has to set both."""
    more = {"ttl": {"attributeName": "expires", "enabled": True}, "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 99}}
    checked = engine.check(TABLE, PLAIN | more).inputs
    failed = failed_in_the_middle(lambda: engine.stub.Create(provider_pb2.CreateRequest(urn=urn(TABLE), properties=checked)))
    right = PLAIN | more | {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 9}}
    finished = engine.update(Made(TABLE, failed.id, checked, failed.properties), right)
    client = aws.client("dynamodb")
    assert client.describe_time_to_live(TableName=failed.id)["TimeToLiveDescription"]["AttributeName"] == "expires"
    assert engine.read(finished).inputs == finished.inputs
    again = engine.update(finished, right | {"tags": {}})  # nothing of the failure is left in the state
    assert set(plain(again.state)) == set(plain(finished.state)) | {"tags"}
    engine.delete(again)


def test_a_change_that_failed_in_the_middle_is_resumed(engine: Engine, aws: EmbeddedAws, table: Made) -> None:
    """What was changed before is not asked for again, which DynamoDB would refuse for a stream that is on already."""
    streamed = PLAIN | {"streamEnabled": True, "streamViewType": "KEYS_ONLY", "tags": {"owner": "shop"}}
    wrong = streamed | {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 99}}
    news = engine.check(TABLE, wrong, table.inputs).inputs
    request = provider_pb2.UpdateRequest(id=table.id, urn=urn(TABLE), olds=table.state, news=news, old_inputs=table.inputs)
    failed = failed_in_the_middle(lambda: engine.stub.Update(request))
    assert described(aws, table)["StreamSpecification"]["StreamEnabled"]
    finished = engine.update(Made(TABLE, table.id, news, failed.properties), streamed)
    assert aws.client("dynamodb").list_tags_of_resource(ResourceArn=described(aws, table)["TableArn"])["Tags"] == [
        {"Key": "owner", "Value": "shop"}
    ]
    assert plain(finished.state)["streamArn"] == described(aws, table)["LatestStreamArn"]
    assert engine.read(finished).inputs == finished.inputs


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
