"""From bound updates and transactions to the actions of DynamoDB's API. Pure: nothing is sent, so every request can be looked at first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, TypeVar, cast

from singletable.codec import Item
from singletable.entity import Entity, Path, Unique
from singletable.errors import AlreadyExists, NotFound, SingleTableError, VersionConflict
from singletable.patterns import BoundOne
from singletable.reads import OWNER, Body, Request
from singletable.transactions import BoundTransaction, BoundUpdate
from singletable.values import value

E = TypeVar("E")
OLD_ITEM_ON_REFUSAL = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
"""Tells an item in another version from one that is not there. No read units are consumed (API reference, "UpdateItem")."""


@value
class Write:
    """One action.

    old, new: the item before and after it, as far as they are known. absent, present: the error to raise when its condition fails and
    there is no item, or there is one.
    """

    action: Literal["Put", "Update", "Delete", "ConditionCheck"]
    entity: str
    key: Item
    body: Body
    old: Item | None
    new: Item | None
    absent: SingleTableError
    present: SingleTableError


def request_of(writes: Sequence[Write], token: str | None = None) -> Request:
    """One write alone needs no transaction, which would cost twice as much.

    It has no token either, so it asks what lies in its way: that tells an answer that was lost from an item that somebody else made.
    """
    if len(writes) == 1 and token is None:
        return Request(f"{writes[0].action}Item", {**writes[0].body, **OLD_ITEM_ON_REFUSAL})
    body: Body = {"TransactItems": [{write.action: write.body} for write in writes]}
    return Request("TransactWriteItems", {**body, "ClientRequestToken": token} if token else body)


def of_update(table: str, bound: BoundUpdate[E], now: datetime) -> tuple[E, list[Write]]:
    """The item as it will be, and the writes that make it so: the update, and for unique fields the exchange of their locks."""
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
    key = _primary_key(entity, before)
    body: Body = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": " ".join(filter(None, (f"SET {sets}" if sets else "", f"REMOVE {removes}" if removes else ""))),
        **_there(entity, before, names, values),
    }
    writes = [Write("Update", entity.name, key, body, before, after, NotFound(entity.name), VersionConflict(entity.name))]
    for unique in entity.uniques.values():
        if set(unique.fields).intersection(bound.changes):
            writes += _exchange(table, entity, unique, entity.values(old), entity.values(new))
    return new, writes


def of_transaction(table: str, bound: BoundTransaction, now: datetime) -> list[Write]:
    writes: list[Write] = []
    for operation, item in bound.writes:
        entity = operation.entity
        match operation.verb:
            case "create":
                writes += _create(table, entity, item)
            case "delete":
                writes += _delete(table, entity, item)
            case "update":
                writes += of_update(table, cast("BoundUpdate[Any]", item), now)[1]
            case "check":
                writes.append(_check(table, entity, item, unchanged=operation.unchanged))
    return writes


def _create(table: str, entity: Entity[Any], item: object) -> list[Write]:
    wire = entity.codec.encode(item)
    key, values = _primary_key(entity, wire), entity.values(item)
    body = {"TableName": table, "Item": wire, **_absent(entity.primary)}
    taken = AlreadyExists(entity.name)
    claims = [_claim(table, entity, unique, values, key) for unique in entity.uniques.values() if unique.claimed_by(values)]
    return [Write("Put", entity.name, key, body, None, wire, taken, taken), *claims]


def _delete(table: str, entity: Entity[Any], item: object) -> list[Write]:
    wire = entity.codec.encode(item)
    key, values = _primary_key(entity, wire), entity.values(item)
    body = {"TableName": table, "Key": key, **_there(entity, wire, {}, {})}
    releases = [_release(table, entity, unique, values, key) for unique in entity.uniques.values() if unique.claimed_by(values)]
    return [Write("Delete", entity.name, key, body, wire, None, NotFound(entity.name), VersionConflict(entity.name)), *releases]


def _check(table: str, entity: Entity[Any], given: object, *, unchanged: bool) -> Write:
    wire: Item | None = None
    if isinstance(given, BoundOne):
        key = entity.primary.key_of(cast("BoundOne[Any]", given).values)
    else:
        wire = entity.codec.encode(given)
        key = _primary_key(entity, wire)
    condition = _there(entity, wire if unchanged else None, {}, {})
    missing, body = NotFound(entity.name), {"TableName": table, "Key": key, **condition}
    return Write("ConditionCheck", entity.name, key, body, wire, wire, missing, VersionConflict(entity.name) if unchanged else missing)


def _exchange(table: str, entity: Entity[Any], unique: Unique, before: Mapping[str, object], after: Mapping[str, object]) -> list[Write]:
    held, wanted = unique.claimed_by(before), unique.claimed_by(after)
    if held and wanted and unique.lock.key_of(before) == unique.lock.key_of(after):
        return []
    key = entity.primary.key_of(after)
    released = [_release(table, entity, unique, before, key)] if held else []
    return released + ([_claim(table, entity, unique, after, key)] if wanted else [])


def _claim(table: str, entity: Entity[Any], unique: Unique, values: Mapping[str, object], owner: Item) -> Write:
    lock, taken = unique.lock.key_of(values), AlreadyExists(entity.name, unique.name)
    item = {**lock, OWNER: {"M": owner}}
    return Write("Put", entity.name, lock, {"TableName": table, "Item": item, **_absent(unique.lock)}, None, item, taken, taken)


def _release(table: str, entity: Entity[Any], unique: Unique, values: Mapping[str, object], owner: Item) -> Write:
    lock, changed = unique.lock.key_of(values), VersionConflict(entity.name)
    body: Body = {
        "TableName": table,
        "Key": lock,
        "ConditionExpression": "#owner = :owner",
        "ExpressionAttributeNames": {"#owner": OWNER},
        "ExpressionAttributeValues": {":owner": {"M": owner}},
    }
    return Write("Delete", entity.name, lock, body, {**lock, OWNER: {"M": owner}}, None, changed, changed)


def _primary_key(entity: Entity[Any], wire: Item) -> Item:
    return {attribute: wire[attribute] for attribute in entity.primary.attributes}


def _absent(path: Path) -> Body:
    return {"ConditionExpression": "attribute_not_exists(#pk)", "ExpressionAttributeNames": {"#pk": path.key.partition}}


def _there(entity: Entity[Any], before: Item | None, names: Mapping[str, str], values: Mapping[str, Any]) -> Body:
    """The condition that the item is there and, with what was read, in that version; a refusal tells which of both failed."""
    body: Body = {"ExpressionAttributeNames": {**names, "#pk": entity.primary.key.partition}}
    condition = "attribute_exists(#pk)"
    if before and entity.version:
        condition += " AND #version = :read"
        body["ExpressionAttributeNames"]["#version"] = entity.version
        values = {**values, ":read": before[entity.version]}
    if values:
        body["ExpressionAttributeValues"] = values
    return {"ConditionExpression": condition, **body, **OLD_ITEM_ON_REFUSAL}
