"""From a recipe and its words to an alarm: name, severity, evaluation, and a description that a phone can show."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitoring.alarms import LONGEST_DESCRIPTION, Alarm, Severity
from monitoring.metrics import Source
from monitoring.options import RECIPES, Options
from monitoring.runbooks import page_address, runbook_of
from monitoring.subjects import Stack
from singletable.definition import PatternDefinition

MOST_NAMED = 4
"""Patterns in a description: somebody reads it on a phone at night, and the dashboard has them all."""


@dataclass(frozen=True)
class Words:
    """clause: the alarm's name after the severity, in the business's words. what: what has happened. next_step: an imperative, and what
    will not help. felt_by: who notices. Default: nobody is named. likely: whether the runbook's causes stand there too; not where the next step
    names those that can happen here. Default: yes.
    """

    clause: str
    what: str
    next_step: str
    felt_by: tuple[str, ...] = ()
    likely: bool = True


def alarm_name(stack: Stack, severity: Severity, clause: str) -> str:
    """ "shop-dev page: GSI1 is throttled": with project and stage, because alarms of one account and region share one space of names."""
    return f"{stack.label} {severity}: {clause}"


def draft(
    stack: Stack,
    options: Options,
    recipe: str,
    words: Words,
    source: Source,
    threshold: float | None = None,
    *,
    periods: int = 0,
    matches: int = 0,
) -> Iterable[Alarm]:
    """The alarm, or nothing where it is disabled. threshold: Default: the recipe's, as the options have it.

    periods: in a row, of a recipe that has none of its own. matches: how many metrics its query finds.
    """
    severity = options.severity(recipe)
    name = alarm_name(stack, severity, words.clause)
    if is_disabled(options, recipe, name):
        return
    how = RECIPES[recipe]
    yield Alarm(
        name=name,
        severity=severity,
        description=description(words, recipe, options.runbook_url),
        source=source,
        threshold=float(options.threshold(recipe) if threshold is None else threshold),
        evaluation_periods=periods or how.periods,
        datapoints_to_alarm=periods or how.datapoints,
        missing="notBreaching",
        recipe=recipe,
        matches=matches,
    )


def is_disabled(options: Options, recipe: str, name: str) -> bool:
    return recipe in options.disabled or name in options.disabled


def amount(options: Options, recipe: str, one: str, many: str) -> str:
    """ "at least one request", or "more than 10 requests" where the threshold is not 0."""
    threshold = options.threshold(recipe)
    return f"more than {threshold:,g} {many}" if threshold else f"at least one {one}"


def description(words: Words, recipe: str, runbook_url: str | None) -> str:
    """What happened, who feels it, what is likely, what to do, and where more is said: at most 1,024 characters.

    Of those who feel it, a few are named, and fewer where they do not fit; the likely causes stand there where there is room.
    """
    link = f" Runbook: {page_address(runbook_url, recipe)}" if runbook_url else ""
    rest = f" Next: {words.next_step}{link}"
    likely = _likely(recipe) if words.likely else ""
    for count in range(min(len(words.felt_by), MOST_NAMED), -1, -1):
        felt = f" Felt by: {_listed(words.felt_by, count)}." if words.felt_by and count else ""
        for causes in dict.fromkeys((likely, "")):
            text = f"{words.what}{felt}{causes}{rest}"
            if len(text) <= LONGEST_DESCRIPTION:
                return text
    return f"{words.what}{rest}"


def _likely(recipe: str) -> str:
    """ " Likely: a hot key; our own on-demand ceiling." """
    runbook = runbook_of(recipe)
    return f" Likely: {'; '.join(cause.what for cause in runbook.causes)}." if runbook else ""


def _listed(names: tuple[str, ...], count: int) -> str:
    rest = len(names) - count
    return ", ".join(names[:count]) + (f" and {rest} more" if rest else "")


def titles(patterns: Iterable[PatternDefinition]) -> tuple[str, ...]:
    """ "find_user (one user)"."""
    return tuple(title(pattern) for pattern in patterns)


def title(pattern: PatternDefinition) -> str:
    words = in_a_sentence(pattern.title)
    return f"{pattern.name} ({words})" if words else pattern.name


def in_a_sentence(words: str) -> str:
    """ "One user." becomes "one user"; a name in capitals stays."""
    words = words.strip().rstrip(".")
    return words if words[1:2].isupper() else f"{words[:1].lower()}{words[1:]}"
