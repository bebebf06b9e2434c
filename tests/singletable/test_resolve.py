"""Which request answers a pattern, and what is said when there is none, or more than one."""

import typing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

import pytest

from singletable import Between, Email, Id, Key, Secret, Table, Timestamp, Version, created, entity, updated
from singletable.errors import DeclarationError, PatternError
from singletable.resolve import GET, LOCKED_GET, QUERY


@dataclass
class Reply:
    text: str
    replies: "list[Reply]"


class Unsaid(Enum):
    YES = "yes"
    NOTHING = ""


def shop() -> tuple[Table, type[Any], type[Any]]:
    table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK"), "GSI2": Key("GSI2PK", "GSI2SK")})

    @entity(table, key=("USER#{id}", "METADATA"), GSI1=("EMAIL#{email}", "USER#{id}"), unique=["email"])
    class User:
        id: Id
        email: Email
        name: str = ""

    @entity(
        table,
        key=("USER#{user_id}", "ORDER#{created_at}#{id}"),
        GSI1=("ORDER#{id}", "USER#{user_id}"),
        GSI2=("USER#{user_id}", "STATUS#{status}#{created_at}"),
    )
    class Order:
        id: Id
        user_id: str
        status: str
        created_at: Timestamp = created()

    return table, User, Order


@pytest.mark.parametrize(
    ("ask", "rank", "key", "bound"),
    [
        (lambda t, u, o: t.one(u, by="id"), GET, "primary", 1),
        (lambda t, u, o: t.one(u, by="id", consistent=True), GET, "primary", 1),
        (lambda t, u, o: t.one(u, by="email"), LOCKED_GET, "primary", 0),
        (lambda t, u, o: t.one(u, by="email", index="GSI1"), QUERY, "GSI1", 1),
        (lambda t, u, o: t.one(o, by=("user_id", "created_at", "id")), GET, "primary", 3),
        (lambda t, u, o: t.one(o, by=("id", "created_at", "user_id")), GET, "primary", 3),
        (lambda t, u, o: t.one(o, by="id"), QUERY, "GSI1", 1),
        (lambda t, u, o: t.one(o, by=("id", "user_id")), QUERY, "GSI1", 2),
        (lambda t, u, o: t.many(o, by="user_id", newest_first=True), QUERY, "primary", 1),
        (lambda t, u, o: t.many(o, by="user_id", within="created_at"), QUERY, "primary", 1),
        (lambda t, u, o: t.many(o, by="user_id", index="GSI2"), QUERY, "GSI2", 1),
        (lambda t, u, o: t.many(o, by="user_id", consistent=True), QUERY, "primary", 1),
        (lambda t, u, o: t.many(o, by=("user_id", "status")), QUERY, "GSI2", 2),
        (lambda t, u, o: t.many(o, by=("user_id", "status"), newest_first=True), QUERY, "GSI2", 2),
        (lambda t, u, o: t.many(o, by=("user_id", "status"), within="created_at"), QUERY, "GSI2", 2),
        (lambda t, u, o: t.many(o, by=("user_id", "created_at")), QUERY, "primary", 2),
    ],
)
def test_a_pattern_has_one_way(ask: Callable[..., Any], rank: int, key: str, bound: int) -> None:
    access = ask(*shop()).access
    assert (access.rank, access.path.name, access.bound) == (rank, key, bound)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda t, u, o: t.one(u, by="name"), "GSI1PK=EMAIL#{email} GSI1SK=USER#{id}: needs email; name is not in this key"),
        (lambda t, u, o: t.one(u, by="name"), 'an index whose partition is "NAME#{name}"'),
        (lambda t, u, o: t.one(u, by="nam"), "User has no field nam: its fields are id, email, name"),
        (lambda t, u, o: t.one(u, by=()), "needs id"),
        (lambda t, u, o: t.one(u, by=("id", "id")), "name each field once"),
        (
            lambda t, u, o: t.many(o, by=("user_id", "created_at"), within="created_at"),
            "created_at is named twice: a field is given either one value",
        ),
        (lambda t, u, o: t.one(u, by=("id", "name")), "name is not in this key, and filters are not used"),
        (lambda t, u, o: t.one(o, by="user_id"), "also needs created_at and id to name one item"),
        (lambda t, u, o: t.one(o, by=("user_id", "status"), index="GSI2"), "may hold several items: use many()"),
        (lambda t, u, o: t.one(o, by="id", consistent=True), "an index is only eventually consistent"),
        (lambda t, u, o: t.one(u, by="email", index="GSI1", consistent=True), "an index is only eventually consistent"),
        (lambda t, u, o: t.one(u, by="id", index="GSI3"), "has the keys ['primary', 'GSI1']"),
        (lambda t, u, o: t.many(u, by="id"), "these fields name at most one item: use one()"),
        (lambda t, u, o: t.many(o, by=("user_id", "id")), "these fields name at most one item: use one()"),
        (lambda t, u, o: t.many(u, by="email"), "these fields name at most one item: use one()"),
        (lambda t, u, o: t.one(o, by=("user_id", "id"), index="primary"), "id comes after created_at in the sort key, which is not bound"),
        (lambda t, u, o: t.many(o, by="status"), "needs user_id"),
        (lambda t, u, o: t.many(o, by="user_id", index="GSI2", newest_first=True), "sorted by {status}, which is not time"),
        (lambda t, u, o: t.many(o, by="user_id", within="status"), "status is text, which has no ranges"),
        (lambda t, u, o: t.many(o, by="user_id", within="id"), "id is not what its items are sorted by"),
        (
            lambda t, u, o: t.many(o, by="user_id"),
            'index="GSI2"  GSI2PK=USER#{user_id} GSI2SK=STATUS#{status}#{created_at}: sorted by {status}',
        ),
        (lambda t, u, o: t.update(o, "created_at"), "created_at is in the primary key"),
        (lambda t, u, o: t.update(o, "total"), "Order has no field total"),
        (lambda t, u, o: t.update(u, "id"), "id is in the primary key"),
    ],
)
def test_a_refusal_says_what_is_missing(ask: Callable[..., Any], message: str) -> None:
    with pytest.raises(PatternError) as refusal:
        ask(*shop())
    assert message in str(refusal.value)


def test_the_nearest_candidate_comes_first() -> None:
    table, _, order = shop()
    with pytest.raises(PatternError) as refusal:
        table.many(order, by=("user_id", "id"), within="created_at")
    lines = str(refusal.value).splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["primary", "GSI1", "GSI2"]


def test_signatures_declare_the_same_as_names() -> None:
    table, user, order = shop()

    @table.one(user)
    def find_user(id: Id) -> None:
        """A user."""

    assert (find_user.name, find_user.want.by, find_user.access.rank) == ("find_user", ("id",), GET)
    assert table.one(user, by=["id"]).want.by == ("id",)


def declared_as(name: str) -> Callable[..., Any]:
    def as_text(id: str) -> None: ...
    def without_type(id) -> None: ...  # type: ignore[no-untyped-def]
    def with_default(id: Id = "7") -> None: ...
    def with_named_default(*, id: Id = "7") -> None: ...
    def with_any(*id: Id) -> None: ...
    def with_others(id: Id, **others: str) -> None: ...
    def as_range(id: Between) -> None: ...  # type: ignore[type-arg]

    return locals()[name]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("as_text", r"as_text\(id\): User.id is declared as Id, not as str"),
        ("as_range", r"as_range\(id\): User.id is declared as Id, not as Between"),
        ("without_type", r"without_type\(id\): give it the type of User.id: Id"),
        ("with_default", "with_default has a default: a pattern is called with all its fields"),
        ("with_named_default", "with_named_default has a default: a pattern is called with all its fields"),
        ("with_any", "with_any takes any number of arguments: name the fields"),
        ("with_others", "with_others takes any number of arguments: name the fields"),
    ],
)
def test_a_signature_is_that_of_the_fields(name: str, message: str) -> None:
    table, user, _ = shop()
    with pytest.raises(PatternError, match=f"^{message}"):
        table.one(user)(declared_as(name))


@pytest.mark.parametrize(
    ("ask", "hint"),
    [
        (lambda t, u, o: t.many(o, by="status"), 'index whose partition is "STATUS#{status}"'),
        (lambda t, u, o: t.one(o, by=("user_id", "id"), index=None, consistent=True), None),
        (lambda t, u, o: t.many(u, by="id"), None),
    ],
)
def test_an_index_is_advised_only_where_it_would_help(ask: Callable[..., Any], hint: str | None) -> None:
    with pytest.raises(PatternError) as refusal:
        ask(*shop())
    assert (hint in str(refusal.value)) if hint else ("whose partition is" not in str(refusal.value))


def test_an_index_by_identifier_is_called_like_its_entity() -> None:
    table = Table(key=Key("PK", "SK"))

    @entity(table, key=("USER#{user_id}", "ORDER#{created_at}#{id}"))
    class Order:
        id: Id
        user_id: str
        created_at: Timestamp

    with pytest.raises(PatternError, match='give Order an index whose partition is "ORDER#{id}"'):
        table.one(Order, by="id")


# --- other entities in the way


def test_a_prefix_that_catches_another_entity_is_refused() -> None:
    table = Table(key=Key("PK", "SK"))

    @entity(table, key=("USER#{user_id}", "ORDER#{created_at}#{id}"))
    class Order:
        id: Id
        user_id: str
        created_at: Timestamp

    @entity(table, key=("USER#{user_id}", "ORDER#ITEM#{order_id}#{id}"))
    class Item:
        id: Id
        user_id: str
        order_id: str

    table.many(Item, by="user_id")
    with pytest.raises(PatternError, match="begins_with ORDER#, which also catches Item"):
        table.many(Order, by="user_id")


def test_an_entity_declared_later_is_held_against_earlier_patterns() -> None:
    table = Table(key=Key("PK", "SK"))

    @entity(table, key=("USER#{user_id}", "ORDER#{created_at}"))
    class Order:
        user_id: str
        created_at: Timestamp

    table.many(Order, by="user_id")
    with pytest.raises(PatternError, match="catches Item"):

        @entity(table, key=("USER#{user_id}", "ORDER#ITEM#{id}"))
        class Item:
            user_id: str
            id: Id

    assert list(table.entities) == ["Order"]


def test_a_fixed_width_component_cannot_be_a_word() -> None:
    table = Table(key=Key("PK", "SK"))

    @entity(table, key=("USER#{user_id}", "{created_at}#{kind}"))
    class Event:
        user_id: str
        kind: str
        created_at: Timestamp

    @entity(table, key=("USER#{id}", "METADATA#1"))
    class User:
        id: Id

    table.one(Event, by=("user_id", "created_at", "kind"))
    with pytest.raises(PatternError, match="all of PK=USER#{user_id}, which also catches User"):
        table.many(Event, by="user_id")


def test_an_index_shared_by_two_entities_is_checked_too() -> None:
    table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK")})

    @entity(table, key=("A#{id}", "A"), GSI1=("OWNER#{owner}",))
    class A:
        id: Id
        owner: str

    @entity(table, key=("B#{id}", "B"), GSI1=("OWNER#{owner}",))
    class B:
        id: Id
        owner: str

    with pytest.raises(PatternError, match="catches B"):
        table.many(A, by="owner")


@pytest.mark.parametrize(
    ("one", "two", "collide"),
    [
        (("USER#{id}", "METADATA"), ("USER#{other}", "METADATA"), True),
        (("USER#{id}", "METADATA"), ("USER#{other}", "CREDENTIAL"), False),
        (("USER#{id}", "ORDER#{other}"), ("USER#{other}", "ORDER#ITEM"), True),
        (("USER#{id}", "ORDER#{moment}"), ("USER#{other}", "ORDER#ITEM"), False),
        (("USER#{id}", "ORDER#{moment}"), ("USER#{other}", "ORDER#{number:10}"), False),
        (("USER#{id}", "ORDER#{number:5}"), ("USER#{other}", "ORDER#00007"), True),
        (("USER#{id}", "ORDER#{number:5}"), ("USER#{other}", "ORDER#7"), False),
        (("USER#{id}", "A#{other}"), ("USER#{id}", "A#{other}#B"), False),
        (("{id}", "A"), ("USER", "A"), True),
        (("{id}#X", "A"), ("UNIQUE#A", "A"), False),
        (("UNIQUE#{id}#{other}#{third}", "{fourth}"), ("X#{id}", "X"), False),
    ],
)
def test_keys_that_can_be_equal_are_refused(one: tuple[str, str], two: tuple[str, str], collide: bool) -> None:
    table = Table(key=Key("PK", "SK"))

    class Fields:
        id: str
        other: str
        third: str
        fourth: str
        number: int
        moment: Timestamp

    entity(table, key=one)(type("One", (Fields,), {"__annotations__": Fields.__annotations__}))
    second = type("Two", (Fields,), {"__annotations__": Fields.__annotations__})
    if collide:
        with pytest.raises(DeclarationError, match="can have the same key"):
            entity(table, key=two)(second)
    else:
        entity(table, key=two)(second)


def test_locks_are_part_of_the_table() -> None:
    table = Table(key=Key("PK", "SK"))

    @entity(table, key=("USER#{id}", "METADATA"), unique=["email"])
    class User:
        id: Id
        email: Email

    with pytest.raises(DeclarationError, match="the lock of User.email can have the same key"):

        @entity(table, key=("{a}#{b}#{c}#{d}", "{e}"))
        class Anything:
            a: str
            b: str
            c: str
            d: Email
            e: str


@pytest.mark.parametrize(
    ("hints", "key", "message"),
    [
        ({"id": Id}, ("A#{idd}", "B"), "has no field idd: its fields are id"),
        ({"id": Id, "n": str}, ("A#{n}", "B"), "is not in the primary key"),
        ({"id": Id, "other": Id}, ("A#{id}", "B"), "a reference to another entity is a str"),
        ({"id": str | None}, ("A#{id}", "B"), "can be None, so it cannot be in the primary key"),
        ({"id": str, "n": int}, ("A#{id}", "B#{n}"), r"would sort 10 before 9: give the digits, for example {n:10}"),
        ({"id": str, "n": str}, ("A#{id}", "B#{n:10}"), "only numbers are padded"),
        ({"id": Secret[str]}, ("A#{id}", "B"), "cannot be in a key"),
        ({"id": str, "PK": str}, ("A#{id}", "B"), "are attributes of the table"),
        ({"id": str, "price": float}, ("A#{id}", "B"), "Entity.price: float has no exact form"),
        ({"id": str, "tags": set[str] | None}, ("A#{id}", "B"), "an empty set and None are the same"),
        ({"id": str, "x": str | int}, ("A#{id}", "B"), "a union can only be T | None"),
        ({"id": str, "x": object}, ("A#{id}", "B"), "cannot be stored"),
        ({"id": str, "x": typing.Dict}, ("A#{id}", "B"), "Entity.x: typing.Dict cannot be stored"),  # noqa: UP006
        ({"id": str, "x": typing.Set}, ("A#{id}", "B"), "Entity.x: typing.Set cannot be stored"),  # noqa: UP006
        ({"id": str, "x": Reply}, ("A#{id}", "B"), "Entity holds a dataclass that holds itself"),
        ({"id": str, "x": Unsaid}, ("A#{id}", "{x}"), "Entity.x cannot be in a key: one of its values is empty"),
        ({"id": str, "v": Version, "w": Version}, ("A#{id}", "B"), "Entity has the versions ['v', 'w']: one is enough"),
        ({"id": str, "v": Version | None}, ("A#{id}", "B"), "Entity.v can be None, so it cannot be the version"),
    ],
)
def test_declarations_that_contradict_themselves_are_refused(hints: dict[str, Any], key: tuple[str, str], message: str) -> None:
    with pytest.raises(DeclarationError) as refusal:
        entity(Table(key=Key("PK", "SK")), key=key)(type("Entity", (), {"__annotations__": hints}))
    assert message in str(refusal.value)


@pytest.mark.parametrize("default", [created, updated])
@pytest.mark.parametrize("hint", [str, date])
def test_only_a_timestamp_is_stamped(default: Callable[[], Any], hint: Any) -> None:
    cls = type("Entity", (), {"__annotations__": {"id": Id, "at": hint}, "at": default()})
    with pytest.raises(DeclarationError, match=r"Entity.at: created\(\) and updated\(\) are for a Timestamp"):
        entity(Table(key=Key("PK", "SK")), key=("A#{id}", "A"))(cls)


def test_one_unique_field_is_a_list_of_one() -> None:
    cls = type("Entity", (), {"__annotations__": {"id": Id, "email": Email}})
    with pytest.raises(DeclarationError, match=r"Entity: unique is a list of fields: write unique=\['email'\]"):
        entity(Table(key=Key("PK", "SK")), key=("A#{id}", "A"), unique="email")(cls)


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda: Table(key=("PK", "SK")), r"the key of the table is \('PK', 'SK'\): write Key\('PK', 'SK'\)"),
        (lambda: Table(key="PK"), r"the key of the table is 'PK': write Key\('PK'\)"),
        (lambda: Table(key=Key("PK"), indexes={"GSI1": ("A", "B")}), r"the key of GSI1 is \('A', 'B'\): write Key\('A', 'B'\)"),
        (lambda: Table(key=Key("PK", "PK")), "the key of the table has one attribute, PK, for partition and sort: name two"),
        (lambda: Table(key=Key("PK"), indexes={"key": Key("A")}), "an index cannot be called 'key'"),
        (lambda: Table(key=Key("_type")), "'_type' cannot be a key attribute"),
    ],
)
def test_a_table_has_keys(declare: Callable[[], Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=f"^{message}"):
        declare()


def test_an_index_must_be_the_tables() -> None:
    with pytest.raises(DeclarationError, match="the table has no index GSI9: it has none"):
        entity(Table(key=Key("PK", "SK")), key=("A#{id}", "B"), GSI9=("C", "D"))(type("Entity", (), {"__annotations__": {"id": Id}}))


@pytest.mark.parametrize(("key", "example"), [(Key("PK", "SK"), "('NOTE#{id}', 'NOTE')"), (Key("PK"), "('NOTE#{id}',)")])
def test_an_entity_says_where_it_lies(key: Key, example: str) -> None:
    note = type("Note", (), {"__annotations__": {"id": Id}})
    with pytest.raises(DeclarationError) as refusal:
        entity(Table(key=key))(note)
    assert str(refusal.value) == f"Note has no key: say where it lies in the table, such as @entity(table, key={example})"


def test_transactions_beyond_a_hundred_actions_are_refused() -> None:
    from singletable import create

    table, user, order = shop()
    table.transaction(create(order, up_to=100))
    with pytest.raises(PatternError, match="can have 101 actions"):
        table.transaction(create(order), create(order, up_to=100))
    with pytest.raises(PatternError, match="can have 102 actions"):
        table.transaction(create(user, up_to=51))


def test_equal_values_must_be_written_alike() -> None:
    table = Table(key=Key("PK", "SK"))

    @entity(table, key=("USER#{email}", "METADATA"))
    class User:
        email: Email

    with pytest.raises(DeclarationError, match="Note.author is written as text and User.email as email"):

        @entity(table, key=("USER#{author}", "NOTE#{id}"))
        class Note:
            id: Id
            author: str


def test_a_constant_partition_is_a_query_not_a_scan() -> None:
    table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})

    @entity(table, key=("CONFIG", "CONFIG"))
    class Config:
        name: str

    @entity(table, key=("JOB#{id}", "JOB"), GSI1=("JOBS", "{created_at}#{id}"))
    class Job:
        id: Id
        created_at: Timestamp

    @table.many(Job, newest_first=True)
    def latest_jobs() -> None: ...

    assert latest_jobs.access.path.name == "GSI1"
    assert table.one(Config, by=()).access.rank == GET
    with pytest.raises(PatternError, match="needs id"):
        table.many(Job, by=(), index="primary")


def test_an_own_identifier_is_enough_for_one() -> None:
    """The partition is known and no two orders have one id, so one item at most is read, whatever the sort key."""
    table = Table(key=Key("PK", "SK"))

    @entity(table, key=("ORDER#{id}", "{created_at}"))
    class Order:
        id: Id
        created_at: Timestamp

    assert table.one(Order, by="id").access.rank == QUERY
