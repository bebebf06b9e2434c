"""From bound updates and transactions to the actions of DynamoDB's API. Pure: nothing is sent, so every request can be looked at first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, TypeVar, cast

from singletable.codec import Item
from singletable.entity import Entity
from singletable.errors import AlreadyExists, InvalidArguments, NotFound, SingleTableError, VersionConflict
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


@value
class Written:
    """The items that a transaction updated, as they are now, each by its bound update:

    moved = set_order_status(order, status=OrderStatus.PAID)
    order = store.write(pay(moved, payment))[moved]

    What it created is as it was given, with no need to ask.
    """

    updated: tuple[tuple[BoundUpdate[Any], object], ...]

    def __getitem__(self, update: BoundUpdate[E]) -> E:
        """Raises InvalidArguments."""
        for bound, item in self.updated:
            if bound is update:
                return cast(E, item)
        raise InvalidArguments(f"this call of {update.pattern.name} is no part of the transaction: ask with the one that it was given")


def request_of(writes: Sequence[Write], token: str | None = None) -> Request:
    """One write alone needs no transaction, which would cost twice as much.

    It has no token either, so it asks what lies in its way: that tells an answer that was lost from an item that somebody else made.
    """
    if len(writes) == 1 and token is None and writes[0].action != "ConditionCheck":
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
    missing, changed = NotFound(entity.name, item=old), VersionConflict(entity.name, item=old)
    writes = [Write("Update", entity.name, key, body, before, after, missing, changed)]
    held, wanted = _locks(entity, old), _locks(entity, new)
    for name in entity.uniques:
        if held.get(name) != wanted.get(name):
            writes += [_release(table, entity, held[name], key, old)] if name in held else []
            writes += [_claim(table, entity, name, wanted[name], key, old)] if name in wanted else []
    return new, writes


def of_transaction(table: str, bound: BoundTransaction, now: datetime) -> tuple[Written, list[Write]]:
    """The updated items as they will be, and the writes that make it so."""
    writes: list[Write] = []
    updated: list[tuple[BoundUpdate[Any], object]] = []
    for operation, item in bound.writes:
        entity = operation.entity
        match operation.verb:
            case "create":
                writes += _create(table, entity, item)
            case "delete":
                writes += _delete(table, entity, item)
            case "update":
                update = cast("BoundUpdate[Any]", item)
                new, actions = of_update(table, update, now)
                updated.append((update, new))
                writes += actions
            case "check":
                writes.append(_check(table, entity, item, unchanged=operation.unchanged))
    return Written(tuple(updated)), writes


def _create(table: str, entity: Entity[Any], item: object) -> list[Write]:
    wire = entity.codec.encode(item)
    key, taken = _primary_key(entity, wire), AlreadyExists(entity.name, item=item)
    claims = [_claim(table, entity, name, lock, key, item) for name, lock in _locks(entity, item).items()]
    return [Write("Put", entity.name, key, {"TableName": table, "Item": wire, **_absent(entity)}, None, wire, taken, taken), *claims]


def _delete(table: str, entity: Entity[Any], item: object) -> list[Write]:
    wire = entity.codec.encode(item)
    key = _primary_key(entity, wire)
    body = {"TableName": table, "Key": key, **_there(entity, wire, {}, {})}
    missing, changed = NotFound(entity.name, item=item), VersionConflict(entity.name, item=item)
    releases = [_release(table, entity, lock, key, item) for lock in _locks(entity, item).values()]
    return [Write("Delete", entity.name, key, body, wire, None, missing, changed), *releases]


def _check(table: str, entity: Entity[Any], given: object, *, unchanged: bool) -> Write:
    missing = NotFound(entity.name, item=given)
    changed = VersionConflict(entity.name, item=given) if unchanged else missing
    wire: Item | None = None
    if isinstance(given, BoundOne):
        key = entity.primary.key_of(cast("BoundOne[Any]", given).values)
    else:
        wire = entity.codec.encode(given)
        key = _primary_key(entity, wire)
    body = {"TableName": table, "Key": key, **_there(entity, wire if unchanged else None, {}, {})}
    return Write("ConditionCheck", entity.name, key, body, wire, wire, missing, changed)


def _locks(entity: Entity[Any], item: object) -> dict[str, Item]:
    """The keys of the locks that an item claims, by the name of what is unique."""
    values = entity.values(item)
    return {name: unique.lock.key_of(values) for name, unique in entity.uniques.items() if unique.claimed_by(values)}


def _claim(table: str, entity: Entity[Any], name: str, lock: Item, owner: Item, given: object) -> Write:
    taken = AlreadyExists(entity.name, name, item=given)
    item = {**lock, OWNER: {"M": owner}}
    return Write("Put", entity.name, lock, {"TableName": table, "Item": item, **_absent(entity)}, None, item, taken, taken)


def _release(table: str, entity: Entity[Any], lock: Item, owner: Item, given: object) -> Write:
    changed = VersionConflict(entity.name, item=given)
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


def _absent(entity: Entity[Any]) -> Body:
    return {"ConditionExpression": "attribute_not_exists(#pk)", "ExpressionAttributeNames": {"#pk": entity.primary.key.partition}}


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
