"""An alarm as somebody gave it. Nothing is refused here: what is wrong with it is what the rules look for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, cast

from monitoring.names import Name, Ref

METRIC_PARAMETERS: Final = (
    "AlarmName",
    "AlarmDescription",
    "ActionsEnabled",
    "OKActions",
    "AlarmActions",
    "InsufficientDataActions",
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Dimensions",
    "Period",
    "Unit",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "EvaluateLowSampleCountPercentile",
    "Metrics",
    "ThresholdMetricId",
    "EvaluationWindow",
    "WarmUpConfiguration",
    "EvaluationCriteria",
    "EvaluationInterval",
    "ActionConfiguration",
    "Tags",
)
COMPOSITE_PARAMETERS: Final = (
    "AlarmName",
    "AlarmDescription",
    "AlarmRule",
    "ActionsEnabled",
    "OKActions",
    "AlarmActions",
    "InsufficientDataActions",
    "ActionsSuppressor",
    "ActionsSuppressorWaitPeriod",
    "ActionsSuppressorExtensionPeriod",
    "ActionConfiguration",
    "Tags",
)
"""What PutMetricAlarm and PutCompositeAlarm take. Source: botocore."""

ALONE: Final = ""
"""In the place of an id, for the metric that an alarm watches without a formula."""


@dataclass(frozen=True)
class Place:
    """file: as the caller named it. path: where in it, a JSON pointer or a resource's address. line: from 1. Default: not known."""

    file: str
    path: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Series:
    """One metric as it was asked for. None: not given, not readable, or not known before deployment.

    dimensions: name -> value; None where not even the names are known.
    """

    id: str
    namespace: str | None
    name: str | None
    dimensions: Mapping[str, Name] | None = field(hash=False)
    statistic: str | None
    period_seconds: int | None
    unit: str | None

    def __str__(self) -> str:
        """ "ThrottledRequests", or "m1 (ThrottledRequests)" in a formula."""
        return f"{self.name}" if self.id == ALONE else f"{self.id} ({self.name})"


@dataclass(frozen=True)
class Query:
    """An entry of Metrics. formula: None where it is a metric, or not known. returned: None where it is not known."""

    id: str | None
    series: Series | None
    formula: str | None
    returned: bool | None


@dataclass(frozen=True)
class Given:
    """request: as PutMetricAlarm or PutCompositeAlarm spells it, without what is empty; a Ref stands for what only deployment knows.

    label: its name, or what its file calls it.
    """

    label: str
    place: Place
    request: Mapping[str, Any] = field(hash=False)

    @property
    def composite(self) -> bool:
        return "AlarmRule" in self.request

    @property
    def promql(self) -> bool:
        """Asked in another language: nothing is known of its metrics."""
        return "EvaluationCriteria" in self.request

    @property
    def by_the_clock(self) -> bool:
        """Looks at the hour or the day, not at the newest periods."""
        window: Any = self.request.get("EvaluationWindow")
        return isinstance(window, Mapping) and "WallClockWindow" in window

    @property
    def insights(self) -> bool:
        """Whether a Metrics Insights query is in it: "SELECT ..."."""
        return any((query.formula or "").lstrip().upper().startswith("SELECT") for query in self.queries)

    @property
    def anomaly(self) -> bool:
        """Compares with a band of anomaly detection, not with a number."""
        return "ThresholdMetricId" in self.request

    @property
    def rule(self) -> str | None:
        return text(self.request.get("AlarmRule"))

    @property
    def periods(self) -> int | None:
        """N of "M of N"."""
        return whole(self.request.get("EvaluationPeriods"))

    @property
    def datapoints(self) -> int | None:
        """M of "M of N". Default: N."""
        return whole(self.request["DatapointsToAlarm"]) if "DatapointsToAlarm" in self.request else self.periods

    @property
    def missing(self) -> str | None:
        """None where it is not known."""
        return text(self.request.get("TreatMissingData", "missing"))

    @property
    def comparison(self) -> str:
        return text(self.request.get("ComparisonOperator")) or ""

    @property
    def threshold(self) -> float | None:
        return number(self.request.get("Threshold"))

    @cached_property
    def queries(self) -> tuple[Query, ...]:
        """Metrics, or the metric that it watches alone. Nothing where their number is only known after deployment."""
        if "Metrics" not in self.request:
            alone = _series(ALONE, self.request, self.request, self.request.get("Statistic") or self.request.get("ExtendedStatistic"))
            return (Query(ALONE, alone, None, returned=True),) if "MetricName" in self.request else ()
        given = self.request["Metrics"]
        if not isinstance(given, Sequence) or not all(isinstance(each, Mapping) for each in cast("Sequence[Any]", given)):
            return ()
        return tuple(_query(each) for each in cast("Sequence[Mapping[str, Any]]", given))

    @property
    def series(self) -> Iterator[Series]:
        return (query.series for query in self.queries if query.series)

    @property
    def formulas(self) -> Iterator[tuple[str | None, str]]:
        """Id and text of each formula that is known."""
        return ((query.id, query.formula) for query in self.queries if query.formula is not None)

    @property
    def period_seconds(self) -> int | None:
        """The alarm's period. None where it has none that is known, or several."""
        found = {series.period_seconds for series in self.series}
        return found.pop() if len(found) == 1 else None


def text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def number(value: Any) -> float | None:
    """Templates may write numbers as texts."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def whole(value: Any) -> int | None:
    found = number(value)
    return int(found) if found is not None and found.is_integer() else None


def known(value: Any) -> bool:
    return not isinstance(value, Ref)


def dimensions_of(given: Any) -> dict[str, Name] | None:
    """From [{"Name", "Value"}]. None where a name, or their number, is not known."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        return None
    found: dict[str, Name] = {}
    for each in cast("Sequence[Any]", given):
        pair: Mapping[str, Any] = cast("Mapping[str, Any]", each) if isinstance(each, Mapping) else {}
        name, value = pair.get("Name"), pair.get("Value", "")
        if not isinstance(name, str):
            return None
        found[name] = value if isinstance(value, Ref) else str(value)
    return found


def _query(given: Mapping[str, Any]) -> Query:
    name = text(given.get("Id"))
    stat: Any = given.get("MetricStat")
    returned: Any = given.get("ReturnData", True)
    if isinstance(returned, str):
        returned = returned.lower() == "true"
    series = None
    if isinstance(stat, Mapping):
        asked = cast("Mapping[str, Any]", stat)
        metric: Any = asked.get("Metric", {})
        series = _series(name or "?", cast("Mapping[str, Any]", metric) if isinstance(metric, Mapping) else {}, asked, asked.get("Stat"))
    return Query(name, series, text(given.get("Expression")), returned if isinstance(returned, bool) else None)


def _series(name: str, metric: Mapping[str, Any], asked: Mapping[str, Any], statistic: Any) -> Series:
    return Series(
        id=name,
        namespace=text(metric.get("Namespace")),
        name=text(metric.get("MetricName")),
        dimensions=dimensions_of(metric.get("Dimensions", ())),
        statistic=text(statistic),
        period_seconds=whole(asked.get("Period")),
        unit=text(asked.get("Unit")),
    )
