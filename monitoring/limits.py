"""What CloudWatch would refuse in a dashboard, or draw wrongly without a word.

Source: CloudWatch API reference, "Dashboard Body Structure and Syntax"; CloudWatch user guide, "CloudWatch service quotas".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from monitoring.errors import MonitoringError
from monitoring.names import Template
from monitoring.widgets import lines_of

COLUMNS: Final = 24
TALLEST: Final = 1000
MOST_WIDGETS: Final = 500
MOST_METRICS_IN_WIDGET: Final = 500
MOST_METRICS: Final = 2500
"""In one dashboard, hidden ones included."""
MOST_ALARMS_IN_WIDGET: Final = 100

VIEWS: Final = ("timeSeries", "singleValue", "gauge", "bar", "pie", "table")
MOST_VARIABLES: Final = 25
MOST_CHOICES: Final = 500
LONGEST_VARIABLE_ID: Final = 32
LONGEST_VARIABLE_LABEL: Final = 30
TYPES: Final = ("metric", "text", "alarm", "log", "explorer", "custom")


@dataclass(frozen=True)
class Problem:
    """path: where in the body, "/widgets/3/properties/metrics"."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def check_dashboard(body: Mapping[str, Any]) -> None:
    """Raises MonitoringError "invalid-dashboard" with every problem."""
    if found := tuple(problems(body)):
        raise MonitoringError("invalid-dashboard", "; ".join(str(problem) for problem in found))


def problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything wrong with a dashboard body. It may have Refs in it."""
    widgets: Sequence[Mapping[str, Any]] = body.get("widgets", ())
    if body.get("periodOverride", "auto") not in ("auto", "inherit"):
        yield Problem("/periodOverride", f'"{body["periodOverride"]}" is neither auto nor inherit')
    if len(widgets) > MOST_WIDGETS:
        yield Problem("/widgets", f"{len(widgets)} widgets; at most {MOST_WIDGETS}")
    if (count := sum(len(widget.get("properties", {}).get("metrics", ())) for widget in widgets)) > MOST_METRICS:
        yield Problem("/widgets", f"{count} metrics, hidden ones included; at most {MOST_METRICS} in one dashboard")
    yield from _variables(body.get("variables", ()))
    for number, widget in enumerate(widgets):
        path = f"/widgets/{number}"
        yield from _place(path, widget)
        yield from _overlaps(path, widget, widgets[:number])
        yield from _content(path, widget)


def _variables(variables: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    if len(variables) > MOST_VARIABLES:
        yield Problem("/variables", f"{len(variables)} variables; at most {MOST_VARIABLES}")
    names = [str(each.get("id", "")) for each in variables]
    for number, variable in enumerate(variables):
        path = f"/variables/{number}"
        name, label, choices = names[number], str(variable.get("label", "")), variable.get("values", ())
        if not 1 <= len(name) <= LONGEST_VARIABLE_ID or names.count(name) > 1:
            yield Problem(f"{path}/id", f'"{name}": 1 to {LONGEST_VARIABLE_ID} characters, and of one variable only')
        if len(label) > LONGEST_VARIABLE_LABEL:
            yield Problem(f"{path}/label", f"{len(label)} characters; at most {LONGEST_VARIABLE_LABEL}")
        if not 1 <= len(choices) <= MOST_CHOICES:
            yield Problem(f"{path}/values", f"{len(choices)} values; 1 to {MOST_CHOICES} are allowed")
        if variable.get("type") == "pattern" and not variable.get("pattern"):
            yield Problem(f"{path}/pattern", "is empty: it would be found between all letters")


def _place(path: str, widget: Mapping[str, Any]) -> Iterator[Problem]:
    x, width, height = widget.get("x", 0), widget.get("width", 6), widget.get("height", 6)
    if "x" in widget and "y" not in widget:
        yield Problem(path, "x without y")
    if not 0 <= x < COLUMNS or not 1 <= width <= COLUMNS or x + width > COLUMNS:
        yield Problem(path, f"columns {x} to {x + width}; there are {COLUMNS}")
    if not 1 <= height <= TALLEST:
        yield Problem(path, f"height {height}; 1 to {TALLEST} are allowed")


def _overlaps(path: str, widget: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    for number, other in enumerate(before):
        if (
            "y" in widget
            and "y" in other
            and all(
                widget[start] < other[start] + other.get(size, 6) and other[start] < widget[start] + widget.get(size, 6)
                for start, size in (("x", "width"), ("y", "height"))
            )
        ):
            yield Problem(path, f"lies over /widgets/{number}")


def _content(path: str, widget: Mapping[str, Any]) -> Iterator[Problem]:
    properties: Mapping[str, Any] = widget.get("properties", {})
    kind = widget.get("type")
    if kind not in TYPES:
        yield Problem(f"{path}/type", f'"{kind}" is none of {", ".join(TYPES)}')
    elif kind == "text" and not properties.get("markdown"):
        yield Problem(f"{path}/properties/markdown", "is empty")
    elif kind == "alarm" and not 1 <= len(properties.get("alarms", ())) <= MOST_ALARMS_IN_WIDGET:
        yield Problem(f"{path}/properties/alarms", f"{len(properties.get('alarms', ()))} alarms; 1 to {MOST_ALARMS_IN_WIDGET} are allowed")
    elif kind == "log":
        yield from _log(f"{path}/properties", properties)
    elif kind == "metric" and "insightRule" in properties:
        if not properties["insightRule"].get("ruleName"):
            yield Problem(f"{path}/properties/insightRule", "names no rule")
    elif kind == "metric":
        yield from _chart(f"{path}/properties", properties)


def _log(path: str, properties: Mapping[str, Any]) -> Iterator[Problem]:
    if not properties.get("region"):
        yield Problem(f"{path}/region", "is required: a dashboard belongs to no region")
    query = properties.get("query")
    started = query.parts[0] if isinstance(query, Template) and query.parts else query
    if not str(started or "").lstrip().upper().startswith("SOURCE"):
        yield Problem(f"{path}/query", "begins with no SOURCE: it would ask no log group")


def _chart(path: str, properties: Mapping[str, Any]) -> Iterator[Problem]:
    metrics: Sequence[Sequence[Any]] = properties.get("metrics", ())
    annotations: Mapping[str, Any] = properties.get("annotations", {})
    if not properties.get("region"):
        yield Problem(f"{path}/region", "is required: a dashboard belongs to no region")
    if len(metrics) > MOST_METRICS_IN_WIDGET:
        yield Problem(f"{path}/metrics", f"{len(metrics)} metrics; at most {MOST_METRICS_IN_WIDGET}")
    if "alarms" in annotations and (len(annotations) > 1 or metrics):
        yield Problem(f"{path}/annotations", "an alarm stands alone: without metrics and without other annotations")
    if not metrics and "alarms" not in annotations:
        yield Problem(f"{path}/metrics", "nothing to draw")
    if (view := properties.get("view", "timeSeries")) not in VIEWS:
        yield Problem(f"{path}/view", f'"{view}" is none of {", ".join(VIEWS)}')
    if view == "gauge" and not {"min", "max"} <= properties.get("yAxis", {}).get("left", {}).keys():
        yield Problem(f"{path}/yAxis", "a gauge needs min and max of its left axis")
    yield from _lines(path, metrics)


def _lines(path: str, metrics: Sequence[Sequence[Any]]) -> Iterator[Problem]:
    """Ids, formulas, and every metric against the catalogue."""
    try:
        if metrics and not lines_of(metrics):
            yield Problem(f"{path}/metrics", "every metric is hidden")
    except MonitoringError as error:
        yield Problem(f"{path}/metrics", str(error))
