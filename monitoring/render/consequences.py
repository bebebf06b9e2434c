"""Which alarm follows from which: an index that throttles refuses requests, refused requests fail callers.

Two things must hold: the one can cause the other (`CAUSES`, by recipe), and both were open at one time, the cause not long after what
follows. Alarms over the same series have one cause anyway: the one that says why stands for it, else the strongest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from monitoring.alarms import Alarm
from monitoring.recipes import alarms_for
from monitoring.recipes.causes import REASONS
from monitoring.render.view import Spell, View, clause, watched_by
from monitoring.subjects import Stack

SLACK: Final = timedelta(minutes=5)
"""An alarm of 3 of 5 minutes fires after one of 1 of 5, whichever of them is the cause."""

MOST_CLEARED: Final = 6
"""Alarms that are over and still shown one by one."""

_REASONS: Final = tuple(reason.recipe for reason in REASONS.values())
_PLACES: Final = ("index-throttles", "table-throttles")
_REFUSALS: Final = (*_PLACES, "refused-requests", "system-errors", *_REASONS)

CAUSES: Final[Mapping[str, tuple[str, ...]]] = {
    "index-throttles": _REASONS,
    "table-throttles": _REASONS,
    "lasting-throttles": (*_PLACES, *_REASONS),
    "refused-requests": (*_PLACES, *_REASONS),
    "slow-pattern": ("slow-operation",),
    "failed-requests": ("refused-requests", *_PLACES, "system-errors", "function-throttles", *_REASONS),
    "lasting-failures": ("failed-requests", *_REFUSALS, "function-throttles"),
    "function-errors": ("refused-requests", *_PLACES, "system-errors", *_REASONS),
    "function-near-timeout": ("slow-operation", *_REFUSALS),
    "stream-late": ("function-errors", "function-throttles"),
    "stream-very-late": ("stream-late",),
    "failure-queue": ("function-errors", "stream-late"),
    "records-lost": ("stream-very-late", "function-errors"),
}
"""Recipe -> the recipes it can follow from, the nearest first. That something is throttled is a symptom: the alarm of its reason stands above
it, though it opens some minutes later and is less urgent, because only it says which step helps.
"""

_SAME_SERIES: Final = frozenset((*_PLACES, "lasting-throttles"))
"""They look at the throttles of one table or index: of another index they say nothing."""


@dataclass(frozen=True)
class Traced:
    """A spell with what it follows from. recipe: of its alarm; empty where no recipe made it. cause: None where nothing is known to be it.
    same: both tell of one thing by different rules, and neither is the cause of the other.
    """

    spell: Spell
    recipe: str
    cause: Spell | None = None
    same: bool = False

    @property
    def under(self) -> bool:
        """Whether it is read below its cause. What is open while its cause is over stands for itself: something is to be done."""
        return self.cause is not None and (self.cause.is_open or not self.spell.is_open)

    @property
    def words(self) -> str:
        """Empty for one that stands for itself."""
        if not self.cause:
            return ""
        return f"Same cause as: {clause(self.cause.alarm)}." if self.same else f"Follows from: {clause(self.cause.alarm)}."


def in_order(view: View) -> tuple[Traced, ...]:
    """The spells of metric alarms, those that are open first; each cause followed by what follows from it. A group stands where its most
    urgent member would.
    """
    spells = [spell for spell in view.spells if isinstance(spell.alarm, Alarm)]
    recipes = _recipes(view)
    told = [_told(spell, spells, recipes) for spell in spells]
    roots = {id(each.spell): _root(each, told) for each in told}
    order: list[Spell] = list({id(roots[id(spell)]): roots[id(spell)] for spell in spells}.values())
    grouped = [each for root in order for each in _group(root, told)]
    return tuple(sorted(grouped, key=lambda each: not each.spell.is_open))


def most_urgent(traced: Sequence[Traced]) -> Sequence[Traced]:
    """All that are open, and of those that are over the first: in the order of `in_order`."""
    opened = sum(each.spell.is_open for each in traced)
    # A rest of one takes no less room folded.
    return traced if len(traced) <= opened + MOST_CLEARED + 1 else traced[: opened + MOST_CLEARED]


def _group(root: Spell, told: Sequence[Traced]) -> Iterator[Traced]:
    """The cause, then what follows from it directly, each with its own consequences."""
    yield next(each for each in told if each.spell is root)
    for each in told:
        if each.cause is root:
            yield from _group(each.spell, told)


def _root(of: Traced, told: Sequence[Traced]) -> Spell:
    while of.cause:
        cause = of.cause
        of = next(each for each in told if each.spell is cause)
    return of.spell


def _told(spell: Spell, spells: Sequence[Spell], recipes: Mapping[str, str]) -> Traced:
    recipe = recipes.get(clause(spell.alarm), "")
    for wanted in CAUSES.get(recipe, ()):
        for other in spells:
            if recipes.get(clause(other.alarm)) != wanted or not _together(other, spell):
                continue
            same = _same_series(other, spell)
            if same or recipe not in _SAME_SERIES:
                return Traced(spell, recipe, other, same and wanted not in _REASONS)
    return Traced(spell, recipe)


def _together(cause: Spell, spell: Spell) -> bool:
    begins = cause.since <= spell.since + SLACK
    return begins and (cause.until is None or spell.since <= cause.until + SLACK)


def _same_series(one: Spell, other: Spell) -> bool:
    both = (one.alarm, other.alarm)
    watched = [watched_by(alarm) for alarm in both if isinstance(alarm, Alarm)]
    return bool(watched[0] & watched[1])


def _recipes(view: View) -> dict[str, str]:
    """What an alarm's name says -> its recipe. A deployed alarm does not say its recipe, so it is asked of the stack."""
    known = {clause(alarm): alarm.recipe for alarm in view.alarms if alarm.recipe}
    return recipes_of(view.stack) | known if view.stack and len(known) < len(view.alarms) else known


def recipes_of(stack: Stack) -> dict[str, str]:
    """Clause -> recipe of the alarms that are made for a stack."""
    return {clause(alarm): alarm.recipe for alarm in alarms_for(stack)}
