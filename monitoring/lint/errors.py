"""Input that cannot be looked at. What is wrong with an alarm is a finding, not an error."""

from typing import Final

INPUT_CODES: Final = {
    "no-input": "There is nothing to read, or an option without what it belongs to.",
    "unreadable-file": "The file is not there, may not be read, or is no text.",
    "unreadable-text": "It is neither JSON nor YAML.",
    "unknown-format": "It is JSON or YAML, but of no kind that holds alarms.",
    "missing-library": "A library that this kind of input needs is not installed.",
    "no-account": "AWS could not be asked, or refused to answer.",
}
"""Code -> what it means. Exit status 2."""


class InputError(Exception):
    """code: stable. message: what was given, what is allowed, what to do."""

    def __init__(self, code: str, message: str) -> None:
        assert code in INPUT_CODES, code
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
