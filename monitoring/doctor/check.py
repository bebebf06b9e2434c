"""A check, and what it found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.doctor.call import Call
from monitoring.lint import LEVELS, Level

if TYPE_CHECKING:
    from monitoring.doctor.examined import Examined

__all__ = ["LEVELS", "Check", "Finding", "Found", "Level", "Look", "NotKnown", "Unchecked"]


@dataclass(frozen=True)
class Found:
    """One place where a check found something.

    about: the deployed name of the resource. message: one sentence without a full stop. call: mends it on AWS; None: no single call does.
    level: where it is not the check's. fix: where it is not the check's.
    """

    about: str
    message: str
    call: Call | None = None
    level: Level | None = None
    fix: str | None = None


class NotKnown(Exception):
    """A check cannot judge. The message says what it lacks, as a sentence."""


Look = Callable[["Examined"], Iterable[Found]]
"""Raises CallRefused where something may not be read, and NotKnown."""


@dataclass(frozen=True)
class Check:
    """code: stable. title: what is wrong, in general. why: what comes of it. source: the page that says so.

    fix: what to change in a program; arguments are those of our components. safe: the call of what was found loses nothing and interrupts
    no request, so `--fix` offers it; what it costs or whom it may wake stands in the message. Default: no. level: "error", data or somebody's attention can be lost; "warning", it will
    hurt one day; "note", worth a look.
    """

    code: str
    level: Level
    title: str
    why: str
    source: str
    fix: str
    look: Look
    safe: bool = False


@dataclass(frozen=True)
class Finding:
    """theme: "the table", "the stream", ... The rest as in Check and Found. call: only what is safe is offered by `--fix`."""

    code: str
    level: Level
    theme: str
    about: str
    message: str
    why: str
    source: str
    fix: str
    call: Call | None = None
    safe: bool = False


@dataclass(frozen=True)
class Unchecked:
    """code: of the check. reason: what AWS said, with the permission where one lacks, or what is not known."""

    code: str
    reason: str
