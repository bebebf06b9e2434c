"""The pack as the CLI starts it, asked over gRPC: `python -u -m pulumi.policy <engine> <pack>`, its port on the first line it prints."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pulumi
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from local.monitor import Registration
from local.properties import encode

ROOT = Path(__file__).parent.parent.parent
_CODE = (pulumi.Asset, pulumi.Archive)
NO_ENGINE = "127.0.0.1:1"


@dataclass(frozen=True)
class Finding:
    """policy: its name. level: "ADVISORY" or "MANDATORY". message: without the description before it."""

    policy: str
    level: str
    message: str
    resource: str


class Pack:
    """A running pack."""

    def __init__(self, stub: Any) -> None:
        self._stub = stub

    def information(self) -> Any:
        return self._stub.GetAnalyzerInfo(empty_pb2.Empty())

    def configure(self, level: Any = analyzer_pb2.MANDATORY, **policies: dict[str, Any]) -> None:
        """Properties by rule, `_` in its name for `-`. level: of all of them."""
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for name, properties in policies.items():
            config = request.policyConfig[name.replace("_", "-")]
            config.enforcementLevel = level
            config.properties.update(properties)
        self._stub.Configure(request)

    def configure_stack(self, tags: dict[str, str]) -> None:
        self._stub.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(stack="main", project="shop", tags=tags))

    def remediations(self, type_: str, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Policy -> the properties that it makes of these, or why it makes nothing. As on the wire: secrets and unknown values marked."""
        sent = struct_pb2.Struct()
        sent.update(properties)
        request = analyzer_pb2.AnalyzeRequest(urn=f"urn:pulumi:prod::shop::{type_}::x", type=type_, name="x", properties=sent)
        answer = self._stub.Remediate(request)
        return {each.policyName: each.diagnostic or json_format.MessageToDict(each.properties) for each in answer.remediations}

    def findings(self, registrations: Sequence[Registration]) -> list[Finding]:
        """What the rules say of each resource's inputs, then of the whole stack's outputs."""
        found: list[Finding] = []
        for each in registrations:
            request = analyzer_pb2.AnalyzeRequest(
                urn=each.urn, type=each.type, name=each.name, properties=each.request.object, options=_options(each)
            )
            found += _read(self._stub.Analyze(request), each.name)
        stack = analyzer_pb2.AnalyzeStackRequest(resources=[_resource(each) for each in registrations])
        return found + _read(self._stub.AnalyzeStack(stack), "")


def _options(registration: Registration) -> Any:
    return analyzer_pb2.AnalyzerResourceOptions(protect=registration.protect, parent=registration.parent)


def _resource(registration: Registration) -> Any:
    properties = struct_pb2.Struct()
    properties.CopyFrom(registration.request.object)
    plain = {name: value for name, value in {**registration.inputs, **registration.outputs}.items() if not isinstance(value, _CODE)}
    properties.MergeFrom(encode(plain))
    resource = analyzer_pb2.AnalyzerResource(
        urn=registration.urn,
        type=registration.type,
        name=registration.name,
        properties=properties,
        parent=registration.parent,
        options=_options(registration),
        dependencies=registration.dependencies,
    )
    for name, dependencies in registration.request.propertyDependencies.items():
        resource.propertyDependencies[name].urns.extend(dependencies.urns)
    return resource


def _read(response: Any, resource: str) -> list[Finding]:
    return [
        Finding(
            each.policyName,
            analyzer_pb2.EnforcementLevel.Name(each.enforcementLevel),
            each.message.removeprefix(each.description).strip(),
            each.urn.rpartition("::")[2] or resource,
        )
        for each in response.diagnostics
    ]


@contextmanager
def running(stack: str, *, preview: bool = False, folder: Path = ROOT / "policy") -> Iterator[Pack]:
    """The pack in this folder, for as long as the block lasts. Nothing of ours is found but what the pack finds itself."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        "PULUMI_PROJECT": "shop",
        "PULUMI_STACK": stack,
        "PULUMI_DRY_RUN": str(preview).lower(),
        "PULUMI_ORGANIZATION": "organization",
    }
    command = [sys.executable, "-u", "-m", "pulumi.policy", NO_ENGINE, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder, env=environment) as process:
        try:
            assert process.stdout is not None
            with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
                yield Pack(analyzer_pb2_grpc.AnalyzerStub(channel))
        finally:
            process.terminate()
