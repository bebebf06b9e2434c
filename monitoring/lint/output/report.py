"""Findings as JSON. docs/lint.md documents the shape."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from monitoring.lint.review import Reviewed
from monitoring.lint.rule import LEVELS
from monitoring.names import Ref

VERSION: Final = 1
"""Of the shape. Fields may be added under the same version."""


def report(reviewed: Sequence[Reviewed], alarms: int) -> dict[str, Any]:
    """alarms: how many were looked at."""
    return {
        "version": VERSION,
        "counts": {"alarms": alarms, **counts(reviewed)},
        "alarms": [_alarm(each) for each in reviewed],
    }


def counts(reviewed: Iterable[Reviewed]) -> dict[str, int]:
    """Severity -> findings."""
    found = Counter(finding.level for each in reviewed for finding in each.findings)
    return {level: found[level] for level in LEVELS}


def plain(value: Any) -> Any:
    """A name that only deployment knows becomes "<what it refers to>"."""
    if isinstance(value, Ref):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in cast("Sequence[Any]", value)]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _alarm(reviewed: Reviewed) -> dict[str, Any]:
    place = reviewed.alarm.place
    return {
        "name": reviewed.alarm.label,
        "file": place.file,
        "path": place.path,
        "line": place.line,
        "findings": [
            {
                "code": finding.rule.code,
                "severity": finding.level,
                "message": finding.message,
                "why": finding.rule.why,
                "source": finding.rule.source,
                "correction": finding.rule.correction,
            }
            for finding in reviewed.findings
        ],
        "corrected": [plain(request) for request in reviewed.corrected],
    }
