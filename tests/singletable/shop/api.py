"""Ways in which code can reach a pattern, for the tests of `patterns_of`. Nothing here is executed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, partial, wraps
from types import ModuleType
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


def by_other_name(store: Store) -> None:
    patterns = model
    store.get(patterns.find_user(id="1"))


def by_late_import(store: Store) -> None:
    from tests.singletable.shop import model as late

    store.get(late.find_user(id="1"))


def by_late_name(store: Store) -> None:
    from tests.singletable.shop.model import find_user_by_email

    store.get(find_user_by_email(email="a@x.io"))


def by_relative_import(store: Store) -> None:
    from . import model as late

    store.get(late.find_user(id="1"))


@cache
def by_cache() -> Any:
    return find_order


def by_cached() -> Any:
    return by_cache()


def by_default(store: Store, find: Any = find_order, *, other: Any = find_user) -> None:
    store.get(find(id="1"))


def by_two(store: Store, find: Any, id: str) -> None:
    store.get(find(id=id))


by_part = partial(by_two, find=find_order)


def by_partial(store: Store) -> None:
    by_part(store, id="1")


def by_module_of(patterns: ModuleType) -> Callable[[Store], None]:
    return lambda store: store.get(patterns.find_user(id="1"))


by_closure = by_module_of(model)


@dataclass(frozen=True, slots=True)
class Route:
    path: str
    answer: Callable[[Store], None]


TABLE = [Route("/", by_name)]


def by_route(store: Store) -> None:
    TABLE[0].answer(store)


class Shop:
    def __init__(self, store: Store) -> None:
        self.store = store

    def find(self) -> None:
        self.store.get(model.find_user(id="1"))


shop = Shop(Store(None, "t"))  # type: ignore[arg-type]


def by_instance() -> None:
    shop.find()


class Special(Shop):
    """What it does is inherited."""


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

    @by_property.setter
    def by_property(self, name: str) -> None:
        self.store.write(model.add_product(model.Product(id="1", category="c", name=name, price=1)))

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
