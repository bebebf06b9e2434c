"""The one way out: what a component does not offer can be changed on the arguments of the resource that it is about to register."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from components.errors import InvalidArgument

Arguments = dict[str, Any]
Transform = Mapping[str, Mapping[str, Any] | Callable[[Arguments], Arguments]]
"""By the name of a child (a key of the component's `nodes`): arguments to set, or a function from all arguments to new ones.

    SingleTable("shop", ..., transform={"table": {"table_class": "STANDARD_INFREQUENT_ACCESS"}})
"""


def checked(component: str, transform: Transform | None, children: Sequence[str]) -> Transform:
    """The transform, or none. Raises InvalidArgument for a child that the component does not have, and for what changes nothing."""
    allowed = "give arguments to set by name, or a function from all arguments to new ones"
    if not isinstance(cast("object", transform), Mapping | None):
        raise InvalidArgument(f"the transform of {component} is of type {type(transform).__name__}: give changes by name of the child")
    for name, change in (transform or {}).items():
        if name not in children:
            raise InvalidArgument(f"{component} has no {name!r} to transform: it has {', '.join(children)}")
        if not isinstance(cast("object", change), Mapping) and not callable(change):
            raise InvalidArgument(f"the transform of {name!r} in {component} is of type {type(change).__name__}: {allowed}")
    return transform or {}


def transformed(transform: Transform, child: str, arguments: Arguments) -> Arguments:
    """Raises InvalidArgument for a function that returns no arguments."""
    change = transform.get(child, {})
    if isinstance(change, Mapping):
        return {**arguments, **change}
    made = change(dict(arguments))
    if not isinstance(cast("object", made), dict):
        raise InvalidArgument(f"the transform of {child!r} returned {made!r}: return all arguments, such as {{**given, 'name': 'shop'}}")
    return made
