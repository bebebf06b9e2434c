"""What a mapping parked: a message says where in a stream the records are, and here they are read again as the mapping handed them on."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from monitoring.live.account import Account

Record = dict[str, Any]
EMPTY_PAGES = 20
"""How many pages without a record are passed over before the rest counts as lost: a stream may answer with some, and then go on."""
NO_PLACE = "it does not name a place in a stream"


class NotThere(Exception):
    """The stream does not have all of the records."""


@dataclass(frozen=True)
class Parked:
    """Where the records of a message are. first, last: their sequence numbers. function: the ARN of the one that did not handle them."""

    stream: "Stream"
    stream_arn: str
    shard: str
    first: str
    last: str
    function: str
    condition: str

    @classmethod
    def of(cls, body: str) -> "Parked":
        """Of a message as Lambda sends it (developer guide, "Retaining discarded records for a DynamoDB data source" and the same for a Kinesis
        data source). Raises ValueError.
        """
        try:
            message = cast("dict[str, Any]", json.loads(body))
            named = next(name for name in STREAMS if name in message)
            batch, context = message[named], message["requestContext"]
            place = [batch[name] for name in ("streamArn", "shardId", "startSequenceNumber", "endSequenceNumber")]
            caller = [context[name] for name in ("functionArn", "condition")]
        except (ValueError, KeyError, TypeError, StopIteration):
            raise ValueError(NO_PLACE) from None
        arn, first, last = str(place[0]), str(place[2]), str(place[3])
        if not all(isinstance(each, str) for each in (*place, *caller)) or arn.count(":") < 5 or not (first + last).isdecimal():
            raise ValueError(NO_PLACE)
        return cls(STREAMS[named], *place, *caller)

    @property
    def region(self) -> str:
        return self.stream_arn.split(":")[3]

    def records(self, account: Account) -> list[Record]:
        """From the first to the last, those too that the mapping's filter left out: a handler of this kit passes over them.

        Raises NotThere where the stream has them no more, or not all of them, and CallRefused.
        """
        found = list(self._read(account))
        if not found or (found[0][0], found[-1][0]) != (self.first, self.last):
            raise NotThere
        return [record for _, record in found]

    def _read(self, account: Account) -> Iterator[tuple[str, Record]]:
        """Each with its sequence number."""
        stream, empty = self.stream, 0
        start = {stream.arn_argument: self.stream_arn, "ShardId": self.shard, stream.number_argument: self.first}
        where = {stream.arn_argument: self.stream_arn} if stream.named else {}
        iterator = account.ask(stream.service, "GetShardIterator", ShardIteratorType="AT_SEQUENCE_NUMBER", **start)["ShardIterator"]
        while iterator and empty < EMPTY_PAGES:
            answer = account.ask(stream.service, "GetRecords", ShardIterator=iterator, **where)
            for record in answer["Records"]:
                number = stream.number(record)
                if int(number) > int(self.last):
                    return
                yield number, stream.event(record, self)
                if number == self.last:
                    return
            if answer.get("MillisBehindLatest") == 0 and not answer["Records"]:
                return
            empty = 0 if answer["Records"] else empty + 1
            iterator = answer.get("NextShardIterator")


@dataclass(frozen=True)
class Stream:
    """How one kind of stream is read. service: boto3's name. named: GetRecords takes the stream's ARN too, and needs it for one of another
    account. event: of a record, as Lambda hands it to a function.
    """

    service: str
    arn_argument: str
    number_argument: str
    named: bool
    number: Callable[[Mapping[str, Any]], str]
    event: Callable[[Mapping[str, Any], Parked], Record]


def _table_number(record: Mapping[str, Any]) -> str:
    return record["dynamodb"]["SequenceNumber"]


def _table_event(record: Mapping[str, Any], parked: Parked) -> Record:
    """Times in seconds, binary in base64, names of the identity in lower case."""
    event: Record = {
        **{name: record[name] for name in ("eventID", "eventName", "eventVersion", "eventSource", "awsRegion") if name in record},
        "dynamodb": json.loads(json.dumps(record["dynamodb"], default=_plain)),
        "eventSourceARN": parked.stream_arn,
    }
    if identity := cast("Mapping[str, Any]", record.get("userIdentity") or {}):
        event["userIdentity"] = {name[0].lower() + name[1:]: value for name, value in identity.items()}
    return event


def _kinesis_number(record: Mapping[str, Any]) -> str:
    return record["SequenceNumber"]


def _kinesis_event(record: Mapping[str, Any], parked: Parked) -> Record:
    """Without invokeIdentityArn, the role of the mapping, which neither the message nor the stream knows."""
    number = _kinesis_number(record)
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": number,
            "data": _plain(record["Data"]),
            "approximateArrivalTimestamp": _plain(record["ApproximateArrivalTimestamp"]),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{parked.shard}:{number}",
        "eventName": "aws:kinesis:record",
        "awsRegion": parked.region,
        "eventSourceARN": parked.stream_arn,
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)


STREAMS: Mapping[str, Stream] = {
    "DDBStreamBatchInfo": Stream("dynamodbstreams", "StreamArn", "SequenceNumber", False, _table_number, _table_event),
    "KinesisBatchInfo": Stream("kinesis", "StreamARN", "StartingSequenceNumber", True, _kinesis_number, _kinesis_event),
}
"""By the member of a message that names the place."""
