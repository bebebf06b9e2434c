"""A deployed dashboard with its alarms, as it would be read back, and an hour to look at it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from monitoring import Alarm, CompositeAlarm, Dashboard, Samples, alarms_for, composites_for, dashboard_for, resolve
from monitoring.render import View
from tests.monitoring.conftest import START, names_for, stack_of

HOUR = timedelta(hours=1)
END = START + HOUR


@dataclass(frozen=True)
class Changed:
    at: datetime
    alarm: str
    new: str
    drill: str = ""


def minute(number: int) -> datetime:
    return START + timedelta(minutes=number)


@pytest.fixture(scope="session")
def watched():
    """The alarms and the dashboard of the sample stack, with the names of a deployment."""
    stack = stack_of()
    alarms = alarms_for(stack)
    composites = composites_for(stack, alarms)
    dashboard = dashboard_for(stack, alarms, composites)
    names = names_for(dashboard, *alarms, *composites)
    return (
        Dashboard.from_body(dashboard.name, resolve(dashboard, names)),
        [
            *(Alarm.from_request(resolve(alarm, names)) for alarm in alarms),
            *(CompositeAlarm.from_request(resolve(alarm, names)) for alarm in composites),
        ],
        names,
    )


def view_of(watched, samples=None, history=(), start=START, end=END):
    dashboard, alarms, _ = watched
    return View.of("shop / dev", dashboard, alarms, samples or Samples(), history, start=start, end=end)


def named(watched, part: str):
    return next(alarm for alarm in watched[1] if part in alarm.name)


def table_name(watched):
    return next(text for ref, text in watched[2].items() if ref.key == "table")
