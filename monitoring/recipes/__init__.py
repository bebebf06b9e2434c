"""The recipes A1 to A12: from what a stack uses to its alarms."""

from monitoring.alarms import Alarm
from monitoring.options import Options
from monitoring.recipes.capacity import near_capacity
from monitoring.recipes.composites import composites_for
from monitoring.recipes.functions import functions
from monitoring.recipes.requests import failing, slow
from monitoring.recipes.streams import streams
from monitoring.recipes.throttles import hot_key_ranges, refused_requests, throttles
from monitoring.subjects import Stack

__all__ = ["alarms_for", "composites_for"]

_IN_ORDER = (refused_requests, throttles, hot_key_ranges, failing, slow, near_capacity, streams, functions)


def alarms_for(stack: Stack, options: Options | None = None) -> tuple[Alarm, ...]:
    """Every alarm of the stack, in the order of triage. Default options: Options()."""
    chosen = options or Options()
    return tuple(alarm for recipe in _IN_ORDER for alarm in recipe(stack, chosen))
