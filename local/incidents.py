"""Incidents that can be started while a world goes on: something is throttled, for a while, and on-call has to find out what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from local.throttle import TABLE, Access, Cause, Throttle, Throttling

MINUTES = 10
"""How long an incident lasts unless somebody says otherwise."""
LONGEST_MINUTES = 1440
INDEX = "index"


@dataclass(frozen=True)
class Incident:
    """`resource`: "table", or "index" for the first index. `share`: of the touching requests, those that are refused."""

    what: str
    resource: str
    cause: Cause
    access: Access | None
    share: float


INCIDENTS: Mapping[str, Incident] = {
    "gsi-backpressure": Incident("every other write that touches the index is refused", INDEX, "key-range", "Write", 0.5),
    "hot-partition": Incident("every third request to the table is refused", TABLE, "key-range", None, 0.34),
    "on-demand-cap": Incident("every other read and write of the table is refused", TABLE, "on-demand-max", None, 0.5),
    "account-limit": Incident("every other request to the table is refused", TABLE, "account", None, 0.5),
}
"""Name -> what happens; the names are those of the scenarios that they resemble."""


class UnknownIncident(Exception):
    """There is no incident of this name."""


class Incidents:
    """Those of one world. `index`: the index that "index" means."""

    def __init__(self, throttling: Throttling, index: str) -> None:
        self._throttling = throttling
        self._index = index
        self._running: dict[str, Throttle] = {}

    def start(self, name: str, at: datetime, minutes: int = MINUTES) -> None:
        """Begins now, again where it runs already. Raises UnknownIncident."""
        if name not in INCIDENTS:
            raise UnknownIncident(f"no incident {name!r}; there are {', '.join(INCIDENTS)}")
        self.end(name)
        found = INCIDENTS[name]
        resource = self._index if found.resource == INDEX else TABLE
        end = at + timedelta(minutes=minutes)
        self._running[name] = Throttle(resource, found.cause, found.share, found.access, start=at, end=end)
        self._throttling.activate(self._running[name])

    def end(self, name: str) -> None:
        """Before its time; one that does not run is ignored."""
        if throttle := self._running.pop(name, None):
            self._throttling.deactivate(throttle)

    def described(self, at: datetime) -> dict[str, Any]:
        """Name -> what happens, and until when; null: it does not run."""
        running = {name: throttle.end for name, throttle in self._running.items() if throttle.active(at) and throttle.end}
        return {
            name: {"what": found.what, "until": running[name].isoformat() if name in running else None} for name, found in INCIDENTS.items()
        }
