"""The guides for platform teams: every command that they show is one that the tools take."""

import re
import shlex
from collections.abc import Callable

import pytest

from components.__main__ import parser as components_parser
from monitoring.__main__ import parser as monitoring_parser
from monitoring.commands.command import Parser
from singletable.__main__ import main as singletable
from tests.snippets import ROOT

GUIDES = ("adopt", "environments", "evolve", "options-cost", "pipelines", "restore", "upgrade")
TOOLS: dict[str, Callable[[], Parser]] = {"components": components_parser, "monitoring": monitoring_parser}
COMMAND = re.compile(r"^(?:  )?\$ (python -m [^#\n]*)", re.MULTILINE)
SHOWN = [(guide, found.strip()) for guide in GUIDES for found in COMMAND.findall((ROOT / f"docs/{guide}.md").read_text(encoding="utf-8"))]


def test_there_are_commands() -> None:
    assert len(SHOWN) > 8


@pytest.mark.parametrize(("guide", "line"), SHOWN)
def test_a_command_is_one_that_the_tool_takes(guide: str, line: str) -> None:
    words = shlex.split(line.partition(">")[0])
    if words[2] == "singletable":
        assert singletable(words[3:]) == 0, guide
    else:
        assert callable(TOOLS[words[2]]().parse_args(words[3:]).run), guide


@pytest.mark.parametrize("guide", GUIDES)
def test_the_readme_leads_to_the_guide(guide: str) -> None:
    assert f"(docs/{guide}.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
