"""What a command is to its caller, and the other way round."""

import argparse
from typing import Any, Final, Protocol

DONE: Final = 0
FOUND: Final = 1
"""It did what it was asked to, and the answer is bad news."""
USAGE: Final = 2
"""The command or its input cannot be used."""


class Subparsers(Protocol):
    """What a command adds its parser to."""

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser: ...


class UsageError(Exception):
    """code: stable. message: what was given, what is allowed, what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
