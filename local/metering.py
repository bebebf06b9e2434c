"""DynamoDB's metrics of the calls that were really made, at the time of the clock, under exactly the dimensions of AWS/DynamoDB.

What cannot be measured here is computed by a rule that is written down: capacity by `singletable.sizing` from the items before and after,
latency by `latency_ms`. Wall time is in none of it, so the same calls give the same metrics.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zlib import crc32

from local.calls import Call, Item, Observer, Refusal
from local.queue_metrics import QueueMetrics
from local.tables import KnownTable, item_now, known_table, known_tables, name_of
from local.throttle import LIMITS, Throttled
from monitoring.samples import Samples
from singletable.sizing import Units, item_bytes, read_units, refused_cost, write_cost

NAMESPACE = "AWS/DynamoDB"

BASE_MS: Mapping[str, float] = {
    "GetItem": 2.0,
    "BatchGetItem": 5.0,
    "TransactGetItems": 6.0,
    "Query": 3.0,
    "Scan": 8.0,
    "PutItem": 3.5,
    "UpdateItem": 4.0,
    "DeleteItem": 3.5,
    "BatchWriteItem": 8.0,
    "TransactWriteItems": 9.0,
    "GetRecords": 4.0,
}
"""Milliseconds of the smallest request of each operation: the order of size that AWS names ("single-digit"), not a measurement."""
MS_PER_KB = 0.05
_SLOW_ONE_IN = 100

ACCOUNT_UNITS_PER_SECOND = 80_000.0
TABLE_UNITS_PER_SECOND = 40_000.0
"""Default quotas of an account, for reads and for writes (developer guide, Service quotas; outside us-east-1 the table's is the same)."""
_LIMITS_EVERY_MINUTES = 5

_CONDITION_FAILED = ("ConditionalCheckFailed", "ConditionalCheckFailedException")
_CONFLICT = ("TransactionConflict", "TransactionConflictException")
_NOT_THE_CALLERS_FAULT = frozenset({"ConditionalCheckFailedException", "ProvisionedThroughputExceededException"})
"""Excepted from UserErrors (developer guide, DynamoDB metrics and dimensions)."""


def latency_ms(operation: str, size_bytes: int, key: str) -> float:
    """The modelled time of a request inside DynamoDB, in milliseconds.

    The operation's base and 0.05 ms for each KB read or written, times 0.85 to 1.45 by a checksum of the key; for one checksum in a hundred
    twice that, so that a 99th percentile differs from a median. The same request takes the same time in every run.
    """
    checksum = crc32(key.encode())
    factor = 0.85 + checksum % 61 / 100
    if checksum // 61 % _SLOW_ONE_IN == 0:
        factor *= 2
    return (BASE_MS[operation] + MS_PER_KB * size_bytes / 1024) * factor


class Metering(Observer):
    """Records into `samples`. Thread safe. `tick` once a minute for what AWS sends without calls."""

    def __init__(self, samples: Samples, account: str, region: str) -> None:
        self._samples = samples
        self._account = account
        self._region = region
        self._queues = QueueMetrics(samples, account, region)

    def after(self, call: Call, response: Mapping[str, Any] | None, refusal: Refusal | None, milliseconds: float) -> None:
        """Every answer, refusals included."""
        if call.service == "dynamodb":
            self._dynamodb(call, response, refusal)
        elif call.service == "dynamodbstreams":
            if response is not None and call.operation == "GetRecords":
                self._stream_read(call, response)
        elif response is not None:
            self._queues.called(call, response)

    def tick(self, at: datetime) -> None:
        """The points of the minute of `at` that need no call: consumed capacity 0, limits every 5 minutes, queues."""
        limits_due = int(at.timestamp()) // 60 % _LIMITS_EVERY_MINUTES == 0
        for table in known_tables(self._account, self._region):
            for index, capacity in table.capacity.items():
                dimensions = _of(table.name, index)
                for access, units in (("Read", capacity.read), ("Write", capacity.write)):
                    self._record(f"Consumed{access}CapacityUnits", dimensions, at, 0.0)
                    if units and limits_due:
                        name = f"OnDemandMax{access}RequestUnits" if table.on_demand else f"Provisioned{access}CapacityUnits"
                        self._record(name, dimensions, at, units)
        if limits_due:
            for access in ("Reads", "Writes"):
                self._record(f"AccountMax{access}", {}, at, ACCOUNT_UNITS_PER_SECOND)
                self._record(f"AccountMaxTableLevel{access}", {}, at, TABLE_UNITS_PER_SECOND)
        self._queues.tick(at)

    def _record(self, metric: str, dimensions: Mapping[str, str], at: datetime, value: float = 1.0) -> None:
        self._samples.record(NAMESPACE, metric, dimensions, at, value)

    def _dynamodb(self, call: Call, response: Mapping[str, Any] | None, refusal: Refusal | None) -> None:
        tables = _tables(call) if call.operation in BASE_MS else []
        if refusal is None:
            for table in tables:
                self._served(call, table, response or {})
            return
        if isinstance(refusal, Throttled):
            self._throttled(call, refusal)
        elif refusal.status >= 500:
            for table in tables:
                self._record("SystemErrors", {"TableName": table.name, "Operation": call.operation}, call.at)
        else:
            self._refused(call, tables, refusal)

    def _served(self, call: Call, table: KnownTable, response: Mapping[str, Any]) -> None:
        of_operation = {"TableName": table.name, "Operation": call.operation}
        size = sum(read.item_bytes for read in call.reads if read.table == table.name)
        size += sum(max(item_bytes(write.old or {}), item_bytes(write.new or {})) for write in call.writes if write.table == table.name)
        self._record("SuccessfulRequestLatency", of_operation, call.at, latency_ms(call.operation, size, _text_of(call)))
        if call.operation in ("Query", "Scan"):
            self._record("ReturnedItemCount", of_operation, call.at, float(response.get("Count", 0)))
        if call.repeated:
            # API reference, TransactWriteItems, ClientRequestToken: later calls consume the read units of the items, and no write units.
            images = [old for old, _ in (*_checked(call, table), *_attempted(call, table))]
            units = sum(read_units(item_bytes(image or {}), consistent=True, transactional=True) for image in images)
            self._used(call, table, Units(read=units), "Read")
            return
        transactional = call.operation == "TransactWriteItems"
        self._used(call, table, _read_units(call, table), "Read")
        writes = [
            write_cost(each.old, each.new, table.indexes, table.key, transactional) for each in call.writes if each.table == table.name
        ]
        checks = [refused_cost(old, None, transactional=True) for old, _ in _checked(call, table)]
        if writes or checks:
            self._used(call, table, sum((*writes, *checks), Units()), "Write")

    def _used(self, call: Call, table: KnownTable, units: Units, access: str) -> None:
        own = units.read if access == "Read" else units.write
        for index, used in ((None, own), *units.indexes.items()):
            if used:
                self._record(f"Consumed{access}CapacityUnits", _of(table.name, index), call.at, used)
                call.consumed[table.name, index] = call.consumed.get((table.name, index), 0.0) + used

    def _refused(self, call: Call, tables: Iterable[KnownTable], refusal: Refusal) -> None:
        reasons: list[dict[str, Any]] = refusal.fields.get("CancellationReasons") or [{"Code": refusal.code}]
        named = _named_tables(call) if len(reasons) > 1 else [table.name for table in tables]
        for metric, codes in (("ConditionalCheckFailedRequests", _CONDITION_FAILED), ("TransactionConflict", _CONFLICT)):
            for name, times in Counter(name for name, reason in zip(named, reasons) if reason.get("Code") in codes).items():
                self._samples.record(NAMESPACE, metric, {"TableName": name}, call.at, 1.0, times)
        if refusal.code not in _NOT_THE_CALLERS_FAULT:
            self._record("UserErrors", {}, call.at)
        if any(reason.get("Code") in _CONDITION_FAILED for reason in reasons):
            # A write whose condition is false is paid for as if it had been carried out (developer guide, read and write operations).
            for table in tables:
                images = [*_checked(call, table), *_attempted(call, table)]
                units = sum((refused_cost(old, new, call.operation == "TransactWriteItems") for old, new in images), Units())
                self._used(call, table, units, "Write")

    def _throttled(self, call: Call, throttled: Throttled) -> None:
        for table in sorted({event.table for event in throttled.events}):
            self._record("ThrottledRequests", {"TableName": table, "Operation": call.operation}, call.at)
        for event, times in Counter(throttled.events).items():
            dimensions = _of(event.table, event.index)
            for metric in (f"{event.access}ThrottleEvents", f"{event.access}{LIMITS[event.cause]}ThrottleEvents"):
                self._samples.record(NAMESPACE, metric, dimensions, call.at, 1.0, times)

    def _stream_read(self, call: Call, response: Mapping[str, Any]) -> None:
        arn = str(call.request["ShardIterator"]).split("|")[0]
        table, _, label = arn.partition(":table/")[2].partition("/stream/")
        dimensions = {"TableName": table, "Operation": "GetRecords", "StreamLabel": label}
        records: list[Mapping[str, Any]] = response.get("Records", [])
        returned = sum(int(record["dynamodb"].get("SizeBytes", 0)) for record in records)
        self._record("SuccessfulRequestLatency", dimensions, call.at, latency_ms("GetRecords", returned, arn))
        if records:
            self._record("ReturnedRecordsCount", dimensions, call.at, float(len(records)))
            self._record("ReturnedBytes", dimensions, call.at, float(returned))


def _of(table: str, index: str | None) -> dict[str, str]:
    return {"TableName": table, **({"GlobalSecondaryIndexName": index} if index else {})}


def _bodies(call: Call) -> list[tuple[str, Mapping[str, Any]]]:
    """(action, parameters) of each item of a transaction, or of the request itself."""
    if call.operation.startswith("Transact"):
        return [pair for item in call.request["TransactItems"] for pair in item.items()]
    return [(call.operation, call.request)]


def _named_tables(call: Call) -> list[str]:
    if call.operation.startswith("Batch"):
        return [name_of(table) for table in call.request["RequestItems"]]
    return [name_of(body["TableName"]) for _, body in _bodies(call)]


def _tables(call: Call) -> list[KnownTable]:
    known = (known_table(name, call.account, call.region) for name in dict.fromkeys(_named_tables(call)))
    return [table for table in known if table is not None]


def _text_of(call: Call) -> str:
    """What tells one request from another, for the spread of latency."""
    if call.writes:
        return repr(call.writes[0].key)
    return repr(call.request.get("Key") or call.request.get("ExpressionAttributeValues") or call.operation)


def _read_units(call: Call, table: KnownTable) -> Units:
    consistent = bool(call.request.get("ConsistentRead"))
    if call.operation == "BatchGetItem":
        content = next(each for name, each in call.request["RequestItems"].items() if name_of(name) == table.name)
        consistent = bool(content.get("ConsistentRead"))
    total = Units()
    for read in call.reads:
        if read.table == table.name:
            units = read_units(read.item_bytes, consistent, call.operation == "TransactGetItems")
            total += Units(indexes={read.index: units}) if read.index else Units(read=units)
    return total


def _checked(call: Call, table: KnownTable) -> list[tuple[Item | None, Item | None]]:
    """The items of this table that a transaction only checks, as they are."""
    bodies = [body for action, body in _bodies(call) if action == "ConditionCheck" and name_of(body["TableName"]) == table.name]
    return [(item_now(table.name, body["Key"], call.account, call.region), None) for body in bodies]


def _attempted(call: Call, table: KnownTable) -> list[tuple[Item | None, Item | None]]:
    """(item as it is, item as a put would have made it) of each write of this table that was not carried out."""
    images: list[tuple[Item | None, Item | None]] = []
    for action, body in _bodies(call):
        if action != "ConditionCheck" and name_of(body["TableName"]) == table.name:
            new: Item | None = body.get("Item")
            key = new if new is not None else body["Key"]
            images.append((item_now(table.name, key, call.account, call.region), new))
    return images
