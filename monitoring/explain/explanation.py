"""The paragraph, computed: nothing in it is written by hand for an incident."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from monitoring.alarms import Alarm, clause_of
from monitoring.backtest.replay import replay
from monitoring.explain.keys import Key
from monitoring.explain.throttling import BECAUSE, RECIPE, Throttling, refused, refused_calls, throttlings
from monitoring.measured import Measured, series_of
from monitoring.measures import anchor, failed_share
from monitoring.options import RECIPES, Options
from monitoring.recipes import alarms_for
from monitoring.recipes.capacity import READING
from monitoring.recipes.throttles import patterns_on
from monitoring.render.figures import clock, number, span, with_unit
from monitoring.render.told import Told
from monitoring.runbooks import runbook_of
from monitoring.subjects import Stack

MOST_NAMED: Final = 4
CHANGED_BEFORE: Final = timedelta(hours=2)
"""So long before an incident, a change of a function is worth a thought."""
OPENS_WITHIN: Final = timedelta(minutes=10)
"""An alarm opens some minutes after what it is about has begun, and what it is about may be over by then."""
THROTTLED: Final = frozenset(
    ("refused-requests", "table-throttles", "index-throttles", "lasting-throttles", *RECIPE.values()),
)
"""Recipes that are open while something is throttled."""

ORIGINS: Final = (
    "system-errors",
    "records-lost",
    "stream-silent",
    "function-throttles",
    "failure-queue",
    "stream-very-late",
    "stream-late",
    "slow-operation",
    "slow-pattern",
    "function-near-timeout",
    "function-errors",
    "transaction-conflicts",
    "conditions-fail",
    "replication-silent",
    "replication-late",
    "failed-requests",
    "lasting-failures",
    "near-capacity",
)
"""Where nothing is throttled: the first of these that opened is what the others follow from. Those it leaves out come after."""


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
class Context:
    """What measurements do not say. keys: the busiest ones, where somebody counted them; None: nobody did, and `uncounted` says why.

    changed: function -> when its code or configuration was last changed; AWS does not say which, and forgets the change before.
    """

    keys: tuple[Key, ...] | None = None
    uncounted: str = ""
    changed: Mapping[str, datetime] = field(default_factory=dict[str, datetime])


@dataclass(frozen=True)
class Explanation:
    """headline: "GSI1 is throttled: one key range got more than a partition serves". sentences: the paragraph. steps: of the runbook.

    recipe: of the alarm that the others follow from; None: nothing is wrong. others: what opened beside it.
    """

    start: datetime
    end: datetime
    recipe: str | None
    headline: str
    sentences: tuple[str, ...]
    next_step: str
    steps: tuple[str, ...] = ()
    others: tuple[Spell, ...] = ()
    keys: tuple[Key, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "recipe": self.recipe,
            "headline": self.headline,
            "explanation": " ".join(self.sentences),
            "next_step": self.next_step,
            "steps": list(self.steps),
            "also_open": [
                {
                    "alarm": each.alarm.name,
                    "recipe": each.alarm.recipe,
                    "since": each.since.isoformat(),
                    "until": each.until.isoformat() if each.until else None,
                }
                for each in self.others
            ],
            "keys": [{"key": key.value, "index": key.index, "template": key.template, "share": key.share} for key in self.keys],
        }


@dataclass(frozen=True)
class _Case:
    """Everything that a sentence may be made of. start, end: the time that is explained."""

    stack: Stack
    measured: Measured
    start: datetime
    end: datetime
    context: Context
    options: Options
    spells: tuple[Spell, ...]


def explain(
    stack: Stack, measured: Measured, start: datetime, end: datetime, context: Context | None = None, options: Options | None = None
) -> Explanation:
    """What is wrong at `end`; where nothing is, what was last wrong since `start`. Both full minutes.

    By the alarms that the stack would have (`alarms_for`), evaluated anew: what is deployed may lack them. stack: by deployed names.
    """
    chosen = options or Options()
    spells = tuple(_spells(alarms_for(stack, chosen), measured, start, end))
    case = _Case(stack, measured, start, end, context or Context(), chosen, spells)
    if not spells:
        return _of_nothing(case)
    about = [spell for spell in spells if spell.until is None] or _last(spells, end)
    if opened := [spell.since for spell in about if spell.alarm.recipe in THROTTLED]:
        found = throttlings(stack, measured, start, end)
        # What was throttled earlier and is over is told by its own alarms.
        if now := [each for each in found if each.until >= min(opened) - OPENS_WITHIN]:
            return _of_throttling(case, now)
    return _of_alarm(case, _origin(about))


def _of_nothing(case: _Case) -> Explanation:
    """No alarm opened: because nothing is wrong, or because nothing was measured, which no alarm here can tell apart."""
    times = f"from {clock(case.start)} to {clock(case.end)} UTC"
    if not case.measured.statistics(anchor(case.stack.table.name), case.start, case.end):
        said = f"CloudWatch has no measurement of {case.stack.table.name} {times}, so no alarm could open."
        step = "Look at a time of the last 15 days; later, minutes are gone. See whether the table and the region are the right ones."
        return Explanation(case.start, case.end, None, "Nothing was measured", (said,), step)
    said = f"No alarm of {case.stack.label} opened {times}."
    return Explanation(
        case.start, case.end, None, "No alarm opened", (said,), "Nothing to do here. Look at the callers, or at an earlier time."
    )


def _last(spells: Sequence[Spell], end: datetime) -> list[Spell]:
    """Those of the last incident: what was open within minutes of the last one that cleared."""
    last = max(spell.until or end for spell in spells)
    return [spell for spell in spells if (spell.until or end) >= last - OPENS_WITHIN]


def _spells(alarms: Sequence[Alarm], measured: Measured, start: datetime, end: datetime) -> Iterator[Spell]:
    by_name = {alarm.name: alarm for alarm in alarms}
    opened: dict[str, datetime] = {}
    for change in replay(alarms, (), measured, start, end):
        if change.new == "ALARM":
            opened.setdefault(change.alarm, change.at)
        elif change.alarm in opened:
            yield Spell(by_name[change.alarm], opened.pop(change.alarm), change.at)
    yield from (Spell(by_name[name], since, None) for name, since in opened.items())


def _origin(spells: Iterable[Spell]) -> Spell:
    order = [*ORIGINS, *(recipe for recipe in RECIPES if recipe not in ORIGINS)]
    return min(spells, key=lambda spell: (order.index(spell.alarm.recipe), spell.since))


# --- something was throttled


def _of_throttling(case: _Case, found: Sequence[Throttling]) -> Explanation:
    throttled = found[0]
    keys = tuple(key for key in case.context.keys or () if key.index == throttled.index)
    sentences = (
        _what_was_throttled(case, throttled),
        *_who_feels_it(case, throttled),
        *_what_was_refused(case),
        *_what_failed(case),
        *_which_key(case, throttled, keys),
        *_where_else(found),
        *_changes(case, throttled.since),
    )
    headline = f"{_capital(throttled.place)} is throttled: {BECAUSE[throttled.cause]}"
    return _explained(case, headline, RECIPE[throttled.cause], sentences, keys)


def _what_was_throttled(case: _Case, throttled: Throttling) -> str:
    most, at = throttled.peak
    lasts = throttled.until >= case.end - timedelta(minutes=3)
    times = f"since {clock(throttled.since)}" if lasts else f"from {clock(throttled.since)} to {clock(throttled.until)}"
    what = "entries" if throttled.index and throttled.access == "Write" else "items"
    return (
        f"{_capital(throttled.place)} has refused {throttled.access.lower()}s of {number(throttled.events)} {what} {times} UTC, at most "
        f"{number(most)} in a minute ({clock(at)}), because {BECAUSE[throttled.cause]}."
    )


def _who_feels_it(case: _Case, throttled: Throttling) -> Iterator[str]:
    reads = throttled.access == "Read"
    patterns = [pattern.name for pattern in patterns_on(case.stack, throttled.index) if (pattern.kind in READING) is reads]
    counted = refused_calls(case.stack, case.measured, case.start, case.end)
    given_up = [f"{name} ({number(counted[name])} calls)" for name in counted if name in patterns]
    if throttled.index and not reads:
        yield f"A write that changes an entry of {throttled.index} is held back with it, even where the table has room."
    if given_up:
        yield f"The client gave up {_listed(given_up)}."
    elif patterns:
        yield f"Access patterns that {'read' if reads else 'write'} there: {_listed(patterns)}."


def _what_was_refused(case: _Case) -> Iterator[str]:
    if found := refused(case.stack, case.measured, case.start, case.end):
        by = ", ".join(f"{operation} {number(count)}" for operation, count in found.items())
        yield f"{number(sum(found.values()))} whole requests were refused ({by}); clients try them again a few times."


def _what_failed(case: _Case) -> Iterator[str]:
    for function in case.stack.functions:
        shares = series_of(failed_share(function.name), case.measured, case.start, case.end) if function.http else {}
        if any(shares.values()):
            worst = max(shares, key=lambda at: shares[at])
            yield f"At {clock(worst)} {number(shares[worst])}% of the requests to {function.label} failed, the most in this time."


def _which_key(case: _Case, throttled: Throttling, keys: Sequence[Key]) -> Iterator[str]:
    if throttled.cause != "KeyRangeThroughput":
        return
    if not keys:
        why = f" ({case.context.uncounted})" if case.context.uncounted else ""
        yield f"Nobody counted which key it is{why}."
        return
    key = keys[0]
    meaning = f": {' or '.join(key.entities)} by {key.template}" if key.entities else ", which no declared entity has"
    share = f", {number(100 * key.share)}% of what was counted" if key.share is not None else ""
    used = f", used by {_listed(key.patterns)}" if key.patterns else ""
    yield f"The busiest key of {throttled.place} is {key.value}{meaning}{share}{used}. More capacity does not help a single key."


def _where_else(found: Sequence[Throttling]) -> Iterator[str]:
    others = [f"{each.place}, {each.access.lower()}s, {number(each.events)} ({BECAUSE[each.cause]})" for each in found[1:]]
    if others:
        yield f"Also: {'; '.join(others[:MOST_NAMED])}."


# --- an alarm says it


def _of_alarm(case: _Case, origin: Spell) -> Explanation:
    alarm = origin.alarm
    clause = _capital(origin.clause, [function.label for function in case.stack.functions])
    sentences = (
        f"{clause}, {span(origin.since, origin.until, case.end)}. {Told.of(alarm.description).what}",
        *_worst(case, alarm),
        *_what_failed(case),
        *_likely(alarm.recipe),
        *_changes(case, origin.since),
    )
    return _explained(case, clause, alarm.recipe, sentences, ())


def _worst(case: _Case, alarm: Alarm) -> Iterator[str]:
    """In the recipe's unit, which an alarm may have in another: of 60 s it says 60,000 ms."""
    recipe, points = RECIPES[alarm.recipe], series_of(alarm.source, case.measured, case.start, case.end)
    if not points or not recipe.unit:
        return
    threshold = alarm.threshold if recipe.threshold is None else case.options.threshold(recipe.key)
    scale = threshold / alarm.threshold if alarm.threshold else 1
    worst = max(points, key=lambda at: points[at])
    unit = recipe.unit.partition(" of ")[0]
    above = f"; the alarm opens above {with_unit(number(threshold), unit)}" if threshold else ""
    yield f"At its worst, {clock(worst)} UTC, it was {_figure(points[worst] * scale, unit)}{above}."


def _figure(value: float, unit: str) -> str:
    """ "1 message", "149 requests a minute", "90%"."""
    what, space, rest = unit.partition(" ")
    one = what.removesuffix("s") if value == 1 and len(what) > 2 else what
    return with_unit(number(value), f"{one}{space}{rest}")


def _likely(recipe: str) -> Iterator[str]:
    if runbook := runbook_of(recipe):
        yield f"Likely causes: {'; '.join(cause.what for cause in runbook.causes[:MOST_NAMED])}."


# --- both


def _changes(case: _Case, since: datetime) -> Iterator[str]:
    """Near in time, which is no proof. A change after the beginning hides one before it: then nothing is said to have been unchanged."""
    changed = sorted((at, name) for name, at in case.context.changed.items() if at >= since - CHANGED_BEFORE)
    before, after = ([f"{name} at {clock(at)}" for at, name in changed if (at <= since) is early] for early in (True, False))
    if before:
        yield f"Changed shortly before, code or configuration: {', '.join(before)}."
    if after:
        yield f"Changed since then, code or configuration: {', '.join(after)}; of a change before that, Lambda says nothing."
    if case.context.changed and not changed:
        yield f"No function was changed in the {CHANGED_BEFORE // timedelta(hours=1)} hours before."


def _explained(case: _Case, headline: str, recipe: str, sentences: tuple[str, ...], keys: tuple[Key, ...]) -> Explanation:
    runbook = runbook_of(recipe)
    steps = runbook.steps if runbook else ()
    order = sorted(case.spells, key=lambda spell: (spell.until is not None, spell.since))
    said = (Told.of(spell.alarm.description).next_step for spell in order if spell.alarm.recipe == recipe)
    next_step = next(said, steps[0] if steps else "")
    others = tuple(spell for spell in order if spell.alarm.recipe != recipe)
    return Explanation(case.start, case.end, recipe, headline, sentences, next_step, steps, others, keys)


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _capital(words: str, names: Iterable[str] = ()) -> str:
    """names: which are spelt as they are."""
    return words if words.startswith(tuple(names)) else words[:1].upper() + words[1:]
