"""When a mute rule starts: `cron(...)` or `at(...)` as CloudWatch reads them, and how long it lasts.

Source: botocore, PutAlarmMuteRule: Schedule. What the page leaves open is refused and not guessed: numbers for days of the week, a day of the
month together with a day of the week, ranges that run backwards.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from monitoring.errors import MonitoringError

MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS_OF_WEEK: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
SHORTEST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=15)
LONGEST_EXPRESSION: Final = 256
"""Characters."""

_DURATION: Final = re.compile(r"P(?:(?P<days>\d{1,3})D)?(?:T(?=\d)(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?)?")
_CLOCK: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_NUMBER: Final = re.compile(r"\d{1,2}")


class Field(NamedTuple):
    """One of the five of a cron expression. names: for the values from `least` on. numbers: whether it takes them."""

    what: str
    least: int
    most: int
    names: tuple[str, ...] = ()
    numbers: bool = True


FIELDS: Final = (
    Field("minutes", 0, 59),
    Field("hours", 0, 23),
    Field("day of the month", 1, 31),
    Field("month", 1, 12, MONTHS),
    Field("day of the week", 0, 6, DAYS_OF_WEEK, numbers=False),
)


def _wrong(what: str) -> MonitoringError:
    return MonitoringError("invalid-schedule", what)


@dataclass(frozen=True)
class Cron:
    """A recurring start. Days of the week count from 0, Sunday."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def latest(self, until: datetime) -> datetime | None:
        """The newest start that is not after `until`, which carries its time zone; None where there is none within LONGEST."""
        for back in range(LONGEST.days + 2):
            day = until.date() - timedelta(days=back)
            if day.day not in self.days or day.month not in self.months or day.isoweekday() % 7 not in self.weekdays:
                continue
            for hour in sorted(self.hours, reverse=True):
                for minute in sorted(self.minutes, reverse=True):
                    start = datetime.combine(day, time(hour, minute), until.tzinfo)
                    # In UTC: two times of one zone are compared by their clocks, which jump.
                    if start.astimezone(UTC) <= until.astimezone(UTC):
                        return start
        return None


@dataclass(frozen=True)
class Once:
    """A single start, by the clock of the rule's time zone."""

    clock: datetime

    def latest(self, until: datetime) -> datetime | None:
        start = self.clock.replace(tzinfo=until.tzinfo)
        return start if start.astimezone(UTC) <= until.astimezone(UTC) else None


@cache
def parse_schedule(expression: str) -> Cron | Once:
    """Raises MonitoringError "invalid-schedule"."""
    if len(expression) > LONGEST_EXPRESSION:
        raise _wrong(f"an expression of {len(expression)} characters; at most {LONGEST_EXPRESSION}")
    kind, _, inner = expression.partition("(")
    if kind not in ("cron", "at") or not inner.endswith(")"):
        raise _wrong(f"{expression!r} is neither cron(...), such as cron(0 2 * * SUN), nor at(...), such as at(2026-12-23T00:00)")
    return _cron(inner[:-1]) if kind == "cron" else _once(inner[:-1])


def _once(text: str) -> Once:
    try:
        if _CLOCK.fullmatch(text):
            return Once(datetime.fromisoformat(text))
    except ValueError:
        pass
    raise _wrong(f"at({text}): give a date and a time that exist, as at(yyyy-MM-ddThh:mm)")


def _cron(text: str) -> Cron:
    parts = text.split()
    if len(parts) != len(FIELDS):
        raise _wrong(f"cron({text}) has {len(parts)} fields; it takes {len(FIELDS)}: {', '.join(field.what for field in FIELDS)}")
    minutes, hours, days, months, weekdays = (_values(part, field, text) for part, field in zip(parts, FIELDS, strict=True))
    if parts[2] != "*" and parts[4] != "*":
        raise _wrong(f"cron({text}) names a day of the month and a day of the week; which of them counts is not documented: give one")
    return Cron(minutes, hours, days, months, weekdays)


def _values(part: str, field: Field, text: str) -> frozenset[int]:
    found = set[int]()
    for item in part.split(","):
        if item == "*":
            found |= set(range(field.least, field.most + 1))
            continue
        first, dash, last = item.partition("-")
        low = _value(first, field, text)
        high = _value(last, field, text) if dash else low
        if high < low:
            raise _wrong(f"cron({text}): {item} runs backwards; give two ranges")
        found |= set(range(low, high + 1))
    return frozenset(found)


def _value(word: str, field: Field, text: str) -> int:
    if word in field.names:
        return field.least + field.names.index(word)
    if field.numbers and _NUMBER.fullmatch(word) and field.least <= int(word) <= field.most:
        return int(word)
    names = f"{field.names[0]} to {field.names[-1]}" if field.names else ""
    numbers = f"{field.least} to {field.most}" if field.numbers else ""
    raise _wrong(f"cron({text}): the {field.what} is {word!r}; it takes {' or '.join(filter(None, (numbers, names)))}, *, a-b and a,b")


@cache
def parse_duration(text: str) -> timedelta:
    """ "PT4H", "P2DT12H": from 1 minute to 15 days. Raises MonitoringError "invalid-schedule"."""
    found = _DURATION.fullmatch(text)
    parts: Mapping[str, int] = {name: int(value) for name, value in found.groupdict().items() if value} if found else {}
    length = timedelta(**parts)
    if not parts or not SHORTEST <= length <= LONGEST:
        raise _wrong(f"the duration {text!r}: give PT1M to P15D in days, hours and minutes, such as PT4H or P2DT12H")
    return length


def parse_zone(name: str) -> tzinfo:
    """ "Europe/London". Raises MonitoringError "invalid-schedule"."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise _wrong(f"there is no time zone {name!r}: give one such as UTC or Europe/London") from None
