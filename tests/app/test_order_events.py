"""Status changes: published once each, whatever fails on the way, and nothing else is."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from app import order_events
from app.order_events import OrderEvents, make_stream
from singletable import BotocoreTransport, Refusal, Store
from tests.app.conftest import TABLE, contents

EVENTS = Path(__file__).parent / "events"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:orders"
PUBLISHED = datetime(2025, 6, 2, 12, tzinfo=UTC)


class Topic:
    """Takes what is published; fails when told to, after or before it took it."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.fail: Callable[[], None] = lambda: None

    def publish(self, **message: Any) -> None:
        self.fail()
        self.messages.append(message)


def event(name: str) -> dict[str, Any]:
    return json.loads((EVENTS / f"{name}.json").read_text())


@pytest.fixture
def topic() -> Topic:
    return Topic()


@pytest.fixture
def handle(store: Store, topic: Topic) -> Callable[[str], list[str]]:
    """Handles an event file; gives the sequence numbers of the failures."""
    handler = make_stream(lambda: OrderEvents(store, topic, TOPIC)).handler()
    return lambda name: [failure["itemIdentifier"] for failure in handler(event(name), None)["batchItemFailures"]]


def change_ids(topic: Topic) -> list[str]:
    return [message["MessageAttributes"]["change_id"]["StringValue"] for message in topic.messages]


def test_each_change_is_published_once(client: Any, topic: Topic, handle: Callable[[str], list[str]]) -> None:
    assert handle("stream_shipped_then_delivered") == []
    first, second = topic.messages
    assert json.loads(first["Message"]) == {
        "order_id": "o1", "user_id": "u1", "old_status": "placed", "new_status": "shipped", "version": 2, "at": "2025-06-02T12:00:00.000000Z",
    }  # fmt: skip
    assert (first["TopicArn"], first["MessageAttributes"]) == (TOPIC, {"change_id": {"DataType": "String", "StringValue": "o1:2"}})
    assert json.loads(second["Message"])["new_status"] == "delivered"
    assert handle("stream_shipped_then_delivered") == []
    assert change_ids(topic) == ["o1:2", "o1:3"]
    notice = contents(client)[0]
    assert (notice["PK"], notice["SK"]) == ({"S": "NOTICE#o1"}, {"S": "VERSION#0000000002"})
    assert notice["expires_at"] == {"N": str(int(PUBLISHED.timestamp()) + 15 * 24 * 3600)}


def test_what_is_no_change_of_status_is_not_published(client: Any, topic: Topic, handle: Callable[[str], list[str]]) -> None:
    """A new order, an edit, a deletion, expired items, strangers, locks."""
    assert handle("stream_nothing_to_tell") == []
    assert (topic.messages, contents(client)) == ([], [])


def test_a_failed_publication_is_tried_again_in_order_and_arrives_once(topic: Topic, handle: Callable[[str], list[str]]) -> None:
    def fail() -> None:
        raise TimeoutError("SNS does not answer")

    topic.fail = fail
    assert handle("stream_shipped_then_delivered") == ["000000000000000000001"], (
        "stops at the first failure, or the second would overtake it"
    )
    topic.fail = lambda: None
    assert handle("stream_shipped_then_delivered") == []
    assert change_ids(topic) == ["o1:2", "o1:3"]


def test_a_crash_between_publishing_and_noting_repeats_the_same_change_id(client: Any, topic: Topic) -> None:
    class Forgetful(BotocoreTransport):
        broken = True

        def call(self, operation: str, request: Any, /) -> dict[str, Any]:
            if operation == "PutItem" and self.broken:
                raise Refusal("InternalServerError", "the function died here")
            return super().call(operation, request)

    transport = Forgetful(client)
    handler = make_stream(lambda: OrderEvents(Store(transport, TABLE), topic, TOPIC)).handler()
    assert handler(event("stream_shipped_then_delivered"), None)["batchItemFailures"]
    transport.broken = False
    assert not handler(event("stream_shipped_then_delivered"), None)["batchItemFailures"]
    assert change_ids(topic) == ["o1:2", "o1:2", "o1:3"], "at least once, and the copy can be told"


def test_a_change_that_another_run_publishes_meanwhile_is_no_failure(
    store: Store, topic: Topic, handle: Callable[[str], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    other = Topic()
    another_run = make_stream(lambda: OrderEvents(store, other, TOPIC)).handler()

    def meanwhile() -> None:
        topic.fail = lambda: None
        another_run(event("stream_shipped_then_delivered"), None)

    topic.fail = meanwhile
    assert handle("stream_shipped_then_delivered") == []
    assert (change_ids(topic), change_ids(other)) == (["o1:2"], ["o1:2", "o1:3"])
    assert [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()] == [
        "status-published", "status-published", "status-published-twice", "status-published-before",
    ]  # fmt: skip


def test_the_handler_of_the_function_publishes_to_the_topic_of_its_environment(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from app import model

    arn = boto3.client("sns").create_topic(Name="orders")["TopicArn"]
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="listener")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    boto3.client("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"})
    for name, value in {"TABLE_NAME": TABLE, "TOPIC_ARN": arn, "SCHEMA_FINGERPRINT": model.table.definition().fingerprint}.items():
        monkeypatch.setenv(name, value)
    order_events.order_events.cache_clear()
    try:
        assert order_events.handler(event("stream_shipped_then_delivered"), None) == {"batchItemFailures": []}
    finally:
        order_events.order_events.cache_clear()
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])["Messages"]
    assert {message["MessageAttributes"]["change_id"]["StringValue"] for message in received} == {"o1:2", "o1:3"}


def test_the_mapping_lets_only_changed_orders_through() -> None:
    assert order_events.stream.filters() == [{"eventName": ["MODIFY"], "dynamodb": {"NewImage": {"_type": {"S": ["Order"]}}}}]
    assert {pattern.name for pattern in order_events.patterns} == {"find_notice", "record_notice"}
