"""From bound patterns to the requests of DynamoDB's API. Pure: nothing is sent, so every request can be looked at first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar, cast

from singletable.codec import Item
from singletable.entity import Entity, Path, Unique
from singletable.errors import AlreadyExists, InvalidArguments, KitError, VersionConflict
from singletable.keys import AFTER_SEPARATOR, SEPARATOR, Slot
from singletable.patterns import Between, BoundMany, BoundOne, BoundTransaction, BoundUpdate
from singletable.resolve import LOCKED_GET, QUERY, Access
from singletable.values import value

E = TypeVar("E")
Request = dict[str, Any]
OWNER = "owner"
"""The attribute of a lock that holds the primary key of the item which claims the value."""


@value
class Plan:
    operation: str
    request: Request


@value
class Write:
    """One action of a transaction, and what it means when its condition fails."""

    action: str
    body: Request
    refusal: KitError


def read_one(table: str, bound: BoundOne[Any]) -> Plan:
    """For a unique field the first of two requests: the lock, which holds the key for `get_item`."""
    access, want = bound.pattern.access, bound.pattern.want
    if access.rank == QUERY:
        # Two, to notice when an index that should hold one item for this key holds another.
        return Plan("Query", {"TableName": table, **_condition(access, bound.values), "Limit": 2})
    if access.rank == LOCKED_GET and access.unique:
        return get_item(table, access.unique.lock.key_of(bound.values), consistent=True)
    return get_item(table, access.path.key_of(bound.values), want.consistent)


def claims(bound: BoundOne[E], found: E) -> bool:
    """Does the item still claim the value? It may have let go of it after its lock was read."""
    unique, entity = bound.pattern.access.unique, bound.pattern.entity
    values = entity.values(found)
    return unique is not None and unique in _claimed(entity, values) and unique.lock.key_of(values) == unique.lock.key_of(bound.values)


def get_item(table: str, key: Item, consistent: bool) -> Plan:
    return Plan("GetItem", {"TableName": table, "Key": key, "ConsistentRead": consistent})


def read_page(table: str, bound: BoundMany[Any], limit: int, start: Item | None) -> Plan:
    want = bound.pattern.want
    request: Request = {"TableName": table, **_condition(bound.pattern.access, bound.values, want.within), "Limit": limit}
    if want.consistent:
        request["ConsistentRead"] = True
    if want.newest_first:
        request["ScanIndexForward"] = False
    if start:
        request["ExclusiveStartKey"] = start
    return Plan("Query", request)


def _condition(access: Access, values: Mapping[str, object], within: str | None = None) -> Request:
    path = access.path
    expression, names, texts = "#pk = :pk", {"#pk": path.key.partition}, {":pk": path.partition.render(values)}
    if path.sort and path.key.sort and (access.bound or within):
        prefix = path.sort.render_left(values, access.bound)
        if within and access.open_slot:
            expression += _range(access.open_slot, prefix, values[within], texts)
        elif access.open_slot:
            expression += " AND begins_with(#sk, :sk)"
            texts[":sk"] = prefix
        else:
            expression += " AND #sk = :sk"
            texts[":sk"] = prefix
    if "#sk" in expression and path.key.sort:
        names["#sk"] = path.key.sort
    request: Request = {
        "KeyConditionExpression": expression,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {name: {"S": text} for name, text in texts.items()},
    }
    return {"IndexName": path.name, **request} if path.is_index else request


def _range(slot: Slot, prefix: str, value: object, texts: dict[str, str]) -> str:
    """Adds the ends to the texts. An end that is left open is the end of the prefix, so that nothing else comes in."""
    if not isinstance(value, Between):
        raise InvalidArguments(f"{slot.field} takes Between(low, high), not {value!r}")
    ends = cast("Between[object]", value)
    low, high = ends.low, ends.high
    if low is not None or prefix:
        texts[":low"] = prefix + (slot.form.render(low) if low is not None else "")
    if high is not None or prefix:
        texts[":high"] = (prefix + slot.form.render(high) if high is not None else prefix.removesuffix(SEPARATOR)) + AFTER_SEPARATOR
    if ":low" in texts and ":high" in texts:
        if texts[":low"] > texts[":high"]:
            raise InvalidArguments(f"{slot.field} runs from {low} to {high}: the low end comes first")
        return " AND #sk BETWEEN :low AND :high"
    return " AND #sk >= :low" if ":low" in texts else " AND #sk <= :high" if ":high" in texts else ""


# --- writing


def change(table: str, bound: BoundUpdate[E], now: datetime) -> tuple[E, list[Write]]:
    """The item as it will be, and the writes that make it so: the update, and for a unique field the exchange of its lock."""
    pattern, entity, old = bound.pattern, bound.pattern.entity, bound.item
    stamps: dict[str, object] = dict.fromkeys(entity.stamped, now)
    if entity.version:
        stamps[entity.version] = getattr(old, entity.version) + 1
    new = cast(E, replace(cast(Any, old), **{**stamps, **bound.changes}))
    before, after = entity.codec.encode(old), entity.codec.encode(new)
    names = {f"#n{n}": name for n, name in enumerate(pattern.attributes)}
    values = {f":v{n}": after[name] for n, name in enumerate(pattern.attributes) if name in after}
    sets = ", ".join(f"#n{value[2:]} = {value}" for value in values)
    removes = ", ".join(name for name in names if f":v{name[2:]}" not in values)
    body: Request = {
        "TableName": table,
        "Key": _primary_key(entity, before),
        "UpdateExpression": " ".join(filter(None, (f"SET {sets}" if sets else "", f"REMOVE {removes}" if removes else ""))),
        **_unchanged(entity, before, names, values),
    }
    writes = [Write("Update", body, VersionConflict(entity.name))]
    for unique in entity.uniques.values():
        if unique.field in bound.changes:
            writes += _exchange(table, entity, unique, old, new)
    return new, writes


def changes(table: str, bound: BoundTransaction) -> list[Write]:
    writes: list[Write] = []
    for operation, item in bound.writes:
        writes += (_create if operation.verb == "create" else _delete)(table, operation.entity, item)
    return writes


def single(write: Write) -> Plan:
    return Plan(f"{write.action}Item", write.body)


def transaction(writes: Sequence[Write], token: str | None = None) -> Plan:
    request: Request = {"TransactItems": [{write.action: write.body} for write in writes]}
    return Plan("TransactWriteItems", {**request, "ClientRequestToken": token} if token else request)


def _create(table: str, entity: Entity[Any], item: object) -> list[Write]:
    wire = entity.codec.encode(item)
    body = {"TableName": table, "Item": wire, **_absent(entity.primary)}
    key, values = _primary_key(entity, wire), entity.values(item)
    return [
        Write("Put", body, AlreadyExists(entity.name)),
        *(_claim(table, entity, unique, values, key) for unique in _claimed(entity, values)),
    ]


def _delete(table: str, entity: Entity[Any], item: object) -> list[Write]:
    wire = entity.codec.encode(item)
    key, values = _primary_key(entity, wire), entity.values(item)
    names: dict[str, str] = {}
    body = {"TableName": table, "Key": key, **_unchanged(entity, wire, names, {})}
    return [
        Write("Delete", body, VersionConflict(entity.name)),
        *(_release(table, entity, unique, values, key) for unique in _claimed(entity, values)),
    ]


def _exchange(table: str, entity: Entity[Any], unique: Unique, old: object, new: object) -> list[Write]:
    before, after = entity.values(old), entity.values(new)
    held, wanted = unique in _claimed(entity, before), unique in _claimed(entity, after)
    if held and wanted and unique.lock.key_of(before) == unique.lock.key_of(after):
        return []
    key = entity.primary.key_of(after)
    released = [_release(table, entity, unique, before, key)] if held else []
    return released + ([_claim(table, entity, unique, after, key)] if wanted else [])


def _claimed(entity: Entity[Any], values: Mapping[str, object]) -> list[Unique]:
    """None claims nothing."""
    return [unique for unique in entity.uniques.values() if values[unique.field] is not None]


def _claim(table: str, entity: Entity[Any], unique: Unique, values: Mapping[str, object], owner: Item) -> Write:
    body = {"TableName": table, "Item": {**unique.lock.key_of(values), OWNER: {"M": owner}}, **_absent(unique.lock)}
    return Write("Put", body, AlreadyExists(entity.name, unique.field))


def _release(table: str, entity: Entity[Any], unique: Unique, values: Mapping[str, object], owner: Item) -> Write:
    body: Request = {
        "TableName": table,
        "Key": unique.lock.key_of(values),
        "ConditionExpression": "#owner = :owner",
        "ExpressionAttributeNames": {"#owner": OWNER},
        "ExpressionAttributeValues": {":owner": {"M": owner}},
    }
    return Write("Delete", body, VersionConflict(entity.name))


def _primary_key(entity: Entity[Any], wire: Item) -> Item:
    return {attribute: wire[attribute] for attribute in entity.primary.attributes}


def _absent(path: Path) -> Request:
    return {"ConditionExpression": "attribute_not_exists(#pk)", "ExpressionAttributeNames": {"#pk": path.key.partition}}


def _unchanged(entity: Entity[Any], before: Item, names: Mapping[str, str], values: Mapping[str, Any]) -> Request:
    """The condition that the item is there, and in the version that was read."""
    request: Request = {"ExpressionAttributeNames": {**names, "#pk": entity.primary.key.partition}}
    condition = "attribute_exists(#pk)"
    if entity.version:
        condition += " AND #version = :read"
        request["ExpressionAttributeNames"]["#version"] = entity.version
        values = {**values, ":read": before[entity.version]}
    if values:
        request["ExpressionAttributeValues"] = values
    return {"ConditionExpression": condition, **request}
