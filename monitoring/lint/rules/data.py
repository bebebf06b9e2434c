"""Does the series that the alarm asks for exist."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from monitoring.catalogue import Entry, entries
from monitoring.lint.editing import ANCHOR, Flat, anchor_of, as_formula, flat_of, metric_of, with_metrics, without
from monitoring.lint.given import ALONE, Given, Series
from monitoring.lint.knowledge import (
    ALL_DIMENSIONS,
    ALL_METRICS,
    DYNAMODB,
    OPERATIONS,
    UNSETTLED_DIMENSIONS,
    entry_of,
    misspelt,
    near_metric,
    nearest,
)
from monitoring.lint.rule import Around, Request, Rule
from monitoring.names import Name

NO_ACCOUNT: Final = "no dimension at all (account and region)"
MOST_SUMMED: Final = 9
"""Operations in one alarm, so that an anchor is the tenth metric."""


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

    return _if_changed(alarm, with_metrics(alarm, change))


def _impossible(series: Series) -> str | None:
    entry = entry_of(series)
    if entry is None or series.dimensions is None or _possible(entry, frozenset(series.dimensions)):
        return None
    given = _spell(series.dimensions)
    allowed = " or ".join(_spell(names) for names in entry.dimensions)
    wrong = [f"{name} is misspelt, it is {meant}" for name in series.dimensions if (meant := misspelt(name, entry))]
    hint = "; ".join(wrong) or ("each operation has a series of its own" if _lacks_operation(series) else entry.hint)
    return f"{series} by {given} has no data: it exists by {allowed}{f'; {hint}' if hint else ''}"


def _possible(entry: Entry, given: frozenset[str]) -> bool:
    """In doubt, yes."""
    if given in entry.dimensions or any(names <= given and given - names <= UNSETTLED_DIMENSIONS for names in entry.dimensions if names):
        return True
    return entry.namespace not in ALL_DIMENSIONS and not any(misspelt(name, entry) for name in given)


def _dimensions(alarm: Given, _around: Around) -> Iterator[str]:
    return (found for series in alarm.series if (found := _impossible(series)))


def _possible_dimensions(alarm: Given, _around: Around) -> Sequence[Request]:
    """Misspelt ones renamed, those too many left out; where only the operation lacks, all operations that most tables use."""
    for series in alarm.series:
        if series.id == ALONE and "Metrics" not in alarm.request and _impossible(series) and _lacks_operation(series):
            return _over_operations(alarm, series)

    def change(series: Series, flat: Flat) -> Flat:
        entry = entry_of(series)
        if entry is None or series.dimensions is None or not _impossible(series):
            return flat
        renamed = {misspelt(name, entry) or name: value for name, value in series.dimensions.items()}
        fitting = [names for names in entry.dimensions if names <= renamed.keys()]
        if not fitting:
            return flat
        kept = max(fitting, key=len)
        listed = [{"Name": name, "Value": value} for name, value in renamed.items() if name in kept]
        return {**flat, "Dimensions": listed} if listed else without(flat, "Dimensions")

    return _if_changed(alarm, with_metrics(alarm, change))


def _lacks_operation(series: Series) -> bool:
    entry = entry_of(series)
    names = frozenset(series.dimensions or ())
    return entry is not None and entry.namespace == DYNAMODB and names | {"Operation"} in entry.dimensions


def _over_operations(alarm: Given, series: Series) -> Sequence[Request]:
    """Sums of counts, with an anchor; of times the slowest operation."""
    flat = without(flat_of(alarm), "Unit")
    table: Name = (series.dimensions or {})["TableName"]
    period_seconds = series.period_seconds or 60
    metrics: dict[str, Flat] = {}
    for operation in OPERATIONS[:MOST_SUMMED]:
        dimensions = [{"Name": "TableName", "Value": table}, {"Name": "Operation", "Value": operation}]
        metrics[operation[0].lower() + operation[1:]] = {**flat, "Dimensions": dimensions}
    if series.statistic not in ("Sum", "SampleCount"):
        return (as_formula(alarm, f"MAX([{', '.join(metrics)}])", metrics),)
    text = " + ".join(f"FILL({name},0)" for name in metrics) + f" + 0*{ANCHOR}"
    return (as_formula(alarm, text, {**metrics, ANCHOR: anchor_of(table, period_seconds)}),)


def _operations(alarm: Given, _around: Around) -> Iterator[str]:
    for series, given, near in _misspelt_operations(alarm):
        yield f'{series} by Operation "{given}" has no data: no operation is called that; nearest: {near}'


def _misspelt_operations(alarm: Given) -> Iterator[tuple[Series, str, str]]:
    for series in alarm.series:
        given = (series.dimensions or {}).get("Operation")
        if series.namespace == DYNAMODB and isinstance(given, str) and given not in OPERATIONS:
            near = nearest(given, set(OPERATIONS))
            if near:
                yield series, given, near


def _known_operations(alarm: Given, _around: Around) -> Sequence[Request]:
    meant = {series.id: near for series, _, near in _misspelt_operations(alarm)}

    def change(series: Series, flat: Flat) -> Flat:
        if series.id not in meant:
            return flat
        return {
            **flat,
            "Dimensions": [{**each, "Value": meant[series.id]} if each["Name"] == "Operation" else each for each in flat["Dimensions"]],
        }

    return (with_metrics(alarm, change),)


def _units(alarm: Given, _around: Around) -> Iterator[str]:
    for series in alarm.series:
        entry = entry_of(series)
        # The pages give utilisations and progress now as a percentage, now as a count.
        if entry and series.unit and series.unit != entry.unit and {series.unit, entry.unit} != {"Percent", "Count"}:
            yield f"{series} is sent in {entry.unit}, never in {series.unit}"


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
    "ConsumedReadCapacityUnits": ("GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"),
    "ConsumedWriteCapacityUnits": ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"),
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
        operation[0].lower() + operation[1:]: metric_of(
            "SuccessfulRequestLatency", {"TableName": table, "Operation": operation}, "SampleCount", period_seconds
        )
        for operation in _CALLS[series.name or ""]
    }
    text = " + ".join(f"FILL({name},0)" for name in metrics) + f" + 0*{ANCHOR}"
    return (as_formula(alarm, text, {**metrics, ANCHOR: anchor_of(table, period_seconds)}),)


def _if_changed(alarm: Given, request: Request) -> Sequence[Request]:
    return (request,) if request != alarm.request else ()


def _spell(dimensions: frozenset[str] | Mapping[str, Name]) -> str:
    """The table first, as people say it."""
    names = sorted(dimensions, key=lambda name: (name != "TableName", name))
    return " + ".join(names) if names else NO_ACCOUNT


_METRICS: Final = "DynamoDB developer guide, DynamoDB metrics and dimensions"
_MONITORING: Final = "CloudWatch user guide, Metrics concepts"

RULES: Final = (
    Rule(
        "unknown-metric",
        "error",
        "The namespace has no metric of this name.",
        "CloudWatch takes an alarm on a metric that nobody sends, and it never has data.",
        _METRICS,
        "Use the nearest name.",
        _unknown,
        _rename,
    ),
    Rule(
        "impossible-dimensions",
        "error",
        "The metric exists, but not with these dimensions.",
        "CloudWatch does not add up over dimensions: each exact set is a series of its own, and this one is never sent. The alarm never has "
        "data and never fires, without a word.",
        f"{_METRICS}; {_MONITORING}",
        "Use a set that exists. A metric that is sent by operation only is added up over the operations in use: the corrected alarm has those "
        "that most tables use, and an anchor that keeps it alive when all is silent.",
        _dimensions,
        _possible_dimensions,
    ),
    Rule(
        "unknown-operation",
        "error",
        "The dimension Operation has a value that is no operation of DynamoDB.",
        "The series is never sent, so the alarm never has data.",
        _METRICS,
        "Use the nearest operation.",
        _operations,
        _known_operations,
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
