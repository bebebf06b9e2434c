"""The drill itself: fire, listen, read the history, put back."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from monitoring.alarms import State
from monitoring.doctor.topics import Topic
from monitoring.drill.history import Noted, read_history
from monitoring.drill.outcome import Delivery, Outcome
from monitoring.drill.plan import Planned
from monitoring.drill.probe import Heard, Probe, is_probe
from monitoring.drill.undisturbed import undisturbed
from monitoring.drilled import reason_of
from monitoring.errors import MonitoringError
from monitoring.live import Account, CallRefused
from monitoring.live.deployed import MOST_DESCRIBED
from monitoring.rules import holds

WAIT_SECONDS: Final = 60
"""For the last message: SNS delivers within seconds."""

Described = Mapping[str, Any]


@dataclass
class Exercise:
    """account, alarms: as DescribeAlarms gave them before. plan: what is to be fired. topics: by ARN. probe: open.

    wait_seconds: how long it listens after the last alarm was fired, or after CloudWatch has waited for its suppressor. clock: seconds that
    only grow. told: hears of each step. left: afterwards, the alarms that still have the drill's state, or may have it.
    """

    account: Account
    alarms: Sequence[Described]
    plan: Sequence[Planned]
    topics: Mapping[str, Topic]
    probe: Probe
    wait_seconds: float = WAIT_SECONDS
    clock: Callable[[], float] = time.monotonic
    told: Callable[[str], object] = lambda _words: None
    left: tuple[str, ...] = ()
    _touched: list[str] = field(default_factory=list[str])
    """Alarms whose state may be the drill's."""
    _fired: dict[str, float] = field(default_factory=dict[str, float])
    _failures: dict[str, str] = field(default_factory=dict[str, str])
    _arrived: dict[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])

    @property
    def reason(self) -> str:
        """Of every change that the drill makes; its id tells them from others."""
        return reason_of(self.probe.id)

    def run(self) -> tuple[Outcome, ...]:
        """One outcome for each alarm of the plan. States are put back whatever happens, also when it is interrupted."""
        noted: dict[str, Noted] = {}
        try:
            self._fire()
            self._listen()
            self.told("reading the history of each")
            noted = {each.name: self._history(each) for each in self._firing()}
        finally:
            with undisturbed():
                self.left = self._put_back()
        return tuple(self._outcome(each, noted.get(each.name, Noted()), each.name not in self.left) for each in self.plan)

    def _firing(self) -> Iterator[Planned]:
        return (each for each in self.plan if each.name in self._fired)

    def _fire(self) -> None:
        due = [each for each in self.plan if not each.left_out]
        for number, each in enumerate(due, 1):
            self.told(f"firing {number} of {len(due)}: {each.name}")
            # Before it is done, so that it is put back also when the answer never arrives.
            self._touched.append(each.name)
            try:
                if each.open:
                    # Only a change of state tells anybody.
                    self._set(each.name, "OK")
                self._set(each.name, "ALARM")
                self._fired[each.name] = self.clock()
            except CallRefused as error:
                self._failures[each.name] = error.message
            self._hear(self.probe.receive(0))

    def _set(self, alarm: str, state: State) -> None:
        self.account.ask("cloudwatch", "SetAlarmState", AlarmName=alarm, StateValue=state, StateReason=self.reason)

    def _hear(self, messages: Sequence[Heard]) -> None:
        now = self.clock()
        for message in messages:
            if message.state == "ALARM" and self.probe.id in message.reason:
                self._arrived.setdefault((message.alarm, message.topic), now)

    def _listen(self) -> None:
        end = self.clock() + self.wait_seconds + max((each.delay_seconds for each in self._firing()), default=0)
        while (waiting := self._missing()) and (left := end - self.clock()) > 0:
            self.told(f"listening: {len(self._arrived)} messages, {len(waiting)} to come, {left:.0f} s left")
            self._hear(self.probe.receive(max(1, round(left))))

    def _missing(self) -> list[tuple[str, str]]:
        expected = [(each.name, topic) for each in self._firing() for topic in each.topics if topic not in self.probe.unheard]
        return [each for each in expected if each not in self._arrived]

    def _history(self, each: Planned) -> Noted:
        try:
            return read_history(self.account, each.name, each.composite, self.probe.id, each.topics)
        except CallRefused:
            # The probe knows too; only that CloudWatch says so itself is missing then.
            return Noted()

    # Putting back

    def _put_back(self) -> tuple[str, ...]:
        """The alarms that still have the drill's state. One that is in ALARM for another reason stays: it is real."""
        if not self._touched:
            return ()
        before: dict[str, State] = {str(alarm["AlarmName"]): alarm["StateValue"] for alarm in self.alarms}
        try:
            drilled = self._drilled(before)
            for number, name in enumerate(drilled, 1):
                self.told(f"putting states back: {number} of {len(drilled)}")
                self._try_to_set(name, before[name])
            self._put_composites_back(before)
            return self._drilled(before)
        except MonitoringError:
            # Nobody answers.
            return tuple(self._touched)

    def _drilled(self, before: Mapping[str, State]) -> tuple[str, ...]:
        """Those in another state than before, by the drill. All that were touched, where the states may not be read."""
        try:
            now = list(self._now(self._touched))
        except CallRefused:
            return tuple(self._touched)
        return tuple(
            str(alarm["AlarmName"])
            for alarm in now
            if alarm["StateValue"] != before[alarm["AlarmName"]] and self.probe.id in str(alarm.get("StateReason", ""))
        )

    def _put_composites_back(self, before: Mapping[str, State]) -> None:
        """Those that followed, to what their rules say: a composite alarm is not sure to return by itself (CloudWatch API reference,
        SetAlarmState). One that was in ALARM before is none of ours.
        """
        try:
            now = {str(alarm["AlarmName"]): alarm for alarm in self._now(list(before))}
        except CallRefused:
            return
        states = {name: str(alarm["StateValue"]) for name, alarm in now.items()}
        for name, alarm in now.items():
            if "AlarmRule" in alarm and before[name] != "ALARM" and states[name] == "ALARM" and not _holds(alarm["AlarmRule"], states):
                self._try_to_set(name, "OK")

    def _try_to_set(self, alarm: str, state: State) -> None:
        try:
            self._set(alarm, state)
        except CallRefused as error:
            self._failures.setdefault(alarm, error.message)

    def _now(self, names: Sequence[str]) -> Iterator[Described]:
        for start in range(0, len(names), MOST_DESCRIBED):
            some = list(names[start : start + MOST_DESCRIBED])
            for kind in ("MetricAlarm", "CompositeAlarm"):
                yield from self.account.pages("cloudwatch", "DescribeAlarms", f"{kind}s", AlarmNames=some, AlarmTypes=[kind])

    # What comes of it

    def _outcome(self, each: Planned, noted: Noted, restored: bool) -> Outcome:
        if each.name not in self._fired:
            return Outcome(each, failure=self._failures.get(each.name, ""))
        deliveries = tuple(self._delivery(each, topic, noted) for topic in each.topics)
        return Outcome(each, deliveries, noted.fired, restored, self._failures.get(each.name, ""))

    def _delivery(self, each: Planned, topic: str, noted: Noted) -> Delivery:
        arrived = self._arrived.get((each.name, topic))
        known = self.topics.get(topic)
        people = known.people if known else None
        listeners = len([one for one in known.confirmed if not is_probe(one.queue)]) if known else 0
        return Delivery(
            topic,
            None if arrived is None else max(0.0, arrived - self._fired[each.name]),
            noted.executed.get(topic),
            people,
            None if people is None else listeners - people,
            self.probe.unheard.get(topic, ""),
        )


def _holds(rule: str, states: Mapping[str, str]) -> bool:
    """What cannot be said holds: then nothing is changed."""
    try:
        return holds(rule, states)
    except MonitoringError:
        return True
