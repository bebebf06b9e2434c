"""What the provider does: creates, reads, changes and deletes, and the state that the engine keeps of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2

from local.deploy.calls import ImaginedCalls
from local.deploy.handler import Calls, Properties
from local.deploy.registry import handler_of
from local.engine.checks import given, type_of
from local.engine.comparison import changed, laid_over, meaning
from local.engine.errors import PartlyCreated, is_gone, told
from local.engine.lifecycle import Change, Found, Lifecycle
from local.engine.lifecycles import LIFECYCLES
from local.inputs import InputError
from local.properties import UNKNOWN, Unknown, decode, encode_value

PARTLY: Final = "__partly"
"""An output of what only partly became what it was to be: what it is then, AWS has to be asked. The engine shows no such name."""


class Resources:
    """Over one embedded AWS. `directory`: where relative paths of assets start."""

    def __init__(self, calls: Calls, directory: Path) -> None:
        self._calls = calls
        self._directory = directory

    def create(self, request: provider_pb2.CreateRequest) -> provider_pb2.CreateResponse:
        """Raises PartlyCreated where it was made, and then something about it failed."""
        from botocore.exceptions import ClientError

        handler = handler_of(type_of(request.urn))
        inputs = self._inputs(request.properties)
        counted = _Counted(self._calls)
        try:
            created = handler.create(Properties(inputs), counted)
        except (ClientError, InputError) as error:
            if counted.answered and handler.named_by in inputs:  # what takes several requests has its name as its id
                self._partly(request.urn, str(inputs[handler.named_by]), request.properties, error)
            raise
        return provider_pb2.CreateResponse(id=created.id, properties=_state(request.properties, created.outputs))

    def _partly(self, urn: str, id_: str, inputs: struct_pb2.Struct, error: Exception) -> None:
        """Raises PartlyCreated where it exists."""
        found = self._found(provider_pb2.ReadRequest(id=id_, urn=urn, inputs=inputs), LIFECYCLES[type_of(urn)])
        if found is not None:
            state = _state(inputs, {**found.outputs, PARTLY: True})
            failed = provider_pb2.ErrorResourceInitFailed(id=id_, properties=state, inputs=inputs, reasons=[told(error)])
            raise PartlyCreated(failed) from error

    def previewed(self, request: provider_pb2.CreateRequest) -> provider_pb2.CreateResponse:
        """What is known before it is created. Where that is everything, it is tried on nobody, and refused as it would be."""
        inputs = self._inputs(request.properties)
        if _has_unknowns(inputs):
            return provider_pb2.CreateResponse(properties=request.properties)
        imagined = ImaginedCalls(self._calls.account, self._calls.region)
        outputs = handler_of(type_of(request.urn)).create(Properties(inputs), imagined).outputs
        later = {name: UNKNOWN for name in outputs if name not in inputs}
        return provider_pb2.CreateResponse(properties=_state(request.properties, later))

    def update(self, request: provider_pb2.UpdateRequest) -> provider_pb2.UpdateResponse:
        """Raises PartlyCreated where some of it was changed, and then something failed."""
        from botocore.exceptions import ClientError

        lifecycle = LIFECYCLES[type_of(request.urn)]
        kept = _kept(request)
        if request.preview:
            names = changed(request.old_inputs, request.news, lifecycle)
            renewed = {output: UNKNOWN for name in names for output in lifecycle.renews.get(name, ())}
            return provider_pb2.UpdateResponse(properties=_state(kept, renewed))
        old = self._before(request, lifecycle)
        change = Change(
            request.id,
            self._inputs(old),
            self._inputs(request.news),
            decode(request.olds, self._directory),
            frozenset(changed(old, request.news, lifecycle)),
        )
        assert lifecycle.update is not None, "Diff says that every change of this type replaces it"
        counted = _Counted(self._calls)
        try:
            outputs = lifecycle.update(change, counted)
        except (ClientError, InputError) as error:
            if counted.answered:
                self._partly(request.urn, request.id, request.news, error)
            raise
        return provider_pb2.UpdateResponse(properties=_state(kept, outputs))

    def _before(self, request: provider_pb2.UpdateRequest, lifecycle: Lifecycle) -> struct_pb2.Struct:
        """The inputs by which it is as it is: those of the state, or what AWS has where the last attempt at them failed in the middle.

        The engine asks for an update without a difference in that case, and with one where the program was mended meanwhile.
        """
        old = request.old_inputs
        if PARTLY not in request.olds.fields and changed(old, request.news, lifecycle):
            return old
        return self.read(provider_pb2.ReadRequest(id=request.id, urn=request.urn, inputs=old, properties=request.olds)).inputs

    def read(self, request: provider_pb2.ReadRequest) -> provider_pb2.ReadResponse:
        """As it is now. Without inputs it is being imported: then everything that AWS tells is its inputs, except what would be so anyway."""
        lifecycle = LIFECYCLES[type_of(request.urn)]
        found = self._found(request, lifecycle)
        if found is None:
            return provider_pb2.ReadResponse()
        refreshed = bool(request.inputs.fields)
        inputs = self._refreshed(request.inputs, found, lifecycle) if refreshed else _imported(found, lifecycle)
        state = struct_pb2.Struct()
        for name, value in request.properties.fields.items():
            if name not in request.inputs.fields and name != PARTLY:
                state.fields[name].CopyFrom(value)
        for name, value in inputs.fields.items():
            if not name.startswith("__"):
                state.fields[name].CopyFrom(value)
        return provider_pb2.ReadResponse(id=found.id or request.id, properties=_state(state, found.outputs), inputs=inputs)

    def delete(self, request: provider_pb2.DeleteRequest) -> None:
        from botocore.exceptions import ClientError

        try:
            handler_of(type_of(request.urn)).delete(request.id, decode(request.properties, self._directory), self._calls)
        except ClientError as error:
            if not is_gone(error):
                raise

    def _found(self, request: provider_pb2.ReadRequest, lifecycle: Lifecycle) -> Found | None:
        from botocore.exceptions import ClientError

        known = decode(request.inputs, self._directory) or decode(request.properties, self._directory)
        try:
            return lifecycle.read(request.id, given(known), self._calls)
        except ClientError as error:
            if is_gone(error):
                return None
            raise

    def _refreshed(self, old: struct_pb2.Struct, found: Found, lifecycle: Lifecycle) -> struct_pb2.Struct:
        """The inputs as the program gave them, except where AWS has something else."""
        inputs = struct_pb2.Struct()
        inputs.CopyFrom(old)
        said = decode(old, self._directory)
        for name, there in found.inputs.items():
            if name not in said and name in lifecycle.computed:
                continue
            value = encode_value(laid_over(said.get(name), there, name) if said.get(name) is not None else there)
            before = old.fields[name] if name in old.fields else encode_value(lifecycle.defaults.get(name))
            if meaning(value, name) == meaning(before, name):
                continue
            if value.WhichOneof("kind") == "null_value":
                inputs.fields.pop(name, None)
            else:
                inputs.fields[name].CopyFrom(value)
        return inputs

    def _inputs(self, properties: struct_pb2.Struct) -> dict[str, Any]:
        inputs = given(decode(properties, self._directory))
        inputs.pop("region", None)  # checked: there is only one
        return inputs


class _Counted:
    """Calls, and how many of them were answered."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.answered = 0

    @property
    def account(self) -> str:
        return self._calls.account

    @property
    def region(self) -> str:
        return self._calls.region

    def __call__(self, service: str, operation: str, /, **request: Any) -> dict[str, Any]:
        answer = self._calls(service, operation, **request)
        self.answered += 1
        return answer


def _kept(request: provider_pb2.UpdateRequest) -> struct_pb2.Struct:
    """What the state has beside the old inputs, with the new ones."""
    kept = struct_pb2.Struct()
    kept.CopyFrom(request.olds)
    for name in (*request.old_inputs.fields, PARTLY):
        kept.fields.pop(name, None)
    for name in request.news.fields:
        kept.fields[name].CopyFrom(request.news.fields[name])
    return kept


def _state(inputs: struct_pb2.Struct, outputs: Mapping[str, Any]) -> struct_pb2.Struct:
    """Inputs and outputs together: what the engine writes down and gives to the program."""
    state = struct_pb2.Struct()
    for name, value in inputs.fields.items():
        if not name.startswith("__"):
            state.fields[name].CopyFrom(value)
    for name, value in outputs.items():
        state.fields[name].CopyFrom(encode_value(value))
    return state


def _imported(found: Found, lifecycle: Lifecycle) -> struct_pb2.Struct:
    inputs = struct_pb2.Struct()
    for name, there in found.inputs.items():
        value = encode_value(_present(there))
        if meaning(value, name) not in (None, meaning(encode_value(lifecycle.defaults.get(name)), name)):
            inputs.fields[name].CopyFrom(value)
    return inputs


def _present(value: Any) -> Any:
    """Without what is nothing, at every depth."""
    if isinstance(value, dict):
        entries = {key: _present(item) for key, item in cast("dict[str, Any]", value).items()}
        return {key: item for key, item in entries.items() if item not in (None, "", [], {})}
    if isinstance(value, list):
        return [_present(item) for item in cast("list[Any]", value)]
    return value


def _has_unknowns(value: Any) -> bool:
    match value:
        case Unknown():
            return True
        case dict():
            return any(_has_unknowns(item) for item in cast("dict[str, Any]", value).values())
        case list():
            return any(_has_unknowns(item) for item in cast("list[Any]", value))
        case _:
            return False
