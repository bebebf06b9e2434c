"""Of which changes of state somebody is told, and why not of the others: mute windows, suppressors, warm-up, actions that are switched off.

Sources: CloudWatch user guide, "How alarm mute rules work", "Suppressing composite alarm actions", "Alarm warm-up periods". What is held back
is not lost: it is sent when nothing holds it back any more, if the alarm is still in that state and nobody was told of it. What an alarm over
several series does for each of them is not covered.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import Final, Literal, Protocol

from monitoring.actions import Suppressor, WarmUp
from monitoring.alarms import Alarm, CompositeAlarm, State
from monitoring.evaluation import INITIAL
from monitoring.mute import MuteRule, muted
from monitoring.names import Name, text
from monitoring.rules import alarm_name

Reason = Literal["disabled", "warming up", "muted", "suppressed", "waiting", "extended"]
"""disabled: the alarm's actions are switched off. suppressed: the suppressor is in ALARM. waiting: it may yet be, within the wait period.
extended: it was until just now, within the extension period.
"""

MINUTE: Final = timedelta(minutes=1)


class Changed(Protocol):
    """A change of an alarm's state, as a backtest or an alarm's history has it."""

    @property
    def at(self) -> datetime: ...
    @property
    def alarm(self) -> str: ...
    @property
    def new(self) -> State: ...


@dataclass(frozen=True)
class Notice:
    """actions: who is told that the alarm is in this state. withheld: why they are not told now. Default: they are."""

    at: datetime
    alarm: str
    state: State
    actions: tuple[Name, ...]
    withheld: Reason | None = None


def notices(
    alarms: Iterable[Alarm | CompositeAlarm],
    changes: Sequence[Changed],
    rules: Sequence[MuteRule] = (),
    *,
    until: datetime,
    created: datetime | None = None,
) -> tuple[Notice, ...]:
    """In the order of time. changes: in that order too; an alarm begins in INSUFFICIENT_DATA. created: when the alarms were, so that they
    warm up. Default: long ago.
    """
    found = [notice for alarm in alarms for notice in _Course(alarm, changes, rules, created).notices(until)]
    return tuple(sorted(found, key=lambda notice: notice.at))


@dataclass
class _Course:
    """One alarm, with what happens to it and to its suppressor."""

    alarm: Alarm | CompositeAlarm
    changes: Sequence[Changed]
    rules: Sequence[MuteRule]
    created: datetime | None
    own: dict[datetime, State] = field(init=False)
    suppressing: list[tuple[datetime, bool]] = field(init=False)

    def __post_init__(self) -> None:
        suppressor = self._suppressor
        name = alarm_name(text(suppressor.alarm)) if suppressor else None
        self.own = {change.at: change.new for change in self.changes if change.alarm == self.alarm.name}
        self.suppressing = [(change.at, change.new == "ALARM") for change in self.changes if change.alarm == name]
        self.rules = [rule for rule in self.rules if self.alarm.name in rule.alarms]

    @property
    def _suppressor(self) -> Suppressor | None:
        return self.alarm.suppressor if isinstance(self.alarm, CompositeAlarm) else None

    def notices(self, until: datetime) -> Iterator[Notice]:
        told = state = INITIAL
        since: datetime | None = None
        times = list(self._times())
        heapify(times)
        while times and (at := heappop(times)) <= until:
            is_new = at in self.own and since != at
            if is_new:
                state, since = self.own[at], at
            if state == told or since is None:
                continue
            actions = self._actions(state)
            reason = self._held_back(state, since, at)
            if reason is None:
                told = state
            elif reason == "muted":
                heappush(times, at.replace(second=0, microsecond=0) + MINUTE)
            if actions and (is_new or reason is None):
                yield Notice(at, self.alarm.name, state, actions, reason)

    def _times(self) -> Iterator[datetime]:
        """When anything may change; the end of a mute window is looked for by the minute, while something is muted."""
        yield from self.own
        if suppressor := self._suppressor:
            yield from (at + timedelta(seconds=suppressor.wait_seconds) for at in self.own)
            yield from (at + timedelta(seconds=suppressor.extension_seconds) for at, on in self.suppressing if not on)

    def _actions(self, state: State) -> tuple[Name, ...]:
        actions = self.alarm.actions
        return {"ALARM": actions.alarm, "OK": actions.ok, "INSUFFICIENT_DATA": actions.insufficient_data}[state]

    def _held_back(self, state: State, since: datetime, at: datetime) -> Reason | None:
        return withheld(
            state,
            since,
            at,
            enabled=self.alarm.actions.enabled,
            rules=self.rules,
            warm_up=self.alarm.warm_up if isinstance(self.alarm, Alarm) else None,
            created=self.created,
            suppressor=self._suppressor,
            suppressing=self.suppressing,
        )


def withheld(
    state: State,
    since: datetime,
    at: datetime,
    *,
    enabled: bool = True,
    rules: Sequence[MuteRule] = (),
    warm_up: WarmUp | None = None,
    created: datetime | None = None,
    suppressor: Suppressor | None = None,
    suppressing: Sequence[tuple[datetime, bool]] = (),
) -> Reason | None:
    """Why nobody is told at `at` that an alarm is in this state, which it came to at `since`. None: nothing is in the way.

    rules: those that name the alarm. suppressing: when its suppressor came to ALARM (True) or to another state, oldest first.
    """
    if not enabled:
        return "disabled"
    if warm_up and warm_up.whole and created and at < created + timedelta(minutes=warm_up.minutes):
        return "warming up"
    if any(muted(rule.window, at) for rule in rules):
        return "muted"
    if suppressor is None:
        return None
    before = [(when, on) for when, on in suppressing if when <= at]
    if before and before[-1][1]:
        return "suppressed"
    if len(before) > 1 and before[-2][1] and at < before[-1][0] + timedelta(seconds=suppressor.extension_seconds):
        return "extended"
    return "waiting" if state == "ALARM" and at < since + timedelta(seconds=suppressor.wait_seconds) else None
