"""What patterns cost: on items of typical size, and the same as the plan of a request with such items."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from singletable import Email, Id, Key, Secret, Store, Table, Timestamp, Version, check, create, delete, entity, entity_of
from singletable.costs import pattern_cost, typical_bytes, typical_item
from singletable.sizing import Units, item_bytes, total

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")}, ttl="expires_at")


class Level(Enum):
    LOW = 1
    HIGH = 10


class Role(Enum):
    USER = "user"
    ADMINISTRATOR = "administrator"


@entity(table, key=("USER#{id}", "RANK#{rank:6}"), GSI1=("EMAIL#{email}", "{born}#{role}"), unique=["email"])
class User:
    id: Id
    rank: int
    email: Email
    team_id: str
    name: str
    secret: Secret[str]
    photo: bytes
    active: bool
    balance: Decimal
    born: date
    role: Role
    level: Level
    tags: set[str]
    scores: list[int]
    labels: dict[str, list[str]]
    scans: list[bytes]
    nickname: str | None = None
    version: Version = 1
    created_at: Timestamp = NOW


@entity(table, key=("ORDER#{id}", "METADATA"))
class Order:
    id: Id
    status: str
    expires_at: Timestamp | None = None
    version: Version = 1


@entity(table, key=("ORDER#{order_id}", "ITEM#{product_id}"), GSI1=("PRODUCT#{product_id}", "ORDER#{order_id}"))
class OrderItem:
    order_id: str
    product_id: str
    quantity: int


find_user = table.one(User, by=("id", "rank"))
find_order = table.one(Order, by="id", consistent=True)
change_email = table.update(User, "email")
rename = table.update(User, "name")
set_status = table.update(Order, "status")
register = table.transaction(create(User))
place = table.transaction(create(Order), create(OrderItem, up_to=20))
discard = table.transaction(delete(Order), delete(OrderItem, up_to=20), check(User))
merge = table.transaction(delete(OrderItem, up_to=5), create(OrderItem, up_to=5), delete(Order, up_to=5), create(Order, up_to=5))
open_order = table.transaction(create(Order))

IDENTIFIER, TEXT = "i" * 26, "t" * 20


def user(email: str = "e" * 12 + "@" + "e" * 7 + ".com") -> User:
    """As long as `ASSUMED` says."""
    return User(
        id=IDENTIFIER, rank=1234, email=email, team_id=IDENTIFIER, name=TEXT, secret=Secret("s" * 97), photo=b"p" * 64, active=True,
        balance=Decimal(1234), born=date(2000, 1, 31), role=Role.ADMINISTRATOR, level=Level.HIGH, tags={f"{n}" * 20 for n in range(3)},
        scores=[1234] * 3, labels={f"{n}" * 20: [TEXT] * 3 for n in range(3)}, scans=[b"p" * 64] * 3, nickname=TEXT,
        version=1234, created_at=NOW,
    )  # fmt: skip


def order() -> Order:
    return Order(id=IDENTIFIER, status=TEXT, expires_at=datetime(2033, 5, 18, 3, 33, 21, tzinfo=UTC), version=1234)


def items(count: int) -> list[OrderItem]:
    return [OrderItem(order_id=IDENTIFIER, product_id=f"{n:026}", quantity=1234) for n in range(count)]


@pytest.mark.parametrize("item", [user(), order(), items(1)[0]], ids=lambda item: type(item).__name__)
def test_a_typical_item_is_like_an_encoded_one(item: Any) -> None:
    declared = entity_of(type(item))
    encoded = declared.codec.encode(item)
    assert {name: set(value) for name, value in typical_item(declared).items()} == {name: set(value) for name, value in encoded.items()}
    assert typical_bytes(declared) == item_bytes(encoded)


def test_another_letter_is_another_item_of_the_same_size() -> None:
    one, other = typical_item(entity_of(User)), typical_item(entity_of(User), "y")
    assert item_bytes(one) == item_bytes(other)
    assert {name for name in one if one[name] == other[name]} == {"_type", "level"}, "an Enum of int keeps its longest value"


class Silent:
    """Plans send nothing."""

    def call(self, operation: str, request: Any, /) -> dict[str, Any]:
        raise AssertionError("sent")


store = Store(Silent(), "shop", clock=lambda: NOW)


@pytest.mark.parametrize(
    ("pattern", "bound", "count"),
    [
        (find_user, find_user(IDENTIFIER, 1234), 0),
        (find_order, find_order(IDENTIFIER), 0),
        (set_status, set_status(order(), "u" * 20), 0),
        (rename, rename(user(), "u" * 20), 0),
        (change_email, change_email(user(), "f" * 12 + "@" + "f" * 7 + ".com"), 0),
        (register, register(user()), 0),
        (open_order, open_order(order()), 0),
        (place, place(order(), items(1)), 1),
        (place, place(order(), items(7)), 7),
        (discard, discard(order(), items(4), user()), 4),
    ],
    ids=lambda part: getattr(part, "name", ""),
)
def test_a_pattern_costs_what_its_plan_says(pattern: Any, bound: Any, count: int) -> None:
    cost = pattern_cost(pattern)
    assert total([cost.fixed, *(part for part in cost.each for _ in range(count))]) == store.plan(bound).cost


@pytest.mark.parametrize(
    ("pattern", "fixed", "each", "text"),
    [
        # A user has 1.1 KB: reading one block of 4 KB, writing two of 1 KB.
        (find_user, Units(read=0.5), (), "0.5 RCU"),
        (find_order, Units(read=1), (), "1 RCU"),
        (set_status, Units(write=1), (), "1 WCU"),
        (rename, Units(write=2, indexes={"GSI1": 2}), (), "2 WCU table, 2 WCU GSI1"),
        # The user twice 2, two locks twice 1; the index takes the old entry out and puts the new one in.
        (change_email, Units(write=8, indexes={"GSI1": 4}), (), "8 WCU table, 4 WCU GSI1"),
        (register, Units(write=6, indexes={"GSI1": 2}), (), "6 WCU table, 2 WCU GSI1"),
        (open_order, Units(write=1), (), "1 WCU"),
        (place, Units(write=2), (Units(write=2, indexes={"GSI1": 1}),), "2 + 2n WCU table, n WCU GSI1"),
        (
            merge,
            Units(),
            (Units(write=2, indexes={"GSI1": 1}), Units(write=2, indexes={"GSI1": 1}), Units(write=2), Units(write=2)),
            "2n + 2m + 2n3 + 2n4 WCU table, n + m WCU GSI1",
        ),
        (discard, Units(write=6), (Units(write=2, indexes={"GSI1": 1}),), "6 + 2n WCU table, n WCU GSI1"),
    ],
    ids=lambda part: getattr(part, "name", ""),
)
def test_costs_by_hand(pattern: Any, fixed: Units, each: tuple[Units, ...], text: str) -> None:
    cost = pattern_cost(pattern)
    assert (cost.fixed, cost.each, cost.text) == (fixed, each, text)
    assert cost.to_dict()["text"] == text and len(cost.to_dict()["each"]) == len(each)
