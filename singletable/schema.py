"""What a table's code and its items must agree on, as plain data, and its fingerprint. Small, because a function compares it when it starts."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from singletable.entity import Entity, Key, Path
from singletable.keys import SEPARATOR, Part, Slot, integer
from singletable.shapes import Enumeration, FieldShape, Hidden, ListOf, MapOf, Maybe, Record, Scalar, SetOf, Shape

FINGERPRINT_DIGITS = 16


def schema_of(entity: Entity[Any]) -> dict[str, Any]:
    """The fields of an EntityDefinition."""
    return {
        "name": entity.name,
        "keys": {path.name: _templates(path) for path in entity.paths},
        "fields": {name: type_of(field) for name, field in entity.fields.items()},
        "locks": {name: _templates(unique.lock) for name, unique in entity.uniques.items()},
    }


def fingerprint_of(key: Key, indexes: Mapping[str, Key], entities: Mapping[str, Mapping[str, Any]]) -> str:
    """16 hexadecimal digits. entities: their schemas."""
    agreed = {
        "key": (key.partition, key.sort),
        "indexes": {name: (index.partition, index.sort) for name, index in indexes.items()},
        "entities": entities,
    }
    return sha256(json.dumps(agreed, sort_keys=True).encode()).hexdigest()[:FINGERPRINT_DIGITS]


def type_of(field: FieldShape) -> str:
    """The declared type as text, with its mark: "str (id)", "Secret[str]", "OrderStatus(placed, paid) | None"."""
    text = _type_of(field.shape)
    return f"{text} ({field.mark.name.lower()})" if field.mark else text


def _type_of(shape: Shape) -> str:
    match shape:
        case Scalar():
            return shape.type.__name__
        case Enumeration():
            return f"{shape.members.__name__}({', '.join(str(member.value) for member in shape.members)})"
        case ListOf():
            return f"tuple[{_type_of(shape.item)}, ...]" if shape.as_tuple else f"list[{_type_of(shape.item)}]"
        case MapOf():
            return f"dict[str, {_type_of(shape.item)}]"
        case SetOf():
            return f"{shape.type.__name__}[{_type_of(shape.item)}]"
        case Maybe():
            return f"{_type_of(shape.item)} | None"
        case Hidden():
            return f"Secret[{_type_of(shape.item)}]"
        case Record():
            return f"{shape.type.__name__}({', '.join(f'{field.name}: {type_of(field)}' for field in shape.fields)})"


def _templates(path: Path) -> tuple[str, ...]:
    return tuple(SEPARATOR.join(map(_component, template.parts)) for template in path.attributes.values())


def _component(part: Part) -> str:
    """As it is declared, with the width of a padded number."""
    padded = isinstance(part, Slot) and part.form.length is not None and part.form is integer(part.form.length)
    return f"{{{part.field}:{part.form.length}}}" if isinstance(part, Slot) and padded else str(part)
