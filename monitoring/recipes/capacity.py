"""A7: is the table or an index near what it may use. What the limit is depends on how capacity is paid for."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitoring.alarms import Alarm
from monitoring.catalogue.dynamodb import NAMESPACE
from monitoring.measures import ACCESSES, Access, consumed, of_table
from monitoring.metrics import Expression, Metric
from monitoring.options import RECIPES, Options
from monitoring.recipes.causes import patterns_on
from monitoring.recipes.draft import Words, draft, titles
from monitoring.subjects import Stack
from singletable.definition import PatternDefinition

PERIOD_SECONDS = RECIPES["near-capacity"].period_seconds
"""The limits have a point every 5 minutes."""
READING = ("one", "many")
"""Kinds of patterns that read."""


@dataclass(frozen=True)
class Limit:
    """name: in words. most: units a second: what CloudWatch measures, or what was declared."""

    name: str
    most: Metric | int
    next_step: str


def limit_of(stack: Stack, access: Access, index: str | None) -> Limit:
    """Of the table or of this index. Provisioned: the maximum of autoscaling where something scales, else the capacity. On demand: our own
    ceiling where there is one, else the account's quota for one table.

    What autoscaling gave so far is no limit: it keeps the use near its target, which may be above this alarm's threshold on every quiet day.
    Nothing measures its maximum, so that is a number of the declaration.
    """
    table, billing = stack.table.name, stack.table.billing
    ceiling = billing.ceiling(access, index)
    where = index or "the table"

    def of(name: str) -> Metric:
        return of_table(name, table, index=index, statistic="Maximum", period_seconds=PERIOD_SECONDS)

    hot = "A single hot key is throttled below this limit and is not helped by it."
    if billing.mode == "provisioned" and ceiling:
        return Limit("autoscaling max", ceiling, f"raise the maximum of autoscaling of {where}, or go on demand. {hot}")
    if billing.mode == "provisioned":
        return Limit(
            "provisioned", of(f"Provisioned{access}CapacityUnits"), f"raise the capacity of {where}, let it scale, or go on demand. {hot}"
        )
    if ceiling:
        return Limit(
            "on-demand max",
            of(f"OnDemandMax{access}RequestUnits"),
            "raise our own ceiling (it guards the bill) or find who calls so often. Nothing else limits it yet.",
        )
    account = Metric(NAMESPACE, f"AccountMaxTableLevel{access}s", statistic="Maximum", period_seconds=PERIOD_SECONDS)
    return Limit("account quota", account, "ask for a higher quota for one table in Service Quotas; it takes hours, so ask now.")


def utilisation(stack: Stack, access: Access, index: str | None) -> Expression:
    """Percent of the limit, as a mean over 5 minutes."""
    used = consumed(stack.table.name, access, index=index, period_seconds=PERIOD_SECONDS)
    share, most = "100*(used/PERIOD(used))", limit_of(stack, access, index).most
    if isinstance(most, int):
        return Expression(f"{share}/{most}", {"used": used}, "% of limit")
    return Expression(f"{share}/FILL(most,REPEAT)", {"used": used, "most": most}, "% of limit")


def in_use(stack: Stack) -> tuple[tuple[Access, str | None], ...]:
    """Reads and writes, of the table and of each index, as far as the patterns cause them. Of a place that no pattern speaks of, such as an
    index beside the declared ones, anybody may cause them: it counts where it has a limit that is lower than the account's.
    """
    places: list[tuple[Access, str | None]] = [(access, index) for index in (None, *stack.indexes) for access in ACCESSES]
    return tuple((access, index) for access, index in places if users_of(stack, access, index) or _unknown(stack, access, index))


def _unknown(stack: Stack, access: Access, index: str | None) -> bool:
    billing = stack.table.billing
    limited = billing.mode == "provisioned" or billing.ceiling(access, index) is not None
    return limited and not patterns_on(stack, index)


def users_of(stack: Stack, access: Access, index: str | None) -> list[PatternDefinition]:
    """The patterns that read it, or whose writes change it."""
    if access == "Read":
        return [pattern for pattern in stack.patterns if pattern.index == index and pattern.kind in READING]
    return [pattern for pattern in stack.patterns if pattern.kind not in READING and (index is None or index in pattern.touches)]


def near_capacity(stack: Stack, options: Options) -> Iterable[Alarm]:
    """A7."""
    percent = options.threshold("near-capacity")
    for access, index in in_use(stack):
        where = index or "the table"
        limit = limit_of(stack, access, index)
        words = Words(
            clause=f"{access.lower()}s of {where} are near their limit",
            what=f"{access}s of {where} used more than {percent:g}% of the limit ({limit.name}) in 2 of the last 3 spans of 5 minutes. At "
            "100% requests are refused.",
            next_step=limit.next_step,
            felt_by=titles(users_of(stack, access, index)),
        )
        yield from draft(stack, options, "near-capacity", words, utilisation(stack, access, index))
