"""A5 and A6: does DynamoDB fail, is one of its operations slow, is an access pattern slow for those who call it."""

from collections.abc import Iterable

from monitoring.alarms import Alarm
from monitoring.errors import MonitoringError
from monitoring.measures import ANCHOR, anchor, latency, of_pattern
from monitoring.metrics import Expression
from monitoring.operations import operations_of
from monitoring.options import Options
from monitoring.recipes.draft import Words, amount, draft, title, titles
from monitoring.recipes.totals import SPLIT, totals
from monitoring.subjects import Stack
from singletable.metered import LATENCY


def failing(stack: Stack, options: Options) -> Iterable[Alarm]:
    """A5."""
    failed = amount(options, "system-errors", "request", "requests")
    for added in totals(stack, options, "SystemErrors", operations_of(stack.patterns)):
        words = Words(
            clause=SPLIT["system-errors"].format(added.name),
            what=f"DynamoDB answered {failed} ({', '.join(added.operations)}) with an error of its own (HTTP 500), in 3 of the last 15 minutes. "
            "A write may or may not have happened.",
            next_step="look at the AWS Health Dashboard for the region and wait: clients retry by themselves. Repeat by hand only writes with "
            "a condition or a token. Changes to code or capacity will not help.",
            felt_by=titles(added.patterns),
        )
        yield from draft(stack, options, "system-errors", words, added.source, matches=added.matches)


def slow(stack: Stack, options: Options) -> Iterable[Alarm]:
    """A6. Judged only where there are enough calls: AWS's own rule for a 99th percentile wants 1,000 a minute, which would leave most
    tables unwatched; the anchor keeps a point in every minute, so that it clears when calls stop.
    """
    table = stack.table.name
    for operation in operations_of(stack.patterns):
        objective = options.latency(operation)
        users = [pattern for pattern in stack.patterns if operation in pattern.operations]
        source = Expression(
            f"IF(FILL(calls,0) + 0*{ANCHOR} >= {options.minimum_calls}, p99, 0)",
            {"calls": latency(table, operation, "SampleCount"), "p99": latency(table, operation), ANCHOR: anchor(table)},
            f"{operation} p99",
        )
        words = Words(
            clause=f"{operation} is slow" if len(users) > 1 else f"{operation} is slow ({users[0].name})",
            what=f"1 in 100 {operation} calls needed more than {objective:g} ms inside DynamoDB, in 3 of the last 5 minutes. Refused calls "
            "are not in it, so it looks better than it is while something is throttled.",
            next_step="compare with the throttles of the same minutes; look for larger items or pages (returned items on the dashboard) and "
            f"for conflicts between transactions. Fewer than {options.minimum_calls} calls a minute are not judged.",
            felt_by=titles(users),
        )
        yield from draft(stack, options, "slow-operation", words, source, objective)


def slow_patterns(stack: Stack, options: Options) -> Iterable[Alarm]:
    """Of the patterns with an objective, as their functions measured them. Raises MonitoringError "invalid-option" for one that no function
    measures: such an alarm would never have data.
    """
    table = stack.table.name
    measured = {pattern.name: pattern for pattern in stack.measured_patterns}
    for name, objective in options.pattern_latency_ms.items():
        if name not in measured:
            known = ", ".join(measured) or "none, because no function has pattern_metrics"
            raise MonitoringError(
                "invalid-option", f'pattern_latency_ms: no function measures a pattern called "{name}"; measured are {known}'
            )
        source = Expression(
            f"IF(FILL(calls,0) + 0*{ANCHOR} >= {options.minimum_calls}, p99, 0)",
            {
                "calls": of_pattern(LATENCY, table, name, "SampleCount"),
                "p99": of_pattern(LATENCY, table, name, "p99"),
                ANCHOR: anchor(table),
            },
            f"{name} p99",
        )
        operations = ", ".join(measured[name].operations)
        words = Words(
            clause=f"{name} is slow for its callers",
            what=f"1 in 100 calls of {title(measured[name])} needed more than {objective:g} ms, as its functions measured it, in 3 of the last 5 "
            "minutes. Network, retries and the waits between them are in it.",
            next_step=f"compare with {operations} inside DynamoDB: where that is as fast as ever, look for retries (refused requests), large "
            f"items and a function with too little memory. Fewer than {options.minimum_calls} calls a minute are not judged.",
        )
        yield from draft(stack, options, "slow-pattern", words, source, objective)
