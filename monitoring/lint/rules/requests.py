"""Would CloudWatch take the request: what must be there, what values there are, how long texts may be."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from monitoring.actions import MOST_ACTIONS
from monitoring.alarms import COMPARISONS, LONGEST_DESCRIPTION, LONGEST_NAME, MISSING
from monitoring.lint.given import Given, known, number, text, whole
from monitoring.lint.rule import Around, Mend, Request, Rule
from monitoring.metrics import MOST_DIMENSIONS
from monitoring.names import Ref
from monitoring.statistic import BASIC

BANDS: Final = ("LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold")
"""Comparisons of anomaly detection."""

ACTIONS: Final = ("AlarmActions", "OKActions", "InsufficientDataActions")

_CHOICES: Final[Mapping[str, Sequence[str]]] = {
    "ComparisonOperator": (*COMPARISONS, *BANDS),
    "TreatMissingData": MISSING,
    "EvaluateLowSampleCountPercentile": ("evaluate", "ignore"),
    "Statistic": BASIC,
}
_ALONE: Final = ("MetricName", "Namespace", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic")


_TEXTS: Final = (
    "AlarmName",
    "AlarmDescription",
    "AlarmRule",
    "Namespace",
    "MetricName",
    "Unit",
    "ExtendedStatistic",
    "ActionsSuppressor",
    "Id",
    "Expression",
    "Stat",
)
_LISTS: Final = (*ACTIONS, "Metrics", "Dimensions")


def _malformed(alarm: Given, _around: Around) -> Iterator[str]:
    request = alarm.request
    yield from _types(request)
    if alarm.composite or alarm.promql:
        return
    yield from _choices(request)
    yield from _numbers(alarm)
    kinds = [name for name in ("MetricName", "Metrics") if name in request]
    if not kinds:
        yield "it watches nothing: MetricName or Metrics is missing"
    elif "Metrics" in request:
        if both := [name for name in _ALONE if name in request]:
            yield f"{', '.join(both)} beside Metrics: what is watched stands in Metrics alone"
        yield from _queries(request["Metrics"])
    else:
        yield from _metric(request)
    yield from _dimensions(alarm)


def _types(given: Mapping[str, Any], of: str = "") -> Iterator[str]:
    """Texts and lists that are something else."""
    for names, kind, word in ((_TEXTS, str, "text"), (_LISTS, list, "list")):
        for name in names:
            value = given.get(name, Ref(""))
            if known(value) and not isinstance(value, kind):
                yield f"{name}{of} is a {type(value).__name__}, not a {word}"
    pairs: Any = given.get("Dimensions")
    for pair in cast("list[Any]", pairs) if isinstance(pairs, list) else ():
        if known(pair) and not (isinstance(pair, Mapping) and isinstance(cast("Mapping[str, Any]", pair).get("Name"), str | Ref)):
            yield f"a dimension{of} is no object with Name and Value"


def _choices(request: Mapping[str, Any]) -> Iterator[str]:
    for name, allowed in _CHOICES.items():
        given = request.get(name)
        if given is not None and known(given) and (not isinstance(given, str) or given not in allowed):
            yield f'{name} "{given}" is none of {", ".join(allowed)}'
    if "ComparisonOperator" not in request:
        yield "ComparisonOperator is missing"


def _numbers(alarm: Given) -> Iterator[str]:
    for name in ("EvaluationPeriods", "DatapointsToAlarm"):
        given = alarm.request.get(name)
        if given is None:
            if name == "EvaluationPeriods":
                yield "EvaluationPeriods is missing"
        elif known(given) and (whole(given) or 0) < 1:
            yield f"{name} {given!r} is no number from 1"
    threshold = alarm.request.get("Threshold")
    if threshold is None and not alarm.anomaly:
        yield "Threshold is missing"
    elif threshold is not None and known(threshold) and number(threshold) is None:
        yield f"Threshold {threshold!r} is no number"


def _metric(request: Mapping[str, Any]) -> Iterator[str]:
    for name in ("Namespace", "Period"):
        if name not in request:
            yield f"{name} is missing"
    count = sum(name in request for name in ("Statistic", "ExtendedStatistic"))
    if count != 1:
        yield f"{'both' if count else 'none'} of Statistic and ExtendedStatistic is given; exactly one must be"


def _queries(given: Any) -> Iterator[str]:
    if isinstance(given, Ref):
        return
    for place, query in enumerate(cast("list[Any]", given) if isinstance(given, list) else (), 1):
        if isinstance(query, Mapping):
            yield from _query(cast("Mapping[str, Any]", query), place)
        elif known(query):
            yield f"the query number {place} is no object"


def _query(query: Mapping[str, Any], place: int) -> Iterator[str]:
    of = f' of "{query["Id"]}"' if isinstance(query.get("Id"), str) else f" of the query number {place}"
    yield from _types(query, of)
    if "Id" not in query:
        yield f"the query number {place} has no Id"
    if ("MetricStat" in query) == ("Expression" in query):
        yield f"{'both' if 'Expression' in query else 'none'} of MetricStat and Expression{of}; exactly one must be there"
    stat: Any = query.get("MetricStat", Ref(""))
    metric: Any = cast("Mapping[str, Any]", stat).get("Metric", {}) if isinstance(stat, Mapping) else Ref("")
    parts: list[tuple[str, Any, tuple[str, ...]]] = [
        ("MetricStat", stat, ("Period", "Stat")),
        ("Metric", metric, ("Namespace", "MetricName")),
    ]
    for name, value, wanted in parts:
        if isinstance(value, Mapping):
            inner = cast("Mapping[str, Any]", value)
            yield from _types(inner, of)
            if missing := [each for each in wanted if each not in inner]:
                yield f"{', '.join(missing)} missing in {name}{of}"
        elif known(value):
            yield f"{name}{of} is no object"


def _dimensions(alarm: Given) -> Iterator[str]:
    for series in alarm.series:
        given = series.dimensions or {}
        if len(given) > MOST_DIMENSIONS:
            yield f"{series} has {len(given)} dimensions; at most {MOST_DIMENSIONS} are allowed"
        if empty := [name for name, value in given.items() if not value]:
            yield f"the dimension {empty[0]} of {series} has no value"


def _name(alarm: Given, _around: Around) -> Iterator[str]:
    given = text(alarm.request.get("AlarmName")) or ""
    if len(given) > LONGEST_NAME:
        yield f"its name has {len(given)} characters; at most {LONGEST_NAME} are allowed"


def _description(alarm: Given, _around: Around) -> Iterator[str]:
    given = text(alarm.request.get("AlarmDescription")) or ""
    if len(given) > LONGEST_DESCRIPTION:
        yield f"its description has {len(given)} characters; at most {LONGEST_DESCRIPTION} are allowed"


def _cut(name: str, length: int) -> Mend:
    def mend(alarm: Given, _around: Around) -> Sequence[Request]:
        return ({**alarm.request, name: alarm.request[name][: length - 1].rstrip() + "…"},)

    return mend


def _actions(alarm: Given, _around: Around) -> Iterator[str]:
    for name in ACTIONS:
        given = alarm.request.get(name)
        if isinstance(given, list) and len(found := cast("list[Any]", given)) > MOST_ACTIONS:
            yield f"{len(found)} {name}; at most {MOST_ACTIONS} are allowed"


def _nobody(alarm: Given, around: Around) -> Iterator[str]:
    """What is part of a composite may leave telling to it."""
    if around.open_rules or any(alarm.label in names for names in around.rules.values()):
        return
    if not any(name in alarm.request for name in ACTIONS):
        yield "it tells nobody: it has no action for any state"


def _off(alarm: Given, _around: Around) -> Iterator[str]:
    if str(alarm.request.get("ActionsEnabled", True)).lower() == "false" and any(name in alarm.request for name in ACTIONS):
        yield "its actions are switched off (ActionsEnabled is false): it tells nobody"


def _on(alarm: Given, _around: Around) -> Sequence[Request]:
    return ({name: value for name, value in alarm.request.items() if name != "ActionsEnabled"},)


_PUT: Final = "CloudWatch API reference, PutMetricAlarm"
_BOTH: Final = f"{_PUT} and PutCompositeAlarm"

RULES: Final = (
    Rule(
        "malformed-alarm",
        "error",
        "Something that must be there is missing, or has a value that it cannot have.",
        "PutMetricAlarm refuses it.",
        _PUT,
        "Mend what the message names.",
        _malformed,
    ),
    Rule(
        "name-too-long",
        "error",
        "The name is longer than 255 characters.",
        "CloudWatch refuses it.",
        f"{_BOTH}: AlarmName",
        "Shorten it; the corrected alarm has it cut.",
        _name,
        _cut("AlarmName", LONGEST_NAME),
    ),
    Rule(
        "description-too-long",
        "error",
        "The description is longer than 1,024 characters.",
        "CloudWatch refuses it.",
        f"{_BOTH}: AlarmDescription",
        "Shorten it; the corrected alarm has it cut. A link to a runbook says more.",
        _description,
        _cut("AlarmDescription", LONGEST_DESCRIPTION),
    ),
    Rule(
        "too-many-actions",
        "error",
        "More than 5 actions for one state.",
        "CloudWatch refuses it.",
        f"{_BOTH}: AlarmActions",
        "Send to one SNS topic, and let the topic have the receivers.",
        _actions,
    ),
    Rule(
        "no-action",
        "note",
        "No action for any state.",
        "It changes its colour in the console and tells nobody. That is right for a part of a composite alarm, or for a dashboard.",
        f"{_BOTH}: AlarmActions",
        "Give it a topic, or put it into a composite alarm.",
        _nobody,
    ),
    Rule(
        "actions-off",
        "note",
        "Actions are switched off.",
        "It has actions and takes none: often left behind after maintenance.",
        f"{_BOTH}: ActionsEnabled",
        "Switch them on; for maintenance use a mute rule, which ends by itself.",
        _off,
        _on,
    ),
)
