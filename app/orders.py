"""Orders, in the words of the business."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app import model
from app.errors import ImpossibleTransition, InvalidField
from app.model import Order, OrderItem, OrderStatus
from app.money import LARGEST_MINOR, checked_currency, checked_minor, line_total_minor
from app.repository import Repository
from singletable import AlreadyExists, NotFound, Page, VersionConflict
from singletable.keys import escape

TRANSITIONS: Mapping[OrderStatus, tuple[OrderStatus, ...]] = {
    OrderStatus.PLACED: (OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.CANCELLED),
    OrderStatus.PAID: (OrderStatus.SHIPPED, OrderStatus.CANCELLED),
    OrderStatus.SHIPPED: (OrderStatus.DELIVERED,),
    OrderStatus.DELIVERED: (),
    OrderStatus.CANCELLED: (),
}
"""Where an order can go. Straight from placed to shipped: on account, paid later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a customer and the shop agreed on for one product. The unit price is the agreed one: the product's own may change.

    quantity: at least 1. unit_price_minor: in the smallest unit of the order's currency. discount_percent: 0 to 100. Default: none.
    """

    product_id: str
    quantity: int
    unit_price_minor: int
    discount_percent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedOrder:
    """An order with its lines in the order of their product ids. is_new: this very call placed it."""

    order: Order
    items: tuple[OrderItem, ...]
    is_new: bool = False


class OrderRepository(Repository):
    """Every method raises TransactionConflict, Throttled or ServiceError where the table does not answer."""

    def create_with_items(self, *, user_id: str, reference: str, currency: str, lines: Sequence[Line], at: datetime) -> PlacedOrder:
        """Places an order: the order, its lines and the claim on the reference, if the user exists; all of it or nothing.

        The reference is the user's own name for this order. The first call with it places the order; every other one, from whichever process
        and however much later, returns what was placed then and changes nothing, even where its lines differ: as with any idempotency key,
        the caller that reuses a reference for another order compares what it gets. Lines come back in the order of their product ids.
        Raises NotFound("User"), InvalidField, TransactionTooLarge beyond MOST_LINES lines, ItemTooLarge, InvalidKey for an empty reference.
        """
        order, items = _drawn_up(self._new_id(at), user_id, reference, currency, lines, at)
        try:
            self._patiently(lambda: self._store.write(model.place_order(model.find_user(id=user_id), order, items)))
        except AlreadyExists:
            # Also when an attempt of this very call was carried out and only its answer was lost: then it is found under its own id.
            placed = self._store.get(model.find_order_by_reference(user_id=user_id, reference=reference))
            if placed is None:
                raise
            return PlacedOrder(order=placed, items=self._items(placed), is_new=placed.id == order.id)
        return PlacedOrder(order=order, items=items, is_new=True)

    def find_by_id(self, order_id: str) -> PlacedOrder | None:
        """With its lines. Not at once after placing, and its status may be a moment old: an index answers, and it follows the table."""
        order = self._store.get(model.find_order(id=order_id))
        return PlacedOrder(order=order, items=self._items(order)) if order else None

    def list_for_user(self, user_id: str, *, limit: int | None = None, cursor: str | None = None) -> Page[Order]:
        """The user's orders, newest first, without their lines. limit: at most that many. Default: 25.

        A cursor is good for this user only. Raises InvalidCursor. An unknown user has no orders.
        """
        return self._store.page(model.list_user_orders(user_id=user_id), limit=limit, cursor=cursor, caller=user_id)

    def set_status(self, order_id: str, status: OrderStatus, *, version: int) -> Order:
        """Moves the order on, if it is still in the version that the caller read.

        Raises NotFound, for a moment also after placing because an index finds it, VersionConflict, ImpossibleTransition.
        """
        order = self._store.get(model.find_order(id=order_id))
        if order and order.version != version:  # the index may be behind: ask the table before the caller is refused
            order = self._store.get(model.read_order(user_id=order.user_id, created_at=order.created_at, id=order.id))
        if order is None:
            raise NotFound("Order")
        if order.version != version:
            raise VersionConflict("Order")
        if status not in TRANSITIONS[order.status]:
            allowed = ", ".join(next_status.value for next_status in TRANSITIONS[order.status]) or "nothing: this is the end"
            raise ImpossibleTransition(f"a {order.status.value} order cannot become {status.value}; it can become {allowed}")
        return self._patiently(lambda: self._store.update(model.set_order_status(order, status=status)))

    def _items(self, order: Order) -> tuple[OrderItem, ...]:
        return tuple(self._store.all(model.list_order_items(order_id=order.id)))


def _drawn_up(
    order_id: str, user_id: str, reference: str, currency: str, lines: Sequence[Line], at: datetime
) -> tuple[Order, tuple[OrderItem, ...]]:
    """The order and its items, with totals. Raises InvalidField."""
    if not lines:
        raise InvalidField("lines", "none was given; an order has at least one")
    seen: dict[str, int] = {}
    for number, line in enumerate(lines):
        _check(f"lines[{number}]", line)
        first = seen.setdefault(line.product_id, number)
        if first != number:
            raise InvalidField(
                f"lines[{number}].product_id", f"the product is on lines[{first}] already; add up the quantities on one line"
            )
    items = tuple(_item(order_id, line) for line in sorted(lines, key=_place_in_table))
    total_minor = sum(item.line_total_minor for item in items)
    if total_minor > LARGEST_MINOR:
        raise InvalidField("lines", f"they add up to {total_minor}; an order's total is at most {LARGEST_MINOR}")
    order = Order(
        id=order_id,
        user_id=user_id,
        reference=reference,
        currency=checked_currency("currency", currency),
        total_minor=total_minor,
        item_count=len(items),
        created_at=at,
        updated_at=at,
    )
    return order, items


def _place_in_table(line: Line) -> bytes:
    """Sorts lines as their keys sort, so that a placed order equals the one that is read later."""
    return escape(line.product_id).encode()


def _check(place: str, line: Line) -> None:
    if not line.product_id:
        raise InvalidField(f"{place}.product_id", "an empty text was given; name a product")
    if line.quantity < 1:
        raise InvalidField(f"{place}.quantity", f"{line.quantity} was given; a line has at least 1")
    if not 0 <= line.discount_percent <= 100:
        raise InvalidField(f"{place}.discount_percent", f"{line.discount_percent} was given; a discount is 0 to 100 percent")
    checked_minor(f"{place}.unit_price_minor", line.unit_price_minor)


def _item(order_id: str, line: Line) -> OrderItem:
    return OrderItem(
        order_id=order_id,
        product_id=line.product_id,
        quantity=line.quantity,
        unit_price_minor=line.unit_price_minor,
        discount_percent=line.discount_percent,
        line_total_minor=line_total_minor(line.unit_price_minor, line.quantity, line.discount_percent),
    )
