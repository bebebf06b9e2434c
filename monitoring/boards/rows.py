"""Rows that every board is made of."""

from collections.abc import Iterable, Sequence
from typing import Final

from monitoring.alarms import Alarm, CompositeAlarm
from monitoring.limits import COLUMNS, MOST_ALARMS_IN_WIDGET
from monitoring.names import Ref
from monitoring.sections import HALF, QUARTER, THIRD, Row
from monitoring.widgets import AlarmStrip, Chart, Text

__all__ = ["HALF", "QUARTER", "THIRD", "charts", "heading", "strip"]

CHART_HEIGHT: Final = 6


def heading(words: str, note: str = "") -> Row:
    return Row(((Text(f"{words}\n{note}".rstrip()), COLUMNS),), 2)


def strip(title: str, alarms: Sequence[Alarm | CompositeAlarm]) -> Iterable[Row]:
    """Nothing where there is no alarm."""
    arns = tuple(Ref(f"alarm:{alarm.name}") for alarm in alarms[:MOST_ALARMS_IN_WIDGET])
    return [Row(((AlarmStrip(title, arns), COLUMNS),), 2 + len(arns) // 12)] if arns else []


def charts(drawn: Sequence[Chart], width: int) -> Row:
    return Row(tuple((chart, width) for chart in drawn), CHART_HEIGHT)
