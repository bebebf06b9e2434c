"""The API as the platform calls it: real events in, answers and log lines out."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app import api, model
from app.answers import Shop
from app.api import ROUTES, make_handler
from app.model import User
from singletable import BotocoreTransport, Refusal, Store
from tests.app.conftest import CURSORS, HASH, START, TABLE, contents, line

EVENTS = Path(__file__).parent / "events"


def event(name: str, **ids: str) -> dict[str, Any]:
    """An event file with the {names} in it filled in."""
    text = (EVENTS / f"{name}.json").read_text()
    for placeholder, value in ids.items():
        text = text.replace(f"{{{placeholder}}}", value)
    return json.loads(text)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str | None

    @property
    def json(self) -> Any:
        return json.loads(self.text or "null")

    @property
    def code(self) -> str:
        return self.json["error"]["code"]

    @property
    def message(self) -> str:
        return self.json["error"]["message"]


class Api:
    """The handler, called with events."""

    def __init__(self, shop: Callable[[], Shop]) -> None:
        self.handler = make_handler(shop)

    def send(self, sent: dict[str, Any]) -> Answer:
        answer = self.handler(sent, None)
        assert json.loads(json.dumps(answer)) == answer
        return Answer(answer["statusCode"], answer["headers"], answer.get("body"))

    def call(self, method: str, path: str, body: object = None, *, raw: str | None = None, query: str = "") -> Answer:
        sent = event("show_user")
        sent["rawPath"] = sent["requestContext"]["http"]["path"] = path
        sent["requestContext"]["http"]["method"] = method
        sent["rawQueryString"] = query
        if raw is not None or body is not None:
            sent["body"] = raw if raw is not None else json.dumps(body)
        return self.send(sent)


@pytest.fixture
def web(client: Any) -> Api:
    store = Store(BotocoreTransport(client), TABLE, clock=api.now.get, cursors=CURSORS)
    return Api(lambda: Shop(store))


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    return lambda: [json.loads(text) for text in capsys.readouterr().out.splitlines()]


# --- the routes


def test_every_route_answers_its_event(web: Api) -> None:
    user = web.send(event("register_user"))
    assert (user.status, user.headers["content-type"]) == (201, "application/json")
    ids = {"user_id": user.json["id"]}
    assert user.json == {
        "id": ids["user_id"], "email": "Ada@Example.org", "name": "Ada Lovelace", "role": "user", "reference": "ADALO", "version": 1,
        "created_at": "2025-06-01T12:00:00.123000Z", "updated_at": "2025-06-01T12:00:00.123000Z",
    }  # fmt: skip
    assert web.send(event("show_user", **ids)) == Answer(200, user.headers, user.text)
    assert web.send(event("find_user")).json == user.json

    product = web.send(event("add_product"))
    assert product.status == 201
    ids["product_id"] = product.json["id"]
    assert product.json == {
        "id": ids["product_id"], "name": "Chai", "category": "Meat/Poultry", "price_minor": 1800, "currency": "EUR", "reference": "1",
        "version": 1, "created_at": "2025-06-01T12:00:00.123000Z",
    }  # fmt: skip
    assert web.send(event("show_product", **ids)).json == product.json
    assert web.send(event("list_products")).json == {"items": [product.json], "cursor": None}

    order = web.send(event("place_order", **ids))
    assert order.status == 201
    ids["order_id"] = order.json["id"]
    header = {
        "id": ids["order_id"], "user_id": ids["user_id"], "reference": "10250", "status": "placed", "currency": "EUR", "total_minor": 155260,
        "item_count": 3, "version": 1, "created_at": "2025-06-01T12:00:00.123000Z", "updated_at": "2025-06-01T12:00:00.123000Z",
    }  # fmt: skip
    lines = [("41", 10, 770, 0, 7700), ("51", 35, 4240, 15, 126140), ("65", 15, 1680, 15, 21420)]
    names = ("product_id", "quantity", "unit_price_minor", "discount_percent", "line_total_minor")
    assert order.json == {**header, "items": [dict(zip(names, values)) for values in lines]}
    again = web.send(event("place_order", **ids))
    assert (again.status, again.json) == (200, order.json)
    assert web.send(event("show_order", **ids)).json == order.json
    assert web.send(event("list_orders", **ids)).json == {"items": [header], "cursor": None}
    shipped = web.send(event("set_order_status", **ids))
    assert (shipped.status, shipped.json) == (200, {**header, "status": "shipped", "version": 2})

    moved = web.send(event("change_email", **ids))
    assert (moved.status, moved.json["email"], moved.json["version"]) == (200, "ada@new.example", 2)
    gone = web.send(event("remove_user", **ids))
    assert (gone.status, gone.text) == (204, None)
    assert web.send(event("show_user", **ids)).code == "not-found"


def test_the_event_files_cover_the_routes() -> None:
    routes = {route.answer.__name__: route for route in ROUTES}
    files = {path.stem for path in EVENTS.glob("*.json") if not path.stem.startswith("stream_")}
    assert files == routes.keys()
    for name, route in routes.items():
        sent = event(name)
        assert (sent["requestContext"]["http"]["method"], bool(sent.get("body"))) == (route.method, bool(route.body))
        assert route.match(sent["rawPath"]) is not None


def test_a_body_in_base64_is_a_body(web: Api) -> None:
    sent = event("register_user")
    sent |= {"body": base64.b64encode(json.dumps({**json.loads(sent["body"]), "name": "Zoë"}).encode()).decode(), "isBase64Encoded": True}
    assert web.send(sent).json["name"] == "Zoë"


def test_updates_are_stamped_with_the_time_of_their_request(web: Api) -> None:
    user_id = web.send(event("register_user")).json["id"]
    sent = event("change_email", user_id=user_id)
    sent["requestContext"]["timeEpoch"] += 3_600_000
    answer = web.send(sent).json
    assert (answer["created_at"], answer["updated_at"]) == ("2025-06-01T12:00:00.123000Z", "2025-06-01T13:00:00.123000Z")


def test_lists_come_in_pages_whose_cursors_are_bound_to_the_user(web: Api, shop: Shop, ada: User) -> None:
    for n in range(3):
        shop.orders.create_with_items(user_id=ada.id, reference=f"A-{n}", currency="EUR", lines=[line()], at=START.replace(minute=n))
    path = f"/users/{ada.id}/orders"
    first = web.call("GET", path, query="limit=2").json
    second = web.call("GET", path, query=f"limit=2&cursor={first['cursor']}").json
    assert [order["reference"] for order in first["items"] + second["items"]] == ["A-2", "A-1", "A-0"]
    assert second["cursor"] is None
    foreign = web.call("GET", "/users/eve/orders", query=f"limit=2&cursor={first['cursor']}")
    assert (foreign.status, foreign.code) == (400, "invalid-cursor")
    assert web.call("GET", "/users/nobody/orders").json == {"items": [], "cursor": None}


# --- what is refused

USER = {"email": "eve@example.org", "name": "Eve", "password_hash": HASH}
PRODUCT = {"name": "Tea", "category": "Beverages", "price_minor": 450, "currency": "EUR"}
LINE = {"product_id": "p1", "quantity": 2, "unit_price_minor": 450, "discount_percent": 10}
ORDER = {"user_id": "ADA", "reference": "A-1", "currency": "EUR", "lines": [LINE]}
HUGE = "x" * 400 * 1024


def without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


@pytest.mark.parametrize(
    ("request_", "status", "code", "message"),
    [
        (("POST", "/users", without(USER, "email")), 400, "invalid-field", "email: is missing"),
        (("POST", "/users", USER | {"name": None}), 400, "invalid-field", "name: is missing"),
        (("POST", "/users", USER | {"name": ""}), 400, "invalid-field", "name: takes a text that is not empty"),
        (("POST", "/users", USER | {"name": 5}), 400, "invalid-field", "name: takes a text"),
        (("POST", "/users", USER | {"name": "\ud800"}), 400, "invalid-field", "name: takes a text of Unicode characters"),
        (("POST", "/users", USER | {"password_hash": 7}), 400, "invalid-field", "password_hash: takes a text"),
        (
            ("POST", "/users", USER | {"role": "admin"}),
            400,
            "invalid-field",
            "role: is not known here; allowed is email, name, password_hash,",
        ),
        (("POST", "/users", USER | {"email": "nobody"}), 400, "invalid-value", "is not an e-mail address"),
        (("POST", "/users", USER | {"email": "ada@EXAMPLE.org"}), 409, "already-exists", "User.email is taken"),
        (("POST", "/users", USER | {"name": HUGE}), 413, "item-too-large", "User"),
        (("POST", "/users", [USER]), 400, "invalid-body", "the body is no JSON object"),
        (("POST", "/users", None), 400, "invalid-body", "the body is no JSON; send an object in UTF-8"),
        (("GET", "/users/nobody", None), 404, "not-found", "there is no such User"),
        (("PUT", "/users/ADA/email", {"email": "x@y.example", "version": "1"}), 400, "invalid-field", "version: takes a whole number"),
        (("PUT", "/users/ADA/email", {"email": "x@y.example", "version": True}), 400, "invalid-field", "version: takes a whole number"),
        (("PUT", "/users/ADA/email", {"email": "x@y.example", "version": 7}), 409, "version-conflict", "read it again"),
        (("PUT", "/users/nobody/email", {"email": "x@y.example", "version": 1}), 404, "not-found", "there is no such User"),
        (("DELETE", "/users/ADA?version=7", None), 409, "version-conflict", "read it again"),
        (("DELETE", "/users/ADA", None), 400, "invalid-field", "version: is missing"),
        (("DELETE", "/users/ADA?version=1.0", None), 400, "invalid-field", "version: takes a whole number from 1"),
        (("DELETE", "/users/ADA?version=", None), 400, "invalid-field", "version: takes a text"),
        (("GET", "/users", None), 400, "invalid-field", "email: is missing"),
        (("GET", "/users?email=eve%40example.org", None), 404, "not-found", "there is no such User"),
        (("GET", "/users?email=eve", None), 400, "invalid-value", "is not an e-mail address"),
        (("GET", "/users/ADA/orders?limit=101", None), 400, "invalid-field", "limit: takes a whole number from 1 to 100"),
        (("GET", "/users/ADA/orders?limit=0", None), 400, "invalid-field", "limit: takes a whole number from 1 to 100"),
        (("GET", "/users/ADA/orders?limit=%D9%A3", None), 400, "invalid-field", "limit: takes a whole number from 1 to 100"),
        (("GET", "/users/ADA/orders?cursor=abc", None), 400, "invalid-cursor", "start again with the first page"),
        (("GET", "/users/ADA/orders?page=2", None), 400, "invalid-field", "page: is not known here; allowed is limit, cursor"),
        (("POST", "/products", PRODUCT | {"price_minor": 4.5}), 400, "invalid-field", "price_minor: takes a whole number"),
        (("POST", "/products", PRODUCT | {"price_minor": -1}), 400, "invalid-field", "price_minor: -1 was given"),
        (("POST", "/products", PRODUCT | {"currency": "eur"}), 400, "invalid-field", "currency: 'eur' was given"),
        (("POST", "/products", PRODUCT | {"category": "c" * 3000}), 400, "invalid-key", "DynamoDB takes 2,048"),
        (("GET", "/products", None), 400, "invalid-field", "category: is missing"),
        (("GET", "/products/nothing", None), 404, "not-found", "there is no such Product"),
        (("POST", "/orders", ORDER | {"user_id": "nobody"}), 404, "not-found", "there is no such User"),
        (("POST", "/orders", ORDER | {"lines": {}}), 400, "invalid-field", "lines: takes a list of objects"),
        (("POST", "/orders", ORDER | {"lines": []}), 400, "invalid-field", "lines: none was given"),
        (("POST", "/orders", ORDER | {"lines": [LINE, 5]}), 400, "invalid-field", "lines[1]: takes an object"),
        (("POST", "/orders", ORDER | {"lines": [LINE, without(LINE, "quantity")]}), 400, "invalid-field", "lines[1].quantity: is missing"),
        (("POST", "/orders", ORDER | {"lines": [LINE | {"total": 1}]}), 400, "invalid-field", "lines[0].total: is not known here"),
        (("POST", "/orders", ORDER | {"lines": [LINE | {"quantity": 0}]}), 400, "invalid-field", "lines[0].quantity: 0 was given"),
        (
            ("POST", "/orders", ORDER | {"lines": [LINE, LINE]}),
            400,
            "invalid-field",
            "lines[1].product_id: the product is on lines[0] already",
        ),
        (("POST", "/orders", ORDER | {"lines": [LINE | {"product_id": str(n)} for n in range(98)]}), 413, "transaction-too-large", "98"),
        (("GET", "/orders/nothing", None), 404, "not-found", "there is no such Order"),
        (
            ("PUT", "/orders/A-0/status", {"status": "lost", "version": 1}),
            400,
            "invalid-field",
            "'lost' was given; allowed is placed, paid, ",
        ),
        (
            ("PUT", "/orders/A-0/status", {"status": "delivered", "version": 1}),
            422,
            "impossible-transition",
            "a placed order cannot become",
        ),
        (("PUT", "/orders/A-0/status", {"status": "paid", "version": 2}), 409, "version-conflict", "read it again"),
        (("GET", "/basket", None), 404, "unknown-route", "the routes are POST /users, GET /users, GET /users/{id}, "),
        (("GET", "/users/", None), 404, "unknown-route", "there is nothing at this path"),
        (("GET", "/", None), 404, "unknown-route", "there is nothing at this path"),
        (("PATCH", "/users/ADA", None), 405, "method-not-allowed", "/users/{id} does not take PATCH; allowed is GET, DELETE"),
    ],
)
def test_what_is_refused_says_why_and_changes_nothing(
    client: Any, web: Api, shop: Shop, ada: User, request_: tuple[str, str, Any], status: int, code: str, message: str
) -> None:
    order = shop.orders.create_with_items(user_id=ada.id, reference="A-0", currency="EUR", lines=[line()], at=START).order
    before = contents(client)
    method, target, body = request_
    path, _, query = target.replace("ADA", ada.id).replace("A-0", order.id).partition("?")
    answer = web.call(method, path, json.loads(json.dumps(body).replace('"ADA"', f'"{ada.id}"')), query=query)
    assert (answer.status, answer.code) == (status, code)
    assert message in answer.message
    assert answer.json.keys() == {"error"} and answer.json["error"].keys() == {"code", "message"}
    assert HASH not in (answer.text or "")
    if status == 405:
        assert answer.headers["allow"] == "GET, DELETE"
    assert contents(client) == before


@pytest.mark.parametrize("raw", ["{", '{"a": 1', "\ud800", "[" * 100_000, '{"name": ' + "9" * 5000 + "}"])
def test_a_body_that_is_no_json_is_refused(web: Api, raw: str) -> None:
    assert web.call("POST", "/users", raw=raw).status == 400


# --- what goes wrong


class Failing(BotocoreTransport):
    """Refuses everything, as DynamoDB would."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def call(self, operation: str, request: Any, /) -> dict[str, Any]:
        raise self.error


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Refusal("ProvisionedThroughputExceededException", "slow down ada@example.org"), 503, "throttled"),
        (Refusal("TransactionConflictException", "later"), 503, "transaction-conflict"),
        (Refusal("TransactionInProgressException", "later"), 503, "service-error"),
        (Refusal("ResourceNotFoundException", "Requested resource not found: Table: shop-1a2b ada@example.org"), 500, "internal"),
        (RuntimeError("ada@example.org"), 500, "internal"),
    ],
)
def test_what_the_shop_cannot_help_is_said_without_detail(error: Exception, status: int, code: str, log: Any) -> None:
    pauses: list[float] = []
    store = Store(Failing(error), TABLE)
    shop = Shop(store)
    shop.users = type(shop.users)(store, sleep=pauses.append)
    answer = Api(lambda: shop).send(event("register_user"))
    assert (answer.status, answer.code) == (status, code)
    assert answer.headers.get("retry-after") == ("1" if status == 503 else None)
    (entry,) = log()
    assert (entry["status"], entry["code"], entry["level"]) == (status, code, "ERROR" if status == 500 else "INFO")
    assert any(step.endswith(" register_user") for step in entry["trail"])
    for secret in ("ada@example.org", "slow down", "shop-1a2b", HASH, "Ada"):
        assert secret not in f"{answer.text} {entry}"
    assert len(pauses) == (5 if code == "transaction-conflict" else 0)
    assert sum(pauses) < 1


def test_an_event_of_something_else_is_an_error_of_the_function(web: Api) -> None:
    with pytest.raises(KeyError, match="requestContext"):
        web.handler({"Records": []}, None)


# --- the log


def test_one_line_of_log_for_each_request_without_anything_personal(web: Api, log: Callable[[], list[dict[str, Any]]]) -> None:
    user_id = web.send(event("register_user")).json["id"]
    for name in ("show_user", "find_user", "change_email", "register_user", "remove_user"):
        web.send(event(name, user_id=user_id))
    web.call("POST", "/users", USER | {"password_hash": ["$argon2id$"]})
    web.call("GET", "/users", query="email=mallory")
    web.call("GET", "/elsewhere/ada@example.org")
    entries = log()
    assert [(entry["method"], entry["route"], entry["status"], entry["code"]) for entry in entries] == [
        ("POST", "/users", 201, None),
        ("GET", "/users/{id}", 200, None),
        ("GET", "/users", 200, None),
        ("PUT", "/users/{id}/email", 200, None),
        ("POST", "/users", 201, None),
        ("DELETE", "/users/{id}", 204, None),
        ("POST", "/users", 400, "invalid-field"),
        ("GET", "/users", 400, "invalid-value"),
        ("GET", None, 404, "unknown-route"),
    ]
    assert all(entry["milliseconds"] >= 0 and entry["request_id"] == "4c1f6e0e-6f0d-4a55-9d3a-0c2f6d3d3f11" for entry in entries)
    assert {(entry["timestamp"], entry["level"]) for entry in entries} == {("2025-06-01T12:00:00.123000Z", "INFO")}
    written = json.dumps(entries).casefold()
    for personal in ("example", "mallory", "lovelace", "argon2", "adalo", user_id):
        assert personal not in written


# --- the function


@pytest.fixture
def environment(client: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    variables = {
        "TABLE_NAME": TABLE,
        "SCHEMA_FINGERPRINT": model.table.definition().fingerprint,
        "CURSOR_KEYS": "k1:" + base64.b64encode(bytes(32)).decode(),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    api.shop.cache_clear()
    yield monkeypatch
    api.shop.cache_clear()


def test_the_function_opens_its_shop_with_the_first_request_and_keeps_it(environment: pytest.MonkeyPatch) -> None:
    answer = api.handler(event("register_user"), None)
    assert answer["statusCode"] == 201
    shop = api.shop()
    sent = event("change_email", user_id=json.loads(answer["body"])["id"])
    sent["requestContext"]["timeEpoch"] += 1000
    assert json.loads(api.handler(sent, None)["body"])["updated_at"] == "2025-06-01T12:00:01.123000Z"
    assert api.shop() is shop


@pytest.mark.parametrize(
    ("name", "value", "cause"),
    [
        ("TABLE_NAME", "", "setting-missing"),
        ("CURSOR_KEYS", "", "setting-missing"),
        ("SCHEMA_FINGERPRINT", "", "setting-missing"),
        ("SCHEMA_FINGERPRINT", "0123456789abcdef", "schema-drift"),
    ],
)
def test_a_wrong_environment_answers_500_and_names_the_cause_in_the_log(
    environment: pytest.MonkeyPatch, log: Callable[[], list[dict[str, Any]]], name: str, value: str, cause: str
) -> None:
    environment.setenv(name, value)
    answer = api.handler(event("show_user"), None)
    assert (answer["statusCode"], json.loads(answer["body"])["error"]["code"]) == (500, "internal")
    assert [entry["cause"] for entry in log()] == [cause]


def test_the_permissions_follow_from_the_repositories() -> None:
    names = {pattern.name for pattern in api.patterns}
    declared = {pattern.name for pattern in model.table.patterns}
    assert names == declared - {"find_notice", "record_notice"}
