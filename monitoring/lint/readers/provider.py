"""The spelling of the AWS provider that Terraform and Pulumi share: the one in snake_case, the other in camelCase."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from monitoring.names import Ref

_OTHERWISE: Final = {
    "OkActions": "OKActions",
    "EvaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
    "Name": "AlarmName",
    "MetricQuery": "Metrics",
    "MetricQueries": "Metrics",
}
"""Where PutMetricAlarm does not simply write it with capitals."""

_ZERO_IS_UNSET: Final = frozenset({"Period", "DatapointsToAlarm", "EvaluationInterval"})


def request_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """A resource's arguments as PutMetricAlarm or PutCompositeAlarm takes them."""
    found = spelt(values)
    if "Dimensions" in found:
        found["Dimensions"] = _dimensions(found["Dimensions"])
    if isinstance(queries := found.get("Metrics"), list):
        found["Metrics"] = [_query(each) for each in cast("list[Any]", queries)]
    suppressor: Any = found.pop("ActionsSuppressor", None)
    if isinstance(suppressor, list):
        suppressor = next(iter(cast("list[Any]", suppressor)), None)
    if isinstance(suppressor, Mapping):
        inner = spelt(cast("Mapping[str, Any]", suppressor))
        renamed = {"Alarm": "ActionsSuppressor", "WaitPeriod": "ActionsSuppressorWaitPeriod"}
        renamed["ExtensionPeriod"] = "ActionsSuppressorExtensionPeriod"
        found.update({renamed[name]: value for name, value in inner.items() if name in renamed})
    return found


def spelt(values: Mapping[str, Any]) -> dict[str, Any]:
    """Names with capitals, without what is not set: null, or what the provider's state has in its place."""
    named = {"".join(part[:1].upper() + part[1:] for part in name.split("_")): value for name, value in values.items()}
    return {
        _OTHERWISE.get(name, name): value
        for name, value in named.items()
        if value not in (None, "") and not (value == 0 and name in _ZERO_IS_UNSET)
    }


def _dimensions(given: Any) -> Any:
    """From name -> value. An unknown whole stays unknown."""
    if not isinstance(given, Mapping):
        return given
    return [{"Name": name, "Value": value} for name, value in cast("Mapping[str, Any]", given).items()]


def _query(given: Any) -> Any:
    """The provider sends ReturnData false where nothing is said, unlike the API."""
    if not isinstance(given, Mapping):
        return given
    query = spelt(cast("Mapping[str, Any]", given))
    query.setdefault("ReturnData", False)
    metric: Any = query.pop("Metric", None)
    if isinstance(metric, Sequence) and not isinstance(metric, str):
        metric = next(iter(cast("Sequence[Any]", metric)), None)
    if isinstance(metric, Ref):
        query["MetricStat"] = metric
    elif isinstance(metric, Mapping):
        stat = spelt(cast("Mapping[str, Any]", metric))
        identity = {name: stat.pop(name) for name in ("Namespace", "MetricName") if name in stat}
        if "Dimensions" in stat:
            identity["Dimensions"] = _dimensions(stat.pop("Dimensions"))
        query["MetricStat"] = {"Metric": identity, **stat}
    return query
