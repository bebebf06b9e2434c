"""Reading a resource's properties in a rule: what is absent, and what is not known yet."""

from collections.abc import Mapping
from typing import Any


def block(properties: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A nested object; empty where there is none. Raises `UnknownValueError` where the whole object is not known yet (preview)."""
    return properties.get(name) or {}


def has(properties: Mapping[str, Any], name: str) -> bool:
    """Whether a value is given, be it one that is not known yet: asking a proxy with `in` would raise."""
    return name in list(properties)
