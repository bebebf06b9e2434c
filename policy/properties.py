"""Reading a resource's properties in a rule: what is absent, and what is not known yet."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pulumi_policy.proxy import UnknownValueError

from monitoring.names import Ref


def block(properties: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A nested object; empty where there is none. Raises `UnknownValueError` where the whole object is not known yet (preview)."""
    return properties.get(name) or {}


def has(properties: Mapping[str, Any], name: str) -> bool:
    """Whether a value is given, be it one that is not known yet: asking a proxy with `in` would raise."""
    return name in list(properties)


def plain(value: Any, path: str) -> Any:
    """The same as plain data, with a Ref in the place of what is not known yet. path: how the whole is called."""
    if isinstance(value, Mapping):
        given = cast("Mapping[str, Any]", value)
        return {key: _at(given, key, f"{path}.{key}") for key in given if not key.startswith("__")}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_at(value, number, f"{path}[{number}]") for number in range(len(cast("Sequence[Any]", value)))]
    return value


def _at(container: Any, key: str | int, path: str) -> Any:
    try:
        return plain(container[key], path)
    except UnknownValueError:
        return Ref(path)
