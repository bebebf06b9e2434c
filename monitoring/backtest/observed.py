"""What alarms are tested against: measurements over a span, with the incidents in it as far as they are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from monitoring.measured import Measured
from monitoring.recordings import Recording
from monitoring.scenarios import Played
from monitoring.scenarios.scenario import QUIET_AFTER
from monitoring.subjects import Stack


@dataclass(frozen=True)
class Incident:
    """felt_until: what fires until then can be because of it. Default: 30 minutes after its end, until alarms have cleared.

    label: what people call it. Default: nothing.
    """

    start: datetime
    end: datetime
    felt_until: datetime | None = None
    label: str = ""

    @property
    def felt(self) -> datetime:
        return self.felt_until or self.end + QUIET_AFTER

    def explains(self, at: datetime) -> bool:
        return self.start < at <= self.felt


@dataclass(frozen=True)
class Observed:
    """name: as a coverage file calls it. stack: by the names that the measurements use. incidents: in the order of time. happened: it was
    measured and not played, so there may have been incidents that nobody named.
    """

    name: str
    title: str
    stack: Stack
    measured: Measured
    start: datetime
    end: datetime
    incidents: tuple[Incident, ...] = ()
    happened: bool = False

    @property
    def unnamed(self) -> bool:
        """Whether incidents, if there were any, are not known."""
        return self.happened and not self.incidents

    @classmethod
    def of(cls, played: Played) -> Self:
        found: tuple[Incident, ...] = ()
        if played.incident:
            begin, end = played.incident
            found = (Incident(begin, end, end + timedelta(minutes=played.scenario.after_minutes) + QUIET_AFTER),)
        scenario = played.scenario
        return cls(scenario.name, scenario.title, played.stack, played.samples, played.start, played.end, found)

    @classmethod
    def recorded(cls, name: str, recording: Recording, incidents: Sequence[Incident] = ()) -> Self:
        stack = recording.stack
        ordered = tuple(sorted(incidents, key=lambda each: each.start))
        return cls(name, f"{stack.table.name} in {stack.region}", stack, recording, recording.start, recording.end, ordered, happened=True)

    def incident_at(self, at: datetime) -> Incident | None:
        """The one that explains what happens then: the latest, where several do."""
        return next((each for each in reversed(self.incidents) if each.explains(at)), None)

    @property
    def quiet(self) -> timedelta:
        """How much of the time has nothing to do with an incident."""
        left, at = timedelta(), self.start
        for incident in self.incidents:
            left += max(timedelta(), min(incident.start, self.end) - at)
            at = max(at, incident.felt)
        return left + max(timedelta(), self.end - at)
