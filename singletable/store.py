"""Executes bound patterns over a transport."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from singletable import reads, writes
from singletable.codec import Item
from singletable.cursors import CursorKeys, cursor_of, start_of
from singletable.errors import InvalidArguments, InvalidCursor, NotUnique
from singletable.fields import utc_now
from singletable.limits import check_sizes
from singletable.outcomes import explain, written_before
from singletable.patterns import MOST_ITEMS, BoundMany, BoundOne, Pattern
from singletable.reads import Request
from singletable.resolve import LOCKED_GET, QUERY
from singletable.transactions import CALLS, Bound, BoundTransaction, BoundUpdate, kind_of
from singletable.transport import Refusal, Transport
from singletable.values import value
from singletable.writes import Write, Written

if TYPE_CHECKING:
    from singletable.plans import Plan

E = TypeVar("E")
EXECUTED_BY: Mapping[type, str] = {BoundOne: "get()", BoundMany: "page() or all()", BoundUpdate: "update()", BoundTransaction: "write()"}
EXAMPLES: Mapping[str, str] = {
    "page": "list_orders(user_id=...)", "all": "list_orders(user_id=...)", "update": "rename_user(user, name=...)", "write": "add_user(user)",
}  # fmt: skip
"""Calls that a method takes, where that is not one that finds one item."""
MOST_ROUND_TRIPS = 10
MOST_TOKEN_CHARACTERS = 36
"""Of a ClientRequestToken (API reference, "TransactWriteItems")."""


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
    """One table, through one transport. Holds no state of its own and can be shared by threads if its transport can.

    clock: gives the time of updates. Default: the system's. cursors: the secrets of page cursors. Default: none, then there are no cursors.
    Every method raises Throttled, TransactionConflict (both may succeed when tried again) or ServiceError for what the service refuses.
    """

    def __init__(
        self, transport: Transport, table_name: str, *, clock: Callable[[], datetime] = utc_now, cursors: CursorKeys | None = None
    ) -> None:
        self._transport = transport
        self._table = table_name
        self._clock = clock
        self._cursors = cursors

    def get(self, bound: BoundOne[E]) -> E | None:
        """The item, or None. Raises MalformedItem where it does not fit its declaration, and NotUnique where an index holds a second one:
        another item with this value, or for a moment one that had it before, as an index follows the table.
        """
        _expect(bound, BoundOne, "get")
        access, decode = bound.pattern.access, bound.pattern.entity.codec.decode
        response = self._send(reads.read_one(self._table, bound))
        if access.rank == QUERY:
            items = response["Items"]
            if len(items) > 1:
                raise NotUnique(f"{bound.pattern.name} found a second {bound.pattern.entity.name}: {access.path} is not unique")
            return decode(items[0]) if items else None
        item = response.get("Item")
        if item and access.rank == LOCKED_GET:
            item = self._send(reads.get_item(self._table, reads.owner_of(bound, item), consistent=True)).get("Item")
            found = decode(item) if item else None
            return found if found and reads.claims(bound, found) else None
        return decode(item) if item else None

    def page(self, bound: BoundMany[E], *, limit: int | None = None, cursor: str | None = None, caller: str | None = None) -> Page[E]:
        """At most `limit` items, and the cursor of the next page if there is a next item.

        limit: 1 to 1,000. Default: the page size of the pattern. caller: who asks, for example a user id; a cursor works only for the
        caller it was made for. Default: whoever holds it.
        Raises InvalidCursor for a cursor of another list, caller or key, and InvalidArguments where the store has no cursor keys and one is
        given or needed.
        """
        _expect(bound, BoundMany, "page")
        limit = bound.pattern.page if limit is None else limit
        if limit not in range(1, MOST_ITEMS + 1):
            raise InvalidArguments(f"a page has 1 to {MOST_ITEMS:,} items, not {limit!r}")
        start, found = self._start(bound, cursor, caller), list[Item]()
        for _ in range(MOST_ROUND_TRIPS):
            # One more than is asked for, so that a cursor means that there is a next item.
            response = self._send(reads.read_page(self._table, bound, limit + 1 - len(found), start))
            found += response["Items"]
            start = response.get("LastEvaluatedKey")
            if len(found) > limit or not start:
                break
        decode = bound.pattern.entity.codec.decode
        last = found[limit - 1] if len(found) > limit else start
        return Page(tuple(decode(item) for item in found[:limit]), self._cursor(bound, last, caller) if last else None)

    def all(self, bound: BoundMany[E]) -> Iterator[E]:
        """Every item, one page after the other, each read when it is needed."""
        _expect(bound, BoundMany, "all")
        decode, start = bound.pattern.entity.codec.decode, None
        while True:
            response = self._send(reads.read_page(self._table, bound, bound.pattern.page, start))
            yield from map(decode, response["Items"])
            start = response.get("LastEvaluatedKey")
            if not start:
                return

    def update(self, bound: BoundUpdate[E]) -> E:
        """The item as it is now. Raises NotFound, VersionConflict, and AlreadyExists for a unique field."""
        _expect(bound, BoundUpdate, "update")
        new, actions = writes.of_update(self._table, bound, self._clock())
        self._write(actions, None)
        return new

    def write(self, bound: BoundTransaction, *, token: str | None = None) -> Written:
        """All of it or nothing; gives the items that it updated, as they are now, by their bound updates.

        Raises the error of the operation that failed, AlreadyExists, NotFound or VersionConflict, which holds the item it was given.

        token: makes it safe to send the same request again within ten minutes, 1 to 36 characters; sent with other values it raises
        IdempotentParameterMismatch. For longer, give the entity a unique field for the caller's own reference.
        """
        _expect(bound, BoundTransaction, "write")
        if token is not None and not 1 <= len(token) <= MOST_TOKEN_CHARACTERS:
            raise InvalidArguments(f"a token has 1 to {MOST_TOKEN_CHARACTERS} characters, not {len(token)}")
        written, actions = writes.of_transaction(self._table, bound, self._clock())
        self._write(actions, token)
        return written

    def plan(self, bound: Bound, *, item_size_bytes: int | None = None) -> "Plan":
        """The requests that would be sent, and their cost in capacity units. Nothing is sent.

        item_size_bytes: of the items that a read will find. Default: a typical one of the entity.
        """
        from singletable.plans import plan_of

        _expect(bound, CALLS, "plan")
        return plan_of(self._table, bound, self._clock(), item_size_bytes)

    def _write(self, actions: Sequence[Write], token: str | None) -> None:
        check_sizes(actions)
        if not actions:
            return
        request = writes.request_of(actions, token)
        try:
            self._transport.call(request.operation, request.body)
        except Refusal as refusal:
            if not written_before(refusal, actions):
                raise explain(refusal, self._table, actions) from refusal

    def _send(self, request: Request) -> Mapping[str, Any]:
        try:
            return self._transport.call(request.operation, request.body)
        except Refusal as refusal:
            raise explain(refusal, self._table) from refusal

    def _start(self, bound: BoundMany[Any], cursor: str | None, caller: str | None) -> Item | None:
        if cursor is None:
            return None
        if not isinstance(cursor, str):  # pyright: ignore[reportUnnecessaryIsInstance] - it comes from outside
            raise InvalidCursor("this is not a cursor")
        return start_of(self._keys(bound), self._table, bound, cursor, caller)

    def _cursor(self, bound: BoundMany[Any], last: Item, caller: str | None) -> str:
        return cursor_of(self._keys(bound), self._table, bound, last, caller)

    def _keys(self, bound: BoundMany[Any]) -> CursorKeys:
        if self._cursors is None:
            raise InvalidArguments(
                f"{bound.pattern.name} goes on behind this page, and this store has no keys for cursors: make it with "
                "Store(..., cursors=CursorKeys.parse(...)), or read all(...)"
            )
        return self._cursors


def _expect(given: object, kind: Any, method: str) -> None:
    """For callers without a type checker: what is given is a call of the right kind of pattern."""
    if isinstance(given, kind):
        return
    if isinstance(given, Pattern):
        raise InvalidArguments(f"{given!r} was not called: {method}({given.name}(...))")
    if right := EXECUTED_BY.get(type(given)):
        raise InvalidArguments(f"{cast('Bound', given).pattern.name}(...) is for {right}, not for {method}()")
    example = EXAMPLES.get(method, "find_user(id=...)")
    raise InvalidArguments(f"{method}() takes a pattern that was called, such as {example}, not {kind_of(given)}")
