"""The two spellings of a pattern: names of fields, or a function whose parameters are the fields."""

import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from singletable.entity import Entity
from singletable.errors import PatternError
from singletable.fields import Email, Id, Version
from singletable.patterns import Between, Origin

ANY_NUMBER = 0x04 | 0x08
"""Flags of code with *args and **kwargs (Python library reference, "inspect", CO_VARARGS and CO_VARKEYWORDS)."""
SPELLINGS: dict[object, str] = {Id: "Id", Email: "Email", Version: "Version"}
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
        names = (by,) if isinstance(by, str) else tuple(by)
        if within in names:
            raise PatternError(f"{within} is named twice: a field is given either one value, in by=, or a range, in within=")
        return make((*names, within) if within else names, within, Origin(caller(2), rate_per_second=per_second(rate)))

    def decorate(function: FunctionType) -> Any:
        hints = get_type_hints(function, include_extras=True)
        code = function.__code__
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if code.co_flags & ANY_NUMBER:
            raise PatternError(f"{function.__name__} takes any number of arguments: name the fields")
        if function.__defaults__ or function.__kwdefaults__:
            raise PatternError(f"{function.__name__} has a default: a pattern is called with all its fields")
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
    number, _, unit = str(rate).partition("/")
    try:
        calls = float(number) / SECONDS[unit.strip()]
    except (KeyError, ValueError):
        calls = 0.0
    if not 0 < calls < float("inf"):
        raise PatternError(f"rate={rate!r}: write calls per time, such as 50/s, 3000/min or 10/h")
    return calls


def _check_hint(entity: Entity[Any], function: FunctionType, name: str, hint: object) -> None:
    declared = get_type_hints(entity.cls, include_extras=True).get(name)
    if declared is None or hint == declared:
        return
    place, wanted = f"{function.__name__}({name})", _spelled(declared)
    if hint is None:
        raise PatternError(f"{place}: give it the type of {entity.name}.{name}: {wanted}")
    raise PatternError(f"{place}: {entity.name}.{name} is declared as {wanted}, not as {_spelled(hint)}")


def _spelled(hint: object) -> str:
    """As people write it."""
    return SPELLINGS.get(hint) or (hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint))
