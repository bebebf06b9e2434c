"""The shop's table on an embedded DynamoDB, in process."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from app import model
from app.answers import Shop
from app.model import Product, User
from app.orders import Line
from local.aws import repaired_moto
from singletable import BotocoreTransport, CursorKeys, Secret, Store

TABLE = "shop"
START = datetime(2025, 6, 1, 12, tzinfo=UTC)
LATER = datetime(2025, 6, 2, 8, 30, tzinfo=UTC)
"""What the store's clock says: updates are stamped with it."""
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA"
CURSORS = CursorKeys.parse("k1:" + base64.b64encode(bytes(range(32))).decode())


def create_table(client: Any) -> None:
    """As the declaration says, not as another room deploys it."""
    definition = model.table.definition()
    keys = [definition.key, *(index.key for index in definition.indexes)]
    names = dict.fromkeys(name for key in keys for name in (key.partition, key.sort) if name)

    def schema(key: Any) -> list[dict[str, str]]:
        return [{"AttributeName": name, "KeyType": kind} for name, kind in ((key.partition, "HASH"), (key.sort, "RANGE")) if name]

    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=schema(definition.key),
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        GlobalSecondaryIndexes=[
            {"IndexName": index.name, "KeySchema": schema(index.key), "Projection": {"ProjectionType": index.projection}}
            for index in definition.indexes
        ],
    )


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    """A client, which takes ten times as long to make as a table; not longer than a module, because another embedded AWS may follow."""
    with repaired_moto():
        yield boto3.client("dynamodb")


@pytest.fixture
def client(dynamodb: Any) -> Iterator[Any]:
    create_table(dynamodb)
    yield dynamodb
    dynamodb.delete_table(TableName=TABLE)


@pytest.fixture
def store(client: Any) -> Store:
    return Store(BotocoreTransport(client), TABLE, clock=lambda: LATER, cursors=CURSORS)


@pytest.fixture
def shop(store: Store) -> Shop:
    return Shop(store)


@pytest.fixture
def ada(shop: Shop) -> User:
    return shop.users.create(email="Ada@Example.org", name="Ada", password_hash=Secret(HASH), at=START)


@pytest.fixture
def tea(shop: Shop) -> Product:
    return shop.products.create(name="Tea", category="Beverages", price_minor=450, currency="EUR", at=START)


def contents(client: Any) -> list[dict[str, Any]]:
    """Everything in the table, locks too, in one order."""
    pages = client.get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True)
    return sorted((item for page in pages for item in page["Items"]), key=lambda item: (item["PK"]["S"], item["SK"]["S"]))


def line(product_id: str = "p1", **changes: int) -> Line:
    return Line(**{"product_id": product_id, "quantity": 2, "unit_price_minor": 450, "discount_percent": 10, **changes})  # type: ignore[arg-type]
