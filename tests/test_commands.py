"""What every command line of the project does alike."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    "command",
    [
        ["singletable", "review", "app.model", "--json"],
        ["singletable", "definition", "app.model"],
        ["components", "bundle", "--json", "--out", "{folder}/app.zip"],
        ["monitoring", "preview"],
        ["monitoring", "lint", "--rules"],
    ],
    ids=" ".join,
)
def test_a_reader_that_has_seen_enough_ends_it_quietly(command: list[str], tmp_path: Path) -> None:
    shown, end = os.pipe()
    os.close(shown)
    words = [word.format(folder=tmp_path) for word in command]
    try:
        result = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, stdout=end, stderr=subprocess.PIPE, text=True)
    finally:
        os.close(end)
    assert (result.returncode, result.stderr) == (0, "")
