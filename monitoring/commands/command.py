"""What a command is to its caller, and the other way round."""

import argparse
import os
import re
import shutil
import sys
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol, TextIO

from monitoring.nearest import did_you_mean

if TYPE_CHECKING:
    from monitoring.lint.output import Style

DONE: Final = 0
FOUND: Final = 1
"""It did what it was asked to, and the answer is bad news."""
USAGE: Final = 2
"""The command or its input cannot be used."""
INTERRUPTED: Final = 130
"""Somebody pressed Ctrl-C: 128 and the number of the signal, as a shell has it."""


_CHOICE: Final = re.compile(r"invalid choice: '(.*)' \(choose from (.*)\)")
"""As argparse says it."""


class Parser(argparse.ArgumentParser):
    """Says which options it has. Its subparsers are of the same class."""

    def error(self, message: str) -> NoReturn:
        """As argparse does, with the name that was probably meant."""
        given = _CHOICE.search(message)
        meant = did_you_mean(given[1], re.findall("'([^']*)'", given[2])) if given else ""
        super().error(f"{message}{meant}")

    @property
    def options(self) -> tuple[argparse.Action, ...]:
        """In the order of the help, --help first."""
        return tuple(self._actions)


class Subparsers(Protocol):
    """What a command adds its parser to."""

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser: ...


class UsageError(Exception):
    """code: stable. message: what was given, what is allowed, what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def coloured(stream: TextIO) -> bool:
    """On a terminal only, and not against NO_COLOR (no-color.org) or on one that knows no colours."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def style_of(stream: TextIO) -> "Style":
    """Of text: as wide as the terminal, up to 120 characters; plain lines of one width where there is none."""
    from monitoring.lint.output import Style

    return Style(min(shutil.get_terminal_size().columns, 120), coloured(stream)) if stream.isatty() else Style()


def width_of(stream: TextIO) -> int | None:
    """Of the terminal, in characters. None: it is a file or a pipe, whose lines are as long as they are."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def progress(words: str) -> None:
    """A line about what takes long, to somebody who is watching: not in a file, not in a pipe."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{words} ...\n")


def passing(words: str) -> None:
    """The same on a line that the next words replace; no words clear it."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{words} ...\x1b[K" if words else "\r\x1b[K")
