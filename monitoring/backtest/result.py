"""What alarms did in one scenario."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitoring.alarms import SEVERITIES, Alarm, Severity
from monitoring.backtest.given import Alarms
from monitoring.backtest.replay import Change, replay
from monitoring.evaluation import Reading
from monitoring.measured import Measured
from monitoring.scenarios import Played


@dataclass(frozen=True)
class Firing:
    """cleared: None while it is open. after: from the start of the incident; None where it did not fire because of one."""

    alarm: Alarm
    fired: datetime
    cleared: datetime | None
    after: timedelta | None


@dataclass(frozen=True)
class Result:
    """firings: of metric alarms, in the order of time. changes: of composites too."""

    played: Played
    alarms: Alarms
    firings: tuple[Firing, ...]
    changes: tuple[Change, ...]

    def detected(self, severity: Severity) -> Firing | None:
        """The first alarm of this severity that fired because of the incident."""
        return next((each for each in self.firings if each.after is not None and each.alarm.severity == severity), None)

    @property
    def noise(self) -> tuple[Firing, ...]:
        """What fired without an incident."""
        return tuple(each for each in self.firings if each.after is None)

    def noise_per_week(self, severity: Severity) -> float:
        """By the time in which nothing was wrong."""
        return sum(each.alarm.severity == severity for each in self.noise) * (timedelta(days=7) / self.played.quiet)


def backtest(played: Played, alarms: Alarms, reading: Reading = Reading.ALWAYS_IGNORE) -> Result:
    changes = replay(alarms.metric, alarms.composite, played.samples, played.start, played.end, reading)
    return Result(played, alarms, tuple(_firings(played, alarms.metric, changes)), changes)


def _firings(played: Played, alarms: Sequence[Alarm], changes: Sequence[Change]) -> Iterator[Firing]:
    known = {alarm.name: alarm for alarm in alarms}
    begin = played.incident[0] if played.incident else None
    for number, change in enumerate(changes):
        if change.new != "ALARM" or change.alarm not in known:
            continue
        cleared = next((each.at for each in changes[number:] if each.alarm == change.alarm and each.old == "ALARM"), None)
        after = change.at - begin if begin and played.felt(change.at) else None
        yield Firing(known[change.alarm], change.at, cleared, after)


def never_fired(results: Sequence[Result]) -> tuple[Alarm, ...]:
    """Alarms that fired in none of the scenarios, and have data in one."""
    fired = {firing.alarm.name for result in results for firing in result.firings}
    mute = {alarm.name for alarm in silent(results)}
    return _by_severity(alarm for alarm in _all(results) if alarm.name not in fired | mute)


def silent(results: Sequence[Result]) -> tuple[Alarm, ...]:
    """Alarms that watch nothing that was measured in any of the scenarios: they speak of something else, or of what did not happen."""
    return _by_severity(alarm for alarm in _all(results) if not any(_has_data(alarm, result.played.samples) for result in results))


def _all(results: Sequence[Result]) -> Iterable[Alarm]:
    return {alarm.name: alarm for result in results for alarm in result.alarms.metric}.values()


def _by_severity(alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    return tuple(sorted(alarms, key=lambda alarm: SEVERITIES.index(alarm.severity)))


def _has_data(alarm: Alarm, samples: Measured) -> bool:
    known = {(space, name, tuple(sorted(dimensions.items()))) for space, name, dimensions in samples.metrics()}
    wanted = ((each.namespace, each.name, tuple(sorted(each.dimensions.items()))) for each in alarm.metrics.values())
    return any(each in known for each in wanted)
