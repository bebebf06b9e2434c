"""What the engine asks of a provider, over its own protocol, for one resource after another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from local.aws import EmbeddedAws
from local.engine.provider import serve_provider
from local.properties import decode, encode, is_secret
from tests.local.programs import EVERYTHING

TABLE = "aws:dynamodb/table:Table"
FUNCTION = "aws:lambda/function:Function"
QUEUE = "aws:sqs/queue:Queue"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
EVENTS = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
NONE, SOME = provider_pb2.DiffResponse.DIFF_NONE, provider_pb2.DiffResponse.DIFF_SOME


def index(name: str, **more: Any) -> dict[str, Any]:
    keys = [{"attributeName": f"{name}PK", "keyType": "HASH"}, {"attributeName": f"{name}SK", "keyType": "RANGE"}]
    return {"name": name, "keySchemas": keys, "projectionType": "ALL", **more}


def text(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "type": "S"} for name in names]


PLAIN: dict[str, Any] = {
    "hashKey": "PK",
    "rangeKey": "SK",
    "attributes": text("PK", "SK", "GSI1PK", "GSI1SK"),
    "billingMode": "PAY_PER_REQUEST",
    "globalSecondaryIndexes": [index("GSI1")],
    "tags": {"stage": "dev"},
}


@dataclass(frozen=True)
class Made:
    """A resource that the provider created."""

    type: str
    id: str
    inputs: Any
    state: Any


class Engine:
    """What the engine asks, for one resource after another, and nothing in between."""

    def __init__(self, port: int) -> None:
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def check(self, kind: str, inputs: Any, olds: Any = None, **more: Any) -> Any:
        given = {"urn": urn(kind), "news": as_struct(inputs), "olds": as_struct(olds or {}), "randomSeed": b"seed"}
        return self.stub.Check(provider_pb2.CheckRequest(**given | more))

    def create(self, kind: str, inputs: Mapping[str, Any], name: str = "thing", *, preview: bool = False) -> Made:
        checked = self.check(kind, inputs, urn=urn(kind, name))
        assert not checked.failures
        made = self.stub.Create(provider_pb2.CreateRequest(urn=urn(kind, name), properties=checked.inputs, preview=preview))
        return Made(kind, made.id, checked.inputs, made.properties)

    def diff(self, made: Made, news: Any) -> Any:
        request = provider_pb2.DiffRequest(id=made.id, urn=urn(made.type), olds=made.state, news=as_struct(news), old_inputs=made.inputs)
        return self.stub.Diff(request)

    def update(self, made: Made, inputs: Mapping[str, Any], *, preview: bool = False) -> Made:
        news = self.check(made.type, inputs, made.inputs).inputs
        request = provider_pb2.UpdateRequest(
            id=made.id, urn=urn(made.type), olds=made.state, news=news, old_inputs=made.inputs, preview=preview
        )
        return Made(made.type, made.id, news, self.stub.Update(request).properties)

    def read(self, made: Made) -> Any:
        return self.stub.Read(provider_pb2.ReadRequest(id=made.id, urn=urn(made.type), properties=made.state, inputs=made.inputs))

    def delete(self, made: Made) -> None:
        self.stub.Delete(provider_pb2.DeleteRequest(id=made.id, urn=urn(made.type), properties=made.state))


def urn(kind: str, name: str = "thing") -> str:
    return f"urn:pulumi:dev::sample::pkg:index:Parent${kind}::{name}"


def as_struct(inputs: Any) -> Any:
    return encode(inputs) if isinstance(inputs, Mapping) and isinstance(inputs, dict) else inputs


def revealed(struct: Any) -> Any:
    """Without marks of secrets, at every depth: the engine takes them off for a provider that does not know them."""
    return struct_pb2.Struct(fields={name: _revealed(value) for name, value in struct.fields.items()})


def _revealed(value: Any) -> Any:
    if is_secret(value):
        return _revealed(value.struct_value.fields["value"])
    if value.HasField("struct_value"):
        return struct_pb2.Value(struct_value=revealed(value.struct_value))
    return value


def plain(struct: Any) -> dict[str, Any]:
    return decode(struct, Path())


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as running:
        yield running


@pytest.fixture(scope="module")
def engine(aws: EmbeddedAws) -> Iterator[Engine]:
    with serve_provider(aws, EVERYTHING) as port:
        engine = Engine(port)
        with engine.channel:
            yield engine


@pytest.fixture
def table(engine: Engine) -> Iterator[Made]:
    made = engine.create(TABLE, PLAIN)
    yield made
    engine.delete(made)


def described(aws: EmbeddedAws, made: Made) -> dict[str, Any]:
    return aws.client("dynamodb").describe_table(TableName=made.id)["Table"]
