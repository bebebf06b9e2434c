"""From a partition key to what it means: the entities whose keys look like it, and the patterns that read or change them there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from singletable.definition import EntityDefinition, TableDefinition

PRIMARY: Final = "primary"
_SLOT: Final = re.compile(r"\{(\w+)(?::\d+)?\}")


@dataclass(frozen=True)
class Key:
    """A partition key of the table, or of `index`. entities: names of those that can lie there; none: the declaration has no such key.

    template: "CATEGORY#{category}". patterns: those that read it, or whose writes change it. share: of the requests that were counted.
    """

    value: str
    index: str | None
    entities: tuple[str, ...] = ()
    template: str = ""
    patterns: tuple[str, ...] = ()
    share: float | None = None


def read_key(definition: TableDefinition, value: str, index: str | None = None, share: float | None = None) -> Key:
    """By the templates of the declaration; the most specific one, which is the one with the longest fixed text."""
    fitting = [(template, entity) for template, entity in _templates(definition, index) if _expression(template).fullmatch(value)]
    if not fitting:
        return Key(value, index, share=share)
    template = max((template for template, _ in fitting), key=lambda text: len("".join(_fixed(text))))
    # "USER#{id}" of a user and "USER#{user_id}" of an order are the same key.
    entities = tuple(dict.fromkeys(entity.name for found, entity in fitting if _fixed(found) == _fixed(template)))
    patterns = tuple(
        pattern.name
        for pattern in definition.patterns
        if set(pattern.entities) & set(entities) and (pattern.index == index or (index is not None and index in pattern.touches))
    )
    return Key(value, index, entities, template, patterns, share)


def _templates(definition: TableDefinition, index: str | None) -> Iterator[tuple[str, EntityDefinition]]:
    for entity in definition.entities:
        if keys := entity.keys.get(index or PRIMARY):
            yield keys[0], entity
        if index is None:
            yield from ((lock[0], entity) for lock in entity.locks.values())


@lru_cache(maxsize=256)
def _expression(template: str) -> re.Pattern[str]:
    """Fields are escaped in keys, so the separator is in none of them."""
    return re.compile("[^#]*".join(map(re.escape, _fixed(template))))


def _fixed(template: str) -> tuple[str, ...]:
    """What stands around the fields."""
    return tuple(_SLOT.split(template)[::2])
