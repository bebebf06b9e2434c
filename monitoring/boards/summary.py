"""The board of several stacks: one row each, with what is wrong and the numbers of now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitoring.alarms import Alarm, CompositeAlarm
from monitoring.boards.rows import heading, strip
from monitoring.charts import values
from monitoring.dashboard import Dashboard, dashboard_name, placed
from monitoring.errors import MonitoringError
from monitoring.sections import VALUE, VALUE_HEIGHT, Row
from monitoring.subjects import Stack


@dataclass(frozen=True)
class Watched:
    """A stack with what watches it."""

    stack: Stack
    alarms: Sequence[Alarm]
    composites: Sequence[CompositeAlarm]


def summary_dashboard(title: str, watched: Sequence[Watched]) -> Dashboard:
    """Stacks may be in several regions. Of each the composite alarms are shown, or its alarms where it has none.

    Raises MonitoringError "invalid-subject" without a stack, or for two of one name.
    """
    labels = [each.stack.label for each in watched]
    if not labels or len(set(labels)) < len(labels):
        raise MonitoringError("invalid-subject", f"a summary is of different stacks, at least one; given: {', '.join(labels) or 'none'}")
    return Dashboard(dashboard_name(title), placed([*_rows(title, watched)]))


def _rows(title: str, watched: Sequence[Watched]) -> Iterator[Row]:
    yield heading(f"# {title}", "Each stack has a dashboard of its own. Generated: change the stacks, not this.")
    for each in watched:
        stack = each.stack
        owner = f" Owner: {stack.owner}." if stack.owner else ""
        yield heading(f"## {stack.project} / {stack.stage}", f"Dashboard: {dashboard_name(stack.label)}.{owner}")
        yield from strip("Wrong now?", each.composites or each.alarms)
        if numbers := tuple((chart, VALUE) for chart in values(stack)):
            yield Row(numbers, VALUE_HEIGHT)
