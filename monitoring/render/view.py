"""What is drawn: a dashboard over a span of time, with the spells during which its alarms were open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from monitoring.alarms import SEVERITIES, Alarm, CompositeAlarm, clause_of
from monitoring.dashboard import Dashboard
from monitoring.errors import MonitoringError
from monitoring.measured import Measured
from monitoring.measures import ANCHOR, CAUSES
from monitoring.metrics import Metric, asks_for, metrics_of
from monitoring.names import Name
from monitoring.subjects import Stack
from monitoring.widgets import Chart

LONGEST_RANGE: Final = timedelta(hours=24)
"""What was more than a day ago is for a tool that analyses, and not for one that watches."""
BY_THE_MINUTE: Final = timedelta(hours=3)
"""Longer spans are drawn in steps of five minutes: a chart has no pixels for more."""

Series = tuple[str, str, frozenset[tuple[str, Name]]]
"""Namespace, name, dimensions."""


class Change(Protocol):
    """One change of an alarm's state, as the history of alarms has it."""

    @property
    def at(self) -> datetime: ...
    @property
    def alarm(self) -> str: ...
    @property
    def new(self) -> str: ...
    @property
    def drill(self) -> str:
        """The id of the drill that made it. Empty: it happened."""
        ...


@dataclass(frozen=True)
class Spell:
    """An alarm was open. until: None while it still is. drill: the id of the drill that fired it."""

    alarm: Alarm | CompositeAlarm
    since: datetime
    until: datetime | None
    drill: str = ""

    @property
    def is_open(self) -> bool:
        return self.until is None


@dataclass(frozen=True)
class View:
    """end: the newest minute that is shown ends here. spells: in the order in which they are read: open first, pages first, newest first.
    drilled: those that a drill fired and that are over: nothing was wrong.

    stack: what is watched, where it is known beyond what the dashboard says. period_seconds: of a point, where its metric has no longer one.
    read: points of lines, once they were asked for.
    Build it with `View.of`.
    """

    title: str
    dashboard: Dashboard
    alarms: tuple[Alarm, ...]
    composites: tuple[CompositeAlarm, ...]
    samples: Measured
    start: datetime
    end: datetime
    spells: tuple[Spell, ...]
    stack: Stack | None = None
    period_seconds: int = 60
    drilled: tuple[Spell, ...] = ()
    read: dict[Any, Any] = field(default_factory=dict[Any, Any], compare=False, repr=False)

    @classmethod
    def of(
        cls,
        title: str,
        dashboard: Dashboard,
        alarms: Sequence[Alarm | CompositeAlarm],
        samples: Measured,
        history: Iterable[Change],
        *,
        start: datetime,
        end: datetime,
        stack: Stack | None = None,
        period_seconds: int | None = None,
    ) -> "View":
        """title: "shop / dev". history: every change of state, oldest first. start, end: moved to full minutes. stack: by its deployed names.
        period_seconds: Default: 60, or 300 of a span longer than three hours.

        Raises MonitoringError "invalid-view" for a span that is empty or longer than 24 hours.
        """
        start, end = _minute(start), _minute(end)
        if not timedelta() < end - start <= LONGEST_RANGE:
            raise MonitoringError("invalid-view", f"from {start} to {end}: a page shows more than nothing and at most {LONGEST_RANGE}")
        known = {alarm.name: alarm for alarm in alarms}
        every = [spell for spell in _spells(known, history, end) if (spell.until or end) >= start]
        drilled = tuple(spell for spell in every if spell.drill and not spell.is_open)
        spells = [spell for spell in every if spell not in drilled]
        spells.sort(key=lambda spell: (not spell.is_open, SEVERITIES.index(spell.alarm.severity), -spell.since.timestamp()))
        return cls(
            title,
            dashboard,
            tuple(alarm for alarm in alarms if isinstance(alarm, Alarm)),
            tuple(alarm for alarm in alarms if isinstance(alarm, CompositeAlarm)),
            samples,
            start,
            end,
            tuple(spells),
            stack,
            period_seconds or (60 if end - start <= BY_THE_MINUTE else 300),
            drilled,
        )

    def spells_on(self, chart: Chart) -> tuple[Spell, ...]:
        """The spells of alarms that watch what this chart shows. A count of all throttle events is what its four causes show."""
        shown = [metric for line in chart.lines for metric in metrics_of(line.source).values()]
        return tuple(spell for spell in self.spells if isinstance(spell.alarm, Alarm) and _watches(spell.alarm, shown))


def _watches(alarm: Alarm, shown: Sequence[Metric]) -> bool:
    return bool(watched_by(alarm) & set(map(_series, shown))) or any(asks_for(alarm.source, metric) for metric in shown)


def watched_by(alarm: Alarm) -> set[Series]:
    """What an alarm looks at, without the metric that only keeps the alarm's formula supplied with data."""
    return {_series(metric) for name, metric in alarm.metrics.items() if name != ANCHOR}


def _series(metric: Metric) -> Series:
    """What is measured, under whichever statistic, period and cause."""
    name = next((metric.name.replace(cause, "") for cause in CAUSES if f"{cause}ThrottleEvents" in metric.name), metric.name)
    return metric.namespace, name, frozenset(metric.dimensions.items())


def clause(alarm: Alarm | CompositeAlarm) -> str:
    return clause_of(alarm.name)


def _minute(at: datetime) -> datetime:
    return datetime.fromtimestamp(int(at.timestamp()) // 60 * 60, UTC)


def _spells(known: dict[str, Alarm | CompositeAlarm], history: Iterable[Change], end: datetime) -> Iterable[Spell]:
    """A drill that fires an alarm which is open anyway changes nothing of its spell. An alarm that a drill fired and that is still open may be
    open for a reason of its own by now.
    """
    opened: dict[str, Change] = {}
    for change in history:
        if change.alarm not in known or change.at > end:
            continue
        before = opened.get(change.alarm)
        if change.new == "ALARM":
            opened.setdefault(change.alarm, change)
        elif before and (before.drill or not change.drill):
            del opened[change.alarm]
            yield Spell(known[change.alarm], before.at, change.at, before.drill)
    for name, change in opened.items():
        yield Spell(known[name], change.at, None, change.drill)
