"""Does the metric exist with these dimensions, and these values of them."""

from collections.abc import Iterator, Sequence
from typing import Final

from monitoring.catalogue import Entry, spell
from monitoring.lint.editing import ANCHOR, Flat, anchor_of, as_formula, changed, flat_of, with_metrics, without
from monitoring.lint.given import ALONE, Given, Series
from monitoring.lint.knowledge import ALL_DIMENSIONS, DYNAMODB, UNSETTLED_DIMENSIONS, entry_of, misspelt, nearest
from monitoring.lint.rule import Around, Request, Rule
from monitoring.names import Name
from monitoring.operations import FAMILIES, OPERATIONS, operation_id

COMMON: Final = (*FAMILIES["reads"], *FAMILIES["writes"], "TransactWriteItems")
"""What most tables see: as many as fit into one alarm beside an anchor."""


def _impossible(series: Series) -> str | None:
    entry = entry_of(series)
    if entry is None or series.dimensions is None or _possible(entry, frozenset(series.dimensions)):
        return None
    given = spell(frozenset(series.dimensions))
    allowed = " or ".join(spell(names) for names in entry.dimensions)
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
        if series.id == ALONE and _impossible(series) and _lacks_operation(series):
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

    return changed(alarm, with_metrics(alarm, change))


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
    for operation in COMMON:
        dimensions = [{"Name": "TableName", "Value": table}, {"Name": "Operation", "Value": operation}]
        metrics[operation_id(operation)] = {**flat, "Dimensions": dimensions}
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


_METRICS: Final = "DynamoDB developer guide, DynamoDB metrics and dimensions"
_CONCEPTS: Final = "CloudWatch user guide, Metrics concepts"

RULES: Final = (
    Rule(
        "impossible-dimensions",
        "error",
        "The metric exists, but not with these dimensions.",
        "CloudWatch does not add up over dimensions: each exact set is a series of its own, and this one is never sent. The alarm never has "
        "data and never fires, without a word.",
        f"{_METRICS}; {_CONCEPTS}",
        "Use a set that exists: the corrected alarm has a misspelt dimension under its name, and none too many. A metric that is sent by "
        "operation only is added up over those that most tables use, with an anchor that keeps the alarm alive when all is silent.",
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
)
