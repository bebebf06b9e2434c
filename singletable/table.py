"""The table: what is declared in it, and the patterns that read and write it. Everything is checked when it is declared."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, ParamSpec, TypeVar, cast, dataclass_transform, get_args, get_origin, get_type_hints, overload

from singletable.checks import captured, conflict
from singletable.entity import ENTITY_ATTRIBUTE, PRIMARY, Entity, Key, Templates, describe, entity_of
from singletable.errors import DeclarationError, PatternError
from singletable.fields import Mark
from singletable.patterns import Between, Many, One, Operation, Origin, Read, Transaction, Update
from singletable.resolve import Want, resolve
from singletable.shapes import record
from singletable.streams import Stream

E = TypeVar("E")
P = ParamSpec("P")
R = TypeVar("R", bound=Read[Any])
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")


class Table:
    """key: of the table. indexes: global secondary indexes by name. ttl: the attribute that holds the time of expiry. Default: none."""

    def __init__(self, *, key: Key, indexes: Mapping[str, Key] | None = None, ttl: str | None = None) -> None:
        self.key = key
        self.indexes = dict(indexes or {})
        self.ttl = ttl
        self.entities: dict[str, Entity[Any]] = {}
        self.patterns: list[Read[Any] | Update[..., Any] | Transaction[*tuple[Any, ...]]] = []
        reserved = {PRIMARY, "key", "unique"}.intersection(self.indexes)
        if reserved:
            raise DeclarationError(f"an index cannot be called {reserved.pop()!r}")

    # --- entities

    @dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
    def entity(self, *, key: Templates, unique: Sequence[str] = (), **indexes: Templates) -> Callable[[type[E]], type[E]]:
        """Makes the class an immutable, keyword-only dataclass with slots, and gives it its place in the table.

        key: templates of the table's key. unique: fields of which no two items have the same value. Others: templates of an index's key.
        Raises DeclarationError.
        """

        def declare(cls: type[E]) -> type[E]:
            made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
            unknown = [name for name in indexes if name not in self.indexes]
            if unknown:
                raise DeclarationError(f"{cls.__name__}: the table has no index {unknown[0]}: it has {', '.join(self.indexes) or 'none'}")
            places = {name: (self.indexes[name], templates) for name, templates in indexes.items()}
            self._add_entity(describe(made, record(made), self.key, key, places, unique))
            return made

        return declare

    def _add_entity(self, entity: Entity[Any]) -> None:
        if entity.name in self.entities:
            raise DeclarationError(f"the table has an entity {entity.name} already")
        for other in self.entities.values():
            if problem := conflict(entity, other):
                raise DeclarationError(problem)
        for pattern in self.patterns:
            if isinstance(pattern, Read) and (problem := captured(pattern.access, [entity])):
                raise PatternError(f"{pattern.want.of(pattern.entity)} {problem}")
        setattr(entity.cls, ENTITY_ATTRIBUTE, entity)
        self.entities[entity.name] = entity

    def _known(self, cls: type[E]) -> Entity[E]:
        entity = entity_of(cls)
        if self.entities.get(entity.name) is not entity:
            raise DeclarationError(f"{entity.name} is an entity of another table")
        return entity

    # --- reading

    @overload
    def one(self, entity: type[E], *, by: str | tuple[str, ...], index: str | None = None, consistent: bool = False) -> One[..., E]: ...
    @overload
    def one(self, entity: type[E], *, index: str | None = None, consistent: bool = False) -> Callable[[Callable[P, None]], One[P, E]]: ...
    def one(self, entity: type[E], *, by: str | tuple[str, ...] | None = None, index: str | None = None, consistent: bool = False) -> Any:
        """At most one item, by its key, by a unique field, or through an index.

        With `by`, the names of the fields; without, a decorator for a function whose parameters are the fields.
        Raises PatternError where no single GetItem or Query answers it, or more than one does.
        """
        known = self._known(entity)

        def make(names: tuple[str, ...], range_name: str | None, origin: Origin) -> One[..., E]:
            if range_name:
                raise PatternError(f"one({known.name}) has a range of {range_name}: a range is for many()")
            want = Want("one", names, index=index, consistent=consistent)
            return self._add_read(One[..., E](known, origin, names, want, resolve(known, want)))

        return _declared(known, by, None, make)

    @overload
    def many(
        self,
        entity: type[E],
        *,
        by: str | tuple[str, ...],
        within: str | None = None,
        newest_first: bool = False,
        page: int = 25,
        index: str | None = None,
        consistent: bool = False,
    ) -> Many[..., E]: ...
    @overload
    def many(
        self, entity: type[E], *, newest_first: bool = False, page: int = 25, index: str | None = None, consistent: bool = False
    ) -> Callable[[Callable[P, None]], Many[P, E]]: ...
    def many(
        self,
        entity: type[E],
        *,
        by: str | tuple[str, ...] | None = None,
        within: str | None = None,
        newest_first: bool = False,
        page: int = 25,
        index: str | None = None,
        consistent: bool = False,
    ) -> Any:
        """Items of one partition, in the order of the sort key, page by page.

        within: a field that is called with Between(low, high). newest_first: descending, and refused unless the order is time.
        With `by`, the names of the fields; without, a decorator for a function whose parameters are the fields.
        Raises PatternError where no single Query answers it, where more than one does, or where it would return other entities too.
        """
        known = self._known(entity)

        def make(names: tuple[str, ...], range_name: str | None, origin: Origin) -> Many[..., E]:
            want = Want("many", tuple(name for name in names if name != range_name), range_name, newest_first, consistent, index)
            return self._add_read(Many[..., E](known, origin, names, want, resolve(known, want), page))

        return _declared(known, by, within, make)

    def _add_read(self, pattern: R) -> R:
        others = [entity for entity in self.entities.values() if entity is not pattern.entity]
        if problem := captured(pattern.access, others):
            raise PatternError(f"{pattern.want.of(pattern.entity)} {problem}")
        self.patterns.append(pattern)
        return pattern

    # --- writing

    @overload
    def update(self, entity: type[E], first: str, /, *fields: str) -> Update[..., E]: ...
    @overload
    def update(self, entity: type[E], /) -> Callable[[Callable[P, None]], Update[P, E]]: ...
    def update(self, entity: type[E], /, *fields: str) -> Any:
        """New values for these fields, if the item is still in the version that was read. Index keys follow. Raises PatternError."""
        known = self._known(entity)

        def make(names: tuple[str, ...], range_name: str | None, origin: Origin) -> Update[..., E]:
            pattern = Update[..., E](known, origin, names, _touched(known, names))
            self.patterns.append(pattern)
            return pattern

        return _declared(known, fields or None, None, make)

    @overload
    def transaction(self, a: Operation[A], /) -> Transaction[A]: ...
    @overload
    def transaction(self, a: Operation[A], b: Operation[B], /) -> Transaction[A, B]: ...
    @overload
    def transaction(self, a: Operation[A], b: Operation[B], c: Operation[C], /) -> Transaction[A, B, C]: ...
    @overload
    def transaction(self, a: Operation[A], b: Operation[B], c: Operation[C], d: Operation[D], /) -> Transaction[A, B, C, D]: ...
    def transaction(self, *operations: Operation[Any]) -> Any:
        """All of it or nothing; called with one item, or list of items, for each operation. Raises PatternError beyond 100 actions."""
        pattern: Transaction[*tuple[Any, ...]] = Transaction(operations, Origin(_caller(1)))
        self.patterns.append(pattern)
        return pattern

    # --- changes

    def stream(self) -> Stream:
        return Stream()


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def entity(table: Table, *, key: Templates, unique: Sequence[str] = (), **indexes: Templates) -> Callable[[type[E]], type[E]]:
    """`Table.entity` as a function: the spelling that mypy and ty understand, too."""
    return table.entity(key=key, unique=unique, **indexes)


def _touched(entity: Entity[Any], names: tuple[str, ...]) -> tuple[str, ...]:
    """All attributes that change with these fields."""
    for name in names:
        if name not in entity.fields:
            raise PatternError(f"update({entity.name}): {entity.name} has no field {name}: its fields are {', '.join(entity.fields)}")
        if name in entity.primary.fields:
            raise PatternError(
                f"update({entity.name}, {name!r}): {name} is in the primary key: delete the item and create it anew to move it"
            )
        if name == entity.version or name in entity.stamped:
            raise PatternError(f"update({entity.name}, {name!r}): the store sets {name} itself")
        if entity.fields[name].mark is Mark.ID:
            raise PatternError(f"update({entity.name}, {name!r}): an identifier never changes")
    moved = [attribute for path in entity.indexes.values() if set(path.fields) & set(names) for attribute in path.attributes]
    version = (entity.version,) if entity.version else ()
    return tuple(dict.fromkeys((*names, *version, *entity.stamped, *moved)))


def _declared(
    entity: Entity[Any], by: str | tuple[str, ...] | None, within: str | None, make: Callable[[tuple[str, ...], str | None, Origin], Any]
) -> Any:
    """The pattern, or the decorator that makes it from a function. `make` gets all names and which of them is a range."""
    if by is not None:
        names = (by,) if isinstance(by, str) else by
        return make((*names, within) if within else names, within, Origin(_caller(2)))

    def decorate(function: FunctionType) -> Any:
        hints = get_type_hints(function, include_extras=True)
        names = function.__code__.co_varnames[: function.__code__.co_argcount + function.__code__.co_kwonlyargcount]
        ranges = [name for name in names if get_origin(hints.get(name)) is Between]
        for name in names:
            _check_hint(entity, function, name, get_args(hints[name])[0] if name in ranges else hints.get(name))
        if len(ranges) > 1:
            raise PatternError(f"{function.__name__} has the ranges {ranges}: a key has one")
        return make(names, ranges[0] if ranges else None, Origin(function.__module__, function.__name__, function.__doc__))

    return decorate


def _check_hint(entity: Entity[Any], function: FunctionType, name: str, hint: object) -> None:
    declared = get_type_hints(entity.cls, include_extras=True).get(name)
    if declared is not None and hint != declared:
        raise PatternError(f"{function.__name__}({name}): {entity.name}.{name} is declared as {declared}, not as {hint}")


def _caller(depth: int) -> str:
    """The module that declares a pattern, as namedtuple and Enum find theirs."""
    return cast(str, sys._getframe(depth + 1).f_globals.get("__name__", "__main__"))  # pyright: ignore[reportPrivateUsage]
