"""What a request needs: actions, the resource of each, and the condition keys that it brings.

Source: Service Authorization Reference, one page for each service. An operation that has no rule here is refused, never passed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.iam import dynamodb_needs
from local.iam.dynamodb_needs import Need, TableKeys

__all__ = ["Need", "NoRule", "Place", "TableKeys", "needs_of"]


class NoRule(LookupError):
    """Nobody has written down which permissions this operation needs."""

    code = "no-permission-rule"


@dataclass(frozen=True)
class Place:
    """Where a request was made, and what is known about the tables there."""

    region: str
    account: str
    keys_of: Callable[[str], TableKeys]
    partition: str = "aws"

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource of this account in this region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


Rule = Callable[[Place, Mapping[str, Any]], Need]

# Of batch operations, which have no action of their own.
_SQS_ACTIONS = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}
_SQS_OPERATIONS = ("SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes", "GetQueueUrl")
_KINESIS_OPERATIONS = ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards", "PutRecord", "PutRecords")
_LOG_STREAM_OPERATIONS = ("CreateLogStream", "PutLogEvents")


def needs_of(service: str, operation: str, request: Mapping[str, Any], place: Place) -> tuple[Need, ...]:
    """All of these must be allowed. None needed: an empty tuple. Raises NoRule for an operation without a rule."""
    if service in ("dynamodb", "dynamodbstreams"):
        found = dynamodb_needs.needs_of(operation, request, lambda table: place.arn("dynamodb", f"table/{table}"), place.keys_of)
        if found is not None:
            return found
    elif (service, operation) in _ALWAYS:
        return ()
    elif (service, operation) in _RULES:
        return (_RULES[service, operation](place, request),)
    raise NoRule(f"what {service} {operation} needs is not written down in local/iam")


def _queue(operation: str) -> Rule:
    action = f"sqs:{_SQS_ACTIONS.get(operation, operation)}"

    def rule(place: Place, request: Mapping[str, Any]) -> Need:
        return Need(action, place.arn("sqs", str(request.get("QueueName") or request["QueueUrl"]).rsplit("/", 1)[-1]))

    return rule


def _kinesis(operation: str) -> Rule:
    def rule(place: Place, request: Mapping[str, Any]) -> Need:
        return Need(f"kinesis:{operation}", request.get("StreamARN") or place.arn("kinesis", f"stream/{request['StreamName']}"))

    return rule


def _publish(place: Place, request: Mapping[str, Any]) -> Need:
    return Need("sns:Publish", request.get("TopicArn") or request.get("TargetArn") or "*")


def _invoke(place: Place, request: Mapping[str, Any]) -> Need:
    name = request["FunctionName"]
    if not name.startswith("arn:"):
        name = place.arn("lambda", "function:" + re.sub(r"^(\d{12}:)?(function:)?", "", name))
    qualifier = request.get("Qualifier")
    return Need("lambda:InvokeFunction", f"{name}:{qualifier}" if qualifier else name)


def _log_stream(operation: str) -> Rule:
    def rule(place: Place, request: Mapping[str, Any]) -> Need:
        return Need(f"logs:{operation}", place.arn("logs", f"log-group:{request['logGroupName']}:log-stream:{request['logStreamName']}"))

    return rule


def _put_metric_data(place: Place, request: Mapping[str, Any]) -> Need:
    return Need("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": request["Namespace"]})


_ALWAYS = frozenset({("sts", "GetCallerIdentity")})
_RULES: Mapping[tuple[str, str], Rule] = {
    **{("sqs", operation): _queue(operation) for operation in (*_SQS_OPERATIONS, *_SQS_ACTIONS)},
    **{("kinesis", operation): _kinesis(operation) for operation in _KINESIS_OPERATIONS},
    ("sns", "Publish"): _publish,
    ("sns", "PublishBatch"): _publish,
    ("lambda", "Invoke"): _invoke,
    **{("logs", operation): _log_stream(operation) for operation in _LOG_STREAM_OPERATIONS},
    ("logs", "CreateLogGroup"): lambda place, request: Need(
        "logs:CreateLogGroup", place.arn("logs", f"log-group:{request['logGroupName']}")
    ),
    ("cloudwatch", "PutMetricData"): _put_metric_data,
    ("xray", "PutTraceSegments"): lambda place, request: Need("xray:PutTraceSegments", "*"),
    ("xray", "PutTelemetryRecords"): lambda place, request: Need("xray:PutTelemetryRecords", "*"),
}
