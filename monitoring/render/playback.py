"""A stack over all that was measured of it, with what its alarms did: any part of it can be looked at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from monitoring.alarms import Alarm, CompositeAlarm, clause_of
from monitoring.backtest import generated
from monitoring.backtest.replay import replay
from monitoring.dashboard import Dashboard, dashboard_for
from monitoring.errors import MonitoringError
from monitoring.measured import Measured
from monitoring.names import Ref, refs_in, resolve
from monitoring.recordings import Recording
from monitoring.render.consequences import recipes_of
from monitoring.render.view import Change, View
from monitoring.scenarios import Played, default_name
from monitoring.subjects import Stack

Described = Mapping[str, Any]
"""As AWS describes it, with the names of its API."""


@dataclass(frozen=True)
class Playback:
    """stack: with the names that the measurements use. changes: of the alarms' states, oldest first. Nothing is known before `start` and
    after `end`. period_seconds: of a point; None: as the length of what is looked at allows.
    """

    title: str
    stack: Stack
    alarms: tuple[Alarm, ...]
    composites: tuple[CompositeAlarm, ...]
    dashboard: Dashboard
    measured: Measured
    changes: Sequence[Change]
    start: datetime
    end: datetime
    period_seconds: int | None = None

    @classmethod
    def of_played(cls, played: Played) -> Self:
        """A scenario, with what the stack's own alarms do in it."""
        title = f"{played.stack.project} / {played.stack.stage}: {played.scenario.name}"
        return cls._replayed(title, played.stack, played.samples, played.start, played.end)

    @classmethod
    def of_recording(cls, recording: Recording) -> Self:
        """A recording, with what the alarms really did; with what the stack's own would have done where none was recorded."""
        stack = recording.stack
        title = f"{stack.project} / {stack.stage}: recorded"
        if not recording.alarms:
            return cls._replayed(title, stack, recording, recording.start, recording.end)
        alarms, composites = deployed_alarms(stack, recording.alarms, recording.composites)
        dashboard = known_dashboard(stack, alarms, composites)
        # Percentiles were recorded by the minute, and longer ones do not follow from them.
        return cls(title, stack, alarms, composites, dashboard, recording, recording.history, recording.start, recording.end, 60)

    @classmethod
    def _replayed(cls, title: str, stack: Stack, measured: Measured, start: datetime, end: datetime) -> Self:
        alarms = generated(stack)
        changes = replay(alarms.metric, alarms.composite, measured, start, end)
        dashboard = known_dashboard(stack, alarms.metric, alarms.composite)
        period = 60 if isinstance(measured, Recording) else None
        return cls(title, stack, alarms.metric, alarms.composite, dashboard, measured, changes, start, end, period)

    def view(self, start: datetime, end: datetime) -> View:
        """Raises MonitoringError "invalid-view"."""
        return View.of(
            self.title,
            self.dashboard,
            (*self.alarms, *self.composites),
            self.measured,
            self.changes,
            start=start,
            end=end,
            stack=self.stack,
            period_seconds=self.period_seconds,
        )


def known_dashboard(stack: Stack, alarms: Sequence[Alarm], composites: Sequence[CompositeAlarm]) -> Dashboard:
    """That for on-call, of a stack whose names are known."""
    return with_names(dashboard_for(stack, alarms, composites), stack)


def with_names(dashboard: Dashboard, stack: Stack) -> Dashboard:
    """As it is read back after deployment. What deployment adds to the names of the stack is not shown."""
    names: dict[Ref, str] = {ref: default_name(stack, ref) for ref in refs_in(dashboard)}
    return Dashboard.from_body(dashboard.name, resolve(dashboard, names))


def deployed_alarms(
    stack: Stack, alarms: Iterable[Described], composites: Iterable[Described]
) -> tuple[tuple[Alarm, ...], tuple[CompositeAlarm, ...]]:
    """As they were deployed, with the recipe that each was made from. What is of a kind that is not evaluated here is left out."""
    recipes = recipes_of(stack)
    found: list[Alarm] = []
    together: list[CompositeAlarm] = []
    for each in alarms:
        try:
            alarm = Alarm.from_request(each)
        except (MonitoringError, KeyError, TypeError, ValueError):
            continue
        found.append(replace(alarm, recipe=recipes.get(clause_of(alarm.name), "")))
    for each in composites:
        try:
            together.append(CompositeAlarm.from_request(each))
        except (MonitoringError, KeyError, TypeError, ValueError):
            continue
    return tuple(found), tuple(together)
