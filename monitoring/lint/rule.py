"""A rule, and what it found."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from monitoring.lint.given import Given

Level = Literal["error", "warning", "note"]

LEVELS: Final[tuple[Level, ...]] = get_args(Level)
"""Worst first. error: it can never fire, or would be refused. warning: it sticks or misleads. note: worth a look."""


@dataclass(frozen=True)
class Around:
    """The alarms beside the one that is looked at. rules: names of composite alarms -> names in their rules.

    whole: they are all that there are, as of a live account. open_rules: a rule is only known after deployment, so it may name any of them.
    """

    names: frozenset[str] = frozenset()
    rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]], hash=False)
    whole: bool = False
    open_rules: bool = False


Request = Mapping[str, Any]
Check = Callable[[Given, Around], Iterable[str]]
Mend = Callable[[Given, Around], Sequence[Request]]


@dataclass(frozen=True)
class Rule:
    """code: stable. title: what is wrong, in general. why: what comes of it. source: the page that says so. correction: what to do.

    check: a sentence for each place where it is broken. mend: the requests of the alarms that do it right, not necessarily in all other
    respects; nothing where they cannot be derived. Default: never. partly: the level where the input may not be everything. Default: `level`.
    """

    code: str
    level: Level
    title: str
    why: str
    source: str
    correction: str
    check: Check
    mend: Mend = lambda _alarm, _around: ()
    partly: Level | None = None


@dataclass(frozen=True)
class Finding:
    """level: the rule's, or a milder one where the input does not show everything. message: one sentence."""

    rule: Rule
    level: Level
    alarm: Given
    message: str
