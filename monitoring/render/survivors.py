"""Latency is measured of served calls only: while calls are refused, the slowest are not in it, and it looks better than it is."""

from collections.abc import Iterator
from datetime import datetime

from monitoring.colours import TROUBLE
from monitoring.measures import latency, throttled_requests
from monitoring.metrics import Metric, metrics_of
from monitoring.render.readings import reading_of
from monitoring.render.view import View
from monitoring.widgets import Chart, Line

Span = tuple[datetime, datetime]


def refused(chart: Chart, view: View) -> tuple[Span, ...]:
    """When DynamoDB refused calls whose latency the chart shows. Empty for every other chart."""
    key = ("refused", chart.title)
    if key not in view.read:
        view.read[key] = tuple(_spans(_operations(chart), view))
    return view.read[key]


def _operations(chart: Chart) -> set[tuple[str, str]]:
    """Table and operation of each latency."""
    metrics: list[Metric] = [metric for line in chart.lines for metric in metrics_of(line.source).values()]
    kind = latency("table", "GetItem").name
    return {(str(each.dimensions["TableName"]), str(each.dimensions["Operation"])) for each in metrics if each.name == kind}


def _spans(operations: set[tuple[str, str]], view: View) -> Iterator[Span]:
    """From the first refused minute to the end of the last, as one span where minutes follow each other."""
    minutes: set[Span] = set()
    for table, operation in operations:
        reading = reading_of(Line(throttled_requests(table, operation), operation, TROUBLE), view)
        minutes |= {(at, at + reading.step) for at, value in zip(reading.times, reading.values, strict=True) if value}
    begun: Span | None = None
    for since, until in sorted(minutes):
        if begun and since <= begun[1]:
            begun = (begun[0], max(begun[1], until))
            continue
        if begun:
            yield begun
        begun = (since, until)
    if begun:
        yield begun
