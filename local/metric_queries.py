"""The queries of GetMetricData over what was measured here: metrics, and metric math over them.

CloudWatch API reference, GetMetricData. A period that has begun is answered too, with what there is of it, as CloudWatch does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from types import MappingProxyType
from typing import Any, cast

from local.calls import Refusal
from monitoring.errors import MonitoringError
from monitoring.measured import MINUTE, Measured, named_series, period_of
from monitoring.metrics import Expression, Metric, Source
from monitoring.statistic import parse_statistic
from monitoring.syntax import uses

MOST_QUERIES = 500
MOST_DATAPOINTS = 100_800
"""In one answer, and the default of MaxDatapoints."""
_SHORT_PERIODS = (1, 5, 10, 20, 30)

Query = Mapping[str, Any]


class AskedMetric(Metric):
    """A metric as somebody asks for it: CloudWatch answers "nothing" for one that does not exist, it does not refuse it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "dimensions", MappingProxyType(dict(self.dimensions)))

    @classmethod
    def of(cls, metric: Mapping[str, Any], statistic: str, period_seconds: int) -> AskedMetric:
        """Of a Metric structure. Raises Refusal for a statistic or period that there is not."""
        try:
            parse_statistic(statistic)
        except MonitoringError as wrong:
            raise invalid(f"The value {statistic} for parameter Stat is not supported. ({wrong})") from wrong
        if period_seconds not in _SHORT_PERIODS and (period_seconds < MINUTE or period_seconds % MINUTE):
            raise invalid("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
        dimensions = {str(each["Name"]): str(each["Value"]) for each in metric.get("Dimensions") or ()}
        # What is kept here has the standard resolution: a shorter period has its points by the minute.
        return cls(str(metric["Namespace"]), str(metric["MetricName"]), dimensions, statistic, max(MINUTE, period_seconds))


@dataclass(frozen=True, slots=True)
class Result:
    """One series of an answer. A query that results in several has several with its id."""

    id: str
    label: str
    points: tuple[tuple[datetime, float], ...]


def invalid(message: str) -> Refusal:
    """CloudWatch's error for a request that makes no sense."""
    return Refusal("ValidationError", message)


def span(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The times of a request, in UTC, the start at a full minute. Raises Refusal for a span without length."""
    start, end = (each.astimezone(UTC) if each.tzinfo else each.replace(tzinfo=UTC) for each in (start, end))
    if start >= end:
        raise invalid("The parameter StartTime must be less than the parameter EndTime.")
    return start.replace(second=0, microsecond=0), end


def points_of(metric: AskedMetric, measured: Measured, start: datetime, end: datetime) -> dict[datetime, float]:
    """Start of a period -> the statistic, for every period that begins before `end`."""
    return dict(measured.statistics(metric, start, _covering(start, end, metric.period_seconds), metric.period_seconds))


def _covering(start: datetime, end: datetime, period_seconds: int) -> datetime:
    return start + timedelta(seconds=period_seconds) * ceil((end - start).total_seconds() / period_seconds)


def answer(queries: Sequence[Query], measured: Measured, start: datetime, end: datetime) -> list[Result]:
    """The results of the queries that return data, in their order, oldest point first. Raises Refusal for a request that AWS refuses."""
    if len(queries) > MOST_QUERIES:
        raise invalid(f"The collection MetricDataQueries must not have a size greater than {MOST_QUERIES}.")
    known = {str(query["Id"]): query for query in queries}
    if len(known) < len(queries):
        raise invalid("The values for parameter Id in MetricDataQueries are not unique.")
    for number, query in enumerate(queries, start=1):
        if ("MetricStat" in query) == ("Expression" in query):
            raise invalid(f"The parameter MetricDataQueries.member.{number} must have either MetricStat or Expression.")
    start, end = span(start, end)
    sources = {name: _source(name, known, ()) for name in known}  # also those that return nothing must have a meaning
    wanted = [query for query in queries if query.get("ReturnData", True)]
    return [result for query in wanted for result in _results(query, sources[str(query["Id"])], measured, start, end)]


def _source(name: str, known: Mapping[str, Query], within: tuple[str, ...]) -> Source:
    query = known[name]
    if stat := cast("Mapping[str, Any]", query.get("MetricStat")):
        return AskedMetric.of(cast("Mapping[str, Any]", stat["Metric"]), str(stat["Stat"]), int(stat["Period"]))
    if name in within:
        raise invalid(f"Error in expression '{name}': it is made from itself")
    text = str(query["Expression"])
    try:
        used = uses(text)
        needed = [each for each in known if each in used.ids or (used.every and "MetricStat" in known[each])]
        inputs = {each: _source(each, known, (*within, name)) for each in needed}
        return Expression(text, inputs, period_seconds=int(query["Period"]) if query.get("Period") else None)
    except MonitoringError as wrong:
        raise invalid(f"Error in expression '{name}': {wrong}") from wrong


def _results(query: Query, source: Source, measured: Measured, start: datetime, end: datetime) -> list[Result]:
    name = str(query["Id"])
    period = source.period_seconds or period_of(source)
    try:
        found = named_series(source, measured, start, _covering(start, end, period), period)
    except MonitoringError as wrong:
        raise invalid(f"Error in expression '{name}': {wrong}") from wrong
    own = str(query.get("Label") or (source.name if isinstance(source, Metric) else name))
    alone = isinstance(source, Metric) or (len(found) == 1 and source.text in found)
    return [Result(name, own if alone else label, tuple(sorted(series.items()))) for label, series in found.items()]


def page(results: Sequence[Result], offset: int, most: int, *, newest_first: bool) -> tuple[list[dict[str, Any]], int | None]:
    """At most `most` points from the `offset`-th on, as MetricDataResults, and where the next page begins; None: nowhere.

    A series that goes on in the next page is PartialData in this one.
    """
    total = sum(len(result.points) for result in results)
    end = min(offset + most, total)
    shown: list[dict[str, Any]] = []
    position = 0
    for result in results:
        first, position = position, position + len(result.points)
        empty_here = not result.points and (offset <= first < end or first == end == total)
        points = result.points[::-1] if newest_first else result.points
        part = points[max(0, offset - first) : max(0, end - first)]
        if part or empty_here:
            status = "PartialData" if position > end else "Complete"
            times, values = [time for time, _ in part], [value for _, value in part]
            shown.append({"Id": result.id, "Label": result.label, "Timestamps": times, "Values": values, "StatusCode": status})
    return shown, end if end < total else None
