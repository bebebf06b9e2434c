"""Would CloudWatch take the formula."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from monitoring.alarms import MOST_METRICS
from monitoring.lint.editing import FORMULA, with_metrics
from monitoring.lint.formula import functions_of, ids_of, is_query, kind_in, problem_of, reads_all, returned, tree_of
from monitoring.lint.given import Given
from monitoring.lint.knowledge import nearest
from monitoring.lint.rule import Around, Request, Rule
from monitoring.syntax import ID, Array, Call, Id, Node, Number, Operation


def _too_many(alarm: Given, _around: Around) -> Iterator[str]:
    count = sum(1 for _ in alarm.series)
    if count > MOST_METRICS:
        yield f"its formula is made from {count} metrics; at most {MOST_METRICS} are allowed"


def _split(alarm: Given, _around: Around) -> Sequence[Request]:
    """A sum that is above 0 when one of its parts is: several alarms, each over some of the metrics."""
    query = returned(alarm)
    tree = tree_of(query.formula) if query and query.formula else None
    terms = _terms(tree) if tree else None
    series = [each.id for each in alarm.series]
    if terms is None or set(terms) != set(series) or (alarm.comparison, alarm.threshold) != ("GreaterThanThreshold", 0.0):
        return ()
    parts = [series[start : start + MOST_METRICS] for start in range(0, len(series), MOST_METRICS)]
    return [_part(alarm, ids, f" ({number} of {len(parts)})") for number, ids in enumerate(parts, 1)]


def _part(alarm: Given, ids: Sequence[str], suffix: str) -> Request:
    kept = [each for each in alarm.request["Metrics"] if each.get("Id") in ids]
    text = " + ".join(f"FILL({name},0)" for name in ids)
    name = f"{alarm.request.get('AlarmName', alarm.label)}{suffix}"
    return {**alarm.request, "AlarmName": name, "Metrics": [*kept, {"Id": FORMULA, "Expression": text, "ReturnData": True}]}


def _terms(node: Node) -> list[str] | None:
    """Ids of a plain sum, each filled with 0 or as it is. None: it is something else."""
    match node:
        case Id(name) | Call("FILL", (Id(name), Number(0.0))):
            return [name]
        case Operation("+", left, right):
            parts = (_terms(left), _terms(right))
        case Call("SUM", (Array(items),)):
            parts = tuple(map(_terms, items))
        case _:
            return None
    return None if None in parts else [name for part in parts for name in part or ()]


def _search(alarm: Given, _around: Around) -> Iterator[str]:
    for name, text in alarm.formulas:
        if "SEARCH" in functions_of(text):
            yield f'"{name}" searches for metrics'
        elif is_query(text) and sum(1 for query in alarm.queries if query.series or is_query(query.formula or "")) > 1:
            yield f'"{name}" is a Metrics Insights query beside others; an alarm takes one query and no metric'


def _mixed(alarm: Given, _around: Around) -> Iterator[str]:
    found = {series.period_seconds for series in alarm.series if series.period_seconds is not None}
    if len(found) > 1:
        yield f"its metrics have periods of {', '.join(str(seconds) for seconds in sorted(found))} s; an alarm has one"


def _one_period(alarm: Given, _around: Around) -> Sequence[Request]:
    longest = max(series.period_seconds for series in alarm.series if series.period_seconds is not None)
    return (with_metrics(alarm, lambda _series, flat: {**flat, "Period": longest}),)


def _invalid_ids(alarm: Given, _around: Around) -> Iterator[str]:
    for query in alarm.queries if "Metrics" in alarm.request else ():
        if query.id is not None and not ID.fullmatch(query.id):
            yield f'"{query.id}" is no id: a small letter, then letters, digits and _'


def _duplicates(alarm: Given, _around: Around) -> Iterator[str]:
    for name, times in Counter(query.id for query in alarm.queries if query.id is not None).items():
        if times > 1:
            yield f'the id "{name}" is given {times} times'


def _dangling(alarm: Given, _around: Around) -> Iterator[str]:
    ids = {query.id for query in alarm.queries if query.id is not None}
    if any(query.id is None for query in alarm.queries):
        return
    for name, text in alarm.formulas:
        for missing in sorted(ids_of(text) - ids) if not is_query(text) else ():
            near = nearest(missing, ids)
            yield f'"{name}" asks for "{missing}", and nothing has that id{f"; nearest: {near}" if near else ""}'


def _returned(alarm: Given, _around: Around) -> Iterator[str]:
    if "Metrics" not in alarm.request or not alarm.queries or any(query.returned is None for query in alarm.queries):
        return
    count = sum(1 for query in alarm.queries if query.returned)
    wanted = 2 if alarm.anomaly else 1
    if count != wanted:
        yield f"{count} of its {len(alarm.queries)} queries return data; exactly {'two (the metric and its band)' if alarm.anomaly else 'one'} must"


def _one_returned(alarm: Given, _around: Around) -> Sequence[Request]:
    """The one that no other is made from, where there is one."""
    used = frozenset[str]().union(*(ids_of(text) for _, text in alarm.formulas))
    formulas = [query for query in alarm.queries if query.formula is not None and query.id not in used]
    if alarm.anomaly or len(formulas) != 1:
        return ()
    queries = [{**each, "ReturnData": each.get("Id") == formulas[0].id} for each in alarm.request["Metrics"]]
    return ({**alarm.request, "Metrics": queries},)


def _unreadable(alarm: Given, _around: Around) -> Iterator[str]:
    for name, text in alarm.formulas:
        if problem := problem_of(text):
            yield f'"{name}": {problem}'


def _not_one_series(alarm: Given, _around: Around) -> Iterator[str]:
    query = returned(alarm)
    if query and query.formula and (kind := kind_in(alarm, query)) in ("list", "number"):
        yield f'"{query.id}" ({query.formula}) results in {"a list of series" if kind == "list" else "a number"}; an alarm watches one series'


def _unused(alarm: Given, _around: Around) -> Iterator[str]:
    texts = [text for _, text in alarm.formulas]
    if not texts or len(texts) != sum(1 for query in alarm.queries if not query.series) or any(map(reads_all, texts)):
        return
    used = frozenset[str]().union(*map(ids_of, texts))
    for series in alarm.series:
        query = next(each for each in alarm.queries if each.series is series)
        if series.id not in used and query.returned is False:
            yield f"{series} is paid for and in no formula"


def _only_used(alarm: Given, _around: Around) -> Sequence[Request]:
    used = frozenset[str]().union(*(ids_of(text) for _, text in alarm.formulas))
    queries = [
        each for each in alarm.request["Metrics"] if "MetricStat" not in each or each.get("Id") in used or each.get("ReturnData", True)
    ]
    return ({**alarm.request, "Metrics": queries},)


_MATH: Final = "CloudWatch user guide, Using metric math"
_ALARM: Final = "CloudWatch user guide, Create a CloudWatch alarm based on a metric math expression"
_QUERY: Final = "CloudWatch API reference, MetricDataQuery"

RULES: Final = (
    Rule(
        "too-many-metrics",
        "error",
        "A formula is made from more than 10 metrics.",
        "PutMetricAlarm refuses it, and the quota cannot be raised. DynamoDB has 14 operations, so a sum over all of them never fits.",
        "CloudWatch user guide, CloudWatch service quotas",
        "Take only the operations in use, or several alarms of at most 10 metrics each, in the order of the formula: so the corrected ones do "
        "for a plain sum that is compared with 0. A composite alarm over them is one message.",
        _too_many,
        _split,
    ),
    Rule(
        "search-in-alarm",
        "error",
        "An alarm searches for its metrics, or joins a query with others.",
        "PutMetricAlarm refuses it: an alarm must name its metrics, or read one Metrics Insights query, alone or through metric math.",
        _ALARM,
        "Name the metrics, or use one SELECT ... without others.",
        _search,
    ),
    Rule(
        "mixed-periods",
        "error",
        "The metrics of one alarm have different periods.",
        "PutMetricAlarm refuses it: an alarm has one period.",
        _ALARM,
        "Give every metric the longest of the periods.",
        _mixed,
        _one_period,
    ),
    Rule(
        "invalid-id",
        "error",
        "An id does not start with a small letter, or has other signs than letters, digits and _.",
        "PutMetricAlarm refuses it.",
        _QUERY,
        "Rename it, also in the formulas.",
        _invalid_ids,
    ),
    Rule(
        "duplicate-id", "error", "Two queries have the same id.", "PutMetricAlarm refuses it.", _QUERY, "Rename one of them.", _duplicates
    ),
    Rule(
        "dangling-id",
        "error",
        "A formula asks for an id that no query has.",
        "PutMetricAlarm refuses it.",
        _QUERY,
        "Mend the formula, or add the query.",
        _dangling,
    ),
    Rule(
        "returned-queries",
        "error",
        "Not exactly one query returns data.",
        "PutMetricAlarm refuses it: the one with ReturnData is what the alarm watches. The API takes true where nothing is said, Terraform and "
        "Pulumi false. An alarm of anomaly detection returns two, the metric and its band.",
        f"{_QUERY}: ReturnData",
        "Set ReturnData true for what is watched, false for everything else.",
        _returned,
        _one_returned,
    ),
    Rule(
        "invalid-formula",
        "error",
        "The formula cannot be read.",
        "PutMetricAlarm refuses it.",
        f"{_MATH}: Metric math syntax and functions",
        "Mend the formula; the message says where.",
        _unreadable,
    ),
    Rule(
        "not-one-series",
        "error",
        "What the alarm watches is a list of series, or a single number.",
        "PutMetricAlarm refuses it: an alarm compares one series with its threshold.",
        _ALARM,
        "Put SUM, MAX, MIN or AVG around a list; a number needs a series beside it.",
        _not_one_series,
    ),
    Rule(
        "unused-query",
        "note",
        "A metric is in no formula.",
        "Each metric of an alarm is paid for.",
        "Amazon CloudWatch pricing",
        "Leave it out, or use it.",
        _unused,
        _only_used,
    ),
)
