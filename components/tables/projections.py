"""Which attributes an index holds: what is not in it is not written to it, not stored twice, and not read with it."""

from dataclasses import dataclass
from typing import Any, Literal

from components.checks import repeated
from components.errors import InvalidArgument
from singletable.definition import TableDefinition
from singletable.entity import TYPE_ATTRIBUTE

MOST_IN_INDEX = 20
"""Names in one index (API reference, Projection: NonKeyAttributes)."""
MOST_IN_TABLE = 100
"""Names in all indexes together, local ones too; a name in two indexes counts twice (API reference, CreateTable)."""


@dataclass(frozen=True)
class Projection:
    """`Projection.all()`, `.keys_only()`, `.include(...)` or `.of_patterns()`. An index that gets another one is deleted and built anew."""

    kind: Literal["ALL", "KEYS_ONLY", "INCLUDE", "OF_PATTERNS"]
    attributes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.attributes) is not (self.kind == "INCLUDE"):
            raise InvalidArgument(
                f"the projection {self.kind} has {len(self.attributes)} attributes: use Projection.include(...) for some attributes, "
                "Projection.all() or .keys_only() for the others"
            )
        if twice := repeated(self.attributes):
            raise InvalidArgument(f"the projection includes {twice!r} twice: name it once")
        if len(self.attributes) > MOST_IN_INDEX:
            raise InvalidArgument(
                f"the projection includes {len(self.attributes)} attributes: at most {MOST_IN_INDEX} are allowed in an index, or use Projection.all()"
            )

    @classmethod
    def all(cls) -> "Projection":
        return cls("ALL")

    @classmethod
    def keys_only(cls) -> "Projection":
        """The keys of the index and of the table: what it finds is read from the table."""
        return cls("KEYS_ONLY")

    @classmethod
    def include(cls, *attributes: str) -> "Projection":
        """The keys and these attributes, 1 to 20."""
        return cls("INCLUDE", attributes)

    @classmethod
    def of_patterns(cls) -> "Projection":
        """What the patterns that read the index read of it: the attributes of their entities; all of them, where each entity with a key of
        the index is read. An entity that gets a field then needs an index of another name.
        """
        return cls("OF_PATTERNS")

    def arguments(self) -> dict[str, Any]:
        """Of an index in aws.dynamodb.Table."""
        return {"projection_type": self.kind, **({"non_key_attributes": list(self.attributes)} if self.attributes else {})}


def derived(projection: Projection, index: str, table: TableDefinition) -> Projection:
    """With the attributes that the declaration says. Raises InvalidArgument where they are too many."""
    if projection.kind != "OF_PATTERNS":
        return projection
    reading = [pattern for pattern in table.patterns if pattern.index == index]
    if not reading:
        return Projection.keys_only()
    read = {name for pattern in reading for name in pattern.entities}
    held = {entity.name for entity in table.entities if index in entity.keys}
    # A pattern that names no entity may read anything.
    if held <= read or not all(pattern.entities for pattern in reading):
        return Projection.all()
    fields = [name for entity in table.entities if entity.name in read for name in entity.fields]
    try:
        return Projection.include(TYPE_ATTRIBUTE, *sorted(set(fields)))
    except InvalidArgument as error:
        raise InvalidArgument(f"of index {index}: {error}") from None
