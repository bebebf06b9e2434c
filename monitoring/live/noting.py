"""What would be asked for, before anything is: so that a few calls can ask for all of it."""

from collections.abc import Callable
from datetime import datetime

from monitoring.live.measured import Series
from monitoring.live.question import Question
from monitoring.metrics import Metric


class Noting:
    """`Measured` that has measured nothing and notes what it is asked for, by start and end. listed: the series that queries and searches
    choose from.
    """

    def __init__(self, listed: Callable[[], list[Series]]) -> None:
        self.noted: dict[tuple[datetime, datetime], dict[Question, None]] = {}
        self._listed = listed

    @property
    def questions(self) -> tuple[Question, ...]:
        """Each once, whatever the time."""
        return tuple({question: None for asked in self.noted.values() for question in asked})

    def statistics(self, metric: Metric, start: datetime, end: datetime, period_seconds: int | None = None) -> dict[datetime, float]:
        self._note(Question.of(metric, period_seconds), start, end)
        return {}

    def counts(self, metric: Metric, start: datetime, end: datetime, period_seconds: int | None = None) -> dict[datetime, int]:
        self._note(Question.of(metric, period_seconds, "SampleCount"), start, end)
        return {}

    def metrics(self) -> list[Series]:
        return self._listed()

    def _note(self, question: Question, start: datetime, end: datetime) -> None:
        self.noted.setdefault((start, end), {})[question] = None
