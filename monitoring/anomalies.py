"""Alarms on what CloudWatch has learnt of a metric instead of a threshold: whether it is outside the band that it had at such times before."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from monitoring.actions import NOBODY, Actions
from monitoring.alarms import Alarm, Missing, Severity
from monitoring.data_queries import query_of
from monitoring.errors import MonitoringError
from monitoring.metrics import Expression, Metric, Source
from monitoring.prices import PRICES

COMPARISONS: Final = {
    "GreaterThanUpperThreshold": "above the band",
    "LessThanLowerThreshold": "below the band",
    "LessThanLowerOrGreaterThanUpperThreshold": "outside the band",
}
"""Comparison operator -> in words. Source: botocore, PutMetricAlarm."""

BAND: Final = "band"
WATCHED: Final = "watched"
USUAL_DEVIATIONS: Final = 2.0
"""Where ANOMALY_DETECTION_BAND has no second argument. Source: CloudWatch user guide, "Metric math syntax and functions"."""
MORE_METRICS: Final = 2
"""Beside what is watched: the upper and the lower bound are paid for as metrics. Source: Amazon CloudWatch pricing."""

_BAND: Final = re.compile(r"\s*ANOMALY_DETECTION_BAND\s*\(\s*(?P<id>[a-z][A-Za-z0-9_]*)\s*(?:,\s*(?P<deviations>[\d.]+)\s*)?\)\s*")


@dataclass(frozen=True)
class AnomalyAlarm:
    """deviations: half the width of the band, in standard deviations; more are less sensitive. Default: 2.

    Nothing evaluates it offline: the band is CloudWatch's own, learnt from up to two weeks of the metric, and there is none before.
    Raises MonitoringError "invalid-alarm".
    """

    name: str
    severity: Severity
    description: str
    source: Source
    comparison: str = "GreaterThanUpperThreshold"
    deviations: float = USUAL_DEVIATIONS
    evaluation_periods: int = 1
    datapoints_to_alarm: int = 1
    missing: Missing = "missing"
    actions: Actions = NOBODY
    recipe: str = ""

    def __post_init__(self) -> None:
        if self.comparison not in COMPARISONS:
            raise self._fail(f'the comparison "{self.comparison}" is none of {", ".join(COMPARISONS)}')
        if self.deviations <= 0:
            raise self._fail(f"a band of {self.deviations:g} standard deviations: it must be above 0")
        if taken := {BAND, WATCHED} & self._sources().keys():
            raise self._fail(f'"{min(taken)}" is an id of its own: call the metric otherwise')
        self._plain().request()

    def _fail(self, message: str) -> MonitoringError:
        return MonitoringError("invalid-alarm", f"{self.name}: {message}")

    def _plain(self) -> Alarm:
        """On the same numbers with a threshold: what that one cannot have, this one cannot either."""
        return Alarm(
            name=self.name,
            severity=self.severity,
            description=self.description,
            source=self.source,
            threshold=0.0,
            evaluation_periods=self.evaluation_periods,
            datapoints_to_alarm=self.datapoints_to_alarm,
            missing=self.missing,
            actions=self.actions,
            recipe=self.recipe,
        )

    @property
    def metrics(self) -> dict[str, Metric]:
        """Id -> metric."""
        return self._plain().metrics

    @property
    def monthly_usd(self) -> float:
        return round((len(self.metrics) + MORE_METRICS) * PRICES.alarm_metric_usd, 2)

    def request(self) -> dict[str, Any]:
        """The parameters of PutMetricAlarm, with Names in them. What is watched and its band both return data."""
        band = f"ANOMALY_DETECTION_BAND({WATCHED}, {self.deviations:g})"
        common = {name: value for name, value in self._plain().request().items() if name in _COMMON}
        return {
            **common,
            "ComparisonOperator": self.comparison,
            "ThresholdMetricId": BAND,
            "Metrics": [
                *(query_of(name, source, returned=False) for name, source in self._sources().items()),
                query_of(WATCHED, self.source, returned=True),
                {"Id": BAND, "Expression": band, "Label": "usual", "ReturnData": True},
            ],
        }

    def _sources(self) -> dict[str, Source]:
        """What is watched is made of, by id."""
        return dict(self.source.sources()) if isinstance(self.source, Expression) else {}

    @classmethod
    def from_request(cls, request: Mapping[str, Any]) -> "AnomalyAlarm":
        """Reads what PutMetricAlarm takes and DescribeAlarms gives. Raises MonitoringError for an alarm without a band, or that could not work."""
        name = request["AlarmName"]
        queries = {query["Id"]: query for query in request.get("Metrics") or ()}
        band = _BAND.fullmatch(queries.get(request.get("ThresholdMetricId"), {}).get("Expression") or "")
        if band is None or band["id"] not in queries:
            raise MonitoringError("invalid-alarm", f"{name}: its ThresholdMetricId names no ANOMALY_DETECTION_BAND of one of its queries")
        watched = [
            {**query, "ReturnData": query["Id"] == band["id"]} for query in queries.values() if query["Id"] != request["ThresholdMetricId"]
        ]
        read = {name: value for name, value in request.items() if name != "ThresholdMetricId"}
        plain = Alarm.from_request({**read, "Metrics": watched, "ComparisonOperator": "GreaterThanThreshold"})
        return cls(
            name=plain.name,
            severity=plain.severity,
            description=plain.description,
            source=plain.source,
            comparison=request["ComparisonOperator"],
            deviations=float(band["deviations"] or USUAL_DEVIATIONS),
            evaluation_periods=plain.evaluation_periods,
            datapoints_to_alarm=plain.datapoints_to_alarm,
            missing=plain.missing,
            actions=plain.actions,
        )


_COMMON: Final = (
    "AlarmName",
    "AlarmDescription",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "TreatMissingData",
    "AlarmActions",
    "OKActions",
    "InsufficientDataActions",
    "ActionsEnabled",
)
"""What a band and a threshold have in common."""
