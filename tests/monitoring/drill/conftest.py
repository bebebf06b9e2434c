"""A drill heeds the signals that end a program, unless whoever started it said that it should not."""

import signal

import pytest

from monitoring.drill.undisturbed import ENDING


@pytest.fixture(autouse=True)
def heeding():
    """What a shell runs in the background, or `nohup` does, ignores some of them, and so would these tests."""
    usual = {number: signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL for number in ENDING}
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
