"""What the page says, for programs."""

from datetime import datetime
from typing import Any

from monitoring.render.advice import next_step
from monitoring.render.answers import wrong_now
from monitoring.render.consequences import in_order
from monitoring.render.told import Told
from monitoring.render.usage import uses
from monitoring.render.view import clause
from monitoring.serve.source import Shown


def state(shown: Shown) -> dict[str, Any]:
    """Plain data for JSON; times as ISO 8601 in UTC. patterns: numbers of the newest minute, None where there is none; `shared_with` names the
    patterns that the same numbers stand for.
    """
    view = shown.view
    return {
        "title": view.title,
        "start": view.start.isoformat(),
        "end": view.end.isoformat(),
        "newest": shown.newest.isoformat(),
        "scenario": shown.scenario or None,
        "problem": shown.problem or None,
        "answer": wrong_now(view),
        "alarms": [
            {
                "name": each.spell.alarm.name,
                "severity": each.spell.alarm.severity,
                "open": each.spell.is_open,
                "since": each.spell.since.isoformat(),
                "until": _iso(each.spell.until),
                "what": Told.of(each.spell.alarm.description).what,
                "next_step": next_step(each, view),
                "follows_from": each.cause and clause(each.cause.alarm),
            }
            for each in in_order(view)
        ],
        "patterns": [
            {
                "name": use.pattern.name,
                "operation": use.operation,
                "calls_per_second": use.calls.newest,
                "p99_ms": use.latency.newest,
                "objective_ms": use.objective_ms,
                "read_units": use.units and use.units[0].newest,
                "write_units": use.units and use.units[1].newest,
                "refused": round(use.refusals) if use.refused.is_recorded else None,
                "shared_with": list(use.shared_with),
            }
            for use in uses(view)
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
