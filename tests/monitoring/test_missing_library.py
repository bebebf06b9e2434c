"""Whoever took the kit without the extra `monitoring` is told what to install: it is no finding, and no traceback."""

import subprocess
import sys

import pytest

RUN = "import sys; sys.modules[{missing!r}] = None; from monitoring.__main__ import main; sys.exit(main({arguments!r}))"
"""A module that is None cannot be imported (Python's reference, "The module cache")."""


@pytest.mark.parametrize(
    ("missing", "arguments"),
    [
        ("numpy", ["render", "--scenario", "hot-partition", "--text"]),
        ("numpy", ["serve", "--scenario", "hot-partition"]),
        ("numpy", ["backtest", "--scenario", "hot-partition"]),
        ("numpy", ["explain", "shop"]),
        ("boto3", ["render", "shop", "--text"]),
        ("boto3", ["lint", "--live"]),
        ("vl_convert", ["render", "--scenario", "hot-partition", "--png", "{folder}/x.png"]),
        ("yaml", ["lint", "{folder}/x.yaml"]),
    ],
)
def test_a_library_that_is_not_installed_is_named(missing: str, arguments: list[str], tmp_path) -> None:
    (tmp_path / "x.yaml").write_text("Resources: {}\n", encoding="utf-8")
    given = [each.format(folder=tmp_path) for each in arguments]
    program = RUN.format(missing=missing, arguments=given)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("monitoring: missing-library: ")
    assert "pip install 'singletable[monitoring]'" in done.stderr


def test_a_module_of_ones_own_that_is_missing_is_not_blamed_on_us(tmp_path) -> None:
    """It is named as what it is: the module that was asked for."""
    program = RUN.format(missing="json5", arguments=["render", "--model", "nowhere.model", "--scenario", "hot-partition"])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2
    assert "missing-library" not in done.stderr
