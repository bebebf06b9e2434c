"""The metric catalogue: which series exist, what they carry, and when they are sent. Everything else is built against it.

Hand-kept data with source and date: no machine-readable list of AWS holds all of it.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from monitoring.catalogue import dynamodb, functions, mappings, messages, patterns
from monitoring.catalogue.entry import Emission, Entry, Source
from monitoring.errors import MonitoringError

__all__ = ["CATALOGUE", "Emission", "Entry", "Source", "check", "entries", "entry", "spell"]

CATALOGUE: Final[Mapping[tuple[str, str], Entry]] = {
    (entry.namespace, entry.name): entry
    for entry in (*dynamodb.ENTRIES, *functions.ENTRIES, *mappings.ENTRIES, *messages.ENTRIES, *patterns.ENTRIES)
}

_NAMESPACES: Final = frozenset(namespace for namespace, _ in CATALOGUE)

LONGEST_PERIOD_SECONDS: Final = 86_400


def entry(namespace: str, name: str) -> Entry | None:
    """None: nothing is known of this namespace. Raises MonitoringError "unknown-metric" for an unknown metric of a known one."""
    found = CATALOGUE.get((namespace, name))
    if found is None and namespace in _NAMESPACES:
        names = [known.name for known in entries(namespace)]
        near = ", ".join(get_close_matches(name, names, n=3)) or ", ".join(names)
        raise MonitoringError("unknown-metric", f'{namespace} has no metric "{name}"; nearest: {near}')
    return found


def entries(namespace: str) -> Iterator[Entry]:
    return (known for (space, _), known in CATALOGUE.items() if space == namespace)


def check(namespace: str, name: str, dimensions: frozenset[str], statistic: str, period_seconds: int) -> None:
    """Raises MonitoringError when no series can answer: unknown-metric, or impossible-dimensions, -statistic or -period."""
    if period_seconds < 60 or period_seconds % 60 or period_seconds > LONGEST_PERIOD_SECONDS:
        raise MonitoringError(
            "impossible-period",
            f"{name}: {period_seconds} s is none of 60, 120, 180 ... {LONGEST_PERIOD_SECONDS} s (multiples of a minute)",
        )
    known = entry(namespace, name)
    if known is None:
        return
    if dimensions not in known.dimensions:
        given = spell(dimensions)
        allowed = " or ".join(spell(names) for names in known.dimensions)
        hint = f"; {known.hint}" if known.hint else ""
        raise MonitoringError("impossible-dimensions", f"{name} by {given} has no data: it exists by {allowed}{hint}")
    if not known.allows(statistic):
        allowed = ", ".join(known.allowed_statistics())
        hint = f"; {known.hint}" if known.hint else ""
        raise MonitoringError("impossible-statistic", f"{name} has no useful {statistic}: use {allowed}{hint}")
    if period_seconds % known.period_seconds:
        raise MonitoringError(
            "impossible-period",
            f"{name} has a point every {known.period_seconds} s, so a period of {period_seconds} s is mostly empty: "
            f"use {known.period_seconds} s or a multiple",
        )


def spell(dimensions: frozenset[str]) -> str:
    """ "TableName + Operation": the table first, as people say it."""
    names = sorted(dimensions, key=lambda name: (name != "TableName", name))
    return " + ".join(names) if names else "no dimension at all (account and region)"
