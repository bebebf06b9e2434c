"""The functions of metric math over numbers and series. Source: CloudWatch user guide, "Metric math syntax and functions"."""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from itertools import pairwise
from typing import Final, Literal

Series = Mapping[datetime, float]
Kind = Literal["number", "series", "list"]

SORTED_BY: Final = ("AVG", "MIN", "MAX", "SUM")


def _deltas(series: Series) -> list[tuple[datetime, float, float]]:
    """Time, difference to the point before, and the seconds between."""
    times = sorted(series)
    return [(now, series[now] - series[before], (now - before).total_seconds()) for before, now in pairwise(times)]


def _total(values: Sequence[float]) -> float:
    """From left to right, on every version of Python: a backtest adds in the same order and gets the same to the last bit."""
    return reduce(operator.add, values, 0.0)


def _deviation(values: Sequence[float]) -> float:
    """Of all points, not an estimate from a sample: AWS does not say which."""
    mean = _total(values) / len(values)
    return math.sqrt(_total([(value - mean) ** 2 for value in values]) / len(values))


def _running_sum(series: Series) -> Series:
    total, sums = 0.0, dict[datetime, float]()
    for time in sorted(series):
        total += series[time]
        sums[time] = total
    return sums


def _logarithm(of: Callable[[float], float]) -> Callable[[float], float]:
    """A number that has none has no point."""
    return lambda value: of(value) if value > 0 else math.nan


REDUCERS: Final[Mapping[str, Callable[[list[float]], float]]] = {
    "SUM": _total,
    "AVG": lambda values: _total(values) / len(values),
    "MIN": min,
    "MAX": max,
    "STDDEV": _deviation,
    "DATAPOINT_COUNT": lambda values: float(len(values)),
}
"""Over a list of series at each time; over one series as a whole."""

MAPPERS: Final[Mapping[str, Callable[[float], float]]] = {
    "ABS": abs,
    "CEIL": lambda value: float(math.ceil(value)),
    "FLOOR": lambda value: float(math.floor(value)),
    "LOG": _logarithm(math.log),
    "LOG10": _logarithm(math.log10),
}

WALKERS: Final[Mapping[str, Callable[[Series], Series]]] = {
    "DIFF": lambda series: {time: difference for time, difference, _ in _deltas(series)},
    "DIFF_TIME": lambda series: {time: seconds for time, _, seconds in _deltas(series)},
    "RATE": lambda series: {time: difference / seconds for time, difference, seconds in _deltas(series)},
    "RUNNING_SUM": _running_sum,
}
"""Along the course of a series."""

CALENDAR: Final[Mapping[str, Callable[[datetime], float]]] = {
    "MINUTE": lambda time: float(time.minute),
    "HOUR": lambda time: float(time.hour),
    "DAY": lambda time: float(time.isoweekday()),
    "DATE": lambda time: float(time.day),
    "MONTH": lambda time: float(time.month),
    "YEAR": lambda time: float(time.year),
    "EPOCH": lambda time: time.timestamp(),
}
"""Of each time that is asked for, whether or not it has a point, in UTC. DAY: Monday is 1, Sunday 7."""

LISTS: Final[Mapping[str, Kind]] = {
    "FIRST": "series",
    "LAST": "series",
    "METRIC_COUNT": "number",
    "REMOVE_EMPTY": "list",
    "SLICE": "list",
    "SORT": "list",
}
"""What takes a list as a whole -> what it results in."""
