"""The JSON form of a declaration as a JSON Schema (draft 2020-12), from the classes that read it: for editors, and for programs in any language.

`python -m singletable.json_schema` prints it; docs/table.schema.json is that. What a schema cannot say, that names refer to each other, is
checked by `python -m singletable check`.
"""

import json
import sys
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from singletable.definition import (
    VIEW_TYPE,
    EntityDefinition,
    IndexDefinition,
    KeyDefinition,
    PatternDefinition,
    TableDefinition,
)
from singletable.grants import Grant
from singletable.plain import Plain

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLE = "A DynamoDB table, its entities and its access patterns"

Part = tuple[type[Plain], Mapping[str, str]]
PARTS: Mapping[str, Part] = {
    "table": (
        TableDefinition,
        {
            "key": "The table's own key.",
            "indexes": "Its global secondary indexes, each with a name of its own.",
            "ttl": "The attribute that holds the time of expiry in seconds since 1970. null: items do not expire.",
            "entities": "Kinds of items, each with a name of its own.",
            "patterns": "Every way in which the application uses the table. Permissions, alarms and dashboards follow from them.",
            "stream_view_type": f"What the stream tells of a change. {VIEW_TYPE} unless a consumer wants less.",
        },
    ),
    "key": (
        KeyDefinition,
        {
            "partition": "Name of the attribute of the partition key. It holds a text.",
            "sort": "Name of the attribute of the sort key. It holds a text. null: there is none.",
        },
    ),
    "index": (
        IndexDefinition,
        {
            "name": "3 to 255 letters, digits, '_', '-' and '.'.",
            "key": "The attributes of its key. Items without them are not in it.",
            "projection": "Which attributes its entries hold beside the keys.",
            "attributes": "Those beside the keys, for the projection INCLUDE and for no other.",
        },
    ),
    "entity": (
        EntityDefinition,
        {
            "name": "As alarms and dashboards call it, for example Order.",
            "keys": 'Templates of its keys, by "primary" or the name of an index, for example ["USER#{user_id}", "ORDER#{id}"].',
            "fields": "Types of its fields, by name: for people, and for the fingerprint that functions compare.",
            "locks": "Templates of the lock items that keep a field unique, by field; several joined by +.",
        },
    ),
    "pattern": (
        PatternDefinition,
        {
            "name": "Letters, digits and _, for example list_orders.",
            "title": "What it is for, in a few words: what alarms and dashboards say.",
            "kind": "one: reads one item. many: reads a list. update: changes one item. transaction: writes several items or none.",
            "entities": "Names of the entities that it reads or writes.",
            "operations": "Names of the API operations that it can send, each once, for example Query.",
            "index": "The index that it reads. null: the table.",
            "touches": "Indexes that its writes can change.",
            "grants": "What IAM has to allow for it.",
            "access": "The key that it uses, for people: PK=USER#{user_id} SK^ORDER#.",
            "rate_per_second": "Calls that are expected, for the estimate of costs. null: not said.",
        },
    ),
    "grant": (
        Grant,
        {
            "action": "For example dynamodb:Query. In a transaction, the action of each item: dynamodb:PutItem.",
            "index": "The index that may be queried. null: the table.",
        },
    ),
}
"""By the name of a definition in the schema: its class, and what its fields mean."""


def table_schema() -> dict[str, Any]:
    """Of `TableDefinition.to_dict()`."""
    parts = {name: _object(cls, meanings) for name, (cls, meanings) in PARTS.items()}
    table = parts.pop("table")
    version = {"const": TableDefinition.FORM, "description": "Of this form."}
    return {
        "$schema": DIALECT,
        "title": TITLE,
        "description": "Written by `python -m singletable.json_schema`. Names refer to each other; `python -m singletable check FILE` checks that too.",
        **table,
        "properties": {"version": version, **table["properties"]},
        "required": ["version", *table["required"]],
        "$defs": parts,
    }


def _object(cls: type[Plain], meanings: Mapping[str, str]) -> dict[str, Any]:
    fields = cast("Mapping[str, object]", cls.__dict__["__fields__"])
    hints = get_type_hints(cls)
    properties = {name: {**_shape(hints[name]), **_default(cls, name, hints[name]), "description": meanings[name]} for name in fields}
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in fields if "default" not in properties[name]],
        "additionalProperties": False,
    }


def _default(cls: type[Plain], name: str, hint: Any) -> dict[str, Any]:
    # A class holds the defaults of its fields under their names.
    if name not in cls.__dict__:
        return {"default": None} if NoneType in get_args(hint) else {}
    default = cls.__dict__[name]
    return {"default": list(cast("tuple[object, ...]", default)) if isinstance(default, tuple) else default}


def _shape(hint: Any) -> dict[str, Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        shapes = [_shape(next(part for part in arguments if part is not NoneType)), {"type": "null"}]
        kinds = [shape.get("type") for shape in shapes]
        return {**shapes[0], "type": kinds} if None not in kinds else {"anyOf": shapes}
    if origin is tuple:
        return {"type": "array", "items": _shape(arguments[0])}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _shape(arguments[1])}
    for name, (cls, _) in PARTS.items():
        if hint is cls:
            return {"$ref": f"#/$defs/{name}"}
    return {"type": "number"} if hint is float else {"type": "string", "minLength": 1}


def main() -> None:
    json.dump(table_schema(), sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
