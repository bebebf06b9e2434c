"""Tries again what a stream consumer parked: reads the changes from the stream where a message of the failure queue says that they are, and
calls the function with them, as the mapping did.

A message goes when the function has handled all of its changes, and stays otherwise. Changes are in the stream for 24 hours; they may be read
in another order than newer changes of the same item, which the function has seen already.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from monitoring.live.account import Account, CallRefused

HIDDEN_SECONDS = 960
"""How long a message is out of sight while it is tried: longer than any function runs."""
LARGEST_EVENT_BYTES = 6_000_000
"""Below what one call takes (AWS Lambda developer guide, "Lambda quotas")."""
Result = Literal["handled", "failed", "gone", "unreadable", "found"]


@dataclass(frozen=True)
class Redriven:
    """One message. result: "handled", the function took all changes; "failed", it did not; "gone", the stream has them no more;
    "unreadable", it is no message of a mapping from a table's stream; "found", it was only looked at. Only what was handled leaves the queue.
    """

    message_id: str
    result: Result
    changes: int
    detail: str

    def to_dict(self) -> dict[str, Any]:
        return {"message_id": self.message_id, "result": self.result, "changes": self.changes, "detail": self.detail}


@dataclass(frozen=True)
class Parked:
    """Where the changes of a message are. function: the ARN of the one that did not handle them."""

    stream_arn: str
    shard: str
    first: str
    last: str
    function: str
    condition: str

    @classmethod
    def of(cls, body: str) -> "Parked":
        """Of a message as Lambda sends it (developer guide, "Retaining discarded records for a DynamoDB data source"). Raises ValueError."""
        try:
            message = cast("dict[str, Any]", json.loads(body))
            batch, context = message["DDBStreamBatchInfo"], message["requestContext"]
            first, last = batch["startSequenceNumber"], batch["endSequenceNumber"]
            return cls(batch["streamArn"], batch["shardId"], first, last, context["functionArn"], context["condition"])
        except (ValueError, KeyError, TypeError):
            raise ValueError("it does not name a place in the stream of a table") from None


def redrive(account: Account, queue_url: str, *, function: str | None = None, dry_run: bool = False) -> Iterator[Redriven]:
    """Each message of the queue, once. function: another than the message names. dry_run: nothing is called and nothing leaves the queue.

    Raises CallRefused for the queue itself.
    """
    left: list[str] = []
    try:
        while messages := _received(account, queue_url):
            for message in messages:
                done = _tried(account, message, function, dry_run)
                if done.result == "handled":
                    account.ask("sqs", "DeleteMessage", QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
                else:
                    left.append(message["ReceiptHandle"])
                yield done
    finally:
        for receipt in left:
            account.ask("sqs", "ChangeMessageVisibility", QueueUrl=queue_url, ReceiptHandle=receipt, VisibilityTimeout=0)


def _received(account: Account, queue_url: str) -> Sequence[Mapping[str, Any]]:
    # Long polling asks all servers of the queue: a short one may find nothing where there is something.
    answer = account.ask(
        "sqs", "ReceiveMessage", QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1, VisibilityTimeout=HIDDEN_SECONDS
    )
    return answer.get("Messages") or ()


def _tried(account: Account, message: Mapping[str, Any], function: str | None, dry_run: bool) -> Redriven:
    number = str(message["MessageId"])
    try:
        parked = Parked.of(message["Body"])
        records = list(_records(account, parked))
    except ValueError as error:
        return Redriven(number, "unreadable", 0, str(error))
    except CallRefused as refused:
        if refused.aws_code not in ("TrimmedDataAccessException", "ResourceNotFoundException"):
            raise
        return Redriven(number, "gone", 0, "the stream has these changes no more")
    if not records:
        return Redriven(number, "gone", 0, "the stream has these changes no more")
    if dry_run:
        return Redriven(number, "found", len(records), f"{parked.condition}, {parked.function}")
    for batch in _batches(records):
        problem = _called(account, function or parked.function, batch)
        if problem:
            return Redriven(number, "failed", len(records), problem)
    return Redriven(number, "handled", len(records), function or parked.function)


def _records(account: Account, parked: Parked) -> Iterator[dict[str, Any]]:
    """From the first to the last, those too that the mapping's filter left out: a handler of this kit passes over them."""
    place = {"StreamArn": parked.stream_arn, "ShardId": parked.shard, "SequenceNumber": parked.first}
    iterator = account.ask("dynamodbstreams", "GetShardIterator", ShardIteratorType="AT_SEQUENCE_NUMBER", **place)["ShardIterator"]
    while iterator:
        answer = account.ask("dynamodbstreams", "GetRecords", ShardIterator=iterator)
        for record in answer["Records"]:
            if int(record["dynamodb"]["SequenceNumber"]) > int(parked.last):
                return
            yield _event(record, parked.stream_arn)
            if record["dynamodb"]["SequenceNumber"] == parked.last:
                return
        # An open shard has a next page for ever.
        iterator = answer.get("NextShardIterator") if answer["Records"] else None


def _event(record: Mapping[str, Any], stream_arn: str) -> dict[str, Any]:
    """As Lambda hands it to a function: times in seconds, binary in base64, names of the identity in lower case."""
    event: dict[str, Any] = {
        **{name: record[name] for name in ("eventID", "eventName", "eventVersion", "eventSource", "awsRegion") if name in record},
        "dynamodb": json.loads(json.dumps(record["dynamodb"], default=_plain)),
        "eventSourceARN": stream_arn,
    }
    if identity := cast("Mapping[str, Any]", record.get("userIdentity") or {}):
        event["userIdentity"] = {name[0].lower() + name[1:]: value for name, value in identity.items()}
    return event


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)


def _batches(records: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch, size = list[dict[str, Any]](), 0
    for record in records:
        length = len(json.dumps(record))
        if batch and size + length > LARGEST_EVENT_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += length
    yield batch


def _called(account: Account, function: str, records: Sequence[dict[str, Any]]) -> str | None:
    """What went wrong, or nothing."""
    answer = account.ask("lambda", "Invoke", FunctionName=function, Payload=json.dumps({"Records": records}).encode())
    content: object = json.loads(answer["Payload"].read() or "null")
    told = cast("dict[str, Any]", content) if isinstance(content, dict) else {}
    if answer.get("FunctionError"):
        return f"{told.get('errorType', answer['FunctionError'])}: {told.get('errorMessage', 'it does not say why')}"
    if failures := told.get("batchItemFailures"):
        return f"it stopped at change {failures[0].get('itemIdentifier')}: its log says why"
    return None
