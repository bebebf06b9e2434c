"""How far the catalogue may be held against somebody's alarm: only what is known for certain accuses."""

from difflib import get_close_matches
from typing import Final

from monitoring.catalogue import CATALOGUE, Entry, entries
from monitoring.lint.given import Series

NAMESPACES: Final = frozenset(namespace for namespace, _ in CATALOGUE)
"""Everything else is left alone."""

DYNAMODB: Final = "AWS/DynamoDB"

ALL_METRICS: Final = frozenset({DYNAMODB, "AWS/SQS"})
"""Namespaces of which one page names every metric, and the catalogue has them. Lambda's and SNS's stand on many pages."""

ALL_DIMENSIONS: Final = frozenset({DYNAMODB, "AWS/SQS"})
"""Namespaces of which it has every set of dimensions. In the others only a misspelt dimension is certain."""

UNSETTLED_DIMENSIONS: Final = frozenset({"Verb", "OperationType", "StreamLabel", "Source"})
"""The pages name them beside the sets of a metric and do not say with which metrics each goes."""

NEAR: Final = 0.8
"""How much alike two names are of which one is taken for a misspelling of the other."""


def entry_of(series: Series) -> Entry | None:
    """None: nothing is known of it."""
    return CATALOGUE.get((series.namespace or "", series.name or ""))


def near_metric(namespace: str, name: str) -> str | None:
    """The metric of the namespace that somebody will have meant. In an incomplete one only another spelling of the same word."""
    names = {known.name for known in entries(namespace)}
    if namespace in ALL_METRICS:
        return nearest(name, names)
    same = {_bare(known): known for known in names}
    return same.get(_bare(name))


def nearest(name: str, names: frozenset[str] | set[str], least: float = NEAR) -> str | None:
    """Capitals do not count."""
    lowered = {known.lower(): known for known in sorted(names)}
    found = get_close_matches(name.lower(), lowered, n=1, cutoff=least)
    return lowered[found[0]] if found else None


def misspelt(dimension: str, entry: Entry) -> str | None:
    """The dimension of this metric that was meant: the same with other capitals, a part of it, or nearly the same."""
    names = frozenset[str]().union(*entry.dimensions)
    if dimension in names:
        return None
    begins = [name for name in sorted(names) if name.lower().startswith(dimension.lower()) and len(dimension) >= 5]
    return begins[0] if begins else nearest(dimension, names)


def _bare(name: str) -> str:
    return name.lower().removesuffix("s")
