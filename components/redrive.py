"""Tries again what a stream consumer parked: reads the changes from the stream where a message of the failure queue says that they are, and
calls the function with them, as the mapping did.

A message goes when the function has handled all of its changes, and stays otherwise. Changes are in a table's stream for 24 hours, in one of
Kinesis as long as that keeps them; they may be read in another order than newer changes of the same item, which the function has seen already.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from components.parked import NotThere, Parked, Record
from monitoring.live.account import Account, CallRefused

HIDDEN_SECONDS = 960
"""How long a message is out of sight while a batch of it is tried: longer than any function runs."""
LARGEST_EVENT_BYTES = 6_000_000
"""Below what one call takes (AWS Lambda developer guide, "Lambda quotas")."""
GONE = "the stream has these changes no more, or not all of them"
Result = Literal["handled", "failed", "gone", "unreadable", "found"]


@dataclass(frozen=True)
class Redriven:
    """One message. result: "handled", the function took all changes; "failed", it did not; "gone", the stream has them no more, or not all of them;
    "unreadable", it is no message of a mapping, or of another region; "found", it was only looked at. Only what was handled leaves the queue.
    """

    message_id: str
    result: Result
    changes: int
    detail: str

    def to_dict(self) -> dict[str, Any]:
        return {"message_id": self.message_id, "result": self.result, "changes": self.changes, "detail": self.detail}


def redrive(account: Account, queue_url: str, *, function: str | None = None, dry_run: bool = False) -> Iterator[Redriven]:
    """Each message of the queue, once. function: another than the message names. dry_run: nothing is called and nothing leaves the queue.

    Raises CallRefused for the queue itself, and where a stream or a function may not be used.
    """
    left: dict[str, str] = {}
    try:
        while message := _received(account, queue_url):
            number, receipt = str(message["MessageId"]), str(message["ReceiptHandle"])
            known = number in left
            left[number] = receipt
            if known:  # the others took so long that it is in sight again
                continue
            done = _tried(account, _Message(queue_url, number, receipt, message["Body"]), function, dry_run)
            if done.result == "handled":
                account.ask("sqs", "DeleteMessage", QueueUrl=queue_url, ReceiptHandle=left.pop(number))
            yield done
    finally:
        for receipt in left.values():
            account.ask("sqs", "ChangeMessageVisibility", QueueUrl=queue_url, ReceiptHandle=receipt, VisibilityTimeout=0)


@dataclass(frozen=True)
class _Message:
    queue_url: str
    number: str
    receipt: str
    body: str


def _received(account: Account, queue_url: str) -> Mapping[str, Any] | None:
    """One at a time: the time of the others out of sight would run while it is tried. Long polling asks all servers of the queue: a short one
    may find nothing where there is something.
    """
    answer = account.ask(
        "sqs", "ReceiveMessage", QueueUrl=queue_url, MaxNumberOfMessages=1, WaitTimeSeconds=1, VisibilityTimeout=HIDDEN_SECONDS
    )
    return next(iter(answer.get("Messages") or ()), None)


def _tried(account: Account, message: _Message, function: str | None, dry_run: bool) -> Redriven:
    try:
        parked = Parked.of(message.body)
    except ValueError as error:
        return Redriven(message.number, "unreadable", 0, str(error))
    if parked.region != account.region:
        return Redriven(message.number, "unreadable", 0, f"its stream is in {parked.region}: give --region {parked.region}")
    try:
        records = parked.records(account)
    except NotThere:
        return Redriven(message.number, "gone", 0, GONE)
    except CallRefused as refused:
        if refused.aws_code not in ("TrimmedDataAccessException", "ResourceNotFoundException"):
            raise
        return Redriven(message.number, "gone", 0, GONE)
    if dry_run:
        return Redriven(message.number, "found", len(records), f"{parked.condition}, {parked.function}")
    for place, batch in enumerate(_batches(records)):
        if place:
            seconds = {"VisibilityTimeout": HIDDEN_SECONDS}
            account.ask("sqs", "ChangeMessageVisibility", QueueUrl=message.queue_url, ReceiptHandle=message.receipt, **seconds)
        if problem := _called(account, function or parked.function, batch):
            return Redriven(message.number, "failed", len(records), problem)
    return Redriven(message.number, "handled", len(records), function or parked.function)


def _batches(records: Sequence[Record]) -> Iterator[list[Record]]:
    batch, size = list[Record](), 0
    for record in records:
        length = len(json.dumps(record))
        if batch and size + length > LARGEST_EVENT_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += length
    yield batch


def _called(account: Account, function: str, records: Sequence[Record]) -> str | None:
    """What went wrong, or nothing."""
    try:
        answer = account.ask("lambda", "Invoke", FunctionName=function, Payload=json.dumps({"Records": records}).encode())
    except CallRefused as refused:
        if refused.not_allowed:
            raise
        if refused.aws_code == "ResourceNotFoundException":
            return f"there is no function {function}: give --function with the one that took its place"
        return refused.message
    try:
        content: object = json.loads(answer["Payload"].read() or "null")
    except ValueError:
        return "its answer is no JSON"
    told = cast("dict[str, Any]", content) if isinstance(content, dict) else {}
    if answer.get("FunctionError"):
        return f"{told.get('errorType', answer['FunctionError'])}: {told.get('errorMessage', 'it does not say why')}"
    if failures := told.get("batchItemFailures"):
        return f"it stopped at change {_first_of(failures)}: its log says why"
    return None


def _first_of(failures: object) -> object:
    """An answer that cannot be understood is one about the whole batch (developer guide, "Configuring partial batch response")."""
    first = next(iter(cast("list[object]", failures)), None) if isinstance(failures, list) else None
    return cast("dict[str, object]", first).get("itemIdentifier") if isinstance(first, dict) else None
