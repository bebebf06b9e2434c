"""Real orders of the Northwind sample database, through the repositories and back."""

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from app.answers import Shop
from app.orders import Line, PlacedOrder
from singletable import Secret, Store
from tests.app.conftest import HASH, START

DATA = Path(__file__).parents[3] / "shared" / "data" / "northwind"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the Northwind data is not beside the repository (../shared/data/northwind)")


def records(name: str) -> list[dict[str, Any]]:
    return [json.loads(text) for text in (DATA / f"{name}.jsonl").read_text().splitlines()]


def expected() -> dict[str, Any]:
    return json.loads((DATA / "expected.json").read_text())


class Taking:
    """A table that takes every write."""

    def call(self, operation: str, request: Any, /) -> dict[str, Any]:
        assert operation == "TransactWriteItems"
        return {}


def place(shop: Shop, user_id: str, order: dict[str, Any]) -> PlacedOrder:
    lines = [
        Line(
            product_id=one["product_id"],
            quantity=one["quantity"],
            unit_price_minor=one["unit_price_cents"],
            discount_percent=one["discount_percent"],
        )
        for one in order["lines"]
    ]
    return shop.orders.create_with_items(user_id=user_id, reference=order["id"], currency="USD", lines=lines, at=START)


def test_every_order_has_the_total_of_its_source() -> None:
    shop, orders = Shop(Store(Taking(), "shop")), records("orders")
    placed = [place(shop, order["customer_id"], order).order for order in orders]
    assert [order.total_minor for order in placed] == [order["total_cents"] for order in orders]
    assert (len(placed), sum(order.item_count for order in placed)) == (expected()["orders"], expected()["order_lines"])
    assert (sum(order.total_minor for order in placed), max(order.item_count for order in placed)) == (
        expected()["total_cents"],
        expected()["largest_order_lines"],
    )
    totals = Counter[str]()
    for order in placed:
        totals[order.user_id] += order.total_minor
    assert totals.most_common(5) == [tuple(pair) for pair in expected()["top_customers_total_cents"]]


def test_orders_are_read_back_as_they_were_placed(shop: Shop) -> None:
    """Of the customers with the most orders and with none: all that they placed, page by page, line by line."""
    name, number = expected()["orders_per_customer_max"]
    nobody = expected()["customers_without_orders"][0]
    users = {
        one["id"]: shop.users.create(email=one["email"], name=one["name"], reference=one["id"], password_hash=Secret(HASH), at=START).id
        for one in records("customers")
        if one["id"] in (name, nobody)
    }
    placed: defaultdict[str, list[PlacedOrder]] = defaultdict(list)
    for order in records("orders"):
        if order["customer_id"] in users:
            placed[order["customer_id"]].append(place(shop, users[order["customer_id"]], order))
    listed = {customer: list(all_pages(shop, user_id)) for customer, user_id in users.items()}
    assert (len(listed[name]), len(listed[nobody])) == (number, 0)
    assert sorted(order.id for order in listed[name]) == sorted(one.order.id for one in placed[name])
    for one in placed[name]:
        found = shop.orders.find_by_id(one.order.id)
        assert found and (found.order, found.items) == (one.order, one.items)


def test_products_are_listed_by_category(shop: Shop) -> None:
    for one in records("products"):
        shop.products.create(
            name=one["name"], category=one["category"], price_minor=one["price_cents"], currency="USD", reference=one["id"], at=START
        )
    categories = expected()["products_per_category"]
    assert {category: len(list(shop.products.list_by_category(category))) for category in categories} == categories


def all_pages(shop: Shop, user_id: str) -> Any:
    page = shop.orders.list_for_user(user_id, limit=10)
    yield from page
    while page.cursor:
        page = shop.orders.list_for_user(user_id, limit=10, cursor=page.cursor)
        yield from page
