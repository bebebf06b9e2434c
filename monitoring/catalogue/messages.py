"""AWS/SQS, all of it, and AWS/SNS: without mobile push and the archive of FIFO topics, whose dimensions the pages do not settle."""

from datetime import date
from typing import Final

from monitoring.catalogue.entry import Emission, Entry, Source

QUEUES: Final = "AWS/SQS"
TOPICS: Final = "AWS/SNS"

_SQS: Final = Source("SQS developer guide, Available CloudWatch metrics for Amazon SQS", date(2026, 11, 25))
_SNS: Final = Source("SNS developer guide, Monitoring Amazon SNS topics using CloudWatch", date(2026, 11, 25))

_QUEUE: Final = (frozenset({"QueueName"}),)
_TOPIC: Final = (frozenset({"TopicName"}),)
_COUNT: Final = frozenset({"Sum", "SampleCount"})
_GAUGE: Final = frozenset({"Maximum", "Average", "Minimum"})


def _queue(name: str, statistics: frozenset[str], meaning: str, unit: str = "Count") -> Entry:
    """A queue is silent after six hours without use, so a gap means that nothing waits."""
    return Entry(QUEUES, name, _QUEUE, statistics, 60, unit, Emission.WHILE_ACTIVE, meaning, _SQS)


def _topic(
    name: str, meaning: str, emission: Emission = Emission.ON_EVENT, statistics: frozenset[str] = _COUNT | {"Average"}, unit: str = "Count"
) -> Entry:
    return Entry(TOPICS, name, _TOPIC, statistics, 60, unit, emission, meaning, _SNS)


def _text_messages(
    name: str, dimensions: tuple[frozenset[str], ...], statistics: frozenset[str], meaning: str, unit: str = "Count"
) -> Entry:
    return Entry(TOPICS, name, dimensions, statistics, 60, unit, Emission.WHILE_ACTIVE, meaning, _SNS)


_OF_QUEUES: Final = (
    _queue("ApproximateNumberOfMessagesVisible", _GAUGE, "messages that wait"),
    _queue("ApproximateNumberOfMessagesNotVisible", _GAUGE, "messages in somebody's hands"),
    _queue("ApproximateNumberOfMessagesDelayed", _GAUGE, "messages that may not be read yet"),
    _queue("ApproximateAgeOfOldestMessage", _GAUGE, "age of the oldest message; starts anew in a dead-letter queue", "Seconds"),
    _queue("NumberOfMessagesSent", _COUNT, "messages put in; not those that another queue's redrive policy moved here"),
    _queue("NumberOfMessagesReceived", _COUNT, "messages handed out"),
    _queue("NumberOfMessagesDeleted", _COUNT, "messages taken out"),
    _queue("NumberOfEmptyReceives", _COUNT, "reads that found nothing"),
    _queue("SentMessageSize", _GAUGE | _COUNT, "bytes of messages put in", "Bytes"),
    _queue("ApproximateNumberOfGroupsWithInflightMessages", _GAUGE, "message groups in somebody's hands; FIFO queues only"),
    _queue("NumberOfDeduplicatedSentMessages", _COUNT, "messages put in twice and kept once; FIFO queues only"),
    _queue("ApproximateNumberOfNoisyGroups", _GAUGE, "message groups that take more than their share; fair queues only"),
    _queue("ApproximateNumberOfMessagesVisibleInQuietGroups", _GAUGE, "messages of the other groups that wait; fair queues only"),
    _queue(
        "ApproximateNumberOfMessagesNotVisibleInQuietGroups", _GAUGE, "messages of the other groups in somebody's hands; fair queues only"
    ),
    _queue("ApproximateNumberOfMessagesDelayedInQuietGroups", _GAUGE, "messages of the other groups not to be read yet; fair queues only"),
    _queue(
        "ApproximateAgeOfOldestMessageInQuietGroups", _GAUGE, "age of the oldest message of the other groups; fair queues only", "Seconds"
    ),
)

_OF_TOPICS: Final = (
    _topic("NumberOfMessagesPublished", "messages published", Emission.WHILE_ACTIVE, _COUNT),
    _topic("PublishSize", "bytes of messages published", Emission.WHILE_ACTIVE, _GAUGE | {"SampleCount"}, "Bytes"),
    _topic("NumberOfNotificationsDelivered", "messages delivered to a subscriber", Emission.WHILE_ACTIVE, _COUNT),
    _topic("NumberOfNotificationsFailed", "messages that could not be delivered"),
    _topic("NumberOfNotificationsFilteredOut", "messages that a subscription's filter refused"),
    _topic("NumberOfNotificationsFilteredOut-MessageAttributes", "messages refused by a filter of attributes"),
    _topic("NumberOfNotificationsFilteredOut-NoMessageAttributes", "messages refused because they have no attributes"),
    _topic("NumberOfNotificationsFilteredOut-InvalidAttributes", "messages refused because their attributes cannot be read"),
    _topic("NumberOfNotificationsFilteredOut-MessageBody", "messages refused by a filter of bodies"),
    _topic("NumberOfNotificationsFilteredOut-InvalidMessageBody", "messages refused because their body cannot be read"),
    _topic("NumberOfNotificationsRedrivenToDlq", "messages moved to a subscription's dead-letter queue"),
    _topic("NumberOfNotificationsFailedToRedriveToDlq", "messages that could not be moved there, and are lost"),
)

_OF_TEXT_MESSAGES: Final = (
    _text_messages("SMSSuccessRate", (frozenset({"Country", "SMSType"}),), _COUNT | {"Average"}, "share of text messages delivered"),
    _text_messages(
        "SMSMonthToDateSpentUSD",
        (frozenset(),),
        frozenset({"Maximum"}),
        "US dollars spent on text messages this month",
        "None",  # the page says USD, which is no unit of CloudWatch
    ),
)

ENTRIES: Final = (*_OF_QUEUES, *_OF_TOPICS, *_OF_TEXT_MESSAGES)
