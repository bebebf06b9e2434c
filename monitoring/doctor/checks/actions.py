"""Does anybody hear of an alarm."""

from collections.abc import Iterator
from typing import Final

from monitoring.alarms import severity_of
from monitoring.doctor.check import Check, Found
from monitoring.doctor.checks.alarms import LEVELS, named
from monitoring.doctor.examined import Examined
from monitoring.doctor.notifiers import actions, children
from monitoring.doctor.topics import Topic
from monitoring.kms_keys import is_aws_managed


def _unheard(examined: Examined) -> Iterator[Found]:
    """A composite alarm over alarms that all tell by themselves has nothing to add."""
    notifiers = examined.notifiers
    for alarm in examined.alarms:
        name = str(alarm["AlarmName"])
        parts = children(alarm)
        off = actions(alarm) and not alarm.get("ActionsEnabled", True)
        if not off and not notifiers.of_alarm(name) and not (parts and all(map(notifiers.of_alarm, parts))):
            yield Found(name, "it tells nobody, and no composite alarm tells for it", level=LEVELS[severity_of(name)])


def _of_topics(examined: Examined) -> Iterator[tuple[Topic, str]]:
    """Each topic with the alarms that tell it, in words."""
    for topic in examined.topics:
        yield topic, named([alarm["AlarmName"] for alarm in examined.alarms if topic.arn in actions(alarm)])


def _nowhere(examined: Examined) -> Iterator[Found]:
    for topic, alarms in _of_topics(examined):
        if topic.attributes is None:
            yield Found(topic.name, f"there is no such topic; it is told by {alarms}")


def _nobody(examined: Examined) -> Iterator[Found]:
    for topic, alarms in _of_topics(examined):
        if topic.attributes is not None and not topic.confirmed:
            waits = f", and {len(topic.pending)} did not confirm" if topic.pending else ""
            yield Found(topic.name, f"nobody is subscribed{waits}; it is told by {alarms}")


def _unconfirmed(examined: Examined) -> Iterator[Found]:
    for topic, _ in _of_topics(examined):
        if topic.confirmed and topic.pending:
            protocols = ", ".join(sorted({each.protocol for each in topic.pending}))
            yield Found(topic.name, f"{len(topic.pending)} of {len(topic.subscriptions)} subscriptions ({protocols}) wait for confirmation")


def _locked(examined: Examined) -> Iterator[Found]:
    for topic, _ in _of_topics(examined):
        key = (topic.attributes or {}).get("KmsMasterKeyId", "")
        if is_aws_managed(key):
            yield Found(topic.name, f"it is encrypted with {key}, which no alarm may use")
        elif topic.policy and not topic.takes_alarms:
            yield Found(topic.name, "no statement of its policy lets CloudWatch publish", level="warning")
        elif key:
            yield Found(
                topic.name, f"it is encrypted with {key}: its policy has to let CloudWatch use it, which is not checked", level="note"
            )


_SETUP: Final = "CloudWatch user guide, Notifying users on alarm changes"

CHECKS: Final = (
    Check(
        "unheard-alarm",
        "warning",
        "An alarm tells nobody, and no composite alarm tells for it.",
        "It changes its colour in the console, where somebody must look.",
        _SETUP,
        "Monitoring(...) gives each alarm the topic of its severity; aws.cloudwatch.MetricAlarm(alarm_actions=[topic.arn])",
        _unheard,
    ),
    Check(
        "missing-topic",
        "error",
        "An alarm tells a topic that does not exist.",
        "CloudWatch notes a failed action in the alarm's history, and nobody is told.",
        _SETUP,
        "Deploy topic and alarms again: Monitoring(...)",
        _nowhere,
    ),
    Check(
        "nobody-subscribed",
        "error",
        "A topic that alarms tell has no confirmed subscription.",
        "Every message is taken and thrown away.",
        "SNS API reference, ListSubscriptionsByTopic",
        "Monitoring(emails={'page': ['oncall@example.com']}), then confirm the link in the mail, which is valid for 2 days",
        _nobody,
    ),
    Check(
        "unconfirmed-subscription",
        "warning",
        "Somebody did not confirm a subscription.",
        "They believe that they are told, and are not. SNS deletes an unconfirmed subscription after some days.",
        "SNS developer guide, Confirming subscriptions",
        "Confirm the link in the mail; deploy again where it is older than 2 days",
        _unconfirmed,
    ),
    Check(
        "locked-topic",
        "error",
        "Alarms may not publish to a topic.",
        "CloudWatch notes a failed action in the alarm's history, and nobody is told.",
        _SETUP,
        "Monitoring(...) sets the policy. A key of your own has to let cloudwatch.amazonaws.com decrypt and generate data keys",
        _locked,
    ),
)
