"""The board of the access patterns: one of them, chosen above, then all, then what lies behind them: shape of data, keys, logs."""

from collections.abc import Iterator
from typing import Final

from monitoring.boards.logs import HEIGHT, log_rows, pattern_table
from monitoring.boards.rows import HALF, QUARTER, charts, heading
from monitoring.charts import shape_of_data
from monitoring.colours import NEUTRAL, SOFT, TROUBLE
from monitoring.dashboard import Dashboard, dashboard_name, placed
from monitoring.limits import COLUMNS
from monitoring.measures import of_pattern
from monitoring.metrics import Expression
from monitoring.sections import Row, patterns_table
from monitoring.subjects import Stack
from monitoring.widgets import Chart, Contributors, Line, Variable
from singletable.metered import LATENCY, READ_UNITS, REFUSED, WRITE_UNITS

CHOSEN: Final = "CHOSEN_PATTERN"
"""Stands in the widgets for the pattern that is chosen; a pattern is called as a variable of Python, and none of ours is in capitals."""
MOST_COMPARED: Final = 20
"""Lines in one chart that can still be told apart."""


def patterns_dashboard(stack: Stack) -> Dashboard:
    """Exact where functions publish metrics of their patterns; without, what the table and the logs say."""
    names = tuple(pattern.name for pattern in stack.measured_patterns)
    variables = (Variable("pattern", "Access pattern", CHOSEN, names),) if names else ()
    return Dashboard(dashboard_name(f"{stack.label}-patterns"), placed([*_rows(stack)]), variables)


def _rows(stack: Stack) -> Iterator[Row]:
    yield heading(
        f"# {stack.project} / {stack.stage}: access patterns", "Generated from the stack's declaration: change it there, not here."
    )
    if stack.measured_patterns:
        yield heading(
            "## One pattern", "Choose it above. Time is what its caller waits for, with every retry; refused calls are not in it."
        )
        yield charts(list(_chosen(stack)), QUARTER)
        yield heading("## All patterns")
        yield charts(list(_compared(stack)), HALF)
    if table := pattern_table(stack):
        yield Row(((table, COLUMNS),), HEIGHT)
    yield from patterns_table(stack)
    yield heading("## What calls return and what writes collide with")
    yield charts(list(shape_of_data(stack)), HALF)
    if rules := stack.table.insight_rules:
        yield heading("## The busiest keys", "By Contributor Insights. Throttled writes of an index are not counted.")
        drawn = tuple((Contributors(f"Busiest keys of {where}", rule, stack.region), HALF) for where, rule in rules)
        yield Row(drawn, HEIGHT)
    if logs := list(log_rows(stack, stack.functions)):
        yield heading("## Logs")
        yield from logs


def _chosen(stack: Stack) -> Iterator[Chart]:
    table = stack.table.name
    calls, refused = of_pattern(LATENCY, table, CHOSEN, "SampleCount"), of_pattern(REFUSED, table, CHOSEN)
    each = (
        ("Calls", "calls/s", (("calls", Expression("calls/PERIOD(calls)", {"calls": calls}), NEUTRAL),)),
        (
            "Time",
            "ms",
            (("p99", of_pattern(LATENCY, table, CHOSEN, "p99"), NEUTRAL), ("p50", of_pattern(LATENCY, table, CHOSEN, "p50"), SOFT)),
        ),
        (
            "Units of a call",
            "units",
            (
                ("read", of_pattern(READ_UNITS, table, CHOSEN, "Average"), NEUTRAL),
                ("write", of_pattern(WRITE_UNITS, table, CHOSEN, "Average"), SOFT),
            ),
        ),
        ("Refused", "calls/min", (("refused", Expression("60*refused/PERIOD(refused)", {"refused": refused}), TROUBLE),)),
    )
    for title, unit, lines in each:
        drawn = tuple(Line(source, label, colour) for label, source, colour in lines)
        yield Chart(f"{title}: {CHOSEN}", drawn, stack.region, unit=unit)


def _compared(stack: Stack) -> Iterator[Chart]:
    table, shown = stack.table.name, stack.measured_patterns[:MOST_COMPARED]
    calls = tuple(Line(Expression("n/PERIOD(n)", {"n": of_pattern(LATENCY, table, each.name, "SampleCount")}), each.name) for each in shown)
    yield Chart("Calls by pattern", calls, stack.region, stacked=True, unit="calls/s")
    yield Chart(
        "Time by pattern, p99",
        tuple(Line(of_pattern(LATENCY, table, each.name, "p99"), each.name) for each in shown),
        stack.region,
        unit="ms",
    )
