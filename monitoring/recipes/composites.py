"""A12: one alarm for each severity, in ALARM while any of that severity is; and one for each question that took several alarms to ask."""

from collections.abc import Iterable, Sequence
from typing import Literal

from monitoring.alarms import LONGEST_DESCRIPTION, LONGEST_RULE, MOST_CHILDREN, SEVERITIES, Alarm, CompositeAlarm, Severity, clause_of
from monitoring.anomalies import AnomalyAlarm
from monitoring.recipes.draft import alarm_name
from monitoring.recipes.totals import ALL, SPLIT
from monitoring.rules import any_of
from monitoring.subjects import Stack

CLAUSES: dict[Severity, str] = {"page": "something needs you now", "ticket": "something needs work", "info": "something to know"}


Watching = Alarm | AnomalyAlarm
Notify = Literal["alarms", "composites"]


def telling(alarms: Sequence[Watching], composites: Sequence[CompositeAlarm], notify: Notify) -> tuple[str, ...]:
    """The names of those that tell somebody. "alarms": each says what is wrong and what to do, and where several ask one question, the one that
    speaks for them. "composites": those of the severities.
    """
    if notify == "composites":
        return tuple(composite.name for composite in composites if not composite.instead)
    spoken_for = {name for composite in composites if composite.instead for name in composite.children}
    speaking = (composite.name for composite in composites if composite.instead)
    return (*(alarm.name for alarm in alarms if alarm.name not in spoken_for), *speaking)


def composites_for(stack: Stack, alarms: Sequence[Watching]) -> tuple[CompositeAlarm, ...]:
    """One for each severity that has alarms; several, numbered, where CloudWatch's limits ask for it. Before them one for each total that is
    split into families of operations: it tells in the place of its parts, so that one incident is one message.
    """
    split = [whole for recipe in SPLIT for whole in _whole(stack, recipe, [each for each in alarms if each.recipe == recipe])]
    by_severity = (
        composite for severity in SEVERITIES for composite in _of(stack, severity, [each for each in alarms if each.severity == severity])
    )
    return (*split, *by_severity)


def _whole(stack: Stack, recipe: str, parts: Sequence[Watching]) -> Iterable[CompositeAlarm]:
    """Its name is not that of the one alarm for few operations: a name cannot turn from one kind of alarm into another."""
    if len(parts) < 2:
        return
    severity = parts[0].severity
    clauses = "; ".join(clause_of(part.name) for part in parts)
    next_step = parts[0].description.partition(" Next: ")[2]
    text = f"At least one of these is open, and says of which requests: {clauses}. Next: {next_step}"
    name = alarm_name(stack, severity, f"{SPLIT[recipe].format(ALL)} (of any kind)")
    yield CompositeAlarm(name, severity, text, any_of([part.name for part in parts]), instead=True)


def _of(stack: Stack, severity: Severity, alarms: Sequence[Watching]) -> Iterable[CompositeAlarm]:
    parts = _parts([alarm.name for alarm in alarms])
    for number, names in enumerate(parts, 1):
        clause = CLAUSES[severity] + (f" ({number} of {len(parts)})" if len(parts) > 1 else "")
        yield CompositeAlarm(alarm_name(stack, severity, clause), severity, _description(stack, severity, names), any_of(names))


def _parts(names: Sequence[str]) -> list[list[str]]:
    """As few as possible, each within the limits of one rule."""
    parts: list[list[str]] = []
    for name in names:
        if not parts or len(parts[-1]) >= MOST_CHILDREN or len(any_of((*parts[-1], name))) > LONGEST_RULE:
            parts.append([])
        parts[-1].append(name)
    return parts


def _description(stack: Stack, severity: Severity, names: Sequence[str]) -> str:
    """As many of its alarms as fit; one always does."""
    lead = f"At least one {severity} alarm of {stack.label} is open; its own description says what to do. It watches: "
    clauses = [clause_of(name) for name in names]
    texts = (f"{lead}{'; '.join(clauses[:count])}{_rest(len(clauses) - count)}." for count in range(len(clauses), 0, -1))
    return next(text for text in texts if len(text) <= LONGEST_DESCRIPTION)


def _rest(count: int) -> str:
    return f" and {count} more" if count else ""
