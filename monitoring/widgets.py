"""Widgets of a CloudWatch dashboard as plain data. Source: CloudWatch API reference, "Dashboard Body Structure and Syntax"."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, cast

from monitoring.errors import MonitoringError
from monitoring.metrics import Expression, Metric, Source
from monitoring.names import Name, Template
from monitoring.syntax import ID, uses

View = Literal["timeSeries", "singleValue"]
Side = Literal["left", "right"]

MOST_CONTRIBUTORS: Final = 10
"""Keys that are drawn; a rule of DynamoDB reports up to 25."""

_SOURCE: Final = re.compile(r"\s*SOURCE\s+'([^']*)'\s*\|\s*")


@dataclass(frozen=True)
class Line:
    """One series of a chart. color: Default: CloudWatch decides. side: the axis that it belongs to. Default: left."""

    source: Source
    label: str
    color: str | None = None
    side: Side = "left"


@dataclass(frozen=True)
class Threshold:
    """A horizontal line with its label."""

    value: float
    label: str
    color: str
    side: Side = "left"


@dataclass(frozen=True)
class Mark:
    """A vertical line at a time: a deployment, for example. at: with its zone."""

    at: datetime
    label: str

    def body(self) -> dict[str, Any]:
        return {"value": self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "label": self.label}


@dataclass(frozen=True)
class Chart:
    """unit: written at the left axis. right_unit: at the right one, where there is one. All axes begin at 0. marks: in a view over time."""

    title: str
    lines: tuple[Line, ...]
    region: Name
    thresholds: tuple[Threshold, ...] = ()
    view: View = "timeSeries"
    stacked: bool = False
    unit: str = ""
    right_unit: str = ""
    marks: tuple[Mark, ...] = ()

    def body(self) -> dict[str, Any]:
        axes: dict[str, Any] = {"left": _axis(self.unit)}
        if any(line.side == "right" for line in self.lines):
            axes["right"] = _axis(self.right_unit)
        properties: dict[str, Any] = {
            "title": self.title,
            "region": self.region,
            "view": self.view,
            "stacked": self.stacked,
            "metrics": _Metrics(self.lines).entries,
        }
        if self.view == "singleValue":
            properties |= {"sparkline": True, "setPeriodToTimeRange": False}
        else:
            properties |= {"yAxis": axes, "legend": {"position": "bottom"}}
        annotations: dict[str, Any] = {}
        if self.thresholds:
            annotations["horizontal"] = [_horizontal(each) for each in self.thresholds]
        if self.marks and self.view == "timeSeries":
            annotations["vertical"] = [mark.body() for mark in self.marks]
        if annotations:
            properties["annotations"] = annotations
        return {"type": "metric", "properties": properties}


@dataclass(frozen=True)
class Text:
    markdown: str

    def body(self) -> dict[str, Any]:
        return {"type": "text", "properties": {"markdown": self.markdown, "background": "transparent"}}


@dataclass(frozen=True)
class AlarmStrip:
    """The states of 1 to 100 alarms, by ARN."""

    title: str
    arns: tuple[Name, ...]

    def body(self) -> dict[str, Any]:
        return {"type": "alarm", "properties": {"title": self.title, "alarms": list(self.arns)}}


@dataclass(frozen=True)
class LogTable:
    """What a query of CloudWatch Logs Insights finds, as a table. query: without its sources, which are the names of the log groups."""

    title: str
    query: str
    log_groups: tuple[Name, ...]
    region: Name

    def body(self) -> dict[str, Any]:
        sources: list[Name] = []
        for group in self.log_groups:
            sources += ["SOURCE '", group, "' | "]
        query = Template((*sources, self.query))
        return {"type": "log", "properties": {"title": self.title, "region": self.region, "view": "table", "query": query}}


@dataclass(frozen=True)
class Contributors:
    """The busiest keys by a rule of Contributor Insights. rule: its name, which exists once the insights were switched on.

    The structure page of dashboards does not describe this widget; it is as the console writes it.
    """

    title: str
    rule: Name
    region: Name

    def body(self) -> dict[str, Any]:
        asked = {"maxContributorCount": MOST_CONTRIBUTORS, "orderBy": "Maximum", "ruleName": self.rule}
        properties = {"title": self.title, "region": self.region, "view": "timeSeries", "period": 60, "insightRule": asked}
        return {"type": "metric", "properties": properties}


Widget = Chart | Text | AlarmStrip | LogTable | Contributors


@dataclass(frozen=True)
class Variable:
    """A choice above the dashboard: the text `placeholder`, wherever it stands in the widgets, is replaced by what is chosen.

    id: up to 32 characters. label: up to 30. choices: values, the first is chosen at first.
    """

    id: str
    label: str
    placeholder: str
    choices: tuple[str, ...]

    def body(self) -> dict[str, Any]:
        return {
            "type": "pattern",
            "pattern": self.placeholder,
            "inputType": "select",
            "id": self.id,
            "label": self.label,
            "defaultValue": self.choices[0] if self.choices else "",
            "visible": True,
            "values": [{"value": choice, "label": choice} for choice in self.choices],
        }

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Variable":
        return cls(body["id"], body.get("label", ""), body["pattern"], tuple(each["value"] for each in body.get("values", ())))


@dataclass(frozen=True)
class Placed:
    """x: 0 to 23. width: 1 to 24 columns. y and height: in rows of the grid."""

    widget: Widget
    x: int
    y: int
    width: int
    height: int

    def body(self) -> dict[str, Any]:
        return {"x": self.x, "y": self.y, "width": self.width, "height": self.height, **self.widget.body()}

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> "Placed":
        """Reads a widget as CloudWatch stores it. Raises MonitoringError "invalid-dashboard" for a type that this room does not make."""
        place = (int(body.get("x", 0)), int(body.get("y", 0)), int(body.get("width", 6)), int(body.get("height", 6)))
        return cls(_widget_of(body), *place)


def _axis(unit: str) -> dict[str, Any]:
    return {"min": 0, "showUnits": False} | ({"label": unit} if unit else {})


def _horizontal(threshold: Threshold) -> dict[str, Any]:
    line: dict[str, Any] = {"value": threshold.value, "label": threshold.label, "color": threshold.color}
    return line | ({"yAxis": "right"} if threshold.side == "right" else {})


class _Metrics:
    """The metrics of one chart: each once, with an id of this chart, so that lines made apart can share them."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._ids: dict[Source, str] = {}
        self._hidden: dict[str, list[Any]] = {}
        self._shown: list[list[Any]] = []
        for line in lines:
            options = {"label": line.label} | ({"color": line.color} if line.color else {})
            options |= {"yAxis": "right"} if line.side == "right" else {}
            # Not there when an earlier line shows the same already.
            if entry := self._hidden.pop(self._id(line.source), None):
                self._shown.append([*entry[:-1], {key: value for key, value in entry[-1].items() if key != "visible"} | options])

    @property
    def entries(self) -> list[list[Any]]:
        """Lines in their order, then what they are made from."""
        return [*self._shown, *self._hidden.values()]

    def _id(self, source: Source) -> str:
        if source in self._ids:
            return self._ids[source]
        renamed: dict[str, str] = {}
        if isinstance(source, Expression):
            renamed = {name: self._id(inner) for name, inner in source.inputs.items()}
        name = f"{'m' if isinstance(source, Metric) else 'e'}{len(self._ids) + 1}"
        self._ids[source] = name
        self._hidden[name] = _entry(source, name, renamed)
        return name


def _entry(source: Source, name: str, renamed: Mapping[str, str]) -> list[Any]:
    if isinstance(source, Expression):
        text = re.sub(r"\b[a-z]\w*", lambda match: renamed.get(match[0], match[0]), source.text)
        return [{"expression": text, "id": name, "visible": False}]
    pairs = [part for pair in source.dimensions.items() for part in pair]
    options = {"id": name, "stat": source.statistic, "period": source.period_seconds, "visible": False}
    return [source.namespace, source.name, *pairs, options]


def _widget_of(body: Mapping[str, Any]) -> Widget:
    properties = body["properties"]
    if body["type"] == "text":
        return Text(properties["markdown"])
    if body["type"] == "alarm":
        return AlarmStrip(properties.get("title", ""), tuple(properties["alarms"]))
    if body["type"] == "log":
        sources, query = split_sources(properties["query"])
        return LogTable(properties.get("title", ""), query, sources, properties["region"])
    if "insightRule" in properties:
        return Contributors(properties.get("title", ""), properties["insightRule"]["ruleName"], properties["region"])
    if body["type"] != "metric" or "metrics" not in properties:
        raise MonitoringError(
            "invalid-dashboard", f'a widget of type "{body["type"]}" without metrics, text, alarms, a query or a rule is not read'
        )
    axes = properties.get("yAxis", {})
    return Chart(
        title=properties.get("title", ""),
        lines=lines_of(properties["metrics"]),
        region=properties["region"],
        thresholds=tuple(
            Threshold(float(each["value"]), each.get("label", ""), each.get("color", ""), each.get("yAxis", "left"))
            for each in properties.get("annotations", {}).get("horizontal", ())
        ),
        view=properties.get("view", "timeSeries"),
        stacked=properties.get("stacked", False),
        unit=axes.get("left", {}).get("label", ""),
        right_unit=axes.get("right", {}).get("label", ""),
        marks=tuple(
            Mark(datetime.fromisoformat(each["value"]), each.get("label", ""))
            for each in properties.get("annotations", {}).get("vertical", ())
        ),
    )


def split_sources(query: str) -> tuple[tuple[str, ...], str]:
    """Names of the log groups, and the query behind them."""
    groups: list[str] = []
    while found := _SOURCE.match(query):
        groups.append(found[1])
        query = query[found.end() :]
    return tuple(groups), query


def lines_of(entries: Sequence[Sequence[Any]]) -> tuple[Line, ...]:
    """The visible lines of the "metrics" of a widget. Raises MonitoringError for what could not be drawn.

    The short forms "." and "..." for what repeats the line before are not read: this room does not write them.
    """
    read = [_read(entry, number) for number, entry in enumerate(entries)]
    known = {options["id"]: (what, options) for what, options in read}
    if len(known) < len(read):
        raise MonitoringError("invalid-dashboard", "two metrics of one widget have the same id")
    lines = [
        (Line(_source(options["id"], known, ()), options.get("label", ""), options.get("color"), options.get("yAxis", "left")), options)
        for _, options in read
    ]
    return tuple(line for line, options in lines if options.get("visible", True))


def _read(entry: Sequence[Any], number: int) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    options: dict[str, Any] = dict(cast("Mapping[str, Any]", entry[-1])) if isinstance(entry[-1], Mapping) else {}
    options.setdefault("id", f"line{number}")
    if not ID.fullmatch(options["id"]):
        raise MonitoringError("invalid-dashboard", f'"{options["id"]}" is no id: a small letter, then letters, digits and _')
    return tuple(part for part in entry if not isinstance(part, Mapping)), options


def _source(name: str, known: Mapping[str, tuple[tuple[Any, ...], Mapping[str, Any]]], within: tuple[str, ...]) -> Source:
    what, options = known[name]
    if name in within:
        raise MonitoringError("invalid-dashboard", f'"{name}" is made from itself')
    if "expression" in options:
        used = uses(options["expression"])
        wanted = [other for other in known if other in used.ids or (used.every and "expression" not in known[other][1])]
        return Expression(options["expression"], {other: _source(other, known, (*within, name)) for other in wanted}, options.get("label"))
    namespace, metric, *pairs = what
    dimensions = dict(zip(pairs[::2], pairs[1::2], strict=True))
    return Metric(namespace, metric, dimensions, options.get("stat", "Average"), int(options.get("period", 300)), options.get("label"))
