"""A1 to A4: is anything refused, where, and is one key the cause."""

from collections.abc import Iterable

from monitoring.alarms import MOST_METRICS, Alarm
from monitoring.measures import ACCESSES, Cause, anchor, filled_sum, throttle_events, throttled_requests
from monitoring.metrics import Expression, Metric
from monitoring.operations import FAMILIES, STREAM, operation_id, operations_of
from monitoring.options import Options
from monitoring.recipes.draft import Words, amount, draft, titles
from monitoring.subjects import Stack
from singletable.definition import PatternDefinition

_CAUSES = (
    'read the cause in "Refusing?" on the dashboard. Key range: one key is hot, spread it; more capacity will not help. '
    "Provisioned: raise capacity or autoscaling. On-demand max: raise our own ceiling. Account: raise the quota in Service Quotas."
)


def families(operations: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Name -> operations, so that each set and an anchor fit into one alarm. One set, "requests", where all fit."""
    if len(operations) < MOST_METRICS:
        return {"requests": operations}
    split = {name: tuple(each for each in members if each in operations) for name, members in FAMILIES.items()}
    return {name: members for name, members in split.items() if members}


def refused_requests(stack: Stack, options: Options) -> Iterable[Alarm]:
    """A1. Of the operations in use, each by its own name: by table alone there is no such series."""
    table = stack.table.name
    operations = tuple(each for each in operations_of(stack.patterns) if each != STREAM)
    refused = amount(options, "refused-requests", "request", "requests")
    for name, members in families(operations).items() if operations else ():
        source = filled_sum({operation_id(each): throttled_requests(table, each) for each in members}, anchor(table))
        words = Words(
            clause=f"{name} to the table are refused",
            what=f"DynamoDB refused {refused} ({', '.join(members)}) in a minute of the last 5: the client retried, or somebody got an error. "
            "A batch counts only when every item of it was refused, so look at the throttle alarms too.",
            next_step=f"see which of table and indexes is throttled, then {_CAUSES} AWS recommends to wait for "
            "5 minutes in a row: the alarms of lasting throttles do.",
            felt_by=titles(pattern for pattern in stack.patterns if set(members) & set(pattern.operations)),
        )
        yield from draft(stack, options, "refused-requests", words, source)


def throttles(stack: Stack, options: Options) -> Iterable[Alarm]:
    """A2 for the table and A3 for each index; each also as AWS recommends it, after 5 minutes."""
    for index in (None, *stack.indexes):
        where = index or "the table"
        recipe = "index-throttles" if index else "table-throttles"
        events = amount(options, recipe, "item or entry", "items or entries")
        what = (
            f"{index} throttled {events} in a minute of the last 5. A write that changes an entry of {index} is held back with it, though the "
            "table itself has room."
            if index
            else f"The table itself, without its indexes, throttled {events} in a minute of the last 5."
        )
        words = Words(
            clause=f"{where} is throttled",
            what=what,
            next_step=_CAUSES + (f" Capacity of the table does not help {where}." if index else ""),
            felt_by=titles(patterns_on(stack, index)),
        )
        source = _events(stack, index, "")
        yield from draft(stack, options, recipe, words, source)
        lasting_events = amount(options, "lasting-throttles", "item or entry", "items or entries")
        lasting = Words(
            clause=f"{where} has been throttled for 5 minutes",
            what=f"{where[0].upper()}{where[1:]} throttled {lasting_events} in each of the last 5 minutes: this is no short burst.",
            next_step=words.next_step,
            felt_by=words.felt_by,
        )
        yield from draft(stack, options, "lasting-throttles", lasting, source)


def hot_key_ranges(stack: Stack, options: Options) -> Iterable[Alarm]:
    """A4. The cause metrics say it: a key design, not a capacity."""
    for index in (None, *stack.indexes):
        where = index or "the table"
        keys = sorted({pattern.access for pattern in stack.patterns if pattern.index == index and pattern.access})
        named = f" Its keys: {'; '.join(keys[:6])}." if keys else ""
        words = Words(
            clause=f"{where} has a hot key range",
            what=f"{where[0].upper()}{where[1:]} throttled because one key range got more than a partition serves (3,000 read or 1,000 write "
            f"units a second), in 3 of the last 5 minutes.{named}",
            next_step="find the busiest key with Contributor Insights (it does not see throttled index writes; the reasons in the client's "
            "error name the index) and spread it over several partition keys. More capacity will not help.",
            felt_by=titles(patterns_on(stack, index)),
        )
        yield from draft(stack, options, "hot-key-range", words, _events(stack, index, "KeyRangeThroughput"))


def _events(stack: Stack, index: str | None, cause: Cause) -> Expression:
    table = stack.table.name
    metrics: dict[str, Metric] = {access.lower(): throttle_events(table, access, index=index, cause=cause) for access in ACCESSES}
    return filled_sum(metrics, anchor(table))


def patterns_on(stack: Stack, index: str | None) -> list[PatternDefinition]:
    """Readers of the index and writers that change its entries; of the table, whoever uses it and not only an index."""
    return [pattern for pattern in stack.patterns if pattern.index == index or index in pattern.touches]
