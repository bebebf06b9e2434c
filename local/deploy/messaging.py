"""SNS topics with their policies and subscriptions, SQS queues with their policies."""

import json
from collections.abc import Mapping
from typing import Any, Final

from local.deploy.handler import Calls, Handler, Properties, tag_list
from local.monitor import Created

# inputs -> attribute names of CreateTopic, Subscribe and CreateQueue; attributes are text
TOPIC_ATTRIBUTES: Final = {
    "displayName": "DisplayName",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "deliveryPolicy": "DeliveryPolicy",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
}
SUBSCRIPTION_ATTRIBUTES: Final = {
    "rawMessageDelivery": "RawMessageDelivery",
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "redrivePolicy": "RedrivePolicy",
    "deliveryPolicy": "DeliveryPolicy",
}
QUEUE_ATTRIBUTES: Final = {
    "visibilityTimeoutSeconds": "VisibilityTimeout",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "delaySeconds": "DelaySeconds",
    "maxMessageSize": "MaximumMessageSize",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "policy": "Policy",
    "redrivePolicy": "RedrivePolicy",
    "redriveAllowPolicy": "RedriveAllowPolicy",
}

_OWNER_ACTIONS: Final = (
    *("GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission"),
    *("DeleteTopic", "Subscribe", "ListSubscriptionsByTopic", "Publish"),
)
"""What the policy of a new topic lets its owner do. Source: SNS developer guide, "Overview of managing access in Amazon SNS"."""


def attribute_texts(properties: Properties, names: Mapping[str, str]) -> dict[str, str]:
    taken = {attribute: properties.take(name) for name, attribute in names.items()}
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in taken.items() if value is not None}


def create_topic(properties: Properties, call: Calls) -> Created:
    name = properties.require("name")
    attributes, tags = attribute_texts(properties, TOPIC_ATTRIBUTES), tag_list(properties.take("tags"))
    properties.done()
    arn = call("sns", "CreateTopic", Name=name, Attributes=attributes, Tags=tags or [])["TopicArn"]
    return Created(arn, {"name": name, "arn": arn, "owner": call.account})


def delete_topic(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    call("sns", "DeleteTopic", TopicArn=id_)


def create_topic_policy(properties: Properties, call: Calls) -> Created:
    arn, policy = properties.require("arn"), properties.require("policy")
    properties.done()
    call("sns", "SetTopicAttributes", TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    return Created(arn, {"owner": call.account})


def delete_topic_policy(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    """Puts the first one back: SNS takes no empty policy (pulumi-aws does the same)."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in _OWNER_ACTIONS],
        "Resource": id_,
        "Condition": {"StringEquals": {"AWS:SourceOwner": call.account}},
    }
    policy = json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})
    call("sns", "SetTopicAttributes", TopicArn=id_, AttributeName="Policy", AttributeValue=policy)


def create_subscription(properties: Properties, call: Calls) -> Created:
    topic, protocol, endpoint = (properties.require(name) for name in ("topic", "protocol", "endpoint"))
    attributes = attribute_texts(properties, SUBSCRIPTION_ATTRIBUTES)
    properties.done()
    answer = call(
        "sns", "Subscribe", TopicArn=topic, Protocol=protocol, Endpoint=endpoint, Attributes=attributes, ReturnSubscriptionArn=True
    )
    arn = answer["SubscriptionArn"]
    return Created(arn, {"arn": arn, "ownerId": call.account})


def delete_subscription(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    call("sns", "Unsubscribe", SubscriptionArn=id_)


def create_queue(properties: Properties, call: Calls) -> Created:
    name = properties.require("name")
    attributes, tags = attribute_texts(properties, QUEUE_ATTRIBUTES), properties.take("tags", {})
    properties.done()
    url = call("sqs", "CreateQueue", QueueName=name, Attributes=attributes, tags=tags)["QueueUrl"]
    return Created(url, {"name": name, "url": url, "arn": f"arn:aws:sqs:{call.region}:{call.account}:{name}"})


def delete_queue(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    call("sqs", "DeleteQueue", QueueUrl=id_)


def create_queue_policy(properties: Properties, call: Calls) -> Created:
    url, policy = properties.require("queueUrl"), properties.require("policy")
    properties.done()
    call("sqs", "SetQueueAttributes", QueueUrl=url, Attributes={"Policy": policy})
    return Created(url, {})


def delete_queue_policy(id_: str, _outputs: Mapping[str, Any], call: Calls) -> None:
    call("sqs", "SetQueueAttributes", QueueUrl=id_, Attributes={"Policy": ""})


HANDLERS: Final = {
    "aws:sns/topic:Topic": Handler(create_topic, delete_topic, name_limit=256),
    "aws:sns/topicPolicy:TopicPolicy": Handler(create_topic_policy, delete_topic_policy, named_by=None),
    "aws:sns/topicSubscription:TopicSubscription": Handler(create_subscription, delete_subscription, named_by=None),
    "aws:sqs/queue:Queue": Handler(create_queue, delete_queue, name_limit=80),
    "aws:sqs/queuePolicy:QueuePolicy": Handler(create_queue_policy, delete_queue_policy, named_by=None),
}
