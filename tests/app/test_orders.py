"""Orders: totals, the reference that places once, pages, the way from status to status."""

from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.answers import Shop
from app.errors import ImpossibleTransition, InvalidField
from app.model import MOST_LINES, Order, OrderStatus, User
from app.orders import Line, OrderRepository, PlacedOrder
from singletable import BotocoreTransport, InvalidCursor, NotFound, Secret, ServiceError, Store, VersionConflict
from tests.app.conftest import CURSORS, HASH, START, TABLE, contents, line


def place(shop: Shop, user: User, reference: str = "A-1", *lines: Line, minutes: int = 0) -> PlacedOrder:
    at = START + timedelta(minutes=minutes)
    return shop.orders.create_with_items(user_id=user.id, reference=reference, currency="EUR", lines=lines or [line()], at=at)


def test_an_order_is_placed_with_its_items_and_the_seeds_keys(client: Any, shop: Shop, ada: User) -> None:
    before = contents(client)
    placed = place(shop, ada, "A-1", line("p2"), line("p1", quantity=1, discount_percent=0))
    order = placed.order
    assert placed.is_new
    assert (order.user_id, order.reference, order.status, order.version) == (ada.id, "A-1", OrderStatus.PLACED, 1)
    assert [(item.product_id, item.line_total_minor) for item in placed.items] == [("p1", 450), ("p2", 810)]
    assert (order.total_minor, order.item_count, order.currency) == (1260, 2, "EUR")
    written = [item for item in contents(client) if item not in before]
    keys = {(item["PK"]["S"], item["SK"]["S"], item.get("GSI1PK", {}).get("S"), item.get("GSI1SK", {}).get("S")) for item in written}
    assert {key for key in keys if not key[0].startswith("UNIQUE#")} == {
        (f"USER#{ada.id}", f"ORDER#2025-06-01T12:00:00.000000Z#{order.id}", f"ORDER#{order.id}", f"USER#{ada.id}"),
        (f"ORDER#{order.id}", "ITEM#p1", None, None),
        (f"ORDER#{order.id}", "ITEM#p2", None, None),
    }
    assert len(written) == 4, "the order, two items, the lock of the reference"
    assert shop.orders.find_by_id(order.id) == replace(placed, is_new=False)
    assert shop.orders.find_by_id("nothing") is None


NUMBERS = count()
LINES = st.builds(
    Line,
    product_id=st.text(st.sampled_from("ab#%~/é"), min_size=1, max_size=4),
    quantity=st.integers(1, 1000),
    unit_price_minor=st.integers(0, 10**9),
    discount_percent=st.integers(0, 100),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=25, unique_by=lambda line: line.product_id))
def test_totals_are_those_of_decimal_arithmetic_and_read_back(shop: Shop, ada: User, lines: list[Line]) -> None:
    placed = place(shop, ada, f"R-{next(NUMBERS)}", *lines)
    totals = {
        line.product_id: (Decimal(line.unit_price_minor) * line.quantity * (100 - line.discount_percent) / 100).quantize(
            Decimal(1), ROUND_HALF_UP
        )
        for line in lines
    }
    assert {item.product_id: item.line_total_minor for item in placed.items} == totals
    assert placed.order.total_minor == sum(totals.values())
    assert shop.orders.find_by_id(placed.order.id) == replace(placed, is_new=False)


# --- the reference


def test_the_same_reference_returns_the_order_that_was_placed(client: Any, shop: Shop, ada: User) -> None:
    placed = place(shop, ada, "A-1", line("p1"), line("p2"))
    before = contents(client)
    days_later = place(shop, ada, "A-1", line("p2"), line("p1"), minutes=60 * 24 * 30)
    assert days_later == replace(placed, is_new=False)
    another_process = Shop(Store(BotocoreTransport(client), TABLE))
    assert place(another_process, ada, "A-1", line("p9", quantity=7)) == replace(placed, is_new=False), "other lines: what was placed stays"
    assert contents(client) == before
    paid = shop.orders.set_status(placed.order.id, OrderStatus.PAID, version=1)
    assert place(shop, ada, "A-1").order == paid, "as it is now"


def test_a_reference_belongs_to_its_user(shop: Shop, ada: User) -> None:
    eve = shop.users.create(email="eve@example.org", name="Eve", password_hash=Secret(HASH), at=START)
    placed = [place(shop, ada), place(shop, eve), place(shop, ada, "a-1"), place(shop, ada, "A-1 ")]
    assert all(one.is_new for one in placed)
    assert len({one.order.id for one in placed}) == 4


def test_an_answer_that_was_lost_does_not_place_twice(client: Any, ada: User) -> None:
    """The request is carried out, its answer is lost, and the client library sends it again."""

    class Lossy(BotocoreTransport):
        def call(self, operation: str, request: Any, /) -> dict[str, Any]:
            answer = super().call(operation, request)
            return super().call(operation, request) if operation == "TransactWriteItems" else answer

    shop = Shop(Store(Lossy(client), TABLE, cursors=CURSORS))
    placed = place(shop, ada)
    assert placed.is_new
    assert [order.id for order in shop.orders.list_for_user(ada.id)] == [placed.order.id]
    assert shop.orders.find_by_id(placed.order.id) == replace(placed, is_new=False)


def test_a_failing_service_is_not_taken_for_a_placed_order(client: Any, ada: User) -> None:
    class Broken(BotocoreTransport):
        def call(self, operation: str, request: Any, /) -> dict[str, Any]:
            raise ServiceError("InternalServerError", "no")

    with pytest.raises(ServiceError, match="InternalServerError"):
        place(Shop(Store(Broken(client), TABLE)), ada)


# --- lists


def test_orders_come_newest_first_in_pages(shop: Shop, ada: User) -> None:
    placed = [place(shop, ada, f"A-{n}", minutes=n).order.id for n in (3, 0, 4, 1, 2)]
    eve = shop.users.create(email="eve@example.org", name="Eve", password_hash=Secret(HASH), at=START)
    place(shop, eve, minutes=9)
    found: list[str] = []
    page = shop.orders.list_for_user(ada.id, limit=2)
    found += [order.id for order in page]
    while page.cursor:
        page = shop.orders.list_for_user(ada.id, limit=2, cursor=page.cursor)
        found += [order.id for order in page]
    assert found == [placed[index] for index in (2, 0, 4, 3, 1)]
    assert shop.orders.list_for_user("nobody").items == ()


def test_a_cursor_of_one_user_is_no_cursor_of_another(shop: Shop, ada: User) -> None:
    for n in range(2):
        place(shop, ada, f"A-{n}", minutes=n)
    cursor = shop.orders.list_for_user(ada.id, limit=1).cursor
    assert cursor
    for changed in (cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB"), "", "nonsense", cursor + "x"):
        with pytest.raises(InvalidCursor):
            shop.orders.list_for_user(ada.id, limit=1, cursor=changed)
    with pytest.raises(InvalidCursor):
        shop.orders.list_for_user("eve", limit=1, cursor=cursor)


# --- status

ALLOWED = {
    ("placed", "paid"), ("placed", "shipped"), ("placed", "cancelled"), ("paid", "shipped"), ("paid", "cancelled"), ("shipped", "delivered"),
}  # fmt: skip
WAYS = {"placed": [], "paid": ["paid"], "shipped": ["shipped"], "delivered": ["shipped", "delivered"], "cancelled": ["cancelled"]}


@pytest.mark.parametrize("old", WAYS)
@pytest.mark.parametrize("new", WAYS)
def test_an_order_goes_only_where_it_can(client: Any, shop: Shop, ada: User, old: str, new: str) -> None:
    order = place(shop, ada).order
    for step in WAYS[old]:
        order = shop.orders.set_status(order.id, OrderStatus(step), version=order.version)
    if (old, new) in ALLOWED:
        moved = shop.orders.set_status(order.id, OrderStatus(new), version=order.version)
        assert (moved.status.value, moved.version) == (new, order.version + 1)
        found = shop.orders.find_by_id(order.id)
        assert found and found.order == moved
    else:
        before = contents(client)
        with pytest.raises(ImpossibleTransition, match=f"^a {old} order cannot become {new}; it can become "):
            shop.orders.set_status(order.id, OrderStatus(new), version=order.version)
        assert contents(client) == before


def test_only_who_read_the_current_version_moves_an_order(client: Any, shop: Shop, ada: User) -> None:
    order = place(shop, ada).order
    with pytest.raises(NotFound, match="there is no such Order"):
        shop.orders.set_status("nothing", OrderStatus.PAID, version=1)
    shop.orders.set_status(order.id, OrderStatus.PAID, version=1)
    before = contents(client)
    for version in (1, 3):
        with pytest.raises(VersionConflict):
            shop.orders.set_status(order.id, OrderStatus.SHIPPED, version=version)
    assert contents(client) == before


def test_an_index_that_is_behind_neither_refuses_nor_overwrites(client: Any, shop: Shop, ada: User) -> None:
    """The index answers with version 1 while the table holds version 2."""
    order = place(shop, ada).order
    stale = client.query(
        TableName=TABLE,
        IndexName="GSI1",
        KeyConditionExpression="GSI1PK = :k",
        ExpressionAttributeValues={":k": {"S": f"ORDER#{order.id}"}},
    )
    shop.orders.set_status(order.id, OrderStatus.PAID, version=1)

    class Behind(BotocoreTransport):
        def call(self, operation: str, request: Any, /) -> dict[str, Any]:
            return stale if request.get("IndexName") else super().call(operation, request)

    orders = OrderRepository(Store(Behind(client), TABLE))
    with pytest.raises(VersionConflict):
        orders.set_status(order.id, OrderStatus.SHIPPED, version=1)
    assert orders.set_status(order.id, OrderStatus.SHIPPED, version=2).version == 3


# --- what is refused


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "lines: none was given; an order has at least one"),
        ([line(quantity=0)], r"lines\[0\].quantity: 0 was given; a line has at least 1"),
        ([line(), line("p2", discount_percent=101)], r"lines\[1\].discount_percent: 101 was given; a discount is 0 to 100 percent"),
        ([line(discount_percent=-1)], r"lines\[0\].discount_percent: -1 was given"),
        ([line(unit_price_minor=-1)], r"lines\[0\].unit_price_minor: -1 was given"),
        ([line(""), line("p2")], r"lines\[0\].product_id: an empty text was given; name a product"),
        (
            [line("a"), line("b"), line("a")],
            r"lines\[2\].product_id: the product is on lines\[0\] already; add up the quantities on one line",
        ),
        ([line(unit_price_minor=2**53 - 1, quantity=3)], "lines: they add up to .*; an order's total is at most 9007199254740991"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_written(client: Any, shop: Shop, ada: User, lines: list[Line], message: str) -> None:
    before = contents(client)
    with pytest.raises(InvalidField, match=f"^{message}"):
        shop.orders.create_with_items(user_id=ada.id, reference="A-1", currency="EUR", lines=lines, at=START)
    assert contents(client) == before


def test_the_largest_order_fits_into_one_transaction(shop: Shop, ada: User) -> None:
    placed = place(shop, ada, "A-1", *(line(f"p{n:03}") for n in range(MOST_LINES)))
    found = shop.orders.find_by_id(placed.order.id)
    assert found and (len(found.items), found.order.item_count) == (MOST_LINES, MOST_LINES)
    assert isinstance(found.order, Order)
