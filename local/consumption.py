"""What a call says it used, to those who ask with ReturnConsumedCapacity. moto says one unit of everything.

Source: API reference, ConsumedCapacity, and the request parameter ReturnConsumedCapacity of each operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Consumed = Mapping[tuple[str, str | None], float]
"""Units by table and index; None is the table itself."""

OF_SEVERAL = ("Batch", "Transact")
"""How operations begin that can use several tables and answer with a list."""


def told(operation: str, request: Mapping[str, Any], response: Mapping[str, Any], consumed: Consumed) -> dict[str, Any]:
    """The response with what was used, in the detail that was asked for."""
    detail = request.get("ReturnConsumedCapacity", "NONE")
    answer = {name: value for name, value in response.items() if name != "ConsumedCapacity"}
    if detail == "NONE":
        return answer
    tables = dict.fromkeys(table for table, _ in consumed)
    found = [_of_table(table, consumed, detail) for table in tables]
    if operation.startswith(OF_SEVERAL):
        return {**answer, "ConsumedCapacity": found}
    return {**answer, "ConsumedCapacity": found[0]} if found else answer


def _of_table(table: str, consumed: Consumed, detail: str) -> dict[str, Any]:
    own = {index: units for (name, index), units in consumed.items() if name == table}
    answer: dict[str, Any] = {"TableName": table, "CapacityUnits": sum(own.values())}
    if detail == "INDEXES":
        answer["Table"] = {"CapacityUnits": own.get(None, 0.0)}
        if indexes := {index: {"CapacityUnits": units} for index, units in own.items() if index}:
            answer["GlobalSecondaryIndexes"] = indexes
    return answer
