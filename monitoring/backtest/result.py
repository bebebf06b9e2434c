"""What alarms did over a span of measurements."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitoring.alarms import SEVERITIES, Alarm, Severity
from monitoring.backtest.given import Alarms
from monitoring.backtest.observed import Incident, Observed
from monitoring.backtest.replay import Change, replay
from monitoring.evaluation import Reading
from monitoring.measured import Measured
from monitoring.recordings import needs_of
from monitoring.scenarios import Played

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Firing:
    """cleared: None while it is open. incident: None where it did not fire because of one."""

    alarm: Alarm
    fired: datetime
    cleared: datetime | None
    incident: Incident | None

    @property
    def after(self) -> timedelta | None:
        """From the start of its incident."""
        return self.fired - self.incident.start if self.incident else None


@dataclass(frozen=True)
class Result:
    """firings: of metric alarms, in the order of time. changes: of composites too."""

    observed: Observed
    alarms: Alarms
    firings: tuple[Firing, ...]
    changes: tuple[Change, ...]

    def detected(self, severity: Severity, incident: Incident | None = None) -> Firing | None:
        """The first alarm of this severity that fired because of the incident. Default: because of any."""
        return next(
            (each for each in self.firings if each.alarm.severity == severity and each.incident and incident in (None, each.incident)),
            None,
        )

    @property
    def noise(self) -> tuple[Firing, ...]:
        """What fired without an incident."""
        return tuple(each for each in self.firings if each.incident is None)

    def noise_per_week(self, severity: Severity) -> float:
        """By the time in which nothing was wrong."""
        quiet = self.observed.quiet
        return sum(each.alarm.severity == severity for each in self.noise) * (WEEK / quiet) if quiet else 0.0


def backtest(source: Observed | Played, alarms: Alarms, reading: Reading = Reading.ALWAYS_IGNORE) -> Result:
    """Raises MonitoringError "not-recorded" for an alarm that a recording lacks something for: see `Alarms.answerable`."""
    observed = source if isinstance(source, Observed) else Observed.of(source)
    changes = replay(alarms.metric, alarms.composite, observed.measured, observed.start, observed.end, reading)
    return Result(observed, alarms, tuple(_firings(observed, alarms.metric, changes)), changes)


def _firings(observed: Observed, alarms: Sequence[Alarm], changes: Sequence[Change]) -> Iterator[Firing]:
    known = {alarm.name: alarm for alarm in alarms}
    cleared: dict[int, datetime] = {}
    opened: dict[str, int] = {}
    for number, change in enumerate(changes):
        if change.old == "ALARM" and change.alarm in opened:
            cleared[opened.pop(change.alarm)] = change.at
        if change.new == "ALARM":
            opened[change.alarm] = number
    for number, change in enumerate(changes):
        if change.new == "ALARM" and change.alarm in known:
            yield Firing(known[change.alarm], change.at, cleared.get(number), observed.incident_at(change.at))


def never_fired(results: Sequence[Result]) -> tuple[Alarm, ...]:
    """Alarms that fired in none of them, and have data in one."""
    fired = {firing.alarm.name for result in results for firing in result.firings}
    mute = {alarm.name for alarm in silent(results)}
    return _by_severity(alarm for alarm in _all(results) if alarm.name not in fired | mute)


def silent(results: Sequence[Result]) -> tuple[Alarm, ...]:
    """Alarms that watch nothing that was measured in any of them: they speak of something else, or of what did not happen."""
    known = [_series(result.observed.measured) for result in results]
    return _by_severity(
        alarm for alarm in _all(results) if not any(_has_data(alarm, result, there) for result, there in zip(results, known, strict=True))
    )


def contradictions(one: Sequence[Result], other: Sequence[Result]) -> dict[str, tuple[Alarm, ...]]:
    """Name of what was observed -> alarms that fire or clear at other times in two results of the same, by how missing data is read."""
    found = {first.observed.name: _by_severity(_differing(first, second)) for first, second in zip(one, other, strict=True)}
    return {name: alarms for name, alarms in found.items() if alarms}


def _differing(one: Result, other: Result) -> Iterator[Alarm]:
    for alarm in one.alarms.metric:
        first, second = (
            [(each.fired, each.cleared) for each in result.firings if each.alarm.name == alarm.name] for result in (one, other)
        )
        if first != second:
            yield alarm


def _all(results: Sequence[Result]) -> Iterable[Alarm]:
    return {alarm.name: alarm for result in results for alarm in result.alarms.metric}.values()


def _by_severity(alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    return tuple(sorted(alarms, key=lambda alarm: SEVERITIES.index(alarm.severity)))


def _series(measured: Measured) -> frozenset[tuple[str, str, tuple[tuple[str, str], ...]]]:
    return frozenset((namespace, name, tuple(sorted(dimensions.items()))) for namespace, name, dimensions in measured.metrics())


def _has_data(alarm: Alarm, result: Result, known: frozenset[tuple[str, str, tuple[tuple[str, str], ...]]]) -> bool:
    return any((each.namespace, each.name, each.dimensions) in known for each in needs_of(alarm, result.observed.measured.metrics))
