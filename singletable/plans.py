"""What a bound pattern would send and what it would cost, without sending it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from singletable import reads, writes
from singletable.costs import typical_bytes
from singletable.definition import IndexDefinition, key_definition
from singletable.entity import Entity
from singletable.limits import check_sizes
from singletable.patterns import BoundMany, BoundOne
from singletable.reads import OWNER, Request
from singletable.resolve import LOCKED_GET
from singletable.sizing import Units, item_bytes, request_cost, total
from singletable.transactions import Bound, BoundTransaction, BoundUpdate
from singletable.values import value
from singletable.writes import Write


@value
class Plan:
    """requests: in the order in which they would be sent. Of a look-up through a lock, the second shows templates where the lock's answer
    gives the key; of a list, the first page.
    cost: capacity units when it succeeds. A write is priced by its own items, a read by items of typical size or of the size asked for.
    """

    requests: tuple[Request, ...]
    cost: Units


def plan_of(table: str, bound: Bound, now: datetime, item_size_bytes: int | None = None) -> Plan:
    """item_size_bytes: of the items that a read will find. Default: a typical one of the entity."""
    match bound:
        case BoundOne():
            return _one(table, bound, item_size_bytes or typical_bytes(bound.pattern.entity))
        case BoundMany():
            size = item_size_bytes or typical_bytes(bound.pattern.entity)
            items = bound.pattern.page + 1
            request = reads.read_page(table, bound, items, None)
            return Plan((request,), _read_cost(bound.pattern.entity, request, items * size))
        case BoundUpdate():
            return _write([bound.pattern.entity], writes.of_update(table, bound, now)[1])
        case BoundTransaction():
            return _write(bound.pattern.entities, writes.of_transaction(table, bound, now)[1])


def _one(table: str, bound: BoundOne[Any], size_bytes: int) -> Plan:
    entity, access = bound.pattern.entity, bound.pattern.access
    first = reads.read_one(table, bound)
    if access.rank != LOCKED_GET:
        return Plan((first,), _read_cost(entity, first, size_bytes))
    owner = {attribute: {"S": str(template)} for attribute, template in entity.primary.attributes.items()}
    second = reads.get_item(table, owner, consistent=True)
    lock_bytes = item_bytes({**first.body["Key"], OWNER: {"M": owner}})
    return Plan((first, second), _read_cost(entity, first, lock_bytes) + _read_cost(entity, second, size_bytes))


def _read_cost(entity: Entity[Any], request: Request, read_bytes: int) -> Units:
    return request_cost(request.operation, request.body, (), key_definition(entity.primary.key), read_bytes=read_bytes)


def _write(entities: Sequence[Entity[Any]], actions: Sequence[Write]) -> Plan:
    check_sizes(actions)
    if not actions:
        return Plan((), total(()))
    request = writes.request_of(actions)
    images = [(action.old, action.new) for action in actions]
    key = key_definition(entities[0].primary.key)
    return Plan((request,), request_cost(request.operation, request.body, _indexes(entities), key, images=images))


def _indexes(entities: Iterable[Entity[Any]]) -> list[IndexDefinition]:
    paths = {name: path for entity in entities for name, path in entity.indexes.items()}
    return [IndexDefinition(name, key_definition(path.key)) for name, path in paths.items()]
