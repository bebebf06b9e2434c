"""Kinesis streams that a table sends its changes to: kept and described. No record is sent to them here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from local.calls import Refusal
from local.patches import Patch, Repair, memory
from local.tables import name_of

Destinations = dict[str, dict[str, Any]]
"""The ARN of the stream -> as DescribeKinesisStreamingDestination has it."""


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
    "moto has no Kinesis streaming destinations of tables; DynamoDB keeps and describes them (no record is sent to them here)",
    _patches,
)
