"""The charts of a stack's dashboard. They only arrange: dimensions come from `measures`, thresholds from the alarms."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from monitoring.alarms import SEVERITIES, Alarm
from monitoring.colours import CAUSE, CAUSE_WORDS, MUTED, NEUTRAL, OPERATION, SEVERITY, SOFT, TRANSACTING, TROUBLE
from monitoring.measures import (
    ACCESSES,
    ANCHOR,
    CAUSES,
    Access,
    Cause,
    consumed,
    failed_share,
    latency,
    of_function,
    of_mapping,
    of_operation,
    of_queue,
    of_replica,
    of_table,
    per_second,
    throttle_events,
)
from monitoring.metrics import Expression, Metric, Source, asks_for, queries_of
from monitoring.names import Name
from monitoring.operations import READS, operation_id, operations_of
from monitoring.options import RECIPES
from monitoring.recipes.capacity import PERIOD_SECONDS, limit_of, users_of, utilisation
from monitoring.recipes.causes import patterns_on
from monitoring.recipes.replication import lateness
from monitoring.subjects import FunctionSubject, Stack, StreamSubject
from monitoring.widgets import Chart, Line, Side, Threshold
from singletable.definition import PatternDefinition

RETURNING: Final = ("Query", "Scan", "ExecuteStatement")
"""Operations with ReturnedItemCount."""
ALARMED_CAUSES: Final[tuple[Cause, ...]] = ("", "KeyRangeThroughput")
MOST_SUMMED: Final = 20
SHARE: Final = "%"
LONGEST_NAMES: Final = 72
"""Characters of a title for entities and patterns: two lines below a chart of a quarter's width. The table of patterns has them all."""
MOST_ENTITIES: Final = 6


def thresholds(alarms: Sequence[Alarm], sources: Sequence[Source], scale: float = 1.0, side: Side = "left") -> tuple[Threshold, ...]:
    """Of the alarms that watch one of these metrics or formulas: one line for a value, of the highest severity.

    An alarm over a percentage belongs to the chart of its own formula: not to those of the counts that it is made from. One over a query
    belongs to the chart that piles up what the query adds up. scale: from the alarm's unit to the chart's.
    """
    found: dict[float, Alarm] = {}
    for alarm in sorted((alarm for alarm in alarms if _watches(alarm, sources)), key=lambda each: SEVERITIES.index(each.severity)):
        found.setdefault(alarm.threshold * scale, alarm)
    return tuple(
        Threshold(value, alarm.label(scale) + (SHARE if _is_share(alarm) else ""), SEVERITY[alarm.severity], side)
        for value, alarm in sorted(found.items())
    )


def _watches(alarm: Alarm, sources: Sequence[Source]) -> bool:
    if alarm.source in sources:
        return True
    if _is_share(alarm):
        return False
    if any(metric in sources for name, metric in alarm.metrics.items() if name != ANCHOR):
        return True
    return bool(queries_of(alarm.source)) and any(isinstance(each, Metric) and asks_for(alarm.source, each) for each in sources)


def _is_share(alarm: Alarm) -> bool:
    return alarm.recipe in RECIPES and RECIPES[alarm.recipe].unit == SHARE


def named(patterns: Sequence[PatternDefinition]) -> str:
    """Entities, then patterns: "Order, User (find_order, find_user)"; as many as fit: "Order, User and 4 more (find_order and 16 more)"."""
    entities = list(dict.fromkeys(entity for pattern in patterns for entity in pattern.entities))
    kinds = _some(entities, len(entities) if len(entities) <= MOST_ENTITIES else MOST_ENTITIES - 1)
    names = [pattern.name for pattern in patterns]
    count = len(names)
    while count > 1 and len(kinds) + len(_some(names, count)) > LONGEST_NAMES:
        count -= 1
    return f"{kinds} ({_some(names, count)})"


def _some(names: Sequence[str], count: int) -> str:
    rest = len(names) - count
    return ", ".join(names[:count]) + (f" and {rest} more" if rest else "")


def titled(words: str, patterns: Sequence[PatternDefinition]) -> str:
    """The words alone where no pattern is behind them."""
    return f"{words}: {named(patterns)}" if patterns else words


def operation_title(operation: str, patterns: Sequence[PatternDefinition]) -> str:
    """ "Query GSI1: Order (find_order)"; without an index where its patterns read several."""
    users = [pattern for pattern in patterns if operation in pattern.operations]
    indexes = {pattern.index for pattern in users}
    index = next(iter(indexes)) if len(indexes) == 1 else None
    return titled(f"{operation} {index}" if index else operation, users)


def _per_minute(metrics: Mapping[str, Metric], *, seconds: int = 60) -> Expression:
    """Events a minute, or in as many seconds: right for every period that the chart chooses. A gap of each metric counts as zero."""
    total = " + ".join(f"FILL({name},0)" for name in metrics)
    return Expression(f"({total})*{seconds}/PERIOD({next(iter(metrics))})", metrics)


def causes(stack: Stack, index: str | None, alarms: Sequence[Alarm]) -> Chart:
    """Throttle events of the table or of an index by cause: the same four colours everywhere."""

    def events(cause: Cause) -> dict[str, Metric]:
        return {access.lower(): throttle_events(stack.table.name, access, index=index, cause=cause) for access in ACCESSES}

    lines = tuple(Line(_per_minute(events(cause)), CAUSE_WORDS[cause], CAUSE[cause]) for cause in CAUSES)
    watched = [metric for cause in ALARMED_CAUSES for metric in events(cause).values()]
    heading = titled(f"{index or 'Table'} throttle events by cause", patterns_on(stack, index))
    return Chart(heading, lines, stack.region, thresholds(alarms, watched), stacked=True, unit="events/min")


def by_operation(stack: Stack, alarms: Sequence[Alarm], name: str, heading: str) -> Chart:
    """ThrottledRequests or SystemErrors of each operation in use."""
    metrics = {operation: of_operation(name, stack.table.name, operation) for operation in operations_of(stack.patterns)}
    lines = tuple(Line(_per_minute({operation_id(each): metric}), each, OPERATION[each]) for each, metric in metrics.items())
    return Chart(heading, lines, stack.region, thresholds(alarms, list(metrics.values())), stacked=True, unit="requests/min")


def latency_chart(stack: Stack, operation: str, alarms: Sequence[Alarm]) -> Chart:
    slow, usual = (latency(stack.table.name, operation, statistic) for statistic in ("p99", "p50"))
    lines = (Line(slow, "p99", OPERATION[operation]), Line(usual, "p50", SOFT))
    return Chart(operation_title(operation, stack.patterns), lines, stack.region, thresholds(alarms, [slow]), unit="ms")


def capacity(stack: Stack, access: Access, index: str | None, alarms: Sequence[Alarm]) -> Chart:
    """Units a second, and the share of the limit that the alarm watches."""
    share = utilisation(stack, access, index)
    used = consumed(stack.table.name, access, index=index, period_seconds=PERIOD_SECONDS)
    lines = (
        Line(per_second(used, "used"), "consumed", NEUTRAL),
        Line(share, f"% of {limit_of(stack, access, index).name}", MUTED, "right"),
    )
    heading = titled(f"{index or 'Table'} {access.lower()}s", users_of(stack, access, index))
    return Chart(heading, lines, stack.region, thresholds(alarms, [share], side="right"), unit="units/s", right_unit=SHARE)


def iterator_age(stack: Stack, stream: StreamSubject, alarms: Sequence[Alarm]) -> Chart:
    age = of_function("IteratorAge", stack.function(stream.function).name, "Maximum")
    line = Line(Expression("age/1000", {"age": age}), "oldest record", NEUTRAL)
    return Chart(f"Oldest record of {stream.function}", (line,), stack.region, thresholds(alarms, [age], 1 / 1000), unit="s")


def records(stack: Stack, stream: StreamSubject) -> Chart:
    """What the mapping reads, and what its filter leaves out."""
    parts = (("PolledEventCount", "read", NEUTRAL), ("FilteredOutEventCount", "left out by the filter", SOFT))
    lines = tuple(Line(_per_minute({"n": of_mapping(name, stream.mapping)}), label, colour) for name, label, colour in parts)
    return Chart(f"Records of {stream.function}", lines, stack.region, unit="records/min")


def lost_records(stack: Stack, stream: StreamSubject, alarms: Sequence[Alarm]) -> Chart:
    """Without those that were handled: one lost record among thousands of them would not be seen."""
    dropped, failed = (of_mapping(name, stream.mapping) for name in ("DroppedEventCount", "FailedInvokeEventCount"))
    lines = (Line(_per_minute({"n": dropped}), "lost", TROUBLE), Line(_per_minute({"n": failed}), "tried in vain", NEUTRAL))
    return Chart(f"Lost by {stream.function}", lines, stack.region, thresholds(alarms, [dropped]), unit="records/min")


def replication(stack: Stack, region: str, alarms: Sequence[Alarm]) -> Chart:
    """A gap is drawn as one: nothing arrived, which the alarm of the late changes bridges."""
    late = of_replica("ReplicationLatency", stack.table.name, region)
    line = Line(Expression("late/1000", {"late": late}), "slowest change", NEUTRAL)
    return Chart(f"Changes to {region}", (line,), stack.region, thresholds(alarms, [lateness(stack, region)], 1 / 1000), unit="s")


def queue(stack: Stack, stream: StreamSubject, alarms: Sequence[Alarm]) -> Chart:
    waiting = of_queue("ApproximateNumberOfMessagesVisible", stream.queue)
    heading = f"Failure queue of {stream.function}"
    return Chart(heading, (Line(waiting, "waiting", TROUBLE),), stack.region, thresholds(alarms, [waiting]), unit="messages")


def failed_events(stack: Stack, function: FunctionSubject, queue: Name, alarms: Sequence[Alarm]) -> Chart:
    """queue: where they are parked. What it refused is lost."""
    waiting, lost = of_queue("ApproximateNumberOfMessagesVisible", queue), of_function("DestinationDeliveryFailures", function.name)
    lines = (Line(waiting, "waiting", TROUBLE), Line(lost, "lost", NEUTRAL))
    return Chart(f"Failed events of {function.label}", lines, stack.region, thresholds(alarms, [waiting, lost]), unit="events")


def failed_requests(stack: Stack, function: FunctionSubject, alarms: Sequence[Alarm]) -> Chart:
    """The share of the requests to a function's URL that the page watches."""
    share = failed_share(function.name)
    heading = titled(f"Failed requests to {function.label}", function.patterns)
    return Chart(heading, (Line(share, "failed or refused", TROUBLE),), stack.region, thresholds(alarms, [share]), unit=f"{SHARE} of all")


def requests(stack: Stack, function: FunctionSubject) -> Chart:
    """What callers ask of a function's URL, and what they should not have asked."""
    parts = (("UrlRequestCount", "all", NEUTRAL), ("Url4xxCount", "HTTP 4xx", SOFT))
    lines = tuple(Line(_per_minute({"n": of_function(name, function.name)}), label, colour) for name, label, colour in parts)
    return Chart(f"Requests to {function.label}", lines, stack.region, unit="requests/min")


def failures(stack: Stack, function: FunctionSubject, alarms: Sequence[Alarm]) -> Chart:
    """Without the runs that ended well: one failure among thousands of them would not be seen."""
    parts = (
        *((("Url5xxCount", "HTTP 5xx", TROUBLE),) if function.http else ()),
        ("Errors", "crashed or timed out", NEUTRAL),
        ("Throttles", "refused", SOFT),
    )
    metrics = {name: of_function(name, function.name) for name, _, _ in parts}
    lines = tuple(Line(_per_minute({"n": metrics[name]}), label, colour) for name, label, colour in parts)
    return Chart(f"Failures of {function.label}", lines, stack.region, thresholds(alarms, list(metrics.values())), unit="per minute")


def function_time(stack: Stack, function: FunctionSubject, alarms: Sequence[Alarm]) -> Chart:
    """Of runs, the usual one too; behind a URL instead of that the longest answer, which waits for a start."""
    longest, slow, usual = (of_function("Duration", function.name, statistic) for statistic in ("Maximum", "p99", "p50"))
    answered = of_function("UrlRequestLatency", function.name, "Maximum")
    last = Line(answered, "longest answer", SOFT) if function.http else Line(usual, "p50", SOFT)
    lines = (Line(longest, "longest run", MUTED), Line(slow, "p99", NEUTRAL), last)
    heading = f"Time of {function.label} (timeout {function.timeout_seconds} s)"
    return Chart(heading, lines, stack.region, thresholds(alarms, [longest]), unit="ms")


def shape_of_data(stack: Stack) -> Iterator[Chart]:
    """What calls return and what writes collide with: normal, until it changes."""
    table = stack.table.name
    used = operations_of(stack.patterns)
    if returning := [operation for operation in RETURNING if operation in used]:
        lines = tuple(
            Line(of_operation("ReturnedItemCount", table, operation, "Average"), operation, OPERATION[operation]) for operation in returning
        )
        yield Chart("Items returned by a call", lines, stack.region, unit="items")
    parts = (
        ("ConditionalCheckFailedRequests", "condition was false", NEUTRAL),
        ("TransactionConflict", "conflict between transactions", TRANSACTING),
        *((("TimeToLiveDeletedItemCount", "expired", MUTED),) if stack.table.definition.ttl else ()),
    )
    lines = tuple(Line(_per_minute({"n": of_table(name, table)}), label, colour) for name, label, colour in parts)
    yield Chart("Refused conditions, conflicts, expired items", lines, stack.region, unit="items/min")


def values(stack: Stack) -> Iterator[Chart]:
    """Numbers of now with their course, for the first glance."""
    table, used = stack.table.name, operations_of(stack.patterns)

    def of_all(name: str, statistic: str = "Sum", of: Sequence[str] = used) -> dict[str, Metric]:
        return {operation_id(operation): of_operation(name, table, operation, statistic) for operation in of}

    def of_functions(name: str, functions: Sequence[FunctionSubject]) -> dict[str, Metric]:
        return {f"f{place}": of_function(name, function.name) for place, function in enumerate(functions[:MOST_SUMMED])}

    def number(heading: str, source: Source, colour: str = NEUTRAL) -> Chart:
        return Chart(heading, (Line(source, heading, colour),), stack.region, view="singleValue")

    urls = [function for function in stack.functions if function.http]
    if urls:
        yield number("Requests, requests/s", _per_minute(of_functions("UrlRequestCount", urls), seconds=1))
        yield number("HTTP 5xx, requests/min", _per_minute(of_functions("Url5xxCount", urls)), TROUBLE)
    if used:
        yield number("Served, requests/s", _per_minute(of_all("SuccessfulRequestLatency", "SampleCount"), seconds=1))
        yield number("Refused, requests/min", _per_minute(of_all("ThrottledRequests")), TROUBLE)
    for heading, members in (
        ("Read p99, ms", [each for each in used if each in READS]),
        ("Write p99, ms", [each for each in used if each not in READS]),
    ):
        if members:
            slow = of_all("SuccessfulRequestLatency", "p99", members)
            yield number(heading, Expression(f"MAX([{','.join(slow)}])", dict(slow)))
    for stream in stack.streams[:1]:
        age = of_function("IteratorAge", stack.function(stream.function).name, "Maximum")
        yield number(f"{stream.function} behind, s", Expression("age/1000", {"age": age}))
        if stream.queue:
            yield number("Changes given up", of_queue("ApproximateNumberOfMessagesVisible", stream.queue), TROUBLE)
    if stack.functions and not urls:
        yield number("Failed runs, runs/min", _per_minute(of_functions("Errors", stack.functions)), TROUBLE)
