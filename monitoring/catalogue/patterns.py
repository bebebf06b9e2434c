"""SingleTable: what functions themselves measure of their access patterns, where they publish it. Its names are the kit's own."""

from datetime import date
from typing import Final

from monitoring.catalogue.entry import Emission, Entry, Source
from singletable import metered

NAMESPACE: Final = metered.NAMESPACE

_PATTERNS: Final = Source("singletable.metered of this project", date(2026, 11, 25))
_PATTERN: Final = (frozenset(metered.DIMENSIONS),)
_DURATION: Final = frozenset({"SampleCount", "Average", "Minimum", "Maximum", "p"})
_UNITS: Final = frozenset({"Sum", "Average", "Maximum"})
_COUNT: Final = frozenset({"Sum", "SampleCount"})


def _entry(name: str, statistics: frozenset[str], emission: Emission, meaning: str) -> Entry:
    return Entry(NAMESPACE, name, _PATTERN, statistics, 60, metered.UNITS.get(name, "Count"), emission, meaning, _PATTERNS)


ENTRIES: Final = (
    _entry(
        metered.LATENCY,
        _DURATION,
        Emission.WHILE_ACTIVE,
        "how long the caller of a pattern waited, with network, every request and retry; SampleCount is the number of answered calls",
    ),
    _entry(metered.READ_UNITS, _UNITS, Emission.WHILE_ACTIVE, "read units that the calls of a pattern used"),
    _entry(metered.WRITE_UNITS, _UNITS, Emission.WHILE_ACTIVE, "write units that the calls of a pattern used"),
    _entry(metered.REFUSED, _COUNT, Emission.ON_EVENT, "calls of a pattern that were throttled until the client gave up"),
)
