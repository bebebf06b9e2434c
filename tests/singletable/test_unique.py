"""Values that no two items share, alone or together: claimed by a lock in the same write, moved and released with their item."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from singletable import (
    AlreadyExists,
    BotocoreTransport,
    DeclarationError,
    Email,
    Id,
    InvalidArguments,
    Key,
    NotFound,
    PatternError,
    Secret,
    Store,
    Table,
    Timestamp,
    Version,
    VersionConflict,
    check,
    create,
    delete,
    entity,
    entity_of,
)
from singletable.resolve import LOCKED_GET, QUERY
from singletable.testing import RecordingTransport, found, locked
from tests.singletable.conftest import NOW

table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})


@entity(
    table,
    key=("USER#{user_id}", "ORDER#{created_at}#{id}"),
    GSI1=("ORDER#{id}", "USER#{user_id}"),
    unique=["ticket", ("user_id", "reference"), ("ticket", "contact")],
)
class Order:
    id: Id
    user_id: str
    reference: str
    ticket: int | None = None
    contact: Email | None = None
    version: Version = 1
    created_at: Timestamp = NOW


@entity(table, key=("COUPON#{id}", "COUPON"))
class Coupon:
    id: Id
    used: bool = False
    version: Version = 1


find_placed = table.one(Order, by=("user_id", "reference"))
find_placed_backwards = table.one(Order, by=("reference", "user_id"))
find_by_ticket = table.one(Order, by="ticket")
place = table.transaction(create(Order))
remove = table.transaction(delete(Order))
refer = table.update(Order, "reference")
assign = table.update(Order, "ticket", "contact")
use = table.update(Coupon, "used")
add_coupon = table.transaction(create(Coupon))
redeem = table.transaction(create(Order), use, doc="Places an order and uses a coupon.")
redeem_for = table.transaction(check(Coupon, unchanged=True), refer)

ORDER = Order(id="o1", user_id="u#1", reference="r-1")


@pytest.fixture
def store(client: Any) -> Store:
    return Store(BotocoreTransport(client), "shop", clock=lambda: NOW)


def locks(client: Any) -> dict[str, str]:
    """Which locks there are, and the identifier of the item that holds each."""
    items = client.scan(TableName="shop")["Items"]
    return {item["PK"]["S"]: item["owner"]["M"]["SK"]["S"].rpartition("#")[2] for item in items if "owner" in item}


def test_placing_the_same_reference_again_finds_the_order_already_placed(store: Store) -> None:
    store.write(place(ORDER))
    with pytest.raises(AlreadyExists) as taken:
        store.write(place(replace(ORDER, id="o2")))
    assert (taken.value.fields, taken.value.field) == (("user_id", "reference"), "user_id+reference")
    assert str(taken.value) == "Order.user_id+reference is taken: another Order has this value"
    assert store.get(find_placed(user_id="u#1", reference="r-1")) == ORDER
    assert store.get(find_placed_backwards(reference="r-1", user_id="u#1")) == ORDER


def test_values_are_unique_together_only(store: Store, client: Any) -> None:
    store.write(place(ORDER))
    store.write(place(replace(ORDER, id="o2", reference="r-2")))
    store.write(place(replace(ORDER, id="o3", user_id="u2")))
    # Written side by side these would be the same text.
    store.write(place(replace(ORDER, id="o4", user_id="u#1#r", reference="1")))
    store.write(place(replace(ORDER, id="o5", user_id="u#1", reference="r#1")))
    assert locks(client) == {
        "UNIQUE#Order#user_id+reference#u%231#r-1": "o1",
        "UNIQUE#Order#user_id+reference#u%231#r-2": "o2",
        "UNIQUE#Order#user_id+reference#u2#r-1": "o3",
        "UNIQUE#Order#user_id+reference#u%231%23r#1": "o4",
        "UNIQUE#Order#user_id+reference#u%231#r%231": "o5",
    }
    assert store.get(find_placed(user_id="u2", reference="r-2")) is None


def test_locks_move_with_their_item(store: Store, client: Any) -> None:
    store.write(place(ORDER))
    moved = store.update(refer(ORDER, reference="r-9"))
    assert locks(client) == {"UNIQUE#Order#user_id+reference#u%231#r-9": "o1"}
    store.write(place(replace(ORDER, id="o2")))
    with pytest.raises(AlreadyExists, match="Order.user_id\\+reference is taken"):
        store.update(refer(moved, reference="r-1"))
    store.write(remove(moved))
    assert locks(client) == {"UNIQUE#Order#user_id+reference#u%231#r-1": "o2"}


def test_a_field_can_be_unique_alone_and_with_another(store: Store, client: Any) -> None:
    store.write(place(ORDER))
    first = store.update(assign(ORDER, ticket=7, contact="Ada@Example.org"))
    assert {key for key in locks(client) if "reference" not in key} == {
        "UNIQUE#Order#ticket#7", "UNIQUE#Order#ticket+contact#7#ada@example.org",
    }  # fmt: skip
    assert store.get(find_by_ticket(ticket=7)) == first
    alone = store.update(assign(first, ticket=7, contact=None))
    assert [key for key in locks(client) if "reference" not in key] == ["UNIQUE#Order#ticket#7"]
    store.update(assign(alone, ticket=None, contact="ada@example.org"))
    assert [key for key in locks(client) if "reference" not in key] == []


def test_an_unchanged_value_keeps_its_lock_and_costs_nothing() -> None:
    [request] = Store(RecordingTransport(), "shop").plan(refer(ORDER, reference="r-1")).requests
    assert request.operation == "UpdateItem"


def test_an_update_can_be_part_of_a_transaction(store: Store) -> None:
    coupon = Coupon(id="c1")
    store.write(add_coupon(coupon))
    using = use(coupon, used=True)
    used = store.write(redeem(ORDER, using))[using]
    assert store.get(table.one(Coupon, by="id")(id="c1")) == used == replace(coupon, used=True, version=2)
    assert store.update(use(used, used=False)).version == 3, "the item that a write gives can be written again"
    store.update(use(replace(used, version=3), used=True))
    with pytest.raises(VersionConflict, match="this Coupon"):
        store.write(redeem(replace(ORDER, id="o2", reference="r-2"), use(coupon, used=True)))
    with pytest.raises(NotFound, match="there is no such Coupon"):
        store.write(redeem(replace(ORDER, id="o2", reference="r-2"), use(Coupon(id="c2"), used=True)))
    assert store.get(find_placed(user_id="u#1", reference="r-2")) is None


def test_a_write_knows_its_own_updates_only() -> None:
    coupon = Coupon(id="c1")
    written = Store(RecordingTransport({}), "shop").write(redeem(ORDER, use(coupon, used=True)))
    with pytest.raises(InvalidArguments, match="this call of use is no part of the transaction"):
        written[use(coupon, used=True)]


def test_a_check_holds_the_version(store: Store) -> None:
    coupon = Coupon(id="c1")
    store.write(place(ORDER))
    with pytest.raises(NotFound, match="there is no such Coupon"):
        store.write(redeem_for(coupon, refer(ORDER, reference="r-2")))
    store.write(add_coupon(coupon))
    store.update(use(coupon, used=True))
    with pytest.raises(VersionConflict, match="this Coupon"):
        store.write(redeem_for(coupon, refer(ORDER, reference="r-2")))
    assert store.get(find_placed(user_id="u#1", reference="r-1")) == ORDER


def test_the_look_up_reads_lock_then_item_consistently() -> None:
    transport = RecordingTransport(locked(ORDER, "user_id", "reference"), found(ORDER))
    assert Store(transport, "shop").get(find_placed(user_id="u#1", reference="r-1")) == ORDER
    keys = [(request.operation, request.body["Key"]["PK"]["S"], request.body["ConsistentRead"]) for request in transport.requests]
    assert keys == [("GetItem", "UNIQUE#Order#user_id+reference#u%231#r-1", True), ("GetItem", "USER#u%231", True)]


@pytest.mark.parametrize("now", [None, replace(ORDER, reference="r-2")])
def test_an_item_that_let_go_of_its_value_meanwhile_is_not_found(now: Order | None) -> None:
    transport = RecordingTransport(locked(ORDER, "user_id", "reference"), found(now))
    assert Store(transport, "shop").get(find_placed(user_id="u#1", reference="r-1")) is None


def test_a_transaction_counts_the_locks_that_an_update_moves() -> None:
    """An update of the reference is up to three actions: item, old lock, new lock; of both ticket fields five."""
    assert [table.transaction(create(Coupon), step).operations[1].most_actions for step in (use, refer, assign)] == [1, 3, 5]
    table.transaction(create(Coupon, up_to=97), refer)
    with pytest.raises(PatternError, match="can have 101 actions"):
        table.transaction(create(Coupon, up_to=98), refer)


# --- declaration


def declare(unique: list[Any], hints: Mapping[str, Any] | None = None, **options: Any) -> Any:
    cls = type("Thing", (), {"__annotations__": hints or {"id": Id, "a": str, "b": str, "s": Secret[str], "list": list[str]}})
    return entity(Table(key=Key("PK", "SK"), **options), key=("THING#{id}", "THING"), unique=unique)(cls)


@pytest.mark.parametrize(
    ("unique", "message"),
    [
        (["c"], "Thing has no field c: its fields are id, a, b, s, list"),
        ([("a", "c")], "Thing has no field c"),
        ([("a", "a")], r"unique has \('a', 'a'\): name at least one field, and each once"),
        ([()], "name at least one field"),
        (["a", ("a",)], "name each field, or each group, once"),
        ([("a", "b"), ("b", "a")], "name each field, or each group, once"),
        (["s"], "Thing.s cannot be in a key"),
        ([("a", "list")], "Thing.list cannot be in a key"),
    ],
)
def test_what_cannot_be_unique_is_refused(unique: list[Any], message: str) -> None:
    declare(["a", ("a", "b")])
    with pytest.raises(DeclarationError, match=message):
        declare(unique)


def test_fields_that_are_unique_together_name_one_item() -> None:
    thing = entity_of(declare([("a", "b")]))
    assert frozenset(["a", "b"]) in thing.identities and frozenset(["a"]) not in thing.identities


def test_the_best_way_to_fields_that_are_unique_together() -> None:
    shops = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})

    @entity(shops, key=("SHOP#{id}", "SHOP"), GSI1=("CITY#{city}", "{street}#{number:3}"), unique=[("city", "street")])
    class Shop:
        id: Id
        city: str
        street: str
        number: int

    assert shops.one(Shop, by=("street", "city")).access.rank == LOCKED_GET
    assert shops.one(Shop, by=("street", "city"), index="GSI1").access.rank == QUERY
    assert shops.one(Shop, by=("street", "city", "number")).access.rank == QUERY
    with pytest.raises(PatternError, match=r"these fields name at most one item: use one\(\)"):
        shops.many(Shop, by=("street", "city"))
    with pytest.raises(PatternError, match="street is not in this key"):
        shops.one(Shop, by=("id", "street"))


def test_an_entity_must_not_meet_its_own_locks() -> None:
    with pytest.raises(DeclarationError, match="Thing and the lock of Thing.d can have the same key"):

        @entity(Table(key=Key("PK", "SK")), key=("{a}#{b}#{c}#{d}", "{e}"), unique=["d"])
        class Thing:
            a: str
            b: str
            c: str
            d: str
            e: str


def test_a_list_must_not_catch_the_locks_of_its_own_entity() -> None:
    table = Table(key=Key("PK", "SK"))

    @entity(table, key=("{a}#{b}#{c}#{d}", "{at}"), unique=["code"])
    class Event:
        a: str
        b: str
        c: str
        d: str
        code: str
        at: Timestamp

    with pytest.raises(PatternError, match="reads all of PK={a}#{b}#{c}#{d}, which also catches the lock of Event.code"):
        table.many(Event, by=("a", "b", "c", "d"))


def test_an_item_that_expires_cannot_hold_a_lock() -> None:
    hints = {"id": Id, "a": str, "expires_at": Timestamp | None}
    declare(["a"], hints)
    declare([], hints, ttl="expires_at")
    with pytest.raises(
        DeclarationError, match="Thing expires by expires_at and has unique fields: DynamoDB would delete the item and leave"
    ):
        declare(["a"], hints, ttl="expires_at")
