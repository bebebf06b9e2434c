"""Who hears of an alarm: its topics, and who is subscribed to them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from monitoring.live import Account, CallRefused

GONE: Final = frozenset({"NotFound", "NotFoundException", "InvalidParameter"})
"""What SNS says of a topic that does not exist."""
PENDING: Final = "PendingConfirmation"
PEOPLE: Final = frozenset({"email", "email-json", "sms"})
"""Protocols that reach a person. The others reach a program, which may wake one."""


@dataclass(frozen=True)
class Subscription:
    """arn: "PendingConfirmation" until somebody confirms. queue: the ARN of the queue that it sends to. Default: it sends elsewhere; where
    is not kept, because it may name a person.
    """

    arn: str
    protocol: str
    queue: str = ""

    @property
    def confirmed(self) -> bool:
        return self.arn != PENDING


@dataclass(frozen=True)
class Topic:
    """attributes: as GetTopicAttributes gives them. None: there is no such topic."""

    arn: str
    attributes: Mapping[str, str] | None
    subscriptions: tuple[Subscription, ...] = ()

    @property
    def name(self) -> str:
        return self.arn.rpartition(":")[2]

    @property
    def confirmed(self) -> tuple[Subscription, ...]:
        return tuple(each for each in self.subscriptions if each.confirmed)

    @property
    def pending(self) -> tuple[Subscription, ...]:
        return tuple(each for each in self.subscriptions if not each.confirmed)

    @property
    def people(self) -> int:
        return sum(each.protocol in PEOPLE for each in self.confirmed)

    @property
    def policy(self) -> Mapping[str, Any]:
        return json.loads((self.attributes or {}).get("Policy") or "{}")

    @property
    def takes_alarms(self) -> bool:
        """Whether a statement of its policy lets alarms publish: by CloudWatch's name, or by that of everybody. Conditions are not judged."""
        return any(_lets_alarms_publish(each) for each in _listed(self.policy.get("Statement")))


def is_topic(arn: str) -> bool:
    return ":sns:" in arn


def read_topic(account: Account, arn: str) -> Topic:
    """Raises CallRefused."""
    try:
        attributes = account.ask("sns", "GetTopicAttributes", TopicArn=arn)["Attributes"]
    except CallRefused as error:
        if error.aws_code in GONE:
            return Topic(arn, None)
        raise
    subscriptions = account.pages("sns", "ListSubscriptionsByTopic", "Subscriptions", TopicArn=arn)
    return Topic(arn, attributes, tuple(map(_subscription, subscriptions)))


def _subscription(described: Mapping[str, Any]) -> Subscription:
    protocol = described["Protocol"]
    return Subscription(described["SubscriptionArn"], protocol, described.get("Endpoint", "") if protocol == "sqs" else "")


def _lets_alarms_publish(statement: Mapping[str, Any]) -> bool:
    if statement.get("Effect") != "Allow":
        return False
    actions = {str(each).lower() for each in _listed(statement.get("Action"))}
    if not actions & {"sns:publish", "sns:*", "*"}:
        return False
    principal: Any = statement.get("Principal")
    if principal == "*":
        return True
    named: Mapping[str, Any] = cast("Mapping[str, Any]", principal) if isinstance(principal, Mapping) else {}
    return "cloudwatch.amazonaws.com" in _listed(named.get("Service")) or "*" in _listed(named.get("AWS"))


def _listed(value: Any) -> Iterator[Any]:
    """Policies have one thing, or a list of them."""
    if isinstance(value, list):
        yield from cast("list[Any]", value)
    elif value is not None:
        yield value
