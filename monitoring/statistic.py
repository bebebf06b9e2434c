"""CloudWatch's statistics: their spelling, and their value over raw measurements. Source: "CloudWatch statistics definitions"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from monitoring.errors import MonitoringError

BASIC = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{0,10})?|100)")
_TRIMMED = re.compile(r"tm(\d{1,2}(?:\.\d{0,10})?)|TM\((\d{0,2}(?:\.\d+)?)%?:(\d{0,3}(?:\.\d+)?)%?\)")


@dataclass(frozen=True)
class Statistic:
    """kind "percentile": high is the percentile. kind "trimmed": the mean of what lies between the percentiles low and high."""

    kind: Literal["basic", "percentile", "trimmed"]
    name: str
    low: float = 0.0
    high: float = 100.0

    def of(self, values: Mapping[float, int]) -> float:
        """The statistic of measurements: value -> how often it was measured. There must be at least one."""
        if self.kind == "percentile":
            return _percentile(values, self.high)
        if self.kind == "trimmed":
            return _trimmed_mean(values, self.low, self.high)
        if self.name == "Minimum":
            return min(values)
        if self.name == "Maximum":
            return max(values)
        count = float(sum(values.values()))
        if self.name == "SampleCount":
            return count
        total = sum(value * times for value, times in values.items())
        return float(total) if self.name == "Sum" else total / count

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
    if match := _PERCENTILE.fullmatch(spelling):
        return Statistic("percentile", spelling, high=float(match[1]))
    if spelling == "IQM":
        return Statistic("trimmed", spelling, 25.0, 75.0)
    if match := _TRIMMED.fullmatch(spelling):
        if match[1]:
            return Statistic("trimmed", spelling, high=float(match[1]))
        low, high = float(match[2] or 0), float(match[3] or 100)
        if low < high <= 100:
            return Statistic("trimmed", spelling, low, high)
    raise MonitoringError(
        "impossible-statistic", f'"{spelling}" is no statistic: use {", ".join(BASIC)}, p99, p99.9, tm95, TM(10%:90%) or IQM'
    )


def _percentile(values: Mapping[float, int], percent: float) -> float:
    """The smallest measurement with at least that share of all at or below it. CloudWatch's own value is an estimate near it."""
    needed = sum(values.values()) * percent / 100
    seen = 0
    for value in sorted(values):
        seen += values[value]
        if seen >= needed - 1e-9:
            return value
    return max(values)


def _trimmed_mean(values: Mapping[float, int], low: float, high: float) -> float:
    """Measurements that straddle a border count by the part inside."""
    count = sum(values.values())
    first, last = count * low / 100, count * high / 100
    seen, total = 0.0, 0.0
    for value in sorted(values):
        inside = min(seen + values[value], last) - max(seen, first)
        total += value * max(inside, 0.0)
        seen += values[value]
    return total / (last - first)
