"""Which patterns a piece of code uses, found by looking at it: permissions and alarms follow from the code, not from a second list."""

import dis
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any, cast

from singletable.patterns import Pattern
from singletable.streams import Stream

Owner = type | Callable[..., Any] | ModuleType | Stream
GLOBAL = {"LOAD_GLOBAL", "LOAD_NAME"}
ATTRIBUTE = {"LOAD_ATTR", "LOAD_METHOD"}
NO_ATTRIBUTE = object()


def patterns_of(*owners: Owner) -> tuple[Pattern, ...]:
    """Every declared pattern that these classes, functions, modules or streams use, each once, by name.

    A class stands for all its methods, a module for what is defined in it, a stream for its handlers. Functions and classes that they
    name are followed if they are of the same top-level package, and so are tuples, lists and dicts of them. What is only reached through
    an instance is not seen, such as `self.orders.place()`: name the class of that instance, too. Nor is what is imported inside a function.
    Does not execute anything, and takes about a millisecond for a module: not for the start of a function.
    """
    walk = _Walk()
    for owner in owners:
        walk.visit(owner, owned=True)
    return tuple(sorted(walk.found.values(), key=lambda pattern: pattern.name))


class _Walk:
    def __init__(self) -> None:
        self.packages: set[str] = set()
        self.found: dict[int, Pattern] = {}
        self.seen: set[int] = set()

    def visit(self, thing: object, *, owned: bool = False) -> None:
        """owned: handed in by the caller, or part of what was. Else it is only followed inside the packages."""
        if isinstance(thing, Pattern):
            self.found[id(thing)] = thing
            return
        if id(thing) in self.seen:
            return
        if isinstance(thing, dict | list | tuple):
            self.seen.add(id(cast(object, thing)))
            parts = cast("dict[object, object] | list[object] | tuple[object, ...]", thing)
            for part in parts.values() if isinstance(parts, dict) else parts:
                self.visit(part)
        elif isinstance(thing, ModuleType):
            if owned:
                self._module(thing)
        elif owned or _package(thing) in self.packages:
            self.seen.add(id(thing))
            if owned and not isinstance(thing, Stream):
                self.packages.add(_package(thing))
            self._code_owner(thing)

    def _module(self, module: ModuleType) -> None:
        for part in vars(module).values():
            if isinstance(part, type | FunctionType) and part.__module__ == module.__name__:
                self.visit(part, owned=True)

    def _code_owner(self, thing: object) -> None:
        match thing:
            case type():
                for part in vars(thing).values():
                    self.visit(_unwrapped(part), owned=isinstance(part, type | FunctionType | staticmethod | classmethod | property))
            case Stream():
                for function in thing.handlers:
                    self.visit(function, owned=True)
            case MethodType():
                self.visit(thing.__func__, owned=True)
            case FunctionType():
                self._function(thing)
            case _:
                pass

    def _function(self, function: FunctionType) -> None:
        for cell in function.__closure__ or ():
            try:
                self.visit(cell.cell_contents)
            except ValueError:  # not filled yet
                continue
        if wrapped := getattr(function, "__wrapped__", None):
            self.visit(wrapped)
        for used in _used(function.__code__, function.__globals__):
            self.visit(used)


def _used(code: CodeType, variables: Mapping[str, object]) -> Iterator[object]:
    """What the global names in the code stand for, and the attributes taken of modules and classes among them."""
    current: object = NO_ATTRIBUTE
    for step in dis.get_instructions(code):
        if step.opname in GLOBAL:
            current = variables.get(cast(str, step.argval), NO_ATTRIBUTE)
        elif step.opname in ATTRIBUTE and isinstance(current, ModuleType | type):
            current = vars(current).get(cast(str, step.argval), NO_ATTRIBUTE)
        elif step.opname in {"CACHE", "EXTENDED_ARG"}:
            continue
        else:
            current = NO_ATTRIBUTE
        if current is not NO_ATTRIBUTE:
            yield current
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _used(constant, variables)


def _unwrapped(part: object) -> object:
    """The function behind a descriptor of a class."""
    match part:
        case staticmethod() | classmethod():
            return cast(object, part.__func__)
        case property():
            return part.fget
        case cached_property():
            return cast("cached_property[object]", part).func
        case _:
            return part


def _package(thing: object) -> str:
    name = thing.__name__ if isinstance(thing, ModuleType) else getattr(thing, "__module__", None)
    return name.partition(".")[0] if isinstance(name, str) else ""
