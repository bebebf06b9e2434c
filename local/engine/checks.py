"""What the provider says before anything happens: whether inputs are right, and whether a change needs another resource."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2

from local.deploy.names import automatic_name
from local.deploy.registry import handler_of
from local.engine.comparison import changed
from local.engine.lifecycles import LIFECYCLES
from local.inputs import InputError, check_inputs
from local.properties import decode, encode_value

DEFAULTS: Final = "__defaults"
"""Where the real provider's bridge notes which inputs the program did not give; the engine shows no property that begins like this."""


def type_of(urn: str) -> str:
    """`urn:pulumi:dev::shop::pkg:index:Parent$aws:sqs/queue:Queue::name` -> `aws:sqs/queue:Queue`."""
    return urn.split("::")[2].rpartition("$")[2]


def given(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs without what only this protocol adds to them."""
    return {name: value for name, value in properties.items() if not name.startswith("__")}


def region_failures(given_region: Any, region: str) -> list[provider_pb2.CheckFailure]:
    """One where the region is another than that of the embedded AWS."""
    if given_region == region:
        return []
    return [provider_pb2.CheckFailure(property="region", reason=f"it is {given_region!r}, and only {region} exists here")]


def check(request: provider_pb2.CheckRequest, directory: Path, region: str) -> provider_pb2.CheckResponse:
    """The inputs with a physical name, as the real provider makes it, and everything that is wrong with them."""
    resource_type = type_of(request.urn)
    handler = handler_of(resource_type)
    inputs = struct_pb2.Struct()
    inputs.CopyFrom(request.news)
    if handler.named_by and not _has(inputs, handler.named_by):
        inputs.fields[handler.named_by].string_value = _name(request, handler.named_by, handler.name_limit)
        inputs.fields[DEFAULTS].CopyFrom(encode_value([handler.named_by]))
    decoded = given(decode(inputs, directory))
    failures = [
        provider_pb2.CheckFailure(property=problem.partition(":")[0], reason=problem) for problem in check_inputs(resource_type, decoded)
    ]
    failures += region_failures(decoded.get("region", region), region)
    return provider_pb2.CheckResponse(inputs=inputs, failures=failures)


def _has(inputs: struct_pb2.Struct, name: str) -> bool:
    return name in inputs.fields and inputs.fields[name].WhichOneof("kind") != "null_value" and inputs.fields[name].string_value != ""


def _name(request: provider_pb2.CheckRequest, named_by: str, limit: int) -> str:
    """The one that it has, if it was made here; or as the stack's `pulumi:autonaming` says; or the logical name and seven digits."""
    logical = request.urn.rpartition("::")[2]
    if named_by in _defaulted(request.olds) and _has(request.olds, named_by):
        return request.olds.fields[named_by].string_value
    if request.HasField("autonaming"):
        options = provider_pb2.CheckRequest.AutonamingOptions
        if request.autonaming.mode == options.DISABLE:
            raise InputError("inputs", [f"{named_by}: automatic naming is disabled (pulumi:autonaming): give a name"])
        return request.autonaming.proposed_name
    return automatic_name(request.randomSeed.hex() or request.urn, logical, limit)


def _defaulted(inputs: struct_pb2.Struct) -> Iterator[str]:
    if DEFAULTS in inputs.fields:
        for value in inputs.fields[DEFAULTS].list_value.values:
            yield value.string_value


def diff(request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
    """What differs, and what of it only another resource can have.

    That other one comes first, and the old one goes afterwards, unless both would have the same name: then the old one has to go first.
    """
    resource_type = type_of(request.urn)
    lifecycle = LIFECYCLES[resource_type]
    names = changed(request.old_inputs, request.news, lifecycle)
    old, new = decode(request.old_inputs, Path()), decode(request.news, Path())
    replaces = [name for name in names if lifecycle.needs_another(name, old.get(name), new.get(name))]
    named_by = handler_of(resource_type).named_by
    explicit = named_by is not None and named_by not in names and named_by not in _defaulted(request.news)
    changes = provider_pb2.DiffResponse.DIFF_SOME if names else provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(changes=changes, diffs=names, replaces=replaces, deleteBeforeReplace=bool(replaces) and explicit)
