"""What happens to events that a function is sent without waiting for its answer: by SNS, EventBridge, S3, or `InvocationType=Event`."""

import re
from dataclasses import dataclass
from typing import Literal

import pulumi

from components.checks import check_whole
from components.errors import InvalidArgument
from components.permissions.access import Access

RETRIES = range(3)
AGE_SECONDS = range(60, 21_601)
"""PutFunctionEventInvokeConfig, MaximumRetryAttempts and MaximumEventAgeInSeconds."""

Destination = Literal["own-queue", "queue", "topic", "nothing"]
SENDING = {"own-queue": "sqs:SendMessage", "queue": "sqs:SendMessage", "topic": "sns:Publish"}


@dataclass(frozen=True)
class Asynchronous:
    """Made by parked(), to_queue(), to_topic() or dropped(). What failed for good is sent on with the event and the error in it."""

    destination: Destination
    arn: pulumi.Input[str] | None
    retries: int
    maximum_age_seconds: int

    def __post_init__(self) -> None:
        check_whole("retries of asynchronous events", self.retries, RETRIES)
        check_whole("maximum_age_seconds of asynchronous events", self.maximum_age_seconds, AGE_SECONDS)
        service = "sns" if self.destination == "topic" else "sqs"
        if self.arn is None and self.destination in ("queue", "topic"):
            raise InvalidArgument(f"events that failed go to nothing: the ARN of a {self.destination} of {service.upper()} is needed")
        if isinstance(self.arn, str) and not re.fullmatch(rf"arn:[a-z-]+:{service}:.+", self.arn):
            raise InvalidArgument(f"events that failed go to {self.arn!r}: the ARN of a {self.destination} of {service.upper()} is needed")
        if isinstance(self.arn, str) and self.arn.endswith(".fifo"):
            # AWS Lambda developer guide, "Capturing records of Lambda asynchronous invocations".
            raise InvalidArgument(f"events that failed go to {self.arn!r}: Lambda takes no FIFO {self.destination}")

    @classmethod
    def parked(cls, *, retries: int = 2, maximum_age_seconds: int = 21_600) -> "Asynchronous":
        """In a queue of the function's own, kept 14 days. retries: 0 to 2. Default: 2. maximum_age_seconds: 60 to 21600. Default: 21600.

        Raises InvalidArgument, as the others do.
        """
        return cls("own-queue", None, retries, maximum_age_seconds)

    @classmethod
    def to_queue(cls, arn: pulumi.Input[str], *, retries: int = 2, maximum_age_seconds: int = 21_600) -> "Asynchronous":
        """In a queue that is there already; not a FIFO queue, which Lambda does not take."""
        return cls("queue", arn, retries, maximum_age_seconds)

    @classmethod
    def to_topic(cls, arn: pulumi.Input[str], *, retries: int = 2, maximum_age_seconds: int = 21_600) -> "Asynchronous":
        """To a topic that is there already; not a FIFO topic."""
        return cls("topic", arn, retries, maximum_age_seconds)

    @classmethod
    def dropped(cls) -> "Asynchronous":
        """To nobody: Lambda tries twice again and forgets them, which is right for a function that nobody sends events to."""
        return cls("nothing", None, 2, 21_600)

    @property
    def parks(self) -> bool:
        """In a queue of the function's own."""
        return self.destination == "own-queue"

    def access(self, arn: pulumi.Input[str]) -> Access:
        """Of the function: Lambda sends in its name. arn: of the destination."""
        return Access("ReportFailedEvents", (SENDING[self.destination],), [arn], why="Lambda sends on in its name what failed for good")


def asynchronous_of(given: Asynchronous | None, url: str | None) -> Asynchronous | None:
    """given: None where nothing is said: a function with a URL is waited for, another one is sent events that must not get lost. url: who may
    call it over HTTPS. None: Lambda is told nothing.
    """
    if given is None:
        return None if url is not None else Asynchronous.parked()
    return None if given.destination == "nothing" else given
