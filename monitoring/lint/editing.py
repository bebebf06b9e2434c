"""Changes to a request that leave the rest of it as it was."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from monitoring.lint.given import Given, Series
from monitoring.lint.knowledge import DYNAMODB
from monitoring.names import Name
from monitoring.statistic import BASIC

Flat = dict[str, Any]
"""One metric in either form: Namespace, MetricName, Dimensions, Stat, Period, Unit."""

_STAT: Final = ("Stat", "Period", "Unit")
_ALONE: Final = ("Namespace", "MetricName", "Dimensions", "Statistic", "ExtendedStatistic", "Period", "Unit")

FORMULA: Final = "result"
METRIC: Final = "m"
ANCHOR: Final = "c"
"""Ids in formulas that are made here."""


def with_metrics(alarm: Given, change: Callable[[Series, Flat], Flat]) -> dict[str, Any]:
    """Each metric of the alarm as `change` makes it."""
    if "Metrics" not in alarm.request:
        [series] = alarm.series
        return _put_alone(alarm.request, change(series, flat_of(alarm)))
    by_id = {series.id: series for series in alarm.series}
    queries: list[dict[str, Any]] = []
    for query in alarm.request["Metrics"]:
        stat = query.get("MetricStat")
        if isinstance(stat, Mapping) and query.get("Id", "?") in by_id:
            flat = change(by_id[query.get("Id", "?")], {**stat["Metric"], **{name: stat[name] for name in _STAT if name in stat}})
            queries.append({**query, "MetricStat": _stat_of(flat)})
        else:
            queries.append(dict(query))
    return {**alarm.request, "Metrics": queries}


def flat_of(alarm: Given) -> Flat:
    """Of the metric that an alarm watches alone."""
    request = alarm.request
    flat = {name: request[name] for name in ("Namespace", "MetricName", "Dimensions", "Period", "Unit") if name in request}
    return flat | {"Stat": request.get("Statistic") or request.get("ExtendedStatistic")}


def as_formula(alarm: Given, text: str, metrics: Mapping[str, Flat]) -> dict[str, Any]:
    """The alarm over a formula instead of over what it watched."""
    kept = {name: value for name, value in alarm.request.items() if name not in (*_ALONE, "Metrics")}
    queries: list[dict[str, Any]] = [{"Id": name, "MetricStat": _stat_of(flat), "ReturnData": False} for name, flat in metrics.items()]
    return {**kept, "Metrics": [*queries, {"Id": FORMULA, "Expression": text, "ReturnData": True}]}


def with_formulas(alarm: Given, change: Callable[[str], str]) -> dict[str, Any]:
    queries = [
        {**query, "Expression": change(query["Expression"])} if isinstance(query.get("Expression"), str) else query
        for query in alarm.request["Metrics"]
    ]
    return {**alarm.request, "Metrics": queries}


def filled(text: str, ids: Iterable[str]) -> str:
    """The formula with these ids as FILL(id,0)."""
    for name in ids:
        text = re.sub(rf"(?<![A-Za-z0-9_.\"'])(?<!FILL\(){re.escape(name)}(?![A-Za-z0-9_(\"'])", f"FILL({name},0)", text)
    return text


def anchor_of(table: Name, period_seconds: int) -> Flat:
    """A metric that has a point every minute, without traffic too. Added as 0 * c it keeps a formula alive when all else is silent."""
    dimensions = [{"Name": "TableName", "Value": table}]
    metric = {"Namespace": DYNAMODB, "MetricName": "ConsumedWriteCapacityUnits", "Dimensions": dimensions}
    return {**metric, "Stat": "Sum", "Period": period_seconds}


def metric_of(name: str, dimensions: Mapping[str, Name], statistic: str, period_seconds: int) -> Flat:
    """One metric of DynamoDB."""
    listed = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return {"Namespace": DYNAMODB, "MetricName": name, "Dimensions": listed, "Stat": statistic, "Period": period_seconds}


def changed(alarm: Given, request: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The request, unless it is the alarm's own."""
    return (request,) if request != alarm.request else ()


def without(flat: Flat, *names: str) -> Flat:
    return {name: value for name, value in flat.items() if name not in names}


def _stat_of(flat: Flat) -> dict[str, Any]:
    return {"Metric": without(flat, *_STAT), **{name: flat[name] for name in _STAT if flat.get(name) is not None}}


def _put_alone(request: Mapping[str, Any], flat: Flat) -> dict[str, Any]:
    kept = {name: value for name, value in request.items() if name not in _ALONE}
    statistic = flat.get("Stat")
    which = {} if statistic is None else {"Statistic" if statistic in BASIC else "ExtendedStatistic": statistic}
    return {**kept, **without(flat, "Stat"), **which}
