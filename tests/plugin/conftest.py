"""The plugin as the engine starts it: a process of its own, spoken to over gRPC, which registers with our monitor."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import engine_pb2_grpc, errors_pb2, provider_pb2, provider_pb2_grpc, resource_pb2_grpc, status_pb2

from app import model
from components.plugin.host import NAME
from local.aws import ACCOUNT, REGION
from local.deploy.calls import ImaginedCalls
from local.deploy.deployment import _creator
from local.deploy.registry import answer
from local.monitor import Monitor, Registration
from local.properties import decode, reveal

ROOT = Path(__file__).parents[2]
PROJECT, STACK = "shop", "dev"
PARENT = f"urn:pulumi:{STACK}::{PROJECT}::pulumi:pulumi:Stack::{PROJECT}-{STACK}"


class Refusal(Exception):
    """What the engine would show. properties: path -> reason."""

    def __init__(self, details: str, properties: Mapping[str, str], registered: tuple[Registration, ...]) -> None:
        super().__init__(f"{details} {dict(properties)}")
        self.details, self.properties, self.registered = details, properties, registered


class Served(resource_pb2_grpc.ResourceMonitorServicer, engine_pb2_grpc.EngineServicer):
    """The monitor that local runs use, behind gRPC."""

    def __init__(self) -> None:
        calls = ImaginedCalls(ACCOUNT, REGION)
        self.monitor = Monitor(PROJECT, STACK, ROOT, _creator(calls), lambda token, _: answer(token, ACCOUNT, REGION))

    def RegisterResource(self, request: Any, context: Any) -> Any:
        try:
            return self.monitor.RegisterResource(request)
        except Exception as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:
        return self.monitor.RegisterResourceOutputs(request)

    def Invoke(self, request: Any, context: Any) -> Any:
        return self.monitor.Invoke(request)

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:
        return self.monitor.GetDeploymentInfo(request)

    def Log(self, request: Any, context: Any) -> Any:
        return self.monitor.Log(request)

    def GetRootResource(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()


@contextmanager
def serving() -> Iterator[tuple[Served, str]]:
    """With its address. One call at a time: handlers are written for that."""
    served, server = Served(), grpc.server(futures.ThreadPoolExecutor(1))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(served, server)
    engine_pb2_grpc.add_EngineServicer_to_server(served, server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield served, address
    finally:
        server.stop(None)


@dataclass
class Constructed:
    urn: str
    state: Mapping[str, Any]
    registrations: tuple[Registration, ...]

    def one(self, kind: str, name: str) -> Registration:
        (found,) = [each for each in self.registrations if each.type.endswith(f":{kind}") and each.name == name]
        return found


@dataclass
class Plugin:
    stub: provider_pb2_grpc.ResourceProviderStub

    def schema(self) -> dict[str, Any]:
        return json.loads(self.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)

    def construct(self, component: str, inputs: Mapping[str, Any], name: str = "shop") -> Constructed:
        """Each has a monitor of its own: what a refused one still registers does not reach the next. Raises Refusal."""
        with serving() as (served, address):
            request = provider_pb2.ConstructRequest(
                project=PROJECT,
                stack=STACK,
                type=f"{NAME}:index:{component}",
                name=name,
                inputs=struct(inputs),
                monitorEndpoint=address,
                parallel=4,
                parent=PARENT,
            )
            try:
                response = self.stub.Construct(request, timeout=60)
            except grpc.RpcError as error:
                raise Refusal(error.details(), properties_of(error), served.monitor.registrations) from None
            return Constructed(response.urn, plain(response.state), served.monitor.registrations)


def plain(state: struct_pb2.Struct) -> dict[str, Any]:
    return {name: reveal(value) for name, value in decode(state, ROOT).items()}


def struct(inputs: Mapping[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(inputs)
    return made


def archive(path: Path) -> dict[str, str]:
    """As the engine sends a folder or a .zip."""
    return {"4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", "path": str(path)}


def secret(value: Any) -> dict[str, Any]:
    """As the engine sends an output that is known and secret."""
    return {"4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": value, "secret": True, "dependencies": []}


def properties_of(error: Any) -> dict[str, str]:
    found, status = errors_pb2.InputPropertiesError(), status_pb2.Status()
    for name, value in error.trailing_metadata() or ():
        if name == "grpc-status-details-bin":
            status.ParseFromString(value)
    for detail in status.details:
        detail.Unpack(found)
    assert all(each.property_path for each in found.errors), "the engine prints all inputs, secrets too, for an error of no path"
    return {each.property_path: each.reason for each in found.errors} or {"": status.message}


@pytest.fixture(scope="session")
def plugin() -> Iterator[Plugin]:
    with serving() as (_, address):
        command = [sys.executable, str(ROOT / "components" / "plugin"), address]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PULUMI_ERROR_OUTPUT_STRING": "true"}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout
            port = process.stdout.readline().strip()
            assert port.isdecimal(), "the plugin did not start"
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield Plugin(provider_pb2_grpc.ResourceProviderStub(channel))
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture
def definition() -> dict[str, Any]:
    return model.table.definition().to_dict()
