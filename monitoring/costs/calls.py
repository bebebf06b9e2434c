"""How often each pattern is called and what a call uses: as declared, or as measured."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from monitoring.measured import Measured
from monitoring.measures import of_pattern
from monitoring.metrics import Metric
from monitoring.prices import SECONDS_A_MONTH
from monitoring.subjects import Stack
from singletable.metered import LATENCY, READ_UNITS, WRITE_UNITS
from singletable.review import Line

READING: Final = ("one", "many")
"""Kinds of patterns that read."""
PERIOD_SECONDS: Final = 3600
"""Of what is measured over days."""


@dataclass(frozen=True)
class Calls:
    """a_month: None where nobody said. read_units, write_units: of one call; None where it was not called or is not declared.

    how: where the rate comes from.
    """

    pattern: str
    a_month: float | None
    read_units: float | None
    write_units: float | None
    how: Literal["declared", "given", "measured", "not said", "not measured"]

    @property
    def reads_a_month(self) -> float:
        return (self.a_month or 0) * (self.read_units or 0)

    @property
    def writes_a_month(self) -> float:
        return (self.a_month or 0) * (self.write_units or 0)


def declared_calls(lines: Iterable[Line], rates: Mapping[str, float]) -> tuple[Calls, ...]:
    """By the rates of the declaration. lines: of `singletable.review`. rates: calls a second by pattern, over those that are declared.

    A transaction that takes lists is taken to get one item of each.
    """
    return tuple(_declared(line, rates) for line in lines)


def _declared(line: Line, rates: Mapping[str, float]) -> Calls:
    pattern = line.definition
    units = sum((part.total for part in line.cost.each), line.cost.fixed.total)
    reads = pattern.kind in READING
    rate = rates.get(pattern.name, pattern.rate_per_second)
    how = "given" if pattern.name in rates else "not said" if rate is None else "declared"
    a_month = None if rate is None else rate * SECONDS_A_MONTH
    return Calls(pattern.name, a_month, units if reads else 0.0, 0.0 if reads else units, how)


def pattern_metrics(stack: Stack) -> tuple[Metric, ...]:
    """What `measured_calls` asks for."""
    return tuple(
        metric
        for pattern in stack.patterns
        for metric in (
            _hourly(of_pattern(LATENCY, stack.table.name, pattern.name, "SampleCount")),
            _hourly(of_pattern(READ_UNITS, stack.table.name, pattern.name)),
            _hourly(of_pattern(WRITE_UNITS, stack.table.name, pattern.name)),
        )
    )


def measured_calls(stack: Stack, measured: Measured, start: datetime, end: datetime, covered: timedelta | None = None) -> tuple[Calls, ...]:
    """Of the patterns in use, where functions publish metrics of them: then one without any was not called. start, end: full hours.

    covered: how long was really measured, which a month is as. Default: from `start` to `end`.
    """
    scale = SECONDS_A_MONTH / (covered or end - start).total_seconds()
    metrics = pattern_metrics(stack)
    sums = [sum(measured.statistics(each, start, end).values()) for each in metrics]
    published = any(sums)
    found: list[Calls] = []
    for pattern, calls, reads, writes in zip(stack.patterns, sums[::3], sums[1::3], sums[2::3]):
        if calls:
            found.append(Calls(pattern.name, calls * scale, reads / calls, writes / calls, "measured"))
        else:
            found.append(Calls(pattern.name, 0.0 if published else None, None, None, "measured" if published else "not measured"))
    return tuple(found)


def _hourly(metric: Metric) -> Metric:
    return Metric(metric.namespace, metric.name, metric.dimensions, metric.statistic, PERIOD_SECONDS)
