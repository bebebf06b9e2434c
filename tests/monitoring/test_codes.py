"""Each code that the toolkit writes is one that its reference explains."""

import ast
from pathlib import Path

import pytest

from monitoring import errors
from monitoring.errors import CODES, USAGE_CODES
from monitoring.lint.errors import INPUT_CODES

ROOM = Path(errors.__file__).parent
ERRORS = {"MonitoringError", "UsageError", "InputError", "CoverageError"}


def codes_of(path: Path) -> set[str]:
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call) and node.args)
    named = (call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id in ERRORS)
    return {str(first.value) for first in named if isinstance(first, ast.Constant)}


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOM)))
def test_every_code_is_explained(path: Path) -> None:
    assert codes_of(path) <= CODES.keys() | USAGE_CODES.keys()


def test_a_file_of_alarms_has_the_same_codes() -> None:
    assert INPUT_CODES.keys() <= CODES.keys() | USAGE_CODES.keys()
