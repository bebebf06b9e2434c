"""What state an alarm has at a moment, from what was measured until then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

from monitoring.alarms import COMPARISONS, Alarm, CompositeAlarm, Missing, State
from monitoring.measured import Measured, series_of
from monitoring.metrics import Metric
from monitoring.missing import EXTRA_PERIODS, Verdict, judge
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
    """datapoints: the evaluation range, oldest first. changed: the state is another than before."""

    state: State
    reason: str
    datapoints: tuple[Datapoint, ...]
    changed: bool


def evaluate(
    alarm: Alarm, samples: Measured, at: datetime, previous: State = INITIAL, reading: Reading = Reading.ALWAYS_IGNORE
) -> Evaluation:
    """The newest period ends at or before `at`, cut to the minute: an alarm is evaluated once a minute over a sliding window.

    reading: Default: the stricter one, which no alarm of this room may depend on.
    """
    end = datetime.fromtimestamp(int(at.timestamp()) // 60 * 60, UTC)
    count = alarm.evaluation_periods + EXTRA_PERIODS
    start = end - timedelta(seconds=alarm.period_seconds * count)
    values = series_of(alarm.source, samples, start, end, alarm.period_seconds)
    times = [start + timedelta(seconds=alarm.period_seconds * number) for number in range(count)]
    points = tuple(Datapoint(time, values.get(time)) for time in times)
    if _too_few(alarm, samples, start, end):
        return Evaluation(previous, "Too few measurements for the percentile: the state is kept.", points, changed=False)
    missing = _missing(alarm, reading)
    beyond = [None if point.value is None else alarm.breaches(point.value) for point in points]
    verdict = judge(beyond, alarm.evaluation_periods, alarm.datapoints_to_alarm, missing)
    state = verdict.state or previous
    return Evaluation(state, _reason(alarm, verdict, points, beyond, previous, missing), points, state != previous)


def evaluate_composite(composite: CompositeAlarm, states: Mapping[str, State]) -> State:
    """states: alarm name -> its state. Raises MonitoringError "unknown-alarm" for one of its alarms that is not among them."""
    return "ALARM" if holds(composite.rule, states) else "OK"


def _missing(alarm: Alarm, reading: Reading) -> Missing:
    dynamodb = any(metric.namespace == "AWS/DynamoDB" for metric in alarm.metrics.values())
    return "ignore" if dynamodb and reading is Reading.ALWAYS_IGNORE else alarm.missing


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
