"""Which series alarms watch: compared by what they are, not by how an alarm is called."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from monitoring.errors import MonitoringError
from monitoring.lint import Given, Place
from monitoring.lint.readers.described import given
from monitoring.metrics import Metric
from monitoring.query import Query
from monitoring.syntax import parse

Series = tuple[str, str, frozenset[tuple[str, str]]]
"""Namespace, name, dimensions."""


@dataclass(frozen=True)
class Watched:
    """What a set of alarms watches. alarms: as DescribeAlarms gives them."""

    alarms: tuple[Mapping[str, Any], ...] = field(hash=False)

    @cached_property
    def series(self) -> frozenset[Series]:
        return frozenset(each for alarm in self.alarms for each in series_of(alarm))

    @cached_property
    def queries(self) -> tuple[Query, ...]:
        """Metrics Insights queries; one that cannot be read is left out."""
        return tuple(_queries(self.alarms))

    def holds(self, metric: Metric) -> bool:
        dimensions = {name: str(value) for name, value in metric.dimensions.items()}
        return (metric.namespace, metric.name, frozenset(dimensions.items())) in self.series or any(
            query.takes(metric.namespace, metric.name, dimensions) for query in self.queries
        )


def given_of(alarm: Mapping[str, Any]) -> Given:
    """As the linter sees it."""
    return given(alarm, Place("cloudwatch", str(alarm.get("AlarmArn", alarm["AlarmName"]))))


def series_of(alarm: Mapping[str, Any]) -> Iterator[Series]:
    for each in given_of(alarm).series:
        dimensions = {name: str(value) for name, value in (each.dimensions or {}).items()}
        yield each.namespace or "", each.name or "", frozenset(dimensions.items())


def _queries(alarms: Iterable[Mapping[str, Any]]) -> Iterator[Query]:
    for alarm in alarms:
        for _, formula in given_of(alarm).formulas:
            try:
                tree = parse(formula)
            except MonitoringError:
                continue
            if isinstance(tree, Query):
                yield tree
