"""What an alarm makes of missing points.

Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data" with its two tables, and "Avoiding premature transitions
to alarm state".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from monitoring.alarms import Missing, State

EXTRA_PERIODS: Final = 2
"""AWS retrieves more points than the evaluation periods and does not say how many; its examples have five for three."""


@dataclass(frozen=True)
class Verdict:
    """state: None keeps the one before. used: positions of the real points that decided, oldest first. filled: how many were filled in."""

    state: State | None
    used: tuple[int, ...]
    filled: int


_SILENT: Final[Mapping[Missing, State | None]] = {
    "missing": "INSUFFICIENT_DATA",
    "ignore": None,
    "breaching": "ALARM",
    "notBreaching": "OK",
}


def judge(points: Sequence[bool | None], evaluation_periods: int, datapoints_to_alarm: int, missing: Missing) -> Verdict:
    """points: the evaluation range, oldest first; True is beyond the threshold, None missing.

    With enough real points the newest decide, from further back too, and `missing` does not matter. With too few, all count, and as few as
    possible are filled in.
    """
    real = [number for number, point in enumerate(points) if point is not None]
    used = tuple(real[-evaluation_periods:])
    filled = evaluation_periods - len(used)
    breaching = [number for number in used if points[number]]
    if not real:
        return Verdict(_SILENT[missing], (), filled)
    if len(breaching) >= datapoints_to_alarm:
        return Verdict("ALARM", used, filled)
    if missing == "breaching" and len(breaching) + filled >= datapoints_to_alarm:
        return Verdict("ALARM", used, filled)
    if not filled or missing in ("breaching", "notBreaching") or len(breaching) < len(used):
        return Verdict("OK", used, filled)
    return Verdict(_premature(len(points) - breaching[0], datapoints_to_alarm, missing), used, filled)


def _premature(age: int, datapoints_to_alarm: int, missing: Missing) -> State | None:
    """Too few points, all of them beyond the threshold. age: of the oldest, 1 is the newest period.

    An old one is an alarm, because everything since is beyond or missing; a new one may yet be followed by a good one.
    """
    return "ALARM" if missing == "missing" and age >= datapoints_to_alarm else None
