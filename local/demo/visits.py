"""Visitors who do what customers rarely do, and mistakes that the shop must refuse in its own words.

Without them some access patterns, and the permissions made for them, would go unused in the demo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.demo.agenda import Agenda, Job
from local.demo.sales import Ledger, described
from local.urls import Answer


@dataclass(frozen=True, slots=True)
class Mistake:
    """A request that must be refused: what it is, what the shop should say, and what it said (None: no answer yet)."""

    name: str
    expected: str
    answered: str | None = None


class Visits:
    """`failures` says what went wrong with the visitor; `mistakes` what was answered to each mistake."""

    def __init__(self, agenda: Agenda, ledger: Ledger) -> None:
        self.failures: list[str] = []
        self.mistakes: list[Mistake] = []
        self._agenda = agenda
        self._ledger = ledger

    def visitor(self, minute: int) -> None:
        """Registers, moves to another address, is found under it, and leaves: nothing of it may remain."""

        def registered(answer: Answer) -> None:
            if user := self._ok(answer, 201, "a visitor registering"):
                change = {"email": "new-address@visitor.example", "version": user["version"]}
                self._agenda.add(minute + 1, Job(1, "PUT", f"/users/{user['id']}/email", moved, change))

        def moved(answer: Answer) -> None:
            if user := self._ok(answer, 200, "a visitor changing the address"):
                self._agenda.add(minute + 2, Job(2, "GET", "/users", found, query={"email": user["email"]}))

        def found(answer: Answer) -> None:
            if user := self._ok(answer, 200, "finding a visitor by the new address"):
                leave = Job(3, "DELETE", f"/users/{user['id']}", left, query={"version": str(user["version"])})
                self._agenda.add(minute + 3, leave)

        def left(answer: Answer) -> None:
            self._ok(answer, 204, "a visitor leaving")

        body = {"email": "old-address@visitor.example", "name": "A visitor", "password_hash": "none"}
        self._agenda.add(minute, Job(0, "POST", "/users", registered, body))

    def mistaken(self, minute: int) -> None:
        """One of each kind, with ids of what exists."""
        order = next(iter(self._ledger.placed.values()))
        user, product = order["user_id"], order["items"][0]["product_id"]
        line = {"product_id": product, "quantity": 1, "unit_price_minor": 100, "discount_percent": 0}
        sale = {"user_id": user, "reference": "mistake", "currency": "USD", "lines": [line]}
        email = {"email": "NEW-customer@visitor.example", "name": "Twice", "password_hash": "none"}

        def asked_for(answer: Answer) -> None:
            person = self._ok(answer, 200, "reading a customer")
            if person:
                taken = email | {"email": str(person["email"]).upper()}
                self._try("an address that is taken, in capitals", "409 already-exists", minute + 1, "POST", "/users", taken)

        self._agenda.add(minute, Job(0, "GET", f"/users/{user}", asked_for))
        self._try("an order of nobody", "404 not-found", minute, "POST", "/orders", sale | {"user_id": "nobody"})
        self._try("an order without lines", "400 invalid-field", minute, "POST", "/orders", sale | {"lines": []})
        self._try(
            "a stale version",
            "409 version-conflict",
            minute,
            "PUT",
            f"/orders/{order['id']}/status",
            {"status": "cancelled", "version": 99},
        )
        self._try(
            "a cursor that was made up", "400 invalid-cursor", minute, "GET", f"/users/{user}/orders", query={"cursor": "k1.bm90aGluZw"}
        )

    def _try(
        self,
        name: str,
        expected: str,
        minute: int,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> None:
        def done(answer: Answer) -> None:
            self.mistakes.append(Mistake(name, expected, described(answer)))

        self._agenda.add(minute, Job(len(self.mistakes), method, path, done, body, query or {}))

    def _ok(self, answer: Answer, status: int, what: str) -> dict[str, Any] | None:
        if answer.status == status:
            return answer.json() or {}
        self.failures.append(f"{what} was answered with {described(answer)}")
        return None
