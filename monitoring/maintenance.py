"""When alarms keep still: while they warm up, in maintenance windows, and while another alarm explains what happens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitoring.actions import Suppressor, WarmUp
from monitoring.alarms import Alarm, CompositeAlarm
from monitoring.mute import MuteWindow


@dataclass(frozen=True)
class Maintenance:
    """windows: in which nobody is told. warm_up: of each new alarm. suppressor: of the composite alarms, where they tell. Default: none of
    them: every alarm watches and tells from its first minute on.
    """

    windows: tuple[MuteWindow, ...] = ()
    warm_up: WarmUp | None = None
    suppressor: Suppressor | None = None

    def over(self, alarms: Sequence[Alarm]) -> tuple[Alarm, ...]:
        """The same alarms with the warm-up."""
        return tuple(alarm if alarm.warm_up == self.warm_up else replace(alarm, warm_up=self.warm_up) for alarm in alarms)

    def over_composites(self, composites: Sequence[CompositeAlarm]) -> tuple[CompositeAlarm, ...]:
        """The same alarms with the suppressor."""
        return tuple(each if each.suppressor == self.suppressor else replace(each, suppressor=self.suppressor) for each in composites)
