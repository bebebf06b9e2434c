"""The shapes that Lambda makes of a stream: the event record handed to a function, and the message about records it gave up."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, cast

Record = Mapping[str, Any]
"""One entry of an event's `Records` (Lambda guide, "Using AWS Lambda with Amazon DynamoDB": example event)."""


def event_of(record: Mapping[str, Any], stream_arn: str) -> Record:
    """A record of GetRecords as boto3 gives it, as JSON: times in seconds, binary in base64."""
    change = dict(cast("Mapping[str, Any]", record["dynamodb"]))
    at = change.get("ApproximateCreationDateTime")
    if isinstance(at, datetime):
        change["ApproximateCreationDateTime"] = at.timestamp()
    event: dict[str, Any] = {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventVersion": record.get("eventVersion", "1.1"),
        "eventSource": "aws:dynamodb",
        "awsRegion": stream_arn.split(":")[3],
        "dynamodb": _json(change),
        "eventSourceARN": stream_arn,
    }
    if identity := cast("Mapping[str, Any]", record.get("userIdentity") or {}):
        event["userIdentity"] = {name[0].lower() + name[1:]: value for name, value in identity.items()}
    return event


def _json(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {name: _json(one) for name, one in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list | set | tuple):
        return [_json(one) for one in cast("Sequence[Any]", value)]
    return value


class Told(Protocol):
    """What a message says of records. place: the name of the member that does."""

    place: str

    def number(self, record: Record) -> str: ...

    def created_at(self, record: Record) -> datetime: ...


def failure_message(
    source: Told,
    records: Sequence[Record],
    *,
    condition: str,
    shard: str,
    function_arn: str,
    request_id: str,
    invocations: int,
    function_error: str | None,
    at: datetime,
) -> str:
    """What a failure destination receives: where the records are in the stream, not the records themselves.

    `condition` is RetryAttemptsExhausted or RecordAgeExceeded (Lambda guide, "Retaining discarded records").
    """
    answer: dict[str, Any] = {"statusCode": 200, "executedVersion": "$LATEST"}
    if function_error is not None:
        answer["functionError"] = function_error
    body: dict[str, Any] = {
        "requestContext": {
            "requestId": request_id,
            "functionArn": function_arn,
            "condition": condition,
            "approximateInvokeCount": invocations,
        },
        "responseContext": answer,
        "version": "1.0",
        "timestamp": _instant(at, "milliseconds"),
        source.place: {
            "shardId": shard,
            "startSequenceNumber": source.number(records[0]),
            "endSequenceNumber": source.number(records[-1]),
            "approximateArrivalOfFirstRecord": _instant(source.created_at(records[0]), "seconds"),
            "approximateArrivalOfLastRecord": _instant(source.created_at(records[-1]), "seconds"),
            "batchSize": len(records),
            "streamArn": str(records[0]["eventSourceARN"]),
        },
    }
    return json.dumps(body)


def _instant(at: datetime, precision: str) -> str:
    return at.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")
