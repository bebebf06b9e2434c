"""What happens to a resource after it was created: how it is read, what changes in place, what only a replacement can change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from local.deploy.handler import Calls, Properties
from local.monitor import Created


@dataclass(frozen=True)
class Found:
    """A resource as AWS has it: the inputs that would make it so (wire names, nothing left out that AWS tells), and its other outputs."""

    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    id: str = ""
    """Where it is imported by another text than its id. Default: the id that was asked for."""


@dataclass(frozen=True)
class Change:
    """A resource that exists, and what it is to become. `old` and `new` are its inputs, `outputs` its state."""

    id: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    outputs: Mapping[str, Any]
    changed: frozenset[str]
    """Names of the inputs that differ."""


Read = Callable[[str, Mapping[str, Any], Calls], Found | None]
"""The resource of this id (and, where the id does not say all, these inputs: none where it is imported). None: it is gone."""
Update = Callable[[Change, Calls], Mapping[str, Any]]
"""Changes it and gives the outputs that are other than before."""


@dataclass(frozen=True)
class Lifecycle:
    """Of one resource type, by the provider's schema (terraform-provider-aws, `internal/service/*`, which pulumi-aws wraps).

    `replaces`: inputs marked ForceNew there: another value makes another resource. `replaces_where`: inputs of which only some changes do
    (ForceNewIfChange there), asked with the old value and the new one. `update`: None where every input is ForceNew.
    `defaults`: what an input means that is left out. `computed`: inputs that, left out, are what AWS has (Optional and Computed there), so
    that leaving them out is no change. `renews`: input -> outputs that nobody knows before a change of it was made.
    """

    read: Read
    update: Update | None = None
    replaces: frozenset[str] = frozenset()
    replaces_where: Mapping[str, Callable[[Any, Any], bool]] = field(default_factory=dict[str, Callable[[Any, Any], bool]])
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    computed: frozenset[str] = frozenset()
    renews: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def needs_another(self, name: str, old: Any, new: Any) -> bool:
        """Whether only another resource can have the new value of this input."""
        return self.update is None or name in self.replaces or (name in self.replaces_where and self.replaces_where[name](old, new))


def put_again(create: Callable[[Properties, Calls], Created]) -> Update:
    """For what AWS changes by the operation that created it."""

    def update(change: Change, call: Calls) -> Mapping[str, Any]:
        return create(Properties(change.new), call).outputs

    return update


def camel(value: Any) -> Any:
    """Keys of a response as the provider spells them: `AttributeName` -> `attributeName`. Not for maps whose keys are data."""
    match value:
        case dict():
            return {key[:1].lower() + key[1:]: camel(item) for key, item in cast("dict[str, Any]", value).items()}
        case list():
            return [camel(item) for item in cast("list[Any]", value)]
        case _:
            return value
