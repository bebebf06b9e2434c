"""A deployed stack, asked at most once a minute however many look; nothing is asked while nobody does."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

from monitoring.dashboard import marked
from monitoring.errors import MonitoringError
from monitoring.live import Account, Deployed, LiveMeasured, read_deployed
from monitoring.live.history import Happened, happened
from monitoring.live.noting import Noting
from monitoring.prices import REQUESTED_METRIC_USD
from monitoring.render import View
from monitoring.render.advice import next_step
from monitoring.render.consequences import in_order
from monitoring.render.figures import clock
from monitoring.render.playback import deployed_alarms, known_dashboard
from monitoring.render.readings import readings
from monitoring.render.survivors import refused
from monitoring.render.usage import uses
from monitoring.serve.asked import Asked
from monitoring.serve.boards import on_board
from monitoring.serve.source import Shown
from monitoring.serve.window import window
from monitoring.subjects import Stack
from monitoring.widgets import Chart, Mark

EVERY_SECONDS: Final = 60
DEPLOYED: Final = timedelta(minutes=10)
"""For so long what is deployed is taken to be as it was."""
LATE: Final = timedelta(minutes=1)
"""The newest minute is not shown: most of it has not arrived yet."""
KEPT: Final = timedelta(days=14)
"""How far back the page goes: CloudWatch keeps minutes for 15 days."""
MOST_KEPT: Final = 32
"""Different times that are looked at."""


class LiveSource:
    """table: its deployed name. declared: the stack as its declaration has it, which knows the patterns. now: Default: the machine's time."""

    def __init__(
        self, account: Account, table: str, declared: Stack | None = None, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.name = table
        self._account = account
        self._declared = declared
        self._now = now
        self._lock = Lock()
        self._watched: tuple[datetime, _Watched] | None = None
        self._shown: dict[Asked, tuple[datetime, Shown]] = {}

    def shown(self, asked: Asked) -> Shown:
        """What was last shown, and why it is not of now, where asking fails. Raises MonitoringError where nothing was shown before."""
        with self._lock:
            minute = self._now().replace(second=0, microsecond=0)
            before = self._shown.get(asked)
            if before and before[0] == minute:
                return before[1]
            try:
                shown = self._asked(asked, minute)
            except MonitoringError as error:
                if not before:
                    raise
                shown = replace(before[1], problem=_problem(error, before[1], minute))
            self._shown = dict([*self._shown.items(), (asked, (minute, shown))][-MOST_KEPT:])
            return shown

    def _asked(self, asked: Asked, minute: datetime) -> Shown:
        watched = self._of(minute)
        newest = minute - LATE
        start, end = window(asked, minute - KEPT, newest)
        view = on_board(watched.view(start, end), asked.board)
        per_hour = watched.load(view) * 60 * REQUESTED_METRIC_USD
        told = f"Live from {self._account.region}, one look a minute: about US$ {per_hour:.2f} an hour while this page is open."
        return Shown(view, newest, minute - KEPT, told, 0 if asked.end else EVERY_SECONDS)

    def _of(self, minute: datetime) -> "_Watched":
        if self._watched is None or minute - self._watched[0] >= DEPLOYED:
            measured = self._watched[1].measured if self._watched else None
            deployed = read_deployed(self._account, self.name, self._declared)
            self._watched = minute, _Watched(deployed, measured or LiveMeasured(self._account, deployed.stack, now=self._now))
        return self._watched[1]


class _Watched:
    """What is deployed, with what was asked of it so far."""

    def __init__(self, deployed: Deployed, measured: LiveMeasured) -> None:
        self._deployed = deployed
        self.measured = measured
        self._alarms, self._composites = deployed_alarms(deployed.stack, deployed.alarms, deployed.composites)
        dashboard = known_dashboard(deployed.stack, self._alarms, self._composites)
        marks = [Mark(at, f"{label} deployed") for label, at in deployed.deployments.items()]
        self._dashboard = replace(dashboard, widgets=marked(dashboard.widgets, marks))

    def view(self, start: datetime, end: datetime) -> View:
        stack = self._deployed.stack
        alarms = (*self._alarms, *self._composites)
        changes = sorted(self._changes({alarm.name for alarm in alarms}, start), key=lambda change: change.at)
        title = f"{stack.project} / {stack.stage}"
        return View.of(title, self._dashboard, alarms, self.measured, changes, start=start, end=end, stack=stack)

    def _changes(self, names: set[str], start: datetime) -> Iterator[Happened]:
        """Since `start`; before it, the states that were not left since."""
        changed: set[str] = set()
        for change in happened(self._deployed.account, start):
            if change.alarm not in names:
                continue
            if change.alarm not in changed and change.old == "ALARM":
                yield replace(change, at=start, old="OK", new="ALARM", drill="")
            changed.add(change.alarm)
            yield change
        for each in (*self._deployed.alarms, *self._deployed.composites):
            if each["AlarmName"] not in changed and each.get("StateValue") == "ALARM":
                since = each.get("StateTransitionedTimestamp") or each["StateUpdatedTimestamp"]
                yield Happened(since.astimezone(UTC), each["AlarmName"], "OK", "ALARM")

    def load(self, view: View) -> int:
        """Asks for everything that the view shows, in few calls, and reads it: it can be drawn later though nothing can be asked any more.
        Returns how many metrics a look at it takes.
        """
        noting = Noting(self.measured.metrics)
        _read(replace(view, samples=noting, read={}))
        for (start, end), questions in noting.noted.items():
            self.measured.ask(questions, start, end)
        _read(view)
        return sum(map(len, noting.noted.values()))


def _read(view: View) -> None:
    """Everything that a page shows."""
    for placed in view.dashboard.widgets:
        if isinstance(placed.widget, Chart):
            readings(placed.widget, view)
            refused(placed.widget, view)
    uses(view)
    for each in in_order(view):
        next_step(each, view)


def _problem(error: MonitoringError, before: Shown, minute: datetime) -> str:
    age = round((minute - before.view.end) / timedelta(minutes=1))
    told = error.message.rstrip(".")
    return (
        f"AWS could not be asked: {told}. The numbers are those of {clock(before.view.end)}, {age} min ago. It is asked again each minute."
    )
