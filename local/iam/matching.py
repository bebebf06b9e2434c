"""Patterns of policies: wildcards, policy variables and ARNs.

Rules (IAM user guide, "IAM JSON policy elements: Resource", "Policy variables"): `*` and `?` stand for characters of one ARN segment, `*`
crosses `/` but not `:`; resources mind letter case, actions do not; a value that comes in through a variable holds no wildcards.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence

Context = Mapping[str, str | Sequence[str]]
"""Condition keys in lower case and their values in one request; a list: a multivalued key."""

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
# Stand for a literal * and ? inside a pattern: private use code points, which occur in no ARN.
_LITERALS = str.maketrans({"*": "\ue000", "?": "\ue001"})
ARN_SEGMENTS = 6


class Unsupported(ValueError):
    """A policy says something that this evaluation does not know, or that AWS does not define: no decision is better than a wrong one."""

    code = "unsupported-policy"


def literal(value: str) -> str:
    """The value with its wildcard characters made literal."""
    return value.translate(_LITERALS)


def fits(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    """Does a pattern, after `expand`, fit a value?"""
    return _compiled(pattern, ignore_case).match(literal(value)) is not None


@functools.lru_cache(4096)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    text = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.compile(text + r"\Z", re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def expand(pattern: str, context: Context, *, wildcards: bool = True) -> str:
    """Put values in place of policy variables. `wildcards=False`: `*` and `?` of the pattern itself are literal too (StringEquals).

    Raises Unsupported for a variable that has no single value in this request and no default: engines differ on that.
    """
    parts: list[str] = []
    position = 0
    for found in _VARIABLE.finditer(pattern):
        parts += [_plain(pattern[position : found.start()], wildcards), _value(found[1], context)]
        position = found.end()
    return "".join([*parts, _plain(pattern[position:], wildcards)])


def _plain(text: str, wildcards: bool) -> str:
    return text if wildcards else literal(text)


def _value(variable: str, context: Context) -> str:
    name, _, default = (part.strip() for part in variable.partition(","))
    if name in ("*", "?", "$"):
        return literal(name)
    value = context.get(name.lower())
    if isinstance(value, str):
        return literal(value)
    if value is not None and len(value) == 1:
        return literal(value[0])
    if default:
        return literal(default.strip("'"))
    raise Unsupported(f"policy variable {name} has no single value in this request")


def arn_fits(pattern: str, arn: str, context: Context) -> bool:
    """Does a Resource element fit a resource? `arn` is "*" for an action that has no resource type; only "*" fits that.

    Raises Unsupported for a pattern with fewer than six segments.
    """
    pattern = expand(pattern, context)
    if pattern == "*":
        return True
    if arn == "*":
        return False
    return arns_alike(pattern, arn)


def arns_alike(pattern: str, arn: str) -> bool:
    """Compare two ARNs segment by segment (ArnLike, ArnEquals and Resource)."""
    wanted, found = pattern.split(":", 5), arn.split(":", 5)
    if len(wanted) != ARN_SEGMENTS:
        raise Unsupported(f"{pattern!r} has fewer than six ARN segments: arn:partition:service:region:account:resource")
    return len(found) == ARN_SEGMENTS and all(fits(want, have) for want, have in zip(wanted, found))
