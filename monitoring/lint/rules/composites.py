"""Rules of composite alarms: can they be read, are their alarms there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from monitoring.alarms import LONGEST_RULE, MOST_CHILDREN, MOST_ELEMENTS
from monitoring.errors import MonitoringError
from monitoring.lint.given import Given, known
from monitoring.lint.knowledge import nearest
from monitoring.lint.rule import Around, Request, Rule
from monitoring.rules import children_of, size_of

_NEWER: Final = re.compile(r"\b(?!ALARM|OK|INSUFFICIENT_DATA|AND|OR|NOT)[A-Z_]+\s*\(")
"""A function that this room does not know: CloudWatch may."""


def children(rule: str | None) -> tuple[str, ...] | None:
    """Names in the rule. None where it is not known, or cannot be read."""
    try:
        return None if rule is None else children_of(rule)
    except MonitoringError:
        return None


def _unreadable(alarm: Given, _around: Around) -> Iterator[str]:
    rule = alarm.rule
    if rule is None or _NEWER.search(re.sub(r'"[^"]*"', "", rule)):
        return
    try:
        children_of(rule)
    except MonitoringError as error:
        yield f"its rule cannot be read: {error.message}"


def _too_long(alarm: Given, _around: Around) -> Iterator[str]:
    if alarm.rule and len(alarm.rule) > LONGEST_RULE:
        yield f"its rule has {len(alarm.rule):,} characters; at most {LONGEST_RULE:,} are allowed"


def _too_many(alarm: Given, _around: Around) -> Iterator[str]:
    found = children(alarm.rule)
    if found is None or alarm.rule is None:
        return
    for what, given, most in (("alarms", len(found), MOST_CHILDREN), ("elements", size_of(alarm.rule), MOST_ELEMENTS)):
        if given > most:
            yield f"its rule has {given} {what}; at most {most} are allowed"


def _missing(alarm: Given, around: Around) -> Iterator[str]:
    for name in _missing_names(alarm, around):
        if not nearest(name, around.names - {alarm.label}):
            yield f'its rule asks for "{name}", which is not among the alarms given'


def _misspelt(alarm: Given, around: Around) -> Iterator[str]:
    for name in _missing_names(alarm, around):
        if near := nearest(name, around.names - {alarm.label}):
            yield f'its rule asks for "{name}", which is not among the alarms given; nearest: {near}'


def _missing_names(alarm: Given, around: Around) -> list[str]:
    """Parts in braces are filled in by a template."""
    return [name for name in children(alarm.rule) or () if name not in around.names and "${" not in name and "<" not in name]


def _found(alarm: Given, around: Around) -> Sequence[Request]:
    rule = alarm.rule or ""
    for name in _missing_names(alarm, around):
        near = nearest(name, around.names - {alarm.label}) or name
        rule = re.sub(rf'\(\s*"?{re.escape(name)}"?\s*\)', lambda _: f'("{near}")', rule)  # noqa: B023 # used at once
    return ({**alarm.request, "AlarmRule": rule},) if rule != alarm.rule else ()


def _cycle(alarm: Given, around: Around) -> Iterator[str]:
    path = _way_back(alarm.label, alarm.label, around.rules, ())
    if path:
        yield f"it depends on itself: {' -> '.join((alarm.label, *path))}"


def _way_back(start: str, end: str, rules: Mapping[str, tuple[str, ...]], seen: tuple[str, ...]) -> tuple[str, ...]:
    for child in rules.get(start, ()):
        if child == end:
            return (child,)
        if child not in seen and (rest := _way_back(child, end, rules, (*seen, start))):
            return (child, *rest)
    return ()


def _suppressor(alarm: Given, _around: Around) -> Iterator[str]:
    if alarm.composite and "ActionsSuppressor" in alarm.request:
        wanted = ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
        if missing := [name for name in wanted if name not in alarm.request and known(alarm.request["ActionsSuppressor"])]:
            yield f"it has an ActionsSuppressor and lacks {' and '.join(missing)}"


def _with_periods(alarm: Given, _around: Around) -> Sequence[Request]:
    return ({"ActionsSuppressorWaitPeriod": 60, "ActionsSuppressorExtensionPeriod": 60, **alarm.request},)


_PUT: Final = "CloudWatch API reference, PutCompositeAlarm"

RULES: Final = (
    Rule(
        "invalid-rule",
        "error",
        "The rule of a composite alarm cannot be read.",
        "PutCompositeAlarm refuses it.",
        f"{_PUT}: AlarmRule",
        "Use ALARM(), OK(), INSUFFICIENT_DATA(), AND, OR, NOT, TRUE, FALSE and parentheses.",
        _unreadable,
    ),
    Rule(
        "rule-too-long",
        "error",
        "The rule is longer than 10,240 characters.",
        "PutCompositeAlarm refuses it.",
        f"{_PUT}: AlarmRule",
        "Split it: a composite alarm may be made from composite alarms.",
        _too_long,
    ),
    Rule(
        "too-many-children",
        "error",
        "The rule has more than 100 alarms, or 500 elements.",
        "PutCompositeAlarm refuses it.",
        f"{_PUT}: AlarmRule",
        "Split it: a composite alarm may be made from composite alarms.",
        _too_many,
    ),
    Rule(
        "missing-child",
        "error",
        "The rule asks for an alarm that is not there.",
        "PutCompositeAlarm refuses a rule whose alarms do not exist. A file may not hold every alarm of the region: there it is a note.",
        f"{_PUT}: AlarmRule",
        "Make the alarm first, or take it out of the rule.",
        _missing,
        partly="note",
    ),
    Rule(
        "misspelt-child",
        "error",
        "The rule asks for an alarm that is not there, and one has nearly that name.",
        "PutCompositeAlarm refuses a rule whose alarms do not exist. A file may not hold every alarm of the region: there it is a warning.",
        f"{_PUT}: AlarmRule",
        "Use the name of the alarm that is there.",
        _misspelt,
        _found,
        partly="warning",
    ),
    Rule(
        "composite-cycle",
        "error",
        "Composite alarms depend on each other in a circle.",
        "CloudWatch stops to evaluate them, and none of them can be deleted before the circle is broken.",
        _PUT,
        "Take one of them out of the other's rule.",
        _cycle,
    ),
    Rule(
        "suppressor-periods",
        "error",
        "An actions suppressor without its wait and extension periods.",
        "PutCompositeAlarm refuses it.",
        f"{_PUT}: ActionsSuppressorWaitPeriod",
        "Give both, in seconds.",
        _suppressor,
        _with_periods,
    ),
)
