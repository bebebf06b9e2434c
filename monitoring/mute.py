"""Windows in which alarms keep watching and tell nobody, as PutAlarmMuteRule takes them. Source: botocore, PutAlarmMuteRule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from monitoring.errors import MonitoringError
from monitoring.names import Name
from monitoring.schedule import Once, parse_duration, parse_schedule, parse_zone

MOST_ALARMS: Final = 100
"""In one rule."""
LONGEST_NAME: Final = 255
LONGEST_DESCRIPTION: Final = 1024


@dataclass(frozen=True)
class MuteWindow:
    """expression: `cron(Minutes Hours Day-of-month Month Day-of-week)` or `at(yyyy-MM-ddThh:mm)`, when it begins. duration: ISO 8601, from
    "PT1M" to "P15D". timezone: Default: "UTC". begins, expires: with a zone; before and after them a recurring window is not looked at.
    Default: always. reason: for whoever finds nobody was told. Default: none. Raises MonitoringError "invalid-schedule".

        MuteWindow("cron(0 2 * * SUN)", "PT4H", timezone="Europe/Berlin", reason="weekly maintenance")
    """

    expression: str
    duration: str
    timezone: str = "UTC"
    begins: datetime | None = None
    expires: datetime | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        schedule = parse_schedule(self.expression)
        parse_duration(self.duration)
        parse_zone(self.timezone)
        given = [instant for instant in (self.begins, self.expires) if instant]
        if given and isinstance(schedule, Once):
            raise MonitoringError("invalid-schedule", f"{self.expression} happens once: it takes neither begins nor expires")
        if any(instant.tzinfo is None or instant.second or instant.microsecond for instant in given):
            raise MonitoringError("invalid-schedule", "begins and expires need a time zone, and full minutes")
        if self.begins and self.expires and self.expires <= self.begins:
            raise MonitoringError("invalid-schedule", f"it expires at {self.expires}, before it begins at {self.begins}")
        if len(self.reason) > LONGEST_DESCRIPTION:
            raise MonitoringError("invalid-schedule", f"a reason of {len(self.reason)} characters; at most {LONGEST_DESCRIPTION}")


@dataclass(frozen=True)
class MuteRule:
    """A window over at most 100 alarms. Raises MonitoringError "invalid-schedule"."""

    name: str
    window: MuteWindow
    alarms: tuple[Name, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= LONGEST_NAME:
            raise MonitoringError("invalid-schedule", f"a rule's name has 1 to {LONGEST_NAME} characters, given {len(self.name)}")
        if not 1 <= len(self.alarms) <= MOST_ALARMS:
            raise MonitoringError("invalid-schedule", f"{self.name}: {len(self.alarms)} alarms; a rule takes 1 to {MOST_ALARMS}")

    def request(self) -> dict[str, Any]:
        """The parameters of PutAlarmMuteRule."""
        window = self.window
        request: dict[str, Any] = {
            "Name": self.name,
            "Description": window.reason,
            "Rule": {"Schedule": {"Expression": window.expression, "Duration": window.duration, "Timezone": window.timezone}},
            "MuteTargets": {"AlarmNames": list(self.alarms)},
            "StartDate": _instant(window.begins),
            "ExpireDate": _instant(window.expires),
        }
        return {name: value for name, value in request.items() if value}

    @classmethod
    def from_request(cls, request: Mapping[str, Any]) -> "MuteRule":
        """Reads what PutAlarmMuteRule takes and GetAlarmMuteRule gives."""
        schedule = request["Rule"]["Schedule"]
        targets: Mapping[str, Any] = request.get("MuteTargets") or {}
        return cls(
            request["Name"],
            MuteWindow(
                schedule["Expression"],
                schedule["Duration"],
                schedule.get("Timezone") or "UTC",
                _read(request.get("StartDate")),
                _read(request.get("ExpireDate")),
                request.get("Description") or "",
            ),
            tuple(targets.get("AlarmNames") or ()),
        )


def mute_rules(label: str, windows: Iterable[MuteWindow], alarms: Sequence[Name]) -> tuple[MuteRule, ...]:
    """Of each window as many rules as its alarms need, called "<label> quiet 1" and so on. label: of the stack."""
    parts = [tuple(alarms[start : start + MOST_ALARMS]) for start in range(0, len(alarms), MOST_ALARMS)]
    wanted = [(window, part) for window in windows for part in parts]
    return tuple(MuteRule(f"{label} quiet {number}", window, part) for number, (window, part) in enumerate(wanted, 1))


def muted(window: MuteWindow, at: datetime) -> bool:
    """Whether the window is open at that time, which carries its zone: from its start on, for its duration, its end not included.

    A start on the clock's missing hour is taken by the offset before the jump, one on the doubled hour is its first: not documented.
    """
    if at.tzinfo is None:
        raise MonitoringError("invalid-schedule", f"{at}: a time without a zone is no time")
    if window.expires and at >= window.expires:
        return False
    start = parse_schedule(window.expression).latest(at.astimezone(parse_zone(window.timezone)))
    if start is None or (window.begins and start < window.begins):
        return False
    return at.astimezone(UTC) - start.astimezone(UTC) < parse_duration(window.duration)


def _instant(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def _read(value: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
