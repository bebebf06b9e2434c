"""The recipes A1 to A12: from what a stack uses to its alarms."""

from monitoring.alarms import Alarm
from monitoring.options import Options
from monitoring.recipes.anomalies import anomalies_for
from monitoring.recipes.capacity import near_capacity
from monitoring.recipes.causes import causes
from monitoring.recipes.composites import composites_for, telling
from monitoring.recipes.conflicts import conflicts
from monitoring.recipes.expiry import expiry
from monitoring.recipes.functions import functions
from monitoring.recipes.replication import replication
from monitoring.recipes.requests import failing, slow, slow_patterns
from monitoring.recipes.streams import streams
from monitoring.recipes.throttles import refused_requests, throttles
from monitoring.subjects import Stack

__all__ = ["alarms_for", "anomalies_for", "composites_for", "telling"]

_IN_ORDER = (
    refused_requests,
    throttles,
    causes,
    failing,
    slow,
    slow_patterns,
    conflicts,
    near_capacity,
    expiry,
    streams,
    replication,
    functions,
)


def alarms_for(stack: Stack, options: Options | None = None) -> tuple[Alarm, ...]:
    """Every alarm of the stack, in the order of triage. Default options: Options().

    Raises MonitoringError "invalid-option" for an option that speaks of something the stack does not have.
    """
    chosen = options or Options()
    return tuple(alarm for recipe in _IN_ORDER for alarm in recipe(stack, chosen))
