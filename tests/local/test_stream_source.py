"""How a stream of Kinesis is asked and what a function gets of it; requests are held against the service's model."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from local.filters import matches
from local.stream_source import FoundShard, KinesisSource

ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/changes"
ROLE = "arn:aws:iam::123456789012:role/follow"
AT = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
SHARD = "shardId-000000000001"


@pytest.fixture
def asked() -> Iterator[tuple[KinesisSource, Stubber]]:
    client = boto3.client("kinesis", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        yield KinesisSource(ARN, client, ROLE), stub
        stub.assert_no_pending_responses()


def test_shards_with_their_parents_and_how_long_records_are_kept(asked: tuple[KinesisSource, Stubber]) -> None:
    source, stub = asked
    summary: dict[str, Any] = {
        "StreamName": "changes",
        "StreamARN": ARN,
        "StreamStatus": "ACTIVE",
        "RetentionPeriodHours": 48,
        "StreamCreationTimestamp": AT,
        "EnhancedMonitoring": [],
        "OpenShardCount": 1,
    }
    stub.add_response("describe_stream_summary", {"StreamDescriptionSummary": summary}, {"StreamARN": ARN})
    range_ = {"HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "1"}, "SequenceNumberRange": {"StartingSequenceNumber": "1"}}
    shards = [{"ShardId": "shardId-000000000000", **range_}, {"ShardId": SHARD, "ParentShardId": "shardId-000000000000", **range_}]
    stub.add_response("list_shards", {"Shards": shards}, {"StreamARN": ARN})

    assert list(source.shards()) == [FoundShard("shardId-000000000000", None), FoundShard(SHARD, "shardId-000000000000")]
    assert source.retention_seconds == 48 * 3600


@pytest.mark.parametrize(("position", "more"), [("TRIM_HORIZON", {}), ("LATEST", {}), ("AT_TIMESTAMP", {"Timestamp": AT})])
def test_where_reading_starts(asked: tuple[KinesisSource, Stubber], position: str, more: dict[str, datetime]) -> None:
    source, stub = asked
    expected = {"StreamARN": ARN, "ShardId": SHARD, "ShardIteratorType": position, **more}
    stub.add_response("get_shard_iterator", {"ShardIterator": "i"}, expected)
    assert source.iterator(SHARD, position, AT) == "i"


def test_a_record_as_the_guide_shows_it(asked: tuple[KinesisSource, Stubber]) -> None:
    """Lambda guide, "Using Lambda to process records from Amazon Kinesis Data Streams": example event."""
    source, stub = asked
    given = {"SequenceNumber": "7", "ApproximateArrivalTimestamp": AT, "Data": b"hello", "PartitionKey": "KEY"}
    answer = {"Records": [given], "NextShardIterator": "next", "MillisBehindLatest": 0}
    stub.add_response("get_records", answer, {"ShardIterator": "i", "Limit": 10, "StreamARN": ARN})

    (record,), following = source.page(SHARD, "i", 10)

    assert following == "next"
    assert record == {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "KEY",
            "sequenceNumber": "7",
            "data": b64encode(b"hello").decode(),
            "approximateArrivalTimestamp": AT.timestamp(),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{SHARD}:7",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": ROLE,
        "awsRegion": "eu-west-1",
        "eventSourceARN": ARN,
    }
    assert (source.number(record), source.key(record), source.created_at(record)) == ("7", "KEY", AT)


@pytest.mark.parametrize(("data", "passes"), [(json.dumps({"eventName": "INSERT"}).encode(), True), (b"{}", False), (b"INSERT", False)])
def test_a_filter_looks_into_the_data(asked: tuple[KinesisSource, Stubber], data: bytes, passes: bool) -> None:
    """Lambda guide, "Using event filtering with a Kinesis event source": it is decoded first; what is no JSON passes no filter of it."""
    source, _ = asked
    seen = source.seen({"kinesis": {"partitionKey": "KEY", "data": b64encode(data).decode()}})
    assert matches({"data": {"eventName": ["INSERT"]}}, seen) is passes
