"""What a repair is: a reason, and what it replaces in moto while it is installed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock


@dataclass(frozen=True)
class Patch:
    """Replace `owner.name` by `make(what is there now)`. `missing=True`: moto has no such attribute, `make` gets None."""

    owner: object
    name: str
    make: Callable[[Any], object]
    missing: bool = False


@dataclass(frozen=True)
class Repair:
    """One defect of moto and what mends it.

    `reason` says what moto does and what AWS does. `patches` is called when the repair is installed, so that moto is imported then.
    Every repair has a canary test of the same name that fails once moto no longer has the defect: the repair can go then.
    """

    name: str
    reason: str
    patches: Callable[[], Sequence[Patch]]


def memory(instance: object) -> dict[str, Any]:
    """What repairs keep with one of moto's objects: it goes when the object goes, so a reset of moto leaves nothing behind."""
    return instance.__dict__


@contextmanager
def installed(repairs: Iterable[Repair]) -> Generator[None]:
    """Have these repairs in force inside the block; later ones see what earlier ones put in place. All is taken back at the end."""
    with ExitStack() as undo:
        for repair in repairs:
            for patch in repair.patches():
                current = None if patch.missing else _current(patch, repair)
                undo.enter_context(mock.patch.object(patch.owner, patch.name, patch.make(current), create=patch.missing))
        yield


def _current(patch: Patch, repair: Repair) -> Any:
    # Read from the class itself, so that a staticmethod stays one and an inherited attribute is not mistaken for its own.
    found = vars(patch.owner).get(patch.name)
    if found is None:
        raise RuntimeError(
            f"repair {repair.name!r} expects {patch.owner!r} to have {patch.name!r}, and this moto has not: the pinned version has changed"
        )
    return found
