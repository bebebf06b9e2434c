"""A change that could not be handled is parked, and tried again once its cause is mended: on the deployed stack, with its real function."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from components.__main__ import main
from components.redrive import Redriven, redrive
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


@pytest.fixture
def rehearsing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As whoever copies the lines that `python -m local serve` prints."""
    for name, value in world.aws.environment().items():
        monkeypatch.setenv(name, value)


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


def empty(world: World) -> None:
    """A queue can be purged once a minute only."""
    sqs, queue = world.aws.client("sqs"), world.outputs["failureQueueUrl"]
    for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", ()):
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


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

    assert (found.result, found.changes, found.detail) == ("unreadable", 0, "it does not name a place in a stream")
    assert waiting(world) == 1
    empty(world)


# --- the command


def test_the_command_says_what_is_left(world: World, rehearsing: None, capsys: pytest.CaptureFixture[str]) -> None:
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
    empty(world)


def test_the_command_over_http_handles_what_was_parked(world: World, rehearsing: None, capsys: pytest.CaptureFixture[str]) -> None:
    topic = world.outputs["orderTopicArn"]
    sns, sqs = world.aws.client("sns"), world.aws.client("sqs")
    sns.delete_topic(TopicArn=topic)
    order = paid_order(world, "rehearsed")
    for _ in range(60):
        world.tick()
        if waiting(world):
            break

    assert main(["redrive", "--queue", world.outputs["failureQueueUrl"]]) == 1
    assert capsys.readouterr().out.endswith("1 failed\n")
    assert waiting(world) == 1

    sns.create_topic(Name=topic.rpartition(":")[2])
    reader = sqs.create_queue(QueueName="rehearsal-reader")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=reader, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    assert main(["redrive", "--queue", world.outputs["failureQueueUrl"]]) == 0
    assert capsys.readouterr().out.endswith("1 handled\n")
    assert waiting(world) == 0
    (message,) = sqs.receive_message(QueueUrl=reader)["Messages"]
    assert json.loads(message["Body"])["order_id"] == order["id"]
