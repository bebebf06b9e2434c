"""Executes bound patterns over a transport."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar, overload

from singletable import requests
from singletable.codec import Item
from singletable.errors import InvalidArguments, NotUnique, ServiceError
from singletable.fields import utc_now
from singletable.patterns import BoundMany, BoundOne, BoundTransaction, BoundUpdate
from singletable.requests import OWNER, Plan, Write
from singletable.resolve import LOCKED_GET, QUERY
from singletable.transport import Transport
from singletable.values import value

E = TypeVar("E")
MOST_ROUND_TRIPS = 10
CONDITION_FAILED = "ConditionalCheckFailed"


@value
class Page(Generic[E]):
    """cursor: where the next page starts; None after the last item."""

    items: tuple[E, ...]
    cursor: str | None

    def __iter__(self) -> Iterator[E]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class Store:
    def __init__(self, transport: Transport, table_name: str, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._transport = transport
        self._table = table_name
        self._clock = clock

    def get(self, bound: BoundOne[E]) -> E | None:
        """Raises NotUnique where an index holds a second item, MalformedItem where it does not fit its declaration."""
        access, decode = bound.pattern.access, bound.pattern.entity.codec.decode
        response = self._send(requests.read_one(self._table, bound))
        if access.rank == QUERY:
            items = response["Items"]
            if len(items) > 1:
                raise NotUnique(f"{bound.pattern.name} found a second {bound.pattern.entity.name}: {access.path} is not unique")
            return decode(items[0]) if items else None
        item = response.get("Item")
        if item and access.rank == LOCKED_GET:
            item = self._send(requests.get_item(self._table, item[OWNER]["M"], consistent=True)).get("Item")
            found = decode(item) if item else None
            return found if found and requests.claims(bound, found) else None
        return decode(item) if item else None

    def page(self, bound: BoundMany[E], *, limit: int | None = None, cursor: str | None = None) -> Page[E]:
        """At most `limit` items. Reads one more than that, so that a cursor means that there is a next item."""
        limit = limit or bound.pattern.page
        start, found = _start(cursor), list[Item]()
        for _ in range(MOST_ROUND_TRIPS):
            response = self._send(requests.read_page(self._table, bound, limit + 1 - len(found), start))
            found += response["Items"]
            start = response.get("LastEvaluatedKey")
            if len(found) > limit or not start:
                break
        decode = bound.pattern.entity.codec.decode
        after = _key_of(bound, found[limit - 1]) if len(found) > limit else start
        return Page(tuple(decode(item) for item in found[:limit]), _cursor(after) if after else None)

    def update(self, bound: BoundUpdate[E]) -> E:
        """The item as it is now. Raises VersionConflict, and AlreadyExists for a unique field."""
        new, writes = requests.change(self._table, bound, self._clock())
        self._write(writes, None)
        return new

    def write(self, bound: BoundTransaction, *, token: str | None = None) -> None:
        """token: the caller's idempotency key, at most 36 characters. Raises AlreadyExists or VersionConflict of the part that failed."""
        self._write(requests.changes(self._table, bound), token)

    @overload
    def plan(self, bound: BoundOne[Any] | BoundMany[Any]) -> Plan: ...
    @overload
    def plan(self, bound: BoundUpdate[Any] | BoundTransaction) -> Plan: ...
    def plan(self, bound: BoundOne[Any] | BoundMany[Any] | BoundUpdate[Any] | BoundTransaction) -> Plan:
        """The first request that would be sent."""
        match bound:
            case BoundOne():
                return requests.read_one(self._table, bound)
            case BoundMany():
                return requests.read_page(self._table, bound, bound.pattern.page + 1, None)
            case BoundUpdate():
                return _plan(requests.change(self._table, bound, self._clock())[1], None)
            case BoundTransaction():
                return _plan(requests.changes(self._table, bound), None)

    def _write(self, writes: Sequence[Write], token: str | None) -> None:
        try:
            self._send(_plan(writes, token))
        except ServiceError as error:
            if error.name == "ConditionalCheckFailedException":
                raise writes[0].refusal from error
            for write, reason in zip(writes, error.reasons):
                if reason == CONDITION_FAILED:
                    raise write.refusal from error
            raise

    def _send(self, plan: Plan) -> dict[str, Any]:
        return self._transport.call(plan.operation, plan.request)


def _plan(writes: Sequence[Write], token: str | None) -> Plan:
    """One write alone needs no transaction, which would cost twice as much."""
    if len(writes) == 1 and token is None:
        return requests.single(writes[0])
    return requests.transaction(writes, token)


def _key_of(bound: BoundMany[Any], item: Item) -> Item:
    paths = (bound.pattern.access.path, bound.pattern.entity.primary)
    return {attribute: item[attribute] for path in paths for attribute in path.attributes}


def _cursor(key: Item) -> str:
    """Neither signed nor bound to pattern and caller: a product needs that."""
    return urlsafe_b64encode(json.dumps({attribute: value["S"] for attribute, value in key.items()}).encode()).decode()


def _start(cursor: str | None) -> Item | None:
    if cursor is None:
        return None
    try:
        return {attribute: {"S": text} for attribute, text in json.loads(urlsafe_b64decode(cursor)).items()}
    except (ValueError, AttributeError):
        raise InvalidArguments("this is not a cursor of a page") from None
