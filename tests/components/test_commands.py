"""What every command of `python -m components` does alike: `tests/test_commands.py` asks the same of the toolkit."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Final, cast

import pytest

from components.__main__ import main, parser
from components.commands import COMMANDS
from monitoring.commands.command import DONE, FOUND, USAGE, Parser
from tests.generate_docs import statuses_of

HELPS: Final[Mapping[str, Parser]] = {
    name: each
    for action in parser().options
    if isinstance(action.choices, dict)
    for name, each in cast("dict[str, Parser]", action.choices).items()
}


def test_every_module_of_the_list_adds_one_command() -> None:
    assert len(HELPS) == len(COMMANDS)


@pytest.mark.parametrize("name", HELPS)
def test_every_command_teaches(name: str) -> None:
    command = HELPS[name]
    assert (command.description or "").rstrip().endswith(".")
    assert f"$ python -m components {name}" in (command.epilog or "")
    assert [option.dest for option in command.options if not option.help] == []
    assert "--json" in {flag for option in command.options for flag in option.option_strings}


@pytest.mark.parametrize("name", HELPS)
def test_every_command_says_its_exit_status(name: str) -> None:
    statuses = statuses_of(HELPS[name])
    assert {DONE, USAGE} <= statuses.keys() <= {DONE, FOUND, USAGE}
    assert all(statuses.values())


@pytest.mark.parametrize("arguments", [[], ["nothing"], *([name, "--no-such-option"] for name in HELPS)], ids=" ".join)
def test_what_is_no_command_or_option_is_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == USAGE
    assert capsys.readouterr().out == ""


BARE = """
import sys
for name in ("pulumi", "pulumi_aws", "yaml"):
    sys.modules[name] = None
from components.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
"""As it is installed without extras. A module that is None cannot be imported (Python's reference, "The module cache")."""


def bare(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", BARE, *words], capture_output=True, text=True, check=False, timeout=120)


def test_a_library_that_is_not_installed_is_named() -> None:
    done = bare("access")
    assert done.returncode == USAGE, done.stderr
    assert done.stderr.startswith("components: missing-library: this needs ") and "singletable[pulumi]" in done.stderr


def test_help_needs_no_library() -> None:
    assert bare("--help").returncode == DONE
