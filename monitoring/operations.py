"""The operations of DynamoDB as its metrics know them."""

from collections.abc import Iterable
from typing import Final

from singletable.definition import PatternDefinition

FAMILIES: Final = {
    "reads": ("GetItem", "BatchGetItem", "Query", "Scan"),
    "writes": ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
    "transactions": ("TransactGetItems", "TransactWriteItems"),
    "statements": ("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"),
}
"""How they are split where one alarm cannot hold them all."""

STREAM: Final = "GetRecords"
"""The stream's: nobody calls it but who reads changes."""

OPERATIONS: Final = (*(operation for members in FAMILIES.values() for operation in members), STREAM)
"""Values of the dimension Operation. Source: DynamoDB developer guide, "DynamoDB metrics and dimensions"."""

READS: Final = (*FAMILIES["reads"], "TransactGetItems", STREAM)
WRITES: Final = (*FAMILIES["writes"], "TransactWriteItems")
"""Those that change items for certain: a statement may do either."""


def operations_of(patterns: Iterable[PatternDefinition]) -> tuple[str, ...]:
    """The API operations that patterns can send, each once, in the order of OPERATIONS."""
    used = {operation for pattern in patterns for operation in pattern.operations}
    return tuple(operation for operation in OPERATIONS if operation in used)


def operation_id(operation: str) -> str:
    """An id in metric math: "getItem"."""
    return operation[0].lower() + operation[1:]
