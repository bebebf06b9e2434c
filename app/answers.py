"""The answers of the shop, one function for each route: from a checked request to the repositories and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, TypeVar

from app import views
from app.errors import InvalidField
from app.http import Fields, Response
from app.model import OrderStatus
from app.orders import Line, OrderRepository
from app.products import ProductRepository
from app.users import UserRepository
from singletable import NotFound, Store

E = TypeVar("E")

LARGEST_PAGE = 100
LARGEST_VERSION = 10**12


class PageRequest(TypedDict):
    limit: int | None
    cursor: str | None


class Shop:
    """The repositories over one store."""

    def __init__(self, store: Store) -> None:
        self.users = UserRepository(store)
        self.orders = OrderRepository(store)
        self.products = ProductRepository(store)


@dataclass(frozen=True, slots=True)
class Call:
    """A request that found its route. path: the values of the template's {names}."""

    shop: Shop
    path: Mapping[str, str]
    query: Fields
    body: Fields
    at: datetime

    def page(self) -> PageRequest:
        limit = self.query.digits("limit", 1, LARGEST_PAGE) if self.query.has("limit") else None
        return {"limit": limit, "cursor": self.query.optional_text("cursor")}


Answer = Callable[[Call], Response]


def found(item: E | None, entity: str) -> E:
    """Raises NotFound."""
    if item is None:
        raise NotFound(entity)
    return item


# --- users


def register_user(call: Call) -> Response:
    body = call.body
    user = call.shop.users.create(
        email=body.text("email"),
        name=body.text("name"),
        password_hash=body.secret("password_hash"),
        reference=body.optional_text("reference"),
        at=call.at,
    )
    return Response(201, views.user(user))


def show_user(call: Call) -> Response:
    return Response(200, views.user(found(call.shop.users.find_by_id(call.path["id"]), "User")))


def find_user(call: Call) -> Response:
    return Response(200, views.user(found(call.shop.users.find_by_email(call.query.text("email")), "User")))


def change_email(call: Call) -> Response:
    user = call.shop.users.change_email(call.path["id"], call.body.text("email"), version=call.body.whole("version"))
    return Response(200, views.user(user))


def remove_user(call: Call) -> Response:
    call.shop.users.delete(call.path["id"], version=call.query.digits("version", 1, LARGEST_VERSION))
    return Response(204)


# --- products


def add_product(call: Call) -> Response:
    body = call.body
    product = call.shop.products.create(
        name=body.text("name"),
        category=body.text("category"),
        price_minor=body.whole("price_minor"),
        currency=body.text("currency"),
        reference=body.optional_text("reference"),
        at=call.at,
    )
    return Response(201, views.product(product))


def show_product(call: Call) -> Response:
    return Response(200, views.product(found(call.shop.products.find_by_id(call.path["id"]), "Product")))


def list_products(call: Call) -> Response:
    page = call.shop.products.list_by_category(call.query.text("category"), **call.page())
    return Response(200, {"items": [views.product(product) for product in page], "cursor": page.cursor})


# --- orders


def place_order(call: Call) -> Response:
    body = call.body
    lines = [
        Line(
            product_id=line.text("product_id"),
            quantity=line.whole("quantity"),
            unit_price_minor=line.whole("unit_price_minor"),
            discount_percent=line.whole("discount_percent") if line.has("discount_percent") else 0,
        )
        for line in body.objects("lines", "product_id quantity unit_price_minor discount_percent?")
    ]
    placed = call.shop.orders.create_with_items(
        user_id=body.text("user_id"), reference=body.text("reference"), currency=body.text("currency"), lines=lines, at=call.at
    )
    return Response(201 if placed.is_new else 200, views.placed_order(placed))


def show_order(call: Call) -> Response:
    return Response(200, views.placed_order(found(call.shop.orders.find_by_id(call.path["id"]), "Order")))


def list_orders(call: Call) -> Response:
    page = call.shop.orders.list_for_user(call.path["id"], **call.page())
    return Response(200, {"items": [views.order(order) for order in page], "cursor": page.cursor})


def set_order_status(call: Call) -> Response:
    given = call.body.text("status")
    try:
        status = OrderStatus(given)
    except ValueError:
        allowed = ", ".join(status.value for status in OrderStatus)
        raise InvalidField("status", f"{given[:20]!r} was given; allowed is {allowed}") from None
    return Response(200, views.order(call.shop.orders.set_status(call.path["id"], status, version=call.body.whole("version"))))
