"""Who is told of an alarm's new state, and when nobody is: mute rules, and the suppressor of a composite alarm.

An action that was kept back is carried out when nothing keeps it back any more, if the alarm is still in that state (CloudWatch user guide,
"Alarm mute rules" and "Composite alarm actions suppression"; of a mute rule: if that state is ALARM). Looked at once a minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from local.alarm_history import record_action
from local.alarm_message import Described, subject
from local.repairs.mutes import muting
from monitoring.alarms import State, Suppressor

_ACTIONS: Mapping[State, str] = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
Suppressed = Literal["Alarm", "ExtensionPeriod", "WaitPeriod"]
"""Why a composite alarm keeps still: DescribeAlarms, ActionsSuppressedBy."""


@dataclass(frozen=True, slots=True)
class Told:
    """`told`: ARNs that were told. `untold`: why an action could not be carried out. `kept`: why it was kept back; empty: it was not."""

    told: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    kept: str = ""


@dataclass(frozen=True, slots=True)
class _Held:
    state: State
    message: str


class Announcer:
    """Belongs to one watch. `backend`: moto's CloudWatch; `sns`: a client."""

    def __init__(self, backend: Any, sns: Any) -> None:
        self._backend = backend
        self._sns = sns
        self._since: dict[str, datetime] = {}
        self._left_alarm: dict[str, datetime] = {}
        self._held: dict[str, _Held] = {}

    def announce(self, described: Described, old: State, states: Mapping[str, State], message: str, at: datetime) -> Told:
        """Of an alarm that came from `old` to what `states` says of it now."""
        name = str(described["AlarmName"])
        state = states[name]
        self._since[name] = at
        if old == "ALARM":
            self._left_alarm[name] = at
        self._held.pop(name, None)
        if not described.get(_ACTIONS[state]):
            return Told()
        if not described.get("ActionsEnabled", True):
            return Told(untold=("the alarm's actions are disabled",))
        if kept := self._kept(described, state, states, at):
            if state == "ALARM" or not kept.startswith("muted"):
                self._held[name] = _Held(state, message)
            return Told(kept=kept)
        return self._carried_out(described, state, message, at)

    def release(self, known: Mapping[str, Described], states: Mapping[str, State], at: datetime) -> dict[str, Told]:
        """What was kept back and is told now, by alarm."""
        found: dict[str, Told] = {}
        for name, held in list(self._held.items()):
            if states.get(name) != held.state:
                del self._held[name]
            elif not self._kept(known[name], held.state, states, at):
                del self._held[name]
                found[name] = self._carried_out(known[name], held.state, held.message, at)
        return found

    def _kept(self, described: Described, state: State, states: Mapping[str, State], at: datetime) -> str:
        name = str(described["AlarmName"])
        suppressor = Suppressor.from_request(described)
        why = self._suppressed(name, suppressor, state, states, at) if suppressor else None
        self._show(name, why, suppressor)
        if suppressor and why:
            return f"suppressed by {_name(suppressor)}: {why}"
        rule = muting(self._backend, name, at)
        return f"muted by {rule}" if rule else ""

    def _suppressed(self, name: str, suppressor: Suppressor, state: State, states: Mapping[str, State], at: datetime) -> Suppressed | None:
        other = _name(suppressor)
        if states.get(other) == "ALARM":
            return "Alarm"
        left = self._left_alarm.get(other)
        if left and at < left + timedelta(seconds=suppressor.extension_seconds):
            return "ExtensionPeriod"
        waits = state == "ALARM" and at < self._since[name] + timedelta(seconds=suppressor.wait_seconds)
        return "WaitPeriod" if waits else None

    def _show(self, name: str, why: Suppressed | None, suppressor: Suppressor | None) -> None:
        """In DescribeAlarms."""
        alarm = self._backend.alarms.get(name)
        if alarm is not None and suppressor is not None:
            alarm.ActionsSuppressedBy = why
            alarm.ActionsSuppressedReason = f"Actions suppressed by {_name(suppressor)}" if why else None

    def _carried_out(self, described: Described, state: State, message: str, at: datetime) -> Told:
        name = str(described["AlarmName"])
        told: list[str] = []
        untold: list[str] = []
        for arn in map(str, described.get(_ACTIONS[state]) or ()):
            failure = self._publish(arn, name, state, message) if ":sns:" in arn else "only SNS topics are told here"
            record_action(self._backend, name, arn, at, message=message, failure=failure)
            if failure:
                untold.append(f"{arn}: {failure}")
            else:
                told.append(arn)
        return Told(tuple(told), tuple(untold))

    def _publish(self, arn: str, name: str, state: State, message: str) -> str:
        """What went wrong: a topic that is gone must not stop the watch; whoever reads the history sees it."""
        try:
            self._sns.publish(TopicArn=arn, Subject=subject(name, state, arn.split(":")[3]), Message=message)
        except Exception as error:
            return str(error)
        return ""


def _name(suppressor: Suppressor) -> str:
    return str(suppressor.alarm).rpartition(":alarm:")[2]
