"""The shop on an embedded DynamoDB."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from hypothesis import settings
from moto import mock_aws

from singletable import BotocoreTransport, CursorKeys, Store
from tests.singletable.shop import model

os.environ |= {
    "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
}  # fmt: skip
# A busy machine makes an example slow, not wrong.
settings.register_profile("singletable", deadline=None)
settings.load_profile("singletable")
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
CURSOR_KEYS = CursorKeys({"k1": bytes(range(32))})


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    """A client, which takes ten times as long to make as a table; not longer than a module, because another embedded AWS may follow."""
    with mock_aws():
        yield boto3.client("dynamodb")


@pytest.fixture
def client(dynamodb: Any) -> Iterator[Any]:
    keys = model.table.indexes
    names = [name for key in (model.table.key, *keys.values()) for name in (key.partition, key.sort) if name]

    def schema(key: Any) -> list[dict[str, str]]:
        return [{"AttributeName": name, "KeyType": kind} for name, kind in ((key.partition, "HASH"), (key.sort, "RANGE")) if name]

    dynamodb.create_table(
        TableName="shop",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=schema(model.table.key),
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        GlobalSecondaryIndexes=[
            {"IndexName": name, "KeySchema": schema(key), "Projection": {"ProjectionType": "ALL"}} for name, key in keys.items()
        ],
    )
    yield dynamodb
    dynamodb.delete_table(TableName="shop")


@pytest.fixture
def store(client: Any) -> Store:
    return Store(BotocoreTransport(client), "shop", clock=lambda: NOW, cursors=CURSOR_KEYS)
