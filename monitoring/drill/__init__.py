"""A drill: sets alarms to ALARM and proves that somebody hears, then puts everything back.

It wakes people. What it makes (a queue, its subscriptions) is gone afterwards, whatever happens; incidents that are real are left alone.
"""

from monitoring.drill.exercise import Exercise
from monitoring.drill.outcome import Delivery, Outcome
from monitoring.drill.plan import Planned, Selection, plan_of
from monitoring.drill.probe import Probe, running, sweep

__all__ = ["Delivery", "Exercise", "Outcome", "Planned", "Probe", "Selection", "plan_of", "running", "sweep"]
