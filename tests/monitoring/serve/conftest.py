"""A page over a shop in scenarios, with a clock that stands still until it is moved."""

import pytest

from monitoring.scenarios import SCENARIOS
from monitoring.serve import PlayedSource, Site
from tests.monitoring.conftest import START, stack_of


class Clock:
    """Seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def pass_minutes(self, minutes: float) -> None:
        self.seconds += 60 * minutes


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def played(clock):
    """Real time: a minute is a minute."""
    names = ("gsi-backpressure", "stream-stall", "steady")
    return PlayedSource(stack_of(), [SCENARIOS[name] for name in names], START, speed=1, clock=clock)


@pytest.fixture
def site(played):
    return Site([played])
