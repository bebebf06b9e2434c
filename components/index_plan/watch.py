"""The backfill of an index, looked at until it is over. Only reads: to stop and to begin again costs nothing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from components.errors import ComponentError
from components.spans import said
from monitoring.live import Account, CallRefused, LiveMeasured
from monitoring.measures import consumed, of_table, throttle_events

BEFORE: Final = timedelta(hours=24)
"""How far back a backfill is looked for that began before anybody watched."""
ACTIVE: Final = "ACTIVE"
GONE: Final = "GONE"
"""No status of AWS: the index is not there any more."""


class NoSuchIndex(ComponentError):
    """The table has no such index to watch."""

    code = "no-such-index"


@dataclass(frozen=True)
class Measured:
    """began: the first that CloudWatch knows of the backfill. progress: (when, percent) of the newest. per_second: percent, on average.
    write_units, throttles: since it began, of the index; ordinary writes of the table are among them.
    """

    began: datetime
    progress: tuple[datetime, float] | None
    per_second: float | None
    write_units: float
    throttles: float


@dataclass(frozen=True)
class Look:
    """status: of the index, as AWS has it, or GONE. backfilling: items are being written into it; before and after that it is prepared.
    measured: None where CloudWatch may not be read. elapsed: since the backfill began, as far as that is known.
    """

    at: datetime
    status: str
    backfilling: bool
    elapsed: timedelta
    measured: Measured | None

    @property
    def over(self) -> bool:
        return self.status in (ACTIVE, GONE, "DELETING")

    @property
    def percent(self) -> float | None:
        return self.measured.progress[1] if self.measured and self.measured.progress else None

    @property
    def remaining(self) -> timedelta | None:
        """As fast as until now. None: not known, or over."""
        if self.over or not self.measured or not self.measured.progress or not self.measured.per_second:
            return None
        when, percent = self.measured.progress
        return max(timedelta(seconds=(100 - percent) / self.measured.per_second) - (self.at - when), timedelta())

    def to_dict(self) -> dict[str, Any]:
        found, left = self.measured, self.remaining
        return {
            "at": self.at.isoformat(),
            "status": self.status,
            "backfilling": self.backfilling,
            "elapsed_seconds": round(self.elapsed.total_seconds()),
            "percent": self.percent,
            "remaining_seconds": round(left.total_seconds()) if left is not None else None,
            "write_units": found.write_units if found else None,
            "throttles": found.throttles if found else None,
        }

    def __str__(self) -> str:
        parts = [f"{self.status}{', backfilling' if self.backfilling else ''} after {said(self.elapsed)}"]
        if self.percent is not None:
            parts.append(f"{self.percent:.0f} percent")
        if self.remaining is not None:
            parts.append(f"about {said(self.remaining)} left")
        if self.measured:
            parts.append(f"{self.measured.write_units:,.0f} write units, {self.measured.throttles:,.0f} throttles")
        return "; ".join(parts)


class Watch:
    """clock: what time it is. wait: lets so many seconds pass."""

    def __init__(
        self,
        account: Account,
        table: str,
        index: str,
        *,
        every_seconds: float,
        clock: Callable[[], datetime],
        wait: Callable[[float], object],
    ) -> None:
        self._account, self._table, self._index = account, table, index
        self._every, self._clock, self._wait = every_seconds, clock, wait
        self._measured: LiveMeasured | None = LiveMeasured(account, now=clock)
        self._began = clock()

    def looks(self) -> Iterator[Look]:
        """The last one is over. Raises NoSuchIndex where the index is not there at the first, and what Account.ask raises."""
        look = self._look()
        if look.status == GONE:
            raise NoSuchIndex(f"{self._table} has no index {self._index}: {self._others()}")
        yield look
        while not look.over:
            self._wait(self._every)
            look = self._look()
            yield look

    def _described(self) -> Mapping[str, Mapping[str, Any]]:
        table = self._account.ask("dynamodb", "DescribeTable", TableName=self._table)["Table"]
        return {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes") or ()}

    def _others(self) -> str:
        names = sorted(self._described())
        return f"give one of {', '.join(names)}" if names else "it has none"

    def _look(self) -> Look:
        found = self._described().get(self._index)
        now, measured = self._clock(), self._measure() if found else None
        if found is None:
            return Look(now, GONE, False, now - self._began, None)
        began = min(measured.began, self._began) if measured else self._began
        return Look(now, str(found.get("IndexStatus", ACTIVE)), bool(found.get("Backfilling")), now - began, measured)

    def _measure(self) -> Measured | None:
        """Without CloudWatch the status alone is told: from now on where it may not be read, this once where it does not answer."""
        if self._measured is None:
            return None
        try:
            return measure(self._measured, self._table, self._index, self._began, self._clock())
        except CallRefused as error:
            if error.not_allowed:
                self._measured = None
            return None


def measure(measured: LiveMeasured, table: str, index: str, watched: datetime, now: datetime) -> Measured:
    """watched: since when."""
    progress = of_table("OnlineIndexPercentageProgress", table, index=index, statistic="Maximum", period_seconds=300)
    units, throttles = consumed(table, "Write", index=index), throttle_events(table, "Write", index=index)
    start = watched - BEFORE
    measured.load([progress, units, throttles], start, now)
    points = _of_this(sorted(measured.statistics(progress, start, now).items()))
    began = points[0][0] if points else watched
    since = began.timestamp()
    sums = (
        sum(value for at, value in measured.statistics(each, start, now).items() if at.timestamp() >= since) for each in (units, throttles)
    )
    return Measured(began, points[-1] if points else None, _speed(points), *sums)


def _of_this(points: list[tuple[datetime, float]]) -> list[tuple[datetime, float]]:
    """Without an earlier index of the same name, whose progress was more."""
    first = max((number for number in range(1, len(points)) if points[number][1] < points[number - 1][1]), default=0)
    return points[first:]


def _speed(points: list[tuple[datetime, float]]) -> float | None:
    if len(points) < 2 or points[-1][1] <= points[0][1]:
        return None
    return (points[-1][1] - points[0][1]) / (points[-1][0] - points[0][0]).total_seconds()
