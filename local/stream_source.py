"""What a mapping reads: a table's stream or one of Kinesis, in the terms of both."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from local.stream_event import Record, event_of

DAY_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class FoundShard:
    name: str
    parent: str | None


class StreamSource(Protocol):
    """`client` signs as the function's role: Lambda reads a stream with its permissions. What the service refuses is raised as it is."""

    place: str
    """The member of a failure message that says where the records are."""
    retention_seconds: int

    def shards(self) -> Iterator[FoundShard]: ...

    def iterator(self, shard: str, position: str, moment: datetime | None) -> str: ...

    def page(self, shard: str, iterator: str, limit: int) -> tuple[list[Record], str | None]:
        """Records as Lambda hands them to a function, and where to go on; None at the end of a closed shard."""
        ...

    def number(self, record: Record) -> str:
        """Its sequence number."""
        ...

    def created_at(self, record: Record) -> datetime: ...

    def key(self, record: Record) -> str:
        """Records of one key keep their order."""
        ...

    def seen(self, record: Record) -> Any:
        """What a filter looks at."""
        ...


class TableSource:
    """DynamoDB guide, "Change data capture for DynamoDB Streams"."""

    place = "DDBStreamBatchInfo"
    retention_seconds = DAY_SECONDS

    def __init__(self, arn: str, client: Any) -> None:
        self._arn = arn
        self._client = client
        self._listed = False

    def shards(self) -> Iterator[FoundShard]:
        if not self._listed:
            # Lambda wants this permission too (guide, "Using AWS Lambda with Amazon DynamoDB": execution role permissions).
            self._client.list_streams(TableName=self._arn.split("/")[1])
            self._listed = True
        for found in self._client.describe_stream(StreamArn=self._arn)["StreamDescription"]["Shards"]:
            yield FoundShard(found["ShardId"], found.get("ParentShardId"))

    def iterator(self, shard: str, position: str, moment: datetime | None) -> str:
        return self._client.get_shard_iterator(StreamArn=self._arn, ShardId=shard, ShardIteratorType=position)["ShardIterator"]

    def page(self, shard: str, iterator: str, limit: int) -> tuple[list[Record], str | None]:
        page = self._client.get_records(ShardIterator=iterator, Limit=limit)
        return [event_of(record, self._arn) for record in page["Records"]], page.get("NextShardIterator")

    def number(self, record: Record) -> str:
        return str(record["dynamodb"]["SequenceNumber"])

    def created_at(self, record: Record) -> datetime:
        return datetime.fromtimestamp(float(record["dynamodb"]["ApproximateCreationDateTime"]), UTC)

    def key(self, record: Record) -> str:
        return json.dumps(record["dynamodb"]["Keys"], sort_keys=True)

    def seen(self, record: Record) -> Any:
        return record


class KinesisSource:
    """Lambda guide, "Using Lambda to process records from Amazon Kinesis Data Streams" and "Using event filtering with a Kinesis event source".

    Shards are read with their own throughput, without consumers of enhanced fan-out. role_arn: of the function.
    """

    place = "KinesisBatchInfo"

    def __init__(self, arn: str, client: Any, role_arn: str) -> None:
        self._arn = arn
        self._client = client
        self._role_arn = role_arn
        self.retention_seconds = DAY_SECONDS

    def shards(self) -> Iterator[FoundShard]:
        described = self._client.describe_stream_summary(StreamARN=self._arn)["StreamDescriptionSummary"]
        self.retention_seconds = int(described["RetentionPeriodHours"]) * 3600
        for found in self._client.list_shards(StreamARN=self._arn)["Shards"]:  # 10,000 on one page here
            yield FoundShard(found["ShardId"], found.get("ParentShardId"))

    def iterator(self, shard: str, position: str, moment: datetime | None) -> str:
        since = {"Timestamp": moment} if position == "AT_TIMESTAMP" else {}
        asked = {"StreamARN": self._arn, "ShardId": shard, "ShardIteratorType": position, **since}
        return self._client.get_shard_iterator(**asked)["ShardIterator"]

    def page(self, shard: str, iterator: str, limit: int) -> tuple[list[Record], str | None]:
        page = self._client.get_records(ShardIterator=iterator, Limit=limit, StreamARN=self._arn)
        return [self._event(shard, record) for record in page["Records"]], page.get("NextShardIterator")

    def _event(self, shard: str, record: Mapping[str, Any]) -> Record:
        number = str(record["SequenceNumber"])
        return {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": record["PartitionKey"],
                "sequenceNumber": number,
                "data": b64encode(record["Data"]).decode(),
                "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"].timestamp(),
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": f"{shard}:{number}",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": self._role_arn,
            "awsRegion": self._arn.split(":")[3],
            "eventSourceARN": self._arn,
        }

    def number(self, record: Record) -> str:
        return str(record["kinesis"]["sequenceNumber"])

    def created_at(self, record: Record) -> datetime:
        return datetime.fromtimestamp(float(record["kinesis"]["approximateArrivalTimestamp"]), UTC)

    def key(self, record: Record) -> str:
        return str(record["kinesis"]["partitionKey"])

    def seen(self, record: Record) -> Any:
        """The data decoded; as text where it is no JSON."""
        sent: Mapping[str, Any] = record["kinesis"]
        raw = b64decode(sent["data"]).decode(errors="replace")
        try:
            data: object = json.loads(raw)
        except ValueError:
            data = raw
        return {**sent, "data": data}
