"""A metric of operations, added up for an alarm: by name, in as few alarms as CloudWatch's limit allows, or by one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from monitoring.alarms import MOST_METRICS
from monitoring.measures import anchor, filled_sum, of_all_operations, of_operation
from monitoring.metrics import Expression
from monitoring.operations import FAMILIES, operation_id
from monitoring.options import Options
from monitoring.subjects import Stack
from singletable.definition import PatternDefinition

ALL: Final = "requests"
SPLIT: Final = {"refused-requests": "{} to the table are refused", "system-errors": "DynamoDB fails {}"}
"""Recipe -> its clause of a total."""


@dataclass(frozen=True)
class Total:
    """name: of the operations together, "requests" or a family's. patterns: that send them. matches: how many metrics a query finds of them;
    0: there is none.
    """

    name: str
    operations: tuple[str, ...]
    patterns: tuple[PatternDefinition, ...]
    source: Expression
    matches: int = 0


def totals(stack: Stack, options: Options, metric: str, operations: tuple[str, ...]) -> Iterable[Total]:
    """None where no operation is in use."""
    table = stack.table.name
    if options.strategy == "insights" and operations:
        yield Total(ALL, operations, _users(stack, operations), of_all_operations(metric, table), len(operations))
        return
    for name, members in families(operations).items() if operations else ():
        source = filled_sum({operation_id(each): of_operation(metric, table, each) for each in members}, anchor(table))
        yield Total(name, members, _users(stack, members), source)


def families(operations: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Name -> operations, so that each set and an anchor fit into one alarm. One set, "requests", where all fit."""
    if len(operations) < MOST_METRICS:
        return {ALL: operations}
    split = {name: tuple(each for each in members if each in operations) for name, members in FAMILIES.items()}
    return {name: members for name, members in split.items() if members}


def _users(stack: Stack, operations: tuple[str, ...]) -> tuple[PatternDefinition, ...]:
    return tuple(pattern for pattern in stack.patterns if set(operations) & set(pattern.operations))
