"""The one way out: what a component does not offer can be changed on the arguments of the resource that it is about to register."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from components.errors import InvalidArgument

Arguments = dict[str, Any]
Transform = Mapping[str, Mapping[str, Any] | Callable[[Arguments], Arguments]]
"""By the name of a child (a key of the component's `nodes`): arguments to set, or a function from all arguments to new ones.

    SingleTable("shop", ..., transform={"table": {"table_class": "STANDARD_INFREQUENT_ACCESS"}})
"""


def checked(component: str, transform: Transform | None, children: Sequence[str]) -> Transform:
    """The transform, or none. Raises InvalidArgument for a child that the component does not have."""
    for name in transform or {}:
        if name not in children:
            raise InvalidArgument(f"{component} has no {name!r} to transform: it has {', '.join(children)}")
    return transform or {}


def transformed(transform: Transform, child: str, arguments: Arguments) -> Arguments:
    change = transform.get(child, {})
    return {**arguments, **change} if isinstance(change, Mapping) else change(dict(arguments))
