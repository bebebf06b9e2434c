"""What an alarm watches, as CloudWatch writes it: a metric alone, or a list of queries (MetricDataQuery) of which one is returned."""

from collections.abc import Mapping, Sequence
from typing import Any

from monitoring.errors import MonitoringError
from monitoring.metrics import Expression, Metric, Source, period_of
from monitoring.names import with_refs
from monitoring.syntax import uses


def query_of(name: str, source: Source, *, returned: bool) -> dict[str, Any]:
    """One of the Metrics of PutMetricAlarm. returned: it is what the alarm watches."""
    label = {"Label": source.label} if source.label else {}
    if isinstance(source, Metric):
        what = {"MetricStat": source.stat()}
    elif source.query:
        what = {"Expression": with_refs(source.text), "Period": period_of(source)}
    else:
        what = {"Expression": source.text}
    return {"Id": name, **what, **label, "ReturnData": returned}


def metric_in(request: Mapping[str, Any]) -> Metric:
    """Of an alarm over one metric."""
    dimensions = {each["Name"]: each["Value"] for each in request.get("Dimensions") or ()}
    statistic = request.get("Statistic") or request.get("ExtendedStatistic") or "Sum"
    return Metric(request["Namespace"], request["MetricName"], dimensions, statistic, int(request["Period"]))


def source_in(queries: Sequence[Mapping[str, Any]]) -> Source:
    """The one query that is returned, with everything that it needs."""
    known = {query["Id"]: query for query in queries}
    returned = [query for query in queries if query.get("ReturnData", True)]
    if len(returned) != 1:
        raise MonitoringError("invalid-alarm", f"{len(returned)} of its {len(queries)} queries return data; exactly one must")
    return _built(returned[0], known, ())


def _built(query: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], within: tuple[str, ...]) -> Source:
    if query["Id"] in within:
        raise MonitoringError("invalid-formula", f'"{query["Id"]}" is made from itself')
    if stat := query.get("MetricStat"):
        asked = {**stat["Metric"], "Statistic": stat["Stat"], "Period": stat["Period"]}
        metric = metric_in(asked)
        return Metric(metric.namespace, metric.name, metric.dimensions, metric.statistic, metric.period_seconds, query.get("Label"))
    used = uses(query["Expression"])
    wanted = [name for name, other in known.items() if name in used.ids or (used.every and "MetricStat" in other)]
    inner = {name: _built(known[name], known, (*within, query["Id"])) for name in wanted}
    return Expression(query["Expression"], inner, query.get("Label"), query.get("Period"))
