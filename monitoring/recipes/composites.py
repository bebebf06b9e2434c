"""A12: one alarm for each severity, in ALARM while any of that severity is."""

from collections.abc import Iterable, Sequence

from monitoring.alarms import LONGEST_DESCRIPTION, LONGEST_RULE, MOST_CHILDREN, SEVERITIES, Alarm, CompositeAlarm, Severity, clause_of
from monitoring.recipes.draft import alarm_name
from monitoring.rules import any_of
from monitoring.subjects import Stack

CLAUSES: dict[Severity, str] = {"page": "something needs you now", "ticket": "something needs work", "info": "something to know"}


def composites_for(stack: Stack, alarms: Sequence[Alarm]) -> tuple[CompositeAlarm, ...]:
    """One for each severity that has alarms; several, numbered, where CloudWatch's limits ask for it."""
    return tuple(
        composite for severity in SEVERITIES for composite in _of(stack, severity, [each for each in alarms if each.severity == severity])
    )


def _of(stack: Stack, severity: Severity, alarms: Sequence[Alarm]) -> Iterable[CompositeAlarm]:
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
