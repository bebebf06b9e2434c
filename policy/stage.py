"""Which stacks are production, and which tables are declared to be thrown away."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final, Protocol

from policy.properties import block
from singletable.deployment import DISPOSABLE_TAG

PRODUCTION_WORDS: Final = frozenset({"prod", "prd", "production", "live"})
"""A stack is production where one of these is a word of its name: `prod`, `eu-production`, `live.2`."""

PRODUCTION_TAG: Final = "singletable:production"
"""Whatever its name, a stack with this tag is production, "true", or is not, "false": `pulumi stack tag set singletable:production true`."""
_TAGGED: Final = {"true": True, "false": False}
_DENIED: Final = frozenset({"non", "not", "no", "pre"})
"""Before such a word they say the opposite: `non-prod`, `pre-production`, `not-live`."""


class Asked(Protocol):
    """What a rule of either kind is called with, as far as the stage is concerned."""

    stack_tags: Mapping[str, str]

    def get_config(self) -> Mapping[str, Any]: ...


def is_production(urn: str, asked: Asked) -> bool:
    """Whether the resource belongs to a production stack: by the rule's `production`, else by the stack's tag, else by its name."""
    stack = urn.split(":")[2]
    if stack in list(asked.get_config().get("production", ())):
        return True
    return _TAGGED.get(asked.stack_tags.get(PRODUCTION_TAG, ""), _is_named_production(stack))


def _is_named_production(stack: str) -> bool:
    words = re.split(r"[^a-z0-9]+", stack.lower())
    return any(word in PRODUCTION_WORDS and before not in _DENIED for before, word in pairwise(("", *words)))


def is_concerned(urn: str, asked: Asked) -> bool:
    """Whether a rule that is for production only holds for the resource: its `everywhere` takes in the other stacks."""
    return asked.get_config().get("everywhere") is True or is_production(urn, asked)


def is_disposable(properties: Mapping[str, Any]) -> bool:
    """Whether a table is tagged to be thrown away. Raises `UnknownValueError` where its tags are not known yet."""
    return block(properties, "tags").get(DISPOSABLE_TAG) == "true"


def may_be_lost(properties: Mapping[str, Any], urn: str, asked: Asked) -> bool:
    """A table that is declared disposable, in a stack that is not production: there its tags do not matter, and need not be known."""
    return not is_production(urn, asked) and is_disposable(properties)
