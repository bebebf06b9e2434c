"""Reads the whole shop back through the deployed function, page by page, and compares it with what was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from local.demo.agenda import Agenda, Job
from local.demo.sales import Ledger, Timetable, described
from local.demo.shop import Customer, Order, Product, Shop
from local.urls import Answer

PRODUCTS_PAGE, ORDERS_PAGE = 5, 10
"""Small, so that cursors are used."""


@dataclass(slots=True)
class Found:
    """What is in the table, as the shop tells it, by id. `differences`: sentences about what is not as it was sent."""

    customers: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    products: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    orders: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    pages: int = 0
    differences: list[str] = field(default_factory=list[str])

    @property
    def order_lines(self) -> int:
        return sum(len(order["items"]) for order in self.orders.values())

    @property
    def total_minor(self) -> int:
        return sum(order["total_minor"] for order in self.orders.values())

    @property
    def shipped(self) -> int:
        return sum(order["status"] == "shipped" for order in self.orders.values())


class ReadingBack:
    """Puts the reading on the agenda. Thread safe: answers come from the agenda's workers."""

    def __init__(self, shop: Shop, ledger: Ledger, agenda: Agenda, times: Timetable) -> None:
        self.found = Found()
        self._shop = shop
        self._ledger = ledger
        self._agenda = agenda
        self._times = times
        self._lock = Lock()

    def begin(self) -> None:
        """Spreads the reading over its minutes. Customers are read twice: by id, and by their address."""
        span = self._times.reading
        customers = [one for one in self._shop.customers if one.reference in self._ledger.users]
        for number, customer in enumerate(customers):
            minute = self._times.minute_of(span, number, len(customers))
            self._read_customer(minute, number, customer)
            self._read_orders(minute, number, self._ledger.users[customer.reference], None)
        known = {self._ledger.products[one.reference]: one for one in self._shop.products if one.reference in self._ledger.products}
        categories = sorted({one.category for one in known.values()})
        for number, category in enumerate(categories):
            self._read_category(self._times.minute_of(span, number, len(categories)), number, category, None)
        for number, (product_id, product) in enumerate(known.items()):
            self._read_product(self._times.minute_of(span, number, len(known)), number, product_id, product)

    def _read_customer(self, minute: int, number: int, customer: Customer) -> None:
        user_id = self._ledger.users[customer.reference]

        def by_id(user: Mapping[str, Any]) -> None:
            self.found.customers[user["id"]] = user
            # The shop keeps addresses in one spelling, so that one person is one user.
            email = customer.email.strip().lower()
            wanted = {"id": user_id, "reference": customer.reference, "name": customer.name, "email": email}
            self._compare(f"customer {customer.reference}", wanted, user)

        def by_email(user: Mapping[str, Any]) -> None:
            self._compare(f"customer {customer.reference} by e-mail", {"id": user_id}, user)

        self._ask(minute, number, f"/users/{user_id}", by_id)
        self._ask(minute, number + 1, "/users", by_email, {"email": customer.email})

    def _read_product(self, minute: int, number: int, product_id: str, product: Product) -> None:
        def by_id(found: Mapping[str, Any]) -> None:
            wanted = {
                "reference": product.reference,
                "name": product.name,
                "category": product.category,
                "price_minor": product.price_minor,
            }
            self._compare(f"product {product.reference}", wanted, found)

        self._ask(minute, number, f"/products/{product_id}", by_id)

    def _read_category(self, minute: int, number: int, category: str, cursor: str | None) -> None:
        def page(found: Mapping[str, Any]) -> None:
            with self._lock:
                self.found.pages += 1
                self.found.products |= {one["id"]: one for one in found["items"]}
            if found["cursor"]:
                self._read_category(minute + 1, number + 1, category, found["cursor"])

        query = {"category": category, "limit": str(PRODUCTS_PAGE)}
        self._ask(minute, number, "/products", page, query | ({"cursor": cursor} if cursor else {}))

    def _read_orders(self, minute: int, number: int, user_id: str, cursor: str | None) -> None:
        def page(found: Mapping[str, Any]) -> None:
            with self._lock:
                self.found.pages += 1
            times = [one["created_at"] for one in found["items"]]
            if times != sorted(times, reverse=True):
                self._differ(f"orders of {user_id}: a page is not newest first")
            for place, one in enumerate(found["items"]):
                self._read_order(minute + 1, number + place, one["id"])
            if found["cursor"]:
                self._read_orders(minute + 1, number + 1, user_id, found["cursor"])

        query = {"limit": str(ORDERS_PAGE)} | ({"cursor": cursor} if cursor else {})
        self._ask(minute, number, f"/users/{user_id}/orders", page, query)

    def _read_order(self, minute: int, number: int, order_id: str) -> None:
        def by_id(found: Mapping[str, Any]) -> None:
            with self._lock:
                if order_id in self.found.orders:
                    self.found.differences.append(f"order {found['reference']} is listed twice")
                self.found.orders[order_id] = found

        self._ask(minute, number, f"/orders/{order_id}", by_id)

    def finish(self) -> Found:
        """Compares every order that was accepted with the one that was found under its reference."""
        by_reference = {(one["user_id"], one["reference"]): one for one in self.found.orders.values()}
        for order in self._shop.orders:
            if order.reference in self._ledger.placed:
                user_id = self._ledger.users[order.customer]
                self._compare_order(order, by_reference.get((user_id, order.reference)))
        return self.found

    def _compare_order(self, order: Order, found: Mapping[str, Any] | None) -> None:
        if found is None:
            self._differ(f"order {order.reference} was accepted and is not in the table")
            return
        status = "shipped" if order.reference in self._ledger.shipped else "placed"
        wanted = {
            "id": self._ledger.placed[order.reference]["id"],
            "total_minor": order.total_minor,
            "item_count": len(order.lines),
            "status": status,
        }
        self._compare(f"order {order.reference}", wanted, found)
        lines = {
            self._ledger.products[line.product]: (line.quantity, line.unit_price_minor, line.discount_percent, line.total_minor)
            for line in order.lines
        }
        got = {
            item["product_id"]: (item["quantity"], item["unit_price_minor"], item["discount_percent"], item["line_total_minor"])
            for item in found["items"]
        }
        if got != lines:
            self._differ(f"order {order.reference}: its lines are {got}, sent were {lines}")

    def _ask(
        self, minute: int, number: int, path: str, take: Callable[[Mapping[str, Any]], None], query: Mapping[str, str] | None = None
    ) -> None:
        def done(answer: Answer) -> None:
            if answer.status == 200:
                take(answer.json())
            else:
                self._differ(f"GET {path} was answered with {described(answer)}")

        self._agenda.add(minute, Job(number, "GET", path, done, query=query or {}))

    def _compare(self, what: str, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        for name, value in wanted.items():
            if found.get(name) != value:
                self._differ(f"{what}: {name} is {found.get(name)!r}, sent was {value!r}")

    def _differ(self, sentence: str) -> None:
        with self._lock:
            self.found.differences.append(sentence)
