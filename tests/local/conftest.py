"""A clock that stands still until it is told otherwise, and a table like the one that the stack deploys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.aws import EmbeddedAws, repaired_moto

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEYS = ("PK", "SK", "GSI1PK", "GSI1SK")


class HandClock:
    """Time that moves when a test moves it."""

    def __init__(self, start: datetime = START) -> None:
        self.time = start

    def now(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def table_request(name: str, **more: Any) -> dict[str, Any]:
    """CreateTable: primary key PK and SK, GSI1 with all attributes, on demand, a stream with both images."""
    return {
        "TableName": name,
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in KEYS],
        "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "GSI1",
                "KeySchema": [{"AttributeName": "GSI1PK", "KeyType": "HASH"}, {"AttributeName": "GSI1SK", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        **more,
    }


def key(partition: str, sort: str = "A") -> dict[str, Any]:
    return {"PK": {"S": partition}, "SK": {"S": sort}}


def records(streams: Any, table: dict[str, Any]) -> list[dict[str, Any]]:
    """All records of the table's stream, from its start."""
    arn = table["LatestStreamArn"]
    found: list[dict[str, Any]] = []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        while page := (answer := streams.get_records(ShardIterator=iterator))["Records"]:
            found += page
            iterator = answer["NextShardIterator"]
    return found


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def aws(clock: HandClock) -> Iterator[EmbeddedAws]:
    """The embedded AWS over HTTP, empty."""
    with EmbeddedAws(clock) as running:
        yield running


@pytest.fixture
def moto_client(clock: HandClock) -> Iterator[Any]:
    """Makes boto3 clients of the repaired moto in process."""
    import boto3

    with repaired_moto(clock):
        yield lambda service: boto3.client(service, region_name="eu-west-1")
