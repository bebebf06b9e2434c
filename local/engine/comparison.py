"""When two values of an input mean the same, and how what AWS tells is laid over what a program said.

The provider's lists are sets but for a few, its documents are compared as JSON, and it does not tell what is left out from what is empty or
false. Files are compared by the hash that the engine took of them.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, cast

from google.protobuf import struct_pb2

from local.engine.lifecycle import Lifecycle
from local.properties import content_hash, encode_value

ORDERED: Final = frozenset({"keySchemas", "layers"})
"""Lists in which the order counts."""
DOCUMENTS: Final = frozenset(
    {"assumeRolePolicy", "dashboardBody", "deliveryPolicy", "filterPolicy", "pattern", "policy", "redriveAllowPolicy", "redrivePolicy"}
)
"""Text that is JSON."""
TIMES: Final = frozenset({"endTime", "startTime", "startingPositionTimestamp"})
"""Text that is a moment, in whatever time zone."""
SWITCHED: Final = frozenset({"pointInTimeRecovery", "ttl"})
"""Objects that say nothing where they are not enabled: AWS does not tell the rest of them then."""
MAPS: Final = frozenset({"dimensions", "tags", "variables"})
"""Objects whose keys are data: what AWS does not have is not there."""
IDENTITIES: Final = ("name", "indexName", "attributeName", "regionName", "id")
"""What tells the members of a list apart."""


def changed(old: struct_pb2.Struct, new: struct_pb2.Struct, lifecycle: Lifecycle) -> list[str]:
    """Names of the inputs that mean something else, in order."""
    return list(_changed(old, new, lifecycle))


def _changed(old: struct_pb2.Struct, new: struct_pb2.Struct, lifecycle: Lifecycle) -> Iterator[str]:
    for name in sorted({*old.fields, *new.fields}):
        if name.startswith("__") or (name not in new.fields and name in lifecycle.computed):
            continue
        if _meaning(name, old, lifecycle) != _meaning(name, new, lifecycle):
            yield name


def _meaning(name: str, properties: struct_pb2.Struct, lifecycle: Lifecycle) -> Any:
    given = properties.fields[name] if name in properties.fields else encode_value(lifecycle.defaults.get(name))
    return meaning(given, name)


def meaning(value: struct_pb2.Value, name: str = "") -> Any:
    """Equal for two values of the input `name` that the provider would not tell apart."""
    match value.WhichOneof("kind"):
        case "string_value":
            return _text_meaning(value.string_value, name)
        case "number_value":
            return value.number_value
        case "bool_value":
            return True if value.bool_value else None
        case "list_value":
            members = [meaning(member, name) for member in value.list_value.values]
            return (members if name in ORDERED else sorted(members, key=_text)) or None
        case "struct_value":
            if (digest := content_hash(value.struct_value)) is not None:
                return digest
            if name in SWITCHED and not _is_enabled(value.struct_value):
                return None
            fields = {key: meaning(field, key) for key, field in value.struct_value.fields.items()}
            if name == "globalSecondaryIndexes":
                fields = _with_key_schemas(fields)
            return {key: field for key, field in fields.items() if field is not None} or None
        case _:
            return None


def _is_enabled(block: struct_pb2.Struct) -> bool:
    return "enabled" in block.fields and block.fields["enabled"].bool_value


def _with_key_schemas(index: Mapping[str, Any]) -> dict[str, Any]:
    """The two ways to write the key of an index are one."""
    keys = [{"attributeName": index.get(name), "keyType": kind} for name, kind in (("hashKey", "HASH"), ("rangeKey", "RANGE"))]
    schemas = index.get("keySchemas") or [key for key in keys if key["attributeName"]]
    return {**{name: value for name, value in index.items() if name not in ("hashKey", "rangeKey")}, "keySchemas": schemas}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _text_meaning(text: str, name: str) -> Any:
    if name in DOCUMENTS:
        return _document(text)
    if name == "functionName":  # a function is named by its ARN too
        return text.rpartition(":function:")[2] or None
    return _moment(text) if name in TIMES else text or None


def _moment(text: str) -> str | float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return text


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text or None


def laid_over(old: Any, found: Any, name: str = "") -> Any:
    """What AWS has, in the shape in which the program said it: only the keys that it gave, its members in its order."""
    if isinstance(old, dict) and isinstance(found, dict) and name not in MAPS:
        said, there = cast("dict[str, Any]", old), cast("dict[str, Any]", found)
        return {key: laid_over(value, there.get(key), key) if key in there else value for key, value in said.items()}
    if isinstance(old, list) and isinstance(found, list):
        return _members(cast("list[Any]", old), cast("list[Any]", found), name)
    return cast("Any", found)


def _members(old: list[Any], found: list[Any], name: str) -> list[Any]:
    left = list(found)
    members: list[Any] = []
    for said in old:
        match = next((there for there in left if _same(said, there)), None)
        if match is not None:
            left.remove(match)
            members.append(laid_over(said, match, name))
    return members + left


def _same(said: Any, there: Any) -> bool:
    if isinstance(said, Mapping) and isinstance(there, Mapping):
        one, other = cast("Mapping[str, Any]", said), cast("Mapping[str, Any]", there)
        identity = next((key for key in IDENTITIES if key in one), None)
        return identity is None or one[identity] == other.get(identity)
    return bool(said == there)
