"""A view as plain data, for programs: which alarms were open and when, and every line of every chart, point by point."""

from typing import Any

from monitoring.render.readings import Reading, readings
from monitoring.render.view import View
from monitoring.widgets import Chart


def as_data(view: View) -> dict[str, Any]:
    """As JSON has it. Times are ISO 8601 in UTC; a value that is not known is null."""
    charts = [placed.widget for placed in view.dashboard.widgets if isinstance(placed.widget, Chart)]
    return {
        "title": view.title,
        "start": view.start.isoformat(),
        "end": view.end.isoformat(),
        "alarms": [
            {
                "name": spell.alarm.name,
                "severity": spell.alarm.severity,
                "since": spell.since.isoformat(),
                "until": spell.until.isoformat() if spell.until else None,
            }
            for spell in view.spells
        ],
        "charts": [
            {"title": chart.title, "unit": chart.unit, "lines": [_line(each) for each in readings(chart, view)]} for chart in charts
        ],
    }


def _line(reading: Reading) -> dict[str, Any]:
    return {
        "label": reading.line.label,
        "start": reading.times[0].isoformat() if reading.times else None,
        "step_seconds": int(reading.step.total_seconds()),
        "values": list(reading.values),
    }
