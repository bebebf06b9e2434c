"""Some visitors of the shop in each minute, so that the charts of a shop that is served are not empty and an incident is felt."""

from __future__ import annotations

from random import Random
from typing import Any

from local.world import World

_CATEGORIES = ("Beverages", "Condiments", "Confections", "Dairy Products", "Produce", "Seafood")


class Visitors:
    """They read the catalogue; some register, order what they saw, and get it. What is refused is left: a visitor goes away."""

    def __init__(self, world: World, seed: int = 1) -> None:
        self._world = world
        self._random = Random(seed)  # noqa: S311  # which visitor asks for what, no secret
        self._registered = 0

    def come(self) -> None:
        """The visitors of one minute."""
        seen = [product for _ in range(self._random.randint(3, 9)) for product in self._catalogue()]
        for _ in range(self._random.randint(1, 3)):
            self._buy(seen)

    def _catalogue(self) -> list[dict[str, Any]]:
        return self._asked("GET", "/products", query={"category": self._random.choice(_CATEGORIES)}).get("items", [])

    def _buy(self, seen: list[dict[str, Any]]) -> None:
        self._registered += 1
        mark = f"{self._world.clock.now():%Y%m%d%H%M}-{self._registered}"
        user = self._asked("POST", "/users", {"email": f"visitor-{mark}@example.com", "name": "A visitor", "password_hash": "none"})
        if not user or not seen:
            return
        product = self._random.choice(seen)
        line = {"product_id": product["id"], "quantity": 1, "unit_price_minor": product["price_minor"], "discount_percent": 0}
        body = {"user_id": user["id"], "reference": f"visit-{mark}", "currency": product["currency"], "lines": [line]}
        if order := self._asked("POST", "/orders", body):
            self._asked("PUT", f"/orders/{order['id']}/status", {"status": "shipped", "version": order["version"]})

    def _asked(self, method: str, path: str, body: dict[str, Any] | None = None, query: dict[str, str] | None = None) -> dict[str, Any]:
        answer = self._world.request(method, path, body, query or "")
        return answer.json() if answer.status // 100 == 2 else {}
