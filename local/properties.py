"""Property values as they cross the wire between a Pulumi program and its engine.

A protobuf `Struct` becomes plain Python: whole numbers are ints (protobuf has only doubles), a secret is a `SecretValue` that no text
shows, an asset or archive is a Pulumi object with an absolute path, a reference to a resource is its URN, a value that is not known yet
(preview) is `UNKNOWN`. The marks are those of the Pulumi wire format (sdk/proto, "Property values").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import pulumi
from google.protobuf import struct_pb2

_MARK: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark of the wire format, not a password
_ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
_ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
_RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@dataclass(frozen=True)
class SecretValue:
    """A secret. Pulumi marks the whole top-level property, so `value` may be a map of which one leaf is confidential."""

    value: Any = field(repr=False)

    def __str__(self) -> str:
        return "[secret]"


class Unknown:
    """The type of `UNKNOWN`: a value that only a deployment can tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


def decode(properties: struct_pb2.Struct, directory: Path) -> dict[str, Any]:
    """The properties as plain Python; relative paths of assets are those of `directory`."""
    return {name: _decode(value, directory) for name, value in properties.fields.items()}


def _decode(value: struct_pb2.Value, directory: Path) -> Any:
    match value.WhichOneof("kind"):
        case "null_value" | None:
            return None
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "string_value":
            return UNKNOWN if value.string_value == _UNKNOWN_TEXT else value.string_value
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_decode(item, directory) for item in value.list_value.values]
        case "struct_value":
            return _decode_object(value.struct_value, directory)


def _decode_object(struct: struct_pb2.Struct, directory: Path) -> Any:
    # Reading a key of a protobuf map that is not there puts it there: the message belongs to the SDK, so only keys that exist are read.
    fields = struct.fields
    if _MARK not in fields:
        return decode(struct, directory)
    match fields[_MARK].string_value:
        case mark if mark == _SECRET:
            return SecretValue(reveal(_decode(fields["value"], directory)))
        case mark if mark == _ASSET:
            if "path" in fields:
                return pulumi.FileAsset(str(directory / fields["path"].string_value))
            if "uri" in fields:
                return pulumi.RemoteAsset(fields["uri"].string_value)
            return pulumi.StringAsset(fields["text"].string_value if "text" in fields else "")
        case mark if mark == _ARCHIVE:
            if "path" in fields:
                return pulumi.FileArchive(str(directory / fields["path"].string_value))
            if "uri" in fields:
                return pulumi.RemoteArchive(fields["uri"].string_value)
            # The engine's state keeps the hash of an archive and nothing of what is in it.
            return pulumi.AssetArchive(decode(fields["assets"].struct_value, directory) if "assets" in fields else {})
        case mark if mark == _RESOURCE:
            return fields["urn"].string_value
        case mark if mark == _OUTPUT:
            inner = _decode(fields["value"], directory) if "value" in fields else UNKNOWN
            return SecretValue(reveal(inner)) if "secret" in fields and fields["secret"].bool_value else inner
        case mark:
            raise ValueError(f"a property carries the mark {mark}, which this version of the wire format does not have")


def encode(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Plain Python (with `SecretValue` and `UNKNOWN`, without assets) as the wire has it."""
    return struct_pb2.Struct(fields={name: encode_value(value) for name, value in properties.items()})


def encode_value(value: Any) -> struct_pb2.Value:
    """One value as the wire has it. Raises `TypeError` for what is no property."""
    match value:
        case None:
            return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
        case bool():
            return struct_pb2.Value(bool_value=value)
        case int() | float():
            return struct_pb2.Value(number_value=value)
        case str():
            return struct_pb2.Value(string_value=value)
        case SecretValue():
            return encode_value({_MARK: _SECRET, "value": value.value})
        case Unknown():
            return struct_pb2.Value(string_value=_UNKNOWN_TEXT)
        case Mapping():
            return struct_pb2.Value(struct_value=encode(cast("Mapping[str, Any]", value)))
        case list() | tuple():
            items = cast("list[Any]", value)
            return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[encode_value(item) for item in items]))
        case _:
            raise TypeError(f"a value of type {type(value).__name__} cannot be a property")


def is_secret(value: struct_pb2.Value) -> bool:
    """Whether a property on the wire is marked secret."""
    if not value.HasField("struct_value"):
        return False
    fields = value.struct_value.fields
    return _MARK in fields and fields[_MARK].string_value == _SECRET


def content_hash(struct: struct_pb2.Struct) -> str | None:
    """The hash that the engine took of an asset's or archive's content; None for any other object."""
    if _MARK not in struct.fields or struct.fields[_MARK].string_value not in (_ASSET, _ARCHIVE):
        return None
    return struct.fields["hash"].string_value if "hash" in struct.fields else ""


def reveal(value: Any) -> Any:
    """The value without any secret mark, at every depth: only for what is about to be sent to AWS."""
    match value:
        case SecretValue():
            return reveal(value.value)
        case dict():
            return {key: reveal(item) for key, item in cast("dict[str, Any]", value).items()}
        case list():
            return [reveal(item) for item in cast("list[Any]", value)]
        case _:
            return value


def missing_assets(value: Any) -> list[str]:
    """Paths of assets and archives in the value that do not exist. The engine reads assets when they cross the wire, so it would refuse."""
    match value:
        case pulumi.FileAsset() | pulumi.FileArchive():
            return [] if Path(value.path).exists() else [str(value.path)]
        case pulumi.AssetArchive():
            return [path for item in value.assets.values() for path in missing_assets(item)]
        case SecretValue():
            return missing_assets(value.value)
        case dict():
            return [path for item in cast("dict[str, Any]", value).values() for path in missing_assets(item)]
        case list():
            return [path for item in cast("list[Any]", value) for path in missing_assets(item)]
        case _:
            return []
