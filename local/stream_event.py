"""The shapes that Lambda makes of a stream: the event record handed to a function, and the message about records it gave up."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

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


def sequence_number(record: Record) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


def created_at(record: Record) -> datetime:
    return datetime.fromtimestamp(float(record["dynamodb"]["ApproximateCreationDateTime"]), UTC)


def keys_of(record: Record) -> str:
    return json.dumps(record["dynamodb"]["Keys"], sort_keys=True)


def failure_message(
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
        "DDBStreamBatchInfo": {
            "shardId": shard,
            "startSequenceNumber": sequence_number(records[0]),
            "endSequenceNumber": sequence_number(records[-1]),
            "approximateArrivalOfFirstRecord": _instant(created_at(records[0]), "seconds"),
            "approximateArrivalOfLastRecord": _instant(created_at(records[-1]), "seconds"),
            "batchSize": len(records),
            "streamArn": str(records[0]["eventSourceARN"]),
        },
    }
    return json.dumps(body)


def _instant(at: datetime, precision: str) -> str:
    return at.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")
