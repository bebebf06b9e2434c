"""Where something was throttled, by which cause, how much, and when: from the metrics of the eight causes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitoring.measured import Measured
from monitoring.measures import ACCESSES, CAUSES, Access, Cause, of_pattern, throttle_events, throttled_requests
from monitoring.metrics import Metric
from monitoring.operations import operations_of
from monitoring.subjects import Stack
from singletable.metered import REFUSED

MINUTE: Final = timedelta(minutes=1)

RECIPE: Final[dict[Cause, str]] = {
    "KeyRangeThroughput": "hot-key-range",
    "ProvisionedThroughput": "provisioned-exceeded",
    "MaxOnDemandThroughput": "ceiling-reached",
    "AccountLimit": "account-limit",
}
"""The recipe whose runbook a cause asks for."""

BECAUSE: Final[dict[Cause, str]] = {
    "KeyRangeThroughput": "one key range got more than a partition serves",
    "ProvisionedThroughput": "more was asked for than is provisioned",
    "MaxOnDemandThroughput": "our own on-demand ceiling was reached",
    "AccountLimit": "the account's quota for one table was reached",
}


APART: Final = timedelta(minutes=10)
"""Without refusals for so long, what comes after is another throttling: its alarms have cleared in between."""


@dataclass(frozen=True)
class Throttling:
    """index: None is the table itself. events: items and entries that were refused. since, until: its first minute and the end of its last.
    peak: the most in a minute, and when.
    """

    index: str | None
    access: Access
    cause: Cause
    events: float
    since: datetime
    until: datetime
    peak: tuple[float, datetime]

    @property
    def place(self) -> str:
        return self.index or "the table"


def metrics_of_throttling(stack: Stack) -> tuple[Metric, ...]:
    """What `throttlings` and `refused` ask for."""
    table = stack.table.name
    return (
        *(
            throttle_events(table, access, index=index, cause=cause)
            for index in (None, *stack.indexes)
            for access in ACCESSES
            for cause in CAUSES
        ),
        *(throttled_requests(table, operation) for operation in operations_of(stack.patterns)),
        *(of_pattern(REFUSED, table, pattern.name) for pattern in stack.measured_patterns),
    )


def throttlings(stack: Stack, measured: Measured, start: datetime, end: datetime) -> tuple[Throttling, ...]:
    """The largest first; what is apart in time is apart here."""
    return tuple(sorted(_throttlings(stack, measured, start, end), key=lambda each: -each.events))


def _throttlings(stack: Stack, measured: Measured, start: datetime, end: datetime) -> Iterator[Throttling]:
    for index in (None, *stack.indexes):
        for access in ACCESSES:
            for cause in CAUSES:
                metric = throttle_events(stack.table.name, access, index=index, cause=cause)
                points = {at: value for at, value in measured.statistics(metric, start, end).items() if value}
                for times in _together(sorted(points)):
                    peak = max(times, key=lambda at: points[at])
                    events = sum(points[at] for at in times)
                    yield Throttling(index, access, cause, events, times[0], times[-1] + MINUTE, (points[peak], peak))


def _together(times: list[datetime]) -> Iterator[list[datetime]]:
    """Cut where they are far apart."""
    begin = 0
    for place in range(1, len(times) + 1):
        if place == len(times) or times[place] - times[place - 1] > APART:
            yield times[begin:place]
            begin = place


def refused_calls(stack: Stack, measured: Measured, start: datetime, end: datetime) -> dict[str, float]:
    """Pattern -> its calls that were refused to the end, the most first; nothing where the functions publish no metrics of patterns."""
    return _most_first(
        {each.name: of_pattern(REFUSED, stack.table.name, each.name) for each in stack.measured_patterns}, measured, start, end
    )


def refused(stack: Stack, measured: Measured, start: datetime, end: datetime) -> dict[str, float]:
    """Operation -> whole requests that were refused, the most first; without those that were not."""
    return _most_first({each: throttled_requests(stack.table.name, each) for each in operations_of(stack.patterns)}, measured, start, end)


def _most_first(metrics: dict[str, Metric], measured: Measured, start: datetime, end: datetime) -> dict[str, float]:
    found = {name: sum(measured.statistics(metric, start, end).values()) for name, metric in metrics.items()}
    return {name: count for name, count in sorted(found.items(), key=lambda each: -each[1]) if count}
