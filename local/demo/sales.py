"""The day's business: registers customers and products, places every order twice, ships what was shipped."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from local.demo.agenda import Agenda, Job
from local.demo.shop import CURRENCY, Customer, Order, Problem, Product, Shop
from local.urls import Answer

Json = Mapping[str, Any]
SHORTEST_MINUTES = 24


@dataclass(frozen=True, slots=True)
class Timetable:
    """Minutes of the simulated hour, from 0. Orders are placed in `ordering`, an index throttled in `throttled`, all read in `reading`."""

    minutes: int
    registering: range
    ordering: range
    throttled: range
    reading: range

    @classmethod
    def of(cls, minutes: int) -> Timetable:
        """The same shape for any length. Raises ValueError below 24 minutes: an alarm needs time to fire and to clear."""
        if minutes < SHORTEST_MINUTES:
            raise ValueError(f"{minutes} minutes are too few for an alarm to fire and to clear; at least {SHORTEST_MINUTES}")
        return cls(
            minutes,
            registering=range(max(2, minutes // 15)),
            ordering=range(max(2, minutes // 15), minutes * 3 // 4),
            throttled=range(minutes * 2 // 5, minutes * 2 // 5 + max(3, minutes // 10)),
            reading=range(minutes * 5 // 6, minutes - 2),
        )

    def minute_of(self, span: range, number: int, count: int) -> int:
        """Spreads `count` things evenly over a span."""
        return span.start + number * len(span) // count


@dataclass(slots=True)
class Ledger:
    """What the shop said, by the references of the source.

    `problems`: what it refused, by line. `failures`: answers that should not have been given. `refused`: kind and reference of what it refused.
    """

    users: dict[str, str] = field(default_factory=dict[str, str])
    products: dict[str, str] = field(default_factory=dict[str, str])
    placed: dict[str, Json] = field(default_factory=dict[str, Json])
    placed_again: dict[str, str] = field(default_factory=dict[str, str])
    shipped: dict[str, Json] = field(default_factory=dict[str, Json])
    problems: list[Problem] = field(default_factory=list[Problem])
    failures: list[str] = field(default_factory=list[str])
    refused: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])


class Sales:
    """Puts the business of each minute on the agenda. Thread safe: answers come from the agenda's workers."""

    def __init__(self, shop: Shop, agenda: Agenda, times: Timetable) -> None:
        self.shop = shop
        self.ledger = Ledger()
        self._agenda = agenda
        self._times = times
        self._lock = Lock()
        self._orders = [
            (times.minute_of(times.ordering, number, len(shop.orders)), number, order) for number, order in enumerate(shop.orders)
        ]
        self._register()

    def _register(self) -> None:
        for number, customer in enumerate(self.shop.customers):
            body = {
                "email": customer.email,
                "name": customer.name,
                "password_hash": hashlib.sha256(customer.reference.encode()).hexdigest(),  # of no password: nobody logs in here
                "reference": customer.reference,
            }
            minute = self._times.minute_of(self._times.registering, number, len(self.shop.customers))
            self._add_to(self.ledger.users, minute, Job(number, "POST", "/users", _nothing, body), customer)
        for number, product in enumerate(self.shop.products):
            body = {
                "name": product.name,
                "category": product.category,
                "price_minor": product.price_minor,
                "currency": CURRENCY,
                "reference": product.reference,
            }
            minute = self._times.minute_of(self._times.registering, number, len(self.shop.products))
            self._add_to(self.ledger.products, minute, Job(number, "POST", "/products", _nothing, body), product)

    def _add_to(self, ids: dict[str, str], minute: int, job: Job, source: Customer | Product) -> None:
        def done(answer: Answer) -> None:
            if made := self._accepted(answer, source, (201,)):
                ids[source.reference] = str(made["id"])

        job.done = done
        self._agenda.add(minute, job)

    def begin(self, minute: int) -> None:
        """Puts the orders of this minute on the agenda; one whose customer is still waiting for an answer waits with it."""
        due = [entry for entry in self._orders if entry[0] <= minute]
        self._orders = [entry for entry in self._orders if entry[0] > minute]
        for _, number, order in due:
            needed = [("Customer", order.customer), *(("Product", line.product) for line in order.lines)]
            if gone := [name for name in needed if name in self.ledger.refused]:
                kind, reference = gone[0]
                problem = Problem(order.place, f"left out, because the shop refused its {kind.lower()} {reference}")
                self.ledger.problems.append(problem)
                self.ledger.refused.add(("Order", order.reference))
            elif order.customer in self.ledger.users and all(line.product in self.ledger.products for line in order.lines):
                self._place(minute, number, order)
            else:
                self._orders.append((minute + 1, number, order))

    @property
    def waiting(self) -> int:
        """Orders that are not on the agenda yet."""
        return len(self._orders)

    def _place(self, minute: int, number: int, order: Order) -> None:
        body = self._body(order)

        def again(answer: Answer) -> None:
            if found := self._answered(answer, f"order {order.reference}, sent again,"):
                self.ledger.placed_again[order.reference] = str(found["id"])

        def ship(answer: Answer) -> None:
            if found := self._answered(answer, f"shipping order {order.reference}"):
                self.ledger.shipped[order.reference] = found

        def first(answer: Answer) -> None:
            # 200: an earlier try of this job was carried out and only its answer was lost.
            placed = self._accepted(answer, order, (200, 201))
            if placed is None:
                return
            self.ledger.placed[order.reference] = placed
            # Sent again by another worker, as a client does that never saw the answer.
            self._agenda.add(minute + 1 + number % 3, Job(number + 3, "POST", "/orders", again, body))
            if order.shipped:
                wanted = {"status": "shipped", "version": placed["version"]}
                self._agenda.add(minute + 2 + number % 4, Job(number + 5, "PUT", f"/orders/{placed['id']}/status", ship, wanted))

        self._agenda.add(minute, Job(number, "POST", "/orders", first, body))

    def _body(self, order: Order) -> dict[str, Any]:
        lines = [
            {
                "product_id": self.ledger.products[line.product],
                "quantity": line.quantity,
                "unit_price_minor": line.unit_price_minor,
                "discount_percent": line.discount_percent,
            }
            for line in order.lines
        ]
        return {"user_id": self.ledger.users[order.customer], "reference": order.reference, "currency": CURRENCY, "lines": lines}

    def _accepted(self, answer: Answer, source: Customer | Product | Order, statuses: tuple[int, ...]) -> Json | None:
        """What the shop took; None for what it refused: then it is the line's fault (4xx) or the shop's."""
        if answer.status in statuses:
            return answer.json()
        kind = type(source).__name__
        with self._lock:
            if 400 <= answer.status < 500:
                self.ledger.problems.append(Problem(source.place, f"the shop refused it: {described(answer)}"))
                self.ledger.refused.add((kind, source.reference))
            else:
                self.ledger.failures.append(f"{kind.lower()} {source.reference} was answered with {described(answer)}")
        return None

    def _answered(self, answer: Answer, what: str) -> Json | None:
        if answer.status == 200:
            return answer.json()
        with self._lock:
            self.ledger.failures.append(f"{what} was answered with {described(answer)}")
        return None

    def accepted_orders(self) -> tuple[Order, ...]:
        """The orders that should be in the table: all but those that the shop refused."""
        return tuple(order for order in self.shop.orders if ("Order", order.reference) not in self.ledger.refused)


def described(answer: Answer) -> str:
    """The status with the shop's own code and message."""
    try:
        error = answer.json()["error"]
        return f"{answer.status} {error['code']}: {error['message']}"
    except (ValueError, KeyError, TypeError):
        return f"{answer.status} {answer.body[:200].decode(errors='replace')}"


def _nothing(_: Answer) -> None:
    """Of a job whose answer is set later."""
