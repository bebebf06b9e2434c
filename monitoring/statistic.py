"""CloudWatch's statistics: their spelling, and their value over raw measurements. Source: "CloudWatch statistics definitions".

A border of a range is a percentage of the measurements ("10%", and the number of tm90) or an absolute value. Of a range between values the
lower border is left out and the upper one is in.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import inf
from typing import Final, Literal

from monitoring.errors import MonitoringError

BASIC = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")

Kind = Literal["basic", "percentile", "trimmed", "winsorized", "count", "sum", "rank"]
Values = Mapping[float, int]
"""Value -> how often it was measured."""

_KINDS: Final[Mapping[str, Kind]] = {"P": "percentile", "TM": "trimmed", "WM": "winsorized", "TC": "count", "TS": "sum", "PR": "rank"}
_NUMBER: Final = r"\d{1,15}(?:\.\d{0,10})?"
_SHORT: Final = re.compile(r"(p|tm|wm|tc|ts)(\d{1,2}(?:\.\d{0,10})?|100)")
_RANGE: Final = re.compile(rf"(TM|WM|TC|TS|PR)\(({_NUMBER})?(%)?:({_NUMBER})?(%)?\)")


@dataclass(frozen=True)
class Statistic:
    """low, high: the borders of its range, which are percentages where `shares` says so; of a percentile, high is the percentile."""

    kind: Kind
    name: str
    low: float = 0.0
    high: float = 100.0
    shares: bool = True

    @cached_property
    def of(self) -> Callable[[Values], float | None]:
        """The statistic of measurements, of which there is at least one. None: a mean of a range in which nothing was measured."""
        match self.kind:
            case "basic":
                return _BASIC[self.name]
            case "percentile":
                return lambda values: _percentile(values, self.high)
            case "rank":
                return lambda values: 100 * _count(self._inside(values)) / sum(values.values())
            case "count":
                return lambda values: _count(self._inside(values))
            case "sum":
                return lambda values: _sum(self._inside(values))
            case "trimmed":
                return self._trimmed_mean
            case "winsorized":
                return self._winsorized_mean

    @property
    def together(self) -> Callable[[Sequence[float]], float] | None:
        """What makes the statistic of several minutes out of that of each. None: it needs the measurements themselves."""
        return {"Sum": sum, "SampleCount": sum, "Minimum": min, "Maximum": max}.get(self.name)

    def over(self, minutes: Sequence[Values]) -> float | None:
        """As `of`, of the measurements of several minutes together."""
        return self.of(minutes[0] if len(minutes) == 1 else _merged(minutes))

    def _trimmed_mean(self, values: Values) -> float | None:
        inside = list(self._inside(values))
        count = _count(inside)
        return _sum(inside) / count if count else None

    def _inside(self, values: Values) -> Iterator[tuple[float, float]]:
        """What lies in the range, with how often. Measurements that straddle a border between shares count by the part inside."""
        if not self.shares:
            yield from ((value, times) for value, times in values.items() if self.low < value <= self.high)
            return
        count = sum(values.values())
        first, last = count * self.low / 100, count * self.high / 100
        seen = 0.0
        for value in sorted(values):
            inside = min(seen + values[value], last) - max(seen, first)
            seen += values[value]
            if inside > 0:
                yield value, inside

    def _winsorized_mean(self, values: Values) -> float:
        """What lies outside counts as the value at the border."""
        low, high = self.low, self.high
        if self.shares:
            low = _percentile(values, low) if low else -inf
            high = _percentile(values, high)
        return sum(min(max(value, low), high) * times for value, times in values.items()) / sum(values.values())

    @property
    def least_samples(self) -> float:
        """Below this many measurements CloudWatch calls a percentile not significant ("Percentile-based alarms and low data samples")."""
        if self.kind != "percentile":
            return 0
        share = self.high / 100
        return 10 / (1 - share) if 0.5 <= share < 1 else 10 / share if 0 < share < 0.5 else 0


@lru_cache(maxsize=256)
def parse_statistic(spelling: str) -> Statistic:
    """Raises MonitoringError "impossible-statistic"."""
    if spelling in BASIC:
        return Statistic("basic", spelling)
    if spelling == "IQM":
        return Statistic("trimmed", spelling, 25.0, 75.0)
    if match := _SHORT.fullmatch(spelling):
        return Statistic(_KINDS[match[1].upper()], spelling, high=float(match[2]))
    if (match := _RANGE.fullmatch(spelling)) and (found := _ranged(spelling, *match.groups())):
        return found
    raise MonitoringError(
        "impossible-statistic",
        f'"{spelling}" is no statistic: use {", ".join(BASIC)}, p99, p99.9, IQM, tm95, wm95, tc95, ts95, TM(10%:90%), TM(150:1000), '
        "the same of WM, TC and TS, or PR(:300)",
    )


def _ranged(spelling: str, kind: str, low: str | None, low_share: str | None, high: str | None, high_share: str | None) -> Statistic | None:
    """None: the range has no border, is empty, or its borders are of two sorts."""
    sorts = {share for border, share in ((low, low_share), (high, high_share)) if border}
    stray = (low_share and not low) or (high_share and not high)
    shares = sorts == {"%"}
    if len(sorts) != 1 or stray or (shares and kind == "PR"):
        return None
    least, most = (0.0, 100.0) if shares else (-inf, inf)
    begin, end = float(low) if low else least, float(high) if high else most
    return Statistic(_KINDS[kind], spelling, begin, end, shares) if begin < end and (not shares or end <= most) else None


def _total(values: Values) -> float:
    total = 0.0
    for value, times in values.items():
        total += value * times
    return total


_BASIC: Final[Mapping[str, Callable[[Values], float]]] = {
    "SampleCount": lambda values: float(sum(values.values())),
    "Average": lambda values: _total(values) / sum(values.values()),
    "Sum": _total,
    "Minimum": min,
    "Maximum": max,
}


def _merged(minutes: Sequence[Values]) -> Values:
    found: dict[float, int] = {}
    for values in minutes:
        for value, times in values.items():
            found[value] = found.get(value, 0) + times
    return found


def _count(inside: Iterator[tuple[float, float]] | list[tuple[float, float]]) -> float:
    return float(sum(times for _, times in inside))


def _sum(inside: Iterator[tuple[float, float]] | list[tuple[float, float]]) -> float:
    return float(sum(value * times for value, times in inside))


def _percentile(values: Values, percent: float) -> float:
    """The smallest measurement with at least that share of all at or below it. CloudWatch's own value is an estimate near it."""
    if len(values) == 1:
        return next(iter(values))
    needed = sum(values.values()) * percent / 100
    seen = 0
    for value in sorted(values):
        seen += values[value]
        if seen >= needed - 1e-9:
            return value
    return max(values)
