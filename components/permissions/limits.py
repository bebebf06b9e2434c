"""Narrower permissions than an action on a table: which partition keys and which attributes, where the declaration says so.

One table holds every entity, so that an action on the table reaches all of them. The keys of the entities tell them apart: a function whose
patterns use notices only can be held to partition keys that begin with NOTICE#.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from components.errors import InvalidArgument
from singletable.definition import EntityDefinition, PatternDefinition, TableDefinition
from singletable.entity import TYPE_ATTRIBUTE
from singletable.grants import Grant
from singletable.reads import OWNER

Condition = Mapping[str, Any]
LEADING_KEYS = "dynamodb:LeadingKeys"
ATTRIBUTES = "dynamodb:Attributes"
LOCKING = frozenset({"dynamodb:PutItem", "dynamodb:DeleteItem"})
"""What is done to the locks of unique fields."""
WRITING = frozenset({*LOCKING, "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem"})
"""Actions whose requests name the attributes that they touch. A read of this kit asks for whole items and names none."""


@dataclass(frozen=True)
class Limits:
    """leading_keys: requests reach only partition keys that the entities of the function's patterns have. Default: True.
    attributes: writes name only attributes of these entities, their keys and their locks. What is read is not limited. Default: False.

    Both hold for the table's own permissions, as conditions on `dynamodb:LeadingKeys` and `dynamodb:Attributes` (DynamoDB developer guide,
    "Using IAM policy conditions for fine-grained access control"). Raises InvalidArgument where there is nothing to limit.
    """

    leading_keys: bool = True
    attributes: bool = False

    def __post_init__(self) -> None:
        if not (self.leading_keys or self.attributes):
            raise InvalidArgument("the limits limit nothing: give leading_keys=True, attributes=True, both, or no limits at all")

    def conditions(self, patterns: Iterable[PatternDefinition], table: TableDefinition) -> dict[Grant, Condition]:
        """What each grant of the patterns is limited by. Raises InvalidArgument for an entity that its keys do not tell apart."""
        entities = {entity.name: entity for entity in table.entities}
        users: dict[Grant, list[PatternDefinition]] = {}
        for pattern in patterns:
            unknown = [name for name in pattern.entities if name not in entities]
            if unknown or not pattern.entities:
                has = f"the entity {unknown[0]}, which the table does not declare" if unknown else "no entity"
                raise InvalidArgument(f"the pattern {pattern.name} has {has}: nothing says which keys it uses, so it cannot be limited")
            for grant in pattern.grants:
                users.setdefault(grant, []).append(pattern)
        return {grant: self._condition(grant, using, table, entities) for grant, using in users.items()}

    def _condition(
        self, grant: Grant, patterns: Iterable[PatternDefinition], table: TableDefinition, entities: Mapping[str, EntityDefinition]
    ) -> Condition:
        def of_all(find: Callable[[PatternDefinition, EntityDefinition], Iterable[str]]) -> list[str]:
            return sorted({found for pattern in patterns for name in pattern.entities for found in find(pattern, entities[name])})

        condition: dict[str, Any] = {}
        if self.leading_keys:
            keys = of_all(lambda pattern, entity: _leading_keys(grant, pattern, entity, table))
            condition["ForAllValues:StringLike"] = {LEADING_KEYS: keys}
        if self.attributes and grant.action in WRITING:
            names = of_all(lambda _, entity: _attributes(grant, entity, table))
            condition["ForAllValues:StringEquals"] = {ATTRIBUTES: names}
        return condition


def _leading_keys(grant: Grant, pattern: PatternDefinition, entity: EntityDefinition, table: TableDefinition) -> Iterable[str]:
    path = grant.index or "primary"
    if path not in entity.keys:
        return  # another entity of the pattern is in the index
    yield _beginning(entity.keys[path][0], entity.name)
    for lock, *_ in entity.locks.values():
        # A unique field is looked up through its lock, whose key the pattern's access then shows.
        if grant.action in LOCKING or pattern.access.startswith(f"{table.key.partition}={lock} "):
            yield _beginning(lock, entity.name)


def _beginning(template: str, entity: str) -> str:
    """A template up to its first field, as a pattern of IAM."""
    fixed, field, _ = template.partition("{")
    if not fixed:
        raise InvalidArgument(
            f"partition keys of {entity} begin with a value ({template}): they cannot be told from others, so leading_keys cannot be limited"
        )
    literal = "".join(f"${{{character}}}" if character in "*?$" else character for character in fixed)
    return f"{literal}*" if field else literal


def _attributes(grant: Grant, entity: EntityDefinition, table: TableDefinition) -> Iterable[str]:
    # The keys of every index count too: a request that writes an item names them.
    keys = {"primary": table.key, **{index.name: index.key for index in table.indexes}}
    for path in entity.keys:
        yield from keys[path].attributes
    yield from entity.fields
    yield TYPE_ATTRIBUTE
    if entity.locks and grant.action in LOCKING:
        yield OWNER
