"""Values as plain data and back, by their annotations, so that what one program declares another can read from JSON."""

from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Self, Union, cast, get_args, get_origin, get_type_hints

from singletable.errors import DeclarationError


class InvalidDefinition(DeclarationError):
    """Data that is no definition. `path` says which part of it, for example `patterns[2].grants[0].action`; empty for the whole."""

    code = "invalid-definition"

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path or 'the definition'}: {problem}")
        self.path = path
        self.problem = problem


class Plain:
    """A value whose fields are texts, numbers, None, other plain values, tuples and mappings of them.

    `to_dict` gives dicts, lists and scalars only, `from_dict` the value again; a field that has a default, or may be None, may be left out:
    where data crosses from one language to another, what is null often vanishes.
    """

    def to_dict(self) -> dict[str, Any]:
        return {name: _written(getattr(self, name)) for name in _hints(type(self))}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """Raises InvalidDefinition, naming the path of what is wrong."""
        return cast(Self, _read_value(cls, given, ""))


class Versioned(Plain):
    """A plain value that is exchanged on its own: its data says which version of the form it has."""

    FORM = 1

    def to_dict(self) -> dict[str, Any]:
        return {"version": self.FORM, **super().to_dict()}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """Raises InvalidDefinition, naming the path of what is wrong."""
        found = _mapping(given, "")
        if "version" not in found:
            raise InvalidDefinition("version", f"is missing: add {cls.FORM}, the version of this form")
        if found.get("version") != cls.FORM or found.get("version") is True:
            raise InvalidDefinition(
                "version", f"{found.get('version')!r} is not {cls.FORM}: make the data anew with this version of singletable"
            )
        return super().from_dict({name: part for name, part in found.items() if name != "version"})


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _written(given: object) -> Any:
    if isinstance(given, Plain):
        return given.to_dict()
    if isinstance(given, Mapping):
        return {name: _written(part) for name, part in cast("Mapping[str, object]", given).items()}
    if isinstance(given, tuple | list):
        return [_written(part) for part in cast("tuple[object, ...]", given)]
    return given


def _read_value(cls: type, given: object, path: str) -> object:
    found, hints, fields = _mapping(given, path), _hints(cls), cast("Mapping[str, object]", cls.__dict__["__fields__"])
    unknown = [name for name in found if name not in hints]
    if unknown:
        raise InvalidDefinition(_join(path, unknown[0]), f"is not known here: allowed are {', '.join(hints)}")
    # The class holds the defaults of its fields under their names.
    absent = [name for name in fields if name not in found and name not in cls.__dict__]
    missing = [name for name in absent if NoneType not in get_args(hints[name])]
    if missing:
        raise InvalidDefinition(_join(path, missing[0]), "is missing")
    values = {name: _read(hints[name], part, _join(path, name)) for name, part in found.items()}
    try:
        return cls(**dict.fromkeys(absent), **values)
    except InvalidDefinition as error:
        raise InvalidDefinition(_join(path, error.path), error.problem) from None


def _read(hint: Any, given: object, path: str) -> object:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return given
    if origin in (Union, UnionType):
        return None if given is None else _read(next(part for part in arguments if part is not NoneType), given, path)
    if origin is tuple:
        if not isinstance(given, list | tuple):
            raise InvalidDefinition(path, f"takes a list, not {given!r}")
        parts = cast("list[object]", given)
        return tuple(_read(arguments[0], part, f"{path}[{number}]") for number, part in enumerate(parts))
    if origin is Literal:
        if given not in arguments:
            raise InvalidDefinition(path, f"{given!r} is none of {', '.join(map(repr, arguments))}")
        return given
    if origin is not None and issubclass(origin, Mapping):
        return {name: _read(arguments[1], part, _join(path, name)) for name, part in _mapping(given, path).items()}
    if issubclass(hint, Plain):
        return _read_value(hint, given, path)
    return _scalar(hint, given, path)


def _scalar(hint: type, given: object, path: str) -> object:
    if hint is float and isinstance(given, int | float) and not isinstance(given, bool):
        return float(given)
    if hint is str and isinstance(given, str) and given:
        return given
    raise InvalidDefinition(path, f"takes a {'number' if hint is float else 'text'}, not {given!r}")


def _mapping(given: object, path: str) -> Mapping[str, object]:
    if not isinstance(given, Mapping):
        raise InvalidDefinition(path, f"takes an object with named parts, not {given!r}")
    names = cast("Mapping[object, object]", given)
    wrong = [name for name in names if not isinstance(name, str)]
    if wrong:
        raise InvalidDefinition(path, f"the name {wrong[0]!r} is no text")
    return cast("Mapping[str, object]", given)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path and name else path or name
