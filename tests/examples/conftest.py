"""The plugin, and SDKs of its schema where there is a CLI that generates them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from components.plugin.host import Provider
from tests.plugin.conftest import plugin

__all__ = ["plugin"]

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def needed(tool: str, what: str) -> str:
    """The path of a tool; skips in one line where there is none."""
    found = shutil.which(tool)
    if found is None:
        pytest.skip(f"no {tool} on PATH: {what}")
    return found


PROBES = {
    "pip": [sys.executable, "-m", "pip", "index", "--disable-pip-version-check", "versions", "semver"],
    "npm": ["npm", "view", "typescript", "version"],
    "go": ["go", "list", "-m", "golang.org/x/mod@latest"],
}
"""What asks the index of an installer for something that is in it for certain."""


def reachable(installer: str, folder: Path) -> None:
    """Skips in one line where the index of an installer does not answer. Where it does, whatever then cannot be installed is a failure."""
    if subprocess.run(PROBES[installer], cwd=folder, capture_output=True).returncode:
        pytest.skip(f"the index of {installer} cannot be reached: what the example needs cannot be installed")


@pytest.fixture(scope="session")
def generate(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Generates the SDK of a language, as `pulumi install` does from the plugin, and gives its folder."""

    def make(language: str) -> Path:
        pulumi = needed("pulumi", f"the SDK for {language} cannot be generated")
        needed(f"pulumi-language-{language}", f"the SDK for {language} cannot be generated")
        folder = tmp_path_factory.mktemp("sdk")
        schema = folder / "schema.json"
        schema.write_text(json.dumps(Provider().package), encoding="utf-8")
        command = [pulumi, "package", "gen-sdk", str(schema), "--language", language, "--out", str(folder)]
        result = subprocess.run(command, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
        return folder / language

    return make
