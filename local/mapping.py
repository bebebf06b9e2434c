"""Delivers a stream, a table's or one of Kinesis, to a function by the settings of the deployed event source mapping, on the simulated clock.

Nothing sleeps: `poll()` does what is due now. Rules of the Lambda guide, "Using AWS Lambda with Amazon DynamoDB", "Configuring partial
batch response" and "Retaining discarded records". Assumed where the guide is silent: a split costs no retry; a batch that fails at its
first record is halved; partial progress does not reset the count of retries; the wait doubles from 1 s to 60 s.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from local.filters import Pattern, matches, parse
from local.functions import Outcome, Throttled
from local.stream_event import Record, failure_message
from local.stream_source import StreamSource

MAX_BATCH_BYTES = 6 * 1024 * 1024 - 1024  # the payload limit of an invocation, less the frame around the records
_PAGE = 1000
_LONGEST_WAIT_SECONDS = 60


class UnsupportedMapping(Exception):
    """An event source mapping asks for something that only AWS can do."""

    code = "unsupported-mapping"


@dataclass(frozen=True, slots=True)
class MappingSettings:
    """What ListEventSourceMappings tells of one mapping. None: without limit, or not set."""

    uuid: str
    function_arn: str
    stream_arn: str
    enabled: bool
    starting_position: str
    starting_moment: datetime | None
    batch_size: int
    window_seconds: int
    lanes: int
    retries: int | None
    max_age_seconds: int | None
    bisect: bool
    partial_failures: bool
    filters: tuple[Pattern, ...]
    failure_destination: str | None
    event_counts: bool

    @classmethod
    def from_configuration(cls, given: Mapping[str, Any]) -> MappingSettings:
        """Of one entry of ListEventSourceMappings. Raises UnsupportedMapping for tumbling windows and sources other than a stream."""
        source = str(given.get("EventSourceArn", ""))
        if not re.fullmatch(r"arn:[^:]+:(dynamodb:.+/stream/.+|kinesis:.+:stream/[^/]+)", source):
            raise UnsupportedMapping(
                f"mapping {given['UUID']} reads {source or 'no ARN'}: streams of DynamoDB tables and of Kinesis are polled here, and nothing else"
            )
        if given.get("TumblingWindowInSeconds"):
            raise UnsupportedMapping(f"mapping {given['UUID']} has a tumbling window, which is not done here: leave it out or test on AWS")
        retries, age = int(given.get("MaximumRetryAttempts", -1)), int(given.get("MaximumRecordAgeInSeconds", -1))
        criteria = cast("Mapping[str, Any]", given.get("FilterCriteria") or {})
        destination = cast("dict[str, dict[str, Any]]", given.get("DestinationConfig") or {}).get("OnFailure") or {}
        return cls(
            uuid=str(given["UUID"]),
            function_arn=str(given["FunctionArn"]),
            stream_arn=source,
            enabled=given.get("State", "Enabled") in {"Enabled", "Enabling", "Creating", "Updating"},
            starting_position=str(given.get("StartingPosition", "TRIM_HORIZON")),
            starting_moment=given.get("StartingPositionTimestamp"),
            batch_size=int(given.get("BatchSize", 100)),
            window_seconds=int(given.get("MaximumBatchingWindowInSeconds", 0)),
            lanes=int(given.get("ParallelizationFactor", 1)),
            retries=None if retries < 0 else retries,
            max_age_seconds=None if age < 0 else age,
            bisect=bool(given.get("BisectBatchOnFunctionError", False)),
            partial_failures="ReportBatchItemFailures" in (given.get("FunctionResponseTypes") or ()),
            filters=tuple(parse(str(one["Pattern"])) for one in criteria.get("Filters", ())),
            failure_destination=destination.get("Destination"),
            event_counts="EventCount" in (cast("Mapping[str, Any]", given.get("MetricsConfig") or {}).get("Metrics") or ()),
        )


@dataclass(slots=True)
class Counts:
    """The mapping's metrics of the group EventCount since `take()` (Lambda guide, "Event source mapping metrics")."""

    polled: int = 0
    filtered_out: int = 0
    invoked: int = 0
    failed_invoke: int = 0
    dropped: int = 0
    on_failure_delivered: int = 0

    def metrics(self) -> dict[str, int]:
        """By the names of CloudWatch."""
        return {
            "PolledEventCount": self.polled,
            "FilteredOutEventCount": self.filtered_out,
            "InvokedEventCount": self.invoked,
            "FailedInvokeEventCount": self.failed_invoke,
            "DroppedEventCount": self.dropped,
            "OnFailureDestinationDeliveredEventCount": self.on_failure_delivered,
        }


class Destination(Protocol):
    """Sends the message about discarded records to the destination ARN, as the function's role. Raises whatever refuses it."""

    def __call__(self, arn: str, body: str, /) -> None: ...


@dataclass(slots=True)
class _Batch:
    records: list[Record]
    due: datetime
    attempts: int = 0
    invocations: int = 0
    request_id: str = ""
    error: str | None = None


@dataclass(slots=True)
class _Lane:
    """Records of some keys, in their order: one batch of a lane at a time."""

    shard: str
    waiting: deque[tuple[Record, datetime]] = field(default_factory=deque[tuple[Record, datetime]])
    batches: deque[_Batch] = field(default_factory=deque[_Batch])


@dataclass(slots=True)
class _Shard:
    name: str
    parent: str | None
    lanes: tuple[_Lane, ...]
    iterator: str | None = None
    finished: bool = False


class StreamMapping:
    """One mapping at work. `source` reads the stream with the permissions of the function's role.

    `aged` is told the iterator age in milliseconds at each invocation. `problem` says why the last poll could not read or report, as
    AWS shows it under LastProcessingResult; None when it could.
    """

    def __init__(
        self,
        settings: MappingSettings,
        source: StreamSource,
        invoke: Callable[[Mapping[str, Any]], Outcome],
        now: Callable[[], datetime],
        *,
        send: Destination,
        aged: Callable[[float], None] = lambda _: None,
    ) -> None:
        self.settings = settings
        self.problem: str | None = None
        self._source = source
        self._invoke = invoke
        self._now = now
        self._send = send
        self._aged = aged
        self._counts = Counts()
        self._lock = threading.Lock()
        self._shards: dict[str, _Shard] = {}

    def take_counts(self) -> Counts:
        """What happened since the last call."""
        with self._lock:
            taken, self._counts = self._counts, Counts()
        return taken

    @property
    def idle(self) -> bool:
        """Nothing read is waiting for a delivery."""
        return not any(lane.waiting or lane.batches for shard in self._shards.values() for lane in shard.lanes)

    def poll(self) -> None:
        """Reads what the stream has and delivers what is due. A disabled mapping does nothing."""
        if not self.settings.enabled:
            return
        self.problem = None
        try:
            self._read()
        except Exception as error:  # whatever refuses the stream stops this mapping and nothing else, as on AWS
            self.problem = f"PROBLEM: cannot read {self.settings.stream_arn}: {error}"
        lanes = [lane for shard in self._shards.values() for lane in shard.lanes if lane.waiting or lane.batches]
        if len(lanes) < 2:
            for lane in lanes:
                self._run(lane)
            return
        with ThreadPoolExecutor(len(lanes)) as pool:
            list(pool.map(self._run, lanes))

    # Reading

    def _read(self) -> None:
        self._find_shards()
        for shard in self._shards.values():
            parent = self._shards.get(shard.parent or "")
            if shard.finished or (parent is not None and not (parent.finished and self._delivered(parent))):
                continue
            self._read_shard(shard)

    def _find_shards(self) -> None:
        for found in self._source.shards():
            if found.name not in self._shards:
                lanes = tuple(_Lane(found.name) for _ in range(self.settings.lanes))
                self._shards[found.name] = _Shard(found.name, found.parent, lanes)

    @staticmethod
    def _delivered(shard: _Shard) -> bool:
        return not any(lane.waiting or lane.batches for lane in shard.lanes)

    def _read_shard(self, shard: _Shard) -> None:
        if shard.iterator is None:
            # A mapping that starts at LATEST reads shards opened later from their beginning.
            kind = self.settings.starting_position if shard.parent is None else "TRIM_HORIZON"
            shard.iterator = self._source.iterator(shard.name, kind, self.settings.starting_moment)
        while shard.iterator is not None:
            records, shard.iterator = self._source.page(shard.name, shard.iterator, _PAGE)
            for record in records:
                self._arrived(shard, record)
            if len(records) < _PAGE:
                break
        shard.finished = shard.iterator is None

    def _arrived(self, shard: _Shard, record: Record) -> None:
        wanted = not self.settings.filters or any(matches(pattern, self._source.seen(record)) for pattern in self.settings.filters)
        self._count(polled=1, filtered_out=0 if wanted else 1)
        if wanted:
            digest = hashlib.sha256(self._source.key(record).encode()).digest()
            shard.lanes[int.from_bytes(digest[:8]) % len(shard.lanes)].waiting.append((record, self._now()))

    # Delivering

    def _run(self, lane: _Lane) -> None:
        while batch := self._due(lane):
            self._deliver(lane, batch)

    def _due(self, lane: _Lane) -> _Batch | None:
        """The lane's next batch; None while it waits for a retry, for its window or for records."""
        now = self._now()
        if lane.batches:
            return lane.batches[0] if lane.batches[0].due <= now else None
        if not lane.waiting:
            return None
        full = len(lane.waiting) >= self.settings.batch_size
        if not full and now < lane.waiting[0][1] + timedelta(seconds=self.settings.window_seconds):
            return None
        records: list[Record] = []
        size = 0
        while lane.waiting and len(records) < self.settings.batch_size:
            size += len(json.dumps(lane.waiting[0][0]))
            if records and size > MAX_BATCH_BYTES:
                break
            records.append(lane.waiting.popleft()[0])
        lane.batches.append(_Batch(records, now))
        return lane.batches[0]

    def _deliver(self, lane: _Lane, batch: _Batch) -> None:
        kept = self._source.retention_seconds
        limit = min(kept, self.settings.max_age_seconds or kept)
        oldest = self._now() - timedelta(seconds=limit)
        expired = sum(1 for record in batch.records if self._source.created_at(record) < oldest)
        if expired:
            self._discard(lane, batch, batch.records[:expired], "RecordAgeExceeded")
            batch.records = batch.records[expired:]
        if batch.records:
            self._try(lane, batch)
        else:
            lane.batches.popleft()

    def _try(self, lane: _Lane, batch: _Batch) -> None:
        records = batch.records
        self._aged(max(0.0, (self._now() - self._source.created_at(records[-1])).total_seconds() * 1000))
        self._count(invoked=len(records))
        batch.invocations += 1
        try:
            outcome = self._invoke({"Records": records})
        except Throttled as refused:
            done, batch.error, batch.request_id = 0, "TooManyRequestsException", str(refused)
        else:
            done = self._handled(outcome, records)
            batch.error, batch.request_id = None if outcome.error is None else "Unhandled", outcome.request_id
        self._count(failed_invoke=len(records) - done)
        if done == len(records):
            lane.batches.popleft()
            return
        batch.records = records[done:]
        if self.settings.bisect and (done or len(records) > 1):
            if not done:
                middle = len(records) // 2
                rest = _Batch(records[middle:], batch.due, batch.attempts, batch.invocations)
                batch.records = records[:middle]
                lane.batches.insert(1, rest)
            return
        batch.attempts += 1
        if self.settings.retries is not None and batch.attempts > self.settings.retries:
            self._discard(lane, batch, batch.records, "RetryAttemptsExhausted")
            lane.batches.popleft()
            return
        batch.due = self._now() + timedelta(seconds=min(2 ** (batch.attempts - 1), _LONGEST_WAIT_SECONDS))

    def _handled(self, outcome: Outcome, records: list[Record]) -> int:
        """How many records from the front are done. An answer that cannot be understood means that the whole batch failed."""
        if outcome.error is not None:
            return 0
        if not self.settings.partial_failures:
            return len(records)
        answer: Any = outcome.json()
        failures: Any = cast("Mapping[str, Any]", answer).get("batchItemFailures") if isinstance(answer, Mapping) else None
        if not failures:
            return len(records)
        places = {self._source.number(record): place for place, record in enumerate(records)}
        try:
            return min(places[one["itemIdentifier"]] for one in failures)
        except (KeyError, TypeError):
            return 0

    def _discard(self, lane: _Lane, batch: _Batch, records: list[Record], condition: str) -> None:
        destination = self.settings.failure_destination
        if destination is None:
            self._count(dropped=len(records))
            return
        body = failure_message(
            self._source,
            records,
            condition=condition,
            shard=lane.shard,
            function_arn=self.settings.function_arn,
            request_id=batch.request_id,
            invocations=batch.invocations,
            function_error=batch.error,
            at=self._now(),
        )
        try:
            self._send(destination, body)
        except Exception as error:  # a destination that refuses loses the records, as on AWS
            self.problem = f"PROBLEM: cannot send {len(records)} discarded records to {destination}: {error}"
            self._count(dropped=len(records))
        else:
            self._count(on_failure_delivered=len(records))

    def _count(self, **changes: int) -> None:
        with self._lock:
            for name, change in changes.items():
                setattr(self._counts, name, getattr(self._counts, name) + change)
