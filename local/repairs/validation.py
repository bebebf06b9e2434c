"""Requests that DynamoDB refuses before it does anything, and that moto carries out or fails on.

A mistake in a request must not look like a fault of the service: SDKs retry a 500, and it would be counted as a SystemError.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local.calls import Refusal
from local.patches import Patch, Repair
from singletable.sizing import TRANSACTION_LIMIT_BYTES, item_bytes

_log = logging.getLogger(__name__)

BATCH_WRITES = 25
TRANSACTION_ITEMS = 100
_OPERATIONS = (
    "get_item",
    "put_item",
    "update_item",
    "delete_item",
    "query",
    "scan",
    "batch_get_item",
    "batch_write_item",
    "transact_get_items",
    "transact_write_items",
)


def _invalid(message: str) -> Refusal:
    return Refusal("ValidationException", message)


def _checked(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    check = _CHECKS.get(original.__name__)

    def handle(handler: Any) -> Any:
        if check is not None:
            check(handler, handler.body)
        try:
            return original(handler)
        except (KeyError, ValueError, TypeError, AssertionError, AttributeError, IndexError) as crash:
            message = _explained(crash)
            if message is None:
                _log.warning("the embedded AWS could not carry out %s", original.__name__, exc_info=True)
                message = f"The request cannot be understood: {type(crash).__name__}: {crash}"
            raise _invalid(message) from crash

    # moto's decorators of these methods keep the name, and the check is found by it.
    handle.__name__ = original.__name__
    return handle


def _explained(crash: Exception) -> str | None:
    """In AWS's words, where it is known what moto stumbled over."""
    missing = str(crash.args[0]) if isinstance(crash, KeyError) and crash.args else ""
    if missing.startswith(":"):
        return f"Invalid expression: An expression attribute value used in expression is not defined; attribute value: {missing}"
    if missing.startswith("#"):
        return f"Invalid expression: An expression attribute name used in the document path is not defined; attribute name: {missing}"
    return None


def _put(handler: Any, body: Mapping[str, Any]) -> None:
    _index_keys(handler, body["TableName"], body["Item"])


def _index_keys(handler: Any, table_name: str, item: Mapping[str, Any]) -> None:
    table = handler.dynamodb_backend.get_table(table_name)
    types = {each["AttributeName"]: each["AttributeType"] for each in table.attr}
    for index in table.all_indexes():
        for name in index.schema_key_attrs:
            actual = next(iter(item[name])) if name in item else types[name]
            if actual != types[name]:
                raise _invalid(
                    "One or more parameter values were invalid: "
                    f"Type mismatch for Index Key {name} Expected: {types[name]} Actual: {actual} IndexName: {index.name}"
                )


def _batch_write(handler: Any, body: Mapping[str, Any]) -> None:
    requests = [(table, request) for table, content in body["RequestItems"].items() for request in content]
    if not 1 <= len(requests) <= BATCH_WRITES:
        raise _invalid(f"Too many items requested for the BatchWriteItem call: {len(requests)}, at least 1 and at most {BATCH_WRITES}")
    seen: set[tuple[str, str]] = set()
    for table_name, request in requests:
        item = request.get("PutRequest", {}).get("Item")
        if item is not None:
            _index_keys(handler, table_name, item)
        names = handler.dynamodb_backend.get_table(table_name).table_key_attrs
        image = item if item is not None else request["DeleteRequest"]["Key"]
        identity = (table_name, repr([image.get(name) for name in names]))
        if identity in seen:
            raise _invalid("Provided list of item keys contains duplicates")
        seen.add(identity)


def _transaction(handler: Any, body: Mapping[str, Any]) -> None:
    items: list[Mapping[str, Any]] = body["TransactItems"]
    if not 1 <= len(items) <= TRANSACTION_ITEMS:
        raise _invalid(
            f"1 validation error detected: Value at 'transactItems' has {len(items)} members: "
            f"Member must have length from 1 to {TRANSACTION_ITEMS}"
        )
    puts = [item["Put"] for item in items if "Put" in item]
    for put in puts:
        _index_keys(handler, put["TableName"], put["Item"])
    if sum(item_bytes(put["Item"]) for put in puts) > TRANSACTION_LIMIT_BYTES:
        raise _invalid("The aggregated size of all items in the transaction cannot exceed 4 MB")


_CHECKS: Mapping[str, Callable[[Any, Mapping[str, Any]], None]] = {
    "put_item": _put,
    "batch_write_item": _batch_write,
    "transact_write_items": _transaction,
}


def _patches() -> Sequence[Patch]:
    from moto.dynamodb import responses

    return (
        Patch(responses, "TRANSACTION_MAX_ITEMS", lambda _: TRANSACTION_ITEMS),
        *(Patch(responses.DynamoHandler, name, _checked) for name in _OPERATIONS),
    )


VALIDATION = Repair(
    "validation",
    "moto fails with HTTP 500 on undefined names and values, takes batches of more than 25 writes or with one key twice, transactions over "
    "4 MB, and index keys of the wrong type; DynamoDB answers ValidationException and writes nothing",
    _patches,
)
