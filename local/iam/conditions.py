"""The Condition element: operators, set quantifiers, absent keys (IAM user guide, "Condition operators", "Multivalued context keys")."""

from __future__ import annotations

import ipaddress
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from local.iam.matching import Context, Unsupported, arns_alike, expand, fits, literal

Compare = Callable[[str, str], bool]
"""(what the policy says, what the request has) -> does it hold?"""


def _numbers(compare: Callable[[float, float], bool]) -> Compare:
    return lambda wanted, found: compare(float(found), float(wanted))


def _dates(compare: Callable[[float, float], bool]) -> Compare:
    return lambda wanted, found: compare(_seconds(found), _seconds(wanted))


def _seconds(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return datetime.fromisoformat(value).timestamp()


def _in_network(wanted: str, found: str) -> bool:
    return ipaddress.ip_address(found) in ipaddress.ip_network(wanted, strict=False)


# In these the pattern is a value as it is: its * and ? are no wildcards.
_EXACT = frozenset({"StringEquals", "StringEqualsIgnoreCase", "BinaryEquals"})
_OPERATORS: Mapping[str, Compare] = {
    "StringEquals": lambda wanted, found: wanted == literal(found),
    "StringEqualsIgnoreCase": lambda wanted, found: wanted.lower() == literal(found).lower(),
    "StringLike": fits,
    "BinaryEquals": lambda wanted, found: wanted == literal(found),
    "Bool": lambda wanted, found: wanted.lower() == found.lower(),
    "ArnEquals": arns_alike,
    "ArnLike": arns_alike,
    "IpAddress": _in_network,
    "NumericEquals": _numbers(operator.eq),
    "NumericLessThan": _numbers(operator.lt),
    "NumericLessThanEquals": _numbers(operator.le),
    "NumericGreaterThan": _numbers(operator.gt),
    "NumericGreaterThanEquals": _numbers(operator.ge),
    "DateEquals": _dates(operator.eq),
    "DateLessThan": _dates(operator.lt),
    "DateLessThanEquals": _dates(operator.le),
    "DateGreaterThan": _dates(operator.gt),
    "DateGreaterThanEquals": _dates(operator.ge),
}
_NEGATIVE: Mapping[str, str] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}


def hold(condition: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Do all conditions hold? Operators and keys are joined by AND, the values of one key by OR (by NOR for a negated operator)."""
    return all(_holds(full, key, wanted, context) for full, keys in condition.items() for key, wanted in keys.items())


def as_list(value: Any) -> list[Any]:
    """IAM takes one thing where it takes a list."""
    return list(cast("Sequence[Any]", value)) if isinstance(value, list | tuple) else [value]


def _holds(full: str, key: str, wanted: Any, context: Context) -> bool:
    quantifier, _, name = full.rpartition(":")
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    found = context.get(key.lower())
    values = [str(value).lower() if isinstance(value, bool) else str(value) for value in as_list(wanted)]
    if name == "Null":
        return any((found is None) == (value.lower() == "true") for value in values)
    negated = name in _NEGATIVE
    base = _NEGATIVE.get(name, name)
    if base not in _OPERATORS or quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise Unsupported(f"condition operator {full}")
    if quantifier == "ForAnyValue" and if_exists:
        raise Unsupported(f"{full}: what AWS does with an absent key is not documented")
    if found is None or (quantifier and not found):
        # A negated operator on a key that is not there is true, and so is ForAllValues: it does not stop a Scan.
        return quantifier == "ForAllValues" or if_exists or (negated and quantifier != "ForAnyValue")
    if not quantifier and not isinstance(found, str):
        raise Unsupported(f"{full} on the multivalued key {key}: it needs ForAllValues or ForAnyValue")
    patterns = [expand(value, context, wildcards=base not in _EXACT) for value in values]
    results = [any(_OPERATORS[base](pattern, each) for pattern in patterns) != negated for each in as_list(found)]
    return any(results) if quantifier == "ForAnyValue" else all(results)
