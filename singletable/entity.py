"""One entity: its shape, its place in the table and its indexes, its unique fields, its codec."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar, cast

from singletable import keys
from singletable.codec import Codec, compile_codec
from singletable.errors import DeclarationError, InvalidKey
from singletable.fields import Mark
from singletable.keys import KeyForm, KeyTemplate, Slot, Word, parse_template
from singletable.shapes import Enumeration, FieldShape, Maybe, Record, Scalar
from singletable.values import replaced, value

E = TypeVar("E")
Templates = tuple[str] | tuple[str, str]
UniqueFields = Sequence[str | tuple[str, ...]]
TYPE_ATTRIBUTE = "_type"
PRIMARY = "primary"
JOINT = "+"
"""Between the names of fields that are unique together. No name and no word of a template holds it."""


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
    """A unique field, or several whose values together are unique: a lock item, written and deleted in the transaction of its owner,
    claims each value. An item in which one of them is None claims nothing.
    """

    fields: tuple[str, ...]
    lock: Path

    @property
    def name(self) -> str:
        return JOINT.join(self.fields)

    def claimed_by(self, values: Mapping[str, object]) -> bool:
        return all(values[field] is not None for field in self.fields)


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
        together = [frozenset(unique.fields) for unique in self.uniques.values()]
        return (frozenset(self.primary.fields), *(frozenset([name]) for name in ids), *together)

    @cached_property
    def codec(self) -> Codec[E]:
        """Compiled when first used: a function that never sees an entity does not pay for it."""
        return compile_codec(self.cls, self.shape, {TYPE_ATTRIBUTE: self.name}, [path.attributes for path in self.paths])

    def values(self, item: E) -> dict[str, Any]:
        return {name: getattr(item, name) for name in self.fields}

    def __repr__(self) -> str:
        return f"<entity {self.name}>"


ENTITY_ATTRIBUTE = "__entity__"


def entity_of(cls: type[E]) -> Entity[E]:
    """Raises DeclarationError for a class that no table knows."""
    entity = cls.__dict__.get(ENTITY_ATTRIBUTE)
    if entity is None:
        raise DeclarationError(f"{cls.__name__} is not an entity: decorate it with @entity(table, key=...)")
    return cast("Entity[E]", entity)


def describe(
    cls: type[E],
    shape: Record,
    key: Key,
    templates: Templates,
    indexes: Mapping[str, tuple[Key, Templates]],
    unique: UniqueFields,
    ttl: str | None = None,
) -> Entity[E]:
    """Raises DeclarationError, naming the field or template."""
    shape = Record(shape.type, tuple(_expiring(cls, field) if field.name == ttl else field for field in shape.fields))
    fields = {field.name: field for field in shape.fields}

    def path(name: str, key: Key, templates: Templates) -> Path:
        if len(templates) != (2 if key.sort else 1):
            raise DeclarationError(f"{cls.__name__}: {name} has the key {key}, but the templates are {templates}")
        partition = parse_template(templates[0], _forms(cls, fields, "partition"))
        sort = parse_template(templates[1], _forms(cls, fields, "sort"), keys.SORT_KEY_BYTES) if len(templates) == 2 else None
        return Path(name, key, partition, sort)

    if isinstance(unique, str):
        raise DeclarationError(f"{cls.__name__}: unique is a list of fields: write unique=[{unique!r}]")
    locks = [_unique(cls, fields, key, (names,) if isinstance(names, str) else tuple(names)) for names in unique]
    entity = Entity(
        cls=cls,
        shape=shape,
        primary=path(PRIMARY, key, templates),
        indexes={name: path(name, index, templates) for name, (index, templates) in indexes.items()},
        uniques={lock.name: lock for lock in locks},
        fields=fields,
    )
    _check_identity(entity)
    _check_attributes(entity)
    if len({frozenset(lock.fields) for lock in locks}) != len(locks):
        raise DeclarationError(f"{cls.__name__}: unique names {[lock.name for lock in locks]}: name each field, or each group, once")
    if locks and ttl in fields:
        raise DeclarationError(
            f"{cls.__name__} expires by {ttl} and has unique fields: DynamoDB would delete the item and leave its locks, so that the "
            "value stays taken. Put the unique value into the key, or delete such items yourself"
        )
    return entity


def _check_identity(entity: Entity[Any]) -> None:
    name, primary = entity.name, entity.primary
    for field in primary.fields:
        if isinstance(entity.fields[field].shape, Maybe):
            raise DeclarationError(f"{name}.{field} can be None, so it cannot be in the primary key")
    ids = [field.name for field in entity.shape.fields if field.mark is Mark.ID]
    if len(ids) > 1:
        raise DeclarationError(f"{name} has the identifiers {ids}: Id is for its own; a reference to another entity is a str")
    if ids and ids[0] not in primary.fields:
        raise DeclarationError(f"{name}.{ids[0]} is not in the primary key {primary}: two items with equal keys would be one")
    versions = [field.name for field in entity.shape.fields if field.mark is Mark.VERSION]
    if len(versions) > 1:
        raise DeclarationError(f"{name} has the versions {versions}: one is enough for the whole item")
    if versions and isinstance(entity.fields[versions[0]].shape, Maybe):
        raise DeclarationError(f"{name}.{versions[0]} can be None, so it cannot be the version: declare it as Version = 1")


def _check_attributes(entity: Entity[Any]) -> None:
    """Each attribute of an item has one meaning."""
    made: dict[str, KeyTemplate] = {}
    for path in entity.paths:
        for attribute, template in path.attributes.items():
            if made.setdefault(attribute, template).parts != template.parts:
                raise DeclarationError(
                    f"{entity.name}: {attribute} is made from {made[attribute]} and from {template}: keys share an attribute"
                )
    clash = {TYPE_ATTRIBUTE, *made}.intersection(entity.fields)
    if clash:
        raise DeclarationError(f"{entity.name}: {sorted(clash)} are attributes of the table: rename the fields")


def _expiring(cls: type, field: FieldShape) -> FieldShape:
    """The field of the table's TTL attribute: seconds since 1970 as a number, the only form that DynamoDB expires items by (developer
    guide, "Using time to live (TTL) in DynamoDB").
    """
    optional = isinstance(field.shape, Maybe)
    if (field.shape.item if isinstance(field.shape, Maybe) else field.shape) != Scalar(datetime, "S"):
        raise DeclarationError(f"{cls.__name__}.{field.name} is the table's TTL attribute: declare it as Timestamp | None, or as Timestamp")
    seconds = Scalar(datetime, "N")
    return replaced(field, shape=Maybe(seconds) if optional else seconds)


def _unique(cls: type, fields: Mapping[str, FieldShape], key: Key, names: tuple[str, ...]) -> Unique:
    if not names or len(set(names)) != len(names):
        raise DeclarationError(f"{cls.__name__}: unique has {names}: name at least one field, and each once")
    form_of = _forms(cls, fields, "partition")
    words = (Word("UNIQUE"), Word(cls.__name__), Word(JOINT.join(names)))
    template = KeyTemplate((*words, *(Slot(name, form_of(name, None)) for name in names)))
    return Unique(names, Path("lock", key, template, KeyTemplate((Word("LOCK"),)) if key.sort else None))


def _forms(cls: type, fields: Mapping[str, FieldShape], place: Literal["partition", "sort"]) -> Callable[[str, int | None], KeyForm]:
    def form_of(name: str, width: int | None) -> KeyForm:
        if name not in fields:
            raise DeclarationError(f"{cls.__name__} has no field {name}: its fields are {', '.join(fields)}")
        try:
            form = _form(fields[name], width)
        except InvalidKey:
            raise DeclarationError(f"{cls.__name__}.{name} cannot be in a key: one of its values is empty") from None
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
    return {"str": keys.TEXT, "datetime": keys.TIMESTAMP, "date": keys.DATE}.get(shape.type.__name__) if shape.wire == "S" else None
