"""The shop's patterns, executed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from singletable import Between, BotocoreTransport, Id, Key, Secret, Store, Table, Timestamp, create, delete, entity, entity_of
from singletable.errors import (
    AlreadyExists,
    InvalidArguments,
    InvalidCursor,
    InvalidValue,
    ItemTooLarge,
    MalformedItem,
    NotFound,
    NotUnique,
    ServiceError,
    TransactionTooLarge,
    UnknownEntity,
    VersionConflict,
)
from tests.singletable.conftest import NOW
from tests.singletable.shop import model
from tests.singletable.shop.model import Credential, Order, OrderItem, OrderStatus, Product, User
from tests.singletable.shop.orders import OrderRepository

START = datetime(2025, 1, 1, tzinfo=UTC)
ADA = User(id="u#1", email="Ada@Example.org", name="Ada", created_at=START, updated_at=START)
HASH = Credential(user_id="u#1", password_hash=Secret("argon2"))


def order(number: int, **changes: Any) -> Order:
    at = START + timedelta(minutes=number)
    return replace(Order(id=f"o{number}", user_id="u#1", total=100, created_at=at, updated_at=at), **changes)


def test_a_user_is_found_by_key_and_by_any_spelling_of_the_address(store: Store) -> None:
    store.write(model.register_user(ADA, HASH))
    assert store.get(model.find_user(id="u#1")) == ADA
    assert store.get(model.find_user_by_email(email=" ada@EXAMPLE.org")) == ADA
    assert store.get(model.find_user(id="u")) is None
    assert store.get(model.find_user_by_email(email="eve@example.org")) is None


def test_an_address_is_claimed_once(store: Store) -> None:
    store.write(model.register_user(ADA, HASH))
    with pytest.raises(AlreadyExists, match="User.email is taken"):
        store.write(model.register_user(replace(ADA, id="u2", email="ADA@example.org"), replace(HASH, user_id="u2")))
    assert store.get(model.find_user(id="u2")) is None
    with pytest.raises(AlreadyExists, match="this User exists already"):
        store.write(model.register_user(replace(ADA, email="other@example.org"), HASH))
    with pytest.raises(AlreadyExists, match="this Credential exists already"):
        store.write(model.register_user(replace(ADA, id="u3", email="third@example.org"), HASH))


def test_an_address_moves_with_its_lock(store: Store, client: Any) -> None:
    store.write(model.register_user(ADA, HASH))
    moved = store.update(model.change_email(ADA, email="ada@new.org"))
    assert (moved.email, moved.version, moved.updated_at) == ("ada@new.org", 2, NOW)
    assert store.get(model.find_user_by_email(email="ada@new.org")) == moved == store.get(model.find_user(id="u#1"))
    assert store.get(model.find_user_by_email(email="Ada@Example.org")) is None
    item = client.get_item(TableName="shop", Key=entity_of(User).primary.key_of({"id": "u#1"}))["Item"]
    assert item["GSI1PK"] == {"S": "EMAIL#ada@new.org"}
    store.write(model.register_user(replace(ADA, id="u2"), replace(HASH, user_id="u2")))
    with pytest.raises(AlreadyExists, match="User.email is taken"):
        store.update(model.change_email(moved, email="ADA@example.org"))
    with pytest.raises(VersionConflict):
        store.update(model.change_email(ADA, email="fourth@example.org"))


def test_another_spelling_of_the_same_address_keeps_its_lock(store: Store) -> None:
    store.write(model.register_user(ADA, HASH))
    bound = model.change_email(ADA, email="ADA@EXAMPLE.ORG")
    assert store.plan(bound).requests[0].operation == "UpdateItem"
    assert store.update(bound) == store.get(model.find_user_by_email(email="ada@example.org"))


def test_a_removed_user_leaves_nothing(store: Store, client: Any) -> None:
    store.write(model.register_user(ADA, HASH))
    store.write(model.remove_user(ADA, HASH))
    assert client.scan(TableName="shop")["Items"] == []


def test_orders_come_newest_first_in_pages(store: Store) -> None:
    orders = OrderRepository(store)
    for number in range(7):
        orders.place(order(number), [])
    store.write(model.register_user(ADA, HASH))
    first = orders.list_for_user("u#1", limit=3)
    second = orders.list_for_user("u#1", limit=3, cursor=first.cursor)
    third = orders.list_for_user("u#1", limit=3, cursor=second.cursor)
    assert [[o.id for o in page] for page in (first, second, third)] == [["o6", "o5", "o4"], ["o3", "o2", "o1"], ["o0"]]
    assert third.cursor is None
    assert orders.list_for_user("u#1", limit=7).cursor is None
    with pytest.raises(InvalidCursor, match="this is not a cursor: start again with the first page"):
        orders.list_for_user("u#1", cursor="nonsense")


def test_an_order_and_its_items_are_placed_together(store: Store) -> None:
    items = [OrderItem(order_id="o1", product_id=f"p{n}", quantity=n, price=5) for n in range(1, 4)]
    OrderRepository(store).place(order(1), items)
    assert list(store.page(model.list_order_items(order_id="o1"))) == items
    assert OrderRepository(store).find("o1") == order(1)
    with pytest.raises(TransactionTooLarge, match="up to 98 items, 99 were given"):
        OrderRepository(store).place(order(2), [replace(items[0], product_id=str(n)) for n in range(99)])


def test_a_status_changes_once_per_version(store: Store) -> None:
    orders = OrderRepository(store)
    orders.place(order(1), [])
    paid = orders.set_status(order(1), OrderStatus.PAID)
    assert paid == replace(order(1), status=OrderStatus.PAID, version=2, updated_at=NOW) == orders.find("o1")
    with pytest.raises(VersionConflict):
        orders.set_status(order(1), OrderStatus.SENT)
    with pytest.raises(NotFound):
        orders.set_status(order(2), OrderStatus.SENT)
    assert orders.find("o2") is None


def test_a_second_item_under_a_unique_index_is_noticed(store: Store) -> None:
    orders = OrderRepository(store)
    orders.place(order(1), [])
    orders.place(order(1, user_id="u2"), [])
    with pytest.raises(NotUnique, match="find_order found a second Order: GSI1PK=ORDER#{id}"):
        orders.find("o1")


def test_products_of_a_category(store: Store) -> None:
    for number in range(3):
        store.write(model.add_product(Product(id=str(number), category="a#b", name="x", price=1)))
    store.write(model.add_product(Product(id="9", category="a", name="x", price=1)))
    assert [product.id for product in store.page(model.list_category(category="a#b"))] == ["0", "1", "2"]


def test_an_item_of_another_writer_is_not_taken_for_ours(store: Store, client: Any) -> None:
    key = entity_of(User).primary.key_of({"id": "u#1"})
    client.put_item(TableName="shop", Item={**key, "_type": {"S": "Visitor"}})
    with pytest.raises(UnknownEntity, match="an item of the kind 'Visitor' lies where User was expected"):
        store.get(model.find_user(id="u#1"))
    client.put_item(TableName="shop", Item=key)
    with pytest.raises(UnknownEntity, match="an item without a kind"):
        store.get(model.find_user(id="u#1"))


@pytest.mark.parametrize("owner", [None, {"S": "u#1"}, {"M": {}}, {"M": {"PK": {"S": "USER#u#1"}, "SK": {"N": "1"}}}])
def test_a_lock_of_another_writer_is_named(store: Store, client: Any, owner: Any) -> None:
    lock = entity_of(User).uniques["email"].lock.key_of({"email": "ada@example.org"})
    client.put_item(TableName="shop", Item={**lock, **({"owner": owner} if owner else {})})
    with pytest.raises(MalformedItem, match="the lock of User does not name its owner"):
        store.get(model.find_user_by_email(email="ada@example.org"))


def test_a_refused_write_leaves_nothing_behind(store: Store, client: Any) -> None:
    store.write(model.register_user(ADA, HASH))
    before = client.scan(TableName="shop")["Items"]
    with pytest.raises(AlreadyExists):
        store.write(model.register_user(replace(ADA, id="u2"), replace(HASH, user_id="u2")))
    with pytest.raises(ItemTooLarge):
        store.write(model.register_user(replace(ADA, id="u3", email="c@x.io", name="x" * 409_600), replace(HASH, user_id="u3")))
    with pytest.raises(InvalidValue):
        store.write(model.register_user(replace(ADA, id="u4", email="nobody"), replace(HASH, user_id="u4")))
    assert client.scan(TableName="shop")["Items"] == before


def test_an_item_that_another_writer_broke_is_named(store: Store, client: Any) -> None:
    store.write(model.register_user(ADA, HASH))
    client.update_item(TableName="shop", Key=entity_of(User).primary.key_of({"id": "u#1"}), UpdateExpression="REMOVE created_at")
    with pytest.raises(MalformedItem, match="User.created_at: the attribute is missing"):
        store.get(model.find_user(id="u#1"))


@pytest.mark.parametrize("call", [lambda: model.find_user(), lambda: model.find_user(idd="1"), lambda: model.find_user("1", "2")])
def test_a_pattern_takes_what_it_declares(call: Any) -> None:
    with pytest.raises(InvalidArguments, match="find_user takes id; given:"):
        call()


def test_what_the_service_refuses_keeps_its_name(client: Any) -> None:

    with pytest.raises(ServiceError, match=r"^ResourceNotFoundException: there is no table \S+ in this account and region: check"):
        Store(BotocoreTransport(client), "nowhere").get(model.find_user(id="1"))


def test_plans_are_requests_that_were_not_sent(store: Store) -> None:
    plan = store.plan(model.list_orders(user_id="u#1"))
    assert [(request.operation, request.body) for request in plan.requests] == [
        ("Query", {
            "TableName": "shop",
            "KeyConditionExpression": "#pk = :pk AND begins_with(#sk, :sk)",
            "ExpressionAttributeNames": {"#pk": "PK", "#sk": "SK"},
            "ExpressionAttributeValues": {":pk": {"S": "USER#u%231"}, ":sk": {"S": "ORDER#"}},
            "Limit": 26,
            "ScanIndexForward": False,
        }),
    ]  # fmt: skip
    assert store.plan(model.add_product(Product(id="1", category="c", name="n", price=1))).requests[0].operation == "PutItem"
    assert store.plan(model.register_user(ADA, HASH)).requests[0].operation == "TransactWriteItems"


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [(None, None, [0, 1, 2, 3]), (1, None, [1, 2, 3]), (None, 2, [0, 1, 2]), (1, 2, [1, 2]), (2, 2, [2]), (3, 1, None)],
)
@pytest.mark.parametrize("prefix", ["ORDER#", ""])
def test_ranges_hold_both_ends(client: Any, low: int | None, high: int | None, found: list[int] | None, prefix: str) -> None:

    table = Table(key=Key("PK", "SK"))

    @entity(table, key=("USER#{user_id}", prefix + "{created_at}#{id}"))
    class Event:
        id: Id
        user_id: str
        created_at: Timestamp

    if prefix:

        @entity(table, key=("USER#{id}", "ORDES"))
        class Neighbour:
            id: Id

    @table.many(Event)
    def events_between(user_id: str, created_at: Between[Timestamp]) -> None: ...

    store = Store(BotocoreTransport(client), "shop")
    add = table.transaction(create(Event))
    for number in range(4):
        store.write(add(Event(id="1", user_id="u", created_at=START + timedelta(days=number))))
    if prefix:
        store.write(table.transaction(create(Neighbour))(Neighbour(id="u")))
    ends = Between(*(START + timedelta(days=day) if day is not None else None for day in (low, high)))
    bound = events_between(user_id="u", created_at=ends)
    if found is None:
        with pytest.raises(InvalidArguments, match="created_at runs from .* to .*: the low end comes first"):
            store.page(bound)
    else:
        assert [(event.created_at - START).days for event in store.page(bound)] == found


def test_a_unique_field_that_is_none_claims_nothing(client: Any) -> None:

    table = Table(key=Key("PK", "SK"))

    @entity(table, key=("USER#{id}", "METADATA"), unique=["phone"])
    class Caller:
        id: Id
        phone: str | None = None

    find, add, remove = table.one(Caller, by="phone"), table.transaction(create(Caller)), table.transaction(delete(Caller))
    change = table.update(Caller, "phone")
    store = Store(BotocoreTransport(client), "shop")
    for id in ("1", "2"):
        store.write(add(Caller(id=id)))
    called = store.update(change(Caller(id="1"), phone="555"))
    assert store.get(find(phone="555")) == called
    with pytest.raises(AlreadyExists, match="Caller.phone is taken"):
        store.update(change(Caller(id="2"), phone="555"))
    silent = store.update(change(called, phone=None))
    assert silent == Caller(id="1") and store.get(find(phone="555")) is None
    store.write(remove(silent))
    store.write(remove(Caller(id="2")))
    assert client.scan(TableName="shop")["Items"] == []


def test_an_address_that_moves_between_the_two_reads_is_not_found(store: Store, client: Any) -> None:
    store.write(model.register_user(ADA, HASH))

    class Interfering(BotocoreTransport):
        def call(self, operation: str, request: Mapping[str, Any], /) -> dict[str, Any]:
            answer = super().call(operation, request)
            if "Item" in answer and "owner" in answer["Item"]:
                store.update(model.change_email(ADA, email="ada@new.org"))
            return answer

    assert Store(Interfering(client), "shop").get(model.find_user_by_email(email="ada@example.org")) is None


def test_arguments_keep_the_order_of_the_signature() -> None:
    @model.table.many(Order)
    def backwards(created_at: Between[Timestamp], user_id: str) -> None: ...

    ends = Between(START, NOW)
    assert backwards(ends, "u1").values == {"created_at": ends, "user_id": "u1"}
    assert backwards(ends, user_id="u1").values == backwards(user_id="u1", created_at=ends).values
