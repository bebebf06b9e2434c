"""A queue behind a topic: what subscribers of the stack's topics receive."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from local.aws import EmbeddedAws


@dataclass(frozen=True, slots=True)
class Letter:
    """One message: its JSON body and the text of its attributes."""

    body: Any
    attributes: dict[str, str]


class Inbox:
    """A queue of its own, subscribed to topics with raw delivery. `letters` holds everything collected so far."""

    def __init__(self, aws: EmbeddedAws, name: str, *topics: str) -> None:
        self._sqs = aws.client("sqs")
        self._url: str = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self._sqs.set_queue_attributes(QueueUrl=self._url, Attributes={"Policy": _policy(arn, topics)})
        for topic in topics:
            aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
        self.letters: list[Letter] = []

    def collect(self) -> None:
        """Takes everything out of the queue."""
        asked = {"QueueUrl": self._url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
        while received := self._sqs.receive_message(**asked).get("Messages"):
            for message in received:
                attributes = {name: value["StringValue"] for name, value in message.get("MessageAttributes", {}).items()}
                self.letters.append(Letter(json.loads(message["Body"]), attributes))
            done = [{"Id": str(number), "ReceiptHandle": one["ReceiptHandle"]} for number, one in enumerate(received)]
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=done)


def _policy(queue_arn: str, topics: tuple[str, ...]) -> str:
    """Lets these topics, and nobody else, send to the queue (SNS guide, "Fanout to Amazon SQS queues")."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": list(topics)}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
