"""The Python example: its stack deploys on the embedded AWS, and its API answers."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.world import World

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "python"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(EXAMPLE, "dev") as made:
        yield made


def test_a_note_is_written_found_and_removed(world: World) -> None:
    made = world.request("POST", "/", {"owner": "ada", "text": "Buy milk"})
    assert made.status == 201
    note = made.json()

    one = {"id": note["id"]}
    assert world.request("GET", "/", query=one).json() == note
    assert world.request("GET", "/", query={"owner": "ada"}).json() == {"notes": [note]}
    assert world.request("DELETE", "/", query=one).status == 204
    assert world.request("GET", "/", query=one).status == 404
    assert world.request("PUT", "/").status == 400


def test_the_other_examples_declare_the_same_table() -> None:
    """`examples/notes.table.json` is what the Python model prints: run python -m singletable definition notes.model there."""
    command = [sys.executable, "-m", "singletable", "definition", "notes.model"]
    printed = subprocess.run(command, cwd=EXAMPLE, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True).stdout
    assert json.loads((ROOT / "examples" / "notes.table.json").read_text(encoding="utf-8")) == json.loads(printed)
