"""Is something else than usual, where no number can say what is usual. Only where it is asked for: a band is learnt in two weeks, is wrong
after every change of the traffic, and costs three times an alarm. So it informs and never wakes anybody.
"""

from collections.abc import Iterable

from monitoring.anomalies import AnomalyAlarm
from monitoring.measures import ACCESSES, ANCHOR, consumed, of_table
from monitoring.metrics import Expression, Source
from monitoring.options import RECIPES, Options
from monitoring.recipes.capacity import users_of
from monitoring.recipes.draft import Words, alarm_name, description, is_disabled, titles
from monitoring.subjects import Stack


def anomalies_for(stack: Stack, options: Options | None = None) -> tuple[AnomalyAlarm, ...]:
    """Those of `Options.anomalies`. Default options: Options(), which asks for none."""
    chosen = options or Options()
    return tuple(alarm for recipe in (_use, _conditions) for alarm in recipe(stack, chosen))


def _use(stack: Stack, options: Options) -> Iterable[AnomalyAlarm]:
    """Of the table, up and down: callers that vanish are news too. Throttles are not judged so, because their usual number is 0."""
    for access in ACCESSES:
        words = Words(
            clause=f"{access.lower()}s of the table are unusual",
            what=f"The table uses far more or fewer {access.lower()} units than at such times before, for {_span('unusual-use')}.",
            next_step="see on the dashboard which operation changed, and whether a release, a campaign or a job explains it. If nothing does, "
            "fewer mean callers that do not get through, more a loop or somebody who should not call.",
            felt_by=titles(users_of(stack, access, None)),
        )
        source = consumed(stack.table.name, access, period_seconds=RECIPES["unusual-use"].period_seconds)
        yield from _draft(stack, options, "unusual-use", words, source, "LessThanLowerOrGreaterThanUpperThreshold")


def _conditions(stack: Stack, options: Options) -> Iterable[AnomalyAlarm]:
    """A gap of the metric is 0, and the anchor gives every span a number: else it would stay open in silence."""
    seconds = RECIPES["unusual-conditions"].period_seconds
    words = Words(
        clause="unusually many writes fail their condition",
        what=f"More writes than at such times before were refused because their condition was false, for {_span('unusual-conditions')}.",
        next_step="look in the logs for what is repeated: a caller that sends again what is done, a version that is always old, a job that ran "
        "twice. Nothing was written, and each try used capacity.",
    )
    failed = of_table("ConditionalCheckFailedRequests", stack.table.name, period_seconds=seconds)
    source = Expression(
        f"FILL(failed,0) + 0*{ANCHOR}",
        {"failed": failed, ANCHOR: consumed(stack.table.name, "Write", period_seconds=seconds)},
        "condition was false",
    )
    yield from _draft(stack, options, "unusual-conditions", words, source, "GreaterThanUpperThreshold")


def _span(recipe: str) -> str:
    how = RECIPES[recipe]
    return f"{how.periods * how.period_seconds // 60} minutes"


def _draft(stack: Stack, options: Options, recipe: str, words: Words, source: Source, comparison: str) -> Iterable[AnomalyAlarm]:
    severity = options.severity(recipe)
    name = alarm_name(stack, severity, words.clause)
    if recipe not in options.anomalies or is_disabled(options, recipe, name):
        return
    how = RECIPES[recipe]
    yield AnomalyAlarm(
        name=name,
        severity=severity,
        description=description(words, recipe, options.runbook_url),
        source=source,
        comparison=comparison,
        evaluation_periods=how.periods,
        datapoints_to_alarm=how.datapoints,
        missing="notBreaching",
        recipe=recipe,
    )
