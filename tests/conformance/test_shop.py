"""The shop's repositories from the first registration to the last status, and what its stream tells."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from app import model
from app.answers import Shop
from app.errors import ImpossibleTransition
from app.model import OrderStatus, User
from app.orders import Line
from local.stream_event import event_of
from singletable import AlreadyExists, Change, NotFound, Secret, Store, VersionConflict
from tests.conformance.conftest import CURSORS
from tests.conformance.endpoints import Endpoint

START = datetime(2025, 6, 1, 12, tzinfo=UTC)
LATER = datetime(2025, 6, 2, 8, 30, tzinfo=UTC)
HASH = Secret("$argon2id$v=19$c2FsdA$aGFzaA")
_numbers = count()


@pytest.fixture
def deployed(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    """The shop's table, with its stream; its description."""
    name, definition = f"conformance-shop-{next(_numbers)}", model.table.definition()
    stream = {"StreamEnabled": True, "StreamViewType": definition.stream_view_type}
    yield endpoint.create_table(name, definition.key, definition.indexes, StreamSpecification=stream)
    endpoint.client.delete_table(TableName=name)


@pytest.fixture
def shop(endpoint: Endpoint, deployed: dict[str, Any]) -> Shop:
    return Shop(Store(endpoint.transport, deployed["TableName"], clock=lambda: LATER, cursors=CURSORS))


@pytest.fixture
def ada(shop: Shop) -> User:
    return shop.users.create(email="Ada@Example.org", name="Ada", password_hash=HASH, at=START)


def lines(*products: str) -> list[Line]:
    return [Line(product_id=product, quantity=2, unit_price_minor=450, discount_percent=10) for product in products]


def records(endpoint: Endpoint, arn: str) -> list[dict[str, Any]]:
    """All of a stream so far, as a function would get them."""
    found: list[dict[str, Any]] = []
    for shard in endpoint.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        wanted = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = endpoint.streams.get_shard_iterator(**wanted)["ShardIterator"]
        while page := (answer := endpoint.streams.get_records(ShardIterator=iterator))["Records"]:
            found += [event_of(record, arn) for record in page]
            iterator = answer.get("NextShardIterator")
            if iterator is None:
                break
    return found


def test_a_user_registers_moves_and_leaves(endpoint: Endpoint, deployed: Any, shop: Shop, ada: User) -> None:
    assert shop.users.find_by_id(ada.id) == ada == shop.users.find_by_email(" ADA@example.ORG")
    assert shop.users.find_by_email("ada@example.org", consistent=False) == ada
    with pytest.raises(AlreadyExists) as taken:
        shop.users.create(email="ADA@example.org", name="Eve", password_hash=HASH, at=START)
    assert (taken.value.entity, taken.value.field) == ("User", "email")
    moved = shop.users.change_email(ada.id, "ada@new.example", version=1)
    assert (moved.version, moved.updated_at) == (2, LATER)
    with pytest.raises(VersionConflict):
        shop.users.change_email(ada.id, "ada@third.example", version=1)
    assert shop.users.find_by_email("ada@example.org") is None
    assert shop.users.find_by_email("ada@new.example") == moved
    shop.users.delete(ada.id, version=2)
    assert endpoint.contents(deployed["TableName"]) == []
    with pytest.raises(NotFound):
        shop.users.delete(ada.id, version=2)


def test_an_order_is_placed_once_and_goes_its_way(endpoint: Endpoint, deployed: Any, shop: Shop, ada: User) -> None:
    placed = shop.orders.create_with_items(user_id=ada.id, reference="A-1", currency="EUR", lines=lines("p2", "p1"), at=START)
    assert placed.is_new
    assert (placed.order.total_minor, placed.order.item_count) == (1620, 2)
    again = shop.orders.create_with_items(user_id=ada.id, reference="A-1", currency="EUR", lines=lines("p9"), at=LATER)
    assert again == replace(placed, is_new=False) == shop.orders.find_by_id(placed.order.id)
    with pytest.raises(NotFound) as missing:
        shop.orders.create_with_items(user_id="nobody", reference="A-1", currency="EUR", lines=lines("p1"), at=START)
    assert missing.value.entity == "User"
    paid = shop.orders.set_status(placed.order.id, OrderStatus.PAID, version=1)
    assert (paid.status, paid.version, paid.updated_at) == (OrderStatus.PAID, 2, LATER)
    with pytest.raises(VersionConflict):
        shop.orders.set_status(placed.order.id, OrderStatus.SHIPPED, version=1)
    shipped = shop.orders.set_status(placed.order.id, OrderStatus.SHIPPED, version=2)
    with pytest.raises(ImpossibleTransition):
        shop.orders.set_status(placed.order.id, OrderStatus.PAID, version=3)
    assert shop.orders.find_by_id(placed.order.id) == replace(placed, order=shipped, is_new=False)
    assert len(endpoint.contents(deployed["TableName"])) == 3 + 1 + 2 + 1, (
        "user with credential and lock, order, two items, lock of the reference"
    )


def test_the_largest_order_is_placed(shop: Shop, ada: User) -> None:
    products = [f"p{number:03}" for number in range(model.MOST_LINES)]
    placed = shop.orders.create_with_items(user_id=ada.id, reference="A-1", currency="EUR", lines=lines(*products), at=START)
    assert [item.product_id for item in placed.items] == products
    assert shop.orders.find_by_id(placed.order.id) == replace(placed, is_new=False)


def test_lists_come_in_pages(shop: Shop, ada: User) -> None:
    for number in range(7):
        at = START + timedelta(minutes=number)
        shop.orders.create_with_items(user_id=ada.id, reference=f"A-{number}", currency="EUR", lines=lines("p1"), at=at)
        shop.products.create(name=f"Tea {number}", category="Beverages #1", price_minor=450, currency="EUR", at=at)
    shop.products.create(name="Mug", category="Beverages", price_minor=900, currency="EUR", at=START)
    first = shop.orders.list_for_user(ada.id, limit=5)
    rest = shop.orders.list_for_user(ada.id, limit=5, cursor=first.cursor)
    assert [order.reference for order in (*first, *rest)] == [f"A-{number}" for number in reversed(range(7))]
    assert rest.cursor is None
    first = shop.products.list_by_category("Beverages #1", limit=5)
    rest = shop.products.list_by_category("Beverages #1", limit=5, cursor=first.cursor)
    assert [product.name for product in (*first, *rest)] == [f"Tea {number}" for number in range(7)]
    (mug,) = shop.products.list_by_category("Beverages")
    assert shop.products.find_by_id(mug.id) == mug


def test_the_stream_tells_each_change_once_and_in_order(endpoint: Endpoint, deployed: Any, shop: Shop) -> None:
    told: list[tuple[object, ...]] = []
    stream = model.table.stream()

    @stream.on_create(model.User)
    def registered(user: User, change: Change) -> None:
        told.append(("registered", user))

    @stream.on_change(model.User, "email")
    def moved(old: User, new: User, change: Change) -> None:
        told.append(("moved", old, new))

    @stream.on_delete(model.User)
    def left(user: User, change: Change) -> None:
        told.append(("left", user, change.expired))

    ada = shop.users.create(email="ada@example.org", name="Ada", password_hash=HASH, at=START)
    with pytest.raises(AlreadyExists):
        shop.users.create(email="ada@example.org", name="Eve", password_hash=HASH, at=START)
    new = shop.users.change_email(ada.id, "ada@new.example", version=1)
    shop.users.delete(ada.id, version=2)
    found = records(endpoint, deployed["LatestStreamArn"])
    # Three items come, two locks are exchanged beside the change of the user, three items go; what was refused leaves no record.
    assert len(found) == 3 + 3 + 3
    assert len({record["eventID"] for record in found}) == len(found)
    assert stream.handler()({"Records": found}, None) == {"batchItemFailures": []}
    assert told == [("registered", ada), ("moved", ada, new), ("left", new, False)]


@pytest.mark.deviates("dynoxide", "a write that changes nothing has a record")
def test_a_write_that_changes_nothing_is_not_told(endpoint: Endpoint, deployed: Any) -> None:
    """Developer guide, "Change data capture for DynamoDB Streams": no record for a write that changes no data."""
    item = {"PK": {"S": "p"}, "SK": {"S": "s"}, "n": {"N": "1"}}
    for _ in range(2):
        endpoint.client.put_item(TableName=deployed["TableName"], Item=item)
        update = {"UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
        endpoint.client.update_item(TableName=deployed["TableName"], Key={"PK": item["PK"], "SK": item["SK"]}, **update)
    endpoint.client.delete_item(TableName=deployed["TableName"], Key={"PK": {"S": "nobody"}, "SK": {"S": "s"}})
    assert [record["eventName"] for record in records(endpoint, deployed["LatestStreamArn"])] == ["INSERT"]
