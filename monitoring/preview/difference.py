"""How one listing differs from another: what is added, removed and changed, and what that costs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from monitoring.alarms import clause_of
from monitoring.preview.listing import Listing
from monitoring.preview.requests import arrow, differences

How = Literal["added", "removed", "changed"]

TEXT: Final = "its text"
"""The detail of an alarm whose description changes: no other alarm, for the same reason in other words."""

HOWS: Final[tuple[How, ...]] = ("added", "removed", "changed")


@dataclass(frozen=True)
class Change:
    """kind: "alarm", "composite alarm", "dashboard", or the kind of a widget. name: as a person calls it. monthly_usd: what it costs more.

    details: what it watches where it is added or removed, and "threshold: 20 -> 25" where it is changed.
    """

    how: How
    kind: str
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


def _alarms(kind: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
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
        yield arrow("severity", old["severity"], new["severity"])
    if "request" in old and "request" in new:
        yield from differences(old["request"], new["request"])
    else:
        yield from (arrow(name, old[name], new[name]) for name in ("watches", "fires") if name in new and old.get(name) != new[name])
    if old["description"] != new["description"]:
        yield TEXT


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


def _widgets(dashboard: Mapping[str, Any], *, titles_only: bool) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    """Kind, no severity, and what it is called -> properties. A listing of an older version has the titles of charts only."""
    if titles_only:
        return {("chart", "-", _called(title)): {} for title in dashboard["charts"]}
    return {
        (widget["kind"], "-", _called(widget["title"]) if widget["kind"] == "chart" else widget["title"]): widget["properties"]
        for widget in dashboard["widgets"]
    }


def _called(title: str) -> str:
    """Of a chart: which patterns it is about stands behind a colon, and is another list with each pattern."""
    return title.partition(": ")[0]


def _properties(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    yield from (_PROPERTIES.get(name, name) for name in {**old, **new} if old.get(name) != new.get(name))


_PROPERTIES: Final = {
    "title": "its patterns",
    "metrics": "its lines",
    "annotations": "its thresholds",
    "markdown": "its words",
    "alarms": "its alarms",
    "yAxis": "its axes",
}
