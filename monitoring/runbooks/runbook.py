"""What somebody who is woken by an alarm needs to know, as plain data."""

from dataclasses import dataclass
from typing import Final

from monitoring.runbooks.sources import Page

STEPS: Final = 3
"""The first ones: more than three are not read at night."""
LONGEST_STEP: Final = 260
LONGEST_CAUSE: Final = 90
"""Characters of what a cause is: several go into the description of an alarm."""


@dataclass(frozen=True)
class Cause:
    """what: in a few words. sign: how to recognise it, by which chart, metric or answer of a command."""

    what: str
    sign: str


@dataclass(frozen=True)
class Runbook:
    """Of one recipe. means: what has happened, and what it does to whom. steps: the first three, imperatives. useless: what will not help.
    related: recipes to look at beside it. sources: pages of AWS. clears: what there is to say of its end beside the count of its recipe.

    TABLE in a command stands for the name of the table as deployed: `pulumi stack output tableName`.
    """

    recipe: str
    title: str
    means: str
    causes: tuple[Cause, ...]
    steps: tuple[str, str, str]
    useless: str
    related: tuple[str, ...] = ()
    sources: tuple[Page, ...] = ()
    clears: str = ""
