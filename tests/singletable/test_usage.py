"""The patterns of a piece of code are those that it names, however it reaches them."""

from typing import Any

import pytest

from singletable import InvalidArguments, Store, patterns_of
from tests.singletable.shop import api, model, order_events, orders


def names(*owners: Any) -> list[str]:
    return [pattern.name for pattern in patterns_of(*owners)]


REPOSITORY = ["find_order", "list_orders", "place_order", "set_order_status"]


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        (api.by_attribute, ["find_user"]),
        (api.by_name, ["find_order"]),
        (api.by_helper, ["find_order", "find_user"]),
        (api.by_class, REPOSITORY),
        (api.by_table, ["add_product", "find_user"]),
        (api.by_inner_function, ["list_category"]),
        (api.by_decorated, ["list_orders"]),
        (api.by_nothing, []),
        (api.by_each_other, []),
        (api.by_other_name, ["find_user"]),
        (api.by_late_import, ["find_user"]),
        (api.by_late_name, ["find_user_by_email"]),
        (api.by_relative_import, ["find_user"]),
        (api.by_cached, ["find_order"]),
        (api.by_default, ["find_order", "find_user"]),
        (api.by_partial, ["find_order"]),
        (api.by_part, ["find_order"]),
        (api.by_closure, ["find_user"]),
        (api.by_route, ["find_order"]),
        (api.by_instance, ["find_user"]),
        (api.shop, ["find_user"]),
        (api.Special, ["find_user"]),
        (model.find_user, ["find_user"]),
        (api.Users, ["add_product", "find_order", "find_user", "find_user_by_email", "list_category", "list_order_items", "list_orders"]),
        (api.Users(Store(None, "t")).method, ["find_user"]),  # type: ignore[arg-type]
        (orders.OrderRepository, REPOSITORY),
        (orders, REPOSITORY),
        (order_events, []),
    ],
)
def test_code_uses_the_patterns_it_names(owner: Any, expected: list[str]) -> None:
    assert names(owner) == expected


def test_a_module_stands_for_what_is_defined_in_it() -> None:
    """Its functions and classes, not the classes that it only imports and does not use."""
    everything = ["add_product", "find_user_by_email", "find_user", "list_category", "list_order_items", *REPOSITORY]
    assert names(api) == sorted(everything)


def test_a_stream_stands_for_its_handlers() -> None:
    stream = model.table.stream()
    stream.on_create(model.Order)(lambda new, change: model.find_user(id=new.user_id))
    assert names(stream) == names(stream.handler()) == ["find_user"]
    assert names(order_events.handler) == []


def test_each_pattern_comes_once_in_the_order_of_names() -> None:
    assert names(api.by_name, api.by_attribute, orders.OrderRepository) == ["find_order", "find_user", *REPOSITORY[1:]]
    assert patterns_of() == ()


def test_the_order_of_owners_does_not_matter() -> None:
    """What one owner names is followed where another says that its package belongs to it."""
    other = type("Other", (), {"__module__": "elsewhere.module", "use": api.by_class})
    assert names(other, orders.OrderRepository) == names(orders.OrderRepository, other) == REPOSITORY


@pytest.mark.parametrize("owner", ["app.api", None, 7, [api.by_name], {}])
def test_what_is_no_code_is_refused(owner: Any) -> None:
    with pytest.raises(InvalidArguments, match=r"patterns_of takes classes, functions, modules and streams, each as an argument, not "):
        patterns_of(owner)


def test_patterns_are_the_declared_ones() -> None:
    assert patterns_of(api.by_attribute)[0] is model.find_user


def test_names_and_documentation_come_from_the_declaration() -> None:
    assert (model.set_order_status.name, model.set_order_status.doc) == ("set_order_status", "Moves an order on.")
    assert (model.find_user.name, model.find_user.doc) == ("find_user", "")
    assert [entity.name for entity in model.place_order.entities] == ["Order", "OrderItem"]
    assert [entity.name for entity in model.find_user.entities] == ["User"]
