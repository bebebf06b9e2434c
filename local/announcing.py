"""Who is told of an alarm's new state, when the rules of `monitoring.notification` let anybody be told.

An action that was held back is carried out when nothing holds it back any more, if the alarm is still in that state and nobody was told of
it. Looked at once a minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.alarm_history import record_action
from local.alarm_message import Described, subject
from local.repairs.alarms import created
from local.repairs.mutes import rules_over
from monitoring.actions import Suppressor, WarmUp
from monitoring.alarms import State
from monitoring.evaluation import INITIAL
from monitoring.names import text
from monitoring.notification import Reason, withheld
from monitoring.rules import alarm_name

_ACTIONS: Mapping[State, str] = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
_SUPPRESSED_BY: Mapping[Reason, str] = {"suppressed": "Alarm", "extended": "ExtensionPeriod", "waiting": "WaitPeriod"}
"""What DescribeAlarms gives as ActionsSuppressedBy."""


@dataclass(frozen=True, slots=True)
class Told:
    """`told`: ARNs that were told. `untold`: why an action could not be carried out. `withheld`: why it was held back; None: it was not."""

    told: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    withheld: Reason | None = None


class Announcer:
    """Belongs to one watch. `backend`: moto's CloudWatch; `sns`: a client."""

    def __init__(self, backend: Any, sns: Any) -> None:
        self._backend = backend
        self._sns = sns
        self._since: dict[str, datetime] = {}
        self._turns: dict[str, list[tuple[datetime, bool]]] = {}
        self._known: dict[str, State] = {}
        self._held: dict[str, str] = {}

    def announce(self, described: Described, state: State, message: str, at: datetime) -> Told:
        """That an alarm has come to this state."""
        name = str(described["AlarmName"])
        self._since[name] = at
        self._turns[name] = [*self._turns.get(name, [])[-1:], (at, state == "ALARM")]
        self._held.pop(name, None)
        if state == self._known.get(name, INITIAL):
            return Told()
        if reason := self._withheld(described, state, at):
            self._held[name] = message
            return Told(withheld=reason if described.get(_ACTIONS[state]) else None)
        return self._carried_out(described, state, message, at)

    def release(self, known: Mapping[str, Described], states: Mapping[str, State], at: datetime) -> dict[str, Told]:
        """What was held back and is told now, by alarm."""
        for gone in self._known.keys() - states.keys():
            del self._known[gone]
        self._held = {name: message for name, message in self._held.items() if name in states}
        free = [name for name in self._held if not self._withheld(known[name], states[name], at)]
        return {name: self._carried_out(known[name], states[name], self._held.pop(name), at) for name in free}

    def _withheld(self, described: Described, state: State, at: datetime) -> Reason | None:
        name = str(described["AlarmName"])
        suppressor = Suppressor.from_request(described)
        warm_up = described.get("WarmUpConfiguration")
        reason = withheld(
            state,
            self._since[name],
            at,
            enabled=described.get("ActionsEnabled", True),
            rules=rules_over(self._backend, name),
            warm_up=WarmUp.from_request(warm_up) if warm_up else None,
            created=created(self._backend, name),
            suppressor=suppressor,
            suppressing=self._turns.get(alarm_name(text(suppressor.alarm)), ()) if suppressor else (),
        )
        if suppressor:  # DescribeAlarms says so
            alarm = self._backend.alarms[name]
            alarm.ActionsSuppressedBy = by = _SUPPRESSED_BY.get(reason) if reason else None
            alarm.ActionsSuppressedReason = f"Actions suppressed by {text(suppressor.alarm)}" if by else None
        return reason

    def _carried_out(self, described: Described, state: State, message: str, at: datetime) -> Told:
        name = str(described["AlarmName"])
        self._known[name] = state
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
