"""The two spellings of a pattern: names of fields, or a function whose parameters are the fields."""

import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from singletable.entity import Entity
from singletable.errors import PatternError
from singletable.patterns import Between, Origin

SECONDS = {"s": 1, "min": 60, "h": 3600}


def declared(
    entity: Entity[Any],
    by: str | tuple[str, ...] | None,
    within: str | None,
    rate: str | None,
    make: Callable[[tuple[str, ...], str | None, Origin], Any],
) -> Any:
    """The pattern, or the decorator that makes it from a function. `make` gets all names and which of them is a range."""
    if by is not None:
        names = (by,) if isinstance(by, str) else by
        return make((*names, within) if within else names, within, Origin(caller(2), rate_per_second=per_second(rate)))

    def decorate(function: FunctionType) -> Any:
        hints = get_type_hints(function, include_extras=True)
        names = function.__code__.co_varnames[: function.__code__.co_argcount + function.__code__.co_kwonlyargcount]
        ranges = [name for name in names if get_origin(hints.get(name)) is Between]
        for name in names:
            _check_hint(entity, function, name, get_args(hints[name])[0] if name in ranges else hints.get(name))
        if len(ranges) > 1:
            raise PatternError(f"{function.__name__} has the ranges {ranges}: a key has one")
        origin = Origin(function.__module__, function.__name__, function.__doc__, per_second(rate))
        return make(names, ranges[0] if ranges else None, origin)

    return decorate


def caller(depth: int) -> str:
    """The module that declares a pattern, as namedtuple and Enum find theirs."""
    return cast(str, sys._getframe(depth + 1).f_globals.get("__name__", "__main__"))  # pyright: ignore[reportPrivateUsage]


def per_second(rate: str | None) -> float | None:
    """ "50/s", "3000/min" or "10/h" as calls per second. Raises PatternError."""
    if rate is None:
        return None
    number, _, unit = rate.partition("/")
    try:
        calls = float(number) / SECONDS[unit.strip()]
    except (KeyError, ValueError):
        calls = 0.0
    if not 0 < calls < float("inf"):
        raise PatternError(f"rate={rate!r}: write calls per time, such as 50/s, 3000/min or 10/h")
    return calls


def _check_hint(entity: Entity[Any], function: FunctionType, name: str, hint: object) -> None:
    declared = get_type_hints(entity.cls, include_extras=True).get(name)
    if declared is not None and hint != declared:
        raise PatternError(f"{function.__name__}({name}): {entity.name}.{name} is declared as {declared}, not as {hint}")
