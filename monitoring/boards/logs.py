"""What the functions' logs are asked: queries of CloudWatch Logs Insights over lines of JSON.

Sources: Lambda developer guide, "Working with Lambda function logs", the fields of JSON logs and of platform events; CloudWatch Logs user
guide, "CloudWatch Logs Insights language query syntax".
"""

from collections.abc import Iterator, Sequence
from typing import Final

from monitoring.boards.rows import HALF
from monitoring.sections import Row
from monitoring.subjects import FunctionSubject, Stack
from monitoring.widgets import LogTable
from singletable.metered import LATENCY, PATTERN, READ_UNITS, REFUSED, WRITE_UNITS

HEIGHT: Final = 7

ERRORS: Final = (
    "fields @timestamp, coalesce(code, errorType, cause) as what, coalesce(message, errorMessage, route) as detail\n"
    '| filter level in ["ERROR", "FATAL"]\n'
    "| sort @timestamp desc\n"
    "| limit 20"
)
STARTS: Final = (
    'filter type = "platform.report"\n'
    "| stats count(*) as runs, count(record.metrics.initDurationMs) as starts, max(record.metrics.initDurationMs) as slowest_start_ms,\n"
    "  pct(record.metrics.durationMs, 99) as p99_ms, max(record.metrics.maxMemoryUsedMB) as memory_mb by bin(5m)\n"
    "| sort bin(5m) desc"
)
PATTERNS: Final = (
    f"filter ispresent({PATTERN})\n"
    f"| stats count({LATENCY}) as calls, pct({LATENCY}, 50) as p50_ms, pct({LATENCY}, 99) as p99_ms, sum({READ_UNITS}) as read_units,\n"
    f"  sum({WRITE_UNITS}) as write_units, sum({REFUSED}) as refused by {PATTERN}\n"
    "| sort calls desc"
)


def log_rows(stack: Stack, functions: Sequence[FunctionSubject]) -> Iterator[Row]:
    """Newest errors, starts and memory of each function whose log is known."""
    for function in functions:
        if function.log_group is not None:
            errors = LogTable(f"Newest errors of {function.label}", ERRORS, (function.log_group,), stack.region)
            starts = LogTable(f"Runs and starts of {function.label}", STARTS, (function.log_group,), stack.region)
            yield Row(((errors, HALF), (starts, HALF)), HEIGHT)


def pattern_table(stack: Stack) -> LogTable | None:
    """Each pattern in the time that is shown, from the lines in which functions publish its metrics."""
    groups = tuple(each.log_group for each in stack.functions if each.pattern_metrics and each.log_group is not None)
    return LogTable("Access patterns in this time", PATTERNS, groups, stack.region) if groups else None
