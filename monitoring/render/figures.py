"""Numbers and times as people read them: thousands with commas, UTC with 24 hours, no figure more precise than it is useful."""

from datetime import datetime
from typing import Final


def number(value: float | None) -> str:
    """At most three digits after the first that matters: 24,469; 27.3; 0.05. None: a dash."""
    if value is None:
        return "\N{EM DASH}"
    size = abs(value)
    if size >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 1 else f"{value:.2g}"


def short(value: float) -> str:
    """At an axis: with commas; from a million on "2.5M"."""
    for size, letter in ((1e9, "G"), (1e6, "M")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def clock(at: datetime) -> str:
    return at.strftime("%H:%M")


def span(since: datetime, until: datetime | None, now: datetime) -> str:
    """ "14:35 to 14:46, 11 min" or "since 14:49, 11 min"."""
    minutes = round(((until or now) - since).total_seconds() / 60)
    return f"{clock(since)} to {clock(until)}, {minutes} min" if until else f"since {clock(since)}, {minutes} min"


def with_unit(figures: str, unit: str) -> str:
    """ "27.3 ms", "80%", "10% of all"."""
    return f"{figures}{unit}" if unit.startswith("%") else f"{figures} {unit}".rstrip()


_WORDS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def in_words(count: int) -> str:
    return _WORDS[count] if count < len(_WORDS) else f"{count:,}"
