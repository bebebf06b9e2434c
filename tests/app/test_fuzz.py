"""Whatever JSON comes in, there is an answer to it, and it is never a failure of the shop."""

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.answers import Shop
from app.api import ROUTES, Route, make_handler
from singletable import Secret
from tests.app.conftest import HASH, START, line

WHOLE = st.integers() | st.integers(-1, 3) | st.integers(-(10**45), 10**45)
TEXT = st.text(max_size=30) | st.sampled_from(
    ["EUR", "paid", "a@b.example", HASH, "#", "%", "\ud800", "x" * 1100, "e\u0301@\u00e9.example"]
)
ANY = st.recursive(
    st.none() | st.booleans() | st.floats() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
)
LINES = st.lists(
    st.fixed_dictionaries(
        {"product_id": TEXT | ANY, "quantity": WHOLE | ANY, "unit_price_minor": WHOLE | ANY}, optional={"discount_percent": WHOLE | ANY}
    ),
    max_size=4,
)
SHAPES = {"user_id": st.just("ADA"), "lines": LINES, "version": WHOLE, "price_minor": WHOLE}


@st.composite
def requests(draw: st.DrawFn) -> tuple[Route, str, str, str]:
    """A route, a path that fits it, a query and a body with the right names and any values."""
    route = draw(st.sampled_from(ROUTES))
    path = route.template.replace("{id}", draw(st.sampled_from(["ADA", "ORDER", "nobody", "%00", "..", "é"])))
    query = "&".join(
        f"{name.removesuffix('?')}={draw(st.sampled_from(['1', '', 'x', '%ff', 'a%40b.example']))}" for name in route.query.split()
    )
    names = [name.removesuffix("?") for name in route.body.split()]
    body = draw(
        st.fixed_dictionaries({name: SHAPES.get(name, TEXT) | ANY if draw(st.booleans()) else SHAPES.get(name, TEXT) for name in names})
    )
    return route, path, query, json.dumps(body)


class Scene:
    """A user and an order, made anew when a request has changed one of them."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.numbers = shop, count()
        self.renew()

    def renew(self) -> None:
        email = f"ada{next(self.numbers)}@example.org"
        self.ada = self.shop.users.create(email=email, name="Ada", password_hash=Secret(HASH), at=START)
        self.order = self.shop.orders.create_with_items(
            user_id=self.ada.id, reference="A-1", currency="EUR", lines=[line()], at=START
        ).order


@pytest.fixture
def scene(shop: Shop) -> Scene:
    return Scene(shop)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(request_=requests())
def test_no_request_makes_the_shop_fail(scene: Scene, request_: tuple[Route, str, str, str]) -> None:
    route, path, query, body = request_
    http = {"method": route.method, "path": path}
    event: dict[str, Any] = {
        "rawPath": path.replace("ADA", scene.ada.id).replace("ORDER", scene.order.id),
        "rawQueryString": query,
        "requestContext": {"http": http, "requestId": "1", "timeEpoch": 1748779200123},
        "body": body.replace('"ADA"', json.dumps(scene.ada.id)),
        "isBase64Encoded": False,
    }
    answer = make_handler(lambda: scene.shop)(event, None)
    assert answer["statusCode"] < 500, answer
    assert "error" in json.loads(answer.get("body", "{}")) or answer["statusCode"] < 300
    json.dumps(answer).encode()
    if route.method in ("PUT", "DELETE") and answer["statusCode"] < 300:
        scene.renew()
