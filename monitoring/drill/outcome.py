"""What a drill proved of each alarm."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from monitoring.drill.plan import Planned

Verdict = Literal["heard", "through", "unheard"]
"""heard: its message arrived, and somebody is subscribed. through: another alarm, which was heard, tells in its place."""


@dataclass(frozen=True)
class Delivery:
    """topic: its ARN. seconds: from SetAlarmState to the arrival at the probe; None: nothing arrived. executed: what the alarm's history says
    of the action; None: nothing. people, programs: confirmed subscriptions beside the probe; None: they may not be read. unprobed: why the
    probe could not listen.
    """

    topic: str
    seconds: float | None = None
    executed: bool | None = None
    people: int | None = None
    programs: int | None = None
    unprobed: str = ""

    @property
    def name(self) -> str:
        return self.topic.rpartition(":")[2]

    @property
    def delivered(self) -> bool:
        """By the probe; where it could not listen, by the history."""
        return self.seconds is not None or bool(self.unprobed and self.executed)

    @property
    def why_not(self) -> str:
        """As a clause. "" where somebody heard."""
        if not self.delivered:
            return f"nothing arrived from {self.name}" + ("" if self.executed is not False else ": CloudWatch could not publish to it")
        return f"nobody is subscribed to {self.name}" if self.people == 0 and self.programs == 0 else ""


@dataclass(frozen=True)
class Outcome:
    """deliveries: one for each topic, where it was fired. noted: whether its history has the change to ALARM. restored: whether nothing of the
    drill is left in its state. failure: why it could not be fired, or put back.
    """

    planned: Planned
    deliveries: tuple[Delivery, ...] = ()
    noted: bool = False
    restored: bool = True
    failure: str = ""

    @property
    def fired(self) -> bool:
        return bool(self.deliveries)

    @property
    def why_not(self) -> str:
        """As a clause. "" where everybody it tells heard."""
        if not self.fired:
            return self.planned.left_out or self.failure
        return "; ".join(delivery.why_not for delivery in self.deliveries if delivery.why_not)


@dataclass(frozen=True)
class Judged:
    """why_not: as a clause; "" unless it is unheard."""

    outcome: Outcome
    verdict: Verdict
    why_not: str = ""


def judged(outcomes: Iterable[Outcome]) -> tuple[Judged, ...]:
    """Each with what it comes to, also through others."""
    listed = tuple(outcomes)
    known = {outcome.planned.name: outcome for outcome in listed}
    return tuple(_judged(outcome, known) for outcome in listed)


def _judged(outcome: Outcome, known: Mapping[str, Outcome]) -> Judged:
    through = outcome.planned.through
    if not through:
        return Judged(outcome, "unheard" if outcome.why_not else "heard", outcome.why_not)
    if absent := [name for name in through if name not in known]:
        return Judged(outcome, "unheard", f'"{absent[0]}" tells for it, which is not part of this drill')
    if silent := [name for name in through if known[name].why_not]:
        return Judged(outcome, "unheard", f'"{silent[0]}" tells for it: {known[silent[0]].why_not}')
    return Judged(outcome, "through")
