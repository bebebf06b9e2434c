"""What state an alarm has at a moment, from what was measured until then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

from monitoring.alarms import COMPARISONS, Alarm, CompositeAlarm, Missing, State
from monitoring.catalogue.dynamodb import NAMESPACE as DYNAMODB
from monitoring.measured import Measured, answer, series_of
from monitoring.metrics import Metric, queries_of
from monitoring.missing import EXTRA_PERIODS, Verdict, judge
from monitoring.query import Query
from monitoring.rules import holds
from monitoring.statistic import parse_statistic

INITIAL: Final[State] = "INSUFFICIENT_DATA"
"""Of an alarm that was just created."""


class Reading(Enum):
    """How AWS/DynamoDB alarms read missing points: AWS's own texts disagree."""

    ALWAYS_IGNORE = "always ignore"
    """They keep their state, whatever is configured. Source: API reference of PutMetricAlarm."""
    CONFIGURED = "configured"
    """As any alarm: "ignore" is only their default. Source: newer text of the user guide."""


@dataclass(frozen=True)
class Datapoint:
    """at: the start of its period. value: None is missing."""

    at: datetime
    value: float | None


@dataclass(frozen=True)
class Evaluation:
    """datapoints: the evaluation range, oldest first; of an alarm over several series, of the first one in ALARM. changed: the state is
    another than before. contributors: the groups of a query that are in ALARM.
    """

    state: State
    reason: str
    datapoints: tuple[Datapoint, ...]
    changed: bool
    contributors: tuple[str, ...] = ()


def evaluate(
    alarm: Alarm,
    samples: Measured,
    at: datetime,
    previous: State = INITIAL,
    reading: Reading = Reading.ALWAYS_IGNORE,
    created: datetime | None = None,
) -> Evaluation:
    """The newest period ends at or before `at`, cut to the minute: an alarm is evaluated once a minute over a sliding window.

    reading: Default: the stricter one, which no alarm of this room may depend on. created: when the alarm was created or changed, so that it
    warms up where it is told to. Default: long ago.
    """
    end = datetime.fromtimestamp(int(at.timestamp()) // 60 * 60, UTC)
    count = alarm.evaluation_periods + EXTRA_PERIODS
    start = end - timedelta(seconds=alarm.period_seconds * count)
    times = [start + timedelta(seconds=alarm.period_seconds * number) for number in range(count)]
    if alarm.query and alarm.query.groups:
        return _of_contributors(alarm, alarm.query, samples, times, end, previous, reading)
    values = series_of(alarm.source, samples, start, end, alarm.period_seconds)
    points = _points(values, times)
    if warms_up(alarm, created, end, previous, len(values)):
        return Evaluation(previous, "The alarm warms up: it is not evaluated yet.", points, changed=False)
    if _too_few(alarm, samples, start, end):
        return Evaluation(previous, "Too few measurements for the percentile: the state is kept.", points, changed=False)
    missing = treatment_of(alarm, reading)
    beyond = _beyond(alarm, points)
    verdict = judge(beyond, alarm.evaluation_periods, alarm.datapoints_to_alarm, missing)
    state = verdict.state or previous
    return Evaluation(state, _reason(alarm, verdict, points, beyond, previous, missing), points, state != previous)


def evaluate_composite(composite: CompositeAlarm, states: Mapping[str, State]) -> State:
    """states: alarm name -> its state. Raises MonitoringError "unknown-alarm" for one of its alarms that is not among them."""
    return "ALARM" if holds(composite.rule, states) else "OK"


def treatment_of(alarm: Alarm, reading: Reading) -> Missing:
    """What the alarm makes of missing points, whatever it was told."""
    namespaces = [each.namespace for each in (*alarm.metrics.values(), *queries_of(alarm.source))]
    return "ignore" if DYNAMODB in namespaces and reading is Reading.ALWAYS_IGNORE else alarm.missing


def warms_up(alarm: Alarm, created: datetime | None, at: datetime, previous: State, points: int) -> bool:
    """Whether an alarm is not evaluated yet, because it was just created. points: how many its evaluation range has.

    Source: CloudWatch user guide, "Alarm warm-up periods".
    """
    if alarm.warm_up is None or created is None or at >= created + timedelta(minutes=alarm.warm_up.minutes):
        return False
    return alarm.warm_up.whole or (previous == INITIAL and points < alarm.evaluation_periods)


def _of_contributors(
    alarm: Alarm, query: Query, samples: Measured, times: list[datetime], end: datetime, previous: State, reading: Reading
) -> Evaluation:
    """An alarm over several series is in ALARM when one of them is. Source: CloudWatch user guide, "Create a CloudWatch alarm based on a
    Metrics Insights query". A contributor that would keep its state keeps the alarm's: a contributor has no state of its own here.
    """
    groups = answer(query, samples, times[0], end, alarm.period_seconds)
    missing = treatment_of(alarm, reading)
    judged = {
        group: judge(_beyond(alarm, _points(series, times)), alarm.evaluation_periods, alarm.datapoints_to_alarm, missing).state
        for group, series in groups.items()
    }
    alarming = [group for group, state in judged.items() if state == "ALARM"]
    if not judged:
        state = judge([None] * len(times), alarm.evaluation_periods, alarm.datapoints_to_alarm, missing).state or previous
    else:
        state = "ALARM" if alarming else previous if None in judged.values() else "OK"
    shown = groups[alarming[0]] if alarming else dict[datetime, float]()
    reason = f"{len(alarming)} out of {len(judged)} time series evaluated to ALARM"
    return Evaluation(state, reason, _points(shown, times), state != previous, tuple(" ".join(group) for group in alarming))


def _points(values: Mapping[datetime, float], times: list[datetime]) -> tuple[Datapoint, ...]:
    return tuple(Datapoint(time, values.get(time)) for time in times)


def _beyond(alarm: Alarm, points: tuple[Datapoint, ...]) -> list[bool | None]:
    return [None if point.value is None else alarm.breaches(point.value) for point in points]


def _too_few(alarm: Alarm, samples: Measured, start: datetime, end: datetime) -> bool:
    """Whether a percentile's newest measured period has too few measurements to mean anything, and the alarm is told to care."""
    if alarm.low_samples != "ignore" or not isinstance(alarm.source, Metric):
        return False
    counts = samples.counts(alarm.source, start, end, alarm.period_seconds)
    return bool(counts) and counts[max(counts)] < parse_statistic(alarm.source.statistic).least_samples - 1e-9


def _reason(
    alarm: Alarm, verdict: Verdict, points: tuple[Datapoint, ...], beyond: list[bool | None], previous: State, missing: Missing
) -> str:
    """In CloudWatch's words."""
    if verdict.state is None:
        return "Missing data: the state is kept."
    filled = _filled(verdict, missing)
    if not verdict.used:
        if verdict.state == "INSUFFICIENT_DATA":
            return f"Insufficient Data: {_number(alarm.evaluation_periods, 'datapoint was', 'datapoints were')} unknown."
        return f"Threshold Crossed: no datapoints were received for {_number(alarm.evaluation_periods, 'period', 'periods')}{filled}."
    alarming = verdict.state == "ALARM"
    shown = [points[number] for number in verdict.used if beyond[number] is alarming] or [points[number] for number in verdict.used]
    listed = ", ".join(f"{point.value} ({point.at:%d/%m/%y %H:%M:%S})" for point in reversed(shown))
    words = f"{'' if alarming else 'not '}{COMPARISONS[alarm.comparison]} the threshold ({alarm.threshold})"
    return (
        f"Threshold Crossed: {len(shown)} out of the last {alarm.evaluation_periods} datapoints [{listed}] "
        f"{'was' if len(shown) == 1 else 'were'} {words}{filled}{_needed(alarm, verdict.state, previous)}."
    )


def _filled(verdict: Verdict, missing: Missing) -> str:
    treated = {"breaching": "Breaching", "notBreaching": "NonBreaching"}.get(missing)
    if not verdict.filled or treated is None:
        return ""
    return f" and {_number(verdict.filled, 'missing datapoint was', 'missing datapoints were')} treated as [{treated}]"


def _needed(alarm: Alarm, state: State, previous: State) -> str:
    needed = alarm.datapoints_to_alarm if state == "ALARM" else alarm.evaluation_periods - alarm.datapoints_to_alarm + 1
    change = "OK -> ALARM" if state == "ALARM" else "ALARM -> OK"
    return f" (minimum {_number(needed, 'datapoint', 'datapoints')} for {change} transition)" if state != previous else ""


def _number(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"
