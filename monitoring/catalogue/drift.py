"""What an account has and the catalogue does not know: AWS adds metrics and dimensions without a word."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from monitoring.catalogue import CATALOGUE

NAMESPACES: Final = tuple(dict.fromkeys(namespace for namespace, _ in CATALOGUE))

Kind = Literal["unknown-metric", "unknown-dimensions"]


@dataclass(frozen=True)
class Series:
    """What ListMetrics says of one series, without the values of its dimensions."""

    namespace: str
    name: str
    dimensions: frozenset[str]


@dataclass(frozen=True)
class Drift:
    """kind: the metric is not known at all, or not by these dimensions. count: how many series of the account are like it."""

    kind: Kind
    series: Series
    count: int


def drift(found: Iterable[Series]) -> tuple[Drift, ...]:
    """Each metric and set of dimensions once, in the order of namespace, name and dimensions. Other namespaces than ours do not drift."""
    counted = Counter(series for series in found if series.namespace in NAMESPACES)
    ordered = sorted(counted.items(), key=lambda item: (item[0].namespace, item[0].name, sorted(item[0].dimensions)))
    return tuple(Drift(kind, series, count) for series, count in ordered if (kind := _kind(series)))


def _kind(series: Series) -> Kind | None:
    entry = CATALOGUE.get((series.namespace, series.name))
    if entry is None:
        return "unknown-metric"
    return None if series.dimensions in entry.dimensions else "unknown-dimensions"
