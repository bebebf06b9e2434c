"""The deployed dashboard, drawn: what on-call would see, from what is deployed and what was measured here."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from local.world import World
from monitoring.dashboard import Dashboard

if TYPE_CHECKING:
    from monitoring.render import View
    from monitoring.serve import Asked, Shown
    from monitoring.subjects import Stack

SPAN: Final = timedelta(hours=1)
EVERY_SECONDS: Final = 15
"""A minute of the world is a minute; what the demo plays before is faster."""


def view(world: World, *, start: datetime | None = None, end: datetime | None = None, stack: Stack | None = None) -> View:
    """Of the stack's dashboard and alarms as they are deployed now. Default: the hour that ends now, or what there is of it, and the stack as
    it is deployed.
    """
    from monitoring.render import View
    from monitoring.render.playback import deployed_alarms

    stack = stack or deployed_stack(world)
    name = str(world.output("dashboardName"))
    body = world.aws.client("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"]
    alarms, composites = deployed_alarms(stack, *world.watch.described())
    until = end or world.clock.now()
    return View.of(
        f"{name}, on an embedded AWS",
        Dashboard.from_body(name, json.loads(body)),
        (*alarms, *composites),
        world.samples,
        world.history,
        start=start or max(world.clock.start, until - SPAN),
        end=until,
        stack=stack,
    )


def deployed_stack(world: World) -> Stack:
    """As the tools find it around the table, with the patterns that the shop declares."""
    from monitoring.commands.subject import add_subject, stack_of
    from monitoring.live import Account, read_deployed

    parser = argparse.ArgumentParser()
    add_subject(parser)
    account = Account(world.aws.client, world.aws.region)
    return read_deployed(account, str(world.output("tableName")), stack_of(parser.parse_args([]))).stack


class WorldSource:
    """The page's source: the world as it is now, or was at another time since it began."""

    def __init__(self, world: World) -> None:
        self.name = "embedded"
        self._world = world
        self._stack: Stack | None = None

    def shown(self, asked: Asked) -> Shown:
        """Raises MonitoringError "invalid-view" while the first minute is not over."""
        from monitoring.serve import Shown, on_board, window

        self._stack = self._stack or deployed_stack(self._world)
        first, now = self._world.clock.start, self._world.clock.now()
        start, end = window(asked, first, now)
        told = "On an embedded AWS: what was measured of the calls that were made here."
        shown = on_board(view(self._world, start=start, end=end, stack=self._stack), asked.board)
        return Shown(shown, now, first, told, 0 if asked.end else EVERY_SECONDS)
