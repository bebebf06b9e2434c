"""SNS topics with their policies and subscriptions, SQS queues with their policies."""

from collections.abc import Mapping
from typing import Any, Final

from local.deploy.handler import Calls, Properties
from local.deploy.messaging import (
    QUEUE_ATTRIBUTES,
    SUBSCRIPTION_ATTRIBUTES,
    TOPIC_ATTRIBUTES,
    attribute_texts,
    create_queue_policy,
    create_topic_policy,
)
from local.engine.lifecycle import Change, Found, Lifecycle, put_again
from local.engine.lifecycles.tags import SNS, SQS

# What a queue has whose program says nothing (SQS API reference, CreateQueue).
_QUEUE_DEFAULTS: Final = {
    "visibilityTimeoutSeconds": 30,
    "messageRetentionSeconds": 345_600,
    "delaySeconds": 0,
    "receiveWaitTimeSeconds": 0,
    "kmsDataKeyReusePeriodSeconds": 300,
}


def _inputs(attributes: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    """Attributes are text: numbers and truth values become what they are again."""
    return {name: _value(attributes[attribute]) for name, attribute in names.items() if attributes.get(attribute) is not None}


def _value(text: str) -> Any:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return int(text) if text.isdecimal() else text


def _changes(change: Change, names: Mapping[str, str]) -> dict[str, str]:
    """The attributes that differ; one that is left out is emptied."""
    there = {name: change.new.get(name, _QUEUE_DEFAULTS.get(name, "")) for name in names if name in change.changed}
    return attribute_texts(Properties(there), names)


def read_topic(arn: str, _given: Mapping[str, Any], call: Calls) -> Found:
    attributes = call("sns", "GetTopicAttributes", TopicArn=arn)["Attributes"]
    name = arn.rsplit(":", 1)[1]
    return Found({"name": name, **_inputs(attributes, TOPIC_ATTRIBUTES), "tags": SNS.read(arn, call)}, {"arn": arn, "owner": call.account})


def update_topic(change: Change, call: Calls) -> Mapping[str, Any]:
    for name, value in _changes(change, TOPIC_ATTRIBUTES).items():
        call("sns", "SetTopicAttributes", TopicArn=change.id, AttributeName=name, AttributeValue=value)
    SNS.update(change, change.id, call)
    return {}


def read_topic_policy(arn: str, _given: Mapping[str, Any], call: Calls) -> Found:
    return Found({"arn": arn, "policy": call("sns", "GetTopicAttributes", TopicArn=arn)["Attributes"]["Policy"]})


def read_subscription(arn: str, _given: Mapping[str, Any], call: Calls) -> Found:
    attributes = call("sns", "GetSubscriptionAttributes", SubscriptionArn=arn)["Attributes"]
    subject = {"topic": attributes["TopicArn"], "protocol": attributes["Protocol"], "endpoint": attributes["Endpoint"]}
    return Found({**subject, **_inputs(attributes, SUBSCRIPTION_ATTRIBUTES)}, {"arn": arn, "ownerId": call.account})


def update_subscription(change: Change, call: Calls) -> Mapping[str, Any]:
    for name, value in _changes(change, SUBSCRIPTION_ATTRIBUTES).items():
        call("sns", "SetSubscriptionAttributes", SubscriptionArn=change.id, AttributeName=name, AttributeValue=value)
    return {}


def read_queue(url: str, _given: Mapping[str, Any], call: Calls) -> Found:
    attributes = call("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])["Attributes"]
    name = attributes["QueueArn"].rsplit(":", 1)[1]
    inputs = {"name": name, **_inputs(attributes, QUEUE_ATTRIBUTES), "tags": SQS.read(url, call)}
    return Found(inputs, {"url": url, "arn": attributes["QueueArn"]})


def update_queue(change: Change, call: Calls) -> Mapping[str, Any]:
    if attributes := _changes(change, QUEUE_ATTRIBUTES):
        call("sqs", "SetQueueAttributes", QueueUrl=change.id, Attributes=attributes)
    SQS.update(change, change.id, call)
    return {}


def read_queue_policy(url: str, _given: Mapping[str, Any], call: Calls) -> Found | None:
    attributes = call("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {})
    return Found({"queueUrl": url, "policy": attributes["Policy"]}) if attributes.get("Policy") else None


LIFECYCLES: Final = {
    "aws:sns/topic:Topic": Lifecycle(
        read_topic,
        update_topic,
        replaces=frozenset({"name", "namePrefix", "fifoTopic"}),
        computed=frozenset({"policy", "signatureVersion", "tracingConfig"}),
    ),
    "aws:sns/topicPolicy:TopicPolicy": Lifecycle(read_topic_policy, put_again(create_topic_policy), replaces=frozenset({"arn"})),
    "aws:sns/topicSubscription:TopicSubscription": Lifecycle(
        read_subscription,
        update_subscription,
        replaces=frozenset({"topic", "protocol", "endpoint"}),
        computed=frozenset({"filterPolicyScope"}),
    ),
    "aws:sqs/queue:Queue": Lifecycle(
        read_queue,
        update_queue,
        replaces=frozenset({"name", "namePrefix", "fifoQueue"}),
        defaults=_QUEUE_DEFAULTS,
        computed=frozenset(
            {"kmsDataKeyReusePeriodSeconds", "maxMessageSize", "policy", "redriveAllowPolicy", "redrivePolicy", "sqsManagedSseEnabled"}
        ),
    ),
    "aws:sqs/queuePolicy:QueuePolicy": Lifecycle(read_queue_policy, put_again(create_queue_policy), replaces=frozenset({"queueUrl"})),
}
