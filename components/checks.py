"""Checks that arguments of several components share."""

from components.errors import InvalidArgument


def check_whole(what: str, given: object, allowed: range) -> None:
    """A whole number within a range: neither 1.0 nor True. Raises InvalidArgument."""
    if not isinstance(given, int) or isinstance(given, bool) or given not in allowed:
        raise InvalidArgument(f"{what} is {given!r}: {allowed.start} to {allowed.stop - 1} is allowed")
