"""Whom alarms tell: a topic for each severity, who subscribes to it, and windows in which nobody is told."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from components.documents import json_text
from components.errors import InvalidArgument
from components.permissions.access import VERSION
from components.transform import Children, Transform, transformed
from components.watching.alarm_arguments import mute_rule
from monitoring.alarms import SEVERITIES
from monitoring.kms_keys import is_aws_managed
from monitoring.maintenance import Maintenance
from monitoring.mute import MuteRule

"""Its policy lets only principals of the account use it, and cannot be changed (CloudWatch user guide, 'Notifying users on alarm changes')."""
CHILDREN: Children = {
    "topic": aws.sns.Topic,
    "topic_policy": aws.sns.TopicPolicy,
    "subscription": aws.sns.TopicSubscription,
    "mute_rule": aws.cloudwatch.AlarmMuteRule,
}

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

NEWS: Mapping[str, Any] = {
    "$or": [{"NewStateValue": [{"anything-but": ["OK"]}]}, {"OldStateValue": [{"anything-but": ["INSUFFICIENT_DATA"]}]}],
}
"""Every message of an alarm but the one that it has its first data and is fine: of a first deployment there would be one for each alarm.

Sources: SNS developer guide, 'Subscription filter policies', 'Payload-based filtering'; CloudWatch user guide, 'Schema of Amazon SNS
notifications when alarms change state'.
"""


class Notices:
    """The resources, children of the component that makes them. arns: of the topics, by severity."""

    def __init__(
        self,
        name: str,
        topic: Mapping[str, Any],
        account: pulumi.Input[str],
        emails: Mapping[str, Sequence[str]],
        *,
        tags: Mapping[str, str] | None,
        transform: Transform,
        opts: pulumi.ResourceOptions,
    ) -> None:
        """name: of the component. topic: what topic_arguments gives. emails: by severity."""
        self._name, self._topic, self._account, self._tags, self._transform, self._options = name, topic, account, tags, transform, opts
        self.nodes: dict[str, pulumi.CustomResource] = {}
        self.arns = {severity: self._create_topic(severity, emails.get(severity, ())) for severity in SEVERITIES}

    def _create_topic(self, severity: str, emails: Sequence[str]) -> pulumi.Output[str]:
        label = f"{self._name}-{severity}"
        topic = aws.sns.Topic(label, **self._topic, opts=self._options)
        policy = {"arn": topic.arn, "policy": json_text(alarms_may_publish(topic.arn, self._account))}
        self.nodes[f"{severity}-topic"] = topic
        self.nodes[f"{severity}-topic-policy"] = aws.sns.TopicPolicy(
            label, **transformed(self._transform, "topic_policy", policy), opts=self._options
        )
        for email in emails:
            self._create_subscription(severity, topic.arn, email)
        return topic.arn

    def _create_subscription(self, severity: str, topic_arn: pulumi.Output[str], email: str) -> None:
        subscription = {
            "topic": topic_arn,
            "protocol": "email",
            "endpoint": email,
            "filter_policy": json.dumps(NEWS, sort_keys=True),
            "filter_policy_scope": "MessageBody",
        }
        arguments = transformed(self._transform, "subscription", subscription)
        self.nodes[f"{severity}-{email}"] = aws.sns.TopicSubscription(f"{self._name}-{severity}-{email}", **arguments, opts=self._options)

    def create_mute_rules(self, rules: Sequence[MuteRule], alarms: Sequence[pulumi.CustomResource]) -> None:
        """alarms: those that the rules name, as resources. AWS refuses a rule about alarms that do not exist."""
        options = pulumi.ResourceOptions.merge(self._options, pulumi.ResourceOptions(depends_on=list(alarms)))
        for rule in rules:
            arguments = {**mute_rule(rule.request()), "tags": self._tags}
            self.nodes[rule.name] = aws.cloudwatch.AlarmMuteRule(
                rule.name, **transformed(self._transform, "mute_rule", arguments), opts=options
            )


def topic_arguments(component: str, tags: Mapping[str, str] | None, transform: Transform) -> dict[str, Any]:
    """Of each aws.sns.Topic, transformed. Raises InvalidArgument for a key that no alarm may use."""
    arguments = transformed(transform, "topic", {"tags": dict(tags) if tags else None})
    key = arguments.get("kms_master_key_id")
    if isinstance(key, str) and is_aws_managed(key):
        raise InvalidArgument(
            f"the topics of {component} are encrypted with {key}, which no alarm may use: give a key of your own whose policy allows "
            "cloudwatch.amazonaws.com, or none"
        )
    return arguments


def check_emails(emails: object) -> None:
    """Raises InvalidArgument. A severity that does not exist, or an address taken for a list of letters, would leave somebody untold."""
    allowed = f"give lists of addresses by severity ({', '.join(SEVERITIES)}), such as {{'page': ['oncall@example.com']}}"
    if not isinstance(emails, Mapping | None):
        raise InvalidArgument(f"the emails are of type {type(emails).__name__}: {allowed}")
    for severity, addresses in cast("Mapping[object, object]", emails or {}).items():
        if severity not in SEVERITIES:
            raise InvalidArgument(f"the emails name the severity {severity!r}: {allowed}")
        if isinstance(addresses, str) or not isinstance(addresses, Sequence):
            raise InvalidArgument(f"the emails of {severity} are of type {type(cast('object', addresses)).__name__}: {allowed}")
        given = list(cast("Sequence[object]", addresses))
        for address in given:
            if not isinstance(address, str) or not _EMAIL.fullmatch(address):
                raise InvalidArgument(f"one of the emails of {severity} is {address!r}, which is no address: {allowed}")
            if given.count(address) > 1:
                raise InvalidArgument(f"the emails of {severity} name {address} twice: name it once")


def checked_maintenance(given: object) -> Maintenance:
    """What was given, or nothing. Raises InvalidArgument."""
    if not isinstance(given, Maintenance | None):
        raise InvalidArgument(f"the maintenance is of type {type(given).__name__}: give monitoring's Maintenance(windows=..., warm_up=...)")
    return given or Maintenance()


def alarms_may_publish(topic_arn: pulumi.Input[str], account: pulumi.Input[str]) -> dict[str, Any]:
    """The policy of a topic: alarms of this account, and of no other, may publish to it."""
    statement = {
        "Sid": "AlarmsOfThisAccount",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    return {"Version": VERSION, "Statement": [statement]}
