"""Whom an alarm tells of a change of state, and what holds that back: the first minutes of an alarm, and another alarm."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from monitoring.errors import MonitoringError
from monitoring.names import Name

MOST_ACTIONS: Final = 5
"""For one state. Source: botocore, PutMetricAlarm and PutCompositeAlarm."""

LONGEST_WARM_UP: Final = 2880
"""Minutes. Source: botocore, PutMetricAlarm: WarmUpConfiguration."""


@dataclass(frozen=True)
class Actions:
    """ARNs that are told of a change of state. Whoever deploys routes them by severity. Default: nobody is told."""

    alarm: tuple[Name, ...] = ()
    ok: tuple[Name, ...] = ()
    insufficient_data: tuple[Name, ...] = ()
    enabled: bool = True

    def __post_init__(self) -> None:
        for arns in (self.alarm, self.ok, self.insufficient_data):
            if len(arns) > MOST_ACTIONS:
                raise MonitoringError("invalid-alarm", f"{len(arns)} actions for one state; at most {MOST_ACTIONS}")

    def request(self) -> dict[str, Any]:
        given = {"AlarmActions": self.alarm, "OKActions": self.ok, "InsufficientDataActions": self.insufficient_data}
        return {name: list(arns) for name, arns in given.items() if arns} | ({} if self.enabled else {"ActionsEnabled": False})

    @classmethod
    def from_request(cls, request: Mapping[str, Any]) -> "Actions":
        return cls(
            tuple(request.get("AlarmActions") or ()),
            tuple(request.get("OKActions") or ()),
            tuple(request.get("InsufficientDataActions") or ()),
            request.get("ActionsEnabled", True),
        )


NOBODY: Final = Actions()


@dataclass(frozen=True)
class WarmUp:
    """How long a new alarm stays in INSUFFICIENT_DATA and does nothing, 1 to 2,880 minutes. whole: also where it had enough data earlier.
    Default: it begins as soon as it has. Raises MonitoringError "invalid-alarm". Source: CloudWatch user guide, "Alarm warm-up periods".
    """

    minutes: int
    whole: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= LONGEST_WARM_UP:
            raise MonitoringError("invalid-alarm", f"a warm-up of {self.minutes} minutes; 1 to {LONGEST_WARM_UP} are allowed")

    def request(self) -> dict[str, Any]:
        return {"WarmUpPeriodDurationInMinutes": self.minutes, "OnlyStartEvaluatingAfterWarmUpPeriodEnds": self.whole}

    @classmethod
    def from_request(cls, request: Mapping[str, Any]) -> "WarmUp":
        return cls(request["WarmUpPeriodDurationInMinutes"], request.get("OnlyStartEvaluatingAfterWarmUpPeriodEnds") or False)


@dataclass(frozen=True)
class Suppressor:
    """An alarm that, while it is in ALARM, keeps a composite alarm from telling anybody.

    alarm: its name or ARN. wait_seconds: how long the composite holds its message back for the suppressor to fire. extension_seconds: how
    long after the suppressor has cleared. Default: 120 and 180. Raises MonitoringError "invalid-alarm". Source: botocore, PutCompositeAlarm.
    """

    alarm: Name
    wait_seconds: int = 120
    extension_seconds: int = 180

    def __post_init__(self) -> None:
        if not self.alarm or min(self.wait_seconds, self.extension_seconds) < 0:
            raise MonitoringError("invalid-alarm", "a suppressor needs the name of an alarm, and waits of 0 seconds or more")

    def request(self) -> dict[str, Any]:
        return {
            "ActionsSuppressor": self.alarm,
            "ActionsSuppressorWaitPeriod": self.wait_seconds,
            "ActionsSuppressorExtensionPeriod": self.extension_seconds,
        }

    @classmethod
    def from_request(cls, request: Mapping[str, Any]) -> "Suppressor | None":
        alarm = request.get("ActionsSuppressor")
        waits = (request.get(f"ActionsSuppressor{name}Period") or 0 for name in ("Wait", "Extension"))
        return cls(alarm, *waits) if alarm else None
