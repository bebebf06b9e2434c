"""What is told of an incident. Each number is of this incident, and not of one that was over before it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from monitoring.explain.counted import NOBODY, Counted
from monitoring.explain.incident import OPENS_WITHIN, Spell, incident_of
from monitoring.explain.keys import Key
from monitoring.explain.sentences import Case, capital, of_alarm, of_throttling, spread
from monitoring.explain.throttling import BECAUSE, RECIPE, Throttling, throttlings
from monitoring.measured import Measured
from monitoring.measures import anchor
from monitoring.names import text
from monitoring.options import RECIPES, Options
from monitoring.recipes import alarms_for
from monitoring.render.figures import clock
from monitoring.render.told import Told
from monitoring.runbooks import runbook_of
from monitoring.subjects import Stack

THROTTLED: Final = frozenset(("refused-requests", "table-throttles", "index-throttles", "lasting-throttles", *RECIPE.values()))
"""Recipes that are open while something is throttled."""
OURSELVES: Final = "monitoring explain"
"""In a step of a runbook: what the reader has just done."""

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
class Context:
    """What measurements do not say. busiest: the keys that somebody counted between two times. Default: nobody did.

    changed: function -> when its code or configuration was last changed; AWS does not say which, and forgets the change before.
    """

    busiest: Callable[[datetime, datetime], Counted] = lambda _since, _until: NOBODY
    changed: Mapping[str, datetime] = field(default_factory=dict[str, datetime])


@dataclass(frozen=True)
class Explanation:
    """headline: "GSI1 is throttled: one key range got more than a partition serves". sentences: the paragraph. steps: of the runbook.

    recipe: of the alarm that the others follow from; None: nothing is wrong. others: what opened beside it. earlier: what was over before.
    """

    start: datetime
    end: datetime
    recipe: str | None
    headline: str
    sentences: tuple[str, ...]
    next_step: str
    steps: tuple[str, ...] = ()
    others: tuple[Spell, ...] = ()
    earlier: tuple[Spell, ...] = ()
    key: Key | None = None

    def to_dict(self) -> dict[str, Any]:
        key = self.key
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "recipe": self.recipe,
            "headline": self.headline,
            "explanation": " ".join(self.sentences),
            "next_step": self.next_step,
            "steps": list(self.steps),
            "also_open": [_spelt(spell) for spell in self.others],
            "earlier": [_spelt(spell) for spell in self.earlier],
            "key": {"key": key.value, "index": key.index, "template": key.template, "share": key.share} if key else None,
        }


def _spelt(spell: Spell) -> dict[str, Any]:
    until = spell.until.isoformat() if spell.until else None
    return {"alarm": spell.alarm.name, "recipe": spell.alarm.recipe, "since": spell.since.isoformat(), "until": until}


def explain(
    stack: Stack, measured: Measured, start: datetime, end: datetime, context: Context | None = None, options: Options | None = None
) -> Explanation:
    """What is wrong at `end`; where nothing is, what was last wrong since `start`. Both full minutes.

    By the alarms that the stack would have (`alarms_for`), evaluated anew: what is deployed may lack them. stack: by deployed names.
    """
    known, chosen = context or Context(), options or Options()
    incident = incident_of(alarms_for(stack, chosen), measured, start, end)
    if incident is None:
        return _of_nothing(stack, measured, start, end)
    case = Case(stack, measured, incident, end, known.changed, chosen)
    opened = [spell.since for spell in incident.telling if spell.alarm.recipe in THROTTLED]
    found = throttlings(stack, measured, incident.since, incident.until) if opened else ()
    # What was throttled earlier in the incident, and is over while other alarms are open, is told by its own alarms.
    if now := [each for each in found if each.until >= min(opened) - OPENS_WITHIN]:
        return _of_throttling(case, start, now, known)
    return _of_alarm(case, start, _origin(incident.telling))


def _of_nothing(stack: Stack, measured: Measured, start: datetime, end: datetime) -> Explanation:
    """No alarm opened: because nothing is wrong, or because nothing was measured, which no alarm here can tell apart."""
    times = f"from {clock(start)} to {clock(end)} UTC"
    if not measured.statistics(anchor(stack.table.name), start, end):
        said = f"CloudWatch has no measurement of {stack.table.name} {times}, so no alarm could open."
        step = "Look at a time of the last 15 days; later, minutes are gone. See whether the table and the region are the right ones."
        return Explanation(start, end, None, "Nothing was measured", (said,), step)
    said = f"No alarm of {stack.label} opened {times}."
    return Explanation(start, end, None, "No alarm opened", (said,), "Nothing to do here. Look at the callers, or at an earlier time.")


def _origin(spells: Iterable[Spell]) -> Spell:
    order = [*ORIGINS, *(recipe for recipe in RECIPES if recipe not in ORIGINS)]
    return min(spells, key=lambda spell: (order.index(spell.alarm.recipe), spell.since))


def _of_throttling(case: Case, start: datetime, found: list[Throttling], known: Context) -> Explanation:
    """What still goes on comes before what is over, and then the largest."""
    found.sort(key=lambda each: (not case.goes_on(each), -each.events))
    throttled = found[0]
    counted = known.busiest(throttled.since, throttled.until)
    key = counted.standing_out(throttled.index) if throttled.cause == "KeyRangeThroughput" else None
    headline = f"{capital(throttled.place)} is throttled: {BECAUSE[throttled.cause]}"
    return _explained(case, start, headline, RECIPE[throttled.cause], of_throttling(case, found, counted), key)


def _of_alarm(case: Case, start: datetime, origin: Spell) -> Explanation:
    headline = capital(origin.clause, [function.label for function in case.stack.functions])
    return _explained(case, start, headline, origin.alarm.recipe, of_alarm(case, origin, headline), None)


def _explained(case: Case, start: datetime, headline: str, recipe: str, sentences: tuple[str, ...], key: Key | None) -> Explanation:
    runbook, incident = runbook_of(recipe), case.incident
    steps = tuple(_named(step, case.stack) for step in (runbook.steps if runbook else ()) if OURSELVES not in step)
    order = sorted(incident.spells, key=lambda spell: (spell.until is not None, spell.since))
    said = (Told.of(spell.alarm.description).next_step for spell in order if spell.alarm.recipe == recipe)
    next_step = spread(key) if key else next(said, steps[0] if steps else "")
    others = tuple(spell for spell in order if spell.alarm.recipe != recipe)
    return Explanation(start, case.end, recipe, headline, sentences, next_step, steps, others, incident.earlier, key)


def _named(step: str, stack: Stack) -> str:
    """A command of a runbook with the table's name in it."""
    return step.replace(" TABLE", f" {text(stack.table.name)}")
