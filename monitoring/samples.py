"""Measurements by the minute, kept whole: any statistic can be asked of them afterwards."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from threading import Lock
from typing import TypeVar

from monitoring.errors import MonitoringError
from monitoring.measured import MINUTE, minute_start
from monitoring.metrics import Metric
from monitoring.names import text
from monitoring.statistic import Values, parse_statistic

T = TypeVar("T")
Identity = tuple[str, str, frozenset[tuple[str, str]]]
Minutes = dict[int, dict[float, int]]
"""Minute since 1970 -> value -> how often it was measured."""


class Samples:
    """What was measured, by namespace, metric and dimensions. Safe to use from several threads.

    CloudWatch keeps a metric of standard resolution by the minute; so do these.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._series: dict[Identity, Minutes] = {}

    def record(self, namespace: str, metric: str, dimensions: Mapping[str, str], at: datetime, value: float, count: int = 1) -> None:
        """count: how often this value was measured. Raises MonitoringError "invalid-sample"."""
        if at.tzinfo is None or count < 1:
            raise MonitoringError("invalid-sample", f"{metric} at {at}, {count} times: a time needs a zone, a sample a count above 0")
        minute = int(at.timestamp()) // MINUTE
        with self._lock:
            values = self._series.setdefault((namespace, metric, frozenset(dimensions.items())), {}).setdefault(minute, {})
            values[float(value)] = values.get(float(value), 0) + count

    def statistics(self, metric: Metric, start: datetime, end: datetime, period_seconds: int | None = None) -> dict[datetime, float]:
        """Start of a period -> the statistic of what was measured in it; periods without measurements are not there.

        Periods begin at `start`, which is moved back to a full minute; the last one ends at or before `end`. Default period: the metric's.
        """
        each = (period_seconds or metric.period_seconds) // MINUTE
        return self._statistics(metric, start, end, each, each)

    def sliding(self, metric: Metric, start: datetime, end: datetime, period_seconds: int) -> dict[datetime, float]:
        """As `statistics`, of the periods that begin at any minute from `start` on."""
        return self._statistics(metric, start, end, period_seconds // MINUTE, 1)

    def counts(self, metric: Metric, start: datetime, end: datetime, period_seconds: int | None = None) -> dict[datetime, int]:
        """Start of a period -> how many measurements it holds."""
        each = (period_seconds or metric.period_seconds) // MINUTE
        with self._lock:
            minutes = {minute: sum(values.values()) for minute, values in self._minutes(metric, start, end).items()}
        return {minute_start(begin): sum(inside) for begin, inside in _periods(minutes, start, end, each, each)}

    def metrics(self) -> list[tuple[str, str, dict[str, str]]]:
        """Namespace, name and dimensions of every series, in order."""
        with self._lock:
            series = list(self._series)
        return sorted(
            ((space, name, dict(sorted(pairs))) for space, name, pairs in series), key=lambda each: (each[0], each[1], str(each[2]))
        )

    def _statistics(self, metric: Metric, start: datetime, end: datetime, each: int, step: int) -> dict[datetime, float]:
        statistic = parse_statistic(metric.statistic)
        of, over, together = statistic.of, statistic.over, statistic.together
        with self._lock:
            minutes = self._minutes(metric, start, end)
            if each > 1 and not together:
                periods = _periods(minutes, start, end, each, step)
                return {minute_start(begin): value for begin, inside in periods if (value := over(inside)) is not None}
            values = {minute: value for minute, measured in minutes.items() if (value := of(measured)) is not None}
        if each > 1 and together:
            return {minute_start(begin): together(inside) for begin, inside in _periods(values, start, end, each, step)}
        return {minute_start(minute): value for minute, value in values.items()}

    def _minutes(self, metric: Metric, start: datetime, end: datetime) -> Mapping[int, Values]:
        """What was measured in each minute of a span. Only to be used under the lock."""
        identity = (metric.namespace, metric.name, frozenset((name, text(value)) for name, value in metric.dimensions.items()))
        series = self._series.get(identity, {})
        first, last = int(start.timestamp()) // MINUTE, int(end.timestamp()) // MINUTE
        wanted = range(first, last) if last - first < len(series) else sorted(minute for minute in series if first <= minute < last)
        return {minute: series[minute] for minute in wanted if minute in series}


def _periods(minutes: Mapping[int, T], start: datetime, end: datetime, each: int, step: int) -> Iterator[tuple[int, list[T]]]:
    """What is in each period of `each` minutes, where there is anything. step: minutes from the begin of one period to that of the next."""
    first, last = int(start.timestamp()) // MINUTE, int(end.timestamp()) // MINUTE - each
    for begin in range(first, last + 1, step) if minutes else ():
        if inside := [minutes[minute] for minute in range(begin, begin + each) if minute in minutes]:
            yield begin, inside
