"""Stream records as DynamoDB writes them.

moto 5.2.5 writes a record for a write that changed nothing, two INSERTs for an upsert, "us-east-1" and event version 1.0 whatever the table,
and with an event source mapping on the stream it calls the function inside the write and then empties the shard, so that nobody else can
read it. Here `append` is called once for each changed item, when its request commits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import md5
from typing import Any

from local.patches import Patch, Repair
from local.repairs.destinations import send

Attributes = Mapping[str, Any]


def append(table: Any, old: Attributes | None, new: Attributes | None, at: datetime) -> None:
    """Put the record of one changed item at the end of the table's shard, if the table has a stream, and send it to its destinations.

    The time is cut to the second, as AWS documents for ApproximateCreationDateTime (API reference, StreamRecord).
    """
    send(table, old, new, at)
    specification: dict[str, Any] = table.stream_specification or {}
    shard = table.stream_shard
    if shard is None or not specification.get("StreamEnabled"):
        return
    from moto.dynamodb.models.table import StreamRecord
    from moto.dynamodb.models.utilities import dynamo_json_dump

    view = specification["StreamViewType"]
    number = str(shard.starting_sequence_number + len(shard.items))
    image = new if old is None else old
    body: dict[str, Any] = {
        "ApproximateCreationDateTime": at.astimezone(UTC).replace(microsecond=0, tzinfo=None),
        "Keys": {name: image[name] for name in table.table_key_attrs} if image else {},
        "SequenceNumber": number,
        "StreamViewType": view,
    }
    if new is not None and view in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES"):
        body["NewImage"] = new
    if old is not None and view in ("OLD_IMAGE", "NEW_AND_OLD_IMAGES"):
        body["OldImage"] = old
    body["SizeBytes"] = sum(len(dynamo_json_dump(body.get(part, {}))) for part in ("Keys", "NewImage", "OldImage"))
    record: Any = StreamRecord.__new__(StreamRecord)
    record.record = {
        "eventID": md5(f"{table.table_arn}/{table.latest_stream_label}/{number}".encode(), usedforsecurity=False).hexdigest(),
        "eventName": "INSERT" if old is None else "REMOVE" if new is None else "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": table.region_name,
        "dynamodb": body,
    }
    shard.items.append(record)


def _silent(_: Callable[..., Any]) -> Callable[..., None]:
    def add(shard: Any, old: Any, new: Any) -> None:
        """Records are written by `append` when the request commits."""

    return add


def _bounded(original: Callable[..., Any]) -> Callable[..., Any]:
    def set_stream_specification(table: Any, streams: Any) -> None:
        original(table, streams)
        if table.latest_stream_label:
            # AWS's labels always have milliseconds; moto's have none at a full second.
            table.latest_stream_label = datetime.fromisoformat(table.latest_stream_label).isoformat(timespec="milliseconds")
        if streams and not (streams.get("StreamEnabled") or streams.get("StreamViewType")):
            # moto keeps the shard, and the next write fails on its missing view type; AWS lets a new stream start later.
            table.stream_shard = None
            table.latest_stream_label = None

    return set_stream_specification


def _patches() -> Sequence[Patch]:
    from moto.dynamodb.models.table import StreamShard, Table

    return (Patch(StreamShard, "add", _silent), Patch(Table, "set_stream_specification", _bounded))


STREAMS = Repair(
    "streams",
    "moto writes records for writes that change nothing and two INSERTs for an upsert, names the wrong region, and empties the shard after "
    "calling a mapped function inside the write; DynamoDB writes one record for each changed item and keeps it for readers",
    _patches,
)
