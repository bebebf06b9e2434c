"""What the other rooms and other languages are told about a table."""

import json
from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest

from singletable import Email, Id, Key, Secret, Table, Timestamp, Version, check, create, created, delete, entity
from singletable.definition import (
    EntityDefinition,
    Grant,
    IndexDefinition,
    KeyDefinition,
    PatternDefinition,
    StreamDefinition,
    TableDefinition,
    definition_of,
)
from singletable.errors import DeclarationError
from singletable.plain import InvalidDefinition

table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK"), "GSI2": Key("GSI2PK")}, ttl="expires_at")


class Status(Enum):
    PLACED = "placed"
    PAID = "paid"


@entity(table, key=("USER#{id}", "METADATA"), GSI1=("EMAIL#{email}", "USER#{id}"), unique=["email"])
class User:
    id: Id
    email: Email
    password_hash: Secret[str]
    version: Version = 1


@entity(table, key=("USER#{user_id}", "ORDER#{created_at}#{id}"), GSI1=("ORDER#{id}", "USER#{user_id}"), GSI2=("STATUS#{status}",))
class Order:
    id: Id
    user_id: str
    note: str | None = None
    status: Status = Status.PLACED
    created_at: Timestamp = created()


@entity(table, key=("ORDER#{order_id}", "LINE#{line:4}"), unique=[("order_id", "product_id")])
class OrderLine:
    order_id: str
    line: int
    product_id: str
    quantities: list[int]


@table.one(User)
def find_user(id: Id) -> None:
    """One user.

    More about it is not part of the title.
    """


find_user_by_email = table.one(User, by="email")
find_order = table.one(Order, by="id")
list_orders = table.many(Order, by="user_id", newest_first=True)
orders_since = table.many(Order, by="user_id", within="created_at")
orders_by_status = table.many(Order, by="status")
set_status = table.update(Order, "status", "note")
change_email = table.update(User, "email")
register = table.transaction(create(User))
place = table.transaction(check(User), create(Order), create(OrderLine, up_to=20))
remove = table.transaction(delete(Order))
pay = table.transaction(set_status, check(User), doc="An order is paid", rate="20/s")

GET, QUERY = Grant("dynamodb:GetItem"), Grant("dynamodb:Query")
PUT, UPDATE, DELETE = Grant("dynamodb:PutItem"), Grant("dynamodb:UpdateItem"), Grant("dynamodb:DeleteItem")
CHECK = Grant("dynamodb:ConditionCheckItem")
TRANSACTION = "TransactWriteItems"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (
            find_user,
            PatternDefinition("find_user", "One user.", "one", ("User",), ("GetItem",), None, (), (GET,), "PK=USER#{id} SK=METADATA"),
        ),
        (
            find_user_by_email,
            PatternDefinition(
                "find_user_by_email", "user by email", "one", ("User",), ("GetItem",), None, (), (GET,),
                "PK=UNIQUE#User#email#{email} SK=LOCK, then the item",
            ),
        ),
        (
            find_order,
            PatternDefinition(
                "find_order", "order by id", "one", ("Order",), ("Query",), "GSI1", (), (Grant("dynamodb:Query", "GSI1"),),
                "GSI1PK=ORDER#{id} GSI1SK^USER#",
            ),
        ),
        (
            list_orders,
            PatternDefinition(
                "list_orders", "orders by user, newest first", "many", ("Order",), ("Query",), None, (), (QUERY,),
                "PK=USER#{user_id} SK^ORDER#, newest first",
            ),
        ),
        (
            orders_since,
            PatternDefinition(
                "orders_since", "orders by user, within a range of created at", "many", ("Order",), ("Query",), None, (), (QUERY,),
                "PK=USER#{user_id} SK=ORDER#{created_at from..to}",
            ),
        ),
        (
            orders_by_status,
            PatternDefinition(
                "orders_by_status", "orders by status", "many", ("Order",), ("Query",), "GSI2", (), (Grant("dynamodb:Query", "GSI2"),),
                "GSI2PK=STATUS#{status}",
            ),
        ),
        (
            set_status,
            PatternDefinition(
                "set_status", "change status and note of one order", "update", ("Order",), ("UpdateItem",), None, ("GSI1", "GSI2"), (UPDATE,),
                "PK=USER#{user_id} SK=ORDER#{created_at}#{id}",
            ),
        ),
        (
            change_email,
            PatternDefinition(
                "change_email", "change email of one user", "update", ("User",), ("UpdateItem", TRANSACTION), None, ("GSI1",),
                (UPDATE, DELETE, PUT), "PK=USER#{id} SK=METADATA + the lock of email",
            ),
        ),
        (
            register,
            PatternDefinition(
                "register", "create user", "transaction", ("User",), (TRANSACTION,), None, ("GSI1",), (PUT,),
                "create User with its lock of email",
            ),
        ),
        (
            place,
            PatternDefinition(
                "place", "check user, create order, create up to 20 order lines", "transaction", ("User", "Order", "OrderLine"),
                (TRANSACTION,), None, ("GSI1", "GSI2"), (CHECK, PUT),
                "check User + create Order + create up to 20 OrderLine with its lock of order_id and product_id",
            ),
        ),
        (
            remove,
            PatternDefinition(
                "remove", "delete order", "transaction", ("Order",), ("DeleteItem", TRANSACTION), None, ("GSI1", "GSI2"), (DELETE,),
                "delete Order",
            ),
        ),
        (
            pay,
            PatternDefinition(
                "pay", "An order is paid", "transaction", ("Order", "User"), (TRANSACTION,), None, ("GSI1", "GSI2"), (UPDATE, CHECK),
                "update Order + check User", 20.0,
            ),
        ),
    ],
    ids=lambda part: part.name if isinstance(part, PatternDefinition) else "",
)  # fmt: skip
def test_a_pattern_is_described_by_what_it_does(pattern: Any, expected: PatternDefinition) -> None:
    assert definition_of(pattern) == expected


def test_a_table_is_described_with_its_entities() -> None:
    definition = table.definition()
    assert definition.key == KeyDefinition("PK", "SK")
    assert definition.indexes == (
        IndexDefinition("GSI1", KeyDefinition("GSI1PK", "GSI1SK"), "ALL"),
        IndexDefinition("GSI2", KeyDefinition("GSI2PK"), "ALL"),
    )
    assert (definition.ttl, definition.stream_view_type) == ("expires_at", "NEW_AND_OLD_IMAGES")
    assert [pattern.name for pattern in definition.patterns] == [
        "find_user", "find_user_by_email", "find_order", "list_orders", "orders_since", "orders_by_status", "set_status", "change_email",
        "register", "place", "remove", "pay",
    ]  # fmt: skip
    assert definition.entities == (
        EntityDefinition(
            name="User",
            keys={"primary": ("USER#{id}", "METADATA"), "GSI1": ("EMAIL#{email}", "USER#{id}")},
            fields={"id": "str (id)", "email": "str (email)", "password_hash": "Secret[str]", "version": "int (version)"},
            locks={"email": ("UNIQUE#User#email#{email}", "LOCK")},
        ),
        EntityDefinition(
            name="Order",
            keys={
                "primary": ("USER#{user_id}", "ORDER#{created_at}#{id}"),
                "GSI1": ("ORDER#{id}", "USER#{user_id}"),
                "GSI2": ("STATUS#{status}",),
            },
            fields={
                "id": "str (id)", "user_id": "str", "note": "str | None", "status": "Status(placed, paid)", "created_at": "datetime",
            },
        ),
        EntityDefinition(
            name="OrderLine",
            keys={"primary": ("ORDER#{order_id}", "LINE#{line:4}")},
            fields={"order_id": "str", "line": "int", "product_id": "str", "quantities": "list[int]"},
            locks={"order_id+product_id": ("UNIQUE#OrderLine#order_id+product_id#{order_id}#{product_id}", "LOCK")},
        ),
    )  # fmt: skip


# --- plain data


def test_a_definition_survives_json() -> None:
    definition = table.definition()
    text = json.dumps(definition.to_dict())
    assert TableDefinition.from_dict(json.loads(text)) == definition
    assert json.loads(text)["version"] == 1
    pattern = definition_of(place)
    assert PatternDefinition.from_dict(json.loads(json.dumps(pattern.to_dict()))) == pattern


def test_values_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match="PatternDefinition.name cannot be changed"):
        definition_of(place).name = "other"


def test_parts_with_defaults_may_be_left_out() -> None:
    assert IndexDefinition.from_dict({"name": "I", "key": {"partition": "P"}}) == IndexDefinition("I", KeyDefinition("P"), "ALL")
    assert Grant.from_dict({"action": "dynamodb:GetItem"}) == Grant("dynamodb:GetItem", None)


def without(path: str) -> Callable[[Any], None]:
    *way, last = path.split(".")

    def change(data: Any) -> None:
        for step in way:
            data = data[int(step) if step.isdecimal() else step]
        del data[last]

    return change


def replaced(path: str, value: Any) -> Callable[[Any], None]:
    *way, last = path.split(".")

    def change(data: Any) -> None:
        for step in way:
            data = data[int(step) if step.isdecimal() else step]
        data[int(last) if last.isdecimal() else last] = value

    return change


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (without("version"), "version: is missing: add 1, the version of this form"),
        (replaced("version", 2), "version: 2 is not 1: make the data anew with this version of singletable"),
        (without("key"), "key: is missing"),
        (without("patterns.0.name"), "patterns[0].name: is missing"),
        (replaced("key", "PK"), "key: takes an object with named parts, not 'PK'"),
        (replaced("key.partition", ""), "key.partition: takes a text, not ''"),
        (replaced("entities", {}), "entities: takes a list, not {}"),
        (replaced("entities.0.keys.primary", "USER"), "entities[0].keys.primary: takes a list, not 'USER'"),
        (replaced("patterns.9.grants.0.action", 5), "patterns[9].grants[0].action: takes a text, not 5"),
        (replaced("patterns.1.rate_per_second", True), "patterns[1].rate_per_second: takes a number, not True"),
        (replaced("patterns.1.kind", "scan"), "patterns[1].kind: 'scan' is none of 'one', 'many', 'update', 'transaction'"),
        (replaced("patterns.1.index", "GSI9"), "patterns[1].index: GSI9 is none of GSI1, GSI2"),
        (replaced("patterns.6.touches", ["GSI9"]), "patterns[6].touches: GSI9 is none of GSI1, GSI2"),
        (replaced("patterns.2.grants.0.index", "GSI9"), "patterns[2].grants: GSI9 is none of GSI1, GSI2"),
        (replaced("patterns.2.entities", ["Ghost"]), "patterns[2].entities: Ghost is none of Order, OrderLine, User"),
        (replaced("entities.0.keys.GSI9", ["A"]), "entities[0].keys: GSI9 is none of GSI1, GSI2, primary"),
        (replaced("entities.1.name", "User"), "entities: User is there twice"),
        (replaced("indexes.1.name", "GSI1"), "indexes: GSI1 is there twice"),
        (replaced("indexes.0.projection", "SOME"), "indexes[0].projection: 'SOME' is none of 'ALL', 'KEYS_ONLY', 'INCLUDE'"),
        (
            replaced("indexes.0.projection", "INCLUDE"),
            'indexes[0].attributes: are named for the projection "INCLUDE", and for no other',
        ),
        (
            replaced("patterns.0.cost", 1),
            (
                "patterns[0].cost: is not known here: allowed are name, title, kind, entities, operations, index, touches, grants, access, "
                "rate_per_second"
            ),
        ),
    ],
)
def test_wrong_data_is_refused_with_the_path_of_what_is_wrong(break_it: Callable[[Any], None], message: str) -> None:
    data = table.definition().to_dict()
    assert TableDefinition.from_dict(data) == table.definition()
    break_it(data)
    with pytest.raises(InvalidDefinition) as refusal:
        TableDefinition.from_dict(data)
    assert (str(refusal.value), refusal.value.code) == (message, "invalid-definition")
    assert isinstance(refusal.value, DeclarationError)


@pytest.mark.parametrize("data", [[], "text", None, 5])
def test_what_is_no_object_is_no_definition(data: Any) -> None:
    with pytest.raises(InvalidDefinition, match="^the definition: takes an object with named parts, not "):
        TableDefinition.from_dict(data)


def test_names_of_parts_are_texts() -> None:
    with pytest.raises(InvalidDefinition, match="the name 1 is no text"):
        Grant.from_dict({1: "x"})  # type: ignore[dict-item]


# --- fingerprint


def small(
    *,
    key: str = "A#{id}",
    index: str = "B#{id}",
    sort: str | None = "GSI1SK",
    field: type = str,
    name: str = "note",
    ttl: str | None = None,
) -> TableDefinition:
    made = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", sort)}, ttl=ttl)
    templates = (index, "X") if sort else (index,)
    entity(made, key=(key, "A"), GSI1=templates)(type("Thing", (), {"__annotations__": {"id": Id, name: field}}))  # type: ignore[arg-type]
    return made.definition()


def test_a_fingerprint_is_sixteen_hexadecimal_digits_and_stays() -> None:
    fingerprint = small().fingerprint
    assert len(fingerprint) == 16 and int(fingerprint, 16) >= 0
    assert small().fingerprint == fingerprint
    assert TableDefinition.from_dict(json.loads(json.dumps(small().to_dict()))).fingerprint == fingerprint
    assert table.fingerprint == table.definition().fingerprint != fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"key": "C#{id}"},
        {"index": "C#{id}"},
        {"sort": None},
        {"field": int},
        {"field": Email},
        {"field": Secret[str]},
        {"name": "remark"},
    ],
)
def test_what_code_and_table_must_agree_on_changes_the_fingerprint(change: dict[str, Any]) -> None:
    assert small(**change).fingerprint != small().fingerprint


def test_the_width_of_a_padded_number_is_part_of_it() -> None:
    def padded(width: int) -> str:
        made = Table(key=Key("PK", "SK"))
        entity(made, key=("A#{id}", f"N#{{n:{width}}}"))(type("Thing", (), {"__annotations__": {"id": Id, "n": int}}))
        return made.definition().fingerprint

    assert padded(5) != padded(10)


def test_patterns_and_expiry_do_not_change_it() -> None:
    made = Table(key=Key("PK", "SK"))
    thing = entity(made, key=("A#{id}", "A"))(type("Thing", (), {"__annotations__": {"id": Id}}))
    before = made.definition().fingerprint
    made.one(thing, by="id")
    assert made.definition().fingerprint == before
    assert small(ttl="expires_at").fingerprint == small().fingerprint


# --- streams


def test_a_stream_is_described_by_what_its_handlers_take() -> None:
    stream = table.stream()

    @stream.on_change(Order, "status")
    def changed(old: Order, new: Order, change: Any) -> None: ...

    definition = stream.definition()
    assert definition.view_type == "NEW_AND_OLD_IMAGES"
    assert list(definition.filters) == list(stream.filters()) != []
    assert StreamDefinition.from_dict(json.loads(json.dumps(definition.to_dict()))) == definition
