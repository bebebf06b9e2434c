"""Each claim of the comparison names a test, and the test is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROWS = [line for line in (ROOT / "docs/comparison.md").read_text(encoding="utf-8").splitlines() if re.match(r"\| [A-Z]", line)]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"), path)
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_what_is_claimed_is_tested(row: str) -> None:
    *_, claim, proof = (cell.strip() for cell in row.strip("| ").split("|"))
    named = TEST.findall(proof)
    assert bool(named) is (claim != "-"), "a row with a claim names its tests, one without has none"
    for path, name in named:
        assert (ROOT / path).is_file(), path
        assert name in names_in(path), f"{path} has no {name}"


def test_there_are_claims() -> None:
    assert len(ROWS) > 40
