"""Filter policies of subscriptions: alternatives over the body of a message."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from local.patches import Patch, Repair


def _matching(original: Callable[..., bool]) -> object:
    def field_match(field: str, rules: Sequence[Any], body: Mapping[str, Any], attributes_based_check: bool = True) -> bool:
        if field == "$or" and not attributes_based_check:
            alternatives = cast("Sequence[Mapping[str, Sequence[Any]]]", rules)
            return any(all(field_match(name, wanted, body, False) for name, wanted in each.items()) for each in alternatives)
        return original(field, rules, body, attributes_based_check)

    return staticmethod(field_match)


def _patches() -> Sequence[Patch]:
    from moto.sns.utils import FilterPolicyMatcher

    return (Patch(FilterPolicyMatcher, "_field_match", _matching),)


FILTERS = Repair(
    "filters",
    "moto looks for the alternatives ($or) of a filter policy over message bodies among the attributes, and Publish fails; SNS looks for them in "
    "the body",
    _patches,
)
