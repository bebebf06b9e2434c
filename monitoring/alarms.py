"""Alarms as plain data: what CloudWatch would refuse, or could never fire, cannot be built."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

from monitoring.actions import NOBODY, Actions, Suppressor, WarmUp
from monitoring.data_queries import metric_in, query_of, source_in
from monitoring.errors import MonitoringError
from monitoring.metrics import Expression, Metric, Source, metrics_of, period_of
from monitoring.prices import PRICES
from monitoring.query import Query
from monitoring.rules import children_of, size_of
from monitoring.syntax import parse, searches

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
Severity = Literal["page", "ticket", "info"]
Missing = Literal["missing", "ignore", "breaching", "notBreaching"]

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
MISSING: Final[tuple[Missing, ...]] = get_args(Missing)
COMPARISONS: Final = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
"""Comparison operator -> in words. Those of anomaly detection compare with a band, not with a number, and are not offered."""

LONGEST_NAME: Final = 255
LONGEST_DESCRIPTION: Final = 1024
MOST_METRICS: Final = 10
"""In one alarm; cannot be raised. Source: CloudWatch user guide, "CloudWatch service quotas"."""
LONGEST_QUERIED_SECONDS: Final = 10_800
"""Of a Metrics Insights query. Source: CloudWatch user guide, "Limits" of alarms."""
LONGEST_RULE: Final = 10_240
MOST_CHILDREN: Final = 100
MOST_ELEMENTS: Final = 500
"""Of a rule: children, TRUE, FALSE and parentheses. Source of these: botocore, PutCompositeAlarm."""

_SEVERITY_IN_NAME: Final = re.compile(rf"(?:^|\s)({'|'.join(SEVERITIES)}): ")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def severity_of(name: str) -> Severity:
    """The word before the colon in an alarm's name: "shop-dev page: GSI1 is throttled". None there: "info"."""
    found = _SEVERITY_IN_NAME.search(name)
    return cast("Severity", found[1]) if found else "info"


def clause_of(name: str) -> str:
    """What an alarm's name says behind stack and severity: "GSI1 is throttled"."""
    found = _SEVERITY_IN_NAME.search(name)
    return name[found.end() :] if found else name


_OTHER_KINDS: Final = {
    "ThresholdMetricId": "it compares with a band that only CloudWatch learns",
    "EvaluationCriteria": "it asks in PromQL, whose metrics are not known here",
    "WallClockWindow": "its window begins by the clock; only windows that slide are evaluated",
}


@dataclass(frozen=True)
class Alarm:
    """An alarm over one metric, over metric math with at most 10 metrics, or over a Metrics Insights query.

    It fires when datapoints_to_alarm of the newest evaluation_periods are beyond the threshold. recipe: the recipe it was made from, where
    it was. low_samples: what a percentile does with too few measurements. matches: how many metrics a query finds, each of which is paid for.
    Raises MonitoringError "invalid-alarm".
    """

    name: str
    severity: Severity
    description: str
    source: Source
    threshold: float
    comparison: str = "GreaterThanThreshold"
    evaluation_periods: int = 1
    datapoints_to_alarm: int = 1
    missing: Missing = "missing"
    low_samples: Literal["evaluate", "ignore"] = "evaluate"
    actions: Actions = NOBODY
    recipe: str = ""
    warm_up: WarmUp | None = None
    matches: int = 0

    def __post_init__(self) -> None:
        _check_texts(self.name, self.description)
        self._check_source()
        self._check_evaluation()

    def _fail(self, message: str) -> MonitoringError:
        return MonitoringError("invalid-alarm", f"{self.name}: {message}")

    def _check_source(self) -> None:
        metrics = self.metrics
        if len(metrics) > MOST_METRICS:
            raise self._fail(f"{len(metrics)} metrics; at most {MOST_METRICS} are allowed: split it into families of operations")
        if self.query:
            return
        if not metrics and not self._asks:
            raise self._fail("it reads no metric")
        if len({metric.period_seconds for metric in metrics.values()}) > 1:
            raise self._fail("its metrics have different periods; an alarm has one")
        if isinstance(self.source, Expression) and searches(parse(self.source.text)):
            raise self._fail(f"{self.source.text!r} is for charts: an alarm cannot search. Name the metrics, or write a query")
        if isinstance(self.source, Expression) and self.source.kind != "series":
            raise self._fail(f"{self.source.text!r} results in a {self.source.kind}, an alarm watches one series")

    def _check_evaluation(self) -> None:
        if self.comparison not in COMPARISONS:
            raise self._fail(f'the comparison "{self.comparison}" is none of {", ".join(COMPARISONS)}')
        if self.missing not in MISSING:
            raise self._fail(f'missing data as "{self.missing}" is none of {", ".join(MISSING)}')
        if not 1 <= self.datapoints_to_alarm <= self.evaluation_periods:
            raise self._fail(f"{self.datapoints_to_alarm} of {self.evaluation_periods} datapoints: it must be 1 of 1 up to N of N")
        span = self.period_seconds * self.evaluation_periods
        longest = LONGEST_QUERIED_SECONDS if self._asks else 86_400 if self.period_seconds < 3600 else 604_800
        if span > longest:
            what = "a query" if self._asks else f"a period of {self.period_seconds} s"
            raise self._fail(f"it looks back {span} s; at most {longest} s are allowed for {what}")

    @property
    def _asks(self) -> bool:
        """Whether a query is behind it, alone or as an input of metric math."""
        sources = (self.source, *self.source.sources().values()) if isinstance(self.source, Expression) else ()
        return any(isinstance(each, Expression) and each.query for each in sources)

    @property
    def metrics(self) -> dict[str, Metric]:
        """Id -> metric."""
        return metrics_of(self.source)

    @property
    def query(self) -> Query | None:
        """The Metrics Insights query that it watches. With GROUP BY it is in ALARM when any of the series is."""
        return self.source.query if isinstance(self.source, Expression) else None

    @property
    def period_seconds(self) -> int:
        return period_of(self.source)

    @property
    def monthly_usd(self) -> float:
        return round((len(self.metrics) + self.matches) * PRICES.alarm_metric_usd, 2)

    def label(self, scale: float = 1.0) -> str:
        """ "page above 0": how a chart writes the threshold. scale: from the alarm's unit to the chart's."""
        words = {"GreaterThanThreshold": "above", "LessThanThreshold": "below", "LessThanOrEqualToThreshold": "at or below"}
        return f"{self.severity} {words.get(self.comparison, 'at')} {self.threshold * scale:,.10g}"

    def breaches(self, value: float) -> bool:
        match self.comparison:
            case "GreaterThanThreshold":
                return value > self.threshold
            case "GreaterThanOrEqualToThreshold":
                return value >= self.threshold
            case "LessThanThreshold":
                return value < self.threshold
            case _:
                return value <= self.threshold

    def request(self) -> dict[str, Any]:
        """The parameters of PutMetricAlarm, with Names in them. Unit is left out: a wrong one would leave the alarm without data."""
        request: dict[str, Any] = {
            "AlarmName": self.name,
            "AlarmDescription": self.description,
            **self._watched(),
            "Threshold": float(self.threshold),
            "ComparisonOperator": self.comparison,
            "EvaluationPeriods": self.evaluation_periods,
            "DatapointsToAlarm": self.datapoints_to_alarm,
            "TreatMissingData": self.missing,
            **self.actions.request(),
        }
        if self.low_samples == "ignore":
            request["EvaluateLowSampleCountPercentile"] = "ignore"
        if self.warm_up:
            request["WarmUpConfiguration"] = self.warm_up.request()
        return request

    def _watched(self) -> dict[str, Any]:
        if isinstance(self.source, Metric):
            return self.source.alone()
        sources = self.source.sources()
        queries = [query_of(name, source, returned=False) for name, source in sources.items()]
        name = next(name for name in ("result", *(f"result{number}" for number in range(len(sources) + 1))) if name not in sources)
        return {"Metrics": [*queries, query_of(name, self.source, returned=True)]}

    @classmethod
    def from_request(cls, request: Mapping[str, Any]) -> "Alarm":
        """Reads what PutMetricAlarm takes and DescribeAlarms gives. The severity is the word before the colon in the name; none: "info".

        Raises MonitoringError for one that could not work or is of another kind: search, anomaly detection, PromQL, a window by the clock.
        """
        members = {*(name for name in request if request[name] is not None), *(request.get("EvaluationWindow") or ())}
        if other := next((why for member, why in _OTHER_KINDS.items() if member in members), None):
            raise MonitoringError("invalid-alarm", f"{request['AlarmName']}: {other}")
        periods = int(request.get("EvaluationPeriods", 1))
        return cls(
            name=request["AlarmName"],
            severity=severity_of(request["AlarmName"]),
            description=request.get("AlarmDescription", ""),
            source=source_in(request["Metrics"]) if request.get("Metrics") else metric_in(request),
            threshold=float(request.get("Threshold", 0.0)),
            comparison=request["ComparisonOperator"],
            evaluation_periods=periods,
            datapoints_to_alarm=int(request.get("DatapointsToAlarm") or periods),
            missing=request.get("TreatMissingData") or "missing",
            low_samples=request.get("EvaluateLowSampleCountPercentile") or "evaluate",
            actions=Actions.from_request(request),
            warm_up=WarmUp.from_request(request["WarmUpConfiguration"]) if request.get("WarmUpConfiguration") else None,
        )


@dataclass(frozen=True)
class CompositeAlarm:
    """An alarm over the states of others. rule: as in PutCompositeAlarm. suppressor: Default: none.

    instead: it tells in the place of its alarms, which are parts of one question. Default: it tells only where composites are to.

    Raises MonitoringError "invalid-rule" or "invalid-alarm".
    """

    name: str
    severity: Severity
    description: str
    rule: str
    actions: Actions = NOBODY
    suppressor: Suppressor | None = None
    instead: bool = False

    def __post_init__(self) -> None:
        _check_texts(self.name, self.description)
        for what, given, most in (
            ("characters", len(self.rule), LONGEST_RULE),
            ("alarms", len(self.children), MOST_CHILDREN),
            ("elements", size_of(self.rule), MOST_ELEMENTS),
        ):
            if given > most:
                raise MonitoringError("invalid-rule", f"{self.name}: {given} {what} in its rule; at most {most}: split it")

    @property
    def children(self) -> tuple[str, ...]:
        """Names of the alarms that its rule asks for, each once."""
        return children_of(self.rule)

    @property
    def monthly_usd(self) -> float:
        return PRICES.composite_alarm_usd

    def request(self) -> dict[str, Any]:
        """The parameters of PutCompositeAlarm."""
        suppressed = self.suppressor.request() if self.suppressor else {}
        told = self.actions.request()
        return {"AlarmName": self.name, "AlarmDescription": self.description, "AlarmRule": self.rule, **told, **suppressed}

    @classmethod
    def from_request(cls, request: Mapping[str, Any]) -> "CompositeAlarm":
        return cls(
            request["AlarmName"],
            severity_of(request["AlarmName"]),
            request.get("AlarmDescription", ""),
            request["AlarmRule"],
            Actions.from_request(request),
            Suppressor.from_request(request),
        )


def _check_texts(name: str, description: str) -> None:
    if not 1 <= len(name) <= LONGEST_NAME or _CONTROL.search(name):
        raise MonitoringError(
            "invalid-alarm", f"the name {name[:80]!r}: 1 to {LONGEST_NAME} characters without control characters, given {len(name)}"
        )
    if len(description) > LONGEST_DESCRIPTION:
        raise MonitoringError("invalid-alarm", f"{name}: a description of {len(description)} characters; at most {LONGEST_DESCRIPTION}")
