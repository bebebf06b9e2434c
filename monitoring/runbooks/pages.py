"""Runbooks as Markdown pages, one a recipe, with an index: of everything there is, or of one stack with its own alarms, patterns and keys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from monitoring.account_alarms import ACCOUNT_RECIPES
from monitoring.alarms import Alarm
from monitoring.options import RECIPES, Recipe
from monitoring.runbooks import RUNBOOKS, Runbook
from monitoring.runbooks.facts import clearing, felt_by, firing, firing_of
from monitoring.subjects import Stack

INDEX: Final = "README.md"
EVERY_RECIPE: Final[Mapping[str, Recipe]] = {**RECIPES, **ACCOUNT_RECIPES}
ANSWERED: Final = {"page": "Somebody now.", "ticket": "On the next working day.", "info": "When there is time."}
"""Severity -> who is meant to look, and when."""


def pages(made_by: str) -> dict[str, str]:
    """File name -> text, of every recipe. made_by: how they are made again, in the first line."""
    found = {f"{each.recipe}.md": "\n".join(_page(each, RUNBOOKS, made_by)) for each in RUNBOOKS.values()}
    return {INDEX: "\n".join(_index("Runbooks", RUNBOOKS.values(), {}, made_by)), **found}


def pages_of(stack: Stack, alarms: Sequence[Alarm], made_by: str) -> dict[str, str]:
    """File name -> text, of the recipes that made the alarms, with those alarms."""
    made = alarms_by_recipe(alarms)
    shown = {recipe: RUNBOOKS[recipe] for recipe in RUNBOOKS if recipe in made}
    found = {
        f"{recipe}.md": "\n".join([*_page(runbook, shown, made_by, made[recipe]), *_alarms(stack, made[recipe], EVERY_RECIPE[recipe])])
        for recipe, runbook in shown.items()
    }
    return {INDEX: "\n".join(_index(f"Runbooks of {stack.label}", shown.values(), made, made_by)), **found}


def alarms_by_recipe(alarms: Sequence[Alarm]) -> dict[str, list[Alarm]]:
    found: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        found.setdefault(alarm.recipe, []).append(alarm)
    return found


def ending(runbook: Runbook, recipe: Recipe) -> str:
    """When an alarm of the recipe clears."""
    computed = clearing(recipe.datapoints, recipe.periods, recipe.period_seconds) if recipe.periods else ""
    return " ".join(filter(None, (computed, runbook.clears)))


def _page(runbook: Runbook, shown: Mapping[str, Runbook], made_by: str, alarms: Sequence[Alarm] = ()) -> Iterator[str]:
    recipe = EVERY_RECIPE[runbook.recipe]
    severity = alarms[0].severity if alarms else recipe.severity
    fires = "" if alarms else f" Fires {firing(recipe)}."
    yield f"<!-- {made_by} -->"
    yield f"# {runbook.title}"
    yield f"**{severity}**: {ANSWERED[severity][0].lower()}{ANSWERED[severity][1:]}{fires} Recipe `{runbook.recipe}`, one of [all](README.md)."
    yield ""
    yield runbook.means
    yield ""
    yield "## Do first"
    yield from (f"{number}. {step}" for number, step in enumerate(runbook.steps, 1))
    yield ""
    yield "## Likely causes"
    yield "| cause | how to recognise it |"
    yield "|---|---|"
    yield from (_row(cause.what, cause.sign) for cause in runbook.causes)
    yield ""
    yield "## What will not help"
    yield runbook.useless
    yield ""
    yield "## When it clears"
    yield ending(runbook, recipe)
    yield ""
    if related := [RUNBOOKS[name] for name in runbook.related if name in shown]:
        yield "## Look at as well"
        yield from (f"- [{each.title}]({each.recipe}.md)" for each in related)
        yield ""
    yield "## Sources"
    yield from (f"- [{page.title}]({page.address})" if page.address else f"- {page.title}" for page in runbook.sources)
    yield ""


def _alarms(stack: Stack, alarms: Sequence[Alarm], recipe: Recipe) -> Iterator[str]:
    yield f"## In {stack.label}"
    for alarm in alarms:
        yield f"### {alarm.name}"
        yield f"Fires {firing_of(alarm, recipe)}."
        yield ""
        if patterns := felt_by(stack, alarm):
            yield "| felt by | what | operation | key |"
            yield "|---|---|---|---|"
            yield from (_row(f"`{each.name}`", each.title, ", ".join(each.operations), f"`{each.access}`") for each in patterns)
            yield ""


def _index(title: str, runbooks: Iterable[Runbook], made: Mapping[str, Sequence[Alarm]], made_by: str) -> Iterator[str]:
    yield f"<!-- {made_by} -->"
    yield f"# {title}"
    yield "One page for each kind of alarm: what it means, the first three steps, likely causes and how to recognise them, what will not help."
    yield "In the order of triage: what is refused, what fails, what is near a limit, the stream, the functions, the data, the account."
    yield ""
    yield "| severity | alarm | recipe |"
    yield "|---|---|---|"
    for runbook in runbooks:
        alarms = made.get(runbook.recipe, ())
        severity = alarms[0].severity if alarms else EVERY_RECIPE[runbook.recipe].severity
        count = f" ({len(alarms)} alarms)" if len(alarms) > 1 else ""
        yield _row(severity, f"[{runbook.title}]({runbook.recipe}.md){count}", f"`{runbook.recipe}`")
    yield ""


def _row(*cells: str) -> str:
    escaped = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(escaped)} |"
