"""Names that are known only after deployment: they stay symbols in every alarm and dashboard until somebody resolves them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any, Final, cast

from monitoring.errors import MonitoringError


@dataclass(frozen=True, order=True)
class Ref:
    """A name that deployment decides.

    key: "table", "region", "account", "function:<label>", "mapping:<label>" (its UUID), "queue:<label>" (its name), or
    "alarm:<alarm name>" (its ARN).
    """

    key: str

    def __str__(self) -> str:
        return f"<{self.key}>"


Name = str | Ref


@dataclass(frozen=True)
class Template:
    """A text with Refs in it, in the order of its parts."""

    parts: tuple[Name, ...]


_PLAIN: Final = (str, int, float, NoneType)
_MAPPINGS: Final = (dict, Mapping)
_LISTS: Final = (list, tuple, Sequence)
"""The usual types first: whether something is a Mapping or a Sequence takes longer to ask."""
_WRITTEN: Final = re.compile(r"<([a-z]+(?::[^<>]+)?)>")


def with_refs(text: str) -> str | Template:
    """A text in which Refs stand as they are written, "<table>": no name in AWS has such signs. Not for metric math, where they compare."""
    parts = [Ref(part) if number % 2 else part for number, part in enumerate(_WRITTEN.split(text))]
    return Template(tuple(part for part in parts if part)) if len(parts) > 1 else text


def resolve(value: Any, names: Mapping[Ref, Any], join: Callable[[Sequence[Any]], Any] = "".join) -> Any:
    """The same dicts, lists and texts with every Ref replaced by what `names` holds for it: a text, or a value of the deploying engine.

    Takes plain data, and anything with `request()` (alarms) or `body()` (dashboards). join: makes one text of texts and such values, where a
    Ref stands inside of a text. Default: they are all texts. Raises MonitoringError "unresolved-name".
    """

    def look_up(ref: Ref) -> Any:
        if ref not in names:
            known = ", ".join(sorted(given.key for given in names)) or "none"
            raise MonitoringError("unresolved-name", f'"{ref.key}" has no value; given are: {known}')
        return names[ref]

    return _walk(value, look_up, join)


def refs_in(value: Any) -> frozenset[Ref]:
    """Every Ref in plain data, or in an alarm or dashboard."""
    found = set[Ref]()

    def look(ref: Ref) -> str:
        found.add(ref)
        return ""

    _walk(value, look, "".join)
    return frozenset(found)


def text(name: Name) -> str:
    """The name's text. Raises MonitoringError "unresolved-name" for a Ref."""
    if isinstance(name, Ref):
        raise MonitoringError("unresolved-name", f'"{name.key}" is known only after deployment: resolve it first')
    return name


def _walk(value: Any, act: Callable[[Ref], Any], join: Callable[[Sequence[Any]], Any]) -> Any:
    if isinstance(value, _PLAIN):  # first, because most are
        return value
    if isinstance(value, Ref):
        return act(value)
    if isinstance(value, Template):
        return join([_walk(part, act, join) for part in value.parts])
    if isinstance(value, _MAPPINGS):
        return {key: _walk(item, act, join) for key, item in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, _LISTS) and not isinstance(value, bytes):
        return [_walk(item, act, join) for item in cast("Sequence[Any]", value)]
    for plain in ("request", "body"):
        if callable(method := getattr(value, plain, None)):
            return _walk(method(), act, join)
    return value
