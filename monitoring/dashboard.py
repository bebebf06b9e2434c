"""One dashboard for a stack: one question a section, in the order in which somebody who was woken up asks them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from monitoring.alarms import Alarm, CompositeAlarm
from monitoring.limits import check_dashboard
from monitoring.prices import PRICES
from monitoring.sections import Row, sections
from monitoring.subjects import Stack
from monitoring.widgets import Chart, Mark, Placed, Variable

RANGE: Final = "-PT3H"
"""What it shows when it is opened."""


@dataclass(frozen=True)
class Dashboard:
    """widgets: with their places. variables: choices above them. Default: none.

    Raises MonitoringError "invalid-dashboard" for what CloudWatch would refuse or draw wrongly.
    """

    name: str
    widgets: tuple[Placed, ...]
    variables: tuple[Variable, ...] = ()

    def __post_init__(self) -> None:
        check_dashboard(self.body())

    @property
    def monthly_usd(self) -> float:
        return PRICES.dashboard_usd

    def body(self) -> dict[str, Any]:
        """DashboardBody, with Names in it. Charts choose their period by the range shown: rates stay right, and old minutes are kept."""
        body: dict[str, Any] = {"start": RANGE, "periodOverride": "auto", "widgets": [each.body() for each in self.widgets]}
        return body | ({"variables": [variable.body() for variable in self.variables]} if self.variables else {})

    @classmethod
    def from_body(cls, name: str, body: Mapping[str, Any]) -> "Dashboard":
        """Reads what `body()` gave, as it is after deployment."""
        variables = tuple(Variable.from_body(each) for each in body.get("variables", ()))
        return cls(name, tuple(Placed.from_body(widget) for widget in body["widgets"]), variables)


def dashboard_for(stack: Stack, alarms: Sequence[Alarm], composites: Sequence[CompositeAlarm], marks: Sequence[Mark] = ()) -> Dashboard:
    """Thresholds are drawn from the alarms: what is not alarmed has no line. marks: times to remember, such as deployments, on all charts."""
    return Dashboard(dashboard_name(stack.label), marked(placed(sections(stack, alarms, composites)), marks))


def dashboard_name(words: str) -> str:
    """With what CloudWatch takes in a name."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", words)


def marked(widgets: Sequence[Placed], marks: Sequence[Mark]) -> tuple[Placed, ...]:
    """The same with these marks on every chart, and no others."""
    given = tuple(marks)
    return tuple(
        replace(each, widget=replace(each.widget, marks=given)) if isinstance(each.widget, Chart) and each.widget.marks != given else each
        for each in widgets
    )


def placed(rows: Sequence[Row]) -> tuple[Placed, ...]:
    """Rows one below the other; a row that is wider than the grid goes on below."""
    found: list[Placed] = []
    y = 0
    for row in rows:
        x = 0
        for widget, width in row.widgets:
            if x + width > 24:
                x, y = 0, y + row.height
            found.append(Placed(widget, x, y, width, row.height))
            x += width
        y += row.height
    return tuple(found)
