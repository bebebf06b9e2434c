"""Signals while something is put back."""

import signal

import pytest

from monitoring.drill.undisturbed import ENDING, as_by_ctrl_c, undisturbed


def handlers():
    return [signal.getsignal(number) for number in ENDING]


@pytest.fixture(autouse=True)
def handlers_are_as_before():
    before = handlers()
    yield
    assert handlers() == before


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_waits_for_the_end(number):
    done = []
    with as_by_ctrl_c(), pytest.raises(KeyboardInterrupt), undisturbed():
        signal.raise_signal(number)
        done.append("all")
    assert done == ["all"]


def test_a_second_one_ends_it_at_once():
    done = []
    with pytest.raises(KeyboardInterrupt), undisturbed():
        signal.raise_signal(signal.SIGINT)
        done.append("one")
        signal.raise_signal(signal.SIGINT)
        done.append("two")
    assert done == ["one"]


def test_without_a_signal_nothing_happens():
    with undisturbed():
        inside = handlers()
    assert inside != handlers()


@pytest.mark.parametrize("number", ENDING)
def test_every_signal_that_ends_a_program_can_be_caught(number):
    with pytest.raises(KeyboardInterrupt), as_by_ctrl_c():
        signal.raise_signal(number)


def test_a_signal_that_is_ignored_stays_so():
    """As SIGHUP under nohup."""
    before = signal.signal(ENDING[-1], signal.SIG_IGN)
    try:
        with as_by_ctrl_c(), undisturbed():
            assert signal.getsignal(ENDING[-1]) is signal.SIG_IGN
            signal.raise_signal(ENDING[-1])
            signal.raise_signal(ENDING[-1])
    finally:
        signal.signal(ENDING[-1], before)
