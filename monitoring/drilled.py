"""The mark of a drill: the reason of every change of state that it makes, by which its changes are told from what really happened."""

import re
from typing import Final

_REASON: Final = re.compile(r"Drill ([0-9a-f]+): ")


def reason_of(drill: str) -> str:
    """drill: its id, hexadecimal."""
    return f"Drill {drill}: nothing is wrong, somebody tests whether this is heard."


def drill_in(reason: str) -> str:
    """The id of the drill that made a change for this reason. Empty: none did."""
    found = _REASON.match(reason)
    return found[1] if found else ""
