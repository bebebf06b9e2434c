"""What is known of one metric, and the page that says so."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from monitoring.statistic import BASIC, parse_statistic


class Emission(Enum):
    """When a point is sent, so what a gap means."""

    ALWAYS = "always"
    """Every period: a gap is unknown."""
    ON_EVENT = "on event"
    """When it happens, at no other time: a gap is zero, by definition."""
    WHILE_ACTIVE = "while active"
    """While there is traffic, or while the feature is in use: a gap is idleness."""


@dataclass(frozen=True)
class Source:
    page: str
    as_of: date


@dataclass(frozen=True)
class Entry:
    """dimensions: the sets under which series exist, each exact. statistics: the useful ones; "p" stands for any percentile or trimmed mean.
    period_seconds: the shortest that has points. hint: what to do instead of the usual mistake. binary: each measurement is 0 or 1, so only
    a sum or a count exceeds 1. Default: no.
    """

    namespace: str
    name: str
    dimensions: tuple[frozenset[str], ...]
    statistics: frozenset[str]
    period_seconds: int
    unit: str
    emission: Emission
    meaning: str
    source: Source
    hint: str = ""
    binary: bool = False

    def allows(self, statistic: str) -> bool:
        """Raises MonitoringError "impossible-statistic" when there is no such statistic."""
        kind = parse_statistic(statistic).kind
        return statistic in self.statistics if kind == "basic" else "p" in self.statistics

    def allowed_statistics(self) -> tuple[str, ...]:
        basic = [name for name in BASIC if name in self.statistics]
        return (*basic, "p50", "p99", "p99.9", "tm95") if "p" in self.statistics else tuple(basic)
