"""The stack around a resource, as the rules about whole stacks see it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from pulumi_policy import PolicyResource, StackValidationArgs
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError

from policy.resource_types import ALARM, INDEX
from policy.watching import Alarms, alarms_of

Read = TypeVar("Read")


@dataclass(frozen=True)
class Stack:
    """args: as Pulumi hands them to a rule."""

    args: StackValidationArgs

    def of(self, *types: str) -> Iterator[PolicyResource]:
        """Its resources of these types, in the order in which they were registered."""
        return (resource for resource in self.args.resources if resource.resource_type in types)

    @cached_property
    def alarms(self) -> Alarms:
        """What its alarms watch."""
        return alarms_of(self.of(ALARM))

    def indexes_of(self, table: PolicyResource) -> list[str]:
        """Names of its global secondary indexes: those that it declares, and those that are resources beside it."""
        declared = [str(index["name"]) for index in table.props.get("globalSecondaryIndexes") or ()]
        beside = [each for each in self.of(INDEX) if each.props.get("tableName") == table.props.get("name")]
        return list(dict.fromkeys((*declared, *(str(each.props["indexName"]) for each in beside))))

    def read(self, read: Callable[[PolicyResource], Read], *types: str) -> tuple[list[Read], UnknownValueError | None]:
        """What `read` makes of each of its resources of these types, and whether one of them is not known yet."""
        found: list[Read] = []
        not_known: UnknownValueError | None = None
        for resource in self.of(*types):
            try:
                found.append(read(resource))
            except UnknownValueError as error:
                not_known = error
        return found, not_known


def dependencies_of(resource: PolicyResource, properties: Sequence[str]) -> Iterator[PolicyResource]:
    """What these properties are made from, also where their values are not known yet."""
    return (each for name in properties for each in resource.property_dependencies.get(name, ()))


def physical_name(resource: PolicyResource, member: str = "name") -> str:
    """As AWS knows it. Raises `UnknownValueError` where Pulumi gives the name and has not yet done so."""
    name = resource.props.get(member)
    if not name:
        raise UnknownValueError(UNKNOWN_STRING_VALUE, [member])
    return str(name)
