"""Access patterns that write: an update of one item, and transactions of several operations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, TypeVar, TypeVarTuple, cast, overload

from singletable.entity import Entity, Unique, entity_of
from singletable.errors import InvalidArguments, PatternError, TransactionTooLarge
from singletable.patterns import BoundMany, BoundOne, OfOne, Pattern, shown
from singletable.resolve import GET
from singletable.values import value

E = TypeVar("E")
V = TypeVar("V")
P = ParamSpec("P")
Ts = TypeVarTuple("Ts")

MOST_ACTIONS = 100
"""Actions in one TransactWriteItems (DynamoDB developer guide, "Amazon DynamoDB Transactions: How it works")."""


class Step(Generic[V]):
    """What can be part of a transaction. V: what it is called with there."""


@value
class Update(OfOne[E], Step["BoundUpdate[E]"], Generic[P, E]):
    """New values for some fields of an item that was read before. attributes: all that change with them, keys and version included."""

    fields: tuple[str, ...]
    attributes: tuple[str, ...]

    @property
    def locks(self) -> tuple[Unique, ...]:
        """What is unique and gets a new value."""
        return tuple(unique for unique in self.entity.uniques.values() if set(unique.fields).intersection(self.fields))

    if TYPE_CHECKING:

        def __call__(self, item: E, /, *args: P.args, **kwargs: P.kwargs) -> "BoundUpdate[E]": ...

    else:
        # To a caller without a type checker, a missing item is a mistake like any other.
        def __call__(self, *args: object, **kwargs: object) -> "BoundUpdate[E]":
            return self._bound(args, kwargs)

    def _bound(self, given: tuple[object, ...], kwargs: Mapping[str, object]) -> "BoundUpdate[E]":
        if not given:
            raise InvalidArguments(
                f"{self.name} changes {_a(self.entity.name)} that was read: give it first, then {', '.join(self.fields)}; "
                f"given: {', '.join(kwargs) or 'nothing'}"
            )
        item, *args = given
        if not isinstance(item, self.entity.cls):
            raise InvalidArguments(f"{self.name} changes {_a(self.entity.name)} that was read, not {kind_of(item)}")
        return BoundUpdate(self, item, self.bind(self.fields, args, kwargs))


@value
class BoundUpdate(Generic[E]):
    pattern: Update[..., E]
    item: E
    changes: Mapping[str, object]

    def __repr__(self) -> str:
        return shown(self.pattern, (self.item,), self.changes)


@value
class Operation(Step[V]):
    """One part of a transaction.

    up_to: None for a single item, else the most it takes of a list. update: the pattern, of an update. unchanged: of a check, that the
    version is the one that was read.
    """

    verb: Literal["create", "delete", "check", "update"]
    entity: Entity[Any]
    up_to: int | None = None
    update: Update[..., Any] | None = None
    unchanged: bool = False

    def __post_init__(self) -> None:
        if self.up_to is not None and self.up_to < 1:
            raise PatternError(f"{self.verb}({self.entity.name}, up_to={self.up_to}): up_to is at least 1")
        if self.unchanged and not self.entity.version:
            raise PatternError(f"check({self.entity.name}, unchanged=True): {self.entity.name} has no field of the type Version")

    @property
    def locks(self) -> tuple[Unique, ...]:
        """What is unique, where it can write the lock."""
        if self.verb == "check":
            return ()
        return self.update.locks if self.update else tuple(self.entity.uniques.values())

    @property
    def most_actions(self) -> int:
        """An update deletes a lock and writes another."""
        return (self.up_to or 1) * (1 + len(self.locks) * (2 if self.update else 1))

    @property
    def step(self) -> str:
        """As it is declared, or as the call that it takes."""
        if self.update:
            return f"{self.update.name}(...)"
        return f"{self.verb}({self.entity.name}{'' if self.up_to is None else f', up_to={self.up_to}'})"

    def items(self, given: object) -> Sequence[object]:
        """What it was called with, one by one. Raises TransactionTooLarge, and InvalidArguments for what it cannot write."""
        name = f"{self.verb}({self.entity.name}"
        if self.up_to is not None and (not isinstance(given, Iterable) or isinstance(given, str)):
            raise InvalidArguments(f"{name}, up_to={self.up_to}) takes a list, not {kind_of(given)}")
        items: list[object] = [given] if self.up_to is None else list(cast("Iterable[object]", given))
        if self.up_to is not None and len(items) > self.up_to:
            raise TransactionTooLarge(f"{name}) takes up to {self.up_to} items, {len(items)} were given")
        for item in items:
            if not self._takes(item):
                raise InvalidArguments(f"{name}) takes {self._taken()}, not {kind_of(item)}")
        return items

    def _takes(self, item: object) -> bool:
        if self.update:
            return isinstance(item, BoundUpdate) and cast("BoundUpdate[Any]", item).pattern is self.update
        if isinstance(item, BoundOne):
            pattern = cast("BoundOne[Any]", item).pattern
            return self.verb == "check" and not self.unchanged and pattern.entity is self.entity and pattern.access.rank == GET
        return isinstance(item, self.entity.cls)

    def _taken(self) -> str:
        if self.update:
            return f"a call of {self.update.name}"
        by_key = f", or a pattern that finds one by its primary key, such as find({', '.join(self.entity.primary.fields)})"
        return f"{_a(self.entity.name)}{by_key if self.verb == 'check' and not self.unchanged else ''}"


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
    """Deletes an item in the version that was read, and its locks. Fails with NotFound or VersionConflict."""
    return Operation("delete", entity_of(entity), up_to)


@overload
def check(entity: type[E]) -> Operation[E | BoundOne[E]]: ...
@overload
def check(entity: type[E], *, unchanged: Literal[True]) -> Operation[E]: ...
@overload
def check(entity: type[E], *, up_to: int) -> Operation[Sequence[E | BoundOne[E]]]: ...
@overload
def check(entity: type[E], *, up_to: int, unchanged: Literal[True]) -> Operation[Sequence[E]]: ...
def check(entity: type[E], *, up_to: int | None = None, unchanged: bool = False) -> Operation[Any]:
    """The item is there, and stays there while the transaction is written; else it fails with NotFound.

    Called with the item, or with a bound pattern that finds it by its primary key: `place(find_user(id="7"), order)`.
    unchanged: also in the version that was read, else it fails with VersionConflict. Default: in any version.
    """
    return Operation("check", entity_of(entity), up_to, unchanged=unchanged)


@value
class Transaction(Pattern, Generic[*Ts]):
    """All or nothing."""

    operations: tuple[Operation[Any], ...]

    def __post_init__(self) -> None:
        most = sum(operation.most_actions for operation in self.operations)
        if most > MOST_ACTIONS:
            raise PatternError(f"this transaction can have {most} actions, DynamoDB takes {MOST_ACTIONS}: lower up_to (locks count too)")
        if all(operation.verb == "check" for operation in self.operations):
            raise PatternError("this transaction writes nothing: it takes at least one create, update or delete")

    @property
    def entities(self) -> tuple[Entity[Any], ...]:
        return tuple({operation.entity.name: operation.entity for operation in self.operations}.values())

    def __call__(self, *items: *Ts) -> "BoundTransaction":
        if len(items) != len(self.operations):
            steps, given = ", ".join(operation.step for operation in self.operations), ", ".join(map(kind_of, items))
            raise InvalidArguments(f"{self.name} takes {steps}; given: {given or 'nothing'}")
        calls = zip(self.operations, cast("tuple[object, ...]", items))
        return BoundTransaction(self, tuple((operation, item) for operation, given in calls for item in operation.items(given)))


@value
class BoundTransaction:
    pattern: Transaction[*tuple[Any, ...]]
    writes: tuple[tuple[Operation[Any], object], ...]

    def __repr__(self) -> str:
        return shown(self.pattern, [item for _, item in self.writes], {})


Bound = BoundOne[Any] | BoundMany[Any] | BoundUpdate[Any] | BoundTransaction
CALLS = (BoundOne, BoundMany, BoundUpdate, BoundTransaction)
"""A pattern with what it is called with, as a type and for isinstance."""


def kind_of(given: Any) -> str:
    """Without the values in it."""
    if isinstance(given, CALLS):
        return f"{cast('Bound', given).pattern.name}(...)"
    return repr(cast(object, given)) if given is None or isinstance(given, Pattern) else _a(type(given).__name__)


def _a(name: str) -> str:
    return f"an {name}" if name[0] in "AEIOaeio" else f"a {name}"
