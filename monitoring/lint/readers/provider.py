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
    if isinstance(queries := found.get("Metrics"), Sequence) and not isinstance(queries, str):
        found["Metrics"] = [_query(each) for each in cast("Sequence[Any]", queries)]
    if isinstance(warm_up := _only(found.get("WarmUpConfiguration")), Mapping):
        found["WarmUpConfiguration"] = spelt(cast("Mapping[str, Any]", warm_up))
    suppressor: Any = _only(found.pop("ActionsSuppressor", None))
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


def _only(given: Any) -> Any:
    """What Terraform's state has as a list of one."""
    if isinstance(given, Sequence) and not isinstance(given, str):
        return next(iter(cast("Sequence[Any]", given)), None)
    return given


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
    metric: Any = _only(query.pop("Metric", None))
    if isinstance(metric, Ref):
        query["MetricStat"] = metric
    elif isinstance(metric, Mapping):
        stat = spelt(cast("Mapping[str, Any]", metric))
        identity = {name: stat.pop(name) for name in ("Namespace", "MetricName") if name in stat}
        if "Dimensions" in stat:
            identity["Dimensions"] = _dimensions(stat.pop("Dimensions"))
        query["MetricStat"] = {"Metric": identity, **stat}
    return query
