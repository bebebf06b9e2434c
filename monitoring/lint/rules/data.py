"""Does the series that the alarm asks for exist."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from monitoring.catalogue import entries
from monitoring.lint.editing import ANCHOR, Flat, anchor_of, as_formula, changed, metric_of, with_metrics, without
from monitoring.lint.given import Given, Series
from monitoring.lint.knowledge import ALL_METRICS, DYNAMODB, entry_of, near_metric
from monitoring.lint.rule import Around, Request, Rule
from monitoring.operations import READS, STREAM, WRITES, operation_id


def _unknown(alarm: Given, _around: Around) -> Iterator[str]:
    for series in alarm.series:
        space, name = series.namespace or "", series.name or ""
        if not name or entry_of(series):
            continue
        near = near_metric(space, name)
        if space in ALL_METRICS and not near:
            names = ", ".join(known.name for known in entries(space))
            yield f'{space} has no metric "{name}"; there are {names}'
        elif near:
            yield f'{space} has no metric "{name}"; nearest: {near}'


def _rename(alarm: Given, _around: Around) -> Sequence[Request]:
    def change(series: Series, flat: Flat) -> Flat:
        near = None if entry_of(series) else near_metric(series.namespace or "", series.name or "")
        return {**flat, "MetricName": near} if near else flat

    return changed(alarm, with_metrics(alarm, change))


def _units(alarm: Given, _around: Around) -> Iterator[str]:
    for series in alarm.series:
        entry = entry_of(series)
        if entry and series.unit and series.unit != entry.unit and not _unsettled(series.unit, entry.unit):
            yield f"{series} is sent in {entry.unit}, never in {series.unit}"


def _unsettled(given: str, known: str) -> bool:
    """The pages give utilisations and progress now as a percentage, now as a count, and some metrics without a unit."""
    return known == "None" or {given, known} == {"Percent", "Count"}


def _no_unit(alarm: Given, _around: Around) -> Sequence[Request]:
    return (with_metrics(alarm, lambda _series, flat: without(flat, "Unit")),)


_REPLACED: Final = {
    "OnlineIndexThrottleEvents": "WriteThrottleEvents",
    "OnlineIndexConsumedWriteCapacity": "ConsumedWriteCapacityUnits",
}


def _always_zero(alarm: Given, _around: Around) -> Iterator[str]:
    for series in alarm.series:
        if series.namespace == DYNAMODB and series.name in _REPLACED:
            yield f"{series} is expected to show 0: use {_REPLACED[series.name]} of the index"


def _replaced(alarm: Given, _around: Around) -> Sequence[Request]:
    def change(series: Series, flat: Flat) -> Flat:
        return {**flat, "MetricName": _REPLACED.get(series.name or "", series.name)} if series.namespace == DYNAMODB else flat

    return (with_metrics(alarm, change),)


def _counted_units(alarm: Given, _around: Around) -> Iterator[str]:
    for series in alarm.series:
        if _counts_units(series):
            yield f"SampleCount of {series} is how often the metric is sent, not how many requests there were"


def _counts_units(series: Series) -> bool:
    return (
        series.namespace == DYNAMODB
        and series.name in ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits")
        and series.statistic == "SampleCount"
    )


_CALLS: Final[Mapping[str, tuple[str, ...]]] = {
    "ConsumedReadCapacityUnits": tuple(operation for operation in READS if operation != STREAM),
    "ConsumedWriteCapacityUnits": WRITES,
}


def _counted_calls(alarm: Given, _around: Around) -> Sequence[Request]:
    """Of a table that is watched alone: served requests of its operations."""
    if "Metrics" in alarm.request:
        return ()
    [series] = alarm.series
    if not _counts_units(series) or set(series.dimensions or ()) != {"TableName"}:
        return ()
    table, period_seconds = (series.dimensions or {})["TableName"], series.period_seconds or 60
    metrics = {
        operation_id(operation): metric_of(
            "SuccessfulRequestLatency", {"TableName": table, "Operation": operation}, "SampleCount", period_seconds
        )
        for operation in _CALLS[series.name or ""]
    }
    text = " + ".join(f"FILL({name},0)" for name in metrics) + f" + 0*{ANCHOR}"
    return (as_formula(alarm, text, {**metrics, ANCHOR: anchor_of(table, period_seconds)}),)


_METRICS: Final = "DynamoDB developer guide, DynamoDB metrics and dimensions"

RULES: Final = (
    Rule(
        "unknown-metric",
        "error",
        "The namespace has no metric of this name.",
        "CloudWatch takes an alarm on a metric that nobody sends, and it never has data.",
        f"{_METRICS}; SQS developer guide, Available CloudWatch metrics for Amazon SQS",
        "Use the nearest name.",
        _unknown,
        _rename,
    ),
    Rule(
        "wrong-unit",
        "error",
        "Unit asks for a unit in which the metric is never sent.",
        "Only points in that unit count, so there are none: the alarm stays in INSUFFICIENT_DATA.",
        "CloudWatch API reference, PutMetricAlarm: Unit",
        "Leave Unit out.",
        _units,
        _no_unit,
    ),
    Rule(
        "always-zero",
        "warning",
        "The metric is expected to show 0.",
        "DynamoDB still sends it and no longer counts in it: an alarm on it does not fire.",
        _METRICS,
        "Use the metric of the index that counts the same today.",
        _always_zero,
        _replaced,
    ),
    Rule(
        "consumed-sample-count",
        "warning",
        "SampleCount of consumed capacity is used as the number of requests.",
        "It is the frequency at which the metric is sent, nearly constant: a rate that is divided by it, or a threshold on it, means nothing.",
        _METRICS,
        "Count requests by SampleCount of SuccessfulRequestLatency, by operation.",
        _counted_units,
        _counted_calls,
    ),
)
