"""AWS/SQS and AWS/SNS: messages as they are sent, handed out and taken out, and what waits at each tick.

Messages also reach a queue from inside (from a topic), so what was sent is read from the queue: each message is counted once, when it is
first handed out or at the next tick, at the time at which it was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from local.calls import Call
from monitoring.samples import Samples

QUEUES = "AWS/SQS"
TOPICS = "AWS/SNS"
ACTIVE_FOR = timedelta(hours=6)
"""A queue without use sends nothing after this (SQS developer guide, Available CloudWatch metrics)."""


class QueueMetrics:
    """Thread safe."""

    def __init__(self, samples: Samples, account: str, region: str) -> None:
        self._samples = samples
        self._account = account
        self._region = region
        self._counted: dict[str, set[str]] = {}
        self._used: dict[str, datetime] = {}
        self._lock = Lock()

    def called(self, call: Call, response: Mapping[str, Any]) -> None:
        """After a successful call of SQS or SNS; any other is ignored."""
        if call.service == "sns" and call.operation in ("Publish", "PublishBatch") and "TopicArn" in call.request:
            published = len(response.get("Successful", ())) if call.operation == "PublishBatch" else 1
            dimensions = {"TopicName": str(call.request["TopicArn"]).rsplit(":", 1)[-1]}
            self._samples.record(TOPICS, "NumberOfMessagesPublished", dimensions, call.at, float(published))
        elif call.service == "sqs" and "QueueUrl" in call.request:
            name = str(call.request["QueueUrl"]).rsplit("/", 1)[-1]
            if call.operation == "ReceiveMessage":
                self._received(name, response.get("Messages") or [], call.at)
            elif call.operation in ("DeleteMessage", "DeleteMessageBatch"):
                deleted = len(response.get("Successful", ())) if call.operation == "DeleteMessageBatch" else 1
                self._record("NumberOfMessagesDeleted", name, call.at, deleted)
            elif call.operation in ("SendMessage", "SendMessageBatch"):
                self._use(name, call.at)

    def tick(self, at: datetime) -> None:
        """What every queue in use holds."""
        from moto.sqs.models import sqs_backends

        queues: dict[str, Any] = dict(sqs_backends[self._account][self._region].queues)
        for name in queues:
            messages = self._messages(name)
            for message in messages:
                self._count(name, str(message.id), _sent_at(message))
            if not messages and at - self._used.get(name, datetime.min.replace(tzinfo=UTC)) > ACTIVE_FOR:
                continue
            visible = sum(bool(message.visible) and not message.delayed for message in messages)
            delayed = sum(bool(message.delayed) for message in messages)
            oldest = min((_sent_at(message) for message in messages), default=at)
            self._record("ApproximateNumberOfMessagesVisible", name, at, visible)
            self._record("ApproximateNumberOfMessagesDelayed", name, at, delayed)
            self._record("ApproximateNumberOfMessagesNotVisible", name, at, len(messages) - visible - delayed)
            self._record("ApproximateAgeOfOldestMessage", name, at, max(0.0, (at - oldest).total_seconds()))

    def _received(self, name: str, messages: list[Mapping[str, Any]], at: datetime) -> None:
        self._use(name, at)
        if not messages:
            self._record("NumberOfEmptyReceives", name, at, 1)
            return
        self._record("NumberOfMessagesReceived", name, at, len(messages))
        sent = {str(held.id): _sent_at(held) for held in self._messages(name)}
        for message in messages:
            identity = str(message["MessageId"])
            self._count(name, identity, sent.get(identity, at))

    def _messages(self, name: str) -> list[Any]:
        """All that a queue holds, visible or not."""
        from moto.sqs.models import sqs_backends

        queue: Any = sqs_backends[self._account][self._region].queues.get(name)
        return [] if queue is None else list(queue._messages)

    def _count(self, name: str, message_id: str, sent_at: datetime) -> None:
        with self._lock:
            counted = self._counted.setdefault(name, set())
            if message_id in counted:
                return
            counted.add(message_id)
        self._use(name, sent_at)
        self._record("NumberOfMessagesSent", name, sent_at, 1)

    def _use(self, name: str, at: datetime) -> None:
        with self._lock:
            self._used[name] = max(at, self._used.get(name, at))

    def _record(self, metric: str, queue: str, at: datetime, value: float) -> None:
        self._samples.record(QUEUES, metric, {"QueueName": queue}, at, float(value))


def _sent_at(message: Any) -> datetime:
    return datetime.fromtimestamp(message.sent_timestamp / 1000, UTC)
