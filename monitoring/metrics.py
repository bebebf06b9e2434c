"""Metrics and metric math that cannot be built unless CloudWatch could answer them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from monitoring.catalogue import Entry, check, entry
from monitoring.errors import MonitoringError
from monitoring.formulas import Kind, kind_of
from monitoring.names import Name
from monitoring.query import Query
from monitoring.statistic import BASIC
from monitoring.syntax import ID, parse, uses

MOST_DIMENSIONS: Final = 30
"""Source: botocore, Dimensions."""


@dataclass(frozen=True)
class Metric:
    """One series of CloudWatch under one statistic.

    Checked against the catalogue when it is built: MonitoringError "unknown-metric", "impossible-dimensions", "impossible-statistic" or
    "impossible-period". period_seconds: Default: 60. label: how a chart calls it. Default: CloudWatch decides.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, Name] = field(default_factory=dict[str, Name], hash=False)
    statistic: str = "Sum"
    period_seconds: int = 60
    label: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dimensions", MappingProxyType(dict(self.dimensions)))
        if len(self.dimensions) > MOST_DIMENSIONS:
            raise MonitoringError("impossible-dimensions", f"{self.name}: {len(self.dimensions)} dimensions; at most {MOST_DIMENSIONS}")
        if empty := [name for name, value in self.dimensions.items() if not value]:
            raise MonitoringError("impossible-dimensions", f"{self.name}: the dimension {empty[0]} has no value")
        check(self.namespace, self.name, frozenset(self.dimensions), self.statistic, self.period_seconds)

    @property
    def entry(self) -> Entry | None:
        """What the catalogue knows. None: a namespace that it does not hold."""
        return entry(self.namespace, self.name)

    def stat(self) -> dict[str, Any]:
        """MetricStat of GetMetricData and PutMetricAlarm."""
        return {"Metric": self.identity(), "Period": self.period_seconds, "Stat": self.statistic}

    def identity(self) -> dict[str, Any]:
        dimensions = [{"Name": name, "Value": value} for name, value in self.dimensions.items()]
        return {"Namespace": self.namespace, "MetricName": self.name, "Dimensions": dimensions}

    def alone(self) -> dict[str, Any]:
        """The parameters of a PutMetricAlarm that watches this metric and no formula."""
        which = "Statistic" if self.statistic in BASIC else "ExtendedStatistic"
        return {**self.identity(), which: self.statistic, "Period": self.period_seconds}


@dataclass(frozen=True)
class Expression:
    """Metric math over named inputs, or a Metrics Insights query, which has none. Nested expressions share one space of ids, as in
    CloudWatch. period_seconds: of a query or search, which has no metric to take it from. Default: 60.

    Raises MonitoringError "invalid-formula" for a formula that cannot be read, an id that is not there, one that is never used, or two
    meanings of one id.
    """

    text: str
    inputs: Mapping[str, "Metric | Expression"] = field(hash=False)
    label: str | None = field(default=None, compare=False)
    period_seconds: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", MappingProxyType(dict(self.inputs)))
        used = uses(self.text)
        if wrong := [name for name in self.inputs if not ID.fullmatch(name)]:
            raise MonitoringError("invalid-formula", f'"{wrong[0]}" is no id: a small letter, then letters, digits and _')
        if unknown := sorted(used.ids - self.inputs.keys()):
            known = ", ".join(self.inputs) or "none"
            raise MonitoringError("invalid-formula", f'{self.text!r}: nothing has the id "{unknown[0]}"; given are: {known}')
        if not used.every and (unused := [name for name in self.inputs if name not in used.ids]):
            raise MonitoringError("invalid-formula", f'{self.text!r}: "{unused[0]}" is paid for and never used')
        self.sources()

    def sources(self) -> dict[str, "Metric | Expression"]:
        """Every input, also of nested expressions, by id; what is needed comes before what needs it."""
        return dict(self._sources)

    @cached_property
    def _sources(self) -> "Mapping[str, Metric | Expression]":
        found: dict[str, Metric | Expression] = {}
        for name, source in self.inputs.items():
            inner = source.sources() if isinstance(source, Expression) else {}
            for each, meaning in (*inner.items(), (name, source)):
                if found.setdefault(each, meaning) != meaning:
                    raise MonitoringError("invalid-formula", f'{self.text!r}: the id "{each}" stands for two different things')
        return found

    @cached_property
    def queries(self) -> tuple[Query, ...]:
        """The Metrics Insights queries behind it, its own first."""
        inner = (self, *self._sources.values())
        return tuple(each.query for each in inner if isinstance(each, Expression) and each.query)

    @property
    def query(self) -> Query | None:
        """The Metrics Insights query that it is. None: it is metric math."""
        tree = parse(self.text)
        return tree if isinstance(tree, Query) else None

    @property
    def kind(self) -> Kind:
        """Whether it results in a number, a series or a list of series."""
        return kind_of(
            self.text, {name: source.kind if isinstance(source, Expression) else "series" for name, source in self.inputs.items()}
        )


Source = Metric | Expression

MINUTE: Final = 60


def metrics_of(source: Source) -> dict[str, Metric]:
    """The metrics behind it, by id. A metric alone has the id "m"."""
    if isinstance(source, Metric):
        return {"m": source}
    return {name: inner for name, inner in source.sources().items() if isinstance(inner, Metric)}


def queries_of(source: Source) -> tuple[Query, ...]:
    """The Metrics Insights queries behind it."""
    return () if isinstance(source, Metric) else source.queries


def asks_for(source: Source, metric: Metric) -> bool:
    """Whether one of the queries behind it takes this metric."""
    queries = queries_of(source)
    dimensions = {label: str(name) for label, name in metric.dimensions.items()} if queries else {}
    return any(query.takes(metric.namespace, metric.name, dimensions) for query in queries)


def period_of(source: Source) -> int:
    """The longest period of its metrics and queries, in seconds."""
    if isinstance(source, Metric):
        return source.period_seconds
    own = [inner.period_seconds for inner in (source, *source.sources().values()) if inner.period_seconds]
    return max(own, default=MINUTE)
