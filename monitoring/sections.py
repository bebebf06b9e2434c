"""The sections of the dashboard, each a question with the charts that answer it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from monitoring.alarms import SEVERITIES, Alarm, CompositeAlarm
from monitoring.charts import (
    by_operation,
    capacity,
    causes,
    failed_events,
    failed_requests,
    failures,
    function_time,
    iterator_age,
    latency_chart,
    lost_records,
    queue,
    records,
    replication,
    requests,
    shape_of_data,
    values,
)
from monitoring.limits import COLUMNS, MOST_ALARMS_IN_WIDGET
from monitoring.names import Ref
from monitoring.operations import operations_of
from monitoring.prices import PRICES
from monitoring.recipes.capacity import in_use
from monitoring.subjects import FunctionSubject, Stack
from monitoring.widgets import AlarmStrip, Chart, Text, Widget
from singletable.definition import PatternDefinition

QUARTER: Final = 6
THIRD: Final = 8
HALF: Final = 12
VALUE: Final = 3
HEADING_HEIGHT: Final = 2
VALUE_HEIGHT: Final = 3
CHART_HEIGHT: Final = 6
STRIP_HEIGHT: Final = 4

MOST_PATTERNS_LISTED: Final = 60


@dataclass(frozen=True)
class Row:
    """Widgets with their widths in columns, and the height of all."""

    widgets: tuple[tuple[Widget, int], ...]
    height: int


def sections(stack: Stack, alarms: Sequence[Alarm], composites: Sequence[CompositeAlarm]) -> list[Row]:
    return [
        *_wrong(stack, alarms, composites),
        *_failing(stack, alarms),
        *_refusing(stack, alarms),
        *_slow(stack, alarms),
        *_near_a_limit(stack, alarms),
        *_behind(stack, alarms),
        *_replicas(stack, alarms),
        *_patterns(stack),
        *_cost(stack, alarms, composites),
    ]


def _heading(text: str, note: str) -> Row:
    return Row(((Text(f"## {text}\n{note}"), COLUMNS),), HEADING_HEIGHT)


def _charts(charts: Iterable[Chart]) -> Iterator[Row]:
    """Those that have something to draw, as wide as their number allows; no row where none has."""
    if drawn := [chart for chart in charts if chart.lines]:
        yield Row(tuple((chart, _width(len(drawn))) for chart in drawn), CHART_HEIGHT)


def _width(count: int) -> int:
    """So that no row ends with a single chart where that can be helped."""
    if count <= 2:
        return HALF
    return THIRD if count % 4 and (count % 3 == 0 or count == 5) else QUARTER


def _section(text: str, note: str, charts: Iterable[Chart]) -> Iterator[Row]:
    """A question with the charts that answer it; nothing where nothing could."""
    if rows := list(_charts(charts)):
        yield _heading(text, note)
        yield from rows


def _wrong(stack: Stack, alarms: Sequence[Alarm], composites: Sequence[CompositeAlarm]) -> Iterator[Row]:
    owner = f" Owner: {stack.owner}." if stack.owner else ""
    yield Row(
        ((Text(f"# {stack.project} / {stack.stage}\nGenerated from the stack's declaration: change it there, not here.{owner}"), COLUMNS),),
        2,
    )
    ordered = [*composites, *sorted(alarms, key=lambda alarm: SEVERITIES.index(alarm.severity))]
    for start in range(0, len(ordered), MOST_ALARMS_IN_WIDGET):
        arns = tuple(Ref(f"alarm:{alarm.name}") for alarm in ordered[start : start + MOST_ALARMS_IN_WIDGET])
        yield Row(((AlarmStrip("1 Wrong now? Each alarm says what to do in its description", arns), COLUMNS),), STRIP_HEIGHT)
    if numbers := tuple((chart, VALUE) for chart in values(stack)):
        yield Row(numbers, VALUE_HEIGHT)


def _failing(stack: Stack, alarms: Sequence[Alarm]) -> Iterator[Row]:
    return _section(
        "2 Failing?",
        "HTTP 5xx is what callers see: failed runs are among them, and failures that a function answers itself. HTTP 503 follows from "
        "throttles. A batch of changes that fails is tried again.",
        [
            *(chart for function in stack.functions for chart in _of_function(stack, function, alarms)),
            by_operation(stack, alarms, "SystemErrors", "DynamoDB's errors by operation"),
        ],
    )


def _of_function(stack: Stack, function: FunctionSubject, alarms: Sequence[Alarm]) -> Iterator[Chart]:
    if function.http:
        yield failed_requests(stack, function, alarms)
    yield failures(stack, function, alarms)
    if function.http:
        yield requests(stack, function)
    if function.failed_events:
        yield failed_events(stack, function, function.failed_events, alarms)


def _refusing(stack: Stack, alarms: Sequence[Alarm]) -> Iterator[Row]:
    return _section(
        "3 Refusing?",
        "Key range: one key is hot, spread it; more capacity will not help. Provisioned: raise capacity. On-demand max: raise our ceiling. "
        "Account: Service Quotas. An index that throttles writes holds back the writes of the table.",
        [
            *(causes(stack, index, alarms) for index in (*stack.indexes, None)),
            by_operation(stack, alarms, "ThrottledRequests", "Refused by operation, table and indexes"),
        ],
    )


def _slow(stack: Stack, alarms: Sequence[Alarm]) -> Iterator[Row]:
    return _section(
        "4 Slow?",
        "Time of functions, then time inside DynamoDB of served calls. Refused ones are not in it: while something is throttled it looks "
        "faster than it is.",
        [
            *(function_time(stack, function, alarms) for function in stack.functions),
            *(latency_chart(stack, operation, alarms) for operation in operations_of(stack.patterns)),
        ],
    )


def _near_a_limit(stack: Stack, alarms: Sequence[Alarm]) -> Iterator[Row]:
    return _section(
        "5 Near a limit?",
        "Units a second on the left, share of the limit on the right. A single key has its own limit: 3,000 read or 1,000 write units a "
        "second.",
        [capacity(stack, access, index, alarms) for access, index in in_use(stack)],
    )


def _behind(stack: Stack, alarms: Sequence[Alarm]) -> Iterator[Row]:
    for stream in stack.streams:
        yield from _section(
            f"6 Is the stream behind? {stream.function}",
            "Records are kept for 24 hours. One batch that fails holds back all behind it. A queue that is not used reports nothing.",
            [
                iterator_age(stack, stream, alarms),
                records(stack, stream),
                lost_records(stack, stream, alarms),
                *([queue(stack, stream, alarms)] if stream.queue else []),
            ],
        )


def _replicas(stack: Stack, alarms: Sequence[Alarm]) -> Iterator[Row]:
    return _section(
        "6 Are replicas behind?",
        "Who reads there reads what was. A gap is a time in which nothing arrived, because nothing was written here or nothing is copied.",
        [replication(stack, region, alarms) for region in stack.table.replicas],
    )


def _patterns(stack: Stack) -> Iterator[Row]:
    if stack.patterns:
        yield from patterns_table(stack)
        yield from _charts(shape_of_data(stack))


def patterns_table(stack: Stack) -> Iterator[Row]:
    """Every pattern with its operation and its key; nothing where there is none."""
    if not stack.patterns:
        return
    listed = stack.patterns[:MOST_PATTERNS_LISTED]
    lines = ["## 7 Access patterns", "| pattern | what | operation | on | access |", "|---|---|---|---|---|", *map(_pattern, listed)]
    if rest := len(stack.patterns) - len(listed):
        lines.append(f"\n{rest} more are in the declaration.")
    yield Row(((Text("\n".join(lines)), COLUMNS),), max(4, 2 + len(listed)))


def _pattern(pattern: PatternDefinition) -> str:
    on = [pattern.index or "table", *(f"changes {index}" for index in pattern.touches)]
    cells = (pattern.name, pattern.title, ", ".join(pattern.operations), ", ".join(on), pattern.access)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _cost(stack: Stack, alarms: Sequence[Alarm], composites: Sequence[CompositeAlarm]) -> Iterator[Row]:
    metrics = sum(len(alarm.metrics) for alarm in alarms)
    total = sum(each.monthly_usd for each in (*alarms, *composites)) + PRICES.dashboard_usd
    yield _heading(
        "8 Cost",
        f"Watching {stack.label} costs about US$ {total:.2f} a month before free allowances: {len(alarms)} alarms over {metrics} metrics, "
        f"{len(composites)} composite alarms, this dashboard.",
    )
