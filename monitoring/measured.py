"""What was measured, whoever keeps it, and the points that a chart or an alarm sees of it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Protocol, runtime_checkable

from monitoring.errors import MonitoringError
from monitoring.formulas import Scope, Series, Value, calculate
from monitoring.metrics import MINUTE, Expression, Metric, Source, metrics_of, period_of
from monitoring.query import Function, Query, reduced
from monitoring.search import MOST_SERIES, Search
from monitoring.syntax import parse

__all__ = [
    "MINUTE",
    "Measured",
    "Sliding",
    "answer",
    "minute_start",
    "named_series",
    "period_of",
    "periods",
    "series_of",
    "sliding",
    "sliding_counts",
]


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


@runtime_checkable
class Sliding(Protocol):
    """Measurements that know a quick way to the periods that begin at any minute."""

    def sliding(self, metric: Metric, start: datetime, end: datetime, period_seconds: int) -> Mapping[datetime, float]: ...


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
    return _one_series(_calculated(source, measured, start, end, period), times, source)


def named_series(
    source: Source, measured: Measured, start: datetime, end: datetime, period_seconds: int | None = None
) -> dict[str, dict[datetime, float]]:
    """All series of a source by the name that a chart gives each: the group of a query, what a search found, or the source's own label."""
    period = period_seconds or period_of(source)
    if isinstance(source, Expression):
        asked = parse(source.text)
        if isinstance(asked, Search):
            return _found(asked, measured, start, end, period)
        if isinstance(asked, Query) and asked.groups:
            return {" ".join(group): series for group, series in answer(asked, measured, start, end, period).items()}
        if source.kind == "list":
            value = _calculated(source, measured, start, end, period)
            return {str(number + 1): dict(series) for number, series in enumerate(value)} if isinstance(value, list) else {}
    name = source.label or (source.name if isinstance(source, Metric) else source.text)
    return {name: series_of(source, measured, start, end, period)}


def answer(
    query: Query, measured: Measured, start: datetime, end: datetime, period_seconds: int
) -> dict[tuple[str, ...], dict[datetime, float]]:
    """Group -> its series, in the query's order; one group without a name where it has no GROUP BY. Series without points are not there."""
    members: dict[tuple[str, ...], list[Metric]] = {}
    for namespace, name, dimensions in measured.metrics():
        if query.takes(namespace, name, dimensions):
            metric = Metric(namespace, name, dimensions, _STATISTICS[query.function], period_seconds)
            members.setdefault(query.group_of(dimensions), []).append(metric)
    series = {group: _together(query.function, metrics, measured, start, end) for group, metrics in sorted(members.items())}
    groups = [group for group in series if series[group]]
    if by := query.order:
        groups.sort(key=lambda group: reduced(list(series[group].values()), by), reverse=query.descending)
    return {group: series[group] for group in groups[: query.limit]}


_STATISTICS: Final[Mapping[Function, str]] = {
    "SUM": "Sum",
    "AVG": "Average",
    "MIN": "Minimum",
    "MAX": "Maximum",
    "COUNT": "SampleCount",
}


def _together(function: Function, metrics: list[Metric], measured: Measured, start: datetime, end: datetime) -> dict[datetime, float]:
    """One statistic over the measurements of all metrics."""
    points: dict[datetime, list[tuple[float, float]]] = {}
    for metric in metrics:
        counts = measured.counts(metric, start, end) if function == "AVG" else dict[datetime, int]()
        for time, value in measured.statistics(metric, start, end).items():
            points.setdefault(time, []).append((value, counts.get(time, 1)))
    return {time: _combined(function, points[time]) for time in sorted(points)}


def _combined(function: Function, values: list[tuple[float, float]]) -> float:
    """values: of each metric, with the number of its measurements."""
    match function:
        case "MIN":
            return min(value for value, _ in values)
        case "MAX":
            return max(value for value, _ in values)
        case "AVG":
            return sum(value * count for value, count in values) / sum(count for _, count in values)
        case "SUM" | "COUNT":
            return sum(value for value, _ in values)


def _found(search: Search, measured: Measured, start: datetime, end: datetime, period_seconds: int) -> dict[str, dict[datetime, float]]:
    """What a series is called -> its points."""
    period = search.period_seconds or period_seconds
    taken = [series for series in measured.metrics() if search.takes(*series)]
    return {
        " ".join((name, *dimensions.values())): dict(
            measured.statistics(Metric(namespace, name, dimensions, search.statistic, period), start, end, period)
        )
        for namespace, name, dimensions in taken[:MOST_SERIES]
    }


def _calculated(source: Expression, measured: Measured, start: datetime, end: datetime, period: int) -> Value:
    def found(asked: Query | Search) -> Value:
        if isinstance(asked, Search):
            return list[Series](_found(asked, measured, start, end, period).values())
        series = answer(asked, measured, start, end, period)
        return list[Series](series.values()) if asked.groups else series.get((), {})

    times = periods(start, end, period)
    metrics = list(metrics_of(source))
    values: dict[str, Value] = {}
    for name, inner in (*source.sources().items(), ("", source)):
        if isinstance(inner, Metric):
            values[name] = dict(measured.statistics(inner, start, end, period))
        else:
            values[name] = calculate(inner.text, Scope(values, metrics, times, period, found))
    return values[""]


def _one_series(value: Value, times: list[datetime], source: Expression) -> dict[datetime, float]:
    if isinstance(value, int | float):
        return dict.fromkeys(times, value)
    if isinstance(value, Mapping):
        return dict(value)
    raise MonitoringError("invalid-formula", f"{source.text!r} results in {len(value)} series: take SUM, MAX, MIN or AVG of them")


def sliding(source: Source, measured: Measured, start: datetime, end: datetime, period_seconds: int) -> dict[datetime, float]:
    """Start of a period -> its point, for the periods that begin at any full minute from `start` on, as an alarm asks for them."""
    if isinstance(source, Metric) and isinstance(measured, Sliding):
        return dict(measured.sliding(source, start, end, period_seconds))
    found: dict[datetime, float] = {}
    for minute in range(period_seconds // MINUTE):
        found |= series_of(source, measured, start + timedelta(minutes=minute), end, period_seconds)
    return found


def sliding_counts(metric: Metric, measured: Measured, start: datetime, end: datetime, period_seconds: int) -> dict[datetime, int]:
    """As `sliding`, how many measurements a period holds."""
    found: dict[datetime, int] = {}
    for minute in range(period_seconds // MINUTE):
        found |= measured.counts(metric, start + timedelta(minutes=minute), end, period_seconds)
    return found


def periods(start: datetime, end: datetime, period_seconds: int) -> list[datetime]:
    """The starts of all full periods from `start`, moved back to a full minute, to `end`."""
    first, last = int(start.timestamp()) // MINUTE, int(end.timestamp()) // MINUTE
    return [minute_start(minute) for minute in range(first, last - period_seconds // MINUTE + 1, period_seconds // MINUTE)]


@lru_cache(maxsize=131_072)
def minute_start(minute: int) -> datetime:
    """minute: since 1970. The same object for the same minute, so that looking it up costs little: 90 days are kept."""
    return datetime.fromtimestamp(minute * MINUTE, UTC)
