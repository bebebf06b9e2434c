"""The deployed dashboard, drawn: what on-call would see, from what is deployed and what was measured here."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from local.world import World
from monitoring.alarms import Alarm, CompositeAlarm
from monitoring.dashboard import Dashboard

if TYPE_CHECKING:
    from monitoring.render import View

SPAN = timedelta(hours=1)


def view(world: World, *, start: datetime | None = None, end: datetime | None = None) -> View:
    """Of the stack's dashboard and alarms as they are deployed now. Default: the hour that ends now, or what there is of it."""
    from monitoring.render import View

    name = str(world.output("dashboardName"))
    body = world.aws.client("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"]
    metrics, composites = world.watch.described()
    until = end or world.clock.now()
    return View.of(
        f"{name}, on an embedded AWS",
        Dashboard.from_body(name, json.loads(body)),
        [*map(Alarm.from_request, metrics), *map(CompositeAlarm.from_request, composites)],
        world.samples,
        world.history,
        start=start or max(world.clock.start, until - SPAN),
        end=until,
    )
