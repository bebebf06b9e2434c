"""Real orders of the Northwind sample database, through the repositories and back."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.answers import Shop
from app.orders import Line, PlacedOrder
from singletable import Secret
from tests.app.conftest import HASH, START

DATA = Path(__file__).parents[3] / "shared" / "data" / "northwind"


def records(name: str) -> list[dict[str, Any]]:
    return [json.loads(text) for text in (DATA / f"{name}.jsonl").read_text().splitlines()]


@pytest.mark.skipif(not DATA.is_dir(), reason="the Northwind data is not beside the repository (../shared/data/northwind)")
def test_all_orders_are_placed_once_and_read_back_with_their_totals(shop: Shop) -> None:
    expected = json.loads((DATA / "expected.json").read_text())
    users = {
        one["id"]: shop.users.create(email=one["email"], name=one["name"], reference=one["id"], password_hash=Secret(HASH), at=START).id
        for one in records("customers")
    }
    products = {
        one["id"]: shop.products.create(
            name=one["name"], category=one["category"], price_minor=one["price_cents"], currency="USD", reference=one["id"], at=START
        ).id
        for one in records("products")
    }
    placed: dict[str, PlacedOrder] = {}
    for order in records("orders"):
        lines = [
            Line(
                product_id=products[one["product_id"]],
                quantity=one["quantity"],
                unit_price_minor=one["unit_price_cents"],
                discount_percent=one["discount_percent"],
            )
            for one in order["lines"]
        ]
        user_id = users[order["customer_id"]]
        new = shop.orders.create_with_items(user_id=user_id, reference=order["id"], currency="USD", lines=lines, at=START)
        assert new.order.total_minor == order["total_cents"]
        placed[order["id"]] = new

    orders = {customer: [order for order in listed(shop, user_id)] for customer, user_id in users.items()}
    totals = {customer: sum(order.total_minor for order in found) for customer, found in orders.items()}
    assert (len(users), len(products), sum(map(len, orders.values()))) == (expected["customers"], expected["products"], expected["orders"])
    assert sum(totals.values()) == expected["total_cents"]
    assert sum(order.item_count for found in orders.values() for order in found) == expected["order_lines"]
    assert max(order.item_count for found in orders.values() for order in found) == expected["largest_order_lines"]
    assert [customer for customer in sorted(orders) if not orders[customer]] == expected["customers_without_orders"]
    assert max(((customer, len(found)) for customer, found in orders.items()), key=lambda pair: pair[1]) == tuple(
        expected["orders_per_customer_max"]
    )
    assert Counter(totals).most_common(5) == [tuple(pair) for pair in expected["top_customers_total_cents"]]
    assert {category: len(list(shop.products.list_by_category(category))) for category in expected["products_per_category"]} == expected[
        "products_per_category"
    ]
    for order in list(placed.values())[::40]:
        found = shop.orders.find_by_id(order.order.id)
        assert found and (found.order, found.items) == (order.order, order.items)


def listed(shop: Shop, user_id: str) -> Any:
    page = shop.orders.list_for_user(user_id, limit=10)
    yield from page
    while page.cursor:
        page = shop.orders.list_for_user(user_id, limit=10, cursor=page.cursor)
        yield from page
