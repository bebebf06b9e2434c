"""The scenarios by name."""

from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from typing import Final

from monitoring.scenarios.minute import USUAL_AGE_SECONDS, USUAL_COPY_MS, Minute
from monitoring.scenarios.scenario import Scenario
from monitoring.scenarios.traffic import ACCOUNT_QUOTA, Traffic
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
    if billing.table.writes_per_second or billing.mode == "provisioned":
        return stack
    usual = Traffic(stack).units["Write", None] / 60
    ceiling = replace(billing.table, writes_per_second=max(1, ceil(usual * 1.6)))
    return _billed(stack, replace(billing, table=ceiling))


def _provisioned_exhausted(minute: Minute, number: int, stack: Stack) -> None:
    """Six times as many, and four times is what was provisioned; autoscaling is at its maximum."""
    minute.traffic = 6
    minute.turned_away = 0.04


def _provisioned(stack: Stack) -> Stack:
    return _billed(stack, Billing.provisioned())


def _account_limit(minute: Minute, number: int, stack: Stack) -> None:
    """A load writes as fast as it can, and the shop's own writes wait with it."""
    minute.bulk = {("Write", None): 1.2 * ACCOUNT_QUOTA}
    minute.turned_away = 0.04


def _without_a_ceiling(stack: Stack) -> Stack:
    return _billed(stack, Billing.on_demand())


def _billed(stack: Stack, billing: Billing) -> Stack:
    return replace(stack, table=replace(stack.table, billing=billing))


def _conditional_storm(minute: Minute, number: int, stack: Stack) -> None:
    """A client repeats what is already done, and takes each refusal as a reason to try again."""
    minute.traffic = 2
    minute.false_conditions = 0.8


def _contended_item(minute: Minute, number: int, stack: Stack) -> None:
    """Every order writes the same counter in its transaction."""
    minute.conflicts = 0.4
    minute.turned_away = 0.03


def _slow_callee(minute: Minute, number: int, stack: Stack) -> None:
    """What a function asks beside the table answers late: runs end just before they would be cut off."""
    minute.run_ms = 900.0 * min((function.timeout_seconds for function in stack.functions), default=1)


def _replication_lag(minute: Minute, number: int, stack: Stack) -> None:
    """A replica falls behind, then takes nothing at all."""
    minute.copy_ms = number * 20_000 if number < 45 else None


def _copies_again(minute: Minute, number: int, stack: Stack) -> None:
    minute.copy_ms = max(USUAL_COPY_MS, (10 - number) * 120_000)


def _replicated(stack: Stack) -> Stack:
    """Its own replicas, or one."""
    return replace(stack, table=replace(stack.table, replicas=stack.table.replicas or ("eu-central-1",)))


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


def _lost_records(minute: Minute, number: int, stack: Stack) -> None:
    """A record that no retry can handle, and a queue that does not take it: its policy was changed."""
    if number < 6:
        minute.polled = 0.2
        minute.consumer_errors = 4
        minute.age_seconds = (number + 1) * 60
    else:
        minute.lost = int(number == 6)


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


def _bad_release(minute: Minute, number: int, stack: Stack) -> None:
    """New code crashes in some requests and answers others with HTTP 500, until somebody goes back."""
    minute.crashes = 20
    minute.turned_away = 0.3
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
        Scenario("provisioned-exhausted", "Callers use up the provisioned capacity.", 25, _provisioned_exhausted, on=_provisioned),
        Scenario(
            "account-limit",
            "A load writes as much as the account may write to one table.",
            25,
            _account_limit,
            needs="on-demand billing",
            on=_without_a_ceiling,
        ),
        Scenario("conditional-storm", "A client repeats writes whose condition is false.", 20, _conditional_storm),
        Scenario("contended-item", "Transactions meet on one item.", 20, _contended_item, needs="transactions"),
        Scenario("slow-callee", "What a function calls beside the table is slow.", 20, _slow_callee),
        Scenario(
            "replication-lag", "A replica falls behind and then takes nothing.", 90, _replication_lag, _copies_again, 15, on=_replicated
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
        Scenario("lost-records", "A change cannot be handled and its queue refuses it.", 20, _lost_records, needs="a stream"),
        Scenario("regional-errors", "DynamoDB fails and is slow in the whole region.", 20, _regional_errors),
        Scenario(
            "silent-death", "The table is written and nobody reads its stream.", 45, _silent_death, _reads_again, 12, needs="a stream"
        ),
        Scenario("ttl-stop", "Expired items are not deleted any more.", 240, _ttl_stop, needs="a TTL attribute"),
        Scenario("deploy", "New code is deployed: cold starts and a few failed requests.", 5, _deploy),
        Scenario("bad-release", "New code fails a third of the requests until it is taken back.", 20, _bad_release),
    )
}
