"""Which alarms a drill fires, whom they will tell, and why others are left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
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
    also: ARNs of the topics that composite alarms over it may tell, when it fires. delay_seconds: how long CloudWatch waits for a suppressor
    before it tells anybody (API reference, PutCompositeAlarm: ActionsSuppressorWaitPeriod).
    """

    name: str
    severity: Severity
    composite: bool
    state: State
    topics: tuple[str, ...] = ()
    left_out: str = ""
    through: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    delay_seconds: int = 0

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
    around = _Around(Notifiers(tuple(alarms)), topics, {name: str(rule["Name"]) for rule in muting for name in muted_by(rule)})
    chosen = selection or Selection()
    planned = [_planned(alarm, around) for alarm in alarms if chosen.takes(alarm["AlarmName"])]
    return tuple(sorted(planned, key=lambda each: not each.composite))


@dataclass(frozen=True)
class _Around:
    """What decides about an alarm beside itself. muted: alarm -> the mute rule that keeps it quiet."""

    notifiers: Notifiers
    topics: Mapping[str, Topic]
    muted: Mapping[str, str]

    @cached_property
    def suppressing(self) -> Mapping[str, str]:
        """Alarm -> a composite alarm whose actions it keeps back."""
        return {suppressor: str(each["AlarmName"]) for each in self.notifiers.alarms if (suppressor := _suppressor(each))}

    def above(self, name: str) -> tuple[Described, ...]:
        """The composite alarms that may change with it, and do something then."""
        names = set(self.notifiers.above(name))
        return tuple(each for each in self.notifiers.alarms if each["AlarmName"] in names and each.get("ActionsEnabled", True))


def _planned(alarm: Described, around: _Around) -> Planned:
    name = str(alarm["AlarmName"])
    notifiers = around.notifiers
    told = tuple(arn for arn in actions(alarm) if is_topic(arn))
    left_out = _left_out(alarm, told, around)
    tellers = tuple(each for each in notifiers.of_alarm(name) if each != name)
    parts = children(alarm)
    if not tellers and not told and parts and all(map(notifiers.of_alarm, parts)):
        tellers = tuple(dict.fromkeys(teller for part in parts for teller in notifiers.of_alarm(part)))
    also = dict.fromkeys(arn for each in around.above(name) for arn in actions(each) if is_topic(arn))
    return Planned(
        name,
        severity_of(name),
        "AlarmRule" in alarm,
        alarm["StateValue"],
        told,
        left_out,
        tellers if left_out and not told else (),
        () if left_out else tuple(also),
        int(alarm.get("ActionsSuppressorWaitPeriod") or 0) if _suppressor(alarm) else 0,
    )


def _left_out(alarm: Described, told: Sequence[str], around: _Around) -> str:
    name = str(alarm["AlarmName"])
    # A drill would really scale, stop or start something; also when the state is put back.
    if acting := _beyond_telling(alarm):
        return f"it does more than tell: {acting[0]}"
    if not told:
        return "it tells nobody"
    if not alarm.get("ActionsEnabled", True):
        return "its actions are switched off"
    if name in around.muted:
        return f"it is muted by {around.muted[name]}"
    if alarm.get("ActionsSuppressedBy"):
        return f"it is suppressed by {_suppressor(alarm) or alarm['ActionsSuppressedBy']}"
    for above in around.above(name):
        if acting := _beyond_telling(above):
            return f'it may set off "{above["AlarmName"]}", which does more than tell: {acting[0]}'
    if name in around.suppressing:
        return f'while it is in ALARM, "{around.suppressing[name]}" tells nobody'
    gone = [arn for arn in told if arn in around.topics and around.topics[arn].attributes is None]
    return f"the topic {gone[0].rpartition(':')[2]} does not exist" if len(gone) == len(told) else ""


def _beyond_telling(alarm: Described) -> list[str]:
    """Actions of any state."""
    every = (*actions(alarm), *(alarm.get("OKActions") or ()), *(alarm.get("InsufficientDataActions") or ()))
    return [arn for arn in every if not is_topic(arn)]


def _suppressor(alarm: Described) -> str:
    """The name of the alarm that keeps the actions of a composite alarm back; "" where there is none. It is given by name or by ARN."""
    return str(alarm.get("ActionsSuppressor") or "").rpartition(":alarm:")[2]
