"""A scenario, and a scenario played on a stack."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final, Literal

from monitoring.operations import FAMILIES, operations_of
from monitoring.samples import Samples
from monitoring.scenarios.minute import Minute
from monitoring.scenarios.naming import named
from monitoring.scenarios.weather import Weather
from monitoring.subjects import Stack

Need = Literal["an index", "a stream", "a TTL attribute", "on-demand billing", "transactions"]
Change = Callable[[Minute, int, Stack], None]
"""What is different in a minute, by the number of the minute."""

QUIET_BEFORE: Final = timedelta(minutes=90)
QUIET_AFTER: Final = timedelta(minutes=30)
"""Around an incident: alarms have their state before it, and the time to clear after it."""


def _nothing(minute: Minute, number: int, stack: Stack) -> None:
    """A usual minute."""


def _as_it_is(stack: Stack) -> Stack:
    return stack


@dataclass(frozen=True)
class Scenario:
    """title: what happens, in one sentence. minutes: how long the incident lasts; 0: there is none. during: numbered from its start.

    after: numbered from its end, for `after_minutes`. needs: what a stack must have for it. on: the stack with what the scenario assumes.
    """

    name: str
    title: str
    minutes: int = 0
    during: Change = _nothing
    after: Change = _nothing
    after_minutes: int = 0
    needs: Need | None = None
    on: Callable[[Stack], Stack] = _as_it_is

    def lacks(self, stack: Stack) -> Need | None:
        """What the stack does not have and the scenario is about."""
        has = {
            "an index": bool(stack.indexes),
            "a stream": bool(stack.streams),
            "a TTL attribute": stack.table.definition.ttl is not None,
            "on-demand billing": stack.table.billing.mode == "on-demand",
            "transactions": any(each in FAMILIES["transactions"] for each in operations_of(stack.patterns)),
        }
        return self.needs if self.needs and not has[self.needs] else None


@dataclass(frozen=True)
class Played:
    """stack: with the names of a deployment, which the samples use too. incident: its start and end; None: there is none."""

    scenario: Scenario
    stack: Stack
    samples: Samples
    start: datetime
    end: datetime
    incident: tuple[datetime, datetime] | None

    def felt(self, at: datetime) -> bool:
        """Whether what happens then can be because of the incident: in it, while the stack recovers, and until alarms have cleared."""
        if self.incident is None:
            return False
        begin, end = self.incident
        return begin < at <= end + timedelta(minutes=self.scenario.after_minutes) + QUIET_AFTER

    @property
    def quiet(self) -> timedelta:
        """How much of the time has nothing to do with the incident."""
        if self.incident is None:
            return self.end - self.start
        felt = self.incident[1] - self.incident[0] + timedelta(minutes=self.scenario.after_minutes) + QUIET_AFTER
        return self.end - self.start - felt


def play(scenario: Scenario, stack: Stack, start: datetime, *, days: float | None = None, seed: int = 1) -> Played:
    """days: how long it is measured. Default: the incident with some time around it; a day where there is none, and never less than that
    takes. An incident begins after a quarter of the time, and at least 90 minutes.
    """
    stack = scenario.on(named(stack))
    incident = timedelta(minutes=scenario.minutes)
    least = QUIET_BEFORE + incident + timedelta(minutes=scenario.after_minutes) + QUIET_AFTER
    length = max(least, timedelta(days=days)) if days else least if scenario.minutes else timedelta(days=1)
    begin = max(QUIET_BEFORE, timedelta(minutes=(length - least) // timedelta(minutes=1) // 4))
    samples = Samples()
    weather = Weather(stack, samples, Random(seed))  # noqa: S311 - the same scenario twice must be the same
    for number in range(length // timedelta(minutes=1)):
        minute = Minute()
        since = number - begin // timedelta(minutes=1)
        if 0 <= since < scenario.minutes:
            scenario.during(minute, since, stack)
        elif 0 <= since - scenario.minutes < scenario.after_minutes:
            scenario.after(minute, since - scenario.minutes, stack)
        weather.record(start + timedelta(minutes=number), minute)
    span = (start + begin, start + begin + incident) if scenario.minutes else None
    return Played(scenario, stack, samples, start, start + length, span)
