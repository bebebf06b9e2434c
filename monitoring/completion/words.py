"""What can stand on the command line, read from the parsers."""

import argparse
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from monitoring.commands.command import Parser

Takes = Literal["nothing", "choice", "file", "directory", "anything"]

_FILES: Final[dict[str, Takes]] = {"FILE": "file", "DIR": "directory", "DIRECTORY": "directory", "FOLDER": "directory"}
"""What a metavar says of its value."""


@dataclass(frozen=True)
class Option:
    """flags: "--format"; none for what stands by itself. takes: what its value is. choices: the values, where it is one of them."""

    flags: tuple[str, ...]
    takes: Takes
    choices: tuple[str, ...]
    help: str


@dataclass(frozen=True)
class Command:
    name: str
    help: str
    options: tuple[Option, ...]

    @property
    def flags(self) -> tuple[Option, ...]:
        return tuple(option for option in self.options if option.flags)

    @property
    def operands(self) -> tuple[Option, ...]:
        return tuple(option for option in self.options if not option.flags)


def words_of(parser: Parser) -> tuple[Command, ...]:
    """Every command of the program, in the order of its help."""
    return tuple(
        Command(name, _first_sentence(command.description or ""), tuple(map(_option, command.options)))
        for action in parser.options
        if isinstance(action.choices, Mapping)
        for name, command in cast("Mapping[str, Parser]", action.choices).items()
    )


def _first_sentence(description: str) -> str:
    return re.split(r"[.:;] ", f"{' '.join(description.split())} ")[0]


def _option(action: argparse.Action) -> Option:
    choices = tuple(str(each) for each in action.choices or ())
    return Option(tuple(action.option_strings), _takes(action), choices, (action.help or "").replace("%%", "%"))


def _takes(action: argparse.Action) -> Takes:
    if action.nargs == 0:
        return "nothing"
    if action.choices:
        return "choice"
    return _FILES.get(str(action.metavar), "anything")
