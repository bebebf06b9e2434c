"""Where changes go that could not be handled."""

from collections.abc import Iterator
from typing import Final

from monitoring.doctor.call import Call
from monitoring.doctor.check import Check, Found
from monitoring.doctor.examined import Examined
from monitoring.live import CallRefused, Mapped
from monitoring.live.deployed import block

KEPT_SECONDS: Final = 14 * 24 * 3600
"""The longest that a queue keeps a message. Source: SQS API reference, SetQueueAttributes."""
GONE: Final = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})


def _destination(mapped: Mapped) -> str:
    return block(block(mapped.described, "DestinationConfig"), "OnFailure").get("Destination") or ""


def _nowhere(examined: Examined) -> Iterator[Found]:
    for mapped in examined.deployed.mappings:
        if not _destination(mapped):
            yield Found(mapped.function, "its mapping has no destination for what fails")


def _gone(examined: Examined) -> Iterator[Found]:
    for mapped in examined.deployed.mappings:
        if mapped.queue and mapped.queue_attributes is None and examined.here(_destination(mapped)):
            try:
                url = examined.account.ask("sqs", "GetQueueUrl", QueueName=mapped.queue)["QueueUrl"]
                examined.account.ask("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["QueueArn"])
            except CallRefused as error:
                if error.aws_code not in GONE:
                    raise
                yield Found(mapped.function, f"its failure queue {mapped.queue} does not exist")


def _forgets(examined: Examined) -> Iterator[Found]:
    for mapped in examined.deployed.mappings:
        if attributes := mapped.queue_attributes:
            kept = int(attributes.get("MessageRetentionPeriod", KEPT_SECONDS))
            if kept < KEPT_SECONDS:
                wanted = {"QueueUrl": attributes["QueueUrl"], "Attributes": {"MessageRetentionPeriod": str(KEPT_SECONDS)}}
                message = f"{mapped.queue} forgets a message after {kept / 86_400:.3g} days"
                yield Found(mapped.function, message, Call("sqs", "SetQueueAttributes", wanted))


def _waiting(examined: Examined) -> Iterator[Found]:
    for mapped in examined.deployed.mappings:
        waiting = int((mapped.queue_attributes or {}).get("ApproximateNumberOfMessages", 0))
        if waiting:
            wait = "message waits" if waiting == 1 else "messages wait"
            yield Found(mapped.function, f"{waiting:,} {wait} in {mapped.queue}")


_DESTINATION: Final = "Lambda developer guide, Using AWS Lambda with Amazon DynamoDB: Configuring destinations for discarded records"

CHECKS: Final = (
    Check(
        "no-failure-queue",
        "error",
        "What cannot be handled goes nowhere.",
        "A change that is given up is lost without a trace.",
        _DESTINATION,
        "StreamConsumer(...) makes one; aws.lambda_.EventSourceMapping(destination_config={'on_failure': {'destination_arn': ...}})",
        _nowhere,
    ),
    Check(
        "missing-queue",
        "error",
        "The failure queue does not exist.",
        "A change that is given up cannot be put away and is lost.",
        _DESTINATION,
        "Deploy the StreamConsumer again, which makes it; then look at DroppedEventCount for what was lost",
        _gone,
    ),
    Check(
        "forgetful-queue",
        "warning",
        "The failure queue forgets earlier than it could.",
        "What failed over a long holiday is gone before somebody has looked.",
        "SQS API reference, SetQueueAttributes: MessageRetentionPeriod",
        f"StreamConsumer(...) sets it; aws.sqs.Queue(message_retention_seconds={KEPT_SECONDS})",
        _forgets,
        safe=True,
    ),
    Check(
        "failed-changes",
        "error",
        "Changes that could not be handled wait in the failure queue.",
        "Somebody's change of the table had no effect. A message names shard and sequence numbers; the stream forgets the data after 24 hours.",
        _DESTINATION,
        "Mend the cause, send the changes again, then delete the messages",
        _waiting,
    ),
)
