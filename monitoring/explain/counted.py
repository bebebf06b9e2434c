"""The busiest keys, if somebody counted them, and what that proves."""

from dataclasses import dataclass
from typing import Final, Literal

from monitoring.explain.keys import Key

By = Literal["refusals", "use"]

STANDS_OUT: Final = 0.25
"""Share of what was counted from which on one key is worth a name: below it many share the load."""


@dataclass(frozen=True)
class Counted:
    """keys: of the table and its indexes, the busiest of each first. why: why some are not there. by: index, or None for the table -> what
    was counted: refusals, or every use.
    """

    keys: tuple[Key, ...] = ()
    why: str = ""
    by: tuple[tuple[str | None, By], ...] = ()

    def of(self, index: str | None) -> Key | None:
        return next((key for key in self.keys if key.index == index), None)

    def standing_out(self, index: str | None) -> Key | None:
        """The busiest key, where it has a large share."""
        key = self.of(index)
        return key if key and (key.share or 0) >= STANDS_OUT else None

    def refusals(self, index: str | None) -> bool:
        return (index, "refusals") in self.by


NOBODY: Final = Counted()
