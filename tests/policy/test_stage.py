"""Which stacks are production: told by the configuration, by a tag, or by their name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from policy.stage import PRODUCTION_TAG, is_production


@dataclass
class Asked:
    stack_tags: Mapping[str, str]
    config: Mapping[str, Any]

    def get_config(self) -> Mapping[str, Any]:
        return self.config


def asked_about(stack: str, tag: str | None = None, **config: Any) -> bool:
    return is_production(f"urn:pulumi:{stack}::shop::aws:dynamodb/table:Table::shop", Asked({PRODUCTION_TAG: tag} if tag else {}, config))


@pytest.mark.parametrize("stack", ["prod", "eu-prod", "shop.production", "live_2", "Prod", "preview-prod"])
def test_a_word_of_the_name_says_it(stack: str) -> None:
    assert asked_about(stack)


@pytest.mark.parametrize(
    "stack", ["dev", "non-prod", "pre-prod", "not-live", "no_production", "eu.pre-production.2", "Non-Prod", "nonprod"]
)
def test_a_word_that_is_denied_does_not(stack: str) -> None:
    assert not asked_about(stack)


def test_one_word_may_be_denied_beside_another_that_is_not() -> None:
    assert asked_about("non-prod-live")


@pytest.mark.parametrize(("tag", "expected"), [("true", True), ("false", False)])
@pytest.mark.parametrize("stack", ["prod", "dev"])
def test_the_tag_wins_over_the_name(stack: str, tag: str, expected: bool) -> None:
    assert asked_about(stack, tag) is expected


def test_a_tag_that_says_neither_leaves_it_to_the_name() -> None:
    assert [asked_about("prod", "maybe"), asked_about("dev", "maybe")] == [True, False]


def test_the_configuration_wins_over_both() -> None:
    assert asked_about("dev", "false", production=["dev"])
