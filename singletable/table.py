"""The table: what is declared in it, and the patterns that read and write it. Everything is checked when it is declared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast, dataclass_transform, overload

from singletable.checks import captured, conflict
from singletable.entity import ENTITY_ATTRIBUTE, PRIMARY, TYPE_ATTRIBUTE, Entity, Key, Templates, UniqueFields, describe, entity_of
from singletable.errors import DeclarationError, PatternError
from singletable.patterns import Many, One, Origin, Read
from singletable.resolve import Want, resolve, touched
from singletable.shapes import record
from singletable.signatures import caller, declared, per_second
from singletable.streams import Stream
from singletable.transactions import Operation, Step, Transaction, Update

if TYPE_CHECKING:
    from singletable.definition import TableDefinition

E = TypeVar("E")
P = ParamSpec("P")
R = TypeVar("R", bound=Read[Any])
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")

NO_KEY = cast("Templates", ())
"""Of an entity that was declared without one: an error as any other, with the class and the line."""


class Table:
    """One DynamoDB table and all that is declared in it.

    key: names of its key attributes. indexes: global secondary indexes by name. Default: none.
    ttl: the attribute that holds the time of expiry. Default: none. An entity expires if it has a field of this name, of the type Timestamp
    or Timestamp | None. It is stored in whole seconds, later parts are cut off, and an expired item is found until DynamoDB has deleted
    it, usually within a few days: compare the field where that matters.
    """

    def __init__(self, *, key: Key, indexes: Mapping[str, Key] | None = None, ttl: str | None = None) -> None:
        self.key = key
        self.indexes = dict(indexes or {})
        for name, each in (("the table", key), *self.indexes.items()):
            _check_key(name, each)
        self.ttl = ttl
        self.entities: dict[str, Entity[Any]] = {}
        self.patterns: list[Read[Any] | Update[..., Any] | Transaction[*tuple[Any, ...]]] = []
        reserved = {PRIMARY, "key", "unique"}.intersection(self.indexes)
        if reserved:
            raise DeclarationError(f"an index cannot be called {reserved.pop()!r}")
        attributes = {name for each in (key, *self.indexes.values()) for name in (each.partition, each.sort) if name}
        taken = attributes.intersection({TYPE_ATTRIBUTE, ttl})
        if taken:
            raise DeclarationError(f"{taken.pop()!r} cannot be a key attribute: it has another meaning")

    # --- entities

    @dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
    def entity(self, *, key: Templates = NO_KEY, unique: UniqueFields = (), **indexes: Templates) -> Callable[[type[E]], type[E]]:
        """Makes the class an immutable, keyword-only dataclass with slots, and gives it its place in the table.

        key: templates of the table's key. unique: fields of which no two items have the same value; a tuple of fields for values that are
        unique together. Others: templates of an index's key.
        Raises DeclarationError.
        """

        def declare(cls: type[E]) -> type[E]:
            if key is NO_KEY:
                words = (f"{cls.__name__.upper()}#{{id}}", cls.__name__.upper())[: 2 if self.key.sort else 1]
                raise DeclarationError(f"{cls.__name__} has no key: say where it lies in the table, such as @entity(table, key={words})")
            made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
            try:
                shape = record(made)
            except RecursionError:
                raise DeclarationError(
                    f"{cls.__name__} holds a dataclass that holds itself: an item has an end, so make an entity of what repeats"
                ) from None
            unknown = [name for name in indexes if name not in self.indexes]
            if unknown:
                raise DeclarationError(f"{cls.__name__}: the table has no index {unknown[0]}: it has {', '.join(self.indexes) or 'none'}")
            places = {name: (self.indexes[name], templates) for name, templates in indexes.items()}
            self._add_entity(describe(made, shape, self.key, key, places, unique, self.ttl))
            return made

        return declare

    def _add_entity(self, entity: Entity[Any]) -> None:
        if entity.name in self.entities:
            raise DeclarationError(f"the table has an entity {entity.name} already")
        for other in (*self.entities.values(), entity):
            if problem := conflict(entity, other):
                raise DeclarationError(problem)
        for pattern in self.patterns:
            if isinstance(pattern, Read) and (problem := captured(pattern.entity, pattern.access, [entity])):
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
    def one(
        self,
        entity: type[E],
        *,
        by: str | tuple[str, ...],
        index: str | None = None,
        consistent: bool = False,
        rate: str | None = None,
    ) -> One[..., E]: ...
    @overload
    def one(
        self, entity: type[E], *, index: str | None = None, consistent: bool = False, rate: str | None = None
    ) -> Callable[[Callable[P, None]], One[P, E]]: ...
    def one(
        self,
        entity: type[E],
        *,
        by: str | tuple[str, ...] | None = None,
        index: str | None = None,
        consistent: bool = False,
        rate: str | None = None,
    ) -> Any:
        """At most one item, by its key, by a unique field, or through an index.

        With `by`, the names of the fields; without, a decorator for a function whose parameters are the fields, with their types:

            @table.one(User)
            def find_user(id: Id) -> None:
                \"""Find a user\"""

        index: which one to use; "primary" for the table's own key. Default: the best. consistent: reads what was just written, at twice the
        price; not through an index. rate: the calls that are expected, such as "50/s" or "90/min". Default: not said.
        Raises PatternError where no single GetItem or Query answers it, or more than one does.
        """
        known = self._known(entity)

        def make(names: tuple[str, ...], range_name: str | None, origin: Origin) -> One[..., E]:
            if range_name:
                raise PatternError(f"one({known.name}) has a range of {range_name}: a range is for many()")
            want = Want("one", names, index=index, consistent=consistent)
            return self._add_read(One[..., E](origin, known, names, want, resolve(known, want)))

        return declared(known, by, None, rate, make)

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
        rate: str | None = None,
    ) -> Many[..., E]: ...
    @overload
    def many(
        self,
        entity: type[E],
        *,
        newest_first: bool = False,
        page: int = 25,
        index: str | None = None,
        consistent: bool = False,
        rate: str | None = None,
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
        rate: str | None = None,
    ) -> Any:
        """Items of one partition, in the order of the sort key, page by page.

        With `by`, the names of the fields; without, a decorator for a function whose parameters are the fields, with their types. A field
        between two values is called with Between(low, high): in a signature `created_at: Between[Timestamp]`, else named by `within`.
        newest_first: descending, and refused unless the order is time. Default: ascending. page: how many items, when the caller does not
        say, 1 to 1,000. index, consistent, rate: as for `one`.
        Raises PatternError where no single Query answers it, where more than one does, or where it would return other entities too.
        """
        known = self._known(entity)

        def make(names: tuple[str, ...], range_name: str | None, origin: Origin) -> Many[..., E]:
            want = Want("many", tuple(name for name in names if name != range_name), range_name, newest_first, consistent, index)
            return self._add_read(Many[..., E](origin, known, names, want, resolve(known, want), page))

        return declared(known, by, within, rate, make)

    def _add_read(self, pattern: R) -> R:
        if problem := captured(pattern.entity, pattern.access, self.entities.values()):
            raise PatternError(f"{pattern.want.of(pattern.entity)} {problem}")
        self.patterns.append(pattern)
        return pattern

    # --- writing

    @overload
    def update(self, entity: type[E], first: str, /, *fields: str, rate: str | None = None) -> Update[..., E]: ...
    @overload
    def update(self, entity: type[E], /, *, rate: str | None = None) -> Callable[[Callable[P, None]], Update[P, E]]: ...
    def update(self, entity: type[E], /, *fields: str, rate: str | None = None) -> Any:
        """New values for these fields, if the item is still in the version that was read. Index keys and locks follow.

        With the names of the fields, or a decorator for a function whose parameters are the fields. Called with the item that was read, then
        the values: `rename(user, name="Ada")`. None takes an optional field away. Without a field of the type Version the last writer wins.
        Can be executed on its own, and be a part of a transaction, which is then called with the bound update. Raises PatternError.
        """
        known = self._known(entity)

        def make(names: tuple[str, ...], range_name: str | None, origin: Origin) -> Update[..., E]:
            pattern = Update[..., E](origin, known, names, touched(known, names))
            self.patterns.append(pattern)
            return pattern

        return declared(known, fields or None, None, rate, make)

    @overload
    def transaction(self, a: Step[A], /, *, doc: str | None = None, rate: str | None = None) -> Transaction[A]: ...
    @overload
    def transaction(self, a: Step[A], b: Step[B], /, *, doc: str | None = None, rate: str | None = None) -> Transaction[A, B]: ...
    @overload
    def transaction(
        self, a: Step[A], b: Step[B], c: Step[C], /, *, doc: str | None = None, rate: str | None = None
    ) -> Transaction[A, B, C]: ...
    @overload
    def transaction(
        self, a: Step[A], b: Step[B], c: Step[C], d: Step[D], /, *, doc: str | None = None, rate: str | None = None
    ) -> Transaction[A, B, C, D]: ...
    @overload
    def transaction(
        self,
        a: Step[Any],
        b: Step[Any],
        c: Step[Any],
        d: Step[Any],
        e: Step[Any],
        /,
        *more: Step[Any],
        doc: str | None = None,
        rate: str | None = None,
    ) -> Transaction[*tuple[Any, ...]]: ...
    def transaction(self, *steps: Step[Any], doc: str | None = None, rate: str | None = None) -> Any:
        """All of it or nothing; called with one item, or list of items, for each step: create(E), delete(E), check(E), or an update pattern.

        doc: what it is for, in one line. Raises PatternError where it can have more than 100 actions.
        """
        operations = tuple(self._operation(step) for step in steps)
        pattern: Transaction[*tuple[Any, ...]] = Transaction(Origin(caller(1), doc=doc, rate_per_second=per_second(rate)), operations)
        self.patterns.append(pattern)
        return pattern

    def _operation(self, step: Step[Any]) -> Operation[Any]:
        if isinstance(step, Update):
            update = cast("Update[..., Any]", step)
            step = Operation[Any]("update", update.entity, update=update)
        if not isinstance(step, Operation):
            raise PatternError(f"a transaction takes create(E), delete(E), check(E) and update patterns, not {step!r}")
        self._known(step.entity.cls)
        return step

    # --- changes

    def stream(self) -> Stream:
        """Handlers for the changes of this table."""
        return Stream()

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits over what code and table must agree on: keys, indexes, templates, names and types of fields.

        Two programs with one fingerprint read each other's items. Patterns, order of declaration, titles and TTL do not change it.
        """
        from singletable.schema import fingerprint_of, schema_of

        return fingerprint_of(self.key, self.indexes, {entity.name: schema_of(entity) for entity in self.entities.values()})

    def definition(self) -> "TableDefinition":
        """All that is declared, as plain data: for the stack that sets the table up, permissions and alarms."""
        from singletable.definition import table_definition

        return table_definition(self.key, self.indexes, self.ttl, self.entities.values(), self.patterns)


def _check_key(name: str, given: object) -> None:
    if not isinstance(given, Key):
        names = cast("tuple[object, ...]", given) if isinstance(given, tuple) else (given,)
        raise DeclarationError(f"the key of {name} is {given!r}: write Key({', '.join(map(repr, names))})")
    if given.partition == given.sort:
        raise DeclarationError(f"the key of {name} has one attribute, {given.sort}, for partition and sort: name two")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def entity(table: Table, *, key: Templates = NO_KEY, unique: UniqueFields = (), **indexes: Templates) -> Callable[[type[E]], type[E]]:
    """`Table.entity` as a function: the spelling that mypy and ty understand, too."""
    return table.entity(key=key, unique=unique, **indexes)
