"""The legend of a chart is its readout: what each line is now, and what it was at most. Lines at which nothing happened are one entry."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.colours import MUTED
from monitoring.render.figures import in_words, number
from monitoring.render.readings import Reading


@dataclass(frozen=True)
class Entry:
    """label: of the line, or "4 others". readings: those behind it. peak: empty where it says no more than `now`.

    dotted: zero by definition.
    """

    colour: str
    label: str
    now: str
    peak: str
    dotted: bool
    readings: tuple[Reading, ...]


def legend(given: Sequence[Reading]) -> tuple[Entry, ...]:
    """In the order of the lines; those without anything but zeros are put together at the end, where there are several."""
    quiet = [reading for reading in given if reading.is_quiet and reading.newest is not None]
    if len(quiet) < 2:
        return tuple(_entry(reading) for reading in given)
    loud = [_entry(reading) for reading in given if reading not in quiet]
    count = in_words(len(quiet))
    label = f"{count} others" if loud else f"all {count}" if len(quiet) > 2 else " and ".join(reading.line.label for reading in quiet)
    dotted = all(reading.is_by_definition for reading in quiet)
    return (*loud, Entry(MUTED, label, "0", "", dotted, tuple(quiet)))


def _entry(reading: Reading) -> Entry:
    now = number(reading.newest)
    peak = number(reading.peak[1]) if reading.peak else now
    return Entry(reading.colour, reading.line.label, now, "" if peak == now else peak, reading.is_by_definition, (reading,))


def spoken(given: Sequence[Reading]) -> str:
    """For who cannot see it."""
    return "; ".join(f"{each.label} {each.now}" + (f", at most {each.peak}" if each.peak else "") for each in legend(given))
