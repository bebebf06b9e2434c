"""No refusal tells a program in TypeScript or Go to call something of Python."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.plugin.refusals import NAMES, camel, in_every_language

ROOT = Path(__file__).parents[2]
PYTHON = re.compile(
    r"\b[A-Z][A-Za-z]+\.[a-z_]+\b|\b[A-Za-z_.]+\((?:\)|\.\.\.|[a-z])|\.[a-z_]+\(|\b[a-z_]+=(?:\.\.\.|True|False|'|[A-Z])|\bNone\b"
)
"""A call, a method, or an argument by its name."""
NOT_REACHED = (
    "of type",
    "the patterns are {}",
    "give a list of GlobalIndex",
    "use Projection.all(), .keys_only()",
    "use WarmUnits(read",
    "without a target: use Capacity.autoscaled, or Capacity.fixed",
    "Replica(region, key_arn)",
    "the start is {}: give Start",
    "True or False is allowed",
    "the logs are",
    "the time to restore",
    "are billed by",
    "return all arguments",
    "or None for none",
)
"""Of values that the schema already refuses, or that plain data cannot be."""
ROOMS = ("tables", "functions", "permissions", "watching")
"""Where components check what they are given. Other rooms are of commands, of a stack's configuration, or of the bundle that only Python has."""


def messages() -> Iterator[tuple[str, str]]:
    """Where something is refused, and with what; `{}` stands for what is known then."""
    for path in sorted(path for room in ROOMS for path in (ROOT / "components" / room).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                yield from ((f"{path.stem}:{node.lineno}", told(argument)) for argument in node.exc.args)


def told(argument: ast.expr) -> str:
    parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
    return "".join(part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "{}" for part in parts)


@pytest.mark.parametrize(("where", "message"), [each for each in messages() if not any(part in each[1] for part in NOT_REACHED)])
def test_a_remedy_is_in_the_words_of_every_language(where: str, message: str) -> None:
    assert PYTHON.search(in_every_language(message)) is None, in_every_language(message)


def test_the_search_finds_what_python_calls_things() -> None:
    found = [message for _, message in messages() if PYTHON.search(message)]
    assert any("Billing.on_demand()" in message for message in found) and any("recursion=..." in message for message in found)


def test_arguments_are_spelt_as_every_language_spells_them() -> None:
    assert {"recovery_days", "maximum_age_seconds", "kms_key_arn", "topic_policy"} <= NAMES
    assert in_every_language("recovery_days is 36") == "recoveryDays is 36"
    assert camel("maximum_age_seconds") == "maximumAgeSeconds"
