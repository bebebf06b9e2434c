"""From what is different in a minute to the measurements of that minute, by the dimensions and emission rules of the catalogue.

What is sent always is recorded also where it is 0; what is sent on an event is recorded only when it happened.
"""

from collections.abc import Mapping
from datetime import datetime
from math import pi, sin
from random import Random
from typing import Final

from monitoring.catalogue.dynamodb import NAMESPACE as DYNAMODB
from monitoring.catalogue.functions import NAMESPACE as LAMBDA
from monitoring.catalogue.messages import QUEUES as SQS
from monitoring.names import text
from monitoring.operations import WRITES
from monitoring.recipes.capacity import READING
from monitoring.samples import Samples
from monitoring.scenarios.minute import USUAL_RUN_MS, Minute, Place
from monitoring.scenarios.traffic import UNITS, Traffic
from monitoring.subjects import FunctionSubject, Stack, StreamSubject
from singletable import metered
from singletable.definition import PatternDefinition

LATENCY_MS: Final = {
    "GetItem": 4,
    "Query": 6,
    "PutItem": 6,
    "UpdateItem": 8,
    "DeleteItem": 6,
    "TransactWriteItems": 18,
    "TransactGetItems": 9,
}
"""Of a healthy table with small items."""
USUAL_MS: Final = 12
"""Of the other operations."""
AROUND_MS: Final = 3
"""What a caller waits beside that: network, signing, decoding."""

TAIL: Final = ((0.02, 1.5), (0.005, 2.2))
"""Share of the calls -> times the usual latency."""

HANDLED: Final = 0.2
"""Share of a stream's records that pass the consumer's filter."""
BATCH: Final = 10
"""Records of a usual run."""


class Weather:
    """Records into `samples`. stack: with the names of a deployment (`named`)."""

    def __init__(self, stack: Stack, samples: Samples, random: Random) -> None:
        self._stack = stack
        self._samples = samples
        self._random = random
        self._table = {"TableName": text(stack.table.name)}
        self._traffic = Traffic(stack)

    def record(self, at: datetime, minute: Minute) -> None:
        rate = minute.traffic * _of_the_day(at) * self._random.uniform(0.95, 1.05)
        refused = self._capacity(at, minute, rate)
        self._operations(at, minute, rate, refused)
        self._items(at, minute, rate)
        self._replicas(at, minute)
        for pattern in self._stack.measured_patterns:
            self._pattern(at, minute, pattern, rate, refused)
        fed = {stream.function for stream in self._stack.streams}
        for function in self._stack.functions:
            if function.label not in fed:
                self._function(at, minute, function, rate)
        for stream in self._stack.streams:
            self._stream(at, minute, stream, rate)

    def _dynamodb(self, at: datetime, metric: str, dimensions: Mapping[str, str], value: float = 1, count: int = 1) -> None:
        self._samples.record(DYNAMODB, metric, dimensions, at, value, count)

    def _lambda(self, at: datetime, metric: str, dimensions: Mapping[str, str], value: float = 1, count: int = 1) -> None:
        self._samples.record(LAMBDA, metric, dimensions, at, value, count)

    def _chance(self, one_in: int) -> bool:
        return self._random.random() * one_in < 1

    def _capacity(self, at: datetime, minute: Minute, rate: float) -> dict[str, float]:
        """Units, limits and throttles of table and indexes. Returns operation -> share of its calls that are refused."""
        refused: dict[str, float] = {}
        for place, usual in self._traffic.units.items():
            access, index = place
            where = self._table | ({"GlobalSecondaryIndexName": index} if index else {})
            limit = self._traffic.limit(place)
            wanted, most = usual * rate + minute.bulk.get(place, 0.0) * 60, limit.units_per_second * 60
            cause, share = minute.cause, minute.throttled.get(place, 0.0)
            if wanted > most:
                cause, share = limit.cause, 1 - most / wanted
            used = min(wanted, most) * (1 - minute.throttled.get(place, 0.0))
            count = round(used)
            self._dynamodb(at, f"Consumed{access}CapacityUnits", where, used / count if count else 0.0, max(count, 1))
            if limit.by_table and at.minute % 5 == 0:
                self._dynamodb(at, limit.metric, where, limit.units_per_second)
            if share:
                self._throttles(at, place, where, cause, share * wanted)
                for operation, needing in self._traffic.needs.get(place, {}).items():
                    refused[operation] = 1 - (1 - refused.get(operation, 0.0)) * (1 - share * needing)
        if at.minute % 5 == 0:
            for limit in {self._traffic.limit(place) for place in self._traffic.units}:
                if not limit.by_table:
                    self._dynamodb(at, limit.metric, {}, limit.units_per_second)
        return refused

    def _throttles(self, at: datetime, place: Place, where: Mapping[str, str], cause: str, events: float) -> None:
        access, _ = place
        count = max(1, round(events))
        self._dynamodb(at, f"{access}ThrottleEvents", where, count=count)
        self._dynamodb(at, f"{access}{cause}ThrottleEvents", where, count=count)

    def _operations(self, at: datetime, minute: Minute, rate: float, refused: Mapping[str, float]) -> None:
        for operation, usual in self._traffic.calls.items():
            where = self._table | {"Operation": operation}
            calls = round(usual * rate * self._random.uniform(0.9, 1.1))
            throttled = round(calls * refused.get(operation, 0.0))
            failed = round(calls * minute.system_errors) or int(self._chance(1500))
            if throttled:
                self._dynamodb(at, "ThrottledRequests", where, count=throttled)
            if failed:
                self._dynamodb(at, "SystemErrors", where, count=failed)
            served = calls - throttled - failed - self._collided(at, minute, operation, calls)
            if served > 0:
                self._served(at, operation, where, served, minute.slowness)

    def _collided(self, at: datetime, minute: Minute, operation: str, calls: int) -> int:
        """Requests that were answered with a false condition or a conflict: neither is a served one."""
        if operation not in WRITES:
            return 0
        counts = {
            "ConditionalCheckFailedRequests": round(calls * minute.false_conditions),
            "TransactionConflict": round(calls * minute.conflicts),
        }
        for metric, count in counts.items():
            if count:
                self._dynamodb(at, metric, self._table, count=count)
        return sum(counts.values())

    def _served(self, at: datetime, operation: str, where: Mapping[str, str], served: int, slowness: float) -> None:
        usual = LATENCY_MS.get(operation, USUAL_MS) * slowness * self._random.uniform(0.9, 1.1)
        rest = served
        for share, times in TAIL:
            if count := round(served * share):
                rest -= count
                self._dynamodb(at, "SuccessfulRequestLatency", where, usual * times, count)
        if rest:
            self._dynamodb(at, "SuccessfulRequestLatency", where, usual, rest)
        if operation in ("Query", "Scan"):
            self._dynamodb(at, "ReturnedItemCount", where, 6, served)

    def _items(self, at: datetime, minute: Minute, rate: float) -> None:
        if self._chance(3):
            self._dynamodb(at, "ConditionalCheckFailedRequests", self._table, count=self._random.randint(1, 4))
        if self._chance(20):
            self._dynamodb(at, "TransactionConflict", self._table, count=self._random.randint(1, 3))
        if self._stack.table.definition.ttl and minute.expires and (expired := round(self._traffic.changes * rate / 10)):
            self._dynamodb(at, "TimeToLiveDeletedItemCount", self._table, expired)

    def _replicas(self, at: datetime, minute: Minute) -> None:
        if minute.copy_ms is None or at.minute % 5:
            return
        for region in self._stack.table.replicas:
            self._dynamodb(at, "ReplicationLatency", self._table | {"ReceivingRegion": region}, minute.copy_ms)

    def _pattern(self, at: datetime, minute: Minute, pattern: PatternDefinition, rate: float, refused: Mapping[str, float]) -> None:
        """What functions publish of a pattern."""
        where = self._table | {metered.PATTERN: pattern.name}
        calls = round(self._traffic.calls_of(pattern) * rate)
        given_up = round(calls * max((refused.get(each, 0.0) for each in pattern.operations), default=0.0))
        milliseconds = sum(LATENCY_MS.get(each, USUAL_MS) for each in pattern.operations) * minute.slowness + AROUND_MS
        units = metered.READ_UNITS if pattern.kind in READING else metered.WRITE_UNITS
        if given_up:
            self._samples.record(metered.NAMESPACE, metered.REFUSED, where, at, 1, given_up)
        if calls > given_up:
            self._samples.record(metered.NAMESPACE, metered.LATENCY, where, at, milliseconds, calls - given_up)
            self._samples.record(
                metered.NAMESPACE, units, where, at, sum(UNITS.get(each, 1.0) for each in pattern.operations), calls - given_up
            )

    def _function(self, at: datetime, minute: Minute, function: FunctionSubject, rate: float) -> None:
        name = {"FunctionName": text(function.name)}
        requests = round(self._traffic.requests(function.patterns) * rate)
        runs = requests - minute.refused_runs
        self._runs(at, name, runs, minute.crashes, minute.refused_runs, max(minute.run_ms, USUAL_RUN_MS * (9 if self._chance(15) else 2)))
        if not function.http or not requests:
            return
        failed = round(requests * minute.turned_away) + minute.crashes + int(self._chance(700))
        self._lambda(at, "UrlRequestCount", name, count=requests)
        self._lambda(at, "UrlRequestLatency", name, USUAL_RUN_MS + 8, requests)
        if failed:
            self._lambda(at, "Url5xxCount", name, count=failed)
        self._lambda(
            at, "Url4xxCount", name, count=max(1, requests // 50) + minute.refused_runs + round(requests * minute.false_conditions)
        )

    def _runs(self, at: datetime, name: Mapping[str, str], runs: int, errors: int, refused: int, slowest_ms: float) -> None:
        if refused:
            self._lambda(at, "Throttles", name, refused)
        if runs <= 0:
            return
        self._lambda(at, "Invocations", name, count=runs)
        self._lambda(at, "Errors", name, errors)
        if not refused:
            self._lambda(at, "Throttles", name, 0)
        if runs > 1:
            self._lambda(at, "Duration", name, min(USUAL_RUN_MS, slowest_ms), runs - 1)
        self._lambda(at, "Duration", name, slowest_ms)
        self._lambda(at, "ConcurrentExecutions", name, max(1, round(runs * slowest_ms / 60_000)))

    def _stream(self, at: datetime, minute: Minute, stream: StreamSubject, rate: float) -> None:
        if minute.waiting is not None:
            self._samples.record(SQS, "ApproximateNumberOfMessagesVisible", {"QueueName": text(stream.queue)}, at, minute.waiting)
        polled = round(self._traffic.changes * rate * minute.polled)
        if not polled:
            return
        mapping = {"EventSourceMappingUUID": text(stream.mapping)}
        handled = max(1, round(polled * HANDLED))
        counts = {
            "PolledEventCount": polled,
            "FilteredOutEventCount": polled - handled,
            "InvokedEventCount": handled,
            "DroppedEventCount": minute.lost,
        }
        for metric, count in counts.items():
            self._lambda(at, metric, mapping, count)
        name = {"FunctionName": text(self._stack.function(stream.function).name)}
        errors = minute.consumer_errors or int(self._chance(900))
        runs = max(errors, round(handled / BATCH), 1)
        self._runs(at, name, runs, errors, 0, USUAL_RUN_MS * 2)
        self._lambda(at, "IteratorAge", name, minute.age_seconds * 1000 + self._random.uniform(0, 300), runs)


def _of_the_day(at: datetime) -> float:
    """Most at four in the afternoon, least at four in the morning."""
    return 0.65 + 0.35 * sin((at.hour * 60 + at.minute - 600) / 720 * pi)
