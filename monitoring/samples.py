"""Measurements by the minute, kept whole: any statistic can be asked of them afterwards."""

from collections.abc import Mapping
from datetime import UTC, datetime
from threading import Lock

from monitoring.errors import MonitoringError
from monitoring.measured import MINUTE
from monitoring.metrics import Metric
from monitoring.names import text
from monitoring.statistic import parse_statistic

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
        statistic = parse_statistic(metric.statistic)
        return {time: statistic.of(values) for time, values in self._periods(metric, start, end, period_seconds).items()}

    def counts(self, metric: Metric, start: datetime, end: datetime, period_seconds: int | None = None) -> dict[datetime, int]:
        """Start of a period -> how many measurements it holds."""
        return {time: sum(values.values()) for time, values in self._periods(metric, start, end, period_seconds).items()}

    def metrics(self) -> list[tuple[str, str, dict[str, str]]]:
        """Namespace, name and dimensions of every series, in order."""
        with self._lock:
            series = list(self._series)
        return sorted(
            ((space, name, dict(sorted(pairs))) for space, name, pairs in series), key=lambda each: (each[0], each[1], str(each[2]))
        )

    def _periods(self, metric: Metric, start: datetime, end: datetime, period_seconds: int | None) -> dict[datetime, dict[float, int]]:
        identity = (metric.namespace, metric.name, frozenset((name, text(value)) for name, value in metric.dimensions.items()))
        minutes_each = (period_seconds or metric.period_seconds) // MINUTE
        first, last = int(start.timestamp()) // MINUTE, int(end.timestamp()) // MINUTE
        found: dict[datetime, dict[float, int]] = {}
        with self._lock:
            series = self._series.get(identity, {})
            wanted = range(first, last) if last - first < len(series) else sorted(minute for minute in series if first <= minute < last)
            for minute in wanted:
                if minute not in series:
                    continue
                begin = first + (minute - first) // minutes_each * minutes_each
                if begin + minutes_each > last:
                    continue
                values = found.setdefault(datetime.fromtimestamp(begin * MINUTE, UTC), {})
                for value, count in series[minute].items():
                    values[value] = values.get(value, 0) + count
        return found
