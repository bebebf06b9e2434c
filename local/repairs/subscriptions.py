"""Subscriptions that wait until whoever is subscribed agrees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from local.calls import Refusal
from local.patches import Patch, Repair

_CONFIRMED_BY_HAND = frozenset({"email", "email-json", "http", "https"})
"""Protocols whose endpoint must confirm (SNS developer guide, "Amazon SNS subscription confirmation")."""
_PENDING = "PendingConfirmation"


def _pending(subscription: Any) -> bool:
    return subscription.protocol in _CONFIRMED_BY_HAND and not subscription.confirmed


def _subscribe(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def subscribe(handler: Any) -> Any:
        answer = original(handler)
        subscription = handler.backend.subscriptions[answer.result["SubscriptionArn"]]
        if _pending(subscription):
            subscription.attributes |= {_PENDING: True, "ConfirmationWasAuthenticated": False}
            if str(handler.params.get("ReturnSubscriptionArn", "")).lower() != "true":
                answer.result["SubscriptionArn"] = "pending confirmation"
        return answer

    return subscribe


def _confirm(_: object) -> Callable[[Any], Any]:
    def confirm_subscription(handler: Any) -> Any:
        """There is no mailbox here: the token is the id at the end of the subscription's ARN."""
        from moto.core.responses import ActionResult

        topic = handler.backend.get_topic(handler.params["TopicArn"])  # raises NotFound
        found = handler.backend.subscriptions.get(f"{topic.arn}:{handler.params['Token']}")
        if found is None:
            raise Refusal("InvalidParameter", "Invalid parameter: Token")
        found.confirmed = True
        found.attributes |= {_PENDING: False}
        return ActionResult({"SubscriptionArn": found.arn})

    return confirm_subscription


def _listed(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def list_subscriptions(handler: Any) -> Any:
        answer = original(handler)
        answer.result["Subscriptions"] = [
            {
                "SubscriptionArn": _PENDING if _pending(each) else each.arn,
                "Owner": each.owner,
                "Protocol": each.protocol,
                "Endpoint": each.endpoint,
                "TopicArn": each.topic_arn,
            }
            for each in answer.result["Subscriptions"]
        ]
        return answer

    return list_subscriptions


def _counted(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def get_topic_attributes(handler: Any) -> Any:
        answer = original(handler)
        arn = answer.result["Attributes"]["TopicArn"]
        pending = [_pending(each) for each in list(handler.backend.subscriptions.values()) if each.topic_arn == arn]
        answer.result["Attributes"] |= {"SubscriptionsPending": sum(pending), "SubscriptionsConfirmed": len(pending) - sum(pending)}
        return answer

    return get_topic_attributes


def _publish(original: Callable[..., None]) -> Callable[..., None]:
    def publish(subscription: Any, *args: Any, **kwargs: Any) -> None:
        if not _pending(subscription):
            original(subscription, *args, **kwargs)

    return publish


def _patches() -> Sequence[Patch]:
    from moto.sns.models import Subscription
    from moto.sns.responses import SNSResponse

    return (
        Patch(SNSResponse, "subscribe", _subscribe),
        Patch(SNSResponse, "confirm_subscription", _confirm),
        Patch(SNSResponse, "list_subscriptions", _listed),
        Patch(SNSResponse, "list_subscriptions_by_topic", _listed),
        Patch(SNSResponse, "get_topic_attributes", _counted),
        Patch(Subscription, "publish", _publish),
    )


SUBSCRIPTIONS = Repair(
    "subscriptions",
    "moto confirms every subscription by itself and counts none in a topic's attributes; SNS leaves e-mail and HTTP subscriptions pending, and "
    "sends them nothing, until the endpoint confirms",
    _patches,
)
