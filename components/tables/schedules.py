"""Bounds of an autoscaled capacity that change with the clock: a fair that opens, a night in which nobody comes."""

import re
from dataclasses import dataclass
from typing import Any

from components.checks import check_least
from components.errors import InvalidArgument
from monitoring import MonitoringError
from monitoring.schedule import parse_zone

_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
_CRON_FIELDS = 6
_CRON = re.compile(r"cron\((\S+(?: \S+)*)\)")
_AT = re.compile(r"at\(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\)")
_RATE = re.compile(r"rate\([1-9]\d* (minute|minutes|hour|hours|day|days)\)")


@dataclass(frozen=True)
class Schedule:
    """From this time on, other bounds. They stay until another schedule changes them: give the evening one too.

    name: letters, digits and dashes, once in a capacity. when: "cron(0 7 ? * MON-FRI *)", "at(2026-11-27T00:00:00)" or "rate(1 day)", the forms
    of Application Auto Scaling (API reference, PutScheduledAction). minimum, maximum: units; one of them or both. timezone: of cron and at,
    as the IANA database names it. Default: "UTC".
    """

    name: str
    when: str
    minimum: int | None = None
    maximum: int | None = None
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InvalidArgument(f"a schedule is called {self.name!r}: 1 to 64 letters, digits and dashes are allowed")
        if not _is_time(self.when):
            raise InvalidArgument(
                f"schedule {self.name} is for {self.when!r}: cron(MINUTES HOURS DAY-OF-MONTH MONTH DAY-OF-WEEK YEAR), "
                "at(YYYY-MM-DDTHH:MM:SS) or rate(N minutes|hours|days) is allowed"
            )
        if self.minimum is None and self.maximum is None:
            raise InvalidArgument(f"schedule {self.name} changes nothing: give a minimum, a maximum or both")
        for bound, units in (("minimum", self.minimum), ("maximum", self.maximum)):
            if units is not None:
                check_least(f"the {bound} of schedule {self.name}", units, 1)
        try:
            parse_zone(self.timezone)
        except MonitoringError as error:
            raise InvalidArgument(f"schedule {self.name}: {error.message}") from None

    def action(self) -> dict[str, Any]:
        """Arguments of aws.appautoscaling.ScheduledAction beside the target's."""
        bounds = {"min_capacity": self.minimum, "max_capacity": self.maximum}
        return {
            "schedule": self.when,
            "timezone": self.timezone,
            "scalable_target_action": {name: units for name, units in bounds.items() if units is not None},
        }


def _is_time(text: str) -> bool:
    cron = _CRON.fullmatch(text)
    if cron:
        return len(cron[1].split()) == _CRON_FIELDS
    return bool(_AT.fullmatch(text) or _RATE.fullmatch(text))
