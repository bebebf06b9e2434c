"""What a shell completes: tried in the shells that are on this machine, and compared with the parsers."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from monitoring.__main__ import main, parser
from monitoring.commands import COMMANDS
from monitoring.commands.completion import SHELLS
from monitoring.completion import SCRIPTS, words_of

WORDS = words_of(parser())


def script(shell: str, program: str = "singletable-monitoring") -> str:
    return SCRIPTS[shell](program, WORDS)


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not on this machine")


@pytest.fixture
def complete(tmp_path: Path):
    """What bash would offer for a line; the last word is the one that is being typed."""
    (tmp_path / "completion").write_text(script("bash"))
    (tmp_path / "alarms.json").write_text("[]")
    (tmp_path / "pictures").mkdir()

    def complete(*words: str) -> list[str]:
        line = ["singletable-monitoring", *words]
        program = (
            'source completion; function=$(complete -p singletable-monitoring); function=${function#*-F }; COMP_WORDS=("$@"); '
            "COMP_CWORD=$(($# - 1)); compopt() { :; }; ${function% *}; printf '%s\\n' \"${COMPREPLY[@]}\""
        )
        command = ["bash", "--norc", "-c", program, "bash", *line]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert result.stderr == ""
        return [word for word in result.stdout.splitlines() if word]

    return complete


@needs("bash")
def test_bash_completes_commands(complete) -> None:
    assert complete("li") == ["lint"]
    assert set(complete("")) >= {command.name for command in WORDS}
    assert complete("--ver") == ["--version"]


@needs("bash")
def test_bash_completes_options_and_their_values(complete) -> None:
    assert complete("lint", "--min") == ["--min-severity"]
    assert complete("lint", "--min-severity", "") == ["error", "warning", "note"]
    assert complete("preview", "--format", "mark") == ["markdown"]
    assert complete("completion", "z") == ["zsh"]


@needs("bash")
def test_bash_completes_files_where_one_is_asked_for(complete) -> None:
    assert complete("lint", "ala") == ["alarms.json"]
    assert complete("preview", "--alarms", "ala") == ["alarms.json"]
    assert complete("preview", "--pictures", "") == ["pictures"]
    assert complete("preview", "ala") == []


@pytest.mark.parametrize("command", WORDS, ids=lambda command: command.name)
@needs("bash")
def test_bash_offers_every_option_of_every_command(complete, command) -> None:
    assert set(complete(command.name, "-")) == {flag for option in command.flags for flag in option.flags}


@pytest.mark.parametrize("shell", [pytest.param(shell, marks=needs(shell)) for shell in SHELLS])
def test_the_shell_reads_its_script(shell: str, tmp_path: Path) -> None:
    path = tmp_path / "completion"
    path.write_text(script(shell))
    checked = subprocess.run([shell, "-n", str(path)], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("shell", SHELLS)
def test_every_script_has_every_option_and_choice(shell: str) -> None:
    text = script(shell)
    for command in WORDS:
        assert command.name in text
        for option in command.options:
            assert all((flag.lstrip("-") if shell == "fish" else flag) in text for flag in option.flags)
            assert " ".join(option.choices) in text


@pytest.mark.parametrize("shell", SHELLS)
def test_quotes_are_even_in_every_line(shell: str) -> None:
    """Helps have apostrophes in them: bash and zsh leave the quote for one, fish escapes it."""
    for line in script(shell).splitlines():
        bare = line.replace("'\"'\"'", "").replace("\\'", "")
        assert bare.count("'") % 2 == 0, line


def test_the_name_of_the_program_can_be_another(capsys) -> None:
    assert main(["completion", "bash", "--program", "monitoring"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "complete -F _monitoring monitoring"


def test_what_it_is_made_from_is_there_as_json(capsys) -> None:
    assert main(["completion", "fish", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in found] == [command.name for command in WORDS]
    assert len(found) == len(COMMANDS)
