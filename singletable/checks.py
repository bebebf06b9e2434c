"""What two declarations of one table must not do to each other."""

from collections.abc import Iterable
from itertools import combinations, product
from typing import Any

from singletable.entity import Entity, Path
from singletable.keys import SEPARATOR
from singletable.overlap import may_be_equal, may_continue, miss_each_other
from singletable.resolve import QUERY, Access


def conflict(left: Entity[Any], right: Entity[Any]) -> str | None:
    """Why two entities cannot live in one table, if they cannot. An entity must not meet its own locks, either."""
    pairs = combinations(_stored(left), 2) if left is right else product(_stored(left), _stored(right))
    for (name, path), (other_name, other) in pairs:
        if may_be_equal(path.partition, other.partition) and may_be_equal(path.sort, other.sort):
            return (
                f"{name} and {other_name} can have the same key, and one would overwrite the other:\n"
                f"  {name}  {path}\n  {other_name}  {other}\nGive one of them a word of its own."
            )
    for path, other in product(left.paths, right.paths):
        for a, b in miss_each_other(path.partition, other.partition) if path.name == other.name else ():
            return (
                f"{left.name}.{a.field} is written as {a.form.name} and {right.name}.{b.field} as {b.form.name}, so that equal values lie in "
                f"different partitions:\n  {left.name}  {path}\n  {right.name}  {other}\nDeclare both fields alike, or use another word."
            )
    return None


def captured(entity: Entity[Any], access: Access, others: Iterable[Entity[Any]]) -> str | None:
    """What a Query would return beside its own entity, if anything: it may share the partition and the sort prefix."""
    if access.rank != QUERY:
        return None
    reachable = [found for other in others if other is not entity for found in _reachable(access.path, other)]
    own_locks = [] if access.path.is_index else _locks(entity)
    names = [name for name, path in (*reachable, *own_locks) if _catches(access, path)]
    if not names:
        return None
    key = access.path.key
    prefix = SEPARATOR.join(map(str, access.prefix))
    where = f"all of {key.partition}={access.path.partition}"
    if prefix:
        where = f"{key.sort} begins_with {prefix}{SEPARATOR}" if access.open_slot else f"{key.sort}={prefix}"
    return (
        f"reads {where}, which also catches {' and '.join(names)}.\n"
        f"Give one of them a first word in {key.sort or key.partition} that no other entity of this collection starts with."
    )


def _stored(entity: Entity[Any]) -> list[tuple[str, Path]]:
    """What an entity writes into the table: its items and its locks."""
    return [(entity.name, entity.primary), *_locks(entity)]


def _reachable(path: Path, entity: Entity[Any]) -> list[tuple[str, Path]]:
    own = [(entity.name, other) for other in entity.paths if other.name == path.name]
    return own if path.is_index else own + _locks(entity)


def _locks(entity: Entity[Any]) -> list[tuple[str, Path]]:
    return [(f"the lock of {entity.name}.{unique.name}", unique.lock) for unique in entity.uniques.values()]


def _catches(access: Access, path: Path) -> bool:
    if not may_be_equal(access.path.partition, path.partition):
        return False
    if access.path.sort and access.open_slot is None:
        return may_be_equal(access.path.sort, path.sort)
    return may_continue(access.prefix, path.sort)
