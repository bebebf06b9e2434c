"""Event patterns of a mapping's filter criteria: which stream records reach a function.

Rules of the Lambda guide, "Control which events Lambda sends to your function" (filter rule syntax). Numbers compare with `numeric`
only where the event holds a JSON number: DynamoDB's N attributes are strings, so a numeric rule on one never matches, here as there.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

Pattern = Mapping[str, Any]
_ABSENT = object()
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_OPERATORS = ("anything-but", "equals-ignore-case", "exists", "numeric", "prefix", "suffix")


def parse(text: str) -> Pattern:
    """A filter's Pattern. Raises ValueError for what Lambda would not accept when the mapping is made."""
    pattern: object = json.loads(text)
    if not isinstance(pattern, dict):
        raise ValueError(f"a filter pattern is a JSON object, not {text}")
    found = cast("Pattern", pattern)
    _check(found, "$")
    return found


def _check(pattern: Pattern, path: str) -> None:
    for name, rule in pattern.items():
        here = f"{path}.{name}"
        if name == "$or":
            for one in cast("Sequence[Pattern]", rule):
                _check(one, here)
        elif isinstance(rule, dict):
            _check(cast("Pattern", rule), here)
        elif isinstance(rule, list) and rule:
            for one in cast("list[Any]", rule):
                _check_rule(one, here)
        else:
            raise ValueError(f"filter pattern: {here} is {json.dumps(rule)}; allowed: an object or a list with at least one value")


def _check_rule(rule: Any, path: str) -> None:
    if not isinstance(rule, dict):
        return
    names = tuple(cast("Mapping[str, Any]", rule))
    if len(names) != 1 or names[0] not in _OPERATORS:
        raise ValueError(f"filter pattern: {path} has the rule {json.dumps(rule)}; allowed: one of {', '.join(_OPERATORS)}")


def matches(pattern: Pattern, event: Any) -> bool:
    """Every field of the pattern holds in the event; of `$or` at least one alternative."""
    if not isinstance(event, Mapping):
        return False
    fields = cast("Mapping[str, Any]", event)
    for name, rule in pattern.items():
        if name == "$or":
            if not any(matches(one, fields) for one in cast("Sequence[Pattern]", rule)):
                return False
        elif isinstance(rule, Mapping):
            if not matches(cast("Pattern", rule), fields.get(name)) and not _only_absent(cast("Pattern", rule), fields.get(name)):
                return False
        elif not any(_holds(one, fields.get(name, _ABSENT)) for one in cast("Sequence[Any]", rule)):
            return False
    return True


def _only_absent(pattern: Pattern, value: Any) -> bool:
    """`{"exists": false}` below a field that is not there at all is true."""
    return value is None and matches(pattern, {})


def _holds(rule: Any, value: Any) -> bool:
    if isinstance(value, list):
        return any(_holds(rule, one) for one in cast("list[Any]", value))
    if not isinstance(rule, Mapping):
        return _equal(rule, value)
    ((name, given),) = cast("Mapping[str, Any]", rule).items()
    if name == "exists":
        return given == (value is not _ABSENT and not isinstance(value, Mapping))
    if value is _ABSENT:
        return False
    if name == "anything-but":
        refused = cast("list[Any]", given) if isinstance(given, list) else [given]
        return not any(_holds(one, value) for one in refused)
    if name == "numeric":
        return _number(value) and _within(cast("list[Any]", given), value)
    if not isinstance(value, str):
        return False
    if name == "prefix":
        return value.startswith(given)
    if name == "suffix":
        return value.endswith(given)
    return value.casefold() == str(given).casefold()


def _equal(rule: Any, value: Any) -> bool:
    if _number(rule) or _number(value):
        return _number(rule) and _number(value) and rule == value
    return type(rule) is type(value) and rule == value


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _within(given: list[Any], value: float) -> bool:
    return all(_COMPARE[sign](value, limit) for sign, limit in zip(given[::2], given[1::2]))
