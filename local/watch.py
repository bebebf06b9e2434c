"""CloudWatch's part in the embedded AWS: evaluates the deployed alarms at each tick and tells their topics what changed.

The alarms are read from the embedded AWS and nothing else is known of them, so what is watched is what was deployed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, cast

from local.alarm_history import change_state, cloudwatch, listen, note_contributors
from local.alarm_message import composite_message, metric_message
from local.announcing import Announcer
from local.repairs.alarms import created
from monitoring.alarms import Alarm, CompositeAlarm, State, severity_of
from monitoring.drilled import drill_in
from monitoring.errors import MonitoringError
from monitoring.evaluation import Evaluation, evaluate, evaluate_composite
from monitoring.notification import Reason
from monitoring.samples import Samples

if TYPE_CHECKING:
    from local.alarm_message import Described

LONGEST_REASON = 1023
"""Characters of StateReason (botocore)."""


class Clients(Protocol):
    """What makes clients: the embedded AWS."""

    @property
    def account(self) -> str: ...

    @property
    def region(self) -> str: ...

    def client(self, service: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class StateChange:
    """One alarm's change of state. `told`: ARNs of the topics that were published to; `untold`: why an action was not done; `withheld`: why
    nobody is told yet."""

    at: datetime
    alarm: str
    severity: str
    old: State
    new: State
    reason: str
    told: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    withheld: Reason | None = None

    @property
    def drill(self) -> str:
        """The id of the drill that made it; empty: what was measured did."""
        return drill_in(self.reason)


@dataclass(slots=True)
class _Known:
    """All alarms at this tick, by name."""

    described: dict[str, Described] = field(default_factory=dict[str, "Described"])
    states: dict[str, State] = field(default_factory=dict[str, State])
    changed: list[str] = field(default_factory=list[str])


class Watch:
    """Thread safe. `history` holds every change of state, oldest first. `unread`: alarm -> why it is not evaluated here.

    What SetAlarmState sets is announced at once; at the next tick a metric alarm returns to what it measures. A composite is evaluated
    when it was put, or when one of its alarms changes (API reference, SetAlarmState).
    """

    def __init__(self, aws: Clients, samples: Samples) -> None:
        self._backend = cloudwatch(aws.account, aws.region)
        self._cloudwatch = aws.client("cloudwatch")
        self._announcer = Announcer(self._backend, aws.client("sns"))
        self._samples = samples
        self._evaluated: dict[str, object] = {}
        self._lock = threading.RLock()
        self.history: list[StateChange] = []
        self.states: Mapping[str, State] = {}
        self.unread: dict[str, str] = {}
        listen(self._backend, self._set_from_outside)

    def tick(self, at: datetime) -> tuple[StateChange, ...]:
        """Evaluates every metric alarm, then the composites over the new states. The changes are also added to `history`."""
        with self._lock:
            known = self._known()
            self.unread.clear()
            changes: list[StateChange] = []
            for name, described in known.described.items():
                if "AlarmRule" not in described and (found := self._evaluation(described, known.states[name], at)):
                    alarm, evaluation = found
                    changes.append(self._changed(known, alarm, evaluation, at))
            return self._with_composites(known, changes, at)

    def _set_from_outside(self, name: str, old: State, at: datetime) -> None:
        with self._lock:
            known = self._known()
            known.changed.append(name)
            described, new = known.described[name], known.states[name]
            reason = str(described["StateReason"])
            announce = composite_message if "AlarmRule" in described else metric_message
            message = announce(described, old=old, new=new, reason=reason, at=at)
            self._with_composites(known, [self._announced(known, name, old, reason, message, at)], at)

    def _known(self) -> _Known:
        known = _Known()
        metrics, composites = self.described()
        for alarm in (*metrics, *composites):
            name = str(alarm["AlarmName"])
            known.described[name] = alarm
            known.states[name] = cast("State", alarm["StateValue"])
        return known

    def _evaluation(self, described: Described, state: State, at: datetime) -> tuple[Alarm, Evaluation] | None:
        """None: it stays as it is."""
        try:
            alarm = Alarm.from_request(described)
            found = evaluate(alarm, self._samples, at, state, created=created(self._backend, alarm.name))
        except MonitoringError as error:  # somebody put an alarm that is of a kind, or over metrics, that nothing is known of here
            self.unread[str(described["AlarmName"])] = str(error)
            return None
        if alarm.query and alarm.query.groups:
            note_contributors(self._backend, alarm.name, alarm.query.groups, found.contributors, found.reason, at)
        return (alarm, found) if found.changed else None

    def _with_composites(self, known: _Known, changes: list[StateChange], at: datetime) -> tuple[StateChange, ...]:
        for described in _children_first([each for each in known.described.values() if "AlarmRule" in each]):
            composite = CompositeAlarm.from_request(described)
            configured = described.get("AlarmConfigurationUpdatedTimestamp")
            if self._evaluated.get(composite.name) == configured and not set(composite.children) & set(known.changed):
                continue
            self._evaluated[composite.name] = configured
            state = evaluate_composite(composite, known.states)
            if state != known.states[composite.name]:
                changes.append(self._composite_changed(known, composite, state, at))
        self.history += changes
        self.states = dict(known.states)
        for name, told in self._announcer.release(known.described, known.states, at).items():
            number = max(number for number, change in enumerate(self.history) if change.alarm == name)
            self.history[number] = replace(self.history[number], told=told.told, untold=told.untold, withheld=None)
        return tuple(changes)

    def described(self) -> tuple[list[Described], list[Described]]:
        """The deployed metric alarms and composite alarms, as DescribeAlarms gives them."""
        pages = self._cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        metrics: list[Described] = []
        composites: list[Described] = []
        for page in pages:
            metrics += page.get("MetricAlarms") or ()
            composites += page.get("CompositeAlarms") or ()
        return metrics, composites

    def fired(self) -> tuple[str, ...]:
        """Names of the alarms that were in ALARM at some time, in the order in which they first were."""
        return tuple(dict.fromkeys(change.alarm for change in self.history if change.new == "ALARM"))

    def cleared(self) -> tuple[str, ...]:
        """Names of the alarms that came from ALARM to OK."""
        return tuple(dict.fromkeys(change.alarm for change in self.history if change.old == "ALARM" and change.new == "OK"))

    def _changed(self, known: _Known, alarm: Alarm, found: Evaluation, at: datetime) -> StateChange:
        old = known.states[alarm.name]
        data = {
            "version": "1.0",
            "queryDate": at.isoformat(),
            "startDate": found.datapoints[0].at.isoformat(),
            "period": alarm.period_seconds,
            "recentDatapoints": [point.value for point in found.datapoints if point.value is not None],
            "threshold": alarm.threshold,
        }
        self._set(known, alarm.name, found.state, found.reason, data, at)
        message = metric_message(known.described[alarm.name], old=old, new=found.state, reason=found.reason, at=at)
        return self._announced(known, alarm.name, old, found.reason, message, at)

    def _composite_changed(self, known: _Known, composite: CompositeAlarm, state: State, at: datetime) -> StateChange:
        old = known.states[composite.name]
        children = [{**known.described[name], "StateValue": known.states[name]} for name in composite.children if name in known.changed]
        reason = _composite_reason(str(known.described[composite.name]["AlarmArn"]), state, children, at)
        data = {"triggeringAlarms": [{"arn": child["AlarmArn"], "state": {"value": child["StateValue"]}} for child in children]}
        self._set(known, composite.name, state, reason, data, at)
        message = composite_message(known.described[composite.name], old=old, new=state, reason=reason, at=at, children=children)
        return self._announced(known, composite.name, old, reason, message, at)

    def _set(self, known: _Known, name: str, state: State, reason: str, data: Mapping[str, Any], at: datetime) -> None:
        change_state(self._backend, name, state, reason[:LONGEST_REASON], json.dumps(data), at)
        known.states[name] = state
        known.changed.append(name)

    def _announced(self, known: _Known, name: str, old: State, reason: str, message: str, at: datetime) -> StateChange:
        told = self._announcer.announce(known.described[name], known.states[name], message, at)
        return StateChange(at, name, severity_of(name), old, known.states[name], reason, told.told, told.untold, told.withheld)


def _composite_reason(arn: str, state: State, children: Sequence[Mapping[str, Any]], at: datetime) -> str:
    if not children:
        return f"{arn} was created and its alarm rule evaluates to {state}"
    changed = ", ".join(f"{child['AlarmArn']} transitioned to {child['StateValue']}" for child in children)
    return f"{changed} at {at:%A %d %B, %Y %H:%M:%S} UTC"


def _children_first(composites: Sequence[Described]) -> list[Described]:
    """Composites over other composites come after them. Raises ValueError for a circle, which PutCompositeAlarm would refuse."""
    waiting = {str(one["AlarmName"]): one for one in composites}
    ordered: list[Described] = []
    while waiting:
        ready = [name for name, one in waiting.items() if not set(CompositeAlarm.from_request(one).children) & set(waiting)]
        if not ready:
            raise ValueError(f"composite alarms watch each other in a circle: {', '.join(sorted(waiting))}")
        ordered += [waiting.pop(name) for name in ready]
    return ordered
