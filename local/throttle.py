"""Throttling on purpose: a table or an index refuses a share of the requests that touch it, with AWS's errors.

A write touches an index when it changes the index's entry, which is known once it is carried out: it is then taken back. A throttled index
refuses the writes of its table (developer guide, "Using Global Secondary Indexes": write capacity of the index).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Literal

from local.calls import Call, Observer, Refusal, Write
from local.tables import KnownTable, known_table, name_of
from monitoring.operations import READS, WRITES
from singletable.sizing import write_cost

Access = Literal["Read", "Write"]
Cause = Literal["provisioned", "key-range", "on-demand-max", "account"]
TABLE = "table"

LIMITS: Mapping[Cause, str] = {
    "provisioned": "ProvisionedThroughput",
    "key-range": "KeyRangeThroughput",
    "on-demand-max": "MaxOnDemandThroughput",
    "account": "AccountLimit",
}
"""Cause -> how the throttling reason (with "Exceeded") and the metric (with "ThrottleEvents") call it (API reference, ThrottlingReason)."""

# Messages and codes of cancellation reasons: API reference, TransactionCanceledException.
_ON_DEMAND = (
    "ThrottlingError",
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling it so please try again shortly.",
)
_PROVISIONED = (
    "ProvisionedThroughputExceeded",
    "The level of configured provisioned throughput was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
)


@dataclass(frozen=True)
class Throttle:
    """What is throttled, why, and how much of it.

    `resource`: "table" or the name of an index. `access`: "Read", "Write", or None for both. `share` of the touching requests, from above 0
    to 1: not drawn by lot but counted, so that 0.5 refuses every other request and retries get through. `start`, `end`: from when and until
    when (not included) on the clock of the calls; None: open. `table`: the name of one table; None: every table.
    """

    resource: str = TABLE
    cause: Cause = "key-range"
    share: float = 1.0
    access: Access | None = None
    start: datetime | None = None
    end: datetime | None = None
    table: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ValueError(f"share is {self.share}: it must be above 0 and at most 1")
        if self.cause not in LIMITS:
            raise ValueError(f"cause is {self.cause!r}: it must be one of {', '.join(LIMITS)}")

    @property
    def index(self) -> str | None:
        """The name of the index, None for the table itself."""
        return None if self.resource == TABLE else self.resource

    def active(self, at: datetime) -> bool:
        """Is it in force at this time?"""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)


@dataclass(frozen=True)
class ThrottleEvent:
    """One item or index entry that was refused: what the throttle metrics count."""

    table: str
    index: str | None
    access: Access
    cause: Cause


class Throttled(Refusal):
    """AWS's answer to a throttled request; `events` for the metrics."""

    def __init__(self, code: str, message: str, fields: Mapping[str, Any], events: Sequence[ThrottleEvent]) -> None:
        super().__init__(code, message, 400, fields)
        self.events = tuple(events)


class Throttling(Observer):
    """Thread safe. Without an active throttle it does nothing."""

    def __init__(self, *throttles: Throttle) -> None:
        self._owed: dict[Throttle, float] = dict.fromkeys(throttles, 0.0)
        self._met: Counter[Throttle] = Counter()
        self._refused: Counter[Throttle] = Counter()
        self._lock = Lock()

    def activate(self, throttle: Throttle) -> None:
        """Put it in force, within its own times."""
        with self._lock:
            self._owed.setdefault(throttle, 0.0)

    def deactivate(self, throttle: Throttle) -> None:
        """Take it out of force."""
        with self._lock:
            self._owed.pop(throttle, None)

    def met(self, throttle: Throttle) -> int:
        """How many requests touched what it throttles while it was in force: refused ones and others, each try of an SDK by itself."""
        with self._lock:
            return self._met[throttle]

    def refused(self, throttle: Throttle) -> int:
        """How many of those it refused."""
        with self._lock:
            return self._refused[throttle]

    def before(self, call: Call) -> None:
        """Reads of table and index, and writes of the table, are known from the request."""
        if call.service != "dynamodb" or call.operation not in (*READS, *WRITES):
            return
        access: Access = "Read" if call.operation in READS else "Write"
        index: str | None = call.request.get("IndexName")
        for throttle in self._active(call, access):
            if throttle.index == index:
                items = [number for number, name in enumerate(_tables(call)) if throttle.table in (None, name)]
                self._refuse(call, throttle, access, items)

    def committing(self, call: Call) -> None:
        """Writes of an index are known from what they changed."""
        for throttle in self._active(call, "Write"):
            if throttle.index is not None:
                touched = [
                    write for write in call.writes if throttle.table in (None, write.table) and _touches(call, write, throttle.index)
                ]
                if touched:
                    self._refuse(call, throttle, "Write", _positions(call, touched))

    def _active(self, call: Call, access: Access) -> list[Throttle]:
        if not self._owed or call.service != "dynamodb":
            return []
        with self._lock:
            return [throttle for throttle in self._owed if throttle.access in (None, access) and throttle.active(call.at)]

    def _refuse(self, call: Call, throttle: Throttle, access: Access, items: Sequence[int]) -> None:
        tables = _tables(call)
        known = [known_table(tables[item], call.account, call.region) for item in items]
        found = [(item, table) for item, table in zip(items, known) if table is not None]
        if found and self._due(throttle):
            raise _refusal(call, throttle, access, found)

    def _due(self, throttle: Throttle) -> bool:
        with self._lock:
            owed = self._owed.get(throttle, 0.0) + throttle.share
            due = owed >= 1 - 1e-9
            if throttle in self._owed:
                self._owed[throttle] = owed - 1 if due else owed
            self._met[throttle] += 1
            self._refused[throttle] += due
            return due


def _refusal(call: Call, throttle: Throttle, access: Access, found: Sequence[tuple[int, KnownTable]]) -> Throttled:
    events = [ThrottleEvent(table.name, throttle.index, access, throttle.cause) for _, table in found]
    table = found[0][1]
    if call.operation.startswith("Transact"):
        code, message = _ON_DEMAND if table.on_demand else _PROVISIONED
        reasons: list[dict[str, Any]] = [{"Code": "None"} for _ in call.request["TransactItems"]]
        for item, _ in found:
            reasons[item] = {"Code": code, "Message": message}
        codes = ", ".join(reason["Code"] for reason in reasons)
        text = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
        return Throttled("TransactionCanceledException", text, {"CancellationReasons": reasons}, events)
    reason = f"{'Index' if throttle.index else 'Table'}{access}{LIMITS[throttle.cause]}Exceeded"
    fields = {"ThrottlingReasons": [{"reason": reason, "resource": table.resource_arn(throttle.index)}]}
    if throttle.cause == "account":
        text = "Throughput exceeds the current throughput quota for your account."
        return Throttled("RequestLimitExceeded", text, fields, events)
    text = f"The request was denied due to request throttling: {reason} on {table.resource_arn(throttle.index)}"
    return Throttled("ProvisionedThroughputExceededException", text, fields, events)


def _tables(call: Call) -> list[str]:
    """The table of each item of the request, in order."""
    request = call.request
    if call.operation.startswith("Transact"):
        return [name_of(body["TableName"]) for item in request["TransactItems"] for body in item.values()]
    if call.operation.startswith("Batch"):
        return [name_of(table) for table, content in request["RequestItems"].items() for _ in _batch_items(content)]
    return [name_of(request["TableName"])]


def _batch_items(content: Any) -> Sequence[Any]:
    """Of BatchWriteItem a list, of BatchGetItem the keys."""
    return content if isinstance(content, list) else content["Keys"]  # pyright: ignore[reportUnknownVariableType]  # Any in, Any out


def _positions(call: Call, writes: Iterable[Write]) -> list[int]:
    """Where in a transaction these writes are; elsewhere they are counted from the front."""
    writes = list(writes)
    if call.operation != "TransactWriteItems":
        return list(range(len(writes)))
    touched = [(write.table, write.key) for write in writes]
    bodies = [body for item in call.request["TransactItems"] for body in item.values()]
    return [number for number, body in enumerate(bodies) if any(_is_of(body, *each) for each in touched)]


def _is_of(body: Mapping[str, Any], table: str, key: Mapping[str, Any]) -> bool:
    image: Mapping[str, Any] = body["Item"] if "Item" in body else body["Key"]
    return name_of(body["TableName"]) == table and all(image.get(name) == value for name, value in key.items())


def _touches(call: Call, write: Write, index: str) -> bool:
    table = known_table(write.table, call.account, call.region)
    if table is None:
        return False
    indexes = [known for known in table.indexes if known.name == index]
    return bool(write_cost(write.old, write.new, indexes, table.key).indexes)
