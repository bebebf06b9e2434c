"""The board of one consumer of the stream: is it behind, does it lose anything, does it fail, and what its log says."""

from collections.abc import Iterator, Sequence

from monitoring.alarms import Alarm
from monitoring.boards.logs import log_rows
from monitoring.boards.rows import HALF, QUARTER, charts, heading, strip
from monitoring.charts import failures, function_time, iterator_age, lost_records, queue, records
from monitoring.dashboard import Dashboard, dashboard_name, placed
from monitoring.names import Name
from monitoring.sections import Row
from monitoring.subjects import Stack, StreamSubject


def consumer_dashboard(stack: Stack, stream: StreamSubject, alarms: Sequence[Alarm]) -> Dashboard:
    """alarms: of the stack; those that watch this consumer are shown."""
    return Dashboard(dashboard_name(f"{stack.label}-{stream.function}"), placed([*_rows(stack, stream, alarms)]))


def alarms_of(stack: Stack, stream: StreamSubject, alarms: Sequence[Alarm]) -> tuple[Alarm, ...]:
    """Those that read a metric of the function, its mapping or its queue."""
    own: set[Name] = {stack.function(stream.function).name, stream.mapping, stream.queue}
    return tuple(alarm for alarm in alarms if any(own & set(metric.dimensions.values()) for metric in alarm.metrics.values()))


def _rows(stack: Stack, stream: StreamSubject, alarms: Sequence[Alarm]) -> Iterator[Row]:
    function = stack.function(stream.function)
    watching = alarms_of(stack, stream, alarms)
    yield heading(
        f"# {stack.project} / {stack.stage}: {stream.function}",
        "Reads the stream of the table. Records are kept for 24 hours; one batch that fails holds back all behind it in its shard.",
    )
    yield from strip("Wrong now?", watching)
    yield charts([iterator_age(stack, stream, watching), records(stack, stream)], HALF)
    yield charts(
        [
            lost_records(stack, stream, watching),
            *([queue(stack, stream, watching)] if stream.queue else []),
            failures(stack, function, watching),
            function_time(stack, function, watching),
        ],
        QUARTER,
    )
    yield from log_rows(stack, [function])
