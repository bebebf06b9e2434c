"""How two requests of one alarm differ, in the words of a person. What only deployment knows is the same as anything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from monitoring.alarms import clause_of
from monitoring.lint.given import Given, Place, Series
from monitoring.lint.output.text import in_words
from monitoring.lint.rules.composites import children

TABLE: Final = "<table>"
"""As a listing has the name of the stack's own table."""
LONGEST_FORMULA: Final = 60
"""Characters that a reader can still compare."""
MOST_NAMED: Final = 3
"""Metrics or alarms that one sentence names."""

_DEFAULTS: Final[Mapping[str, Any]] = {
    "ActionsEnabled": True,
    "TreatMissingData": "missing",
    "EvaluateLowSampleCountPercentile": "evaluate",
}
"""Of PutMetricAlarm, where nothing is said. Source: CloudWatch API reference, PutMetricAlarm."""

_WORDS: Final = {
    "ActionsEnabled": "actions",
    "Threshold": "threshold",
    "ComparisonOperator": "comparison",
    "TreatMissingData": "missing data",
    "EvaluateLowSampleCountPercentile": "few samples",
    "WarmUpConfiguration": "warm-up",
}

_APART: Final = (
    *("Metrics", "MetricName", "Namespace", "Dimensions", "Statistic", "ExtendedStatistic", "Period", "Unit"),
    *("EvaluationPeriods", "DatapointsToAlarm", "AlarmRule"),
)
"""Parameters that are compared by what they mean together."""


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """ "threshold: 20 -> 25", "also watches ...": each difference that decides when it fires."""
    before, after = _facts(old), _facts(new)
    yield from (arrow(name, before.get(name), after.get(name)) for name in {**before, **after} if before.get(name) != after.get(name))
    metrics = tuple(_metrics(old, new))
    yield from metrics
    yield from _formulas(old, new, said=bool(metrics))
    yield from _rules(old.get("AlarmRule"), new.get("AlarmRule"))


def arrow(what: str, old: Any, new: Any) -> str:
    return f"{what}: {_value(old)} -> {_value(new)}"


def _facts(request: Mapping[str, Any]) -> dict[str, Any]:
    """Everything but metrics and rules, each by the word that a person has for it."""
    alarm = Given("", Place("", ""), request)
    found = {_WORDS.get(name, name): value for name, value in {**_DEFAULTS, **request}.items() if name not in _APART}
    more = {
        "of": f"{alarm.datapoints} of {alarm.periods}" if alarm.periods else None,
        "period": alarm.period_seconds,
    }
    return found | {name: value for name, value in more.items() if value}


def _formulas(old: Mapping[str, Any], new: Mapping[str, Any], *, said: bool) -> Iterator[str]:
    """said: whether its metrics were told already: of a long formula that is enough."""
    before, after = ([text for _, text in Given("", Place("", ""), request).formulas][-1:] for request in (old, new))
    if before == after:
        return
    if max(map(len, (*before, *after))) <= LONGEST_FORMULA:
        yield arrow("formula", *(each[0] if each else None for each in (before, after)))
    elif not said:
        yield "its formula"


def _metrics(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = (tuple(Given("", Place("", ""), request).series) for request in (old, new))
    yield from _come_and_gone(
        [_said(series) for series in after if not any(_same(series, other) for other in before)],
        [_said(series) for series in before if not any(_same(series, other) for other in after)],
    )


def _said(series: Series) -> str:
    """Without the table, which is that of the stack; another name that only deployment knows is called by what it belongs to."""
    known = {name: str(value).strip("<>") for name, value in (series.dimensions or {}).items() if str(value) != TABLE}
    return in_words(replace(series, dimensions=known)) if known else f"{series.statistic} of {series.name}"


def _same(one: Series, other: Series) -> bool:
    if (one.namespace, one.name, one.statistic) != (other.namespace, other.name, other.statistic):
        return False
    mine, theirs = one.dimensions or {}, other.dimensions or {}
    return mine.keys() == theirs.keys() and all(_equal(str(mine[name]), str(theirs[name])) for name in mine)


def _equal(one: str, other: str) -> bool:
    return one == other or one.startswith("<") or other.startswith("<")


def _rules(old: str | None, new: str | None) -> Iterator[str]:
    """By the alarms in them: a rule itself may have thousands of characters."""
    if old == new:
        return
    before, after = (tuple(map(clause_of, children(rule) or ())) for rule in (old, new))
    come, gone = ([name for name in one if name not in other] for one, other in ((after, before), (before, after)))
    yield from _come_and_gone(come, gone)
    if not come and not gone:
        yield "its rule"


def _come_and_gone(come: Sequence[str], gone: Sequence[str]) -> Iterator[str]:
    for words, names in (("also watches", come), ("no longer watches", gone)):
        if names:
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            yield f"{words} {'; '.join(names[:MOST_NAMED])}{more}"


def _value(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:,g}" if isinstance(value, int | float) else str(value)
