"""The sentences of an explanation: each says what was measured in the incident, and when, or is not said."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitoring.alarms import Alarm
from monitoring.explain.counted import Counted
from monitoring.explain.incident import Incident, Spell
from monitoring.explain.keys import Key
from monitoring.explain.throttling import BECAUSE, Throttling, refused, refused_calls
from monitoring.measured import Measured, series_of
from monitoring.measures import failed_share
from monitoring.options import RECIPES, Options
from monitoring.recipes.capacity import READING
from monitoring.recipes.throttles import patterns_on
from monitoring.render.figures import clock, number, span, with_unit
from monitoring.render.told import Told
from monitoring.runbooks import runbook_of
from monitoring.subjects import Stack

MOST_NAMED: Final = 4
CHANGED_BEFORE: Final = timedelta(hours=2)
"""So long before an incident, a change of a function is worth a thought."""
LATE: Final = timedelta(minutes=3)
"""The newest minutes may still be on their way: what was measured in one of them goes on."""


@dataclass(frozen=True)
class Case:
    """Everything that a sentence may be made of. end: of the time that is explained. changed: function -> its last change."""

    stack: Stack
    measured: Measured
    incident: Incident
    end: datetime
    changed: Mapping[str, datetime]
    options: Options

    def goes_on(self, throttled: Throttling) -> bool:
        return throttled.until >= self.end - LATE


def capital(words: str, names: Iterable[str] = ()) -> str:
    """names: which are spelt as they are."""
    return words if words.startswith(tuple(names)) else words[:1].upper() + words[1:]


def spread(key: Key) -> str:
    """What to do about one key that is too busy."""
    who = f", or slow down {_listed(key.patterns)}" if key.patterns else ""
    return f"Spread {key.template or 'this key'} over several partition keys{who}. More capacity will not help."


# --- something was throttled


def of_throttling(case: Case, found: Sequence[Throttling], counted: Counted) -> tuple[str, ...]:
    """found: what is told first comes first."""
    throttled = found[0]
    return (
        _what_was_throttled(case, throttled),
        *_who_feels_it(case, throttled),
        *_what_was_refused(case, throttled),
        *_what_failed(case, throttled.since, throttled.until),
        *_which_key(throttled, counted),
        *_where_else(case, found[1:]),
        *_changes(case, throttled.since),
    )


def _times(case: Case, throttled: Throttling) -> str:
    if case.goes_on(throttled):
        return f"since {clock(throttled.since)}"
    return f"from {clock(throttled.since)} to {clock(throttled.until)}"


def _what_was_throttled(case: Case, throttled: Throttling) -> str:
    most, at = throttled.peak
    what = "entries" if throttled.index and throttled.access == "Write" else "items"
    return (
        f"{capital(throttled.place)} has refused {throttled.access.lower()}s of {number(throttled.events)} {what} {_times(case, throttled)} "
        f"UTC, at most {number(most)} in a minute ({clock(at)}), because {BECAUSE[throttled.cause]}."
    )


def _who_feels_it(case: Case, throttled: Throttling) -> Iterator[str]:
    reads = throttled.access == "Read"
    patterns = [pattern.name for pattern in patterns_on(case.stack, throttled.index) if (pattern.kind in READING) is reads]
    counted = refused_calls(case.stack, case.measured, throttled.since, throttled.until)
    given_up = [f"{name} ({number(counted[name])} calls)" for name in counted if name in patterns]
    if throttled.index and not reads:
        yield f"A write that changes an entry of {throttled.index} is held back with it, even where the table has room."
    if given_up:
        yield f"The client gave up {_listed(given_up)}."
    elif patterns:
        yield f"Access patterns that {'read' if reads else 'write'} there: {_listed(patterns)}."


def _what_was_refused(case: Case, throttled: Throttling) -> Iterator[str]:
    if found := refused(case.stack, case.measured, throttled.since, throttled.until):
        by = ", ".join(f"{operation} {number(count)}" for operation, count in found.items())
        total = sum(found.values())
        words = "one whole request was refused" if total == 1 else f"{number(total)} whole requests were refused"
        yield f"In that time {words} ({by}); clients try them again a few times."


def _what_failed(case: Case, since: datetime, until: datetime) -> Iterator[str]:
    for function in case.stack.functions:
        shares = series_of(failed_share(function.name), case.measured, since, until) if function.http else {}
        if any(shares.values()):
            worst = max(shares, key=lambda at: shares[at])
            yield f"At {clock(worst)} {number(shares[worst])}% of the requests to {function.label} failed, the most in that time."


def _which_key(throttled: Throttling, counted: Counted) -> Iterator[str]:
    """A name only for a key that has a large share: an innocent one would send somebody the wrong way."""
    if throttled.cause != "KeyRangeThroughput":
        return
    busiest, by_refusals = counted.of(throttled.index), counted.refusals(throttled.index)
    if busiest is None:
        yield f"Nobody counted which key it is{f' ({counted.why})' if counted.why else ''}."
        return
    share = number(100 * (busiest.share or 0))
    if key := counted.standing_out(throttled.index):
        meaning = f": {' or '.join(key.entities)} by {key.template}" if key.entities else ", which no declared entity has"
        used = f", used by {_listed(key.patterns)}" if key.patterns else ""
        of = "the refusals" if by_refusals else "all use"
        yield f"One key stands out: {key.value}{meaning}, {share}% of {of} that was counted there in that time{used}."
    else:
        unseen = "" if by_refusals else " Refusals themselves were not counted: those of an index's writes never are."
        yield f"No key stands out in what was counted there in that time: the busiest has {share}%.{unseen}"


def _where_else(case: Case, found: Sequence[Throttling]) -> Iterator[str]:
    others = [f"{each.place}, {each.access.lower()}s, {number(each.events)} {_times(case, each)} ({BECAUSE[each.cause]})" for each in found]
    if others:
        yield f"Also: {'; '.join(others[:MOST_NAMED])}."


# --- an alarm says it


def of_alarm(case: Case, origin: Spell, clause: str) -> tuple[str, ...]:
    until = origin.until or case.end
    return (
        f"{clause}, {span(origin.since, origin.until, case.end)}. {Told.of(origin.alarm.description).what}",
        *_worst(case, origin.alarm, until),
        *_what_failed(case, case.incident.since, until),
        *_likely(origin.alarm.recipe),
        *_changes(case, origin.since),
    )


def _worst(case: Case, alarm: Alarm, until: datetime) -> Iterator[str]:
    """In the recipe's unit, which an alarm may have in another: of 60 s it says 60,000 ms."""
    recipe, points = RECIPES[alarm.recipe], series_of(alarm.source, case.measured, case.incident.since, until)
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


def _changes(case: Case, since: datetime) -> Iterator[str]:
    """Near in time, which is no proof. A change after the beginning hides one before it: then nothing is said to have been unchanged."""
    changed = sorted((at, name) for name, at in case.changed.items() if at >= since - CHANGED_BEFORE)
    before, after = ([f"{name} at {clock(at)}" for at, name in changed if (at <= since) is early] for early in (True, False))
    if before:
        yield f"Changed shortly before, code or configuration: {', '.join(before)}."
    if after:
        yield f"Changed since then, code or configuration: {', '.join(after)}; of a change before that, Lambda says nothing."
    if case.changed and not changed:
        yield f"No function was changed in the {CHANGED_BEFORE // timedelta(hours=1)} hours before."


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
