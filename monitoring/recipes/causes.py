"""A4: why is something throttled. One alarm for each cause that can happen, because each asks for another step and the others do not help."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from monitoring.alarms import Alarm
from monitoring.measures import ACCESSES, CAUSES, Access, Cause, anchor, filled_sum, throttle_events
from monitoring.metrics import Expression, Metric
from monitoring.options import Options
from monitoring.recipes.draft import Words, amount, draft, titles
from monitoring.subjects import Billing, Stack
from singletable.definition import PatternDefinition


@dataclass(frozen=True)
class Reason:
    """recipe: that watches it. clause: what a place does. short: in the text of the page that it explains. happens: whether it can, for reads
    or for writes of the table or of an index. what, next_step: of a place, in words.
    """

    recipe: str
    clause: str
    short: str
    happens: Callable[[Billing, Access, str | None], bool]
    what: str
    next_step: str


def _always(_: Billing, __: Access, ___: str | None) -> bool:
    return True


def _provisioned(billing: Billing, _: Access, __: str | None) -> bool:
    return billing.mode == "provisioned"


def _ceiling(billing: Billing, access: Access, index: str | None) -> bool:
    return billing.mode == "on-demand" and billing.ceiling(access, index) is not None


REASONS: Final[Mapping[Cause, Reason]] = {
    "KeyRangeThroughput": Reason(
        "hot-key-range",
        "has a hot key range",
        "a hot key range (told after 3 minutes of it: more capacity will not help)",
        _always,
        "because one key range got more than a partition serves (3,000 read or 1,000 write units a second), in 3 of the last 5 minutes.",
        "find the busiest key with Contributor Insights (it does not see throttled index writes; the reasons in the client's error name the "
        "index) and spread it over several partition keys. More capacity will not help.",
    ),
    "ProvisionedThroughput": Reason(
        "provisioned-exceeded",
        "has used up its provisioned capacity",
        "provisioned capacity that is used up",
        _provisioned,
        "because all its provisioned capacity was in use, in a minute of the last 5.",
        "raise the capacity of {where} by hand now, then the maximum of its autoscaling: that follows a rise by some minutes and never goes "
        "beyond its maximum. Or go on demand. Other keys will not help.",
    ),
    "MaxOnDemandThroughput": Reason(
        "ceiling-reached",
        "has reached our own ceiling",
        "our own ceiling",
        _ceiling,
        "because its use reached the ceiling that we set on demand, in a minute of the last 5. The ceiling guards the bill and does what it "
        "was set for.",
        "decide whether this traffic is wanted. If it is, raise the ceiling of {where}; if not, find who calls so often. Neither other keys "
        "nor a quota of AWS will help.",
    ),
    "AccountLimit": Reason(
        "account-limit",
        "has reached the account's quota",
        "the account's quota",
        _always,
        "because its use reached what the account may use of one table or index, in a minute of the last 5.",
        "stop what can wait, such as a load or a backfill, and ask for a higher quota for one table in Service Quotas: that takes hours. "
        "Other keys, capacity or a ceiling of our own will not help.",
    ),
}


def causes(stack: Stack, options: Options) -> Iterable[Alarm]:
    """A4. The cause metrics of the table and of each index say it; each event has one cause."""
    for cause, reason in REASONS.items():
        for index in (None, *stack.indexes):
            if not (accesses := _accesses(stack, cause, index)):
                continue
            where = index or "the table"
            words = Words(
                clause=f"{where} {reason.clause}",
                what=f"{where[0].upper()}{where[1:]} throttled {amount(options, reason.recipe, 'item or entry', 'items or entries')} "
                f"{reason.what}{_keys(stack, index) if cause == 'KeyRangeThroughput' else ''}",
                next_step=reason.next_step.format(where=where),
                felt_by=titles(patterns_on(stack, index)),
            )
            yield from draft(stack, options, reason.recipe, words, events(stack, index, cause, accesses))


def told_by_cause(stack: Stack, *places: str | None) -> str:
    """The next step where only the page is known: which alarms say more. places: the table (None) and indexes that it may be about."""
    short = [REASONS[cause].short for cause in CAUSES if any(_accesses(stack, cause, index) for index in places)]
    listed = f"{', '.join(short[:-1])} or {short[-1]}"
    return (
        f'do what the alarm of its cause says, which is open beside this one: {listed}. None is open: read the cause in "Refusing?" on the '
        "dashboard."
    )


def events(stack: Stack, index: str | None, cause: Cause = "", accesses: tuple[Access, ...] = ACCESSES) -> Expression:
    """Throttle events of reads and writes together, of the table or of an index."""
    table = stack.table.name
    metrics: dict[str, Metric] = {access.lower(): throttle_events(table, access, index=index, cause=cause) for access in accesses}
    return filled_sum(metrics, anchor(table))


def patterns_on(stack: Stack, index: str | None) -> list[PatternDefinition]:
    """Readers of the index and writers that change its entries; of the table, whoever uses it and not only an index."""
    return [pattern for pattern in stack.patterns if pattern.index == index or index in pattern.touches]


def _accesses(stack: Stack, cause: Cause, index: str | None) -> tuple[Access, ...]:
    """Those that can be throttled for it."""
    return tuple(access for access in ACCESSES if REASONS[cause].happens(stack.table.billing, access, index))


def _keys(stack: Stack, index: str | None) -> str:
    keys = sorted({pattern.access for pattern in stack.patterns if pattern.index == index and pattern.access})
    return f" Its keys: {'; '.join(keys[:6])}." if keys else ""
