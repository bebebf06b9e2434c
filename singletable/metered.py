"""What each access pattern is used for: how often, how long it takes, what it costs. Measured by the store, told as metrics of CloudWatch."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from time import perf_counter
from typing import Any, TypeVar, cast

from singletable.cursors import CursorKeys
from singletable.errors import ServiceError, Throttled
from singletable.fields import utc_now
from singletable.patterns import BoundMany, BoundOne
from singletable.store import Page, Store
from singletable.transactions import BoundTransaction, BoundUpdate
from singletable.transport import Transport
from singletable.values import value
from singletable.writes import Written

E = TypeVar("E")

NAMESPACE = "SingleTable"
TABLE, PATTERN = DIMENSIONS = ("TableName", "Pattern")
LATENCY, READ_UNITS, WRITE_UNITS, REFUSED = METRICS = ("Latency", "ReadUnits", "WriteUnits", "Refused")
"""Latency: milliseconds of a call that was answered; their number is the number of calls. Units: of one call, where it used any.
Refused: a call that was throttled until the transport gave up.
"""
UNITS: Mapping[str, str] = {LATENCY: "Milliseconds"}
"""As CloudWatch names them. Default: Count."""
READING = ("GetItem", "Query")

_END = object()


@value
class Measurement:
    """One call of a pattern. milliseconds: as its caller waits, with every request and retry; None: it was not answered."""

    pattern: str
    milliseconds: float | None
    read_units: float
    write_units: float
    refused: bool

    @property
    def metrics(self) -> dict[str, float]:
        """Name -> value, without what there was none of."""
        found = {READ_UNITS: self.read_units, WRITE_UNITS: self.write_units, REFUSED: float(self.refused)}
        latency = {} if self.milliseconds is None else {LATENCY: round(self.milliseconds, 3)}
        return latency | {name: number for name, number in found.items() if number}


def metric_line(table: str, measured: Measurement, at: datetime) -> dict[str, Any]:
    """A line for a function's log, of which CloudWatch makes metrics (user guide, "Specification: Embedded metric format").

    It names the pattern, never a key or a value.
    """
    metrics = measured.metrics
    declared = [{"Name": name, "Unit": UNITS.get(name, "Count")} for name in metrics]
    meaning = {"Namespace": NAMESPACE, "Dimensions": [list(DIMENSIONS)], "Metrics": declared}
    told = {"_aws": {"Timestamp": int(at.timestamp() * 1000), "CloudWatchMetrics": [meaning]}}
    return {**told, TABLE: table, PATTERN: measured.pattern, **metrics}


class MeteredStore(Store):
    """A store that reports every call of a pattern that it sent. Can be shared by threads where the transport and `report` can.

    report: is told of a call when it has ended, well or not. timer: seconds that only grow. Default: the machine's.
    Asks DynamoDB what a call used; the answer costs nothing.
    """

    def __init__(
        self,
        transport: Transport,
        table_name: str,
        report: Callable[[Measurement], object],
        *,
        clock: Callable[[], datetime] = utc_now,
        cursors: CursorKeys | None = None,
        timer: Callable[[], float] = perf_counter,
    ) -> None:
        super().__init__(_Counting(transport), table_name, clock=clock, cursors=cursors)
        self._report = report
        self._timer = timer

    def get(self, bound: BoundOne[E]) -> E | None:
        with self._measured(bound):
            return super().get(bound)

    def page(self, bound: BoundMany[E], *, limit: int | None = None, cursor: str | None = None, caller: str | None = None) -> Page[E]:
        with self._measured(bound):
            return super().page(bound, limit=limit, cursor=cursor, caller=caller)

    def all(self, bound: BoundMany[E]) -> Iterator[E]:
        """One call, however many pages it reads; what its caller does between two items is not in its time."""
        call, items = _Spent(), super().all(bound)
        try:
            while True:
                with self._counted(call):
                    item = next(items, _END)
                if item is _END:
                    return
                yield cast("E", item)
        finally:
            self._tell(bound, call)

    def update(self, bound: BoundUpdate[E]) -> E:
        with self._measured(bound):
            return super().update(bound)

    def write(self, bound: BoundTransaction, *, token: str | None = None) -> Written:
        with self._measured(bound):
            return super().write(bound, token=token)

    @contextmanager
    def _measured(self, bound: object) -> Generator[None]:
        call = _Spent()
        try:
            with self._counted(call):
                yield
        finally:
            self._tell(bound, call)

    @contextmanager
    def _counted(self, call: "_Spent") -> Generator[None]:
        token, started = _current.set(call), self._timer()
        try:
            yield
        except Throttled:
            call.answered, call.refused = False, True
            raise
        except ServiceError:
            call.answered = False
            raise
        finally:
            call.seconds += self._timer() - started
            _current.reset(token)

    def _tell(self, bound: Any, call: "_Spent") -> None:
        """Of what was never sent there is nothing to tell."""
        if call.requests:
            milliseconds = call.seconds * 1000 if call.answered else None
            self._report(Measurement(bound.pattern.name, milliseconds, call.read_units, call.write_units, call.refused))


class _Spent:
    """What a call of a pattern has come to so far."""

    __slots__ = ("answered", "read_units", "refused", "requests", "seconds", "write_units")

    def __init__(self) -> None:
        self.requests, self.answered, self.refused = 0, True, False
        self.seconds = self.read_units = self.write_units = 0.0


_current: ContextVar[_Spent | None] = ContextVar("call", default=None)


class _Counting:
    """A transport that asks what each request used."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def call(self, operation: str, request: Mapping[str, Any], /) -> dict[str, Any]:
        call = _current.get()
        if call is None:
            return self._transport.call(operation, request)
        call.requests += 1
        answer = self._transport.call(operation, {**request, "ReturnConsumedCapacity": "TOTAL"})
        units = sum(each.get("CapacityUnits", 0.0) for each in _consumed(answer))
        if operation in READING:
            call.read_units += units
        else:
            call.write_units += units
        return answer


def _consumed(answer: Mapping[str, Any]) -> Sequence[Mapping[str, float]]:
    """Of one table, or of each table of a transaction."""
    told = answer.get("ConsumedCapacity") or ()
    return cast("Sequence[Mapping[str, float]]", [told] if isinstance(told, Mapping) else told)
