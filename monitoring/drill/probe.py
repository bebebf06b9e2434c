"""A queue that listens beside the people for as long as a drill lasts."""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Final, Self

from monitoring.doctor.topics import Topic
from monitoring.drill.undisturbed import undisturbed
from monitoring.errors import MonitoringError
from monitoring.live import Account, CallRefused

PREFIX: Final = "alarm-drill-"
LONGEST: Final = timedelta(hours=1)
"""That a drill can last: what is older was left behind by one that was killed."""
LONGEST_WAIT_SECONDS: Final = 20
"""Of one ReceiveMessage. Source: SQS API reference, ReceiveMessage: WaitTimeSeconds."""
KEPT_SECONDS: Final = 3600
SETTLING_SECONDS: Final = 1
"""Before a new queue can be used. Source: SQS API reference, CreateQueue."""

Step = tuple[str, str, Mapping[str, str]]
"""Service, operation, request."""

_NAME: Final = re.compile(rf"{PREFIX}(\d{{8}}T\d{{6}})Z-[0-9a-f]+")


@dataclass(frozen=True)
class Heard:
    """A message of an alarm that arrived. topic: its ARN."""

    topic: str
    alarm: str
    state: str
    reason: str


@dataclass
class Probe:
    """A context manager: the queue, subscribed to each topic; afterwards both are gone. Without a topic there is none.

    id: of the drill, hexadecimal. at: when it began. unheard: topic -> why it cannot be listened to. left: what could not be taken away,
    with the reason; the next drill tries again. wait: lets so many seconds pass. Raises CallRefused where the queue cannot be made.
    """

    account: Account
    id: str
    at: datetime
    owner: str
    """The number of the account."""
    topics: tuple[str, ...]
    wait: Callable[[float], object] = time.sleep
    unheard: dict[str, str] = field(default_factory=dict[str, str])
    left: list[str] = field(default_factory=list[str])
    _url: str = ""
    _subscriptions: list[str] = field(default_factory=list[str])

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.at.astimezone(UTC):%Y%m%dT%H%M%S}Z-{self.id}"

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._close()

    def receive(self, wait_seconds: int) -> list[Heard]:
        """What arrived, waiting at most so long for the first message. Raises CallRefused."""
        wait = max(0, min(wait_seconds, LONGEST_WAIT_SECONDS))
        answer = self.account.ask("sqs", "ReceiveMessage", QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=wait)
        messages = answer.get("Messages") or ()
        if messages:
            entries = [{"Id": str(number), "ReceiptHandle": each["ReceiptHandle"]} for number, each in enumerate(messages)]
            self.account.ask("sqs", "DeleteMessageBatch", QueueUrl=self._url, Entries=entries)
        return [heard for each in messages if (heard := heard_in(each["Body"]))]

    def _open(self) -> None:
        if not self.topics:
            return
        partition = self.topics[0].split(":")[1]
        arn = f"arn:{partition}:sqs:{self.account.region}:{self.owner}:{self.name}"
        attributes = {"MessageRetentionPeriod": str(KEPT_SECONDS), "Policy": json.dumps(_policy(arn, self.topics))}
        self._url = self.account.ask("sqs", "CreateQueue", QueueName=self.name, Attributes=attributes)["QueueUrl"]
        for topic in self.topics:
            try:
                subscribed = self.account.ask("sns", "Subscribe", TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
                self._subscriptions.append(subscribed["SubscriptionArn"])
            except CallRefused as error:
                self.unheard[topic] = error.message
        self.wait(SETTLING_SECONDS)

    def _close(self) -> None:
        """Goes on after a refusal: what can go, goes."""
        steps: list[Step] = [("sns", "Unsubscribe", {"SubscriptionArn": arn}) for arn in self._subscriptions]
        if self._url:
            steps.append(("sqs", "DeleteQueue", {"QueueUrl": self._url}))
        with undisturbed():
            self.left += _done(self.account, steps)
        self._subscriptions, self._url = [], ""


def heard_in(body: str) -> Heard | None:
    """A notification of SNS with the message of an alarm in it. None: something else.

    Shapes: SNS developer guide, HTTP/HTTPS notification JSON format; CloudWatch user guide, Schema of Amazon SNS notifications.
    """
    try:
        outer: Mapping[str, Any] = json.loads(body)
        inner: Mapping[str, Any] = json.loads(outer["Message"])
        return Heard(outer["TopicArn"], inner["AlarmName"], inner["NewStateValue"], str(inner.get("NewStateReason", "")))
    except (ValueError, KeyError, TypeError):
        return None


def sweep(account: Account, topics: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Takes away what an earlier drill left behind: queues, and subscriptions of these topics. What was taken away.

    What may not be read or taken away stays, for a drill that may.
    """
    steps: list[Step] = [("sns", "Unsubscribe", {"SubscriptionArn": arn}) for arn in _old_subscriptions(account, topics, now)]
    steps += [("sqs", "DeleteQueue", {"QueueUrl": url}) for url in _old_queues(account, now)]
    return tuple(arn_or_url for step in steps if not _done(account, [step]) for arn_or_url in step[2].values())


def _old_subscriptions(account: Account, topics: Iterable[str], now: datetime) -> Iterator[str]:
    for topic in topics:
        try:
            found = list(account.pages("sns", "ListSubscriptionsByTopic", "Subscriptions", TopicArn=topic))
        except CallRefused:
            continue
        yield from (each["SubscriptionArn"] for each in found if left_behind(each.get("Endpoint", ""), now))


def _old_queues(account: Account, now: datetime) -> list[str]:
    try:
        return [url for url in account.pages("sqs", "ListQueues", "QueueUrls", QueueNamePrefix=PREFIX) if left_behind(url, now)]
    except CallRefused:
        return []


def running(topics: Iterable[Topic], now: datetime) -> tuple[str, str] | None:
    """The probe of a drill that still runs, or was killed less than an hour ago: the ARNs of its queue and of one of its subscriptions."""
    listening = (each for topic in topics for each in topic.subscriptions)
    return next(((each.queue, each.arn) for each in listening if is_probe(each.queue) and not left_behind(each.queue, now)), None)


def left_behind(queue: str, now: datetime) -> bool:
    """queue: its URL or ARN. By the time in its name: a drill that still runs is younger."""
    at = began(queue)
    return at is not None and now - at > LONGEST


def is_probe(queue: str) -> bool:
    """queue: its URL or ARN."""
    return began(queue) is not None


def began(queue: str) -> datetime | None:
    """When the drill began that a queue belongs to. None: it belongs to none. queue: its URL or ARN."""
    found = _NAME.fullmatch(re.split("[:/]", queue)[-1])
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def _policy(arn: str, topics: Iterable[str]) -> dict[str, Any]:
    """These topics may send, and nobody else."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": list(topics)}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _done(account: Account, steps: Iterable[Step]) -> list[str]:
    """Takes every step; why some failed."""
    failed: list[str] = []
    for service, operation, request in steps:
        try:
            account.ask(service, operation, **request)
        except MonitoringError as error:
            failed.append(f"{', '.join(request.values())}: {error.message}")
            if not isinstance(error, CallRefused):
                # Nobody answers; each further call would take minutes.
                break
    return failed
