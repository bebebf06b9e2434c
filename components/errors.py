"""What the components refuse. A code is stable; a message says what was given, what is allowed and what to do next."""

from collections.abc import Generator
from contextlib import contextmanager

_PART = "about the part "


@contextmanager
def about(part: str) -> Generator[None]:
    """Errors say in a note which part of a component they are about."""
    try:
        yield
    except Exception as error:
        error.add_note(f"{_PART}{part}")
        raise


def part_of(error: BaseException) -> str:
    """Which part of a component an error is about, "" where none is known."""
    notes: list[str] = getattr(error, "__notes__", [])
    return next((note.removeprefix(_PART) for note in notes if note.startswith(_PART)), "")


class ComponentError(Exception):
    code = "component"


class InvalidArgument(ComponentError):
    """A component was given a value that no deployment could accept. Raised before anything is registered."""

    code = "invalid-argument"


class PolicyTooLarge(InvalidArgument):
    """A function's role would have a larger policy than IAM takes."""

    code = "policy-too-large"


class InvalidSetting(ComponentError):
    """A configuration value of the stack is unknown, of the wrong type or out of range."""

    code = "invalid-setting"


class UnexpectedFile(ComponentError):
    """A file in a package that must not travel in a bundle: a secret perhaps, or something nobody reads."""

    code = "unexpected-file"


class MissingModule(ComponentError):
    """The bundle would import a module that is neither in it, nor in the standard library, nor in the function's runtime."""

    code = "missing-module"


class BundleTooLarge(ComponentError):
    code = "bundle-too-large"


class MissingWheel(ComponentError):
    """A third-party package of a bundle cannot be had for the function's Python and architecture, or is not the one that was named."""

    code = "missing-wheel"


class ProgramFailed(ComponentError):
    """A stack's program could not be run to its end here, without an engine."""

    code = "program-failed"
