"""The scenarios by name."""

from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from typing import Final

from monitoring.scenarios.minute import USUAL_AGE_SECONDS, Minute
from monitoring.scenarios.scenario import Scenario
from monitoring.scenarios.traffic import Traffic
from monitoring.subjects import Billing, Stack


def _launch_spike(minute: Minute, number: int, stack: Stack) -> None:
    """Eight times as many in two minutes. Partitions split while it lasts, and functions get their concurrency step by step."""
    minute.traffic = 4 if number == 0 else 8
    if number < 7:
        minute.throttled = {("Read", None): 0.05, ("Write", None): 0.08}
        minute.refused_runs = 200 - 25 * number
        minute.age_seconds = 20


def _hot_partition(minute: Minute, number: int, stack: Stack) -> None:
    """One key gets more than a partition serves; clients try again, and some give up."""
    minute.throttled = {("Read", None): 0.03, ("Write", None): 0.25}
    minute.turned_away = 0.04


def _gsi_backpressure(minute: Minute, number: int, stack: Stack) -> None:
    """Entries with one key in an index: writes of the table are refused though it has room itself."""
    minute.throttled = {("Write", stack.indexes[0]): 0.6}
    minute.turned_away = 0.15


def _on_demand_cap(minute: Minute, number: int, stack: Stack) -> None:
    """A day of sale against a ceiling that was set for usual days."""
    minute.traffic = 3.5


def _under_a_ceiling(stack: Stack) -> Stack:
    """Its own, or what it writes at the busiest time of a usual day and a bit more."""
    billing = stack.table.billing
    if billing.max_writes_per_second or billing.mode == "provisioned":
        return stack
    usual = Traffic(stack).units["Write", None] / 60
    capped = Billing.on_demand(max_reads_per_second=billing.max_reads_per_second, max_writes_per_second=ceil(usual * 1.6))
    return replace(stack, table=replace(stack.table, billing=capped))


def _stream_stall(minute: Minute, number: int, stack: Stack) -> None:
    """What the consumer calls is slow: it handles an eighth of what comes in, and fails nothing."""
    minute.polled = 0.125
    minute.age_seconds = number * 60 * 0.875 + USUAL_AGE_SECONDS


def _catches_up(minute: Minute, number: int, stack: Stack) -> None:
    minute.polled = 8
    minute.age_seconds = max(USUAL_AGE_SECONDS, (1 - (number + 1) / 60) * 420 * 60)


def _poison_record(minute: Minute, number: int, stack: Stack) -> None:
    """A record that no retry can handle: it holds back its shard until it is given up, and waits in the failure queue for somebody."""
    if number < 6:
        minute.polled = 0.2
        minute.consumer_errors = 4
        minute.age_seconds = (number + 1) * 60
    else:
        minute.waiting = 1


def _queue_emptied(minute: Minute, number: int, stack: Stack) -> None:
    minute.waiting = 0


def _regional_errors(minute: Minute, number: int, stack: Stack) -> None:
    """DynamoDB itself fails requests in the region and is slow with the others."""
    minute.system_errors = 0.12
    minute.slowness = 4
    minute.turned_away = 0.14


def _silent_death(minute: Minute, number: int, stack: Stack) -> None:
    """The mapping is disabled: the table is written, nothing is read, and no age is reported."""
    minute.polled = 0


def _reads_again(minute: Minute, number: int, stack: Stack) -> None:
    minute.polled = 6
    minute.age_seconds = max(USUAL_AGE_SECONDS, (10 - number) * 270.0)


def _ttl_stop(minute: Minute, number: int, stack: Stack) -> None:
    """TTL was switched off: items stay after they expired."""
    minute.expires = False


def _deploy(minute: Minute, number: int, stack: Stack) -> None:
    """New code: cold starts, and a few requests that met the change."""
    minute.run_ms = 1400 if number < 3 else 600
    minute.crashes = (2, 1, 0, 0, 0)[number]
    minute.age_seconds = 6


SCENARIOS: Final[Mapping[str, Scenario]] = {
    scenario.name: scenario
    for scenario in (
        Scenario("steady", "Usual days, with the single failures that every day has."),
        Scenario("launch-spike", "Eight times as many callers within two minutes.", 30, _launch_spike),
        Scenario("hot-partition", "One partition key gets more writes than a partition serves.", 25, _hot_partition),
        Scenario("gsi-backpressure", "A hot key in an index holds back the writes of the table.", 30, _gsi_backpressure, needs="an index"),
        Scenario(
            "on-demand-cap",
            "Writes reach our own ceiling of on-demand capacity.",
            25,
            _on_demand_cap,
            needs="on-demand billing",
            on=_under_a_ceiling,
        ),
        Scenario(
            "stream-stall", "The stream's consumer is too slow for what is written.", 480, _stream_stall, _catches_up, 60, needs="a stream"
        ),
        Scenario(
            "poison-record",
            "One change cannot be handled, however often it is tried.",
            40,
            _poison_record,
            _queue_emptied,
            10,
            needs="a stream",
        ),
        Scenario("regional-errors", "DynamoDB fails and is slow in the whole region.", 20, _regional_errors),
        Scenario(
            "silent-death", "The table is written and nobody reads its stream.", 45, _silent_death, _reads_again, 12, needs="a stream"
        ),
        Scenario("ttl-stop", "Expired items are not deleted any more.", 240, _ttl_stop, needs="a TTL attribute"),
        Scenario("deploy", "New code is deployed: cold starts and a few failed requests.", 5, _deploy),
    )
}
