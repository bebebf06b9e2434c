"""One DynamoDB that the suite runs on: how to talk to it, and what it charges."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local import aws
from local.metering import NAMESPACE, Metering
from monitoring.metrics import Metric
from monitoring.samples import Samples
from singletable import Transport, botocore_transport
from singletable.definition import IndexDefinition, KeyDefinition
from singletable.sizing import Units, total
from tests.conformance.arbiters import Arbiter, running

REPAIRED_MOTO = "repaired moto"
CONNECTIONS = 64
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR_SECONDS = 3600
READS = ("GetItem", "Query")


@dataclass(frozen=True)
class Endpoint:
    """transport: the kit's own. charge(table, act): what the endpoint charges that table for what `act` does.

    client, streams: boto3 clients, for what the kit does not do.
    """

    name: str
    transport: Transport
    client: Any
    streams: Any
    charge: Callable[[str, Callable[[], object]], Units]

    def create_table(self, name: str, key: KeyDefinition, indexes: tuple[IndexDefinition, ...], **more: Any) -> dict[str, Any]:
        """On demand; its description."""
        keys = dict.fromkeys(attribute for each in (key, *(index.key for index in indexes)) for attribute in each.attributes)
        request = {
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": _schema(key),
            "AttributeDefinitions": [{"AttributeName": attribute, "AttributeType": "S"} for attribute in keys],
            "GlobalSecondaryIndexes": [
                {"IndexName": index.name, "KeySchema": _schema(index.key), "Projection": _projection(index)} for index in indexes
            ],
        }
        return self.client.create_table(**request, **more)["TableDescription"]

    def contents(self, table: str) -> list[dict[str, Any]]:
        """Everything in a table, locks too, in one order."""
        pages = self.client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return sorted((item for page in pages for item in page["Items"]), key=lambda item: (item["PK"]["S"], item["SK"]["S"]))


@contextmanager
def repaired_moto() -> Iterator[Endpoint]:
    """In process. Charges what `local.metering` records of it."""

    class Noon:
        def now(self) -> datetime:
            return NOON

    with aws.repaired_moto(Noon()) as pipeline:

        def charge(table: str, act: Callable[[], object]) -> Units:
            samples = Samples()
            metering = Metering(samples, aws.ACCOUNT, aws.REGION)
            pipeline.observe(metering)
            try:
                act()
            finally:
                pipeline.ignore(metering)
            return _recorded(samples, table)

        transport = botocore_transport(region=aws.REGION, connections=CONNECTIONS)
        yield Endpoint(REPAIRED_MOTO, transport, _client("dynamodb"), _client("dynamodbstreams"), charge)


@contextmanager
def arbiter(known: Arbiter, directory: Path) -> Iterator[Endpoint]:
    """Charges what it answers as ConsumedCapacity."""
    with running(known, directory) as url:
        bill = Bill(botocore_transport(region=aws.REGION, endpoint_url=url, connections=CONNECTIONS))

        def charge(table: str, act: Callable[[], object]) -> Units:
            before = len(bill.entries)
            act()
            return total(units for name, units in bill.entries[before:] if name == table)

        yield Endpoint(known.name, bill, _client("dynamodb", url), _client("dynamodbstreams", url), charge)


class Bill:
    """A transport that asks each request for its price. entries: (table, units), in the order of the answers."""

    def __init__(self, transport: Transport) -> None:
        self.entries: list[tuple[str, Units]] = []
        self._transport = transport

    def call(self, operation: str, request: Mapping[str, Any], /) -> dict[str, Any]:
        answer = self._transport.call(operation, {**request, "ReturnConsumedCapacity": "INDEXES"})
        consumed = answer.pop("ConsumedCapacity", [])
        self.entries += [
            (entry["TableName"], _consumed(operation, entry)) for entry in (consumed if isinstance(consumed, list) else [consumed])
        ]
        return answer


def _consumed(operation: str, entry: Mapping[str, Any]) -> Units:
    indexes = {name: float(index["CapacityUnits"]) for name, index in entry.get("GlobalSecondaryIndexes", {}).items()}
    # What the total leaves for the table: ministack leaves the table's own line out of a transaction.
    own = float(entry["CapacityUnits"]) - sum(indexes.values())
    # A transaction that is sent again with its token is answered and only read (API reference, "TransactWriteItems").
    reads = operation in READS or "ReadCapacityUnits" in entry
    return Units(read=own if reads else 0.0, write=0.0 if reads else own, indexes={name: units for name, units in indexes.items() if units})


def _recorded(samples: Samples, table: str) -> Units:
    units = Units()
    for space, name, dimensions in samples.metrics():
        if space == NAMESPACE and name.startswith("Consumed") and dimensions["TableName"] == table:
            metric = Metric(space, name, dimensions, "Sum", HOUR_SECONDS)
            used = samples.statistics(metric, NOON, NOON + timedelta(seconds=HOUR_SECONDS)).get(NOON, 0.0)
            index = dimensions.get("GlobalSecondaryIndexName")
            own = Units(indexes={index: used}) if index else Units(read=used) if "Read" in name else Units(write=used)
            units += own
    return units


def _client(service: str, url: str | None = None) -> Any:
    """Without checks of its own, because shard ids of dynoxide are shorter than botocore's model allows."""
    settings = Config(
        retries={"total_max_attempts": 1}, account_id_endpoint_mode="disabled", parameter_validation=False, max_pool_connections=CONNECTIONS
    )
    return boto3.client(service, region_name=aws.REGION, endpoint_url=url, config=settings)


def _schema(key: KeyDefinition) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(key.attributes, ("HASH", "RANGE"))]


def _projection(index: IndexDefinition) -> dict[str, Any]:
    return {"ProjectionType": index.projection, **({"NonKeyAttributes": list(index.attributes)} if index.attributes else {})}
