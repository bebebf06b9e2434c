"""Alarms, composite alarms and dashboard of a stack as JSON has them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from monitoring.alarms import SEVERITIES, Alarm, CompositeAlarm, severity_of
from monitoring.anomalies import COMPARISONS as BEYOND
from monitoring.anomalies import AnomalyAlarm
from monitoring.dashboard import Dashboard, dashboard_for
from monitoring.lint.given import Given
from monitoring.lint.output.report import plain
from monitoring.lint.output.text import summary
from monitoring.measures import ANCHOR
from monitoring.metrics import period_of, queries_of
from monitoring.options import RECIPES, Options
from monitoring.prices import PRICES
from monitoring.recipes import alarms_for, anomalies_for, composites_for
from monitoring.runbooks.facts import counted, firing_of
from monitoring.subjects import Stack
from monitoring.widgets import Chart, Widget

Listing = Mapping[str, Any]
"""stack, monthly_usd (in US dollars), prices, alarms, composites, dashboard (None where there is none).

Alarms come by severity, pages first. `request` holds the parameters of PutMetricAlarm that decide when an alarm fires; a name that only
deployment knows is "<what it refers to>".
"""

_NOT_DECIDING: Final = ("AlarmName", "AlarmDescription", "AlarmActions", "OKActions", "InsufficientDataActions", "Tags")


def listing(stack: Stack, options: Options | None = None) -> Listing:
    """Default options: Options(). Raises MonitoringError "invalid-option" for options that speak of what the stack does not have."""
    alarms = sorted(alarms_for(stack, options), key=lambda alarm: SEVERITIES.index(alarm.severity))
    anomalies = anomalies_for(stack, options)
    composites = composites_for(stack, (*alarms, *anomalies))
    dashboard = dashboard_for(stack, alarms, composites)
    watching = (*map(_alarm, alarms), *map(_anomaly, anomalies))
    return _listing(stack.label, watching, map(_composite, composites), _dashboard(dashboard))


def listing_of_alarms(name: str, given: Iterable[Given]) -> Listing:
    """Of any alarms, as `monitoring.lint` reads them: there is no dashboard, and the severity is the word before the colon in a name."""
    everything = sorted(given, key=lambda each: SEVERITIES.index(severity_of(each.label)))
    alarms = (_given_alarm(each) for each in everything if not each.composite)
    return _listing(name, alarms, (_given_composite(each) for each in everything if each.composite), None)


def _listing(
    name: str, alarms: Iterable[Mapping[str, Any]], composites: Iterable[Mapping[str, Any]], dashboard: Mapping[str, Any] | None
) -> Listing:
    metric, composite = list(alarms), list(composites)
    priced = [*metric, *composite, *([dashboard] if dashboard else [])]
    return {
        "stack": name,
        "monthly_usd": round(sum(each["monthly_usd"] for each in priced), 2),
        "prices": {"source": PRICES.source, "as_of": PRICES.as_of.isoformat()},
        "alarms": metric,
        "composites": composite,
        "dashboard": dashboard,
    }


def _alarm(alarm: Alarm) -> Mapping[str, Any]:
    return {
        "name": alarm.name,
        "severity": alarm.severity,
        "recipe": alarm.recipe,
        "watches": _watched(alarm),
        "fires": firing_of(alarm, RECIPES[alarm.recipe]),
        "description": alarm.description,
        "monthly_usd": alarm.monthly_usd,
        "request": _deciding(alarm.request()),
    }


def _anomaly(alarm: AnomalyAlarm) -> Mapping[str, Any]:
    how = counted(alarm.datapoints_to_alarm, alarm.evaluation_periods, period_of(alarm.source))
    return {
        "name": alarm.name,
        "severity": alarm.severity,
        "recipe": alarm.recipe,
        "watches": _watched(alarm),
        "fires": f"{BEYOND[alarm.comparison]} {how}",
        "description": alarm.description,
        "monthly_usd": alarm.monthly_usd,
        "request": _deciding(alarm.request()),
    }


def _given_alarm(given: Given) -> Mapping[str, Any]:
    names = dict.fromkeys(series.name or "?" for series in given.series)
    return {
        "name": given.label,
        "severity": severity_of(given.label),
        "watches": ", ".join(names) or "what only deployment knows",
        "fires": summary(given.request) if names else "",
        "description": str(given.request.get("AlarmDescription", "")),
        "monthly_usd": round(len(tuple(given.series)) * PRICES.alarm_metric_usd, 2),
        "request": _deciding(given.request),
    }


def _composite(composite: CompositeAlarm) -> Mapping[str, Any]:
    return {
        "name": composite.name,
        "severity": composite.severity,
        "watches": f"{len(composite.children)} alarms",
        "description": composite.description,
        "monthly_usd": composite.monthly_usd,
        "request": _deciding(composite.request()),
    }


def _given_composite(given: Given) -> Mapping[str, Any]:
    return {
        "name": given.label,
        "severity": severity_of(given.label),
        "watches": "other alarms",
        "description": str(given.request.get("AlarmDescription", "")),
        "monthly_usd": PRICES.composite_alarm_usd,
        "request": _deciding(given.request),
    }


def _deciding(request: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in request.items() if name not in _NOT_DECIDING}


def _dashboard(dashboard: Dashboard) -> Mapping[str, Any]:
    charts = [placed.widget.title for placed in dashboard.widgets if isinstance(placed.widget, Chart)]
    widgets = [_widget(placed.widget) for placed in dashboard.widgets]
    return {"name": dashboard.name, "charts": charts, "widgets": widgets, "monthly_usd": dashboard.monthly_usd}


_KINDS: Final = {"metric": "chart", "alarm": "alarms", "log": "log table"}
"""CloudWatch's word for a type of widget -> ours, where it is another."""


def _widget(widget: Widget) -> Mapping[str, Any]:
    """A text, which has no title, is called by its first line."""
    body = widget.body()
    properties = plain(body["properties"])
    title = properties.get("title") or properties.get("markdown", "").partition("\n")[0].strip("# ")
    return {"title": title, "kind": _KINDS.get(body["type"], body["type"]), "properties": properties}


def _watched(alarm: Alarm | AnomalyAlarm) -> str:
    """ "ReadThrottleEvents, WriteThrottleEvents of GSI1": without the metric that only keeps a formula supplied with data."""
    found: dict[str, list[str]] = {query.metric: ["by a query"] for query in queries_of(alarm.source)}
    for name, metric in alarm.metrics.items():
        if name == ANCHOR:
            continue
        detail = metric.dimensions.get("Operation")
        found.setdefault(metric.name, []).extend([str(detail)] if detail else [])
    indexes = {
        str(metric.dimensions["GlobalSecondaryIndexName"])
        for metric in alarm.metrics.values()
        if "GlobalSecondaryIndexName" in metric.dimensions
    }
    names = ", ".join(f"{name} ({', '.join(dict.fromkeys(operations))})" if operations else name for name, operations in found.items())
    return f"{names} of {', '.join(sorted(indexes))}" if indexes else names
