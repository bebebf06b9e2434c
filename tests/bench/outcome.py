"""One comparison, and how time is taken."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from time import process_time
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """ours, other: seconds of processor time for the same work. least: the ratio that is promised. same: the results are equal, or None where
    there are none to compare. note: what was measured.
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
