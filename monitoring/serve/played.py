"""A stack in scenarios, as if they happened now: each begins a few minutes before its incident, and begins again when it is over."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import ceil
from threading import Lock
from typing import Final

from monitoring.errors import MonitoringError
from monitoring.render.playback import Playback
from monitoring.scenarios import Played, Scenario, play
from monitoring.serve.asked import Asked
from monitoring.serve.boards import on_board
from monitoring.serve.source import Shown
from monitoring.serve.window import window
from monitoring.subjects import Stack

BEFORE: Final = timedelta(minutes=5)
"""Of the incident: long enough to see how it is when nothing is wrong."""
LEAST_SECONDS: Final = 2
"""Between two looks at it."""


class PlayedSource:
    """scenarios: the first is shown where none is asked for. start: the time of day at which each begins. speed: simulated minutes in a
    minute. clock: seconds, of which only differences matter. Default: the machine's.
    """

    def __init__(
        self,
        stack: Stack,
        scenarios: Sequence[Scenario],
        start: datetime,
        *,
        speed: float,
        seed: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = stack.label
        self._stack = stack
        self._scenarios = {scenario.name: scenario for scenario in scenarios}
        self._start = start
        self._speed = speed
        self._seed = seed
        self._clock = clock
        self._lock = Lock()
        self._played: dict[str, tuple[Played, Playback, float]] = {}

    def shown(self, asked: Asked) -> Shown:
        """Raises MonitoringError "invalid-view" for a scenario that is not played here."""
        name = asked.scenario or next(iter(self._scenarios))
        if name not in self._scenarios:
            raise MonitoringError("invalid-view", f'the scenario "{name[:40]}" is none of {", ".join(self._scenarios)}')
        played, playback, since = self._of(name)
        newest = self._newest(played, self._clock() - since)
        start, end = window(asked, played.start, newest)
        return Shown(
            on_board(playback.view(start, end), asked.board),
            newest,
            played.start,
            f"Played: {played.scenario.title} {self._speed:g} minutes pass in one; nothing is asked of AWS.",
            0 if asked.end else max(LEAST_SECONDS, ceil(60 / self._speed)),
            tuple(self._scenarios),
            name,
        )

    def _of(self, name: str) -> tuple[Played, Playback, float]:
        """Played when it is first asked for: time passes from then on."""
        with self._lock:
            if name not in self._played:
                scenario = self._scenarios[name]
                played = play(scenario, self._stack, self._start, seed=self._seed)
                self._played[name] = played, Playback.of_played(played), self._clock()
            return self._played[name]

    def _newest(self, played: Played, seconds: float) -> datetime:
        begin = played.incident[0] - BEFORE if played.incident else played.start + (played.end - played.start) / 2
        return begin + timedelta(seconds=seconds * self._speed) % (played.end - begin)
