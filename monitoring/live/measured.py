"""What a live account measured."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import RLock
from typing import Final

from monitoring.catalogue.patterns import NAMESPACE as PATTERNS
from monitoring.live.account import Account
from monitoring.live.question import KEPT, Points, Question, ask_all
from monitoring.measured import MINUTE
from monitoring.measures import consumed, of_function, of_mapping, of_queue
from monitoring.metrics import Metric
from monitoring.subjects import Stack

SETTLED_SECONDS: Final = 300
"""After so long a point is taken for final. Before, measurements may still be on their way."""
FRESH_SECONDS: Final = 30
"""For so long an answer is not asked for again, however young its newest points."""
LISTED_SECONDS: Final = 900
"""For so long a list of series is taken for complete: a new one is not listed sooner either."""

Series = tuple[str, str, dict[str, str]]
"""Namespace, name and dimensions."""


@dataclass
class _Answered:
    """Points of a question from `start` to `end`, as they were at `asked`; all in seconds since 1970."""

    start: int
    end: int
    asked: int
    points: Points

    def known_until(self, now: int, period: int) -> int:
        """A full period: where to ask on from. What was young when it was asked for is asked for again, but not at once."""
        if now - self.asked < FRESH_SECONDS:
            return self.end
        settled = self.asked - SETTLED_SECONDS
        return max(self.start, min(self.end, self.start + (settled - self.start) // period * period))


class LiveMeasured:
    """`Measured` over CloudWatch's GetMetricData: exactly what it answers for a metric's statistic and period. Safe to use from several
    threads; one asks at a time.

    Whoever reads many series calls `load` first with all of them, which takes one call for each 500 series or 100,800 points; what was
    loaded is then answered from memory. Unloaded ones cost a call each. Settled points are never asked for twice: a page that is drawn
    again each minute asks for the newest minutes only.

    CloudWatch keeps points by the minute for 15 days, by 5 minutes for 63 and by the hour for 455: older ones are left out, so a long span
    needs a longer period. A span that begins more than 15 days ago begins at full 5 minutes, more than 63 days ago at a full hour, as
    CloudWatch rounds.

    stacks: those whose series `metrics` lists, by their deployed names (`Deployed.stack`). Default: it lists none. now: Default: the
    machine's time. Everything that asks raises CallRefused and MonitoringError "no-account".
    """

    def __init__(self, account: Account, *stacks: Stack, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.account = account
        self.asked = 0
        """Metrics requested so far: what CloudWatch charges for."""
        self._stacks = stacks
        self._now = now
        self._answered: dict[tuple[Question, int], _Answered] = {}
        self._listed: tuple[int, list[Series]] | None = None
        self._lock = RLock()

    def load(self, metrics: Iterable[Metric], start: datetime, end: datetime, period_seconds: int | None = None) -> None:
        """Asks for everything that `statistics` will be asked for, in few calls. metrics: each by its own statistic.

        Default period: each metric's. For the metrics of a chart or an alarm: `metrics_of(source).values()`.
        """
        self.ask([Question.of(metric, period_seconds) for metric in metrics], start, end)

    def ask(self, questions: Iterable[Question], start: datetime, end: datetime) -> None:
        """As `load`, for what `Noting` noted."""
        self._load(questions, _seconds(start), _seconds(end))

    def statistics(self, metric: Metric, start: datetime, end: datetime, period_seconds: int | None = None) -> dict[datetime, float]:
        """Start of a period -> the metric's statistic in it; periods without measurements are not there."""
        return self._points(Question.of(metric, period_seconds), start, end)

    def counts(self, metric: Metric, start: datetime, end: datetime, period_seconds: int | None = None) -> dict[datetime, int]:
        """Start of a period -> how many measurements it holds: its SampleCount."""
        points = self._points(Question.of(metric, period_seconds, "SampleCount"), start, end)
        return {time: round(value) for time, value in points.items()}

    def metrics(self) -> list[Series]:
        """Namespace, name and dimensions of every series of the stacks, in order; not those of the account itself. Those without a point in
        two weeks are not listed, and new ones only after up to 15 minutes (API reference, ListMetrics).
        """
        with self._lock:
            now = int(self._now().timestamp())
            if self._listed is None or now - self._listed[0] >= LISTED_SECONDS:
                found = {(space, name, tuple(sorted(pairs.items()))) for space, name, pairs in self._list()}
                self._listed = now, [(space, name, dict(pairs)) for space, name, pairs in sorted(found)]
            return list(self._listed[1])

    def _list(self) -> Iterator[Series]:
        for namespace, dimensions in (each for stack in self._stacks for each in _parts(stack)):
            for metric in self.account.pages("cloudwatch", "ListMetrics", "Metrics", Namespace=namespace, Dimensions=dimensions):
                yield metric["Namespace"], metric["MetricName"], {each["Name"]: each["Value"] for each in metric["Dimensions"]}

    def _points(self, question: Question, start: datetime, end: datetime) -> dict[datetime, float]:
        """The last period ends at or before `end`."""
        first, last = _seconds(start), _seconds(end)
        with self._lock:
            self._load([question], first, last)
            begin = _begin(question, first, int(self._now().timestamp()))
            answered = self._answered.get((question, begin % question.period_seconds))
            points = sorted(answered.points.items()) if answered else []
        kept = ((at, value) for at, value in points if begin <= at <= last - question.period_seconds)
        return {datetime.fromtimestamp(at, UTC): value for at, value in kept}

    def _load(self, questions: Iterable[Question], start: int, end: int) -> None:
        with self._lock:
            now = int(self._now().timestamp())
            wanted: dict[int, dict[Question, int]] = {}
            for question in dict.fromkeys(questions):
                begin = _begin(question, start, now)
                until = begin + max(0, end - begin) // question.period_seconds * question.period_seconds
                since = self._since(question, begin, now)
                if since < until:
                    wanted.setdefault(since, {})[question] = until
            for since, group in wanted.items():
                self.asked += len(group)
                for question, points in ask_all(self.account, list(group), since, max(group.values())):
                    self._keep(question, points, since, group[question], now)

    def _since(self, question: Question, begin: int, now: int) -> int:
        """From where on a span that begins at `begin` is not known."""
        answered = self._answered.get((question, begin % question.period_seconds))
        if answered is None or not answered.start <= begin <= answered.end:
            return begin
        return max(begin, answered.known_until(now, question.period_seconds))

    def _keep(self, question: Question, points: Points, since: int, until: int, now: int) -> None:
        """Full periods only, and those before them that are known and that CloudWatch still keeps."""
        key = question, since % question.period_seconds
        full = {at: value for at, value in points.items() if at < until}
        before = self._answered.get(key)
        if before is None or not before.start <= since <= before.end:
            self._answered[key] = _Answered(since, until, now, full)
            return
        oldest = question.oldest(now)
        older = {at: value for at, value in before.points.items() if oldest <= at < since}
        self._answered[key] = _Answered(before.start, until, now, older | full)


def _parts(stack: Stack) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Namespaces, each with the dimension that names a part of the stack in it."""
    table = consumed(stack.table.name, "Write")
    examples = [table, *(of_function("Invocations", function.name) for function in stack.functions)]
    examples += [of_queue("ApproximateNumberOfMessagesVisible", each.failed_events) for each in stack.functions if each.failed_events]
    for stream in stack.streams:
        examples.append(of_mapping("PolledEventCount", stream.mapping))
        examples += [of_queue("ApproximateNumberOfMessagesVisible", stream.queue)] if stream.queue else []
    yield from ((metric.namespace, metric.identity()["Dimensions"]) for metric in examples)
    if stack.measured_patterns:
        yield PATTERNS, table.identity()["Dimensions"]


def _seconds(at: datetime) -> int:
    """Moved back to a full minute."""
    return int(at.timestamp()) // MINUTE * MINUTE


def _begin(question: Question, start: int, now: int) -> int:
    """Where the first period begins that CloudWatch still keeps. It rounds old times to what it keeps then."""
    multiple = next((each for each, kept in sorted(KEPT.items()) if start > now - kept), max(KEPT))
    first = start // multiple * multiple
    missing = question.oldest(now) - first
    return first if missing <= 0 else first + -(-missing // question.period_seconds) * question.period_seconds
