"""One dashboard for a stack: one question a section, in the order in which somebody who was woken up asks them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from monitoring.alarms import Alarm, CompositeAlarm
from monitoring.limits import check_dashboard
from monitoring.prices import PRICES
from monitoring.sections import Row, sections
from monitoring.subjects import Stack
from monitoring.widgets import Placed

RANGE: Final = "-PT3H"
"""What it shows when it is opened."""


@dataclass(frozen=True)
class Dashboard:
    """widgets: with their places. Raises MonitoringError "invalid-dashboard" for what CloudWatch would refuse or draw wrongly."""

    name: str
    widgets: tuple[Placed, ...]

    def __post_init__(self) -> None:
        check_dashboard(self.body())

    @property
    def monthly_usd(self) -> float:
        return PRICES.dashboard_usd

    def body(self) -> dict[str, Any]:
        """DashboardBody, with Names in it. Charts choose their period by the range shown: rates stay right, and old minutes are kept."""
        return {"start": RANGE, "periodOverride": "auto", "widgets": [placed.body() for placed in self.widgets]}

    @classmethod
    def from_body(cls, name: str, body: Mapping[str, Any]) -> "Dashboard":
        """Reads what `body()` gave, as it is after deployment."""
        return cls(name, tuple(Placed.from_body(widget) for widget in body["widgets"]))


def dashboard_for(stack: Stack, alarms: Sequence[Alarm], composites: Sequence[CompositeAlarm]) -> Dashboard:
    """Thresholds are drawn from the alarms: what is not alarmed has no line."""
    name = re.sub(r"[^A-Za-z0-9_-]", "-", stack.label)
    return Dashboard(name, _placed(sections(stack, alarms, composites)))


def _placed(rows: Sequence[Row]) -> tuple[Placed, ...]:
    """Rows one below the other; a row that is wider than the grid goes on below."""
    placed: list[Placed] = []
    y = 0
    for row in rows:
        x = 0
        for widget, width in row.widgets:
            if x + width > 24:
                x, y = 0, y + row.height
            placed.append(Placed(widget, x, y, width, row.height))
            x += width
        y += row.height
    return tuple(placed)
