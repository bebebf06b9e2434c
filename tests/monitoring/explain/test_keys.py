"""What a partition key means, by the templates of the shop's declaration."""

import pytest

from app import model
from monitoring.explain import read_key

DEFINITION = model.table.definition()


@pytest.mark.parametrize(
    ("value", "index", "entities", "template"),
    [
        ("USER#u1", None, ("User", "Credential", "Order"), "USER#{id}"),
        ("PRODUCT#p1", None, ("Product",), "PRODUCT#{id}"),
        ("CATEGORY#Beverages", "GSI1", ("Product",), "CATEGORY#{category}"),
        ("ORDER#o1", "GSI1", ("Order",), "ORDER#{id}"),
        ("UNIQUE#User#email#ada@example.com", None, ("User",), "UNIQUE#User#email#{email}"),
    ],
)
def test_a_key_is_told_by_its_template(value: str, index: str | None, entities: tuple[str, ...], template: str) -> None:
    key = read_key(DEFINITION, value, index)
    assert (key.entities, key.template) == (entities, template)


def test_the_patterns_of_a_key_are_those_that_read_or_change_it_there() -> None:
    key = read_key(DEFINITION, "CATEGORY#Beverages", "GSI1", 0.8)
    assert "list_category_products" in key.patterns
    assert "add_product" in key.patterns, "it writes the entry"
    assert "find_product" not in key.patterns, "it reads the table"
    assert key.share == 0.8


def test_a_separator_inside_a_value_is_escaped_so_more_parts_are_another_template() -> None:
    assert read_key(DEFINITION, "CATEGORY#a#b", "GSI1").entities == ()


def test_a_key_that_nobody_declared() -> None:
    key = read_key(DEFINITION, "tenant-7")
    assert (key.entities, key.template, key.patterns) == ((), "", ())
