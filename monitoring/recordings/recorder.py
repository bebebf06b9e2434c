"""From a live account to a recording."""

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from monitoring.alarms import Alarm
from monitoring.dashboard import dashboard_for
from monitoring.errors import MonitoringError
from monitoring.lint.given import Place
from monitoring.lint.readers.described import given
from monitoring.live import Deployed, LiveMeasured
from monitoring.live.history import Happened, happened
from monitoring.live.measured import SETTLED_SECONDS, Series
from monitoring.live.question import Question, ask_all
from monitoring.measured import MINUTE
from monitoring.measures import use_of_pattern
from monitoring.metrics import Metric
from monitoring.options import Options
from monitoring.prices import REQUESTED_METRIC_USD
from monitoring.recipes import alarms_for, composites_for
from monitoring.recordings.needs import needs_of_all
from monitoring.recordings.recording import NOTHING, Recording, Values
from monitoring.statistic import parse_statistic
from monitoring.subjects import Stack
from singletable import metered

ACTIONS: Final = ("AlarmActions", "OKActions", "InsufficientDataActions")
"""Whom an alarm tells. Not recorded: they name an account."""

_ARN: Final = re.compile(r"arn:[^:\s]+:cloudwatch:[^:]*:\d{12}:alarm:")

Span = tuple[int, int]
"""In seconds since 1970; the end is not in it."""


@dataclass(frozen=True)
class Recorded:
    """requested: metrics asked for with GetMetricData. lost: how much of the time between an older recording and this CloudWatch no longer
    keeps by the minute.
    """

    recording: Recording
    requested: int
    lost: timedelta

    @property
    def usd(self) -> float:
        return self.requested * REQUESTED_METRIC_USD


def record(
    deployed: Deployed,
    since: datetime,
    until: datetime,
    before: Recording | None = None,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Recorded:
    """What the deployed alarms, the recipes and the dashboard of a stack need, from `since` to `until`, both moved back to a full minute.

    The newest 5 minutes are left out: their points are not final. before: a recording of the same table, which is completed: what it holds is
    not asked for again. progress: series done, and all of them. Raises MonitoringError "other-recording" and "empty-span", and what
    `Account.ask` raises.
    """
    stack = deployed.stack
    if before and (before.stack.table.name, before.stack.region) != (stack.table.name, stack.region):
        raise MonitoringError(
            "other-recording",
            f"it is a recording of {before.stack.table.name} in {before.stack.region}, not of {stack.table.name} in {stack.region}. "
            "Give another file.",
        )
    time = int(now().timestamp())
    start, end = _minute(since), min(_minute(until), (time - SETTLED_SECONDS) // MINUTE * MINUTE)
    if before:
        start, end = min(start, _minute(before.start)), max(end, _minute(before.end))
    if start >= end:
        raise MonitoringError("empty-span", f"from {_at(start):%d %b %H:%M} to {_at(end):%d %b %H:%M} is no time. Give an earlier start.")
    alarms, composites = _as_they_were(deployed.alarms), _as_they_were(deployed.composites)
    questions = dict.fromkeys((*(before.series if before else ()), *_needs(deployed, alarms)))
    series = {each: _empty(end - start) for each in questions}
    if before:
        shift = (_minute(before.start) - start) // MINUTE
        for question, values in before.series.items():
            series[question][shift : shift + len(values)] = values
    asked = {question: _spans(question, start, end, before) for question in questions}
    requested = _fill(deployed, series, asked, start, time, progress)
    added = [each for first, last in _unknown(start, end, before) for each in _history(deployed, _at(first), _at(last))]
    history = tuple(sorted((*(before.history if before else ()), *added), key=lambda each: (each.at, each.alarm)))
    return Recorded(Recording(stack, _at(start), _at(end), series, alarms, composites, history), requested, _lost(before, end, time))


def _needs(deployed: Deployed, alarms: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    live = LiveMeasured(deployed.account, deployed.stack)
    stack = deployed.stack
    made = alarms_for(stack, Options())
    dashboard = dashboard_for(stack, made, composites_for(stack, made))
    return needs_of_all((*made, *_readable(alarms)), dashboard, live.metrics, _of_patterns(stack, live.metrics()))


def _of_patterns(stack: Stack, listed: Iterable[Series]) -> Iterator[Metric]:
    """Of those that functions publish: by their setting, or because there are such series."""
    seen = {dimensions.get(metered.PATTERN) for namespace, _, dimensions in listed if namespace == metered.NAMESPACE}
    declared = {pattern.name for pattern in stack.measured_patterns}
    for pattern in stack.patterns:
        if pattern.name in seen | declared:
            yield from use_of_pattern(stack.table.name, pattern.name).values()


def _readable(alarms: Iterable[Mapping[str, Any]]) -> Iterator[Alarm]:
    """What cannot be evaluated needs no measurements."""
    for alarm in alarms:
        try:
            yield Alarm.from_request(alarm)
        except (MonitoringError, KeyError, TypeError, ValueError):
            continue


def _as_they_were(described: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    requests = (given(each, Place("deployed", str(each["AlarmName"]))).request for each in described)
    return tuple({name: _by_name(value) for name, value in request.items() if name not in (*ACTIONS, "Tags")} for request in requests)


def _by_name(value: Any) -> Any:
    """Other alarms, which a rule may name by ARN, by their names; no AccountId."""
    if isinstance(value, str):
        return _ARN.sub("", value)
    if isinstance(value, Mapping):
        members = cast("Mapping[str, Any]", value)
        return {name: _by_name(inner) for name, inner in members.items() if name != "AccountId"}
    return [_by_name(each) for each in cast("list[Any]", value)] if isinstance(value, list) else value


def _spans(question: Question, start: int, end: int, before: Recording | None) -> tuple[Span, ...]:
    """What of the time is not known of a series yet."""
    return _unknown(start, end, before if before and question in before.series else None)


def _unknown(start: int, end: int, before: Recording | None) -> tuple[Span, ...]:
    """What of the time an older recording does not hold."""
    if before is None:
        return ((start, end),)
    spans = ((start, _minute(before.start)), (_minute(before.end), end))
    return tuple((first, last) for first, last in spans if first < last)


def _fill(
    deployed: Deployed,
    series: Mapping[Question, Values],
    asked: Mapping[Question, Iterable[Span]],
    start: int,
    now: int,
    progress: Callable[[int, int], None],
) -> int:
    """How many metrics were requested. A period that is longer than a minute is asked for from each minute on, as alarms see it."""
    calls: dict[Span, list[Question]] = {}
    for question, spans in asked.items():
        for first, last in spans:
            for phase in range(0, question.period_seconds, MINUTE):
                begin = max(first - question.period_seconds + MINUTE, start) if first > start else first
                begin = _kept(question, begin + phase, now)
                if begin + question.period_seconds <= last:
                    calls.setdefault((begin, last), []).append(question)
    every = sum(len(questions) for questions in calls.values())
    done = 0
    for (begin, last), questions in calls.items():
        for question, points in ask_all(deployed.account, questions, begin, last):
            for at, value in points.items():
                if at + question.period_seconds <= last:
                    series[question][(at - start) // MINUTE] = _kept_digits(question, value)
            done += 1
            progress(done, every)
    return every


def _kept_digits(question: Question, value: float) -> float:
    """Of a percentile or trimmed mean six: CloudWatch's own is an estimate, and digits that mean nothing are half of a file."""
    return value if parse_statistic(question.statistic).kind == "basic" else float(f"{value:.6g}")


def _kept(question: Question, begin: int, now: int) -> int:
    """The first of its periods that CloudWatch still keeps by the minute: longer ones too can only begin at any minute until then."""
    missing = question.by(statistic=question.statistic, period_seconds=MINUTE).oldest(now) - begin
    return begin if missing <= 0 else begin + -(-missing // question.period_seconds) * question.period_seconds


def _history(deployed: Deployed, since: datetime, until: datetime) -> Iterator[Happened]:
    for alarm in (*deployed.alarms, *deployed.composites):
        yield from happened(deployed.account, since, until, alarm["AlarmName"])


def _lost(before: Recording | None, end: int, now: int) -> timedelta:
    if before is None:
        return timedelta()
    oldest = Question("", "", (), "Sum", MINUTE).oldest(now)
    return timedelta(seconds=max(0, min(oldest, end) - _minute(before.end)))


def _empty(seconds: int) -> Values:
    return array("d", [NOTHING]) * (seconds // MINUTE)


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // MINUTE * MINUTE


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
