"""What every command line of the project does alike."""

import io
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import pytest

from monitoring.__main__ import main
from monitoring.commands import COMMANDS
from monitoring.commands.command import DONE, FOUND, INTERRUPTED, USAGE, coloured, progress
from tests.generate_docs import commands, statuses_of

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


# --- the commands of the toolkit, whichever there are

HELPS: Final = commands()


def test_every_module_of_the_list_adds_one_command() -> None:
    assert len(HELPS) == len(COMMANDS)


@pytest.mark.parametrize("name", HELPS)
def test_every_command_teaches(name: str) -> None:
    command = HELPS[name]
    assert command.description
    assert command.description.rstrip().endswith(".")
    assert f"$ python -m monitoring {name}" in (command.epilog or "") or f"$ singletable-monitoring {name}" in (command.epilog or "")


@pytest.mark.parametrize("name", HELPS)
def test_every_option_says_what_it_is(name: str) -> None:
    assert [option.dest for option in HELPS[name].options if not option.help] == []


@pytest.mark.parametrize("name", HELPS)
def test_every_command_can_answer_as_json(name: str) -> None:
    assert "--json" in {flag for option in HELPS[name].options for flag in option.option_strings}


@pytest.mark.parametrize("name", HELPS)
def test_every_command_says_its_exit_status(name: str) -> None:
    """0 done, 1 bad news, 2 usage: a command need not have bad news."""
    statuses = statuses_of(HELPS[name])
    assert {DONE, USAGE} <= statuses.keys() <= {DONE, FOUND, USAGE}
    assert all(statuses.values())


@pytest.mark.parametrize("name", HELPS)
def test_every_help_fits_a_terminal(name: str) -> None:
    written = [*(HELPS[name].description or "").splitlines(), *(HELPS[name].epilog or "").splitlines()]
    assert [line for line in written if len(line) > 120] == []


@pytest.mark.parametrize("arguments", [[], ["nothing"], *([name, "--no-such-option"] for name in HELPS)], ids=" ".join)
def test_what_is_no_command_or_option_is_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == USAGE
    assert capsys.readouterr().out == ""


def test_an_interrupt_is_130_without_a_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("monitoring.commands.lint.run", interrupted)
    assert main(["lint", "--rules"]) == INTERRUPTED == 128 + signal.SIGINT
    assert capsys.readouterr().err == "monitoring: interrupted\n"


def test_the_version_is_that_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == DONE
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert capsys.readouterr().out == f"{project['name']} {project['version']}\n"


@pytest.mark.parametrize(
    ("terminal", "environment", "expected"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    terminal: bool, environment: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """no-color.org: "when present and not an empty string"."""
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    assert coloured(stream) is expected


def test_progress_is_for_terminals(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    progress("reading")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    progress("reading")
    assert capsys.readouterr().err == "reading ...\n"
