"""What a pattern can send, and therefore what a function that uses it may do: nothing is guessed, nothing is left over."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from singletable.entity import Entity, Unique
from singletable.patterns import One, Operation, Read, Transaction, Update
from singletable.plain import Plain
from singletable.resolve import QUERY
from singletable.shapes import Maybe
from singletable.values import value

AnyPattern = Read[Any] | Update[..., Any] | Transaction[*tuple[Any, ...]]

TRANSACTION = "TransactWriteItems"
CHECK = "ConditionCheckItem"
ITEM_ACTION = {"create": "PutItem", "update": "UpdateItem", "delete": "DeleteItem", "check": CHECK}
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


def entities_of(pattern: AnyPattern) -> tuple[Entity[Any], ...]:
    """Each once, in the order of the pattern."""
    if isinstance(pattern, Transaction):
        return tuple({operation.entity.name: operation.entity for operation in pattern.operations}.values())
    return (pattern.entity,)


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
        return ("UpdateItem", TRANSACTION) if moved_locks(pattern) else ("UpdateItem",)
    singles = [ITEM_ACTION[operation.verb] for operation in pattern.operations if _can_be_alone(operation, pattern)]
    return tuple(dict.fromkeys((*singles, TRANSACTION)))


def grants_of(pattern: AnyPattern) -> tuple[Grant, ...]:
    """Each once. A Query of an index is granted for that index only."""
    if isinstance(pattern, Read):
        return tuple(Grant(f"dynamodb:{operation}", index_of(pattern)) for operation in operations_of(pattern))
    actions = ["UpdateItem", *(LOCK_ACTIONS["update"] if moved_locks(pattern) else ())] if isinstance(pattern, Update) else []
    if isinstance(pattern, Transaction):
        for operation in pattern.operations:
            actions += [ITEM_ACTION[operation.verb], *(LOCK_ACTIONS[operation.verb] if operation.entity.uniques else ())]
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


def moved_locks(pattern: Update[..., Any]) -> list[Unique]:
    """The unique fields that an update gives new values."""
    return [unique for unique in pattern.entity.uniques.values() if set(unique.lock.fields) & set(pattern.fields)]


def sure_locks(entity: Entity[Any]) -> int:
    """How many locks every item of the entity has: where a unique field can be None, an item may have none."""
    optional = {name for name, field in entity.fields.items() if isinstance(field.shape, Maybe)}
    return sum(not optional.intersection(unique.lock.fields) for unique in entity.uniques.values())


def _written(pattern: Update[..., Any] | Transaction[*tuple[Any, ...]]) -> list[Entity[Any]]:
    if isinstance(pattern, Update):
        return [pattern.entity]
    return [operation.entity for operation in pattern.operations if ITEM_ACTION[operation.verb] != CHECK]


def _can_be_alone(operation: Operation[Any], pattern: Transaction[*tuple[Any, ...]]) -> bool:
    """Can the transaction be called so that this is its only action?"""
    others_can_be_empty = all(other.up_to is not None for other in pattern.operations if other is not operation)
    return others_can_be_empty and ITEM_ACTION[operation.verb] != CHECK and not sure_locks(operation.entity)
