"""What a pattern can send, and therefore what a function that uses it may do: nothing is guessed, nothing is left over."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from singletable.entity import Entity
from singletable.patterns import One, Read
from singletable.plain import Plain
from singletable.resolve import QUERY
from singletable.shapes import Maybe
from singletable.transactions import Operation, Transaction, Update
from singletable.values import value

AnyPattern = Read[Any] | Update[..., Any] | Transaction[*tuple[Any, ...]]

TRANSACTION = "TransactWriteItems"
ITEM_ACTION = {"create": "PutItem", "update": "UpdateItem", "delete": "DeleteItem", "check": "ConditionCheckItem"}
"""The action on the item. TransactWriteItems has no permission of its own: each item needs that of its action (Service Authorization
Reference, "Actions, resources, and condition keys for Amazon DynamoDB")."""
LOCK_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "create": ("PutItem",),
    "update": ("DeleteItem", "PutItem"),
    "delete": ("DeleteItem",),
    "check": (),
}
"""The actions on the locks of its unique fields."""


@value
class Grant(Plain):
    """One permission. action: "dynamodb:PutItem". index: the index it is for. Default: the table itself."""

    action: str
    index: str | None = None


def kind_of(pattern: AnyPattern) -> Literal["one", "many", "update", "transaction"]:
    if isinstance(pattern, Read):
        return "one" if isinstance(pattern, One) else "many"
    return "update" if isinstance(pattern, Update) else "transaction"


def index_of(pattern: AnyPattern) -> str | None:
    """The index that it reads."""
    path = pattern.access.path if isinstance(pattern, Read) else None
    return path.name if path and path.is_index else None


def operations_of(pattern: AnyPattern) -> tuple[str, ...]:
    """The API operations that it can send, each once.

    A single action is sent without a transaction, which would cost twice as much, unless the caller gives a token.
    """
    if isinstance(pattern, Read):
        return ("Query",) if pattern.access.rank == QUERY else ("GetItem",)
    if isinstance(pattern, Update):
        return ("UpdateItem", TRANSACTION) if pattern.locks else ("UpdateItem",)
    singles = [ITEM_ACTION[operation.verb] for operation in pattern.operations if can_be_alone(operation, pattern)]
    return tuple(dict.fromkeys((*singles, TRANSACTION)))


def grants_of(pattern: AnyPattern) -> tuple[Grant, ...]:
    """Each once. A Query of an index is granted for that index only."""
    if isinstance(pattern, Read):
        return tuple(Grant(f"dynamodb:{operation}", index_of(pattern)) for operation in operations_of(pattern))
    steps: tuple[Operation[Any], ...] = (
        (Operation("update", pattern.entity, update=pattern),) if isinstance(pattern, Update) else pattern.operations
    )
    actions = [action for step in steps for action in (ITEM_ACTION[step.verb], *(LOCK_ACTIONS[step.verb] if step.locks else ()))]
    return tuple(Grant(f"dynamodb:{action}") for action in dict.fromkeys(actions))


def all_grants(patterns: Iterable[AnyPattern]) -> tuple[Grant, ...]:
    """Of several patterns together, each once, in alphabetical order."""
    found = {grant for pattern in patterns for grant in grants_of(pattern)}
    return tuple(sorted(found, key=lambda grant: (grant.action, grant.index or "")))


def touches_of(pattern: AnyPattern) -> tuple[str, ...]:
    """Indexes whose entries its writes can change. An entry holds all attributes, so any write of its item changes it."""
    if isinstance(pattern, Read):
        return ()
    return tuple(dict.fromkeys(name for entity in _written(pattern) for name in entity.indexes))


def sure_locks(entity: Entity[Any]) -> int:
    """How many locks every item of the entity has: where a unique field can be None, an item may have none."""
    optional = {name for name, field in entity.fields.items() if isinstance(field.shape, Maybe)}
    return sum(not optional.intersection(unique.fields) for unique in entity.uniques.values())


def can_be_alone(operation: Operation[Any], pattern: Transaction[*tuple[Any, ...]]) -> bool:
    """Can the transaction be called so that this is its only action? An update has no lock to move when the value stays the same."""
    if operation.verb == "check" or any(other.up_to is None for other in pattern.operations if other is not operation):
        return False
    return operation.verb == "update" or not sure_locks(operation.entity)


def _written(pattern: Update[..., Any] | Transaction[*tuple[Any, ...]]) -> list[Entity[Any]]:
    if isinstance(pattern, Update):
        return [pattern.entity]
    return [operation.entity for operation in pattern.operations if operation.verb != "check"]
