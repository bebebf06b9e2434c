"""What the embedded AWS knows of its tables: definitions for the arithmetic of capacity, and single items as they are now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.calls import Item
from local.places import address_of, ceiling, peek
from singletable.definition import IndexDefinition, KeyDefinition


@dataclass(frozen=True)
class Capacity:
    """Units a second of a table or an index: provisioned ones, or the ceiling of an on-demand one. 0: there is none."""

    read: float = 0.0
    write: float = 0.0


@dataclass(frozen=True)
class KnownTable:
    """A table as it was created. `capacity` by index name, the table's own under None."""

    name: str
    arn: str
    on_demand: bool
    key: KeyDefinition
    indexes: tuple[IndexDefinition, ...]
    capacity: Mapping[str | None, Capacity]

    def resource_arn(self, index: str | None) -> str:
        """Of the table, or of one of its indexes."""
        return f"{self.arn}/index/{index}" if index else self.arn


def name_of(table: str) -> str:
    """Requests name a table or give its ARN."""
    return table.rsplit("/", 1)[-1]


def known_table(name: str, account: str, region: str) -> KnownTable | None:
    """None where there is no table of this name or ARN."""
    from moto.dynamodb.models import dynamodb_backends

    table: Any = dynamodb_backends[account][region].tables.get(name_of(name))
    return None if table is None else _known(table)


def known_tables(account: str, region: str) -> Iterator[KnownTable]:
    """All tables of a region."""
    from moto.dynamodb.models import dynamodb_backends

    for table in list(dynamodb_backends[account][region].tables.values()):
        yield _known(table)


def item_now(name: str, key: Item, account: str, region: str) -> Item | None:
    """An item as it is at this moment, without a request."""
    from moto.dynamodb.models import dynamodb_backends

    table: Any = dynamodb_backends[account][region].tables.get(name_of(name))
    item = None if table is None else peek(table, address_of(table, key))
    return None if item is None else item.to_json()["Attributes"]


def _known(table: Any) -> KnownTable:
    on_demand = table.billing_mode == "PAY_PER_REQUEST"
    capacity: dict[str | None, Capacity] = {None: _capacity(ceiling(table) if on_demand else table.throughput, on_demand)}
    for index in table.global_indexes:
        capacity[index.name] = _capacity(ceiling(table, index.name) if on_demand else index.throughput, on_demand)
    return KnownTable(
        name=table.name,
        arn=table.table_arn,
        on_demand=on_demand,
        key=KeyDefinition(table.hash_key_attr, table.range_key_attr),
        indexes=tuple(_index(index) for index in table.global_indexes),
        capacity=capacity,
    )


def _capacity(settings: Mapping[str, Any], on_demand: bool) -> Capacity:
    names = ("MaxReadRequestUnits", "MaxWriteRequestUnits") if on_demand else ("ReadCapacityUnits", "WriteCapacityUnits")
    read, write = (max(0.0, float(settings.get(name) or 0)) for name in names)  # -1: no ceiling
    return Capacity(read, write)


def _index(index: Any) -> IndexDefinition:
    names = {part["KeyType"]: part["AttributeName"] for part in index.schema}
    projection = index.projection["ProjectionType"]
    attributes = tuple(index.projection.get("NonKeyAttributes") or ()) if projection == "INCLUDE" else ()
    return IndexDefinition(index.name, KeyDefinition(names["HASH"], names.get("RANGE")), projection, attributes)
