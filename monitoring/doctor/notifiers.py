"""Which alarm tells of which: itself, or a composite alarm that asks for it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from monitoring.errors import MonitoringError
from monitoring.rules import children_of

Described = Mapping[str, Any]

SCALING: Final = "autoscaling"
"""The service in the action of an alarm that a scaling policy made: it is no alarm for people, and nobody's to change."""


@dataclass(frozen=True)
class Notifiers:
    """alarms: metric and composite alarms, as DescribeAlarms gives them."""

    alarms: tuple[Described, ...] = field(hash=False)

    @classmethod
    def of(cls, *alarms: Iterable[Described]) -> "Notifiers":
        return cls(tuple(each for some in alarms for each in some))

    @cached_property
    def parents(self) -> Mapping[str, tuple[str, ...]]:
        """Alarm -> composite alarms that ask for it."""
        found: dict[str, list[str]] = {}
        for alarm in self.alarms:
            for child in children(alarm):
                found.setdefault(child, []).append(alarm["AlarmName"])
        return {child: tuple(parents) for child, parents in found.items()}

    def above(self, name: str) -> Iterator[str]:
        """The composite alarms that change with it, nearest first, each once."""
        waiting, seen = list(self.parents.get(name, ())), set[str]()
        while waiting:
            parent = waiting.pop(0)
            if parent not in seen:
                seen.add(parent)
                yield parent
                waiting += self.parents.get(parent, ())

    def of_alarm(self, name: str) -> tuple[str, ...]:
        """Names of the alarms that tell somebody when this one fires."""
        tells = {str(alarm["AlarmName"]) for alarm in self.alarms if enabled_actions(alarm)}
        return tuple(each for each in (name, *self.above(name)) if each in tells)


def actions(alarm: Described) -> tuple[str, ...]:
    """What it does when it fires, switched on or not."""
    return tuple(alarm.get("AlarmActions") or ())


def enabled_actions(alarm: Described) -> tuple[str, ...]:
    return actions(alarm) if alarm.get("ActionsEnabled", True) else ()


def children(alarm: Described) -> tuple[str, ...]:
    """Of a composite alarm; a metric alarm has none."""
    try:
        return children_of(alarm["AlarmRule"]) if "AlarmRule" in alarm else ()
    except MonitoringError:
        return ()


def scales(alarm: Described) -> bool:
    """Whether a scaling policy made it."""
    return any(arn.split(":")[2:3] == [SCALING] for arn in actions(alarm))
