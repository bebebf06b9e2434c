"""What a table, a pattern and a stream are, as plain data: for the stack that creates them, the alarms and the permissions.

Nothing here can send a request or see a value. `table.definition().to_dict()` is JSON, which a stack in any language can pass on.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, cast

from singletable.entity import Entity, Key
from singletable.grants import AnyPattern, Grant, grants_of, index_of, kind_of, operations_of, touches_of
from singletable.patterns import Pattern
from singletable.plain import InvalidDefinition, Plain, Versioned
from singletable.schema import fingerprint_of, schema_of
from singletable.titles import access_of, title_of
from singletable.values import value

VIEW_TYPE = "NEW_AND_OLD_IMAGES"
"""A handler that is told of a change needs the item before and after it."""

Projection = Literal["ALL", "KEYS_ONLY", "INCLUDE"]


@value
class KeyDefinition(Plain):
    """Names of the key attributes. Default: no sort key."""

    partition: str
    sort: str | None = None

    @property
    def attributes(self) -> tuple[str, ...]:
        return (self.partition, self.sort) if self.sort else (self.partition,)


@value
class IndexDefinition(Plain):
    """A global secondary index. projection: which attributes its entries hold. attributes: those beside the keys, for "INCLUDE"."""

    name: str
    key: KeyDefinition
    projection: Projection = "ALL"
    attributes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.attributes) is not (self.projection == "INCLUDE"):
            raise InvalidDefinition("attributes", 'are named for the projection "INCLUDE", and for no other')


@value
class EntityDefinition(Plain):
    """keys: "primary" or the name of an index -> templates. fields: name -> type. locks: unique field or fields -> templates of the lock."""

    name: str
    keys: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, str] = {}
    locks: Mapping[str, tuple[str, ...]] = {}


@value
class PatternDefinition(Plain):
    """operations: names of the API operations it can send, each once. index: the one it reads. touches: indexes that its writes can change.

    access: the key it uses, as text. rate_per_second: calls that are expected. Default: not said.
    """

    name: str
    title: str
    kind: Literal["one", "many", "update", "transaction"]
    entities: tuple[str, ...]
    operations: tuple[str, ...]
    index: str | None
    touches: tuple[str, ...]
    grants: tuple[Grant, ...]
    access: str
    rate_per_second: float | None = None


@value
class StreamDefinition(Versioned):
    """filters: what the event source mapping lets through, in the form of Lambda's event filtering. Empty: everything."""

    filters: tuple[Mapping[str, Any], ...]
    view_type: str = VIEW_TYPE


@value
class TableDefinition(Versioned):
    """ttl: the attribute that holds the time of expiry."""

    key: KeyDefinition
    indexes: tuple[IndexDefinition, ...]
    ttl: str | None
    entities: tuple[EntityDefinition, ...]
    patterns: tuple[PatternDefinition, ...]
    stream_view_type: str = VIEW_TYPE

    def __post_init__(self) -> None:
        indexes = _each_once("indexes", [index.name for index in self.indexes])
        entities = _each_once("entities", [entity.name for entity in self.entities])
        for number, entity in enumerate(self.entities):
            _known(f"entities[{number}].keys", entity.keys, {"primary", *indexes})
        for number, pattern in enumerate(self.patterns):
            path = f"patterns[{number}]"
            _known(f"{path}.entities", pattern.entities, entities)
            _known(f"{path}.touches", pattern.touches, indexes)
            _known(f"{path}.index", (pattern.index,), {None, *indexes})
            _known(f"{path}.grants", (grant.index for grant in pattern.grants), {None, *indexes})

    @property
    def fingerprint(self) -> str:
        """That of the table it was made from: see Table.fingerprint."""
        indexes = {index.name: Key(index.key.partition, index.key.sort) for index in self.indexes}
        entities = {entity.name: entity.to_dict() for entity in self.entities}
        return fingerprint_of(Key(self.key.partition, self.key.sort), indexes, entities)


def _each_once(path: str, names: Sequence[str]) -> set[str]:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InvalidDefinition(path, f"{twice[0]} is there twice")
    return set(names)


def _known(path: str, given: Any, known: set[Any]) -> None:
    for name in given:
        if name not in known:
            there = ", ".join(sorted(str(each) for each in known if each))
            raise InvalidDefinition(path, f"{name} is none of {there}" if there else f"{name} is not declared, and neither is another")


# --- from what was declared


def definition_of(declared: Pattern) -> PatternDefinition:
    """Of any pattern that a table made."""
    # The class that patterns share says less than the kinds there are.
    pattern = cast(AnyPattern, declared)
    return PatternDefinition(
        name=pattern.name,
        title=title_of(pattern),
        kind=kind_of(pattern),
        entities=tuple(entity.name for entity in pattern.entities),
        operations=operations_of(pattern),
        index=index_of(pattern),
        touches=touches_of(pattern),
        grants=grants_of(pattern),
        access=access_of(pattern),
        rate_per_second=pattern.rate_per_second,
    )


def table_definition(
    key: Key, indexes: Mapping[str, Key], ttl: str | None, entities: Iterable[Entity[Any]], patterns: Iterable[Pattern]
) -> TableDefinition:
    return TableDefinition(
        key=key_definition(key),
        indexes=tuple(IndexDefinition(name, key_definition(index)) for name, index in indexes.items()),
        ttl=ttl,
        entities=tuple(EntityDefinition(**schema_of(entity)) for entity in entities),
        patterns=tuple(map(definition_of, patterns)),
    )


def key_definition(key: Key) -> KeyDefinition:
    return KeyDefinition(key.partition, key.sort)
