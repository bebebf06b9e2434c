"""Which patterns a piece of code uses, found by looking at it: permissions and alarms follow from the code, not from a second list."""

import dis
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial, partialmethod
from types import CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any, cast

from singletable.errors import InvalidArguments
from singletable.patterns import Pattern
from singletable.streams import Stream

Owner = type | Callable[..., Any] | ModuleType | Stream
FOREIGN = {__name__.partition(".")[0], *sys.stdlib_module_names}
"""Packages that use no pattern of anybody's table."""
CONTAINERS: tuple[type, ...] = (dict, list, tuple, set, frozenset, Stream)
EMPTY = CellType()
"""Of a name that the enclosing function has not given a value yet."""


def patterns_of(*owners: Owner) -> tuple[Pattern, ...]:
    """Every declared pattern that these classes, functions, modules or streams use, each once, by name.

    A class stands for all its methods, inherited ones too, an object for its class and what it holds, a module for what is defined in it, a
    stream for its handlers. What they name is followed if it is of the top-level package of one of them. What comes in with a call is not
    seen, such as `orders.place()` of a parameter `orders`: name its class, too. Of a module that a function names, each attribute counts
    whose name is in the function. A module that a function imports itself is seen when it is loaded already.
    Executes nothing, and takes some milliseconds: not for the start of a function. Raises InvalidArguments.
    """
    for owner in owners:
        if not _package(owner):
            raise InvalidArguments(f"patterns_of takes classes, functions, modules and streams, each as an argument, not {owner!r}")
    walk, known = _Walk(set()), -1
    # What is named before its package is known to be one of the owners' would be missed, so once more until none is added.
    while known != len(walk.packages):
        known = len(walk.packages)
        walk = _Walk(walk.packages)
        walk.visit(owners, owned=True)
    return tuple(sorted(walk.found.values(), key=lambda pattern: pattern.name))


class _Walk:
    def __init__(self, packages: set[str]) -> None:
        self.packages = packages
        self.found: dict[int, Pattern] = {}
        self.seen: dict[int, object] = {}

    def visit(self, things: Iterable[object], *, owned: bool = False) -> None:
        """owned: handed in by the caller, or part of what was. Others are only followed inside the packages."""
        for thing in things:
            if isinstance(thing, Pattern):
                self.found[id(thing)] = thing
            elif id(thing) not in self.seen and (owned or isinstance(thing, CONTAINERS) or _package(thing) in self.packages):
                # Kept, so that nothing else gets its id.
                self.seen[id(thing)] = thing
                if owned and _package(thing) not in FOREIGN:
                    self.packages.add(_package(thing))
                self._enter(thing, owned=owned)

    def _enter(self, thing: Any, *, owned: bool) -> None:
        match thing:
            case ModuleType():
                if owned:
                    self.visit((part for part in vars(thing).values() if callable(part) and _module(part) == thing.__name__), owned=True)
            case dict():
                self.visit(cast("dict[object, object]", thing).values())
            case list() | tuple() | set() | frozenset():
                self.visit(cast("Iterable[object]", thing))
            case type():
                cls = cast("type[object]", thing)
                for base in _lineage(cls):
                    for member in vars(base).values():
                        functions = _functions_of(member)
                        self.visit(functions or (member,), owned=bool(functions))
            case Stream():
                self.visit(thing.handlers, owned=True)
            case FunctionType():
                self.visit(_used(thing))
            case MethodType():
                self.visit((thing.__func__,), owned=True)
            case partial():
                self.visit((thing.func,), owned=True)
                self.visit((*thing.args, *thing.keywords.values()))
            case _:
                wrapped, cls = _wrapped(thing), cast("type[object]", type(thing))
                self.visit(wrapped or (cls, *_held(thing)), owned=bool(wrapped))


def _lineage(cls: type) -> Iterator[type]:
    """The class and those that it inherits from, without the ones that cannot know of a table."""
    return (base for base in cls.__mro__ if base is cls or _package(base) not in FOREIGN)


def _functions_of(member: Any) -> tuple[object, ...]:
    """What a member of a class executes, if it is a method of any kind, or a class."""
    match member:
        case staticmethod() | classmethod():
            return (cast(object, member.__func__),)
        case property():
            return tuple(part for part in (member.fget, member.fset, member.fdel) if part)
        case cached_property() | partialmethod():
            return (member.func,)
        case type() | FunctionType():
            return (member,)
        case _:
            return (member,) if _wrapped(member) else ()


def _wrapped(thing: object) -> tuple[object, ...]:
    """What is behind the result of a decorator, such as functools.cache, that tells."""
    held = getattr(thing, "__dict__", {})
    return (held["__wrapped__"],) if "__wrapped__" in held else ()


def _held(thing: object) -> Iterator[object]:
    """The attributes of an object."""
    yield from getattr(thing, "__dict__", {}).values()
    for cls in type(thing).__mro__:
        slots: str | Iterable[str] = vars(cls).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(thing, name):
                yield getattr(thing, name)


def _used(function: FunctionType) -> Iterator[object]:
    """What the names in a function and in those inside it stand for. Python's compiler lists names of attributes beside those of globals;
    only its instructions tell which are which.
    """
    codes = list(_codes(function.__code__))
    steps = [step for code in codes for step in dis.get_instructions(code)]
    named = [function.__globals__.get(cast(str, step.argval)) for step in steps if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")]
    named += [cell.cell_contents for cell in function.__closure__ or () if cell != EMPTY]
    named += [
        sys.modules.get(name) for step in steps if step.opname == "IMPORT_NAME" for name in _absolute(cast(str, step.argval), function)
    ]
    names = {name for code in codes for name in code.co_names}
    modules: list[ModuleType] = []
    while named:
        thing = named.pop()
        yield thing
        if isinstance(thing, ModuleType) and thing not in modules:
            modules.append(thing)
            named += [part for name, part in vars(thing).items() if name in names]
    yield from (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values(), *_wrapped(function))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _absolute(name: str, function: FunctionType) -> tuple[str, ...]:
    """The names that an import can mean: as it stands, or relative to the function's package."""
    package: str = function.__globals__.get("__package__") or ""
    return (name, f"{package}.{name}".strip("."))


def _module(thing: object) -> str:
    name = thing.__name__ if isinstance(thing, ModuleType) else getattr(thing, "__module__", None)
    return name if isinstance(name, str) else ""


def _package(thing: object) -> str:
    return _module(thing.func if isinstance(thing, partial) else thing).partition(".")[0]
