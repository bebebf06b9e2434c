"""Where moto keeps the items of a table, and where we keep the settings that it forgets.

Its own classes are not typed well enough to check against: tables and items are Any in this file.
"""

from __future__ import annotations

import uuid
from typing import Any

from local.patches import memory

Address = tuple[Any, Any]
"""Partition and sort key; None for the latter where the table has none."""


def peek(table: Any, address: Address | None) -> Any:
    """The item at this address. moto's get_item leaves an empty partition behind for each miss."""
    if address is None:
        return None
    partition = table.items.get(address[0])
    if partition is None or address[1] is None:
        return partition
    return partition.get(address[1])


def put(table: Any, address: Address, item: Any) -> None:
    """Place an item, or nothing, at an address, without conditions or records."""
    partition, sort = address
    if sort is None:
        if item is None:
            table.items.pop(partition, None)
        else:
            table.items[partition] = item
    elif item is not None:
        table.items[partition][sort] = item
    elif partition in table.items:
        table.items[partition].pop(sort, None)
        if not table.items[partition]:
            del table.items[partition]


def address_of(table: Any, attributes: Any) -> Address | None:
    """Where an item with these attributes, or this key, lives. None when it lacks a key attribute."""
    from moto.dynamodb.models.dynamo_type import DynamoType

    names = [table.hash_key_attr, *([table.range_key_attr] if table.range_key_attr else [])]
    if not all(isinstance(attributes.get(name), dict) and attributes[name] for name in names):
        return None
    values = [DynamoType(attributes[name]) for name in names]
    return values[0], (values[1] if len(values) > 1 else None)


def kept_settings(table: Any) -> dict[str, Any]:
    """Settings of a table by the names of the API, those of its indexes under "indexes"."""
    held = memory(table)
    if "kept_settings" not in held:
        fresh: dict[str, Any] = {"TableId": str(uuid.uuid4()), "indexes": {}}
        held["kept_settings"] = fresh
    return held["kept_settings"]


def ceiling(table: Any, index: str | None = None) -> dict[str, Any]:
    """OnDemandThroughput of a table, or of an index; empty where none was asked for."""
    kept = kept_settings(table)
    return (kept if index is None else kept["indexes"].get(index, {})).get("OnDemandThroughput", {})
