"""The pipelines are read by machines that are not here: what they call of ours has to exist, with the options that they give."""

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from monitoring.__main__ import parser as monitoring
from tests.snippets import ROOT

PIPELINES = sorted((ROOT / "examples" / "pipelines").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def commands(node: object, key: str = "") -> Iterator[str]:
    """Every line that is run."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from commands(value, str(name))
    elif isinstance(node, list):
        for each in node:
            yield from commands(each, key)
    elif key in ("run", "script", "before_script"):
        yield from str(node).splitlines()


def called(path: Path) -> list[list[str]]:
    """Words of each command, without what its output is written to and with a name for what only the pipeline knows."""
    lines = (re.sub(r'"?\$\((?:[^()]|\([^()]*\))*\)"?', "TABLE", line) for line in commands(yaml.safe_load(path.read_text())))
    return [shlex.split(line.partition(" > ")[0]) for line in lines]


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.name)
def test_our_commands_take_what_they_are_given(path: Path) -> None:
    ours = [words[3:] for words in called(path) if words[:3] == ["python", "-m", "monitoring"]]
    assert {words[0] for words in ours} == {"preview", "backtest", "lint", "doctor"}
    for words in ours:
        given = monitoring().parse_args(words)
        assert isinstance(given, argparse.Namespace)


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.name)
def test_targets_and_files_exist(path: Path) -> None:
    words = called(path)
    assert {target for command in words if command[:1] == ["make"] for target in command[1:]} <= TARGETS
    files = [word for command in words for word in command if word.endswith(".toml") and "/" in word]
    assert files
    assert all((ROOT / word).is_file() for word in files)
    assert (ROOT / "policy" / "PulumiPolicy.yaml").is_file()


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.name)
def test_findings_are_kept_for_the_reviewers(path: Path) -> None:
    text = path.read_text()
    assert "lint.sarif" in text.partition("lint plan.json")[2].partition("\n")[2], "written and handed on"
    assert "preview.md" in text.partition("--format markdown")[2].partition("\n")[2]
