"""Access patterns: declared beside the entities, called with values, handed to a store.

Calling a pattern sends nothing. `find_user(id="7")` is a value: a store executes it, plans it, or makes a cursor for it.
"""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Generic, Literal, ParamSpec, TypeVar, TypeVarTuple, cast, overload

from singletable.entity import Entity, entity_of
from singletable.errors import InvalidArguments, PatternError, TransactionTooLarge
from singletable.resolve import Access, Want
from singletable.values import value

E = TypeVar("E")
V = TypeVar("V")
P = ParamSpec("P")
Ts = TypeVarTuple("Ts")

MOST_ACTIONS = 100
"""Actions in one TransactWriteItems (DynamoDB developer guide, "Amazon DynamoDB Transactions: How it works")."""


@value
class Between(Generic[V]):
    """From low to high, both included. Default: no bound on that side."""

    low: V | None = None
    high: V | None = None


@value
class Origin:
    """Where a pattern was declared. A pattern without a name of its own is called like the variable that holds it."""

    module: str
    name: str | None = None
    doc: str | None = None

    def name_of(self, pattern: object) -> str:
        if self.name:
            return self.name
        variables = vars(sys.modules[self.module])
        return next((name for name, value in variables.items() if value is pattern), "unnamed")


@value
class Pattern(Generic[E]):
    entity: Entity[E]
    origin: Origin

    @property
    def name(self) -> str:
        return self.origin.name_of(self)


@value
class Read(Pattern[E]):
    """parameters: what it is called with, in this order."""

    parameters: tuple[str, ...]
    want: Want
    access: Access

    def bind(self, args: Sequence[object], kwargs: Mapping[str, object]) -> dict[str, object]:
        names = self.parameters
        values = {**dict(zip(names, args)), **kwargs}
        if len(args) + len(kwargs) != len(names) or values.keys() != set(names):
            raise InvalidArguments(f"{self.name} takes {', '.join(names)}; given: {', '.join(values) or 'nothing'}")
        return values


@value
class One(Read[E], Generic[P, E]):
    """At most one item."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> "BoundOne[E]":
        return BoundOne(self, self.bind(args, kwargs))


@value
class Many(Read[E], Generic[P, E]):
    """A page of items. page: how many, when the caller does not say."""

    page: int = 25

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> "BoundMany[E]":
        return BoundMany(self, self.bind(args, kwargs))


@value
class BoundOne(Generic[E]):
    pattern: One[..., E]
    values: Mapping[str, object]


@value
class BoundMany(Generic[E]):
    pattern: Many[..., E]
    values: Mapping[str, object]


@value
class Update(Pattern[E], Generic[P, E]):
    """New values for some fields of an item that was read before. attributes: all that change with them, keys and version included."""

    fields: tuple[str, ...]
    attributes: tuple[str, ...]

    def __call__(self, item: E, /, *args: P.args, **kwargs: P.kwargs) -> "BoundUpdate[E]":
        changes = {**dict(zip(self.fields, args)), **kwargs}
        if len(args) + len(kwargs) != len(self.fields) or changes.keys() != set(self.fields):
            raise InvalidArguments(f"{self.name} takes {', '.join(self.fields)}; given: {', '.join(changes) or 'nothing'}")
        return BoundUpdate(self, item, changes)


@value
class BoundUpdate(Generic[E]):
    pattern: Update[..., E]
    item: E
    changes: Mapping[str, object]


@value
class Operation(Generic[V]):
    """One part of a transaction. V: what it is called with, an item or several."""

    verb: Literal["create", "delete"]
    entity: Entity[Any]
    up_to: int | None = None

    @property
    def most_actions(self) -> int:
        return (self.up_to or 1) * (1 + len(self.entity.uniques))

    def items(self, given: object) -> Sequence[object]:
        if self.up_to is None:
            return [given]
        items = cast("Sequence[object]", given)
        if len(items) > self.up_to:
            raise TransactionTooLarge(f"{self.verb}({self.entity.name}) takes up to {self.up_to} items, {len(items)} were given")
        return items


@overload
def create(entity: type[E]) -> Operation[E]: ...
@overload
def create(entity: type[E], *, up_to: int) -> Operation[Sequence[E]]: ...
def create(entity: type[E], *, up_to: int | None = None) -> Operation[Any]:
    """A new item: the transaction fails with AlreadyExists where there is one, or one with the same unique value."""
    return Operation("create", entity_of(entity), up_to)


@overload
def delete(entity: type[E]) -> Operation[E]: ...
@overload
def delete(entity: type[E], *, up_to: int) -> Operation[Sequence[E]]: ...
def delete(entity: type[E], *, up_to: int | None = None) -> Operation[Any]:
    """Deletes an item in the version that was read, and its locks."""
    return Operation("delete", entity_of(entity), up_to)


@value
class Transaction(Generic[*Ts]):
    """All or nothing."""

    operations: tuple[Operation[Any], ...]
    origin: Origin

    def __post_init__(self) -> None:
        most = sum(operation.most_actions for operation in self.operations)
        if most > MOST_ACTIONS:
            raise PatternError(f"this transaction can have {most} actions, DynamoDB takes {MOST_ACTIONS}: lower up_to (locks count too)")

    @property
    def name(self) -> str:
        return self.origin.name_of(self)

    def __call__(self, *items: *Ts) -> "BoundTransaction":
        if len(items) != len(self.operations):
            raise InvalidArguments(f"{self.name} takes {len(self.operations)} items, {len(items)} were given")
        calls = zip(self.operations, cast("tuple[object, ...]", items))
        return BoundTransaction(self, tuple((operation, item) for operation, given in calls for item in operation.items(given)))


@value
class BoundTransaction:
    pattern: Transaction[*tuple[Any, ...]]
    writes: tuple[tuple[Operation[Any], object], ...]
