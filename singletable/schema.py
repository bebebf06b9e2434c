"""What a table's code and its items must agree on, as plain data, and its fingerprint. Small, because a function compares it when it starts."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from singletable.entity import Entity, Key, Path
from singletable.keys import SEPARATOR, Part, Slot, integer
from singletable.type_names import type_of

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


def _templates(path: Path) -> tuple[str, ...]:
    return tuple(SEPARATOR.join(map(_component, template.parts)) for template in path.attributes.values())


def _component(part: Part) -> str:
    """As it is declared, with the width of a padded number."""
    padded = isinstance(part, Slot) and part.form.length is not None and part.form is integer(part.form.length)
    return f"{{{part.field}:{part.form.length}}}" if isinstance(part, Slot) and padded else str(part)
