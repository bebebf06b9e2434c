"""Every change of an alarm's state over a span, evaluated once a minute: the same states as `evaluate` gives, minute by minute.

All windows of an alarm are calculated at once, and only where a window differs from the one before is it judged. An alarm whose formula is not
made for that is evaluated minute by minute.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from monitoring.alarms import Alarm, CompositeAlarm, Missing, State
from monitoring.backtest.windows import Rows, Unsuited, Value, Windows, as_rows, calculate, cut
from monitoring.evaluation import INITIAL, Reading, evaluate, evaluate_composite, treatment_of, warms_up
from monitoring.measured import MINUTE as MINUTE_SECONDS
from monitoring.measured import Measured, minute_start, sliding, sliding_counts
from monitoring.metrics import Expression, Metric, metrics_of
from monitoring.missing import EXTRA_PERIODS, judge
from monitoring.statistic import parse_statistic
from monitoring.syntax import parse

MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Change:
    """One change of an alarm's state, as the history of alarms has it. drill: none makes changes in a replay."""

    at: datetime
    alarm: str
    old: State
    new: State
    drill: str = ""


def replay(
    alarms: Sequence[Alarm],
    composites: Sequence[CompositeAlarm],
    samples: Measured,
    start: datetime,
    end: datetime,
    reading: Reading = Reading.ALWAYS_IGNORE,
    created: datetime | None = None,
) -> tuple[Change, ...]:
    """In the order of time. The first evaluation is a minute after `start`, the last at `end`, both full minutes.

    created: when the alarms were, so that they warm up. Default: long ago.
    Raises MonitoringError "unknown-alarm" when a composite asks for an alarm that is not there.
    """
    series = Leaves(samples, start, end)
    changes = [change for alarm in alarms for change in _changes(alarm, series, reading, created)]
    changes.sort(key=lambda change: change.at)
    states: dict[str, State] = dict.fromkeys([alarm.name for alarm in (*alarms, *composites)], INITIAL)
    return tuple(_with_composites(changes, composites, states))


def _with_composites(changes: Sequence[Change], composites: Sequence[CompositeAlarm], states: dict[str, State]) -> Iterator[Change]:
    """A composite can only change when one of its alarms does. It may stand on another composite, so they are asked until nothing changes."""
    for number, change in enumerate(changes):
        states[change.alarm] = change.new
        yield change
        if number + 1 < len(changes) and changes[number + 1].at == change.at:
            continue
        for _ in composites:
            settled = True
            for composite in composites:
                old, new = states[composite.name], evaluate_composite(composite, states)
                if new != old:
                    states[composite.name] = new
                    settled = False
                    yield Change(change.at, composite.name, old, new)
            if settled:
                break


class Leaves:
    """What the formulas start from: series by the minute, each read once for all alarms that watch it."""

    def __init__(self, samples: Measured, start: datetime, end: datetime) -> None:
        self.samples = samples
        self.start = start
        self.end = end
        self.rows = (end - start) // MINUTE
        self._known: dict[tuple[Metric | Expression, int, int], Rows] = {}

    def cut(self, source: Metric | Expression, columns: int, period_seconds: int) -> Rows:
        """The windows of a metric or query for every evaluation."""
        step = period_seconds // MINUTE_SECONDS
        key = (source, columns, period_seconds)
        if key not in self._known:
            begin = self.start - columns * step * MINUTE
            found = sliding(source, self.samples, begin, self.end, period_seconds)
            self._known[key] = self._by_minute(found, begin)
        return cut(self._known[key], self.rows, columns, step)

    def counts(self, metric: Metric, columns: int, period_seconds: int) -> Rows:
        """How many measurements are in each period."""
        step = period_seconds // MINUTE_SECONDS
        begin = self.start - columns * step * MINUTE
        return cut(self._by_minute(sliding_counts(metric, self.samples, begin, self.end, period_seconds), begin), self.rows, columns, step)

    def _by_minute(self, found: Mapping[datetime, float], begin: datetime) -> Rows:
        first = int(begin.timestamp()) // MINUTE_SECONDS
        count = (self.end - begin) // MINUTE
        if not found:
            return np.full(count, np.nan)
        get = found.get
        return np.array([get(minute_start(first + minute), np.nan) for minute in range(count)], dtype=np.float64)


def _changes(alarm: Alarm, leaves: Leaves, reading: Reading, created: datetime | None) -> Iterator[Change]:
    state: State = INITIAL
    for at, new in _states(alarm, leaves, reading, created):
        if new != state:
            yield Change(at, alarm.name, state, new)
            state = new


def _states(alarm: Alarm, leaves: Leaves, reading: Reading, created: datetime | None) -> Iterator[tuple[datetime, State]]:
    """The state from each time on at which it may be another."""
    try:
        points = points_of(alarm, leaves)
    except Unsuited:
        yield from _one_by_one(alarm, leaves, reading, created)
        return
    seen = _seen(alarm, points)
    if alarm.low_samples == "ignore" and isinstance(alarm.source, Metric):
        seen = np.hstack((seen, _too_few(alarm.source, alarm.period_seconds, leaves, points.shape[1])))
    missing = treatment_of(alarm, reading)
    warm = (created - leaves.start) // MINUTE + alarm.warm_up.minutes if alarm.warm_up and created else 0
    differs: list[int] = (np.flatnonzero((seen[1:] != seen[:-1]).any(axis=1)) + 1).tolist()
    state: State = INITIAL
    for row in sorted({0, *differs, *range(max(0, warm) + 1)}):
        if row >= leaves.rows:
            return
        at = leaves.start + (row + 1) * MINUTE
        window = seen[row]
        if warms_up(alarm, created, at, state, int((window[: points.shape[1]] > 0).sum())):
            continue
        state = _judged(window.tobytes(), points.shape[1], alarm.evaluation_periods, alarm.datapoints_to_alarm, missing) or state
        yield at, state


def _one_by_one(alarm: Alarm, leaves: Leaves, reading: Reading, created: datetime | None) -> Iterator[tuple[datetime, State]]:
    state: State = INITIAL
    for row in range(leaves.rows):
        at = leaves.start + (row + 1) * MINUTE
        state = evaluate(alarm, leaves.samples, at, state, reading, created).state
        yield at, state


def points_of(alarm: Alarm, leaves: Leaves) -> Rows:
    """What the alarm sees in each of its windows. Raises Unsuited."""
    source, period = alarm.source, alarm.period_seconds
    columns = alarm.evaluation_periods + EXTRA_PERIODS
    if isinstance(source, Metric):
        return leaves.cut(source, columns, period)
    values: dict[str, Value] = {}
    for name, inner in (*source.sources().items(), ("", source)):
        if isinstance(inner, Metric) or (inner.query and not inner.query.groups):
            values[name] = leaves.cut(inner, columns, period)
        else:
            values[name] = calculate(parse(inner.text), Windows(values, list(metrics_of(source)), period))
    return as_rows(values[""], leaves.rows, columns)


def _seen(alarm: Alarm, points: Rows) -> NDArray[np.int8]:
    """0: missing, 1: fine, 2: beyond the threshold."""
    threshold = alarm.threshold
    match alarm.comparison:
        case "GreaterThanThreshold":
            beyond = points > threshold
        case "GreaterThanOrEqualToThreshold":
            beyond = points >= threshold
        case "LessThanThreshold":
            beyond = points < threshold
        case _:
            beyond = points <= threshold
    return np.where(np.isnan(points), 0, np.where(beyond, 2, 1)).astype(np.int8)


def _too_few(metric: Metric, period_seconds: int, leaves: Leaves, columns: int) -> NDArray[np.int8]:
    """1: the newest measured period has too few measurements for the percentile."""
    counts = leaves.counts(metric, columns, period_seconds)
    known = ~np.isnan(counts)
    newest = columns - 1 - known[:, ::-1].argmax(axis=1, keepdims=True)
    least = parse_statistic(metric.statistic).least_samples - 1e-9
    return (np.take_along_axis(counts, newest, axis=1) < least).astype(np.int8)


@lru_cache(maxsize=65_536)
def _judged(window: bytes, columns: int, periods: int, datapoints: int, missing: Missing) -> State | None:
    """None: the state is kept."""
    if any(window[columns:]):
        return None
    return judge([None if seen == 0 else seen == 2 for seen in window[:columns]], periods, datapoints, missing).state
