"""What all arguments have in common: names, times, and objects of which some keys are handed on as they are."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from components.errors import InvalidArgument

Transforms = Mapping[str, Mapping[str, Any]]
"""By resource, arguments of the provider's resource, spelt as every language spells them: camelCase."""

_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_CAMEL = re.compile(r"[a-z]+([A-Z][a-z]+)+")


def taken(given: Mapping[str, object], *names: str) -> dict[str, Any]:
    """Of these names those that were given."""
    return {name: given[name] for name in names if name in given}


def texts(given: Mapping[str, object], *names: str) -> dict[str, Any]:
    """As `taken`, with the texts that members of enumerations stand for."""
    return {name: str(given[name]) for name in names if name in given}


def moment(what: str, given: str) -> datetime:
    """Raises InvalidArgument."""
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidArgument(f"{what} is {given!r}: a time in the form of ISO 8601 with a zone is needed, such as 2026-05-10T12:00:00Z")
    return found


def only(what: str, given: Mapping[str, object], allowed: Sequence[str], why: str) -> None:
    """Raises InvalidArgument for a name that belongs to another kind."""
    for name in given:
        if name not in allowed:
            raise InvalidArgument(f"{name} does not belong to {what}: {why}")


def transforms(given: Transforms) -> dict[str, dict[str, Any]]:
    """As Python's provider spells arguments. What is inside of one it takes as it is."""
    return {
        snake(resource) if _CAMEL.fullmatch(resource) else resource: {snake(name): value for name, value in change.items()}
        for resource, change in given.items()
    }


def snake(name: str) -> str:
    return _CAPITAL.sub(r"_\1", name).lower()
