"""Physical names made from logical ones, as the real provider makes them: `<logical name>-<7 hex digits>`.

The digits are random there; here they come from the URN, so that two runs of one stack have the same names.
"""

import hashlib
from typing import Final

from local.inputs import InputError

_RANDOM_DIGITS: Final = 7


def automatic_name(urn: str, logical_name: str, limit: int) -> str:
    """The name, at most `limit` characters. Raises `InputError` where the logical name leaves no room, as the provider does."""
    name = f"{logical_name}-{hashlib.sha256(urn.encode()).hexdigest()[:_RANDOM_DIGITS]}"
    if len(name) > limit:
        raise InputError("inputs", [f"the automatic name {name!r} has {len(name)} characters, {limit} are allowed: use a shorter name"])
    return name
