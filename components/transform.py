"""The one way out: what a component does not offer can be changed on the arguments of the resource that it is about to register."""

import functools
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, cast

import pulumi

from components.errors import InvalidArgument

Arguments = dict[str, Any]
Transform = Mapping[str, Mapping[str, Any] | Callable[[Arguments], Arguments]]
"""By the name of a child (a key of the component's `nodes`): arguments to set, or a function from all arguments to new ones.

    SingleTable("shop", ..., transform={"table": {"table_class": "STANDARD_INFREQUENT_ACCESS"}})
"""


Children = Mapping[str, type[pulumi.CustomResource] | None]
"""By name, the resource of which arguments are set. None: a component, which checks its own."""


def checked(component: str, transform: Transform | None, children: Children) -> Transform:
    """The transform, or none. Raises InvalidArgument for a child that the component does not have, for what changes nothing, and for an
    argument that the resource does not have. What a function returns is known when it is called.
    """
    allowed = "give arguments to set by name, or a function from all arguments to new ones"
    if not isinstance(cast("object", transform), Mapping | None):
        raise InvalidArgument(f"the transform of {component} is of type {type(transform).__name__}: give changes by name of the child")
    for name, change in (transform or {}).items():
        if name not in children:
            raise InvalidArgument(f"{component} has no {name!r} to transform: it has {', '.join(children)}")
        if not isinstance(cast("object", change), Mapping) and not callable(change):
            raise InvalidArgument(f"the transform of {name!r} in {component} is of type {type(change).__name__}: {allowed}")
        if (kind := children[name]) and isinstance(change, Mapping):
            check_arguments(f"the transform of {name!r} in {component}", cast("Mapping[str, Any]", change), _arguments_of(kind))
    return transform or {}


def check_arguments(what: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raises InvalidArgument for a name that is none of those that are known."""
    for argument in given:
        if argument not in known:
            near = get_close_matches(str(argument), known, 1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise InvalidArgument(f"{what} sets {argument!r}, which is no argument here: {hint}allowed are {', '.join(known)}")


@functools.cache
def _arguments_of(kind: type[pulumi.CustomResource]) -> tuple[str, ...]:
    """Of its class of arguments, which every resource of an SDK has beside it."""
    arguments = getattr(sys.modules[kind.__module__], f"{kind.__name__}Args")
    return tuple(inspect.signature(arguments).parameters)


def transformed(transform: Transform, child: str, arguments: Arguments) -> Arguments:
    """Raises InvalidArgument for a function that returns no arguments."""
    change = transform.get(child, {})
    if isinstance(change, Mapping):
        return {**arguments, **change}
    made = change(dict(arguments))
    if not isinstance(cast("object", made), dict):
        raise InvalidArgument(f"the transform of {child!r} returned {made!r}: return all arguments, such as {{**given, 'name': 'shop'}}")
    return made
