"""Which stacks are production, and which tables are declared to be thrown away."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from policy.properties import block
from singletable.deployment import DISPOSABLE_TAG

PRODUCTION_WORDS: Final = frozenset({"prod", "prd", "production", "live"})
"""A stack is production where one of these is a word of its name: `prod`, `eu-production`, `live.2`."""


def is_production(urn: str, further: Sequence[str] = ()) -> bool:
    """Whether the resource belongs to a production stack. `further`: names of other stacks that are production."""
    stack = urn.split(":")[2]
    return stack in list(further) or bool(PRODUCTION_WORDS & set(re.split(r"[^a-z0-9]+", stack.lower())))


def is_disposable(properties: Mapping[str, Any]) -> bool:
    """Whether a table is tagged to be thrown away. Raises `UnknownValueError` where its tags are not known yet."""
    return block(properties, "tags").get(DISPOSABLE_TAG) == "true"


def may_be_lost(properties: Mapping[str, Any], urn: str, config: Mapping[str, Any]) -> bool:
    """A table that is declared disposable, in a stack that is not production. `config` is the rule's: its `production` names further stacks."""
    return is_disposable(properties) and not is_production(urn, config.get("production", ()))
