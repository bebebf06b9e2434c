"""Kinesis streams that a table sends its changes to: kept, described, and sent each change once and in order, which AWS does not promise."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import md5
from typing import Any

from local.calls import Refusal
from local.patches import Patch, Repair, memory
from local.tables import name_of

Destinations = dict[str, dict[str, Any]]
"""The ARN of the stream -> as DescribeKinesisStreamingDestination has it."""


_UNITS_PER_SECOND = {"MILLISECOND": 1_000, "MICROSECOND": 1_000_000}


def send(table: Any, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, at: datetime) -> None:
    """One changed item, to each active destination (DynamoDB guide, "Using Kinesis Data Streams to capture changes to DynamoDB")."""
    from moto.kinesis.models import kinesis_backends

    streams: dict[str, Any] = {each.arn: each for each in kinesis_backends[table.account_id][table.region_name].streams.values()}
    for arn, destination in memory(table).get("kept_destinations", {}).items():
        if destination["DestinationStatus"] == "ACTIVE" and arn in streams:
            _put(streams[arn], table, _images(table, old, new), destination["ApproximateCreationDateTimePrecision"], at)


def _images(table: Any, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> dict[str, Any]:
    image = new or old or {}
    given = {"Keys": {name: image[name] for name in table.table_key_attrs}, "NewImage": new, "OldImage": old}
    return {name: each for name, each in given.items() if each is not None}


def _put(stream: Any, table: Any, images: Mapping[str, Any], precision: str, at: datetime) -> None:
    from moto.dynamodb.models.utilities import dynamo_json_dump

    (partition,) = images["Keys"][table.table_key_attrs[0]].values()
    shard = stream.get_shard_for_key(str(partition), None)
    change = {
        "awsRegion": table.region_name,
        "eventID": md5(f"{stream.arn}/{shard.shard_id}/{shard.get_max_sequence_number()}".encode(), usedforsecurity=False).hexdigest(),
        "eventName": "INSERT" if "OldImage" not in images else "REMOVE" if "NewImage" not in images else "MODIFY",
        "userIdentity": None,
        "recordFormat": "application/json",
        "tableName": table.name,
        "dynamodb": {
            "ApproximateCreationDateTime": int(at.timestamp() * _UNITS_PER_SECOND[precision]),
            "ApproximateCreationDateTimePrecision": precision,
            **images,
            "SizeBytes": sum(len(dynamo_json_dump(each)) for each in images.values()),
        },
        "eventSource": "aws:dynamodb",
    }
    # To the shard itself: the stream would call functions inside the write.
    number = shard.put_record(str(partition), b64encode(dynamo_json_dump(change).encode()).decode(), None)
    record = shard.records[int(number)]
    record.created_at_datetime, record.created_at = at.astimezone(UTC).replace(tzinfo=None), at.timestamp()


def _place(handler: Any) -> tuple[str, Destinations]:
    """The table's name and its destinations. Raises Refusal where there is no such table."""
    name = name_of(handler.body["TableName"])
    table = handler.dynamodb_backend.tables.get(name)
    if table is None:
        raise Refusal("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found")
    return name, memory(table).setdefault("kept_destinations", {})


def _check_stream(handler: Any, arn: str) -> None:
    from moto.kinesis.models import kinesis_backends

    streams: Any = kinesis_backends[handler.current_account][handler.region].streams
    if not any(stream.arn == arn for stream in streams.values()):
        raise Refusal("ResourceNotFoundException", f"Requested resource not found: Stream: {arn} not found")


def _enable(_: object) -> Callable[[Any], Any]:
    def enable_kinesis_streaming_destination(handler: Any) -> Any:
        name, destinations = _place(handler)
        arn = handler.body["StreamArn"]
        _check_stream(handler, arn)
        if destinations.get(arn, {}).get("DestinationStatus") == "ACTIVE":
            raise Refusal("ValidationException", f"Table is not in a valid state to enable Kinesis Streaming Destination: {arn} is ACTIVE")
        precision = handler.body.get("EnableKinesisStreamingConfiguration", {}).get("ApproximateCreationDateTimePrecision", "MILLISECOND")
        destinations[arn] = {"StreamArn": arn, "DestinationStatus": "ACTIVE", "ApproximateCreationDateTimePrecision": precision}
        settings = {"EnableKinesisStreamingConfiguration": {"ApproximateCreationDateTimePrecision": precision}}
        return _result({"TableName": name, "StreamArn": arn, "DestinationStatus": "ENABLING", **settings})

    return enable_kinesis_streaming_destination


def _disable(_: object) -> Callable[[Any], Any]:
    def disable_kinesis_streaming_destination(handler: Any) -> Any:
        name, destinations = _place(handler)
        arn = handler.body["StreamArn"]
        if destinations.get(arn, {}).get("DestinationStatus") != "ACTIVE":
            raise Refusal(
                "ValidationException", f"Table is not in a valid state to disable Kinesis Streaming Destination: {arn} is not ACTIVE"
            )
        destinations[arn]["DestinationStatus"] = "DISABLED"
        return _result({"TableName": name, "StreamArn": arn, "DestinationStatus": "DISABLING"})

    return disable_kinesis_streaming_destination


def _describe(_: object) -> Callable[[Any], Any]:
    def describe_kinesis_streaming_destination(handler: Any) -> Any:
        name, destinations = _place(handler)
        return _result({"TableName": name, "KinesisDataStreamDestinations": list(destinations.values())})

    return describe_kinesis_streaming_destination


def _result(answer: dict[str, Any]) -> Any:
    from moto.core.responses import ActionResult

    return ActionResult(answer)


def _patches() -> Sequence[Patch]:
    from moto.dynamodb.responses import DynamoHandler

    return (
        Patch(DynamoHandler, "enable_kinesis_streaming_destination", _enable, missing=True),
        Patch(DynamoHandler, "disable_kinesis_streaming_destination", _disable, missing=True),
        Patch(DynamoHandler, "describe_kinesis_streaming_destination", _describe, missing=True),
    )


DESTINATIONS = Repair(
    "destinations",
    "moto has no Kinesis streaming destinations of tables; DynamoDB keeps and describes them and sends them each change (here at once)",
    _patches,
)
