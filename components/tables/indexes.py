"""Indexes beside those of the declaration: for readers that are not the application, with keys of any number and type, and local ones."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

from components.checks import repeated
from components.errors import InvalidArgument
from components.tables.projections import MOST_IN_TABLE, Projection, derived
from singletable.definition import IndexDefinition, KeyDefinition, TableDefinition

MOST_GLOBAL, MOST_LOCAL = 20, 5
"""Of a table (API reference, CreateTable). Of global ones it is a quota, which AWS raises for an account; of local ones it is for good."""
MOST_KEYS = 4
"""Attributes of an index's partition key, and as many of its sort key (API reference, CreateTable: GlobalSecondaryIndexes)."""
AttributeType = Literal["S", "N", "B"]

NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
"""Of a table and of an index (API reference, CreateTable)."""


@dataclass(frozen=True)
class KeyAttribute:
    """type: "S" text, "N" number, "B" binary. Default: "S"."""

    name: str
    type: AttributeType = "S"

    def __post_init__(self) -> None:
        if not self.name or len(self.name) > 255:
            raise InvalidArgument(f"a key attribute is called {self.name!r}: 1 to 255 characters are allowed")
        if self.type not in get_args(AttributeType):
            raise InvalidArgument(
                f"the key attribute {self.name} is of type {self.type!r}: {', '.join(get_args(AttributeType))} are allowed"
            )


Keys = Sequence[KeyAttribute | str]
"""A name alone is a text."""
ALL = Projection.all()


@dataclass(frozen=True)
class GlobalIndex:
    """name: 3 to 255 of letters, digits, `_`, `-`, `.`. partition: 1 to 4 attributes, all of which a query must give. sort: up to 4, of which
    a query gives some from the left; default: none. Several attributes of the item serve as one key, without a text made of them.
    projection: default, all attributes. Items without each of the attributes are not in it.
    """

    name: str
    partition: Keys
    sort: Keys = ()
    projection: Projection = ALL

    def __post_init__(self) -> None:
        _check_name(self.name)
        for kind, keys, least in (("partition", self.partition, 1), ("sort", self.sort, 0)):
            if isinstance(keys, str):
                raise InvalidArgument(f"the {kind} key of index {self.name} is {keys!r}: give a list of attributes, such as [{keys!r}]")
            if not least <= len(keys) <= MOST_KEYS:
                raise InvalidArgument(f"the {kind} key of index {self.name} has {len(keys)} attributes: {least} to {MOST_KEYS} are allowed")
        object.__setattr__(self, "partition", _typed(self.partition))
        object.__setattr__(self, "sort", _typed(self.sort))
        if twice := repeated([key.name for key in self.keys]):
            raise InvalidArgument(f"the key of index {self.name} has {twice!r} twice: name each attribute once")

    @property
    def keys(self) -> tuple[KeyAttribute, ...]:
        return _typed((*self.partition, *self.sort))

    def arguments(self) -> dict[str, Any]:
        kinds = ("HASH",) * len(self.partition) + ("RANGE",) * len(self.sort)
        return {
            "name": self.name,
            # Not hash_key and range_key, which are deprecated inside an index; a later change would be planned as a replacement.
            "key_schemas": [{"attribute_name": key.name, "key_type": kind} for key, kind in zip(self.keys, kinds, strict=True)],
            **self.projection.arguments(),
        }


@dataclass(frozen=True)
class LocalIndex:
    """Another order of the table's partitions, which can be read consistently. It makes each of them 10 GB at most and can be neither added to
    a table nor removed: the table would be replaced. sort: one attribute. projection: default, all attributes.
    """

    name: str
    sort: KeyAttribute | str
    projection: Projection = ALL

    def __post_init__(self) -> None:
        _check_name(self.name)
        object.__setattr__(self, "sort", _typed([self.sort])[0])
        if self.projection.kind == "OF_PATTERNS":
            raise InvalidArgument(
                f"the projection of index {self.name} is that of the patterns, and no pattern reads a local index: say which"
            )

    @property
    def keys(self) -> tuple[KeyAttribute, ...]:
        return _typed([self.sort])

    def arguments(self) -> dict[str, Any]:
        return {"name": self.name, "range_key": self.keys[0].name, **self.projection.arguments()}


@dataclass(frozen=True)
class Indexes:
    """All indexes that a table has. attributes: name -> type, of every key."""

    globals: tuple[GlobalIndex, ...]
    locals: tuple[LocalIndex, ...]
    attributes: Mapping[str, AttributeType]

    @property
    def names(self) -> tuple[str, ...]:
        """Of those that have a throughput of their own."""
        return tuple(index.name for index in self.globals)


def indexes_of(table: TableDefinition, more: Iterable[GlobalIndex | LocalIndex], projections: Mapping[str, Projection]) -> Indexes:
    """Of the declaration, and more. projections: by name, of declared ones that hold less than the declaration says. Raises InvalidArgument."""
    declared = [index.name for index in table.indexes]
    for name, projection in projections.items():
        if not isinstance(cast("object", projection), Projection):
            raise InvalidArgument(
                f"the projection of index {name} is {projection!r}: use Projection.all(), .keys_only(), .include(...) or .of_patterns()"
            )
        if name not in declared:
            raise InvalidArgument(
                f"projections names the index {name!r}, which is not declared: declared are {', '.join(declared) or 'none'}"
            )
    given = tuple(more)
    for index in given:
        if not isinstance(cast("object", index), GlobalIndex | LocalIndex):
            raise InvalidArgument(f"one of the indexes is of type {type(index).__name__}: give a list of GlobalIndex and LocalIndex")
    found = (
        *(_declared(index, table, projections) for index in table.indexes),
        *(index for index in given if isinstance(index, GlobalIndex)),
    )
    local = tuple(index for index in given if isinstance(index, LocalIndex))
    _check_counts(table, found, local)
    return Indexes(found, local, _attributes(table, (*found, *local)))


def watched(table: TableDefinition, indexes: Indexes) -> TableDefinition:
    """The declaration with every index that can throttle. Of a key of several attributes it says the first."""
    known = {index.name for index in table.indexes}
    more = [
        IndexDefinition(index.name, KeyDefinition(index.keys[0].name, index.keys[len(index.partition)].name if index.sort else None))
        for index in indexes.globals
        if index.name not in known
    ]
    return TableDefinition(
        key=table.key,
        indexes=(*table.indexes, *more),
        ttl=table.ttl,
        entities=table.entities,
        patterns=table.patterns,
        stream_view_type=table.stream_view_type,
    )


def _declared(index: IndexDefinition, table: TableDefinition, projections: Mapping[str, Projection]) -> GlobalIndex:
    said = Projection(index.projection, index.attributes)
    projection = derived(projections.get(index.name, said), index.name, table)
    return GlobalIndex(index.name, [index.key.partition], [index.key.sort] if index.key.sort else [], projection)


def _check_counts(table: TableDefinition, found: Sequence[GlobalIndex], local: Sequence[LocalIndex]) -> None:
    if twice := repeated([index.name for index in (*found, *local)]):
        raise InvalidArgument(f"two indexes are called {twice}: give each its own name")
    if len(local) > MOST_LOCAL:
        raise InvalidArgument(f"the table has {len(local)} local indexes: at most {MOST_LOCAL} are allowed")
    if local and not table.key.sort:
        raise InvalidArgument(f"the table has no sort key, and the local index {local[0].name}: a local index needs a table with one")
    same = [index.name for index in local if index.keys[0].name == table.key.partition]
    if same:
        raise InvalidArgument(
            f"the local index {same[0]} sorts by {table.key.partition}, the table's partition key: give another attribute"
        )
    projected = sum(len(index.projection.attributes) for index in (*found, *local))
    if projected > MOST_IN_TABLE:
        raise InvalidArgument(f"the indexes include {projected} attributes together: at most {MOST_IN_TABLE} are allowed")
    open_ended = [index.name for index in found if index.projection.kind == "OF_PATTERNS"]
    if open_ended:
        raise InvalidArgument(
            f"the projection of index {open_ended[0]} is that of the patterns, which know declared indexes only: say which"
        )


def _attributes(table: TableDefinition, indexes: Iterable[GlobalIndex | LocalIndex]) -> dict[str, AttributeType]:
    """The keys of the table, which are texts in this design, and of its indexes."""
    types: dict[str, AttributeType] = dict.fromkeys(table.key.attributes, "S")
    for index in indexes:
        for key in index.keys:
            known = types.setdefault(key.name, key.type)
            if known != key.type:
                raise InvalidArgument(
                    f"the key attribute {key.name} is {key.type} in index {index.name} and {known} elsewhere: it has one type"
                )
    return types


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise InvalidArgument(f"an index is called {name!r}: 3 to 255 letters, digits, '_', '-' and '.' are allowed")


def _typed(keys: Keys) -> tuple[KeyAttribute, ...]:
    return tuple(KeyAttribute(key) if isinstance(key, str) else key for key in keys)
