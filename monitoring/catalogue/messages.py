"""AWS/SQS and AWS/SNS, as far as a stack uses them."""

from datetime import date
from typing import Final

from monitoring.catalogue.entry import Emission, Entry, Source

QUEUES: Final = "AWS/SQS"
TOPICS: Final = "AWS/SNS"

_SQS: Final = Source("SQS developer guide, Available CloudWatch metrics for Amazon SQS", date(2026, 11, 24))
_SNS: Final = Source("SNS developer guide, Monitoring Amazon SNS topics using CloudWatch", date(2026, 11, 24))

_QUEUE: Final = (frozenset({"QueueName"}),)
_TOPIC: Final = (frozenset({"TopicName"}),)
_COUNT: Final = frozenset({"Sum", "SampleCount"})
_GAUGE: Final = frozenset({"Maximum", "Average", "Minimum"})


def _queue(name: str, statistics: frozenset[str], meaning: str, unit: str = "Count") -> Entry:
    """A queue is silent after six hours without use, so a gap means that nothing waits."""
    return Entry(QUEUES, name, _QUEUE, statistics, 60, unit, Emission.WHILE_ACTIVE, meaning, _SQS)


def _topic(name: str, meaning: str, emission: Emission) -> Entry:
    return Entry(TOPICS, name, _TOPIC, _COUNT, 60, "Count", emission, meaning, _SNS)


ENTRIES: Final = (
    _queue("ApproximateNumberOfMessagesVisible", _GAUGE, "messages that wait"),
    _queue("ApproximateNumberOfMessagesNotVisible", _GAUGE, "messages in somebody's hands"),
    _queue("ApproximateNumberOfMessagesDelayed", _GAUGE, "messages that may not be read yet"),
    _queue("ApproximateAgeOfOldestMessage", _GAUGE, "age of the oldest message; starts anew in a dead-letter queue", "Seconds"),
    _queue("NumberOfMessagesSent", _COUNT, "messages put in"),
    _queue("NumberOfMessagesReceived", _COUNT, "messages handed out"),
    _queue("NumberOfMessagesDeleted", _COUNT, "messages taken out"),
    _queue("NumberOfEmptyReceives", _COUNT, "reads that found nothing"),
    _queue("SentMessageSize", _GAUGE | _COUNT, "bytes of messages put in", "Bytes"),
    _topic("NumberOfMessagesPublished", "messages published", Emission.WHILE_ACTIVE),
    _topic("NumberOfNotificationsDelivered", "messages delivered to a subscriber", Emission.WHILE_ACTIVE),
    _topic("NumberOfNotificationsFailed", "messages that could not be delivered", Emission.ON_EVENT),
)
