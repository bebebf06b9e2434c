"""SingleTable: what functions themselves measure of their access patterns, where they publish it. Nothing of AWS is in this namespace."""

from datetime import date
from typing import Final

from monitoring.catalogue.entry import Emission, Entry, Source
from singletable.metered import DIMENSIONS, LATENCY, NAMESPACE, READ_UNITS, REFUSED, UNITS, WRITE_UNITS

__all__ = ["ENTRIES", "NAMESPACE"]

_PATTERNS: Final = Source("the functions of the stack, metrics of access patterns", date(2026, 11, 25))
_PATTERN: Final = (frozenset(DIMENSIONS),)


def _entry(name: str, statistics: frozenset[str], emission: Emission, meaning: str, unit: str = "Count") -> Entry:
    return Entry(NAMESPACE, name, _PATTERN, statistics, 60, unit, emission, meaning, _PATTERNS)


ENTRIES: Final = (
    _entry(
        LATENCY,
        frozenset({"SampleCount", "Average", "Minimum", "Maximum", "p"}),
        Emission.WHILE_ACTIVE,
        "from the call of a pattern to its answer, with network, retries and the waits between them; its SampleCount is the number of calls",
        UNITS[LATENCY],
    ),
    _entry(READ_UNITS, frozenset({"Sum", "Average", "Maximum"}), Emission.WHILE_ACTIVE, "read units that the calls of a pattern used"),
    _entry(WRITE_UNITS, frozenset({"Sum", "Average", "Maximum"}), Emission.WHILE_ACTIVE, "write units that the calls of a pattern used"),
    _entry(REFUSED, frozenset({"Sum", "SampleCount"}), Emission.ON_EVENT, "calls of a pattern that DynamoDB refused to the end"),
)
