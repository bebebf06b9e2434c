"""Signals that wait: what puts things back must not be stopped half way."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

ENDING: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that end a program: Ctrl-C, a build that is cancelled, a terminal that is closed. Windows has no SIGHUP."""


@contextmanager
def undisturbed() -> Generator[None]:
    """The first signal that arrives inside takes effect when it is over; a second one ends it at once, for a call that never comes back.

    Signals are for the main thread: in another one nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    before = _heeded()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def hold(number: int, _frame: FrameType | None) -> None:
        if held:
            restore()
            raise KeyboardInterrupt
        held.append(number)

    for number in before:
        signal.signal(number, hold)
    try:
        yield
    finally:
        restore()
    if held:
        signal.raise_signal(held[0])


@contextmanager
def as_by_ctrl_c() -> Generator[None]:
    """Every signal that ends a program raises KeyboardInterrupt inside, so that what puts things back runs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = _heeded()
    for number in before:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _heeded() -> dict[int, Any]:
    """What each does now. One that is ignored, as SIGHUP under nohup, stays so."""
    handlers = {number: signal.getsignal(number) or signal.SIG_DFL for number in ENDING}
    return {number: handler for number, handler in handlers.items() if handler is not signal.SIG_IGN}
