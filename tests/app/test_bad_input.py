"""Bad input: each a clear error with its code, and not a byte of it in the table."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from app.answers import Shop
from app.model import MOST_LINES, OrderStatus, User
from singletable import (
    AlreadyExists,
    InvalidKey,
    InvalidValue,
    ItemTooLarge,
    MalformedItem,
    NotFound,
    Secret,
    SingleTableError,
    TransactionTooLarge,
    UnknownEntity,
    VersionConflict,
)
from tests.app.conftest import HASH, START, TABLE, contents, line

HUGE = "x" * 400 * 1024


class Scene:
    """A shop with two users and an order, and calls that succeed as they are."""

    def __init__(self, shop: Shop, ada: User) -> None:
        self.shop, self.ada = shop, ada
        self.register(email="eve@example.org")
        self.order = self.place().order

    def register(self, **changes: Any) -> None:
        self.shop.users.create(**{"email": "new@example.org", "name": "New", "password_hash": Secret(HASH), "at": START, **changes})

    def place(self, reference: str = "A-1", **changes: Any) -> Any:
        values = {"user_id": self.ada.id, "reference": reference, "currency": "EUR", "lines": [line("p1"), line("p2")], "at": START}
        return self.shop.orders.create_with_items(**{**values, **changes})


REFUSED: dict[str, tuple[Callable[[Scene], object], type[SingleTableError], str, str]] = {
    "duplicate e-mail": (lambda s: s.register(email="ADA@example.org"), AlreadyExists, "already-exists", "User.email is taken"),
    "no e-mail": (lambda s: s.register(email="nobody"), InvalidValue, "invalid-value", "is not an e-mail address"),
    "oversized user": (lambda s: s.register(name=HUGE), ItemTooLarge, "item-too-large", "User"),
    "oversized credential": (lambda s: s.register(password_hash=Secret(HUGE)), ItemTooLarge, "item-too-large", "Credential"),
    "unknown user": (lambda s: s.place("A-2", user_id="nobody"), NotFound, "not-found", "there is no such User"),
    "no reference": (lambda s: s.place(""), InvalidKey, "invalid-key", "reference"),
    "reference too long for a key": (lambda s: s.place("r" * 3000), InvalidKey, "invalid-key", "DynamoDB takes 2,048"),
    "too many lines": (
        lambda s: s.place("A-2", lines=[line(f"p{n}") for n in range(MOST_LINES + 1)]), TransactionTooLarge, "transaction-too-large",
        f"up to {MOST_LINES} items, {MOST_LINES + 1} were given",
    ),
    "stale user": (lambda s: s.shop.users.change_email(s.ada.id, "other@example.org", version=7), VersionConflict, "version-conflict", "User"),
    "stale user leaves": (lambda s: s.shop.users.delete(s.ada.id, version=7), VersionConflict, "version-conflict", "User"),
    "unknown user moves": (lambda s: s.shop.users.change_email("nobody", "x@example.org", version=1), NotFound, "not-found", "User"),
    "taken address": (
        lambda s: s.shop.users.change_email(s.ada.id, "EVE@example.org", version=1), AlreadyExists, "already-exists", "User.email is taken",
    ),
    "stale order": (lambda s: s.shop.orders.set_status(s.order.id, OrderStatus.PAID, version=2), VersionConflict, "version-conflict", "Order"),
    "unknown order": (lambda s: s.shop.orders.set_status("nothing", OrderStatus.PAID, version=1), NotFound, "not-found", "Order"),
    "oversized product": (
        lambda s: s.shop.products.create(name=HUGE, category="c", price_minor=1, currency="EUR", at=START), ItemTooLarge, "item-too-large",
        "Product",
    ),
    "category too long for a key": (
        lambda s: s.shop.products.create(name="n", category="ä" * 1025, price_minor=1, currency="EUR", at=START), InvalidKey, "invalid-key",
        "DynamoDB takes 2,048",
    ),
    "time without a zone": (lambda s: s.place("A-2", at=datetime(2025, 6, 1)), InvalidValue, "invalid-value", "has no time zone"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_leaves_the_table_as_it_was(client: Any, shop: Shop, ada: User, case: str) -> None:
    call, kind, code, message = REFUSED[case]
    scene = Scene(shop, ada)
    before = contents(client)
    with pytest.raises(kind) as refused:
        call(scene)
    assert refused.value.code == code
    assert message in str(refused.value)
    assert HUGE[:100] not in str(refused.value)
    assert contents(client) == before


def test_an_item_of_an_unknown_kind_is_named_and_stays(client: Any, shop: Shop, ada: User) -> None:
    stranger = {"PK": {"S": "USER#9"}, "SK": {"S": "METADATA"}, "_type": {"S": "Customer"}, "id": {"S": "9"}}
    client.put_item(TableName=TABLE, Item=stranger)
    before = contents(client)
    with pytest.raises(UnknownEntity, match="an item of the kind 'Customer' lies where User was expected"):
        shop.users.find_by_id("9")
    with pytest.raises(UnknownEntity):
        shop.users.delete("9", version=1)
    assert contents(client) == before


def test_an_item_of_an_unknown_kind_among_the_lines_of_an_order_is_named(client: Any, shop: Shop, ada: User) -> None:
    order = Scene(shop, ada).order
    client.put_item(TableName=TABLE, Item={"PK": {"S": f"ORDER#{order.id}"}, "SK": {"S": "ITEM#p9"}, "_type": {"S": "Gift"}})
    with pytest.raises(UnknownEntity, match="'Gift' lies where OrderItem was expected"):
        shop.orders.find_by_id(order.id)


def test_an_item_that_another_writer_broke_is_named(client: Any, shop: Shop, ada: User) -> None:
    client.update_item(TableName=TABLE, Key={"PK": {"S": f"USER#{ada.id}"}, "SK": {"S": "METADATA"}}, UpdateExpression="REMOVE created_at")
    with pytest.raises(MalformedItem, match="User.created_at: the attribute is missing"):
        shop.users.find_by_id(ada.id)


def test_a_name_that_is_taken_by_nobody_is_still_refused_when_the_id_collides(client: Any, shop: Shop, ada: User) -> None:
    """Two registrations that draw the same random bytes in the same millisecond."""
    repository = type(shop.users)(shop.users._store, random_bytes=bytes)
    first = repository.create(email="one@example.org", name="One", password_hash=Secret(HASH), at=START)
    before = contents(client)
    with pytest.raises(AlreadyExists, match="this User exists already"):
        repository.create(email="two@example.org", name="Two", password_hash=Secret(HASH), at=START)
    assert contents(client) == before
    assert shop.users.find_by_id(first.id) == first
