"""The shop over HTTP: a Lambda handler for the events of a function URL.

Every answer is JSON; every error is {"error": {"code", "message"}}. The time of a request is the platform's, not this machine's.
"""

import os
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from time import perf_counter
from typing import Any

from app import answers
from app.answers import Answer, Call, Shop
from app.errors import ImpossibleTransition, InvalidField, ShopError
from app.http import Event, Fields, InvalidBody, Request, Response, error
from app.runtime import log, open_store, setting, trail
from singletable import (
    AlreadyExists,
    CursorKeys,
    InvalidCursor,
    InvalidKey,
    InvalidValue,
    ItemTooLarge,
    NotFound,
    Pattern,
    SingleTableError,
    TransactionTooLarge,
    VersionConflict,
    patterns_of,
)

CURSOR_KEYS = "CURSOR_KEYS"
"""Variable of the environment, which the stack sets: the keys that sign page cursors."""

patterns: tuple[Pattern, ...]
"""What this function does with the table: its permissions and its alarms follow from it."""


def __getattr__(name: str) -> tuple[Pattern, ...]:
    # Looked up in the code when a stack asks for it: that takes as long as everything else at the start of the function.
    if name == "patterns":
        return patterns_of(handler)
    raise AttributeError(f"module {__name__} has no attribute {name}")


@dataclass(frozen=True, slots=True)
class Route:
    """body, query: the names that may be given, separated by spaces; those with `?` may be left out. Default: none."""

    method: str
    template: str
    answer: Answer
    body: str = ""
    query: str = ""

    def match(self, path: str) -> dict[str, str] | None:
        """The values of the template's {names}, if it is this path."""
        parts, words = self.template.split("/"), path.split("/")
        if len(parts) != len(words) or not all(word if part.startswith("{") else part == word for part, word in zip(parts, words)):
            return None
        return {part[1:-1]: word for part, word in zip(parts, words) if part.startswith("{")}

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


ROUTES = (
    Route("POST", "/users", answers.register_user, body="email name password_hash reference?"),
    Route("GET", "/users", answers.find_user, query="email"),
    Route("GET", "/users/{id}", answers.show_user),
    Route("PUT", "/users/{id}/email", answers.change_email, body="email version"),
    Route("DELETE", "/users/{id}", answers.remove_user, query="version"),
    Route("GET", "/users/{id}/orders", answers.list_orders, query="limit? cursor?"),
    Route("POST", "/products", answers.add_product, body="name category price_minor currency reference?"),
    Route("GET", "/products", answers.list_products, query="category limit? cursor?"),
    Route("GET", "/products/{id}", answers.show_product),
    Route("POST", "/orders", answers.place_order, body="user_id reference currency lines"),
    Route("GET", "/orders/{id}", answers.show_order),
    Route("PUT", "/orders/{id}/status", answers.set_order_status, body="status version"),
)

STATUS_OF: Mapping[type[Exception], int] = {
    InvalidBody: 400,
    InvalidCursor: 400,
    InvalidField: 400,
    InvalidKey: 400,
    InvalidValue: 400,
    NotFound: 404,
    AlreadyExists: 409,
    VersionConflict: 409,
    ItemTooLarge: 413,
    TransactionTooLarge: 413,
    ImpossibleTransition: 422,
}
"""What a caller can do something about. What may succeed later is 503; everything else is ours: 500, without a word on what it was."""

now: ContextVar[datetime] = ContextVar("now")
"""The time of the request that is being answered: the store's clock."""


@cache
def shop() -> Shop:
    """Opened by the first request: a function that fails to start says nothing in its log."""
    return Shop(open_store(os.environ, clock=now.get, cursors=CursorKeys.parse(setting(os.environ, CURSOR_KEYS))))


def make_handler(shop: Callable[[], Shop]) -> Callable[[Event, object], dict[str, Any]]:
    """A Lambda handler over a shop. It logs one line for each request: route, status, code and duration, nothing of what was sent."""

    def handle(event: Event, context: object) -> dict[str, Any]:
        started = perf_counter()
        request = Request.of(event)
        now.set(request.at)
        route, failure = None, None
        try:
            route, names = find(request)
            response = route.answer(_call(shop(), request, route, names))
        except Unroutable as unroutable:
            response = unroutable.response
        except Exception as caught:
            failure, response = caught, refusal(caught)
        line: dict[str, object] = {
            "request_id": request.id,
            "method": request.method,
            "route": route.template if route else None,
            "status": response.status,
            "milliseconds": round((perf_counter() - started) * 1000, 1),
            "code": response.code,
        }
        if failure and response.status >= 500:
            line |= {"cause": getattr(failure, "code", type(failure).__name__), "trail": trail(failure)}
        log("ERROR" if response.status == 500 else "INFO", request.at, **line)
        return response.event()

    return handle


handler = make_handler(shop)


class Unroutable(Exception):
    """No route takes this path, or not with this method."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.code)
        self.response = response


def find(request: Request) -> tuple[Route, dict[str, str]]:
    """The route of a request and the names in its path. Raises Unroutable."""
    matches = [(route, names) for route in ROUTES if (names := route.match(request.path)) is not None]
    for route, names in matches:
        if route.method == request.method:
            return route, names
    if matches:
        allowed = ", ".join(route.method for route, _ in matches)
        message = f"{matches[0][0].template} does not take {request.method[:20]}; allowed is {allowed}"
        raise Unroutable(error(405, "method-not-allowed", message, {"allow": allowed}))
    raise Unroutable(error(404, "unknown-route", f"there is nothing at this path; the routes are {', '.join(map(str, ROUTES))}"))


def _call(shop: Shop, request: Request, route: Route, names: dict[str, str]) -> Call:
    query = Fields.of(request.query, route.query)
    body = Fields.of(request.json(), route.body) if route.body else Fields({})
    return Call(shop, names, query, body, request.at)


def refusal(caught: Exception) -> Response:
    """The answer to an error. What is not in the table of statuses is not described."""
    status = next((STATUS_OF[kind] for kind in type(caught).__mro__ if kind in STATUS_OF), 500)
    if isinstance(caught, SingleTableError | ShopError) and status != 500:
        return error(status, caught.code, str(caught))
    if isinstance(caught, SingleTableError) and caught.retryable:
        return error(503, caught.code, "the shop is busy; send the request again in a second", {"retry-after": "1"})
    return error(500, "internal", "the shop failed; the request may be sent again")
