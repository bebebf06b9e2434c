"""Scripts with which a shell completes the commands: from the parsers to plain data, and from there to each shell's own language."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from monitoring.completion.scripts import bash, fish, zsh
from monitoring.completion.words import Command, Option, words_of

__all__ = ["SCRIPTS", "Command", "Option", "words_of"]

SCRIPTS: Final[Mapping[str, Callable[[str, Sequence[Command]], str]]] = {"bash": bash, "zsh": zsh, "fish": fish}
