"""Checks that arguments of several components share."""

from collections.abc import Mapping, Sequence
from typing import TypeGuard, cast

import pulumi

from components.errors import InvalidArgument


def is_whole(given: object) -> TypeGuard[int]:
    return isinstance(given, int) and not isinstance(given, bool)


def check_whole(what: str, given: object, allowed: range) -> None:
    """A whole number within a range: neither 1.0 nor True. Raises InvalidArgument."""
    if not is_whole(given) or given not in allowed:
        raise InvalidArgument(f"{what} is {given!r}: {allowed.start} to {allowed.stop - 1} is allowed")


def check_least(what: str, given: object, least: int) -> None:
    """A whole number without an upper bound: neither 2.5 nor True. Raises InvalidArgument."""
    if not is_whole(given) or given < least:
        raise InvalidArgument(f"{what} is {given!r}: a whole number of at least {least} is allowed")


def repeated(names: Sequence[str]) -> str | None:
    """The first that is there more than once."""
    return next((name for number, name in enumerate(names) if name in names[:number]), None)


def check_sids(sids: Sequence[str]) -> None:
    """Of all statements of a policy. Raises InvalidArgument."""
    if twice := repeated(sids):
        raise InvalidArgument(f"two statements are called {twice}: give each its own name")


def check_sid(sid: object) -> None:
    """Of one statement of a policy. Raises InvalidArgument."""
    if not isinstance(sid, str) or not sid.isalnum() or not sid.isascii():
        raise InvalidArgument(f"the statement is called {sid!r}: letters and digits are allowed")


def check_flag(what: str, given: object) -> None:
    """True or False, and nothing that only counts as one. Raises InvalidArgument."""
    if not isinstance(given, bool):
        raise InvalidArgument(f"{what} is {given!r}: True or False is allowed")


def check_tags(tags: object) -> None:
    """Texts by name, or outputs. Raises InvalidArgument."""
    allowed = 'give texts by name, such as {"team": "shop"}'
    if not isinstance(tags, Mapping | None):
        raise InvalidArgument(f"the tags are of type {type(tags).__name__}: {allowed}")
    for name, value in cast("Mapping[object, object]", tags or {}).items():
        if not isinstance(name, str) or not isinstance(value, str | pulumi.Output):
            raise InvalidArgument(f"the tag {name!r} is of type {type(value).__name__}: {allowed}")
        if name.lower().startswith("aws:"):
            raise InvalidArgument(f"the tag {name!r} begins with aws:, which AWS keeps for itself: give it another name")
