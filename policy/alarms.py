"""An alarm as a Pulumi program registers it, in the words of the CloudWatch API."""

from collections.abc import Mapping
from typing import Any, Final

# inputs of `aws.cloudwatch.MetricAlarm` whose parameter of PutMetricAlarm is not the same word with a capital
_RENAMED: Final = {
    "name": "AlarmName",
    "okActions": "OKActions",
    "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
}


def metric_alarm_request(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of PutMetricAlarm for the inputs of an `aws.cloudwatch.MetricAlarm`."""
    request = {_RENAMED.get(name, _capital(name)): value for name, value in inputs.items() if value is not None}
    if "Dimensions" in request:
        request["Dimensions"] = _dimensions(request["Dimensions"])
    if "WarmUpConfiguration" in request:
        request["WarmUpConfiguration"] = {_capital(name): value for name, value in request["WarmUpConfiguration"].items()}
    if "MetricQueries" in request:
        request["Metrics"] = [_query(query) for query in request.pop("MetricQueries")]
    return request


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    # The provider sends false where nothing is said, unlike the API.
    result = {"ReturnData": False} | {_capital(name): value for name, value in query.items() if name != "metric" and value is not None}
    metric = query.get("metric")
    if metric:
        identity = {_capital(name): metric[name] for name in ("namespace", "metricName") if metric.get(name) is not None}
        if metric.get("dimensions"):
            identity["Dimensions"] = _dimensions(metric["dimensions"])
        rest = {_capital(name): metric[name] for name in ("period", "stat", "unit") if metric.get(name) is not None}
        result["MetricStat"] = {"Metric": identity, **rest}
    return result


def _dimensions(dimensions: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
