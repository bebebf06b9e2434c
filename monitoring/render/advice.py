"""What to do about an alarm, by what is measured: the description of a throttled table must name every cause, a page can see which it is."""

from datetime import timedelta
from typing import Final

from monitoring.alarms import Alarm
from monitoring.errors import MonitoringError
from monitoring.explain.throttling import BECAUSE, Throttling, throttlings
from monitoring.recipes.causes import REASONS
from monitoring.render.consequences import Traced
from monitoring.render.told import Told
from monitoring.render.view import View

SYMPTOMS: Final = ("refused-requests", "table-throttles", "index-throttles", "lasting-throttles")
"""Recipes whose next step depends on the cause, which no alarm tells yet where they stand for themselves."""
BEFORE: Final = timedelta(minutes=5)
"""An alarm of the last 5 minutes opens after what it tells of."""


def next_step(traced: Traced, view: View) -> str:
    """Of the alarm's description, or of the cause that is measured most where the description can only list them all. Empty: it has none."""
    told = Told.of(traced.spell.alarm.description).next_step
    # Read once for a view: it is drawn as it was also when nothing can be asked any more.
    key = ("cause", traced.spell.alarm.name, traced.spell.since)
    if key not in view.read:
        view.read[key] = _most_measured(traced, view) if traced.recipe in SYMPTOMS else None
    found: Throttling | None = view.read[key]
    if not found:
        return told
    step = REASONS[found.cause].next_step.format(where=found.place)
    return f"{found.place[0].upper()}{found.place[1:]}: {BECAUSE[found.cause]}, so {step}"


def _most_measured(traced: Traced, view: View) -> Throttling | None:
    """None also where the recording that is looked at does not have the metrics of causes."""
    alarm, spell = traced.spell.alarm, traced.spell
    if not view.stack or not isinstance(alarm, Alarm):
        return None
    indexes = {metric.dimensions.get("GlobalSecondaryIndexName") for metric in alarm.metrics.values()} - {None}
    places = {None, *view.stack.indexes} if traced.recipe == "refused-requests" else indexes or {None}
    try:
        found = throttlings(view.stack, view.samples, max(view.start, spell.since - BEFORE), spell.until or view.end)
    except MonitoringError as error:
        if error.code != "not-recorded":
            raise
        return None
    return next((each for each in found if each.index in places), None)
