"""A function's role does what its policy says and nothing else: the errors are those that SDKs get from AWS."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import EmbeddedAws
from local.iam import GrantedPair, Outcome, Permissions
from tests.local.conftest import HandClock, key, table_request

T = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
ClientOf = Callable[[str], Any]
RoleWith = Callable[..., ClientOf]


@pytest.fixture(scope="module")
def permissions() -> Permissions:
    return Permissions("123456789012")


@pytest.fixture(scope="module")
def stack(permissions: Permissions) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(HandClock()) as aws:
        aws.observe(permissions)
        aws.client("dynamodb").create_table(**table_request("shop"))
        aws.client("dynamodb").put_item(TableName="shop", Item={**key("USER#1"), "GSI1PK": {"S": "G"}, "GSI1SK": {"S": "1"}})
        aws.client("sns").create_topic(Name="changes")
        aws.client("sqs").create_queue(QueueName="parked")
        yield aws


@pytest.fixture
def role_with(stack: EmbeddedAws, request: pytest.FixtureRequest) -> RoleWith:
    """Makes a role named after the test, with these statements; gives its clients."""
    name = request.node.name.replace("[", "-").replace("]", "")[:64]

    def make(*statements: dict[str, Any], **role: Any) -> ClientOf:
        iam = stack.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST), **role)["Role"]["Arn"]
        if statements:
            iam.put_role_policy(
                RoleName=name, PolicyName="own", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements})
            )
        credentials = stack.role_credentials(arn)
        return lambda service: stack.client_of(service, credentials)

    make.name = name  # type: ignore[attr-defined]
    return make


def allow(*actions: str, resource: Any = T, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def code_of(act: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        act()
    return caught.value.response["Error"]["Code"]


def query(client: Any, **more: Any) -> Any:
    partition = "GSI1PK" if "IndexName" in more else "PK"
    return client.query(TableName="shop", KeyConditionExpression=f"{partition} = :p", ExpressionAttributeValues={":p": {"S": "G"}}, **more)


def test_what_is_allowed_passes_and_what_is_not_is_denied_with_awss_words(role_with: RoleWith) -> None:
    client = role_with(allow("dynamodb:GetItem"))("dynamodb")

    assert client.get_item(TableName="shop", Key=key("USER#1"))["Item"]["PK"] == {"S": "USER#1"}
    with pytest.raises(ClientError) as caught:
        client.scan(TableName="shop")
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    assert f"assumed-role/{role_with.name}/function is not authorized to perform: dynamodb:Scan on resource: {T}" in str(caught.value)  # type: ignore[attr-defined]


def test_denied_write_is_not_written(role_with: RoleWith, stack: EmbeddedAws) -> None:
    client = role_with(allow("dynamodb:GetItem"))("dynamodb")

    assert code_of(lambda: client.put_item(TableName="shop", Item=key("USER#denied"))) == "AccessDeniedException"
    assert "Item" not in stack.client("dynamodb").get_item(TableName="shop", Key=key("USER#denied"))


def test_index_needs_its_own_grant(role_with: RoleWith) -> None:
    client = role_with(allow("dynamodb:Query", resource=f"{T}/index/GSI1"))("dynamodb")

    assert query(client, IndexName="GSI1")["Count"] == 1
    assert code_of(lambda: query(client)) == "AccessDeniedException"


def test_transaction_needs_the_action_of_each_item(role_with: RoleWith) -> None:
    client = role_with(allow("dynamodb:PutItem", "dynamodb:ConditionCheckItem"))("dynamodb")
    put = {"Put": {"TableName": "shop", "Item": key("ORDER#1")}}
    check = {"ConditionCheck": {"TableName": "shop", "Key": key("USER#1"), "ConditionExpression": "attribute_exists(PK)"}}
    delete = {"Delete": {"TableName": "shop", "Key": key("ORDER#0")}}

    client.transact_write_items(TransactItems=[put, check])
    assert code_of(lambda: client.transact_write_items(TransactItems=[put, delete])) == "AccessDeniedException"


def test_action_named_after_the_transaction_gives_nothing(role_with: RoleWith) -> None:
    client = role_with(allow("dynamodb:TransactWriteItems"))("dynamodb")
    put = {"Put": {"TableName": "shop", "Item": key("ORDER#1")}}

    assert code_of(lambda: client.transact_write_items(TransactItems=[put])) == "AccessDeniedException"


def test_leading_keys_are_those_of_the_request(role_with: RoleWith) -> None:
    condition = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["USER#*"]}}
    client = role_with(allow("dynamodb:GetItem", "dynamodb:BatchGetItem", Condition=condition))("dynamodb")

    client.get_item(TableName="shop", Key=key("USER#1"))
    assert code_of(lambda: client.get_item(TableName="shop", Key=key("ORDER#1"))) == "AccessDeniedException"
    keys = {"shop": {"Keys": [key("USER#1"), key("ORDER#1")]}}
    assert code_of(lambda: client.batch_get_item(RequestItems=keys)) == "AccessDeniedException"


def test_attributes_are_those_that_the_expressions_name(role_with: RoleWith) -> None:
    condition = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["PK", "SK", "status"]}}
    client = role_with(allow("dynamodb:UpdateItem", Condition=condition))("dynamodb")

    def update(expression: str, names: dict[str, str]) -> None:
        client.update_item(
            TableName="shop",
            Key=key("USER#1"),
            UpdateExpression=expression,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={":v": {"S": "x"}},
        )

    update("SET #s = if_not_exists(#s, :v)", {"#s": "status"})
    assert code_of(lambda: update("SET #s = :v REMOVE #e.home", {"#s": "status", "#e": "emails"})) == "AccessDeniedException"


def test_stream_is_a_resource_of_its_own(role_with: RoleWith, stack: EmbeddedAws) -> None:
    arn = stack.client("dynamodb").describe_table(TableName="shop")["Table"]["LatestStreamArn"]
    streams = role_with(allow("dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords", resource=arn))(
        "dynamodbstreams"
    )

    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    assert streams.get_records(ShardIterator=iterator)["Records"]
    assert code_of(streams.list_streams) == "AccessDeniedException"


def test_topic_queue_and_metrics(role_with: RoleWith, stack: EmbeddedAws) -> None:
    topic, queue = "arn:aws:sns:eu-west-1:123456789012:changes", "arn:aws:sqs:eu-west-1:123456789012:parked"
    clients = role_with(
        allow("sns:Publish", resource=topic),
        allow("sqs:SendMessage", resource=queue),
        allow("cloudwatch:PutMetricData", resource="*", Condition={"StringEquals": {"cloudwatch:namespace": "App"}}),
    )
    url = stack.client("sqs").get_queue_url(QueueName="parked")["QueueUrl"]
    data = [{"MetricName": "m", "Value": 1.0}]

    clients("sns").publish(TopicArn=topic, Message="x")
    clients("sqs").send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "x"}])
    clients("cloudwatch").put_metric_data(Namespace="App", MetricData=data)
    assert code_of(lambda: clients("sns").publish(TopicArn=topic + "2", Message="x")) == "AuthorizationError"
    assert code_of(lambda: clients("sqs").receive_message(QueueUrl=url)) == "AccessDenied"
    assert code_of(lambda: clients("cloudwatch").put_metric_data(Namespace="Other", MetricData=data)) == "AccessDenied"


def test_boundary_limits_what_the_role_may(role_with: RoleWith, stack: EmbeddedAws) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow("dynamodb:Query")]})
    boundary = stack.client("iam").create_policy(PolicyName="boundary", PolicyDocument=document)["Policy"]["Arn"]
    client = role_with(allow("dynamodb:*"), PermissionsBoundary=boundary)("dynamodb")

    query(client)
    assert code_of(lambda: client.get_item(TableName="shop", Key=key("USER#1"))) == "AccessDeniedException"


def test_resource_policy_of_the_table_denies(role_with: RoleWith, stack: EmbeddedAws) -> None:
    client = role_with(allow("dynamodb:*"))("dynamodb")
    refusing = {"Effect": "Deny", "Action": "dynamodb:DeleteItem", "Resource": T, "Principal": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [refusing]})
    stack.client("dynamodb").put_resource_policy(ResourceArn=T, Policy=document)
    try:
        client.get_item(TableName="shop", Key=key("USER#1"))
        assert code_of(lambda: client.delete_item(TableName="shop", Key=key("USER#1"))) == "AccessDeniedException"
    finally:
        stack.client("dynamodb").delete_resource_policy(ResourceArn=T)


def test_operation_without_a_rule_is_refused_loudly(role_with: RoleWith) -> None:
    client = role_with(allow("dynamodb:*", "iam:*", resource="*"))("iam")

    with pytest.raises(ClientError, match="what iam ListRoles needs is not written down") as caught:
        client.list_roles()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_credentials_of_another_run_are_unknown(stack: EmbeddedAws, role_with: RoleWith) -> None:
    from local.aws import RoleCredentials

    stale = RoleCredentials("arn:aws:iam::123456789012:role/gone", "ASIAGONEGONEGONEGONE", "secret", "token")

    assert code_of(lambda: stack.client_of("dynamodb", stale).list_tables()) == "UnrecognizedClientException"


def test_role_that_does_not_exist_gets_no_credentials(stack: EmbeddedAws) -> None:
    assert code_of(lambda: stack.role_credentials("arn:aws:iam::123456789012:role/nobody")) == "NoSuchEntity"


def test_deployer_is_not_checked(stack: EmbeddedAws) -> None:
    assert stack.client("dynamodb").scan(TableName="shop")["Count"] >= 1


def test_decisions_and_grants_that_nobody_used(role_with: RoleWith, permissions: Permissions) -> None:
    client = role_with(allow("dynamodb:GetItem", "dynamodb:Query"), allow("dynamodb:Query", resource=f"{T}/index/*"))("dynamodb")
    client.get_item(TableName="shop", Key=key("USER#1"))
    client.get_item(TableName="shop", Key=key("USER#2"))
    query(client, IndexName="GSI1")
    code_of(lambda: client.delete_item(TableName="shop", Key=key("USER#1")))
    role = role_with.name  # type: ignore[attr-defined]

    decided = {(each.action, each.resource): (each.outcome, each.times) for each in permissions.decisions if each.role == role}
    assert decided == {
        ("dynamodb:GetItem", T): (Outcome.ALLOWED, 2),
        ("dynamodb:Query", f"{T}/index/GSI1"): (Outcome.ALLOWED, 1),
        ("dynamodb:DeleteItem", T): (Outcome.IMPLICIT_DENY, 1),
    }
    assert permissions.unused_grants(role) == (GrantedPair("dynamodb:Query", T),)


def test_credentials_show_no_secret(stack: EmbeddedAws, role_with: RoleWith) -> None:
    role_with(allow("dynamodb:GetItem"))
    credentials = stack.role_credentials(f"arn:aws:iam::123456789012:role/{role_with.name}")  # type: ignore[attr-defined]

    assert credentials.secret_access_key not in repr(credentials)
    assert credentials.session_token not in repr(credentials)
    assert credentials.environment()["AWS_SESSION_TOKEN"] == credentials.session_token
