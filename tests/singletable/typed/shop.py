"""What a type checker knows about the shop. Lines that it must refuse are marked so; every other line must pass."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_type

from singletable import Between, Change, CursorKeys, Id, Page, Pattern, Secret, Store, Timestamp, check, create, patterns_of
from singletable.patterns import BoundMany, BoundOne, One
from singletable.plans import Plan
from singletable.transactions import BoundTransaction, BoundUpdate, Transaction, Update
from tests.singletable.shop import model
from tests.singletable.shop.model import Credential, Order, OrderItem, OrderStatus, Role, User, table


def declarations(user: User, credential: Credential) -> None:
    User(id="1", email="a@x.io", name="A")
    User(id="1", email="a@x.io", name="A", role=Role.ADMIN, version=2)
    assert_type(user.id, str)
    assert_type(user.version, int)
    assert_type(user.role, Role)
    assert_type(user.created_at, datetime)
    assert_type(credential.password_hash.reveal(), str)
    User(id="1", email="a@x.io")  # refused: no name
    User(id=1, email="a@x.io", name="A")  # refused: id
    User("1", "a@x.io", "A")  # refused: by position
    user.name = "B"  # refused: immutable
    Credential(user_id="1", password_hash="hash")  # refused: not a Secret


def by_names(store: Store) -> None:
    assert_type(model.find_user, One[..., User])
    assert_type(model.find_user(id="1"), BoundOne[User])
    assert_type(store.get(model.find_user(id="1")), User | None)
    assert_type(store.page(model.list_orders(user_id="1"), limit=5), Page[Order])
    for order in store.page(model.list_orders(user_id="1")):
        assert_type(order.status, OrderStatus)
    store.page(model.find_user(id="1"))  # refused: one is not many
    store.get(model.list_orders(user_id="1"))  # refused: many is not one
    store.get(model.find_user)  # refused: not called
    model.find_user(idd=1)  # only the program can refuse this


@table.one(User)
def find_user(id: Id) -> None: ...


@table.many(Order, newest_first=True)
def list_orders(user_id: str) -> None: ...


@table.many(Order)
def orders_between(user_id: str, created_at: Between[Timestamp]) -> None: ...


def by_signature(store: Store, now: datetime) -> None:
    assert_type(find_user(id="1"), BoundOne[User])
    assert_type(store.get(find_user(id="1")), User | None)
    assert_type(list_orders(user_id="1"), BoundMany[Order])
    assert_type(store.page(orders_between(user_id="1", created_at=Between(now))), Page[Order])
    find_user(idd="1")  # refused: name
    find_user(id=1)  # refused: type
    find_user()  # refused: missing
    orders_between(user_id="1", created_at=now)  # refused: not a range
    orders_between(user_id="1", created_at=Between("2025"))  # refused: a range of something else


@table.one(User)  # refused: the signature is that of a question, without a result
def find_user_with_result(id: Id) -> User: ...


set_status = table.update(Order, "status")


def writing(store: Store, user: User, credential: Credential, order: Order, items: Sequence[OrderItem]) -> None:
    assert_type(model.place_order, Transaction[Order, Sequence[OrderItem]])
    assert_type(model.place_order(order, items), BoundTransaction)
    assert_type(store.update(model.set_order_status(order, status=OrderStatus.PAID)), Order)
    assert_type(set_status, Update[..., Order])
    assert_type(set_status(order, status=OrderStatus.PAID), BoundUpdate[Order])
    model.place_order(items, order)  # refused: order of arguments
    model.place_order(order)  # refused: items missing
    model.register_user(user, order)  # refused: not a credential
    model.set_order_status(order, status="paid")  # refused: not a status
    model.set_order_status(user, status=OrderStatus.PAID)  # refused: not an order
    create(Order, upto=3)  # refused: no such option


confirm = table.transaction(check(User), set_status, create(OrderItem, up_to=3))
settle = table.transaction(check(Order, unchanged=True), model.set_order_status)


def steps(store: Store, user: User, order: Order, items: Sequence[OrderItem]) -> None:
    assert_type(confirm, Transaction[User | BoundOne[User], BoundUpdate[Order], Sequence[OrderItem]])
    confirm(user, set_status(order, status=OrderStatus.PAID), items)
    confirm(find_user(id="1"), set_status(order, status=OrderStatus.PAID), items)
    moved = model.set_order_status(order, status=OrderStatus.PAID)
    assert_type(store.write(settle(order, moved))[moved], Order)
    assert_type(store.plan(confirm(user, set_status(order), items)), Plan)
    confirm(order, set_status(order), items)  # refused: not a user
    confirm(list_orders(user_id="1"), set_status(order), items)  # refused: many is not one
    confirm(user, order, items)  # refused: not an update
    settle(find_user(id="1"), model.set_order_status(order, status=OrderStatus.PAID))  # refused: without the item there is no version
    check(User, unchanged=False)  # refused: said by leaving it out
    table.transaction(find_user)  # refused: a read is no step
    table.transaction(create(User), create(Credential), create(Order), create(OrderItem), set_status)(user, None, order, items[0], None)


def pages(store: Store) -> None:
    assert_type(CursorKeys.parse("k1:..."), CursorKeys)
    store.page(list_orders(user_id="1"), limit=5, cursor=None, caller="1")
    for order in store.all(list_orders(user_id="1")):
        assert_type(order, Order)
    store.all(find_user(id="1"))  # refused: one is not many
    store.page(list_orders(user_id="1"), limit="5")  # refused: a number


assert_type(patterns_of(steps, Store), tuple[Pattern, ...])
patterns_of("steps")  # refused: a name is not code

stream = table.stream()


@stream.on_change(Order, "status")
def right(old: Order, new: Order, change: Change) -> None: ...


@stream.on_create(Order)
def placed(new: Order, change: Change) -> None:
    assert_type(change.at, datetime)


@stream.on_delete(Order)
def gone(old: Order, change: Change) -> None:
    assert_type(change.expired, bool)


@stream.on_delete(Order)  # refused: there is no new one
def gone_with_both(old: Order, new: Order, change: Change) -> None: ...


@stream.on_change(User, "email")  # refused: handler of another entity
def wrong(old: Order, new: Order, change: Change) -> None: ...


def secrets(secret: Secret[str]) -> None:
    len(secret)  # refused: reveal first


def gaps() -> None:
    """Wrong, and yet accepted: the import refuses the first three, the call the fourth."""
    table.one(int, by="id")
    table.one(User, by="idd")
    table.many(User, by="id")
    set_status(Order(id="1", user_id="1", total=1), state=OrderStatus.PAID)
