"""Which alarms belong together: what was open at one time, or within minutes of it, is one incident; what was over before is an earlier one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitoring.alarms import Alarm, clause_of
from monitoring.backtest.replay import replay
from monitoring.measured import Measured

OPENS_WITHIN: Final = timedelta(minutes=10)
"""An alarm opens some minutes after what it is about has begun, and what it is about may be over by then."""


@dataclass(frozen=True)
class Spell:
    """An alarm's recipe opened. until: None while it is open at the end of the time."""

    alarm: Alarm
    since: datetime
    until: datetime | None

    @property
    def clause(self) -> str:
        return clause_of(self.alarm.name)


@dataclass(frozen=True)
class Incident:
    """The last one of the time. since: when what its alarms are about can have begun. until: when the last of them cleared, or the end of
    the time. earlier: spells of those that were over before.
    """

    spells: tuple[Spell, ...]
    since: datetime
    until: datetime
    earlier: tuple[Spell, ...] = ()

    @property
    def is_open(self) -> bool:
        return any(spell.until is None for spell in self.spells)

    @property
    def telling(self) -> tuple[Spell, ...]:
        """Those that are open; all, where it is over."""
        return tuple(spell for spell in self.spells if spell.until is None) or self.spells


def incident_of(alarms: Sequence[Alarm], measured: Measured, start: datetime, end: datetime) -> Incident | None:
    """None: no alarm opened."""
    spells = sorted(_spells(alarms, measured, start, end), key=lambda spell: spell.since)
    if not spells:
        return None
    last = max(spells, key=lambda spell: spell.until or end)
    since, taken = last.since, {id(last)}
    # Whatever touches it in time belongs to it, and then what touches that.
    while more := [spell for spell in spells if id(spell) not in taken and (spell.until or end) + OPENS_WITHIN >= since]:
        taken |= {id(spell) for spell in more}
        since = min(since, *(spell.since for spell in more))
    own = tuple(spell for spell in spells if id(spell) in taken)
    return Incident(
        own,
        max(start, since - OPENS_WITHIN),
        max(spell.until or end for spell in own),
        tuple(spell for spell in spells if id(spell) not in taken),
    )


def _spells(alarms: Iterable[Alarm], measured: Measured, start: datetime, end: datetime) -> Iterator[Spell]:
    by_name = {alarm.name: alarm for alarm in alarms}
    opened: dict[str, datetime] = {}
    for change in replay(tuple(by_name.values()), (), measured, start, end):
        if change.new == "ALARM":
            opened.setdefault(change.alarm, change.at)
        elif change.alarm in opened:
            yield Spell(by_name[change.alarm], opened.pop(change.alarm), change.at)
    yield from (Spell(by_name[name], since, None) for name, since in opened.items())
