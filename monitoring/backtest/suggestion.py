"""Thresholds that a stack's own history suggests.

Method: an alarm with M of N is open while the M-th largest of its newest N points is beyond the threshold. Of all values which that level took
outside of incidents, the smallest is chosen above which the alarm fires at most so often; rounded up to two digits, and evaluated once more
with the alarm's own rules.

What it cannot know: whether an incident lies in the time that was told to be free of one; what the next season brings; whether callers are
content with what is usual. A threshold from fewer than 7 days or 1,000 points is marked. A threshold whose meaning is fixed ("more than
none", a share of the time after which data is lost) is never touched.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from monitoring.alarms import Alarm, Severity, clause_of
from monitoring.backtest.replay import Leaves, points_of, replay
from monitoring.backtest.result import WEEK, Result
from monitoring.backtest.windows import Unsuited
from monitoring.evaluation import Reading
from monitoring.options import RECIPES, Options
from monitoring.recipes import alarms_for

MOST_PER_WEEK: Final[Mapping[Severity, float]] = {"page": 12 / 52, "ticket": 1.0, "info": 7.0}
"""How often an alarm may fire for nothing: once a month, a week, a day."""
LEAST_SPAN: Final = timedelta(days=7)
LEAST_POINTS: Final = 1000
LATENCIES: Final = ("slow-operation", "slow-pattern")
"""Recipes with an objective of each operation or pattern, which history may tighten too. Others are only raised where they are noisy."""
FIXED: Final[Mapping[str, str]] = {"stream-very-late": "a quarter of the 24 hours after which a stream forgets"}
"""Recipe -> what its threshold means, where the number does not say it."""
MOST_STEPS: Final = 50
WHOLE: Final = 100
"""Percent: an alarm above it never fires."""


@dataclass(frozen=True)
class Suggestion:
    """today: how often a week it fires outside of incidents. scale: from the alarm's unit to the option's. threshold: the suggested one, in the alarm's unit, and per_week what it would fire;
    None: there is none, and why says so. percentile: of the points, at or below the suggested threshold. points: periods above 0.
    """

    alarm: Alarm
    recipe: str
    today: float
    scale: float = 1.0
    threshold: float | None = None
    per_week: float = 0.0
    percentile: float = 0.0
    points: int = 0
    why: str = ""

    @property
    def wanted(self) -> bool:
        """Whether the options should say it."""
        return self.threshold is not None and (self.recipe in LATENCIES or self.today > MOST_PER_WEEK[self.alarm.severity])

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "alarm": self.alarm.name,
            "recipe": self.recipe or None,
            "threshold": self.alarm.threshold,
            "per_week": round(self.today, 2),
            "suggested": self.threshold,
            "suggested_per_week": None if self.threshold is None else round(self.per_week, 2),
            "percentile": None if self.threshold is None else round(self.percentile, 3),
            "points": self.points,
            "why_not": self.why or None,
        }


@dataclass(frozen=True)
class Advice:
    """suggestions: one for each alarm. enough: of the time. unnamed: no incident was named, though there may have been one."""

    suggestions: tuple[Suggestion, ...]
    enough: bool
    unnamed: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"enough": self.enough, "suggestions": [each.to_dict() for each in self.suggestions], "options": self.snippet()}

    def snippet(self) -> str:
        """Python: the options with what is suggested. Alarms of one recipe share a threshold: the highest. From few points nothing is
        changed: what is usual was not seen yet. No page is made blunter while no incident is named: it may have fired for one.
        """
        said = {name: _numbers(found) for name, found in self._changes().items() if found}
        return f"Options({', '.join(f'{name}={value}' for name, value in said.items())})"

    def _changes(self) -> dict[str, dict[str, float]]:
        found: dict[str, dict[str, float]] = {"latency_ms": {}, "pattern_latency_ms": {}, "thresholds": {}}
        for each in self.suggestions:
            if not each.wanted or each.threshold is None or not each.recipe or self._few(each) or self._blunts(each):
                continue
            option, key, value = _option(each.alarm, each.recipe, each.threshold, each.scale)
            found[option][key] = max(value, found[option].get(key, 0.0))
        return found

    def _few(self, suggestion: Suggestion) -> bool:
        return not self.enough or suggestion.points < LEAST_POINTS

    def _blunts(self, suggestion: Suggestion) -> bool:
        paging = self.unnamed and suggestion.alarm.severity == "page"
        return paging and suggestion.threshold is not None and suggestion.threshold > suggestion.alarm.threshold

    def lines(self) -> Iterator[str]:
        """In words, for a terminal."""
        yield "suggested thresholds (see docs/backtest.md for what they are worth):"
        for each in self.suggestions:
            if each.threshold is None:
                continue
            few = ", few" if self._few(each) else ""
            yield (
                f"  {each.alarm.severity:<6}  {clause_of(each.alarm.name):<50}  now {each.alarm.threshold:g}: {each.today:.1f} a week; "
                f"from {each.threshold:g}: {each.per_week:.1f} a week, percentile {each.percentile:.4g} of {each.points:,} points{few}"
            )
        reasons: dict[str, int] = {}
        for each in self.suggestions:
            if each.why:
                reasons[each.why] = reasons.get(each.why, 0) + 1
        yield from (f"  none for {count} {'alarm' if count == 1 else 'alarms'}: {why}" for why, count in reasons.items())
        if self.unnamed:
            yield "  no incident was named: if there was one, it is taken for usual and these are too high. Give --incident START/END"
        if any(self._changes().values()):
            yield f"  as options: {self.snippet()}"
        elif any(map(self._few, self.suggestions)):
            yield f"  no options yet: it takes {LEAST_SPAN.days} days and {LEAST_POINTS:,} points to know what is usual"
        else:
            yield "  nothing to change in the options"


def advise(result: Result, most_per_week: float | None = None, reading: Reading = Reading.ALWAYS_IGNORE) -> Advice:
    """most_per_week: of each alarm. Default: MOST_PER_WEEK by severity. Incidents of the result are left out."""
    observed = result.observed
    options = Options()
    made = {alarm.name: alarm for alarm in alarms_for(observed.stack, options)}
    leaves = Leaves(observed.measured, observed.start, observed.end)
    found = tuple(_suggestion(alarm, made.get(alarm.name, alarm), result, leaves, most_per_week, reading) for alarm in result.alarms.metric)
    return Advice(found, observed.quiet >= LEAST_SPAN, observed.unnamed)


def _suggestion(alarm: Alarm, made: Alarm, result: Result, leaves: Leaves, most_per_week: float | None, reading: Reading) -> Suggestion:
    """made: the same alarm as the recipes make it by default, so that its threshold is the recipe's in the alarm's unit."""
    recipe = made.recipe
    weeks = result.observed.quiet / WEEK
    fired = sum(each.alarm.name == alarm.name for each in result.noise)
    usual = RECIPES[recipe].threshold if recipe else None
    scale = usual / made.threshold if usual and made.threshold else 1.0
    none = Suggestion(alarm, recipe, fired / weeks if weeks else 0.0, scale)
    if why := _fixed(alarm, recipe):
        return replace(none, why=why)
    try:
        points = points_of(alarm, leaves)
    except Unsuited:
        return replace(none, why="its formula has no level to compare with a threshold")
    quiet = np.array([result.observed.incident_at(at) is None for at in _times(result)])
    newest = points[:, -1][quiet]
    known = newest[newest > 0]
    if not known.size:
        return replace(none, why="nothing was measured of it, or only 0")
    allowed = math.floor((MOST_PER_WEEK[alarm.severity] if most_per_week is None else most_per_week) * weeks + 1e-9)
    level = np.where(quiet, _level(alarm, points), -np.inf)
    threshold = _smallest(level, allowed)
    for _ in range(MOST_STEPS):
        threshold = rounded_up(threshold)
        count = _fires(replace(alarm, threshold=threshold), result, reading)
        if recipe and RECIPES[recipe].unit.startswith("%") and threshold * scale >= WHOLE:
            return replace(none, why="only 100% would be quiet, and nothing exceeds that: name the incidents, or mend what it is about")
        if count <= allowed:
            share = 100 * float((known <= threshold).mean())
            each = max(1, alarm.period_seconds // 60)
            return replace(none, threshold=threshold, per_week=count / weeks, percentile=share, points=int(known.size) // each)
        threshold *= 1.02
    return replace(none, why="it fires more often than that at any threshold")


def _fixed(alarm: Alarm, recipe: str) -> str:
    if recipe in FIXED:
        return f"the threshold has a fixed meaning: {FIXED[recipe]}"
    if not alarm.comparison.startswith("Greater"):
        return "it watches for too little, not for too much"
    if alarm.threshold == 0 or (recipe and RECIPES[recipe].threshold is None and recipe not in LATENCIES):
        return "the threshold has a fixed meaning: more than none, or yes and no"
    return ""


def _times(result: Result) -> Iterator[Any]:
    """Of the evaluations."""
    at = result.observed.start
    while at < result.observed.end:
        at += timedelta(minutes=1)
        yield at


def _level(alarm: Alarm, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The value above which no threshold lets the alarm be open, by the minute. Missing points count as fine."""
    newest = np.where(np.isnan(points), -np.inf, points)[:, -alarm.evaluation_periods :]
    return np.sort(newest, axis=1)[:, -alarm.datapoints_to_alarm]


def _smallest(level: NDArray[np.float64], allowed: int) -> float:
    """The smallest of its values above which it crosses any of them at most so often upwards."""
    before = np.concatenate(([-np.inf], level[:-1]))
    found = float(level.max())
    for value in np.unique(level[np.isfinite(level)])[::-1]:
        if int(((level > value) & (before <= value)).sum()) > allowed:
            break
        found = float(value)
    return max(found, 0.0)


def rounded_up(value: float) -> float:
    """To two digits: 12.31 -> 13, 0.0421 -> 0.043."""
    if value <= 0:
        return 0.01
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return float(f"{math.ceil(value / step - 1e-9) * step:.6g}")


def _fires(alarm: Alarm, result: Result, reading: Reading) -> int:
    observed = result.observed
    changes = replay((alarm,), (), observed.measured, observed.start, observed.end, reading)
    return sum(each.new == "ALARM" and observed.incident_at(each.at) is None for each in changes)


def _option(alarm: Alarm, recipe: str, threshold: float, scale: float) -> tuple[str, str, float]:
    """Which option says it, for what, and its value in the option's unit."""
    if recipe in LATENCIES:
        name, option = ("Operation", "latency_ms") if recipe == "slow-operation" else ("Pattern", "pattern_latency_ms")
        return option, next(str(each.dimensions[name]) for each in alarm.metrics.values() if name in each.dimensions), threshold
    return "thresholds", recipe, rounded_up(threshold * scale)


def _numbers(values: Mapping[str, float]) -> str:
    said = ", ".join(f'"{name}": {value:g}' for name, value in sorted(values.items()))
    return f"{{{said}}}"
