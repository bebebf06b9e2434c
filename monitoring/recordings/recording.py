"""A recording: what was measured of a stack, by the minute, with its alarms as they were."""

import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, TypeAlias

from monitoring.errors import MonitoringError
from monitoring.live.history import Happened
from monitoring.live.measured import Series
from monitoring.live.question import Question
from monitoring.measured import MINUTE, minute_start
from monitoring.metrics import Metric
from monitoring.subjects import Stack

NOTHING: Final = math.nan
"""The value of a period in which nothing was measured."""

Values: TypeAlias = "array[float]"
"""One for each minute since the start of the recording: the statistic in the period that begins then, or NOTHING."""


@dataclass(frozen=True)
class Recording:
    """`Measured` over what was recorded from `start` to `end`, full minutes.

    Sum, SampleCount, Minimum, Maximum and Average of longer periods follow from minutes. Percentiles and trimmed means do not: of them is
    known what was recorded. Asked for anything else it raises MonitoringError "not-recorded"; see `lacks`.

    stack: by its deployed names. alarms, composites: as PutMetricAlarm and PutCompositeAlarm spell them, without actions. history: what they
    really did.
    """

    stack: Stack
    start: datetime
    end: datetime
    series: Mapping[Question, Values]
    alarms: tuple[Mapping[str, Any], ...] = ()
    composites: tuple[Mapping[str, Any], ...] = ()
    history: tuple[Happened, ...] = ()

    @property
    def minutes(self) -> int:
        return (self.end - self.start) // timedelta(seconds=MINUTE)

    @cached_property
    def points(self) -> int:
        """Periods with measurements, of all series."""
        return sum(_count(values) for values in self.series.values())

    def statistics(self, metric: Metric, start: datetime, end: datetime, period_seconds: int | None = None) -> dict[datetime, float]:
        """Start of a period -> the metric's statistic in it; periods without measurements are not there."""
        return self._points(Question.of(metric, period_seconds), start, end)

    def counts(self, metric: Metric, start: datetime, end: datetime, period_seconds: int | None = None) -> dict[datetime, int]:
        """Start of a period -> how many measurements it holds."""
        points = self._points(Question.of(metric, period_seconds, "SampleCount"), start, end)
        return {time: round(value) for time, value in points.items()}

    def metrics(self) -> list[Series]:
        """Namespace, name and dimensions of every series with points, in order."""
        return [(namespace, name, dict(dimensions)) for namespace, name, dimensions in self._measured]

    @cached_property
    def _measured(self) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
        return sorted({(each.namespace, each.name, each.dimensions) for each, values in self.series.items() if _count(values)})

    def lacks(self, questions: Iterable[Question]) -> tuple[Question, ...]:
        """Those that it cannot answer."""
        return tuple(each for each in questions if self._maker(each) is None)

    def _points(self, question: Question, start: datetime, end: datetime) -> dict[datetime, float]:
        make = self._maker(question)
        if make is None:
            raise MonitoringError(
                "not-recorded", f"{question} is not in this recording. Record the stack anew with the alarms that need it."
            )
        step = question.period_seconds // MINUTE
        first, last = self._minute(start), self._minute(end)
        if first < 0:
            first %= step
        values = make(first, min(last, self.minutes), step)
        begin = int(self.start.timestamp()) // MINUTE + first
        return {minute_start(begin + number * step): value for number, value in enumerate(values) if not math.isnan(value)}

    def _minute(self, at: datetime) -> int:
        return (int(at.timestamp()) - int(self.start.timestamp())) // MINUTE

    def _maker(self, question: Question) -> Callable[[int, int, int], Iterable[float]] | None:
        """What gives the values of the periods of `step` minutes from the minute `first` on, the last one ends at `last`."""
        if (exact := self.series.get(question)) is not None:
            return lambda first, last, step: exact[first : max(first, last - step + 1) : step]
        if question.statistic == "Average":
            totals, counts = (self.series.get(question.by(statistic=each, period_seconds=MINUTE)) for each in ("Sum", "SampleCount"))
            if totals is not None and counts is not None:
                return lambda first, last, step: map(_ratio, _spans(totals, first, last, step, sum), _spans(counts, first, last, step, sum))
        combine = _COMBINED.get(question.statistic)
        minutes = self.series.get(question.by(statistic=question.statistic, period_seconds=MINUTE))
        if combine is None or minutes is None:
            return None
        return lambda first, last, step: _spans(minutes, first, last, step, combine)


_COMBINED: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "Sum": math.fsum,
    "SampleCount": math.fsum,
    "Minimum": min,
    "Maximum": max,
}
"""Statistic -> how that of a longer period is made of those of its minutes."""


def _spans(values: Values, first: int, last: int, step: int, combine: Callable[[Sequence[float]], float]) -> Iterable[float]:
    for begin in range(first, last - step + 1, step):
        known = [value for value in values[begin : begin + step] if value == value]  # noqa: PLR0124 - NaN is not equal to itself
        yield combine(known) if known else NOTHING


def _ratio(total: float, count: float) -> float:
    return total / count if count else NOTHING


def _count(values: Values) -> int:
    return sum(value == value for value in values)  # noqa: PLR0124 - NaN is not equal to itself
