"""What GetMetricData is asked for, in as few calls as it allows.

Source: API reference, GetMetricData and MetricStat; CloudWatch user guide, "CloudWatch service quotas".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Self

from monitoring.live.account import Account, CallRefused
from monitoring.measured import MINUTE
from monitoring.metrics import Metric
from monitoring.names import text

MOST_QUESTIONS: Final = 500
"""Queries in one call."""
MOST_POINTS: Final = 100_800
"""In one answer; a longer one comes in pages."""

DAY: Final = 86_400
KEPT: Final[Mapping[int, int]] = {3600: 455 * DAY, 300: 63 * DAY, MINUTE: 15 * DAY}
"""Seconds of which a period must be a multiple -> how many seconds its points are kept. Older ones are not answered."""
MARGIN_SECONDS: Final = 300
"""A call waits its turn, and clocks differ: what is about to be dropped is not asked for, because then nothing at all would be answered."""

INTERNAL: Final = "InternalError"
"""The status code of a passing failure: AWS says to ask again."""
UNANSWERED: Final = (INTERNAL, "Forbidden")
"""Status codes of an answer that is none."""
ATTEMPTS: Final = 3

Points = dict[int, float]
"""Start of a period, in seconds since 1970 -> the statistic in it."""


@dataclass(frozen=True)
class Question:
    """One series under one statistic and period, by its deployed names. Unlike a Metric it may ask for what the catalogue holds for useless:
    the SampleCount behind any statistic.
    """

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str
    period_seconds: int

    @classmethod
    def of(cls, metric: Metric, period_seconds: int | None = None, statistic: str | None = None) -> Self:
        """Default: the metric's own period and statistic. Raises MonitoringError "unresolved-name" for a name that is not yet known."""
        dimensions = tuple(sorted((name, text(value)) for name, value in metric.dimensions.items()))
        return cls(metric.namespace, metric.name, dimensions, statistic or metric.statistic, period_seconds or metric.period_seconds)

    def by(self, *, statistic: str, period_seconds: int) -> Self:
        """The same series under another statistic and period."""
        return replace(self, statistic=statistic, period_seconds=period_seconds)

    def __str__(self) -> str:
        """ "ThrottledRequests of Query, orders: Sum by 60 s"."""
        of = f" of {', '.join(value for _, value in self.dimensions)}" if self.dimensions else ""
        return f"{self.name}{of}: {self.statistic} by {self.period_seconds} s"

    def query(self, number: int) -> dict[str, Any]:
        """One of MetricDataQueries."""
        dimensions = [{"Name": name, "Value": value} for name, value in self.dimensions]
        metric = {"Namespace": self.namespace, "MetricName": self.name, "Dimensions": dimensions}
        return {"Id": f"q{number}", "MetricStat": {"Metric": metric, "Period": self.period_seconds, "Stat": self.statistic}}

    def oldest(self, now: int) -> int:
        """The time since which its points are kept, in seconds since 1970."""
        return now + MARGIN_SECONDS - next(kept for multiple, kept in KEPT.items() if self.period_seconds % multiple == 0)


def ask_all(account: Account, questions: Sequence[Question], start: int, end: int) -> Iterator[tuple[Question, Points]]:
    """Each question with its points from `start` on and before `end`, both in seconds since 1970, as the calls answer. Periods begin at
    `start`. Raises CallRefused, and MonitoringError "no-account".
    """
    for batch in _batches(questions, start, end):
        yield from zip(batch, _answered(account, batch, start, end, ATTEMPTS), strict=True)


def _answered(account: Account, batch: Sequence[Question], start: int, end: int, attempts: int) -> list[Points]:
    try:
        return _answers(account, batch, start, end)
    except CallRefused as refused:
        if refused.aws_code != INTERNAL or attempts == 1:
            raise
    return _answered(account, batch, start, end, attempts - 1)


def _batches(questions: Sequence[Question], start: int, end: int) -> Iterator[Sequence[Question]]:
    batch: list[Question] = []
    points = 0
    for question in questions:
        more = -(-(end - start) // question.period_seconds)
        if batch and (len(batch) == MOST_QUESTIONS or points + more > MOST_POINTS):
            yield batch
            batch, points = [], 0
        batch.append(question)
        points += more
    if batch:
        yield batch


def _answers(account: Account, batch: Sequence[Question], start: int, end: int) -> list[Points]:
    answers: dict[str, Points] = {f"q{number}": {} for number in range(len(batch))}
    results = account.pages(
        "cloudwatch",
        "GetMetricData",
        "MetricDataResults",
        MetricDataQueries=[question.query(number) for number, question in enumerate(batch)],
        StartTime=datetime.fromtimestamp(start, UTC),
        EndTime=datetime.fromtimestamp(end, UTC),
        ScanBy="TimestampAscending",
    )
    for result in results:
        if (status := result.get("StatusCode")) in UNANSWERED:
            said = "; ".join(str(each.get("Value", "")) for each in result.get("Messages") or ()) or "it did not answer one of the metrics"
            raise CallRefused("cloudwatch:GetMetricData", status, said)
        times = (int(at.timestamp()) for at in result.get("Timestamps") or ())
        answers[result["Id"]].update(zip(times, result.get("Values") or (), strict=True))
    return list(answers.values())
