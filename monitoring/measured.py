"""What was measured, whoever keeps it, and the points that a chart or an alarm sees of it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from monitoring.errors import MonitoringError
from monitoring.formulas import Scope, Value, calculate
from monitoring.metrics import Expression, Metric, Source, metrics_of

MINUTE: Final = 60


class Measured(Protocol):
    """Samples by the minute, a recording, or what a live account answers.

    Periods begin at `start`, which is moved back to a full minute; the last one ends at or before `end`. Default period: the metric's.
    """

    def statistics(self, metric: Metric, start: datetime, end: datetime, period_seconds: int | None = None) -> Mapping[datetime, float]:
        """Start of a period -> the metric's statistic in it; periods without measurements are not there."""
        ...

    def counts(self, metric: Metric, start: datetime, end: datetime, period_seconds: int | None = None) -> Mapping[datetime, int]:
        """Start of a period -> how many measurements it holds."""
        ...

    def metrics(self) -> list[tuple[str, str, dict[str, str]]]:
        """Namespace, name and dimensions of every series, in order."""
        ...


def series_of(
    source: Source, measured: Measured, start: datetime, end: datetime, period_seconds: int | None = None
) -> dict[datetime, float]:
    """The points of a metric, or of metric math over metrics, as a chart or an alarm sees them. A formula that results in one number is
    that number at every time. Raises MonitoringError "invalid-formula" for one that results in several series.
    """
    period = period_seconds or period_of(source)
    if isinstance(source, Metric):
        return dict(measured.statistics(source, start, end, period))
    times = periods(start, end, period)
    metrics = metrics_of(source)
    values: dict[str, Value] = {}
    for name, inner in (*source.sources().items(), ("", source)):
        if isinstance(inner, Metric):
            values[name] = dict(measured.statistics(inner, start, end, period))
        else:
            values[name] = calculate(inner.text, Scope(values, list(metrics), times, period))
    return _one_series(values[""], times, source)


def _one_series(value: Value, times: list[datetime], source: Expression) -> dict[datetime, float]:
    if isinstance(value, int | float):
        return dict.fromkeys(times, value)
    if isinstance(value, Mapping):
        return dict(value)
    raise MonitoringError("invalid-formula", f"{source.text!r} results in {len(value)} series: take SUM, MAX, MIN or AVG of them")


def period_of(source: Source) -> int:
    """The longest period of its metrics, in seconds."""
    return max((metric.period_seconds for metric in metrics_of(source).values()), default=MINUTE)


def periods(start: datetime, end: datetime, period_seconds: int) -> list[datetime]:
    """The starts of all full periods from `start`, moved back to a full minute, to `end`."""
    first = datetime.fromtimestamp(int(start.timestamp()) // MINUTE * MINUTE, UTC)
    count = int((end - first).total_seconds()) // period_seconds
    return [first + timedelta(seconds=period_seconds * number) for number in range(count)]
