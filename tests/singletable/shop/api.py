"""Ways in which code can reach a pattern, for the tests of `patterns_of`. Nothing here is executed."""

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any

from singletable import Store
from tests.singletable.shop import model
from tests.singletable.shop.model import find_order, find_user
from tests.singletable.shop.orders import OrderRepository

ROUTES: dict[str, Any] = {"GET /users": find_user, "POST /products": ["created", (model.add_product,)]}


def logged(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any) -> Any:
        return function(*args)

    return call


def by_attribute(store: Store) -> None:
    store.get(model.find_user(id="1"))


def by_name(store: Store) -> None:
    store.get(find_order(id="1"))


def by_helper(store: Store) -> None:
    by_attribute(store)
    by_name(store)


def by_class(store: Store) -> None:
    OrderRepository(store).find("1")


def by_table(path: str) -> Any:
    return ROUTES[path]


def by_inner_function(store: Store) -> Callable[[], Any]:
    return lambda: [store.page(model.list_category(category=name)) for name in ("a", "b")]


@logged
def by_decorated(store: Store) -> None:
    store.page(model.list_orders(user_id="1"))


def by_nothing(user: Any) -> str:
    """Neither the name of an attribute nor a text is a use."""
    return user.find_user + "find_order"


def by_each_other(depth: int) -> None:
    by_each_other(depth - 1)


class Users:
    """Every kind of method."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def method(self) -> None:
        self.store.get(model.find_user(id="1"))

    @property
    def by_property(self) -> None:
        self.store.get(model.find_user_by_email(email="a@x.io"))

    @cached_property
    def by_cached_property(self) -> None:
        self.store.get(model.find_order(id="1"))

    @classmethod
    def by_class_method(cls, store: Store) -> None:
        store.page(model.list_order_items(order_id="1"))

    @staticmethod
    def by_static_method(store: Store) -> None:
        store.page(model.list_category(category="c"))

    class Inner:
        def method(self, store: Store) -> None:
            store.page(model.list_orders(user_id="1"))
