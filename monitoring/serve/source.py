"""Where a page's numbers come from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitoring.render import View
from monitoring.serve.asked import Asked


@dataclass(frozen=True)
class Shown:
    """newest: what can be shown ends here; a time that was asked for may be before. earliest: it begins here.

    scenarios: those that can be chosen; empty where there is nothing to choose. scenario: the one that is shown.
    every_seconds: after so long there is news; 0: never. told: what the numbers are and what asking for them costs. problem: why they are
    not of now. Default: they are.
    """

    view: View
    newest: datetime
    earliest: datetime
    told: str
    every_seconds: int = 0
    scenarios: tuple[str, ...] = ()
    scenario: str = ""
    problem: str = ""


class Source(Protocol):
    """One stack to look at. Safe to use from several threads."""

    @property
    def name(self) -> str:
        """In the address and in the switch between stacks: "shop-dev"."""
        ...

    def shown(self, asked: Asked) -> Shown:
        """Raises MonitoringError where nothing can be shown at all."""
        ...
