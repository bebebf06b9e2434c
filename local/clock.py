"""Simulated time: it stands still until somebody moves it, so a run of an hour takes as long as its work."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """Thread safe. `start` carries a time zone; `tick` is one step (default: a minute, CloudWatch's period of the metrics used)."""

    def __init__(self, start: datetime, tick: timedelta = timedelta(minutes=1)) -> None:
        if start.tzinfo is None:
            raise ValueError(f"a clock starts at a time with a zone, {start.isoformat()} has none: give datetime(..., tzinfo=UTC)")
        self.start = start.astimezone(UTC)
        self.tick = tick
        self._now = self.start
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def advance(self, by: timedelta | None = None) -> datetime:
        """One tick further, or `by`, and the time that it is then. Time never goes back."""
        step = self.tick if by is None else by
        if step < timedelta(0):
            raise ValueError(f"time does not go back: {step}")
        with self._lock:
            self._now += step
            return self._now
