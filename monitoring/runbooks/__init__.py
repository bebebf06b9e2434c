"""What each kind of alarm means, why it opens, what to do first and what not to do: knowledge as plain data, one runbook a recipe."""

from collections.abc import Mapping
from typing import Final

from monitoring.runbooks.account import ACCOUNT
from monitoring.runbooks.capacity import CAPACITY
from monitoring.runbooks.data import DATA
from monitoring.runbooks.functions import FUNCTIONS
from monitoring.runbooks.requests import REQUESTS
from monitoring.runbooks.runbook import Cause, Runbook
from monitoring.runbooks.streams import STREAMS
from monitoring.runbooks.throttles import THROTTLES

__all__ = ["RUNBOOKS", "Cause", "Runbook", "page_address", "runbook_of"]

RUNBOOKS: Final[Mapping[str, Runbook]] = {
    runbook.recipe: runbook for runbook in (*THROTTLES, *REQUESTS, *CAPACITY, *STREAMS, *FUNCTIONS, *DATA, *ACCOUNT)
}
"""Recipe -> runbook, in the order of triage."""


def runbook_of(recipe: str) -> Runbook | None:
    """Of an alarm: `runbook_of(alarm.recipe)`. None for an alarm that no recipe made."""
    return RUNBOOKS.get(recipe)


def page_address(folder: str, recipe: str) -> str:
    """Of a recipe's page in the folder that `python -m monitoring runbooks --out` wrote. folder: its address."""
    return f"{folder.rstrip('/')}/{recipe}.md"
