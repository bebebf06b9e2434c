"""The engine's side of a Pulumi program: an object with the calls of the resource monitor, handed to the SDK in place of a connection.

It does what the engine does before a provider is asked: URNs with the whole chain of parents, duplicate URNs refused, transforms run,
`retainOnDelete` inherited, assets checked to exist. What a registration creates is the business of the `Create` function that is passed in.
Source of the engine's behaviour: Pulumi, `pkg/resource/deploy/source_eval.go` (inheritFromParent).
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlparse

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import engine_pb2, resource_pb2

from local.properties import SecretValue, decode, encode, encode_value, is_secret, missing_assets
from local.transforms import Transforms

Message = Any  # the stubs that the SDK brings for its messages lose most types on the way: they are read as they are

STACK_TYPE: Final = "pulumi:pulumi:Stack"
FEATURES: Final = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
)


class ProgramError(Exception):
    """What the program registered cannot be deployed. The sentence names the resource and the line that made it."""

    code = "program-error"


@dataclass(frozen=True)
class Registration:
    """One resource as the program registered it. `inputs` keep their secret marks; `request` is the whole message with every option."""

    urn: str
    type: str
    name: str
    custom: bool
    parent: str
    inputs: Mapping[str, Any]
    protect: bool
    retain_on_delete: bool
    dependencies: tuple[str, ...]
    source: str
    request: Message = field(repr=False, compare=False)
    id: str = ""
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Created:
    """What creating a resource gave: its id and its outputs. An empty id means: not known yet (preview)."""

    id: str
    outputs: Mapping[str, Any]


Create = Callable[[Registration], Created]
Invoke = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


class Monitor:
    """The calls that the SDK makes. Their names are those of the protocol (`pulumirpc.ResourceMonitor`)."""

    def __init__(self, project: str, stack: str, directory: Path, create: Create, invoke: Invoke) -> None:
        self._project = project
        self._stack = stack
        self._directory = directory
        self._create = create
        self._invoke = invoke
        self._lock = threading.Lock()
        self._transforms = Transforms()
        self._registrations: dict[str, Registration] = {}
        self.failures: list[ProgramError] = []
        """One for each resource that could not be created, the first that failed first."""
        self.outputs: dict[str, Any] = {}
        self.warnings: list[str] = []

    @property
    def registrations(self) -> tuple[Registration, ...]:
        """Every resource registered so far, in order, components and the stack itself included."""
        return tuple(self._registrations.values())

    def RegisterResource(self, request: Message) -> resource_pb2.RegisterResourceResponse:
        source = _source(request)
        urn = self._urn(request)
        try:
            return self._register(urn, source, request)
        except Exception as error:
            # The SDK would report the bare exception: neither which resource it was, nor the line that made it.
            kind = "" if isinstance(error, ProgramError) else f"{getattr(error, 'code', type(error).__name__)}: "
            failure = ProgramError(f"creating {urn} ({source}): {kind}{error}")
            self.failures.append(failure)
            raise failure from error

    def _register(self, urn: str, source: str, request: Message) -> resource_pb2.RegisterResourceResponse:
        with self._lock:
            if urn in self._registrations:
                raise ProgramError("duplicate resource: another resource of this type has this name. Give it another")
        if request.type == STACK_TYPE:
            self._add(self._registration(urn, source, request))
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if request.remote:
            raise ProgramError("a component of another language needs the real engine")
        ancestors = self._ancestors(request.parent)
        request = self._transforms.apply(urn, request, tuple(ancestor.urn for ancestor in ancestors))
        registration = self._registration(urn, source, request)
        if not request.custom:
            self._add(registration)
            return resource_pb2.RegisterResourceResponse(urn=urn, object=request.object)
        for path in missing_assets(dict(registration.inputs)):
            raise ProgramError(f"the asset {path} does not exist")
        created = self._create(registration)
        state = struct_pb2.Struct()
        state.CopyFrom(request.object)
        secret_outputs = set(request.additionalSecretOutputs)
        for name, value in created.outputs.items():
            if name not in state.fields or not is_secret(state.fields[name]):  # what went in as a secret comes out as one
                state.fields[name].CopyFrom(encode_value(SecretValue(value) if name in secret_outputs else value))
        self._add(registration, created, decode(state, self._directory))
        return resource_pb2.RegisterResourceResponse(urn=urn, id=created.id, object=state)

    def _urn(self, request: Message) -> str:
        parent_type = request.parent.split("::")[2] if request.parent else STACK_TYPE
        qualified = request.type if parent_type == STACK_TYPE else f"{parent_type}${request.type}"
        return f"urn:pulumi:{self._stack}::{self._project}::{qualified}::{request.name}"

    def _ancestors(self, parent: str) -> list[Registration]:
        found: list[Registration] = []
        while parent and (registration := self._registrations.get(parent)):
            found.append(registration)
            parent = registration.parent
        return found

    def _registration(self, urn: str, source: str, request: Message) -> Registration:
        retain = request.retainOnDelete
        if not request.HasField("retainOnDelete") and request.parent in self._registrations:
            retain = self._registrations[request.parent].retain_on_delete
        return Registration(
            urn=urn,
            type=request.type,
            name=request.name,
            custom=request.custom,
            parent=request.parent,
            inputs=decode(request.object, self._directory),
            protect=request.protect,
            retain_on_delete=retain,
            dependencies=tuple(request.dependencies),
            source=source,
            request=request,
        )

    def _add(self, registration: Registration, created: Created | None = None, outputs: Mapping[str, Any] | None = None) -> None:
        if created is not None:
            registration = replace(registration, id=created.id, outputs=outputs or {})
        with self._lock:
            self._registrations[registration.urn] = registration

    def RegisterResourceOutputs(self, request: Message) -> empty_pb2.Empty:
        registration = self._registrations[request.urn]
        outputs = decode(request.outputs, self._directory)
        if registration.type == STACK_TYPE:
            self.outputs = outputs
        with self._lock:
            self._registrations[request.urn] = replace(registration, outputs=outputs)
        return empty_pb2.Empty()

    def Invoke(self, request: Message) -> resource_pb2.ResourceInvokeResponse:
        result = encode(self._invoke(request.tok, decode(request.args, self._directory)))
        response = resource_pb2.ResourceInvokeResponse()
        getattr(response, "return").CopyFrom(result)  # a keyword of Python
        return response

    def RegisterStackTransform(self, request: Message) -> empty_pb2.Empty:
        self._transforms.stack.append(request)
        return empty_pb2.Empty()

    def ReadResource(self, request: Message) -> resource_pb2.ReadResourceResponse:
        raise ProgramError(f"reading {request.type} {request.id!r}: nothing exists before a local run, so nothing can be read")

    def GetDeploymentInfo(self, _request: empty_pb2.Empty) -> resource_pb2.DeploymentInfo:
        return resource_pb2.DeploymentInfo(supportedFeatures=list(FEATURES))

    def SignalAndWaitForShutdown(self, _request: empty_pb2.Empty) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    # The engine's log service: the same object, because the SDK takes any.
    def Log(self, request: Message) -> empty_pb2.Empty:
        if request.severity >= engine_pb2.WARNING:
            self.warnings.append(request.message)
        return empty_pb2.Empty()


def _source(request: Message) -> str:
    position = request.sourcePosition
    return f"{unquote(urlparse(str(position.uri)).path)}:{position.line}" if position.uri else "unknown line"
