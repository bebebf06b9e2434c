"""From bound reads to the requests of DynamoDB's API. Pure: nothing is sent, so every request can be looked at first."""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from singletable.codec import Item
from singletable.errors import InvalidArguments, MalformedItem
from singletable.keys import AFTER_DIGITS, AFTER_SEPARATOR, KeyTemplate, Slot
from singletable.patterns import Between, BoundMany, BoundOne
from singletable.resolve import LOCKED_GET, QUERY, Access
from singletable.values import value

E = TypeVar("E")
Body = dict[str, Any]
OWNER = "owner"
"""The attribute of a lock that holds the primary key of the item which claims the value."""


@value
class Request:
    """operation: of the API, such as "Query". body: its parameters, as botocore takes them."""

    operation: str
    body: Body


def read_one(table: str, bound: BoundOne[Any]) -> Request:
    """For a unique field the first of two requests: the lock, which holds the key for `get_item`."""
    access, want = bound.pattern.access, bound.pattern.want
    if access.rank == QUERY:
        # Two, to notice when an index that should hold one item for this key holds another.
        return Request("Query", {"TableName": table, **condition(access, bound.values), "Limit": 2})
    if access.rank == LOCKED_GET and access.unique:
        return get_item(table, access.unique.lock.key_of(bound.values), consistent=True)
    return get_item(table, access.path.key_of(bound.values), want.consistent)


def claims(bound: BoundOne[E], found: E) -> bool:
    """Does the item still claim the value? It may have let go of it after its lock was read."""
    unique, entity = bound.pattern.access.unique, bound.pattern.entity
    values = entity.values(found)
    return unique is not None and unique.claimed_by(values) and unique.lock.key_of(values) == unique.lock.key_of(bound.values)


def owner_of(bound: BoundOne[Any], lock: Item) -> Item:
    """The key of the item that holds a lock. Raises MalformedItem."""
    try:
        return {attribute: {"S": lock[OWNER]["M"][attribute]["S"]} for attribute in bound.pattern.entity.primary.attributes}
    except (KeyError, TypeError):
        raise MalformedItem(f"the lock of {bound.pattern.entity.name} does not name its owner: another writer put it there") from None


def get_item(table: str, key: Item, consistent: bool) -> Request:
    return Request("GetItem", {"TableName": table, "Key": key, "ConsistentRead": consistent})


def read_page(table: str, bound: BoundMany[Any], limit: int, start: Item | None) -> Request:
    want = bound.pattern.want
    request: Body = {"TableName": table, **condition(bound.pattern.access, bound.values, want.within), "Limit": limit}
    if want.consistent:
        request["ConsistentRead"] = True
    if want.newest_first:
        request["ScanIndexForward"] = False
    if start:
        request["ExclusiveStartKey"] = start
    return Request("Query", request)


def condition(access: Access, values: Mapping[str, object], within: str | None = None) -> Body:
    path = access.path
    expression, names, texts = "#pk = :pk", {"#pk": path.key.partition}, {":pk": path.partition.render(values)}
    if path.sort and path.key.sort and (access.bound or within):
        prefix = path.sort.render_left(values, access.bound)
        if within and access.open_slot:
            expression += _range(path.sort, access.open_slot, prefix, values[within], texts)
        elif access.open_slot:
            expression += " AND begins_with(#sk, :sk)"
            texts[":sk"] = prefix
        else:
            expression += " AND #sk = :sk"
            texts[":sk"] = prefix
    if "#sk" in expression and path.key.sort:
        names["#sk"] = path.key.sort
    request: Body = {
        "KeyConditionExpression": expression,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {name: {"S": text} for name, text in texts.items()},
    }
    return {"IndexName": path.name, **request} if path.is_index else request


def _range(template: KeyTemplate, slot: Slot, prefix: str, value: object, texts: dict[str, str]) -> str:
    """Adds the ends to the texts. Both stay behind the prefix, so that nothing else comes in."""
    if not isinstance(value, Between):
        raise InvalidArguments(f"{slot.field} takes Between(low, high), not {value!r}")
    ends = cast("Between[object]", value)
    low, high = ends.low, ends.high
    if low is not None or prefix:
        texts[":low"] = template.fit(prefix + (slot.render(low) if low is not None else ""))
    if high is not None or prefix:
        texts[":high"] = template.fit(prefix + (slot.render(high) + AFTER_SEPARATOR if high is not None else AFTER_DIGITS))
    if ":low" in texts and ":high" in texts:
        if texts[":low"] > texts[":high"]:
            raise InvalidArguments(f"{slot.field} runs from {low} to {high}: the low end comes first")
        return " AND #sk BETWEEN :low AND :high"
    return " AND #sk >= :low" if ":low" in texts else " AND #sk <= :high" if ":high" in texts else ""
