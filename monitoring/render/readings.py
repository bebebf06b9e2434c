"""The points of a chart's lines. Whether a gap is zero, idleness or unknown is decided by the metric catalogue, not by the drawing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitoring.catalogue import Emission
from monitoring.colours import MUTED, NEUTRAL, SERIES
from monitoring.errors import MonitoringError
from monitoring.measured import named_series, period_of, periods, series_of
from monitoring.metrics import Expression, Metric, metrics_of
from monitoring.render.view import View
from monitoring.search import Search
from monitoring.syntax import parse
from monitoring.widgets import Chart, Line


@dataclass(frozen=True)
class Reading:
    """One line, point by point. values: None is a gap. step: from one point to the next. on_event: its metrics are sent only when something
    happens, so a gap is zero.

    silent: nothing was ever measured behind it, so what is drawn as zero is zero by definition. is_recorded: whether the recording that is
    looked at could know.
    """

    line: Line
    times: tuple[datetime, ...]
    values: tuple[float | None, ...]
    on_event: bool
    silent: bool
    step: timedelta
    is_recorded: bool = True

    @property
    def newest(self) -> float | None:
        return self.values[-1] if self.values else None

    @property
    def peak(self) -> tuple[datetime, float] | None:
        """When and how high; the first of equal ones. None: no point at all."""
        known = [(value, -place) for place, value in enumerate(self.values) if value is not None]
        if not known:
            return None
        value, place = max(known)
        return self.times[-place], value

    @property
    def is_empty(self) -> bool:
        return all(value is None for value in self.values)

    @property
    def is_quiet(self) -> bool:
        """Nothing happened in any minute that is known."""
        return not any(self.values)

    @property
    def colour(self) -> str:
        """That of the line; one at which nothing happened draws no attention."""
        return MUTED if self.is_quiet else self.line.color or NEUTRAL

    @property
    def while_active(self) -> bool:
        """Its metrics are sent only while something goes on."""
        metrics = metrics_of(self.line.source).values()
        return bool(metrics) and all(metric.entry is not None and metric.entry.emission is Emission.WHILE_ACTIVE for metric in metrics)

    @property
    def is_by_definition(self) -> bool:
        """Zero, because nothing is sent while nothing happens."""
        return self.silent and self.on_event


def readings(chart: Chart, view: View) -> tuple[Reading, ...]:
    """Read once for a view, however often it is asked for."""
    key = (chart.title, chart.lines)
    if key not in view.read:
        view.read[key] = _told_apart([reading for line in chart.lines for reading in _read(line, view)])
    return view.read[key]


def _told_apart(given: Sequence[Reading]) -> tuple[Reading, ...]:
    """Several lines without a colour get one each, by their names: whichever is the first now, each keeps its own. CloudWatch does the same."""
    names = sorted({each.line.label for each in given if each.line.color is None})
    if len(names) < 2:
        return tuple(given)
    colours = {name: SERIES[place % len(SERIES)] for place, name in enumerate(names)}
    return tuple(replace(each, line=replace(each.line, color=each.line.color or colours[each.line.label])) for each in given)


def _read(line: Line, view: View) -> tuple[Reading, ...]:
    """Of a query with groups, a search and a formula over several series: one for each, by its own name; one that is empty where there are
    none.
    """
    if isinstance(line.source, Metric) or not _many(line.source):
        return (reading_of(line, view),)
    asked = parse(line.source.text)
    period = (asked.period_seconds if isinstance(asked, Search) else None) or max(period_of(line.source), view.period_seconds)
    start, end = _full_periods(view, period)
    times, step = tuple(periods(start, end, period)), timedelta(seconds=period)
    try:
        found = named_series(line.source, view.samples, start, end, period)
    except MonitoringError as error:
        if error.code != "not-recorded":
            raise
        return (Reading(line, times, (None,) * len(times), False, True, step, is_recorded=False),)
    named = {name: tuple(map(series.get, times)) for name, series in found.items()} or {line.label: (None,) * len(times)}
    # Of one colour none could be told from another.
    color = line.color if len(named) == 1 else None
    return tuple(Reading(replace(line, label=name, color=color), times, values, False, False, step) for name, values in named.items())


def _many(source: Expression) -> bool:
    """Whether it results in several series."""
    return source.kind == "list" or any(query.groups for query in ((source.query,) if source.query else ()))


def _full_periods(view: View, period: int) -> tuple[datetime, datetime]:
    """Of the clock, as CloudWatch keeps them: one that has not ended yet would be drawn as a drop."""
    start, end = (
        datetime.fromtimestamp(at.timestamp() // period * period, UTC) for at in (view.start + timedelta(seconds=period - 1), view.end)
    )
    return start, end


def reading_of(line: Line, view: View) -> Reading:
    """Of a line that is one series."""
    metrics = list(metrics_of(line.source).values())
    period = max(period_of(line.source), view.period_seconds)
    start, end = _full_periods(view, period)
    times = tuple(periods(start, end, period))
    # Of a query it is not known beforehand which metrics it takes, and so not what their silence means.
    on_event = bool(metrics) and all(metric.entry is not None and metric.entry.emission is Emission.ON_EVENT for metric in metrics)
    try:
        found = series_of(line.source, view.samples, start, end, period)
        silent = bool(metrics) and not any(view.samples.statistics(metric, start, end, period) for metric in metrics)
    except MonitoringError as error:
        if error.code != "not-recorded":
            raise
        return Reading(line, times, (None,) * len(times), False, True, timedelta(seconds=period), is_recorded=False)
    gap = 0.0 if on_event else None
    # A formula that fills gaps turns "nothing was measured" into zeros: that is true of events only.
    values = tuple(gap if silent else found.get(time, gap) for time in times)
    return Reading(line, times, values, on_event, silent, timedelta(seconds=period))
