"""What the alarms of a stack watch. An alarm counts only where `monitoring` can read it: others could never fire, or are refused by AWS."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UnknownValueError

from monitoring.alarms import Alarm
from monitoring.errors import MonitoringError
from monitoring.lint.readers.provider import request_of
from monitoring.metrics import Expression, Metric
from monitoring.query import Query
from policy.properties import has

# Inputs that decide when an alarm fires: who is told may be unknown in a preview without making the alarm unknown.
_DECIDING: Final = (
    "name",
    "namespace",
    "metricName",
    "dimensions",
    "statistic",
    "extendedStatistic",
    "period",
    "metricQueries",
    "threshold",
    "comparisonOperator",
    "evaluationPeriods",
    "datapointsToAlarm",
    "treatMissingData",
)

Series = tuple[str, str, frozenset[tuple[str, str]]]
"""Namespace, name, dimensions."""


@dataclass(frozen=True)
class Alarms:
    """series and queries: what working alarms that fire above a threshold watch, the latter by Metrics Insights.

    silent: alarms that could never fire, and why. unknown: URN of what an alarm is made from that is not known yet -> what is not known.
    """

    series: frozenset[Series]
    queries: tuple[Query, ...]
    silent: tuple[str, ...]
    unknown: Mapping[str, UnknownValueError]

    def see(self, metrics: Iterable[Metric]) -> bool:
        """Whether an alarm watches at least one of these."""
        return any(self._sees(metric) for metric in metrics)

    def _sees(self, metric: Metric) -> bool:
        found = _series(metric)
        return found in self.series or any(query.takes(found[0], found[1], dict(found[2])) for query in self.queries)

    @property
    def not_counted(self) -> str:
        """A sentence about those that are silent; nothing where there are none."""
        return f". Not counted: {'; '.join(self.silent)}" if self.silent else ""


def alarms_of(resources: Iterable[PolicyResource]) -> Alarms:
    """resources: metric alarms."""
    working: list[Alarm] = []
    silent: list[str] = []
    unknown: dict[str, UnknownValueError] = {}
    for resource in resources:
        try:
            working.append(_read(resource))
        except UnknownValueError as error:
            for dependencies in (resource.dependencies, *resource.property_dependencies.values()):
                unknown |= {dependency.urn: error for dependency in dependencies}
        except (MonitoringError, KeyError) as error:
            silent.append(f"{resource.name} ({error})")
    above = [alarm for alarm in working if alarm.comparison.startswith("GreaterThan")]
    series = frozenset(_series(metric) for alarm in above for metric in alarm.metrics.values())
    return Alarms(series, tuple(query for alarm in above for query in _queries(alarm)), tuple(silent), unknown)


def _read(resource: PolicyResource) -> Alarm:
    inputs = {name: resource.props[name] for name in _DECIDING if has(resource.props, name)}
    return Alarm.from_request(request_of({"name": resource.name, **inputs}))


def _series(metric: Metric) -> Series:
    return metric.namespace, metric.name, frozenset((name, str(value)) for name, value in metric.dimensions.items())


def _queries(alarm: Alarm) -> Iterator[Query]:
    """Alone, or inside a formula."""
    sources = (alarm.source, *alarm.source.sources().values()) if isinstance(alarm.source, Expression) else ()
    return (each.query for each in sources if isinstance(each, Expression) and each.query)
