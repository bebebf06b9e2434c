"""A world in real time: each of its minutes ends when that of the wall does, so that "the last hour" is the same hour for whoever asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from local.world import World


def this_minute() -> datetime:
    """The time on the wall, without its seconds."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


class RealTime:
    """`wall` and `wait` are for tests: the time, and what lets some seconds of it pass."""

    def __init__(
        self, world: World, *, wall: Callable[[], datetime] = lambda: datetime.now(UTC), wait: Callable[[float], object] = time.sleep
    ) -> None:
        self._world = world
        self._wall = wall
        self._wait = wait

    def run(self, each: Callable[[], object] = lambda: None, ticks: int | None = None) -> None:
        """`each` happens at the start of every minute. `ticks` None: until it is interrupted.

        A world that is behind catches up without waiting, one that is ahead waits for the wall; where the clock on the wall is set back, no
        longer than a minute for each of its own.
        """
        longest = self._world.clock.tick.total_seconds()
        passed = 0
        while ticks is None or passed < ticks:
            each()
            left = (self._world.clock.now() + self._world.clock.tick - self._wall()).total_seconds()
            if left > 0:
                self._wait(min(left, longest))
            self._world.tick()
            passed += 1
