"""One entity: its shape, its place in the table and its indexes, its unique fields, its codec."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar, cast

from singletable import keys
from singletable.codec import Codec, compile_codec
from singletable.errors import DeclarationError
from singletable.fields import Mark
from singletable.keys import KeyForm, KeyTemplate, Slot, Word, parse_template
from singletable.shapes import Enumeration, FieldShape, Maybe, Record, Scalar
from singletable.values import value

E = TypeVar("E")
Templates = tuple[str] | tuple[str, str]
TYPE_ATTRIBUTE = "_type"
PRIMARY = "primary"


@value
class Key:
    """Names of the key attributes of the table or of an index. Default: no sort key."""

    partition: str
    sort: str | None = None


@value
class Path:
    """One way to an entity: the table itself or an index, with the entity's templates for its key."""

    name: str
    key: Key
    partition: KeyTemplate
    sort: KeyTemplate | None

    @property
    def is_index(self) -> bool:
        return self.name != PRIMARY

    @property
    def fields(self) -> tuple[str, ...]:
        """In the order of the key, each once."""
        return tuple(dict.fromkeys(self.partition.fields + (self.sort.fields if self.sort else ())))

    @property
    def attributes(self) -> dict[str, KeyTemplate]:
        attributes = {self.key.partition: self.partition}
        if self.sort and self.key.sort:
            attributes[self.key.sort] = self.sort
        return attributes

    def key_of(self, values: Mapping[str, object]) -> dict[str, Any]:
        """{"PK": {"S": ...}, "SK": {"S": ...}}"""
        return {attribute: {"S": template.render(values)} for attribute, template in self.attributes.items()}

    def __str__(self) -> str:
        return " ".join(f"{attribute}={template}" for attribute, template in self.attributes.items())


@value
class Unique:
    """A unique field: a lock item, written and deleted in the transaction of its owner, claims each value."""

    field: str
    lock: Path


@value
class Entity(Generic[E]):
    cls: type[E]
    shape: Record
    primary: Path
    indexes: Mapping[str, Path]
    uniques: Mapping[str, Unique]
    fields: Mapping[str, FieldShape]

    @property
    def name(self) -> str:
        return self.cls.__name__

    @property
    def paths(self) -> tuple[Path, ...]:
        return (self.primary, *self.indexes.values())

    @cached_property
    def version(self) -> str | None:
        return next((name for name, field in self.fields.items() if field.mark is Mark.VERSION), None)

    @cached_property
    def stamped(self) -> tuple[str, ...]:
        return tuple(name for name, field in self.fields.items() if field.stamped)

    @cached_property
    def identities(self) -> tuple[frozenset[str], ...]:
        """Sets of fields of which each names at most one item."""
        ids = [name for name, field in self.fields.items() if field.mark is Mark.ID]
        return (frozenset(self.primary.fields), *(frozenset([name]) for name in (*ids, *self.uniques)))

    @cached_property
    def codec(self) -> Codec[E]:
        """Compiled when first used: a function that never sees an entity does not pay for it."""
        return compile_codec(self.cls, self.shape, {TYPE_ATTRIBUTE: self.name}, [path.attributes for path in self.paths])

    def values(self, item: E) -> dict[str, Any]:
        return {name: getattr(item, name) for name in self.fields}


ENTITY_ATTRIBUTE = "__entity__"


def entity_of(cls: type[E]) -> Entity[E]:
    """Raises DeclarationError for a class that no table knows."""
    entity = cls.__dict__.get(ENTITY_ATTRIBUTE)
    if entity is None:
        raise DeclarationError(f"{cls.__name__} is not an entity: decorate it with @entity(table, key=...)")
    return cast("Entity[E]", entity)


def describe(
    cls: type[E], shape: Record, key: Key, templates: Templates, indexes: Mapping[str, tuple[Key, Templates]], unique: Sequence[str]
) -> Entity[E]:
    """Raises DeclarationError, naming the field or template."""
    fields = {field.name: field for field in shape.fields}

    def path(name: str, key: Key, templates: Templates) -> Path:
        if len(templates) != (2 if key.sort else 1):
            raise DeclarationError(f"{cls.__name__}: {name} has the key {key}, but the templates are {templates}")
        partition = parse_template(templates[0], _forms(cls, fields, "partition"))
        sort = parse_template(templates[1], _forms(cls, fields, "sort")) if len(templates) == 2 else None
        return Path(name, key, partition, sort)

    primary = path(PRIMARY, key, templates)
    for name in primary.fields:
        if isinstance(fields[name].shape, Maybe):
            raise DeclarationError(f"{cls.__name__}.{name} can be None, so it cannot be in the primary key")
    ids = [field.name for field in shape.fields if field.mark is Mark.ID]
    if len(ids) > 1:
        raise DeclarationError(f"{cls.__name__} has the identifiers {ids}: Id is for its own; a reference to another entity is a str")
    if ids and ids[0] not in primary.fields:
        raise DeclarationError(f"{cls.__name__}.{ids[0]} is not in the primary key {primary}: two items with equal keys would be one")
    entity = Entity(
        cls=cls,
        shape=shape,
        primary=primary,
        indexes={name: path(name, index, templates) for name, (index, templates) in indexes.items()},
        uniques={name: _unique(cls, fields, key, name) for name in unique},
        fields=fields,
    )
    clash = {TYPE_ATTRIBUTE, *(attribute for path in entity.paths for attribute in path.attributes)}.intersection(fields)
    if clash:
        raise DeclarationError(f"{cls.__name__}: {sorted(clash)} are attributes of the table: rename the fields")
    return entity


def _unique(cls: type, fields: Mapping[str, FieldShape], key: Key, name: str) -> Unique:
    words = (Word("UNIQUE"), Word(cls.__name__), Word(name))
    template = KeyTemplate((*words, Slot(name, _forms(cls, fields, "partition")(name, None))))
    return Unique(name, Path("lock", key, template, KeyTemplate((Word("LOCK"),)) if key.sort else None))


def _forms(cls: type, fields: Mapping[str, FieldShape], place: Literal["partition", "sort"]) -> Callable[[str, int | None], KeyForm]:
    def form_of(name: str, width: int | None) -> KeyForm:
        if name not in fields:
            raise DeclarationError(f"{cls.__name__} has no field {name}: its fields are {', '.join(fields)}")
        form = _form(fields[name], width)
        if form is None:
            raise DeclarationError(f"{cls.__name__}.{name} cannot be in a key: use str, int, datetime, date or an Enum of str")
        if width is not None and form is not keys.integer(width):
            raise DeclarationError(f"{cls.__name__}.{name} is not an int: only numbers are padded")
        if place == "sort" and fields[name].shape == Scalar(int, "N") and width is None:
            raise DeclarationError(f"{cls.__name__}.{name} would sort 10 before 9: give the digits, for example {{{name}:10}}")
        return form

    return form_of


def _form(field: FieldShape, width: int | None) -> KeyForm | None:
    shape = field.shape.item if isinstance(field.shape, Maybe) else field.shape
    if isinstance(shape, Enumeration) and shape.wire == "S":
        return keys.enumeration(shape.members)
    if not isinstance(shape, Scalar):
        return None
    if shape.type is int:
        return keys.integer(width)
    if field.mark is Mark.EMAIL:
        return keys.EMAIL
    return {"str": keys.TEXT, "datetime": keys.TIMESTAMP, "date": keys.DATE}.get(shape.type.__name__)
