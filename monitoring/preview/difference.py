"""How one listing differs from another: what is added, removed and changed, and what that costs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from monitoring.alarms import clause_of
from monitoring.lint.given import Given, Place
from monitoring.lint.output.text import in_words
from monitoring.lint.rules.composites import children
from monitoring.preview.listing import Listing

Kind = Literal["alarm", "composite alarm", "dashboard", "chart", "text", "alarms"]
How = Literal["added", "removed", "changed"]

TEXT: Final = "its text"
"""The detail of an alarm whose description changes: no other alarm, for the same reason in other words."""

HOWS: Final[tuple[How, ...]] = ("added", "removed", "changed")


@dataclass(frozen=True)
class Change:
    """name: as a person calls it. details: what it watches where it is added or removed, and "threshold: 20 -> 25" where it is changed.

    monthly_usd: what it costs more.
    """

    how: How
    kind: Kind
    severity: str
    name: str
    details: tuple[str, ...]
    monthly_usd: float


@dataclass(frozen=True)
class Difference:
    """before: what it is compared with, in words. Costs are in US dollars a month."""

    stack: str
    before: str
    changes: tuple[Change, ...]
    monthly_usd_before: float
    monthly_usd: float

    @property
    def monthly_usd_more(self) -> float:
        return round(self.monthly_usd - self.monthly_usd_before, 2)

    @property
    def counts(self) -> dict[How, int]:
        counted = Counter(change.how for change in self.changes)
        return {how: counted[how] for how in HOWS}


def difference(before: Listing, after: Listing, words: str) -> Difference:
    """words: what `before` is, such as "HEAD~1 (1a2b3c4)". A listing of an older version may lack fields: they are not compared."""
    changes = (
        *_alarms("alarm", before["alarms"], after["alarms"]),
        *_alarms("composite alarm", before["composites"], after["composites"]),
        *_dashboards(before.get("dashboard"), after.get("dashboard")),
    )
    ordered = sorted(changes, key=lambda change: HOWS.index(change.how))
    return Difference(after["stack"], words, tuple(ordered), before["monthly_usd"], after["monthly_usd"])


# --- alarms


def _alarms(kind: Kind, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    for old, new in _paired(before, after):
        if old is None or new is None:
            only: Mapping[str, Any] = new or old or {}
            details = tuple(part for part in (only["watches"], only.get("fires", "")) if part)
            sign = 1 if old is None else -1
            how: How = "added" if old is None else "removed"
            yield Change(how, kind, only["severity"], clause_of(only["name"]), details, sign * only["monthly_usd"])
        elif details := tuple(_changed(old, new)):
            more = round(new["monthly_usd"] - old["monthly_usd"], 2)
            yield Change("changed", kind, new["severity"], clause_of(new["name"]), details, more)


def _paired(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    """By name; what is left by what stands behind the severity in it, because another severity is another name."""
    old = {each["name"]: each for each in before}
    new = {each["name"]: each for each in after}
    left = {clause_of(name): each for name, each in old.items() if name not in new}
    for name, each in new.items():
        yield old.get(name) or left.pop(clause_of(name), None), each
    yield from ((each, None) for each in left.values())


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    if old["severity"] != new["severity"]:
        yield _arrow("severity", old["severity"], new["severity"])
    if "request" in old and "request" in new:
        yield from _requests(old["request"], new["request"])
        yield from _rules(old["request"].get("AlarmRule"), new["request"].get("AlarmRule"))
    else:
        yield from (_arrow(name, old[name], new[name]) for name in ("watches", "fires") if name in new and old.get(name) != new[name])
    if old["description"] != new["description"]:
        yield TEXT


def _requests(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = _facts(old), _facts(new)
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield _arrow(name, before.get(name), after.get(name))
    gone, come = ([metric for metric in _metrics(one) if metric not in _metrics(other)] for one, other in ((old, new), (new, old)))
    if come:
        yield f"also watches {'; '.join(come)}"
    if gone:
        yield f"no longer watches {'; '.join(gone)}"


_NAMES: Final = {
    "Threshold": "threshold",
    "ComparisonOperator": "comparison",
    "TreatMissingData": "missing data",
    "EvaluateLowSampleCountPercentile": "few samples",
}


def _facts(request: Mapping[str, Any]) -> dict[str, Any]:
    """What decides when it fires, its metrics apart: each by the word that a person has for it."""
    alarm = _read(request)
    found = {_NAMES.get(name, name): value for name, value in request.items() if name not in _APART}
    formulas = [text for identity, text in alarm.formulas if identity is not None]
    own = {"formula": formulas[-1] if formulas else None, "of": f"{alarm.datapoints} of {alarm.periods}" if alarm.periods else None}
    return (
        found | {name: value for name, value in own.items() if value} | ({"period": alarm.period_seconds} if alarm.period_seconds else {})
    )


_APART: Final = (
    *("Metrics", "MetricName", "Namespace", "Dimensions", "Statistic", "ExtendedStatistic", "Period", "Unit"),
    *("EvaluationPeriods", "DatapointsToAlarm", "AlarmRule"),
)


def _metrics(request: Mapping[str, Any]) -> list[str]:
    return [in_words(series) for series in _read(request).series]


def _rules(old: str | None, new: str | None) -> Iterator[str]:
    """By the alarms in them: a rule itself may have thousands of characters."""
    if old == new:
        return
    before, after = (tuple(map(clause_of, children(rule) or ())) for rule in (old, new))
    come, gone = ([name for name in one if name not in other] for one, other in ((after, before), (before, after)))
    if come:
        yield f"also watches {'; '.join(come)}"
    if gone:
        yield f"no longer watches {'; '.join(gone)}"
    if not come and not gone:
        yield "its rule"


def _read(request: Mapping[str, Any]) -> Given:
    return Given("", Place("", ""), request)


def _arrow(what: str, old: Any, new: Any) -> str:
    return f"{what}: {_value(old)} -> {_value(new)}"


def _value(value: Any) -> str:
    if value is None:
        return "none"
    return f"{value:,g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


# --- the dashboard


def _dashboards(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[Change]:
    if not old or not new:
        only = old or new
        if only:
            how: How = "removed" if old else "added"
            sign = -1 if old else 1
            yield Change(how, "dashboard", "-", only["name"], (f"{len(only['charts'])} charts",), sign * only["monthly_usd"])
        return
    titles_only = "widgets" not in old or "widgets" not in new
    before, after = _widgets(old, titles_only=titles_only), _widgets(new, titles_only=titles_only)
    yield from (Change("added", *key, (), 0.0) for key in after if key not in before)
    yield from (Change("removed", *key, (), 0.0) for key in before if key not in after)
    for key in after:
        if key in before and (details := tuple(_properties(before[key], after[key]))):
            yield Change("changed", *key, details, 0.0)


def _widgets(dashboard: Mapping[str, Any], *, titles_only: bool) -> dict[tuple[Kind, str, str], Mapping[str, Any]]:
    """Kind, no severity, and title -> properties. A listing of an older version has the titles of charts only."""
    if titles_only:
        return {("chart", "-", title): {} for title in dashboard["charts"]}
    return {(widget["kind"], "-", widget["title"]): widget["properties"] for widget in dashboard["widgets"]}


def _properties(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    yield from (_PROPERTIES.get(name, name) for name in {**old, **new} if old.get(name) != new.get(name))


_PROPERTIES: Final = {
    "metrics": "its lines",
    "annotations": "its thresholds",
    "markdown": "its words",
    "alarms": "its alarms",
    "yAxis": "its axes",
}
