"""The checks by what they look at, in the order of the documentation."""

from collections.abc import Mapping
from typing import Final

from monitoring.doctor.check import Check
from monitoring.doctor.checks import actions, alarms, capacity, dashboard, functions, protection, queues, schema, streams

__all__ = ["CHECKS", "THEMES"]

THEMES: Final[Mapping[str, tuple[Check, ...]]] = {
    "protection": protection.CHECKS,
    "declaration": schema.CHECKS,
    "capacity": capacity.CHECKS,
    "functions": functions.CHECKS,
    "stream": streams.CHECKS,
    "failure queue": queues.CHECKS,
    "alarms": alarms.CHECKS,
    "whom alarms tell": actions.CHECKS,
    "dashboard": dashboard.CHECKS,
}

CHECKS: Final[tuple[Check, ...]] = tuple(check for checks in THEMES.values() for check in checks)
