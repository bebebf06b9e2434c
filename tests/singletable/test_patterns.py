"""What a pattern is called with, what it is expected to be called at, what it would send and cost, and that DynamoDB would take it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from singletable import (
    Between,
    DeclarationError,
    Email,
    Id,
    InvalidArguments,
    InvalidKey,
    ItemTooLarge,
    Key,
    PatternError,
    Secret,
    Store,
    Table,
    Timestamp,
    Version,
    check,
    create,
    delete,
    entity,
    updated,
)
from singletable.testing import WRITTEN, RecordingTransport, found, listed, locked, refused, wire
from singletable.transport import METHODS
from tests.singletable.conftest import CURSOR_KEYS, NOW
from tests.singletable.shop import model
from tests.singletable.shop.model import Credential, Order, OrderItem, OrderStatus, Product, User

START = datetime(2025, 1, 1, tzinfo=UTC)
ADA = User(id="u1", email="ada@example.org", name="Ada", created_at=START, updated_at=START)
HASH = Credential(user_id="u1", password_hash=Secret("argon2"))
ORDER = Order(id="o1", user_id="u1", total=5, created_at=START, updated_at=START)
ITEM = OrderItem(order_id="o1", product_id="p1", quantity=1, price=5)
PRODUCT = Product(id="p1", category="c", name="n", price=5)
confirm = model.table.transaction(
    check(User),
    check(Product, unchanged=True, up_to=2),
    model.set_order_status,
    create(OrderItem),
    doc="Confirms.\n\nAt length.",
    rate="90/min",
)


@model.table.many(Order, newest_first=True, rate="50/s")
def orders_between(user_id: str, created_at: Between[Timestamp]) -> None:
    """Orders of some days."""


BOUND: list[Any] = [
    model.find_user(id="u1"),
    model.find_user_by_email(email="a@x.io"),
    model.find_order(id="o1"),
    model.list_orders(user_id="u1"),
    orders_between("u1", Between(START, NOW)),
    orders_between("u1", Between(None, NOW)),
    model.list_category(category="c"),
    model.register_user(ADA, HASH),
    model.remove_user(ADA, HASH),
    model.add_product(PRODUCT),
    model.place_order(ORDER, [ITEM]),
    model.set_order_status(ORDER, status=OrderStatus.PAID),
    model.change_email(ADA, email="new@example.org"),
    confirm(model.find_user(id="u1"), [PRODUCT], model.set_order_status(ORDER, status=OrderStatus.PAID), ITEM),
]


@cache
def service() -> Any:
    return botocore.session.get_session().get_service_model("dynamodb")


@pytest.mark.parametrize("bound", BOUND, ids=lambda bound: bound.pattern.name)
def test_every_request_fits_the_services_model(bound: Any) -> None:
    """The client of `botocore_transport` does not check parameters, so this does."""
    for request in Store(RecordingTransport(), "shop", clock=lambda: NOW).plan(bound).requests:
        report = ParamValidator().validate(request.body, service().operation_model(request.operation).input_shape)
        assert not report.has_errors(), report.generate_report()


def test_there_is_no_way_to_scan() -> None:
    assert METHODS.keys() == {"GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}
    assert {request.operation for bound in BOUND for request in Store(RecordingTransport(), "t").plan(bound).requests} <= METHODS.keys()


@pytest.mark.parametrize("bound", BOUND, ids=lambda bound: bound.pattern.name)
def test_every_placeholder_is_defined_and_used(bound: Any) -> None:
    """DynamoDB refuses a name or value that an expression does not use, and one that it does not know."""

    def check_body(body: dict[str, Any]) -> None:
        expressions = " ".join(text for name, text in body.items() if name.endswith("Expression"))
        defined = {*body.get("ExpressionAttributeNames", {}), *body.get("ExpressionAttributeValues", {})}
        assert set(re.findall(r"[#:]\w+", expressions)) == defined
        assert body.get("ExpressionAttributeValues") != {}

    for request in Store(RecordingTransport(), "shop", clock=lambda: NOW).plan(bound).requests:
        for action in request.body.get("TransactItems", [{"": request.body}]):
            check_body(next(iter(action.values())))


@pytest.mark.parametrize("bound", BOUND, ids=lambda bound: bound.pattern.name)
def test_what_is_planned_is_what_is_sent(bound: Any) -> None:
    transport = RecordingTransport(*[WRITTEN | {"Items": []}] * 2)
    store = Store(transport, "shop", clock=lambda: NOW)
    call: Any = {"BoundOne": store.get, "BoundMany": store.page, "BoundUpdate": store.update, "BoundTransaction": store.write}
    call[type(bound).__name__](bound)
    assert transport.requests == list(store.plan(bound).requests[:1])


# Units by "DynamoDB read and write operations": a read of up to 4 KB is 1 unit, half when eventually consistent; a write of up to 1 KB is 1,
# 2 in a transaction; an entry of an index 1, or 2 when its key changes.
@pytest.mark.parametrize(
    ("bound", "read", "write", "indexes"),
    [
        (model.find_user(id="u1"), 0.5, 0, {}),
        (model.find_user_by_email(email="a@x.io"), 2, 0, {}),
        (model.find_order(id="o1"), 0, 0, {"GSI1": 0.5}),
        (model.add_product(PRODUCT), 0, 1, {"GSI1": 1}),
        (model.register_user(ADA, HASH), 0, 6, {"GSI1": 1}),
        (model.place_order(ORDER, [ITEM, replace(ITEM, product_id="p2")]), 0, 6, {"GSI1": 1}),
        (model.set_order_status(ORDER, status=OrderStatus.PAID), 0, 1, {"GSI1": 1}),
        (model.change_email(ADA, email="new@example.org"), 0, 6, {"GSI1": 2}),
    ],
    ids=lambda given: given.pattern.name if hasattr(given, "pattern") else None,
)
def test_a_plan_has_its_cost(bound: Any, read: float, write: float, indexes: dict[str, float]) -> None:
    cost = Store(RecordingTransport(), "shop", clock=lambda: NOW).plan(bound).cost
    assert (cost.read, cost.write, dict(cost.indexes)) == (read, write, indexes)


def test_a_list_is_priced_by_its_page_and_the_size_of_its_items() -> None:
    store = Store(RecordingTransport(), "shop")
    assert store.plan(model.list_orders(user_id="u1"), item_size_bytes=4096).cost.read == 26 / 2
    assert store.plan(model.find_user(id="u1"), item_size_bytes=4097).cost.read == 1


def test_a_plan_refuses_what_a_write_would() -> None:
    with pytest.raises(ItemTooLarge):
        Store(RecordingTransport(), "shop").plan(model.add_product(replace(PRODUCT, name="x" * 410_000)))


# --- calling


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: model.find_user(), "find_user takes id; given: nothing"),
        (lambda: model.find_user(idd="1"), "find_user takes id; given: idd"),
        (lambda: model.find_user("1", "2"), "find_user takes id; given: id, argument 2$"),
        (lambda: model.find_user("1", id="1"), "find_user takes id; given: id, id$"),
        (lambda: model.set_order_status(None, status=OrderStatus.PAID), "set_order_status changes an Order that was read, not None"),
        (lambda: model.set_order_status("o1", status=OrderStatus.PAID), "set_order_status changes an Order that was read, not a str"),
        (lambda: model.set_order_status(ADA, status=OrderStatus.PAID), "set_order_status changes an Order that was read, not a User"),
        (lambda: model.place_order(ORDER, ITEM), r"create\(OrderItem, up_to=98\) takes a list, not an OrderItem"),
        (lambda: model.place_order(ORDER, "p1"), r"create\(OrderItem, up_to=98\) takes a list, not a str"),
        (lambda: model.set_order_status(ORDER), "set_order_status takes status; given: nothing"),
        (lambda: model.set_order_status(ORDER, state="paid"), "set_order_status takes status; given: state"),
        (lambda: model.place_order(ORDER), r"place_order takes create\(Order\), create\(OrderItem, up_to=98\); given: an Order$"),
        (lambda: model.set_order_status(id="1"), "changes an Order that was read: give it first, then status; given: id$"),
        (lambda: model.place_order(ITEM, [ITEM]), r"create\(Order\) takes an Order, not an OrderItem"),
        (lambda: model.place_order(ORDER, [ORDER]), r"create\(OrderItem\) takes an OrderItem, not an Order"),
        (lambda: confirm(ADA, [PRODUCT], ORDER, ITEM), "takes a call of set_order_status, not an Order"),
        (
            lambda: confirm(ORDER, [], model.set_order_status(ORDER, status=OrderStatus.PAID), ITEM),
            r"by its primary key, such as find\(id\), not an Order",
        ),
        (
            lambda: confirm(model.find_order(id="1"), [], model.set_order_status(ORDER, status=OrderStatus.PAID), ITEM),
            r"not find_order\(\.\.\.\)",
        ),
        (
            lambda: confirm(ADA, [model.find_user(id="1")], model.set_order_status(ORDER, status=OrderStatus.PAID), ITEM),
            r"takes a Product, not find_user\(\.\.\.\)",
        ),
    ],
)
def test_a_pattern_takes_what_it_declares(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(InvalidArguments, match=message):
        call()


def test_a_pattern_and_its_call_show_themselves_in_one_line() -> None:
    moved = model.set_order_status(ORDER, status=OrderStatus.PAID)
    assert [repr(shown) for shown in (model.find_user, model.list_orders, model.set_order_status, model.register_user)] == [
        "<one find_user>", "<many list_orders>", "<update set_order_status>", "<transaction register_user>",
    ]  # fmt: skip
    assert repr(model.find_user("u1")) == "find_user(id='u1')"
    assert repr(orders_between("u1", Between(high=NOW))) == f"orders_between(user_id='u1', created_at=Between(low=None, high={NOW!r}))"
    assert repr(moved) == f"set_order_status({ORDER!r}, status={OrderStatus.PAID!r})"
    assert repr(model.register_user(ADA, HASH)) == f"register_user({ADA!r}, {HASH!r})" and "argon2" not in repr(HASH)


def test_patterns_and_their_calls_can_be_kept_in_a_set() -> None:
    assert {model.find_user, model.find_user} == {model.find_user}
    assert len({model.find_user("u1"), model.find_user(id="u1"), model.find_user("u2")}) == 2


def test_every_method_of_a_store_says_what_it_takes() -> None:
    store = Store(RecordingTransport(), "shop")
    methods: Any = {
        store.get: "get",
        store.page: "page",
        lambda given: list(store.all(given)): "all",
        store.update: "update",
        store.write: "write",
    }
    example = {"get": "find_user", "page": "list_orders", "all": "list_orders", "update": "rename_user", "write": "add_user"}
    for call, name in methods.items():
        for given, message in {
            "": rf"^{name}\(\) takes a pattern that was called, such as {example[name]}\(.*\), not a str$",
            ADA: rf"^{name}\(\) takes a pattern that was called, such as {example[name]}\(.*\), not a User$",
            model.find_user: rf"^<one find_user> was not called: {name}\(find_user\(\.\.\.\)\)$",
        }.items():
            with pytest.raises(InvalidArguments, match=message):
                call(given)
    with pytest.raises(InvalidArguments, match="was not called"):
        store.plan(model.find_user)


@pytest.mark.parametrize(
    ("method", "bound", "right"),
    [
        ("get", model.list_orders("u1"), "page() or all()"),
        ("page", model.find_user("u1"), "get()"),
        ("all", model.find_user("u1"), "get()"),
        ("get", model.set_order_status(ORDER, status=OrderStatus.PAID), "update()"),
        ("write", model.set_order_status(ORDER, status=OrderStatus.PAID), "update()"),
        ("update", model.place_order(ORDER, []), "write()"),
    ],
)
def test_a_store_names_the_right_method(method: str, bound: Any, right: str) -> None:
    call: Any = getattr(Store(RecordingTransport(), "shop"), method)
    with pytest.raises(InvalidArguments) as refusal:
        list(call(bound))
    assert str(refusal.value) == f"{bound.pattern.name}(...) is for {right}, not for {method}()"


def test_a_range_of_another_type_is_refused_by_name() -> None:
    with pytest.raises(InvalidKey, match="^created_at: 'yesterday' is no timestamp$"):
        Store(RecordingTransport(), "shop").page(orders_between("u1", Between("yesterday")))  # type: ignore[arg-type]


def test_another_update_of_the_same_entity_is_another_step() -> None:
    other = model.table.update(Order, "status")
    with pytest.raises(InvalidArguments, match="takes a call of set_order_status"):
        confirm(ADA, [PRODUCT], other(ORDER, status=OrderStatus.PAID), ITEM)
    model.table.patterns.remove(other)


def test_a_pattern_knows_its_documentation_and_rate() -> None:
    assert (orders_between.name, orders_between.doc, orders_between.rate_per_second) == ("orders_between", "Orders of some days.", 50.0)
    assert (confirm.name, confirm.doc, confirm.rate_per_second) == ("confirm", "Confirms.", 1.5)
    assert (model.find_user.doc, model.find_user.rate_per_second) == ("", None)
    assert [entity.name for entity in confirm.entities] == ["User", "Product", "Order", "OrderItem"]


# --- declaring


def small() -> tuple[Table, Any]:
    table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})

    @entity(table, key=("A#{id}", "A"), GSI1=("B#{b}", "{c}"))
    class Thing:
        id: Id
        b: str
        c: str
        d: str = ""

    return table, Thing


@pytest.mark.parametrize("rate", ["", "50", "x/s", "50/day", "0/s", "-1/s", "inf/s", "nan/s", "50/", "/s"])
def test_a_rate_is_calls_per_time(rate: str) -> None:
    table, thing = small()
    assert table.one(thing, by="id", rate="3600/h").rate_per_second == 1
    with pytest.raises(PatternError, match="write calls per time, such as 50/s, 3000/min or 10/h"):
        table.one(thing, by="id", rate=rate)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda t, e: t.update(e, "b"),
            "GSI1 is also made from c, which somebody else may have changed since the item was read: give Thing",
        ),
        (lambda t, e: t.update(e)(lambda: None), r"update\(Thing\) changes nothing: name at least one field"),
        (lambda t, e: t.transaction(), "this transaction writes nothing"),
        (lambda t, e: t.transaction(check(e)), "this transaction writes nothing: it takes at least one create, update or delete"),
        (lambda t, e: t.transaction(create(e, up_to=0)), r"create\(Thing, up_to=0\): up_to is at least 1"),
        (lambda t, e: t.transaction(create(e), check(e, unchanged=True)), "Thing has no field of the type Version"),
        (lambda t, e: t.transaction(t.patterns[0]), r"a transaction takes create\(E\), delete\(E\), check\(E\) and update patterns"),
        (lambda t, e: t.many(e, by="b", consistent=True), "an index is only eventually consistent"),
        (lambda t, e: t.one(e, by="id", index="GSI1"), "GSI1PK=B#{b} GSI1SK={c}: needs b"),
        (lambda t, e: t.many(e, by="b", page=0), "page=0: a page has 1 to 1,000 items"),
        (lambda t, e: t.many(e, by="b", page=1001), "page=1001: a page has 1 to 1,000 items"),
    ],
)
def test_patterns_that_cannot_work_are_refused_when_they_are_declared(ask: Callable[..., Any], message: str) -> None:
    table, thing = small()
    declared = [table.one(thing, by="id"), table.update(thing, "b", "c"), table.update(thing, "d")]
    with pytest.raises(PatternError, match=message):
        ask(table, thing)
    assert table.patterns == declared


def test_an_entity_of_another_table_is_refused() -> None:
    table, thing = small()
    other, _ = small()
    for ask in (
        lambda: other.one(thing, by="id"),
        lambda: other.many(thing, by="b"),
        lambda: other.update(thing, "d"),
        lambda: other.transaction(create(thing)),
        lambda: other.transaction(delete(thing)),
        lambda: other.transaction(table.update(thing, "d")),
    ):
        with pytest.raises(DeclarationError, match="Thing is an entity of another table"):
            ask()


def test_keys_that_share_an_attribute_make_it_alike() -> None:
    """An index that swaps the table's keys is a usual thing."""
    table = Table(key=Key("PK", "SK"), indexes={"swapped": Key("SK", "PK")})

    @entity(table, key=("USER#{user}", "GROUP#{group}"), swapped=("GROUP#{group}", "USER#{user}"))
    class Member:
        user: str
        group: str

    request = Store(RecordingTransport(), "t").plan(table.many(Member, by="group")(group="g")).requests[0]
    assert request.body["ExpressionAttributeNames"] == {"#pk": "SK", "#sk": "PK"}
    with pytest.raises(DeclarationError, match="SK is made from GROUP#{group} and from TEAM#{group}: keys share an attribute"):

        @entity(table, key=("USER#{user}", "GROUP#{group}"), swapped=("TEAM#{group}", "USER#{user}"))
        class Other:
            user: str
            group: str


def test_an_update_never_sets_an_attribute_of_the_tables_key() -> None:
    """An index may share one: DynamoDB refuses an expression that names it."""
    table = Table(key=Key("PK", "SK"), indexes={"by_rank": Key("PK", "rank_key")})

    @entity(table, key=("TEAM#{team}", "PLAYER#{id}"), by_rank=("TEAM#{team}", "{rank:3}"))
    class Player:
        id: Id
        team: str
        rank: int = 0

    change = table.update(Player, "rank")
    [request] = Store(RecordingTransport(), "t").plan(change(Player(id="1", team="a"), rank=7)).requests
    assert request.body["UpdateExpression"] == "SET #n0 = :v0, #n1 = :v1"
    assert request.body["ExpressionAttributeNames"] == {"#n0": "rank", "#n1": "rank_key", "#pk": "PK"}


def test_an_update_without_version_needs_the_item_only() -> None:
    table, thing = small()
    [request] = Store(RecordingTransport(), "t").plan(table.update(thing, "d")(thing(id="1", b="b", c="c"), d="x")).requests
    assert request.body["ConditionExpression"] == "attribute_exists(#pk)"


def test_an_update_sets_what_follows_from_it() -> None:
    table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})

    @entity(table, key=("A#{id}", "A"), GSI1=("MAIL#{email}", "{rank:3}"))
    class Person:
        id: Id
        email: Email | None = None
        rank: int = 0
        version: Version = 1
        updated_at: Timestamp = updated()

    change = table.update(Person, "email")
    person = Person(id="1", email="A@x.io", updated_at=START)
    store = Store(RecordingTransport(), "t", clock=lambda: START + timedelta(days=1))
    body = store.plan(change(person, email=None)).requests[0].body
    assert body["UpdateExpression"] == "SET #n1 = :v1, #n2 = :v2 REMOVE #n0, #n3, #n4"
    names = ("email", "version", "updated_at", "GSI1PK", "GSI1SK")
    assert [body["ExpressionAttributeNames"][f"#n{number}"] for number in range(5)] == list(names)
    assert body["ExpressionAttributeValues"] == {
        ":v1": {"N": "2"}, ":v2": {"S": "2025-01-02T00:00:00.000000Z"}, ":read": {"N": "1"},
    }  # fmt: skip


# --- what tests are given


def test_a_recording_transport_gives_its_answers_in_order() -> None:
    transport = RecordingTransport(found(ADA), refused("ThrottlingException"), lambda request: found(None), WRITTEN)
    store = Store(transport, "shop")
    assert store.get(model.find_user(id="u1")) == ADA
    with pytest.raises(Exception, match="DynamoDB throttled this request"):
        store.get(model.find_user(id="u1"))
    assert store.get(model.find_user(id="u1")) is None
    assert transport.unused == 1
    store.write(model.add_product(PRODUCT))
    with pytest.raises(AssertionError, match="request 5, GetItem, has no answer left"):
        store.get(model.find_user(id="u1"))
    assert [request.operation for request in transport.requests] == ["GetItem", "GetItem", "GetItem", "PutItem", "GetItem"]


def test_answers_have_the_services_form() -> None:
    shapes = {"GetItem": [found(ADA), found(None), locked(ADA, "email")], "Query": [listed(ORDER, ORDER), listed()]}
    for operation, answers in shapes.items():
        for answer in answers:
            assert isinstance(answer, dict)
            assert not ParamValidator().validate(answer, service().operation_model(operation).output_shape).has_errors()
    assert wire(ADA)["PK"] == {"S": "USER#u1"}


@pytest.mark.parametrize(("pattern", "names"), [(model.list_orders, {"PK", "SK"}), (model.list_category, {"PK", "SK", "GSI1PK", "GSI1SK"})])
def test_a_list_that_goes_on_names_its_last_key(pattern: Any, names: set[str]) -> None:
    item = PRODUCT if pattern is model.list_category else ORDER
    transport = RecordingTransport(listed(item, more=True), listed())
    store = Store(transport, "shop", cursors=CURSOR_KEYS)
    assert list(store.all(pattern(*(["c"] if item is PRODUCT else ["u1"])))) == [item]
    assert transport.requests[1].body["ExclusiveStartKey"].keys() == names
