"""A drill as JSON. docs/drill.md documents the shape."""

from typing import Any, Final

from monitoring.drill.outcome import Delivery, Judged
from monitoring.drill.record import Record

VERSION: Final = 1
"""Of the shape. Fields may be added under the same version."""


def report(record: Record) -> dict[str, Any]:
    return {
        "version": VERSION,
        "drill": record.id,
        "table": record.table,
        "region": record.region,
        "at": record.at.isoformat(),
        "counts": {"alarms": len(record.judged), "unheard": len(record.unheard)},
        "clean": record.clean,
        "left": list(record.left),
        "alarms": [_alarm(each) for each in record.judged],
    }


def _alarm(judged: Judged) -> dict[str, Any]:
    outcome = judged.outcome
    return {
        "name": outcome.planned.name,
        "severity": outcome.planned.severity,
        "verdict": judged.verdict,
        "why_not": judged.why_not or None,
        "through": list(outcome.planned.through),
        "fired": outcome.fired,
        "in_history": outcome.noted,
        "before": outcome.planned.state,
        "restored": outcome.restored,
        "deliveries": [_delivery(each) for each in outcome.deliveries],
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "topic": delivery.topic,
        "delivered": delivery.delivered,
        "seconds": None if delivery.seconds is None else round(delivery.seconds, 3),
        "executed": delivery.executed,
        "people": delivery.people,
        "programs": delivery.programs,
        "unprobed": delivery.unprobed or None,
    }
