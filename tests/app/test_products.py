"""Products: by id, and by category in pages."""

from dataclasses import replace
from typing import Any

import pytest

from app.answers import Shop
from app.errors import InvalidField
from app.model import Product
from singletable import InvalidCursor
from tests.app.conftest import START, contents


def test_a_product_is_found_by_id(client: Any, shop: Shop, tea: Product) -> None:
    assert shop.products.find_by_id(tea.id) == tea
    assert shop.products.find_by_id("nothing") is None
    (item,) = contents(client)
    keys = {"PK": f"PRODUCT#{tea.id}", "SK": "METADATA", "GSI1PK": "CATEGORY#Beverages", "GSI1SK": f"PRODUCT#{tea.id}"}
    assert {name: item[name]["S"] for name in keys} == keys


@pytest.mark.parametrize("category", ["Beverages", "Meat/Poultry", "a#b%23", "Käse & Wein"])
def test_a_category_is_listed_in_pages_and_holds_nothing_else(shop: Shop, tea: Product, category: str) -> None:
    added = [shop.products.create(name=f"P{n}", category=category, price_minor=n, currency="EUR", at=START) for n in range(5)]
    shop.products.create(name="other", category=category + "2", price_minor=1, currency="EUR", at=START)
    expected = added + ([tea] if category == tea.category else [])
    pages, cursor = [], None
    while not pages or cursor:
        page = shop.products.list_by_category(category, limit=2, cursor=cursor)
        cursor = page.cursor
        pages.append(page.items)
    assert [len(page) for page in pages[:-1]] == [2] * (len(pages) - 1)
    assert sorted((product for page in pages for product in page), key=lambda product: product.id) == sorted(expected, key=lambda p: p.id)


def test_a_cursor_of_one_category_is_no_cursor_of_another(shop: Shop, tea: Product) -> None:
    for category in ("Beverages", "Seafood"):
        shop.products.create(name="x", category=category, price_minor=1, currency="EUR", at=START)
    cursor = shop.products.list_by_category("Beverages", limit=1).cursor
    assert cursor
    with pytest.raises(InvalidCursor):
        shop.products.list_by_category("Seafood", limit=1, cursor=cursor)


def test_the_newest_product_of_a_category_comes_last(shop: Shop, tea: Product) -> None:
    later = shop.products.create(
        name="Mate", category="Beverages", price_minor=1, currency="EUR", at=replace(tea).created_at.replace(hour=13)
    )
    assert [product.id for product in shop.products.list_by_category("Beverages")] == [tea.id, later.id]


@pytest.mark.parametrize(("field", "value"), [("price_minor", -1), ("price_minor", 2**53), ("currency", "euro")])
def test_a_wrong_value_is_named_and_nothing_is_written(client: Any, shop: Shop, field: str, value: Any) -> None:
    values: dict[str, Any] = {"name": "Tea", "category": "Beverages", "price_minor": 450, "currency": "EUR", "at": START}
    with pytest.raises(InvalidField, match=f"^{field}: ") as refused:
        shop.products.create(**values | {field: value})
    assert refused.value.field == field
    assert contents(client) == []
