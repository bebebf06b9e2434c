"""The same handlers take changes that come through Kinesis, in the form that the developer guide shows."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from singletable import Change, MalformedItem, Stream
from singletable.testing import wire
from tests.singletable.shop.model import Order, OrderStatus

AT = datetime(2025, 6, 1, 12, tzinfo=UTC)
PLACED = Order(id="o1", user_id="u1", total=5, created_at=AT, updated_at=AT)
PAID = replace(PLACED, status=OrderStatus.PAID, version=2)


def sent(number: str, content: Mapping[str, Any] | bytes) -> dict[str, Any]:
    """A record of an event (AWS Lambda developer guide, "Using Lambda to process records from Amazon Kinesis Data Streams")."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "1",
            "sequenceNumber": number,
            "data": b64encode(data).decode(),
            "approximateArrivalTimestamp": 1545084650.987,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-000000000006:{number}",
        "eventName": "aws:kinesis:record",
    }


def change(kind: str, old: Order | None, new: Order | None, **more: Any) -> dict[str, Any]:
    """What DynamoDB puts into it (DynamoDB developer guide, "Using Kinesis Data Streams to capture changes to DynamoDB")."""
    images = {name: wire(image) for name, image in (("OldImage", old), ("NewImage", new)) if image}
    return {
        "awsRegion": "us-west-2",
        "eventID": "e1",
        "eventName": kind,
        "userIdentity": None,
        "recordFormat": "application/json",
        "tableName": "shop",
        "dynamodb": {"ApproximateCreationDateTime": 1748779200123, "Keys": {}, **images, "SizeBytes": 1, **more},
        "eventSource": "aws:dynamodb",
    }


def listening(fail_on: str = "") -> tuple[Stream, list[tuple[Order, Order, Change]]]:
    stream, calls = Stream(), list[tuple[Order, Order, Change]]()

    @stream.on_change(Order, "status")
    def changed(old: Order, new: Order, change: Change) -> None:
        if change.sequence_number == fail_on:
            raise RuntimeError
        calls.append((old, new, change))

    return stream, calls


@pytest.mark.parametrize(
    ("more", "at"),
    [
        ({}, datetime(2025, 6, 1, 12, tzinfo=UTC)),
        ({"ApproximateCreationDateTime": 1748779200123456, "ApproximateCreationDateTimePrecision": "MICROSECOND"}, AT),
    ],
)
def test_a_change_reaches_its_handler(more: dict[str, Any], at: datetime) -> None:
    stream, calls = listening()
    answer = stream.handler()({"Records": [sent("49590", change("MODIFY", PLACED, PAID, **more))]}, None)

    assert answer == {"batchItemFailures": []}
    assert calls == [(PLACED, PAID, Change("e1", "49590", at))]


def test_it_stops_at_the_sequence_number_of_kinesis() -> None:
    stream, calls = listening(fail_on="2")
    records = [sent(number, change("MODIFY", PLACED, PAID)) for number in ("1", "2", "3")]

    assert stream.handler()({"Records": records}, None) == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert len(calls) == 1


def test_an_expired_item_is_known_as_such() -> None:
    stream, found = Stream(), list[bool]()
    stream.on_delete(Order)(lambda old, change: found.append(change.expired))
    removed = change("REMOVE", PLACED, None) | {"userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"}}

    stream.handler()({"Records": [sent("1", removed)]}, None)

    assert found == [True]


@pytest.mark.parametrize(
    "content", [b"\xff", b"[]", b"{}", b'{"dynamodb": {}}', json.dumps({"dynamodb": {"ApproximateCreationDateTime": "x"}}).encode()]
)
def test_what_no_table_sends_fails_the_batch(content: bytes) -> None:
    """So that the mapping halves it until the record is alone, and parks it."""
    stream, _ = listening()
    with pytest.raises(MalformedItem, match=r"^record 7 of the stream of Kinesis is no change of a table: who else writes to it\?$"):
        stream.handler()({"Records": [sent("7", content)]}, None)
