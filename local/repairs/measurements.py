"""CloudWatch's metrics, answered from what was measured here instead of what was put."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from local.calls import Refusal
from local.metric_queries import MOST_DATAPOINTS, AskedMetric, answer, page, points_of, span
from local.paging import paged, place
from local.patches import Patch, Repair, memory
from local.repairs.clock import now
from monitoring.catalogue import CATALOGUE
from monitoring.measured import MINUTE
from monitoring.samples import Samples

LISTED_AT_ONCE = 500
RECENTLY = timedelta(hours=3)
FORGOTTEN = timedelta(weeks=2)
"""ListMetrics names what had data within this time."""
MOST_STATISTICS = 1440
"""Datapoints of one GetMetricStatistics."""


def samples_of(backend: Any) -> Samples:
    """What this CloudWatch has measured; each region has its own."""
    return memory(backend).setdefault("samples", Samples())


def keep_in(samples: Samples, account: str, region: str) -> None:
    """Has CloudWatch of this region answer from these samples."""
    from moto.cloudwatch.models import cloudwatch_backends

    memory(cloudwatch_backends[account][region])["samples"] = samples


def _get_metric_data(_: object) -> Callable[[Any], Any]:
    def get_metric_data(handler: Any) -> Any:
        asked = handler.params
        most = min(MOST_DATAPOINTS, int(asked.get("MaxDatapoints") or MOST_DATAPOINTS))
        samples = samples_of(handler.cloudwatch_backend)
        results = answer(list(asked["MetricDataQueries"]), samples, asked["StartTime"], asked["EndTime"])
        newest_first = asked.get("ScanBy", "TimestampDescending") == "TimestampDescending"
        shown, following = page(results, place(asked.get("NextToken")), most, newest_first=newest_first)
        return _result({"MetricDataResults": shown, "Messages": [], "NextToken": None if following is None else str(following)})

    return get_metric_data


def _get_metric_statistics(_: object) -> Callable[[Any], Any]:
    def get_metric_statistics(handler: Any) -> Any:
        asked = handler.params
        statistics = [*(asked.get("Statistics") or ()), *(asked.get("ExtendedStatistics") or ())]
        if not statistics:
            raise Refusal("InvalidParameterCombination", "Must specify either Statistics or ExtendedStatistics")
        start, end = span(asked["StartTime"], asked["EndTime"])
        period = int(asked["Period"])
        if (count := -(-(end - start).total_seconds() // period)) > MOST_STATISTICS:
            message = (
                f"You have requested up to {count:,.0f} datapoints, which exceeds the limit of {MOST_STATISTICS:,}. "
                "You may reduce the datapoints requested by increasing Period, or decreasing the time range."
            )
            raise Refusal("InvalidParameterCombination", message)
        known = CATALOGUE.get((asked["Namespace"], asked["MetricName"]))
        datapoints: dict[datetime, dict[str, Any]] = {}
        for statistic in statistics:
            metric = AskedMetric.of(asked, statistic, period)
            for time, value in points_of(metric, samples_of(handler.cloudwatch_backend), start, end).items():
                point = datapoints.setdefault(time, {"Timestamp": time, "Unit": known.unit if known else "None"})
                if statistic in (asked.get("Statistics") or ()):
                    point[statistic] = value
                else:
                    point.setdefault("ExtendedStatistics", {})[statistic] = value
        return _result({"Label": asked["MetricName"], "Datapoints": list(datapoints.values())})

    return get_metric_statistics


def _list_metrics(_: object) -> Callable[[Any], Any]:
    def list_metrics(handler: Any) -> Any:
        asked = handler.params
        samples = samples_of(handler.cloudwatch_backend)
        since = RECENTLY if asked.get("RecentlyActive") else FORGOTTEN
        found = [
            {"Namespace": namespace, "MetricName": name, "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()]}
            for namespace, name, dimensions in samples.metrics()
            if _wanted(asked, namespace, name, dimensions) and _active(samples, namespace, name, dimensions, since)
        ]
        shown, following = paged(found, asked.get("NextToken"), LISTED_AT_ONCE)
        return _result({"Metrics": shown, "NextToken": following})

    return list_metrics


def _wanted(asked: Mapping[str, Any], namespace: str, name: str, dimensions: Mapping[str, str]) -> bool:
    """A filter without a value asks for the dimension; a metric may have others beside those that are asked for."""
    filters = cast("Sequence[Mapping[str, str]]", asked.get("Dimensions") or ())
    return (
        asked.get("Namespace") in (None, namespace)
        and asked.get("MetricName") in (None, name)
        and all(each["Name"] in dimensions and each.get("Value") in (None, dimensions[each["Name"]]) for each in filters)
    )


def _active(samples: Samples, namespace: str, name: str, dimensions: Mapping[str, str], within: timedelta) -> bool:
    at = now()
    return bool(samples.counts(AskedMetric(namespace, name, dimensions), at - within, at + timedelta(seconds=MINUTE)))


def _put_metric_data(original: Callable[..., None]) -> Callable[..., None]:
    def put_metric_data(backend: Any, namespace: str, metric_data: Sequence[Mapping[str, Any]]) -> None:
        if namespace.startswith("AWS/"):
            raise Refusal("InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid.")
        original(backend, namespace, metric_data)
        for datum in metric_data:
            dimensions = {str(each["Name"]): str(each["Value"]) for each in datum.get("Dimensions") or ()}
            at = datum.get("Timestamp") or now()
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            for value, count in _values(datum):
                samples_of(backend).record(namespace, datum["MetricName"], dimensions, at, value, count)

    return put_metric_data


def _values(datum: Mapping[str, Any]) -> list[tuple[float, int]]:
    """Values with how often they were measured; of a statistic set, values that have its count, sum, minimum and maximum."""
    if datum.get("Values"):
        counts = datum.get("Counts") or [1] * len(datum["Values"])
        return [(float(value), int(count)) for value, count in zip(datum["Values"], counts, strict=True)]
    if not (stated := datum.get("StatisticValues")):
        return [(float(datum.get("Value", 0.0)), 1)]
    least, most, total, count = (float(stated[name]) for name in ("Minimum", "Maximum", "Sum", "SampleCount"))
    if count < 2:
        return [(total, 1)]
    between = int(count) - 2
    return [(least, 1), (most, 1), *([((total - least - most) / between, between)] if between else [])]


def _result(members: Mapping[str, Any]) -> Any:
    from moto.core.responses import ActionResult

    return ActionResult({name: value for name, value in members.items() if value is not None})


def _patches() -> Sequence[Patch]:
    from moto.cloudwatch.models import CloudWatchBackend
    from moto.cloudwatch.responses import CloudWatchResponse

    return (
        Patch(CloudWatchResponse, "get_metric_data", _get_metric_data),
        Patch(CloudWatchResponse, "get_metric_statistics", _get_metric_statistics),
        Patch(CloudWatchResponse, "list_metrics", _list_metrics),
        Patch(CloudWatchBackend, "put_metric_data", _put_metric_data),
    )


MEASUREMENTS = Repair(
    "measurements",
    "moto knows only metrics that were put, no percentile, no metric math, and answers an expression with nothing; "
    "CloudWatch answers from what its services measure, with every statistic and metric math",
    _patches,
)
