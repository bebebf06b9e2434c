"""What alarms and charts need of what was measured: found by letting them ask."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from monitoring.alarms import Alarm
from monitoring.dashboard import Dashboard
from monitoring.errors import MonitoringError
from monitoring.evaluation import evaluate
from monitoring.live.measured import Series
from monitoring.live.noting import Noting
from monitoring.live.question import Question
from monitoring.measured import named_series, period_of
from monitoring.metrics import Metric, Source
from monitoring.missing import EXTRA_PERIODS
from monitoring.statistic import parse_statistic
from monitoring.widgets import Chart

ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
"""Needs do not depend on it."""


def needs_of(alarm: Alarm, listed: Callable[[], list[Series]] = list) -> tuple[Question, ...]:
    """listed: the series there are, for a query or search. Default: none."""
    noting = Noting(listed)
    evaluate(alarm, noting, ANY_TIME)
    _ask(noting, alarm.source, alarm.period_seconds, alarm.evaluation_periods + EXTRA_PERIODS)
    return noting.questions


def needs_of_all(
    alarms: Iterable[Alarm], dashboard: Dashboard | None, listed: Callable[[], list[Series]], more: Iterable[Metric] = ()
) -> tuple[Question, ...]:
    """more: what a page shows beside its charts. Each once, in order. Of a percentile the number of measurements too: without it nobody can say what the percentile is worth."""
    noted = {question: None for alarm in alarms for question in needs_of(alarm, listed)}
    noting = Noting(listed)
    for placed in dashboard.widgets if dashboard else ():
        if isinstance(placed.widget, Chart):
            for line in placed.widget.lines:
                _ask(noting, line.source, period_of(line.source), 1)
    for metric in more:
        _ask(noting, metric, metric.period_seconds, 1)
    noted |= dict.fromkeys(noting.questions)
    return tuple(sorted({each for question in noted for each in _recorded_for(question)}, key=_order))


def _ask(noting: Noting, source: Source, period: int, periods: int) -> None:
    """What results from nothing does not matter, and that nothing has no sum neither."""
    try:
        named_series(source, noting, ANY_TIME, ANY_TIME + timedelta(seconds=period * periods), period)
    except MonitoringError as error:
        if error.code != "invalid-formula":
            raise


def _recorded_for(question: Question) -> tuple[Question, ...]:
    """What follows from minutes is recorded by the minute, so that every longer period can be made of it, wherever it begins."""
    minutes = {"Average": ("Sum", "SampleCount")}.get(question.statistic, (question.statistic,))
    if parse_statistic(question.statistic).kind != "basic":
        return question, question.by(statistic="SampleCount", period_seconds=60)
    return tuple(question.by(statistic=each, period_seconds=60) for each in minutes)


def _order(question: Question) -> tuple[str, str, str, str, int]:
    return question.namespace, question.name, str(question.dimensions), question.statistic, question.period_seconds
