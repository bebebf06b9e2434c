"""A stack over all that was measured of it, with what its own alarms would have done: any part of it can be looked at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from monitoring.alarms import Alarm, CompositeAlarm
from monitoring.backtest import generated
from monitoring.backtest.replay import Change, replay
from monitoring.dashboard import Dashboard, dashboard_for
from monitoring.measured import Measured
from monitoring.names import Ref, refs_in, resolve
from monitoring.render.view import View
from monitoring.scenarios import default_name
from monitoring.subjects import Stack


@dataclass(frozen=True)
class Playback:
    """stack: with the names that the measurements use. Nothing is known before `start` and after `end`. Build it with `Playback.of`."""

    title: str
    stack: Stack
    dashboard: Dashboard
    alarms: tuple[Alarm | CompositeAlarm, ...]
    measured: Measured
    changes: tuple[Change, ...]
    start: datetime
    end: datetime

    @classmethod
    def of(cls, title: str, stack: Stack, measured: Measured, start: datetime, end: datetime) -> Self:
        alarms = generated(stack)
        changes = replay(alarms.metric, alarms.composite, measured, start, end)
        return cls(title, stack, known_dashboard(stack), (*alarms.metric, *alarms.composite), measured, changes, start, end)

    def view(self, start: datetime, end: datetime) -> View:
        """Raises MonitoringError "invalid-view"."""
        return View.of(self.title, self.dashboard, self.alarms, self.measured, self.changes, start=start, end=end, stack=self.stack)


def known_dashboard(stack: Stack) -> Dashboard:
    """Of a stack whose names are known: what deployment adds to them is not shown."""
    alarms = generated(stack)
    dashboard = dashboard_for(stack, alarms.metric, alarms.composite)
    names: dict[Ref, str] = {ref: default_name(stack, ref) for ref in refs_in(dashboard)}
    return Dashboard.from_body(dashboard.name, resolve(dashboard, names))
