"""What each option of a stack costs, for docs/options-cost.md: words here, numbers from the project's prices and from the shop's own stack."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.tables.billing import Capacity
from monitoring import Stack, alarms_for, composites_for
from monitoring.prices import HOURS_A_MONTH, OPTION_PRICES, PRICES, SECONDS_A_MONTH, TablePrices

TABLE = TablePrices()
OPTION = OPTION_PRICES

GIGABYTES = 10
READS = 100
"""Million units a month."""
WRITES = 20
INDEXES = 1
ALARMS_OF_A_TARGET = 4
"""That Application Auto Scaling makes for each capacity that it scales (developer guide, "Managing throughput capacity automatically")."""
TARGET = Capacity.autoscaled(1, 2).target_percent or 100
"""Percent: by default."""
RULES = 4
"""Of a table or index with a sort key: accessed and throttled, by partition key and by both (developer guide, contributor insights)."""


@dataclass(frozen=True)
class Cost:
    """usd: a month of the example; None: once, or nothing. price: of what it is counted by. default: whether it is there unasked."""

    option: str
    argument: str
    default: bool
    price: str
    usd: float | None


def costs(stack: Stack) -> Iterator[Cost]:
    """stack: whose alarms are counted."""
    requests = READS * TABLE.read_million_usd + WRITES * TABLE.write_million_usd
    yield Cost(
        "on demand", "`Billing.on_demand()`", True, _two(TABLE.read_million_usd, TABLE.write_million_usd, "a million units"), requests
    )
    yield Cost(
        "provisioned",
        "`Billing.provisioned(...)`",
        False,
        _two(TABLE.read_hour_usd * HOURS_A_MONTH, TABLE.write_hour_usd * HOURS_A_MONTH, "a month for a unit a second"),
        _needed(READS) * TABLE.read_hour_usd * HOURS_A_MONTH + _needed(WRITES) * TABLE.write_hour_usd * HOURS_A_MONTH,
    )
    scaled = 2 * (1 + INDEXES) * ALARMS_OF_A_TARGET
    yield Cost("autoscaling", "`Capacity.autoscaled(...)`", False, f"its {scaled} alarms, as any alarm", scaled * PRICES.alarm_metric_usd)
    yield Cost("storage", "", True, f"{_usd(TABLE.gigabyte_usd)} a GB", GIGABYTES * TABLE.gigabyte_usd)
    infrequent = READS * OPTION.infrequent_read_million_usd + WRITES * OPTION.infrequent_write_million_usd
    yield Cost(
        "infrequent access, requests and storage",
        '`table_class="STANDARD_INFREQUENT_ACCESS"`',
        False,
        f"{_two(OPTION.infrequent_read_million_usd, OPTION.infrequent_write_million_usd, 'a million units')}, "
        f"{_usd(OPTION.infrequent_gigabyte_usd)} a GB, instead",
        infrequent + GIGABYTES * OPTION.infrequent_gigabyte_usd,
    )
    recovery = GIGABYTES * TABLE.recovery_gigabyte_usd
    yield Cost("point-in-time recovery", "`recovery_days=`", True, f"{_usd(TABLE.recovery_gigabyte_usd)} a GB, of 1 day as of 35", recovery)
    once = f"{_usd(OPTION.restore_gigabyte_usd)} a GB, once: {_usd(GIGABYTES * OPTION.restore_gigabyte_usd)}"
    yield Cost("a restore, or a drill of one", "`restore-drill`", False, once, None)
    yield Cost("a stream, read by functions", "", True, "nothing for Lambda", 0)
    other = f"{_usd(OPTION.stream_read_million_usd)} a million GetRecords"
    yield Cost("the stream, read by others", "", False, other, None)
    yield Cost(
        "a Kinesis stream of the changes",
        "`kinesis=`",
        False,
        f"{_usd(OPTION.change_million_usd)} a million changes of 1 KB, and the stream's own price",
        WRITES * OPTION.change_million_usd,
    )
    replica = WRITES * OPTION.replicated_write_million_usd + GIGABYTES * TABLE.gigabyte_usd + recovery
    yield Cost(
        "each replica",
        "`replicas=`",
        False,
        f"{_usd(OPTION.replicated_write_million_usd)} a million writes, its storage and recovery, and the transfer between regions",
        replica,
    )
    rules = (1 + INDEXES) * RULES * OPTION.rule_usd
    event = f"{_usd(OPTION.rule_usd)} a rule, {RULES} of table and each index, and {_usd(OPTION.rule_event_million_usd)} a million events"
    yield Cost("insights of all keys", "`insights=`", False, event, rules + (READS + WRITES) * OPTION.rule_event_million_usd)
    yield Cost(
        "insights of throttled keys", "`Insights.throttled_keys()`", False, "half of the rules, and refused requests only", rules / 2
    )
    yield Cost("a key that DynamoDB owns", "", True, "nothing", 0)
    request = f"{_usd(OPTION.key_request_million_usd)} a million requests, few: one in five minutes for each caller"
    yield Cost("a key that AWS manages", "`Encryption.aws_managed()`", False, request, None)
    yield Cost("a key of your own", "`Encryption.customer_key(...)`", False, f"{_usd(OPTION.key_usd)} a key, and as above", OPTION.key_usd)
    yield from _watching(stack)
    yield Cost("protection, deletion protection, policies, time to live", "", True, "nothing", 0)


def break_even_percent() -> float:
    """Of provisioned write capacity that must be used for it to cost no more than on demand."""
    return 100 * TABLE.write_hour_usd * HOURS_A_MONTH / (SECONDS_A_MONTH / 1_000_000 * TABLE.write_million_usd)


def _watching(stack: Stack) -> Iterator[Cost]:
    alarms = alarms_for(stack)
    read = round(sum(alarm.monthly_usd for alarm in alarms) / PRICES.alarm_metric_usd)
    composites = composites_for(stack, alarms)
    yield Cost(
        "alarms",
        "`Monitoring`",
        True,
        f"{_usd(PRICES.alarm_metric_usd)} for each metric read: {read} in the shop",
        read * PRICES.alarm_metric_usd,
    )
    number = len(composites)
    yield Cost(
        "composite alarms",
        "`Monitoring`",
        True,
        f"{_usd(PRICES.composite_alarm_usd)} an alarm: {number} in the shop",
        number * PRICES.composite_alarm_usd,
    )
    yield Cost("the dashboard", "`Monitoring`", True, f"{_usd(PRICES.dashboard_usd)} each", PRICES.dashboard_usd)
    series = 2 * len(stack.patterns)
    yield Cost(
        "metrics of patterns",
        "`pattern_metrics=True`",
        False,
        f"{_usd(PRICES.custom_metric_usd)} a series, about two for each pattern: {series} in the shop",
        series * PRICES.custom_metric_usd,
    )


def _needed(million: float) -> float:
    """Units a second for so many a month, evenly, at the default target of autoscaling."""
    return million * 1_000_000 / SECONDS_A_MONTH * 100 / TARGET


def _two(read: float, write: float, by: str) -> str:
    return f"{_usd(read)} (read), {_usd(write)} (write) {by}"


def _usd(amount: float) -> str:
    return f"${amount:.2f}" if round(amount, 2) == amount or amount >= 1 else f"${amount:.3f}"
