"""Every change of an alarm's state over a span, evaluated once a minute: the same states as `evaluate` gives, minute by minute.

Most alarms need the points of their series only once for the whole span. Those whose formula looks at neighbouring points are evaluated anew
for every minute.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from monitoring.alarms import Alarm, CompositeAlarm, Missing, State
from monitoring.evaluation import INITIAL, Reading, evaluate, evaluate_composite
from monitoring.measured import Measured, series_of
from monitoring.metrics import Metric, metrics_of
from monitoring.missing import EXTRA_PERIODS, judge

MINUTE: Final = timedelta(minutes=1)

_LOOKS_AROUND: Final = re.compile(r"\b(?:REPEAT|LINEAR|DIFF|RATE|RUNNING_SUM|AVG|SUM|MAX|MIN|DATAPOINT_COUNT)\b")
"""In a formula whose value at a time may depend on more than that time. Some of them only over a list: then it is slower than it could be."""


@dataclass(frozen=True)
class Change:
    """One change of an alarm's state, as the history of alarms has it."""

    at: datetime
    alarm: str
    old: State
    new: State


def replay(
    alarms: Sequence[Alarm],
    composites: Sequence[CompositeAlarm],
    samples: Measured,
    start: datetime,
    end: datetime,
    reading: Reading = Reading.ALWAYS_IGNORE,
) -> tuple[Change, ...]:
    """In the order of time. Nothing is known before `start`, a full minute; the last evaluation is at `end`.

    Raises MonitoringError "unknown-alarm" when a composite asks for an alarm that is not there.
    """
    changes = sorted((change for alarm in alarms for change in _changes(alarm, samples, start, end, reading)), key=lambda each: each.at)
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


def _changes(alarm: Alarm, samples: Measured, start: datetime, end: datetime, reading: Reading) -> Iterator[Change]:
    state: State = INITIAL
    for at, new in _states(alarm, samples, start, end, reading):
        if new != state:
            yield Change(at, alarm.name, state, new)
            state = new


def _states(alarm: Alarm, samples: Measured, start: datetime, end: datetime, reading: Reading) -> Iterator[tuple[datetime, State]]:
    state: State = INITIAL
    span = timedelta(seconds=alarm.period_seconds * (alarm.evaluation_periods + EXTRA_PERIODS))
    at = start + MINUTE
    points = _points(alarm, samples, start, end)
    while at <= end and (points is None or at - span < start):
        state = evaluate(alarm, samples, at, state, reading).state
        yield at, state
        at += MINUTE
    if points is None:
        return
    missing: Missing = "ignore" if _always_ignores(alarm, reading) else alarm.missing
    period = timedelta(seconds=alarm.period_seconds)
    beyond = {time: alarm.breaches(value) for time, value in points.items()}
    steps = [period * number for number in range(alarm.evaluation_periods + EXTRA_PERIODS, 0, -1)]
    while at <= end:
        window = tuple(beyond.get(at - step) for step in steps)
        state = _judged(window, alarm.evaluation_periods, alarm.datapoints_to_alarm, missing) or state
        yield at, state
        at += MINUTE


@lru_cache(maxsize=65_536)
def _judged(window: tuple[bool | None, ...], periods: int, datapoints: int, missing: Missing) -> State | None:
    return judge(window, periods, datapoints, missing).state


def _always_ignores(alarm: Alarm, reading: Reading) -> bool:
    return reading is Reading.ALWAYS_IGNORE and any(metric.namespace == "AWS/DynamoDB" for metric in alarm.metrics.values())


def _points(alarm: Alarm, samples: Measured, start: datetime, end: datetime) -> dict[datetime, float] | None:
    """Start of a period -> its value, for the periods that end at any minute. None: each minute has to be asked for itself."""
    if not _by_itself(alarm, samples, start, end):
        return None
    found: dict[datetime, float] = {}
    for phase in range(alarm.period_seconds // 60):
        found |= series_of(alarm.source, samples, start + MINUTE * phase, end, alarm.period_seconds)
    return found


def _by_itself(alarm: Alarm, samples: Measured, start: datetime, end: datetime) -> bool:
    """Whether a point is the same in whichever window it is seen. FILL leaves a series alone that is empty in the window; one metric beside
    it that is never missing makes that the same as 0 in the sums that our recipes write, and not in any formula.
    """
    if isinstance(alarm.source, Metric):
        return alarm.low_samples == "evaluate"
    texts = [alarm.source.text, *(each.text for each in alarm.source.sources().values() if not isinstance(each, Metric))]
    if any(_LOOKS_AROUND.search(text) for text in texts):
        return False
    if not any("FILL" in text for text in texts):
        return True
    count = (end - start) // MINUTE
    anchors = (metric for metric in metrics_of(alarm.source).values())
    return bool(alarm.recipe) and any(len(samples.counts(metric, start, end, 60)) == count for metric in anchors)
