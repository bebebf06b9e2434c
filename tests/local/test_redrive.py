"""A change that could not be handled is parked, and tried again once its cause is mended: on the deployed stack, with its real function."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from components import commands
from components.__main__ import main
from components.redrive import Parked, Redriven, redrive
from local.__main__ import ROOT
from local.realtime import this_minute
from local.world import World
from monitoring.live import Account


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Near the machine's time: moto's timers of messages run by that, and a message that was sent long before has no time left."""
    with World(ROOT, "dev", start=this_minute()) as made:
        yield made


@pytest.fixture(scope="module")
def account(world: World) -> Account:
    """Everything goes over HTTP, the calls of functions too."""
    return Account(world.aws.client, world.aws.region)


def paid_order(world: World, name: str) -> dict[str, Any]:
    """Whose change of status the consumer is told of."""
    user = world.request("POST", "/users", {"email": f"{name}@example.com", "name": name, "password_hash": "none"}).json()
    product = {"name": "Tea", "category": "Beverages", "price_minor": 250, "currency": "USD"}
    made = world.request("POST", "/products", product).json()
    line = {"product_id": made["id"], "quantity": 1, "unit_price_minor": 250, "discount_percent": 0}
    order = world.request("POST", "/orders", {"user_id": user["id"], "reference": name, "currency": "USD", "lines": [line]}).json()
    answer = world.request("PUT", f"/orders/{order['id']}/status", {"status": "paid", "version": order["version"]})
    assert answer.status == 200, answer.body
    return order


def waiting(world: World) -> int:
    queue = world.outputs["failureQueueUrl"]
    answer = world.aws.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def redriven(account: Account, world: World, **more: Any) -> list[Redriven]:
    return list(redrive(account, world.outputs["failureQueueUrl"], **more))


def test_parked_looked_at_failed_again_and_handled(world: World, account: Account) -> None:
    topic = world.outputs["orderTopicArn"]
    sns, sqs = world.aws.client("sns"), world.aws.client("sqs")
    sns.delete_topic(TopicArn=topic)
    order = paid_order(world, "parked")
    for _ in range(60):
        world.tick()
        if waiting(world):
            break
    assert waiting(world) == 1

    (seen,) = redriven(account, world, dry_run=True)
    assert (seen.result, seen.changes) == ("found", 1)
    assert seen.detail.startswith("RetryAttemptsExhausted, arn:aws:lambda:")
    assert waiting(world) == 1

    (failed,) = redriven(account, world)
    assert failed.result == "failed"
    assert failed.detail.startswith("it stopped at change ")
    assert waiting(world) == 1

    assert sns.create_topic(Name=topic.rpartition(":")[2])["TopicArn"] == topic
    reader = sqs.create_queue(QueueName="redrive-reader")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=reader, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    (handled,) = redriven(account, world)
    assert (handled.result, handled.changes) == ("handled", 1)
    assert waiting(world) == 0
    (message,) = sqs.receive_message(QueueUrl=reader)["Messages"]
    assert json.loads(message["Body"])["order_id"] == order["id"]
    assert redriven(account, world) == []


def test_what_is_no_message_of_a_mapping_stays(world: World, account: Account) -> None:
    queue = world.outputs["failureQueueUrl"]
    world.aws.client("sqs").send_message(QueueUrl=queue, MessageBody="hello")

    (found,) = redriven(account, world)

    assert (found.result, found.changes, found.detail) == ("unreadable", 0, "it does not name a place in the stream of a table")
    assert waiting(world) == 1
    world.aws.client("sqs").purge_queue(QueueUrl=queue)


BODY = json.dumps(
    {
        "requestContext": {
            "requestId": "1",
            "functionArn": "arn:aws:lambda:eu-west-1:123456789012:function:follow",
            "condition": "RecordAgeExceeded",
            "approximateInvokeCount": 1,
        },
        "version": "1.0",
        "timestamp": "2026-03-01T00:00:00.000Z",
        "DDBStreamBatchInfo": {
            "shardId": "shardId-00000001573689847184-864758bb",
            "startSequenceNumber": "800000000003126276362",
            "endSequenceNumber": "800000000003126276363",
            "approximateArrivalOfFirstRecord": "2026-03-01T00:00:00Z",
            "approximateArrivalOfLastRecord": "2026-03-01T00:00:00Z",
            "batchSize": 2,
            "streamArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/shop/stream/2026-02-01T00:00:00.000",
        },
    }
)
"""As the developer guide shows it ("Retaining discarded records for a DynamoDB data source in Lambda")."""


def test_changes_that_the_stream_has_no_more_stay_in_the_queue() -> None:
    clients = {
        name: boto3.client(name, "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x") for name in ("sqs", "dynamodbstreams")
    }
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/failures"
    parked = Parked.of(BODY)
    with Stubber(clients["sqs"]) as sqs, Stubber(clients["dynamodbstreams"]) as streams:
        received = {"QueueUrl": url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 1, "VisibilityTimeout": 960}
        sqs.add_response("receive_message", {"Messages": [{"MessageId": "m", "ReceiptHandle": "r", "Body": BODY}]}, received)
        streams.add_client_error(
            "get_shard_iterator",
            "TrimmedDataAccessException",
            expected_params={
                "StreamArn": parked.stream_arn,
                "ShardId": parked.shard,
                "ShardIteratorType": "AT_SEQUENCE_NUMBER",
                "SequenceNumber": parked.first,
            },
        )
        sqs.add_response("receive_message", {}, received)
        sqs.add_response("change_message_visibility", {}, {"QueueUrl": url, "ReceiptHandle": "r", "VisibilityTimeout": 0})

        (found,) = redrive(Account(clients.__getitem__, "eu-west-1"), url)

        assert found == Redriven("m", "gone", 0, "the stream has these changes no more")
        sqs.assert_no_pending_responses()
        streams.assert_no_pending_responses()


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"DDBStreamBatchInfo": {}}', BODY.replace("DDBStreamBatchInfo", "KinesisBatchInfo")])
def test_bodies_that_name_no_place(body: str) -> None:
    with pytest.raises(ValueError, match=r"^it does not name a place in the stream of a table$"):
        Parked.of(body)


# --- the command


def test_the_command_says_what_is_left(
    world: World, account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands.redrive, "account_of", lambda _: account)
    queue = world.outputs["failureQueueUrl"].rpartition("/")[2]

    assert main(["redrive", "--queue", queue]) == 0
    assert capsys.readouterr().out == "the queue is empty\n"

    world.aws.client("sqs").send_message(QueueUrl=world.outputs["failureQueueUrl"], MessageBody="hello")
    assert main(["redrive", "--queue", queue, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["counts"] == {"unreadable": 1}

    assert main(["redrive", "--queue", "nowhere"]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.startswith("components: refused-call: ")) == ("", True), shown.err
    assert "sqs:GetQueueUrl" in shown.err
