"""Which alarms a drill fires, whom they will tell, and why others are left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitoring.alarms import Severity, State, clause_of, severity_of
from monitoring.doctor.checks.alarms import muted_by
from monitoring.doctor.notifiers import Notifiers, actions, children
from monitoring.doctor.topics import Topic, is_topic

Described = Mapping[str, Any]


@dataclass(frozen=True)
class Planned:
    """One alarm of the drill. state: before it. topics: ARNs that it tells.

    left_out: why it is not fired, as a clause; "" where it is. through: the alarms that tell in its place, where it does not tell itself.
    """

    name: str
    severity: Severity
    composite: bool
    state: State
    topics: tuple[str, ...] = ()
    left_out: str = ""
    through: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it was in ALARM before the drill: for a reason that is real."""
        return self.state == "ALARM"


@dataclass(frozen=True)
class Selection:
    """only: names of alarms, or what stands in them behind the severity. severities: only these. Default of both: all."""

    only: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()

    def takes(self, name: str) -> bool:
        named = not self.only or name in self.only or clause_of(name) in self.only
        return named and (not self.severities or severity_of(name) in self.severities)

    def unknown(self, names: Sequence[str]) -> tuple[str, ...]:
        """What was asked for and names no alarm."""
        known = {*names, *map(clause_of, names)}
        return tuple(name for name in self.only if name not in known)


def plan_of(
    alarms: Sequence[Described], topics: Mapping[str, Topic], muting: Sequence[Described] = (), selection: Selection | None = None
) -> tuple[Planned, ...]:
    """alarms: metric and composite ones, as DescribeAlarms gives them, without those of scaling policies. topics: those that are known, by
    ARN. muting: mute rules that are active, as GetAlarmMuteRule gives them.

    Composites come first: one that is in ALARM already, because an alarm of its rule is, would tell nothing.
    """
    notifiers = Notifiers(tuple(alarms))
    muted = {name: str(rule["Name"]) for rule in muting for name in muted_by(rule)}
    chosen = selection or Selection()
    planned = [_planned(alarm, notifiers, topics, muted) for alarm in alarms if chosen.takes(alarm["AlarmName"])]
    return tuple(sorted(planned, key=lambda each: not each.composite))


def _planned(alarm: Described, notifiers: Notifiers, topics: Mapping[str, Topic], muted: Mapping[str, str]) -> Planned:
    name = str(alarm["AlarmName"])
    told = tuple(arn for arn in actions(alarm) if is_topic(arn))
    left_out = _left_out(alarm, told, topics, muted)
    tellers = tuple(each for each in notifiers.of_alarm(name) if each != name)
    parts = children(alarm)
    if not tellers and not told and parts and all(map(notifiers.of_alarm, parts)):
        tellers = tuple(dict.fromkeys(teller for part in parts for teller in notifiers.of_alarm(part)))
    through = tellers if left_out and not told else ()
    return Planned(name, severity_of(name), "AlarmRule" in alarm, alarm["StateValue"], told, left_out, through)


def _left_out(alarm: Described, told: Sequence[str], topics: Mapping[str, Topic], muted: Mapping[str, str]) -> str:
    name = str(alarm["AlarmName"])
    every = (*actions(alarm), *(alarm.get("OKActions") or ()), *(alarm.get("InsufficientDataActions") or ()))
    # A drill would really scale, stop or start something; also when the state is put back.
    if acting := [arn for arn in every if not is_topic(arn)]:
        return f"it does more than tell: {acting[0]}"
    if not told:
        return "it tells nobody"
    if not alarm.get("ActionsEnabled", True):
        return "its actions are switched off"
    if name in muted:
        return f"it is muted by {muted[name]}"
    if alarm.get("ActionsSuppressedBy"):
        suppressor = str(alarm.get("ActionsSuppressor") or "").rpartition(":alarm:")[2]
        return f"it is suppressed by {suppressor or alarm['ActionsSuppressedBy']}"
    gone = [arn for arn in told if arn in topics and topics[arn].attributes is None]
    return f"the topic {gone[0].rpartition(':')[2]} does not exist" if len(gone) == len(told) else ""
