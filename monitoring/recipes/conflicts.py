"""Do most writes fail their condition, do transactions get in each other's way. Both are normal in small numbers, and no failure of anybody
shows them: a caller gets HTTP 409, or waits for a retry.
"""

from collections.abc import Iterable

from monitoring.alarms import Alarm
from monitoring.measures import ANCHOR, anchor, of_table, served
from monitoring.metrics import Expression, Metric
from monitoring.operations import FAMILIES, WRITES, operations_of
from monitoring.options import RECIPES, Options
from monitoring.recipes.draft import Words, draft, titles
from monitoring.subjects import Stack

WITHOUT_CONDITION = "BatchWriteItem"
"""The only write that takes none."""


def conflicts(stack: Stack, options: Options) -> Iterable[Alarm]:
    used = operations_of(stack.patterns)
    transacting = tuple(each for each in used if each in FAMILIES["transactions"])
    if conditional := tuple(each for each in used if each in WRITES and each != WITHOUT_CONDITION):
        yield from _conditions(stack, options, conditional)
    if transacting:
        yield from _transactions(stack, options, tuple(each for each in used if each in WRITES or each in transacting))


def _conditions(stack: Stack, options: Options, operations: tuple[str, ...]) -> Iterable[Alarm]:
    words = Words(
        clause="most writes fail their condition",
        what=f"The condition of more than {options.threshold('conditions-fail'):g}% of the writes ({', '.join(operations)}) was false, in each "
        f"of the last {RECIPES['conditions-fail'].periods} minutes. Nothing was written; each used capacity, and its caller was told of a "
        "conflict.",
        next_step="look in the logs for what is repeated: a caller that sends again what is already done, a version that is always old (a "
        "reader that is behind, a cache), a job that ran twice. Stop that one. Capacity will not help, and retries make it worse.",
        felt_by=titles(pattern for pattern in stack.patterns if set(operations) & set(pattern.operations)),
    )
    failed = of_table("ConditionalCheckFailedRequests", stack.table.name)
    yield from draft(stack, options, "conditions-fail", words, _share(stack, options, failed, operations))


def _transactions(stack: Stack, options: Options, operations: tuple[str, ...]) -> Iterable[Alarm]:
    words = Words(
        clause="transactions conflict",
        what=f"More than {options.threshold('transaction-conflicts'):g}% of the requests that write or are transactions met a transaction on "
        f"the same item and were refused, in each of the last {RECIPES['transaction-conflicts'].periods} minutes.",
        next_step="find the item that all of them want, such as a counter or a lock: give each writer an item of its own, or write it after "
        "the transaction. Fewer callers at a time help until then; capacity does not.",
        felt_by=titles(pattern for pattern in stack.patterns if set(FAMILIES["transactions"]) & set(pattern.operations)),
    )
    conflicting = of_table("TransactionConflict", stack.table.name, statistic="SampleCount")
    yield from draft(stack, options, "transaction-conflicts", words, _share(stack, options, conflicting, operations))


def _share(stack: Stack, options: Options, failed: Metric, operations: tuple[str, ...]) -> Expression:
    """Percent of the requests, which are those served and those failed; 0 where there were too few to speak of a share."""
    table = stack.table.name
    good = served(table, operations)
    requests = " + ".join(f"FILL({name},0)" for name in ("failed", *good)) + f" + 0*{ANCHOR}"
    return Expression(
        f"IF({requests} >= {options.minimum_calls}, 100*FILL(failed,0)/({requests}), 0)", {"failed": failed, **good, ANCHOR: anchor(table)}
    )
