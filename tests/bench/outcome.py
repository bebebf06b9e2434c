"""One comparison, and how time is taken."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from time import process_time
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """ours, other: seconds of processor time for the same work. least: how many times as fast ours is promised to be; below 1, ours may be
    slower, and is promised to take at most 1 / least times as long. same: the results are equal, or None where there are none to compare.
    note: what was measured.
    """

    name: str
    ours: float
    other: float
    least: float
    note: str
    same: bool | None = None

    @property
    def ratio(self) -> float:
        return self.other / self.ours

    @property
    def verdict(self) -> str:
        """The ratio beside what is promised: in the direction in which it is promised."""
        if self.least < 1:
            return f"{1 / self.ratio:6.2f} times as long, promised at most {1 / self.least:g}"
        return f"{self.ratio:6.1f} times as fast, promised {self.least:g}"

    @property
    def kept(self) -> bool:
        """Whether it is as fast as promised, and right."""
        return self.ratio >= self.least and self.same is not False


def timed(work: Callable[[], T], times: int = 1) -> tuple[T, float]:
    """The result of the last run, and the seconds of the fastest."""
    fastest = float("inf")
    while True:
        gc.collect()
        begin = process_time()
        result = work()
        fastest = min(fastest, process_time() - begin)
        times -= 1
        if not times:
            return result, fastest
