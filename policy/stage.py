"""Which stacks are production, and which tables are declared to be thrown away."""

import re
from collections.abc import Mapping
from typing import Any, Final, Protocol

from policy.properties import block
from singletable.deployment import DISPOSABLE_TAG

PRODUCTION_WORDS: Final = frozenset({"prod", "prd", "production", "live"})
"""A stack is production where one of these is a word of its name: `prod`, `eu-production`, `live.2`."""

PRODUCTION_TAG: Final = "singletable:production"
"""A stack with this tag, "true", is production whatever its name: `pulumi stack tag set singletable:production true`."""


class Asked(Protocol):
    """What a rule of either kind is called with, as far as the stage is concerned."""

    stack_tags: Mapping[str, str]

    def get_config(self) -> Mapping[str, Any]: ...


def is_production(urn: str, asked: Asked) -> bool:
    """Whether the resource belongs to a production stack: by its name, by the rule's `production`, or by the stack's tag."""
    stack = urn.split(":")[2]
    told = stack in list(asked.get_config().get("production", ())) or asked.stack_tags.get(PRODUCTION_TAG) == "true"
    return told or bool(PRODUCTION_WORDS & set(re.split(r"[^a-z0-9]+", stack.lower())))


def is_concerned(urn: str, asked: Asked) -> bool:
    """Whether a rule that is for production only holds for the resource: its `everywhere` takes in the other stacks."""
    return asked.get_config().get("everywhere") is True or is_production(urn, asked)


def is_disposable(properties: Mapping[str, Any]) -> bool:
    """Whether a table is tagged to be thrown away. Raises `UnknownValueError` where its tags are not known yet."""
    return block(properties, "tags").get(DISPOSABLE_TAG) == "true"


def may_be_lost(properties: Mapping[str, Any], urn: str, asked: Asked) -> bool:
    """A table that is declared disposable, in a stack that is not production."""
    return is_disposable(properties) and not is_production(urn, asked)
