"""From times and values to places in a picture: shares of its width, so that it stretches, and pixels of its height, so that words do not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import floor, log10
from typing import Final

MOST_TICKS: Final = 4
STRETCHED: Final = 1000.0
_STEPS: Final = (1, 2, 2.5, 5, 10)
_CLOCK_STEPS: Final = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 20, 30, 60, 120, 180, 240, 360))


@dataclass(frozen=True)
class Scale:
    """top: the value at the upper edge; the lower one is 0. height: in pixels. width: of the drawing of lines, in its own units: it is
    stretched to the width of what it stands in, and strokes keep theirs. A picture that knows its width gives that.
    """

    start: datetime
    end: datetime
    top: float
    height: float
    width: float = STRETCHED

    def across(self, at: datetime) -> float:
        """0 is the left edge, 1 the right one; what is outside is at the edge."""
        return min(1.0, max(0.0, (at - self.start) / (self.end - self.start)))

    def down(self, value: float) -> float:
        """Pixels below the upper edge."""
        return self.height * (1 - value / self.top)

    def values(self) -> Iterator[float]:
        """Round numbers from 0 up, at most MOST_TICKS above it."""
        size = 10 ** floor(log10(self.top / MOST_TICKS))
        step = next(size * each for each in _STEPS if size * each * MOST_TICKS >= self.top * (1 - 1e-9))
        return (step * number for number in range(int(self.top / step + 1e-9) + 1))

    def times(self) -> Iterator[datetime]:
        """Full steps of the clock, three to five of them in most spans."""
        step = next((each for each in _CLOCK_STEPS if (self.end - self.start) / each <= MOST_TICKS), _CLOCK_STEPS[-1])
        seconds = step.total_seconds()
        at = datetime.fromtimestamp(-(-self.start.timestamp() // seconds) * seconds, UTC)
        while at <= self.end:
            yield at
            at += step
