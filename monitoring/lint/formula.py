"""What a formula says, also where it uses functions that this room cannot calculate."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from monitoring.catalogue import Emission
from monitoring.errors import MonitoringError
from monitoring.formulas import Kind, kind_of
from monitoring.lint.given import Given, Query, Series
from monitoring.lint.knowledge import entry_of, nearest
from monitoring.syntax import FUNCTIONS as CALCULATED
from monitoring.syntax import Array, Call, Id, Negative, Node, Number, Operation, parse

FUNCTIONS: Final = frozenset(
    re.findall(
        r"\S+",
        "ABS ANOMALY_DETECTION_BAND AVG CEIL DATAPOINT_COUNT DATE DAY DB_PERF_INSIGHTS DIFF DIFF_TIME EPOCH FILL FIRST FLOOR HOUR IF "
        "INSIGHT_RULE_METRIC LAMBDA LAST LOG LOG10 MAX METRIC_COUNT METRICS MIN MINUTE MONTH PERIOD RATE REMOVE_EMPTY RUNNING_SUM SEARCH "
        "SERVICE_QUOTA SLICE SORT STDDEV SUM TIME_SERIES YEAR",
    )
)
"""Source: CloudWatch user guide, "Using metric math"."""

_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_WORD: Final = re.compile(r"(?<![A-Za-z0-9_.])([A-Za-z_][A-Za-z0-9_]*)\s*(\()?")


def is_query(text: str) -> bool:
    """Metrics Insights, which is no metric math."""
    return text.lstrip().upper().startswith("SELECT")


def ids_of(text: str) -> frozenset[str]:
    """Words that can only be ids: they start with a small letter and are no function."""
    return frozenset(word for word, call in _words(text) if not call and word[0].islower())


def functions_of(text: str) -> frozenset[str]:
    return frozenset(word for word, call in _words(text) if call and word not in ("AND", "OR"))


def reads_all(text: str) -> bool:
    return "METRICS" in functions_of(text)


def tree_of(text: str) -> Node | None:
    """None where it cannot be read, or not by this room."""
    try:
        return parse(text)
    except MonitoringError:
        return None


def problem_of(text: str) -> str | None:
    """Why CloudWatch cannot read it. None where it can, or where it may know what this room does not."""
    for function in sorted(functions_of(text) - FUNCTIONS):
        if near := nearest(function, FUNCTIONS):
            return f"there is no function {function}; nearest: {near}"
    try:
        parse(text)
    except MonitoringError as error:
        if error.code == "invalid-formula" and not _beyond_us(text):
            return error.message
    return None


def kind_in(alarm: Given, query: Query) -> Kind | None:
    """Whether a formula results in a number, a series or a list. None: not known."""
    by_id = {each.id: each for each in alarm.queries if each.id}

    def kind(query: Query, within: tuple[str | None, ...]) -> Kind:
        if query.formula is None or query.id in within:
            return "series"
        inner: dict[str, Kind] = {name: kind(by_id[name], (*within, query.id)) for name in ids_of(query.formula)}
        return kind_of(query.formula, inner)

    try:
        return kind(query, ())
    except (KeyError, MonitoringError):
        return None


def _beyond_us(text: str) -> bool:
    """Whether it uses what CloudWatch documents and this room's grammar does not have."""
    return is_query(text) or not functions_of(text) <= CALCULATED.keys()


def _words(text: str) -> Iterator[tuple[str, bool]]:
    return ((found[1], bool(found[2])) for found in _WORD.finditer(_QUOTED.sub(" ", text)))


# --- does it have a value in every period ------------------------------------------------------------------------------------------------


def returned(alarm: Given) -> Query | None:
    """The one query that the alarm watches. None where there is not exactly one."""
    found = [query for query in alarm.queries if query.returned]
    return found[0] if len(found) == 1 and all(query.returned is not None for query in alarm.queries) else None


def watched(alarm: Given) -> tuple[Series, ...]:
    """The metrics that the returned query is made from."""
    start = returned(alarm)
    if start is None:
        return ()
    by_id = {query.id: query for query in alarm.queries}
    found: dict[str | None, Query] = {}
    waiting = [start]
    while waiting:
        query = waiting.pop()
        if query.id in found:
            continue
        found[query.id] = query
        if query.formula is not None:
            waiting += [by_id[name] for name in sorted(ids_of(query.formula)) if name in by_id]
            if reads_all(query.formula):
                waiting += [each for each in alarm.queries if each.series]
    return tuple(query.series for query in alarm.queries if query.id in found and query.series)


def always_answers(alarm: Given) -> bool:
    """Whether there is a value in every period, with no traffic too. True in doubt."""
    start = returned(alarm)
    if start is None:
        return True
    by_id = {query.id: query for query in alarm.queries if query.id}
    return _answers_query(start, by_id, ())


def fills(alarm: Given) -> bool:
    """Whether the watched formula, or one that it is made from, fills gaps with a number."""
    return any(_fills(tree) for _, text in alarm.formulas if (tree := tree_of(text)))


def bare_ids(text: str) -> frozenset[str]:
    """Ids that are not filled where they stand."""
    tree = tree_of(text)
    return frozenset(_bare(tree)) if tree else frozenset()


def _answers_query(query: Query, by_id: Mapping[str, Query], within: tuple[str | None, ...]) -> bool:
    if query.id in within:
        return True
    if query.series:
        entry = entry_of(query.series)
        return entry is None or entry.emission is Emission.ALWAYS
    tree = tree_of(query.formula) if query.formula is not None else None
    return tree is None or _answers(tree, by_id, (*within, query.id))


def _answers(node: Node, by_id: Mapping[str, Query], within: tuple[str | None, ...]) -> bool:
    """Between two series a gap of one counts as 0 where the other has a value."""
    match node:
        case Id(name):
            return name not in by_id or _answers_query(by_id[name], by_id, within)
        case Call("FILL", _):
            return True
        case Call("METRICS", _):
            return any(_answers_query(query, by_id, within) for query in by_id.values() if query.series)
        case Call("PERIOD", _):
            return False
        case Call(_, arguments):
            return not arguments or _answers(arguments[0], by_id, within)
        case Array(items):
            return any(_answers(item, by_id, within) for item in items)
        case Negative(of):
            return _answers(of, by_id, within)
        case Operation(_, left, right):
            return _answers(left, by_id, within) or _answers(right, by_id, within)
        case _:
            return False


def _fills(node: Node) -> bool:
    match node:
        case Call("FILL", (_, Number(_) | Negative(Number(_)))):
            return True
        case Call(_, inner) | Array(inner):
            return any(map(_fills, inner))
        case Negative(of):
            return _fills(of)
        case Operation(_, left, right):
            return _fills(left) or _fills(right)
        case _:
            return False


def _bare(node: Node) -> Iterator[str]:
    match node:
        case Id(name):
            yield name
        case Call("FILL" | "PERIOD", _):
            return
        case Call(_, inner) | Array(inner):
            for each in inner:
                yield from _bare(each)
        case Negative(of):
            yield from _bare(of)
        case Operation(_, left, right):
            yield from _bare(left)
            yield from _bare(right)
        case _:
            return
