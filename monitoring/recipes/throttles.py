"""A1 to A3: is anything refused, and where. Why is asked by the alarms of the causes.

An index that holds back writes of the table (back-pressure) has no alarm of its own: a write that an index throttles is always a write of the
table that is held back, so `index-throttles` says it, and one more alarm would say it twice.
"""

from collections.abc import Iterable

from monitoring.alarms import Alarm
from monitoring.operations import STREAM, operations_of
from monitoring.options import Options
from monitoring.recipes.causes import events, patterns_on, told_by_cause
from monitoring.recipes.draft import Words, amount, draft, titles
from monitoring.recipes.totals import SPLIT, totals
from monitoring.subjects import Stack


def refused_requests(stack: Stack, options: Options) -> Iterable[Alarm]:
    """A1. Each operation by its own name: by table alone there is no such series."""
    refused = amount(options, "refused-requests", "request", "requests")
    for added in totals(stack, options, "ThrottledRequests", tuple(each for each in operations_of(stack.patterns) if each != STREAM)):
        words = Words(
            clause=SPLIT["refused-requests"].format(added.name),
            what=f"DynamoDB refused {refused} ({', '.join(added.operations)}) in a minute of the last 5: the client retried, or somebody got "
            "an error. A batch counts only when every item of it was refused, so look at the throttle alarms too.",
            next_step=f"see which of table and indexes is throttled, then {told_by_cause(stack, None, *stack.indexes)}",
            felt_by=titles(added.patterns),
            likely=False,
        )
        yield from draft(stack, options, "refused-requests", words, added.source, matches=added.matches)


def throttles(stack: Stack, options: Options) -> Iterable[Alarm]:
    """A2 for the table and A3 for each index; each also as AWS recommends it, after 5 minutes."""
    for index in (None, *stack.indexes):
        where = index or "the table"
        recipe = "index-throttles" if index else "table-throttles"
        throttled = amount(options, recipe, "item or entry", "items or entries")
        what = (
            f"{index} throttled {throttled} in a minute of the last 5. A write that changes an entry of {index} is held back with it, even "
            "where the table itself has room (back-pressure)."
            if index
            else f"The table itself, without its indexes, throttled {throttled} in a minute of the last 5."
        )
        words = Words(
            clause=f"{where} is throttled",
            what=what,
            next_step=told_by_cause(stack, index) + (f" Capacity of the table does not help {where}." if index else ""),
            felt_by=titles(patterns_on(stack, index)),
            likely=False,
        )
        source = events(stack, index)
        yield from draft(stack, options, recipe, words, source)
        still = amount(options, "lasting-throttles", "item or entry", "items or entries")
        lasting = Words(
            clause=f"{where} has been throttled for 5 minutes",
            what=f"{where[0].upper()}{where[1:]} throttled {still} in each of the last 5 minutes: this is no short burst.",
            next_step=words.next_step,
            felt_by=words.felt_by,
            likely=False,
        )
        yield from draft(stack, options, "lasting-throttles", lasting, source)
