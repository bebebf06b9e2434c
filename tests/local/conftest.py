"""A clock that stands still until it is told otherwise, and a table like the one that the stack deploys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import moto  # noqa: F401  # see _SESSION
import pytest
from botocore.config import Config

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEYS = ("PK", "SK", "GSI1PK", "GSI1SK")
# One for all tests, since a new one reads the services' models again. Made after moto is imported, so that moto answers it.
_SESSION = boto3.session.Session("test", "test", region_name="eu-west-1")


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


def moto_client(service: str, **settings: Any) -> Any:
    """A client for moto in process: use it inside `repaired_moto` or `mock_aws`. It does not retry. `settings` are of botocore's Config."""
    config = Config(**{"retries": {"total_max_attempts": 1}, "account_id_endpoint_mode": "disabled", **settings})
    return _SESSION.client(service, config=config)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()
