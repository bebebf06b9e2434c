"""The command line of the embedded AWS: what it prints, and with which code it ends."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from local.__main__ import ROOT, main
from local.world import MissingOutput, World
from tests.local.programs import write


def test_up_shows_what_was_made(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["outputs"]["tableName"] in {resource["id"] for resource in made["resources"]}
    assert made["endpoint"].startswith("http://127.0.0.1:")


def test_a_stack_that_is_not_configured_ends_with_a_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["up", "--project", str(tmp_path)]) == 2
    assert capsys.readouterr().out.startswith("invalid-configuration: no Pulumi project here: ")


def test_an_unknown_stack_is_refused_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "--stack", "nosuch"]) == 2
    shown = capsys.readouterr().out
    assert shown.startswith("invalid-configuration: no stack 'nosuch': ")
    assert "Pulumi.nosuch.yaml does not exist; there are: dev" in shown


def test_another_project_than_that_of_the_folder_is_said_first(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: sample\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").touch()
    (tmp_path / "__main__.py").write_text("")
    monkeypatch.chdir(tmp_path)
    assert main(["up", "--project", "."]) == 0
    assert "deploying" not in capsys.readouterr().out
    assert main(["up"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"deploying the program in {ROOT}; give --project . for the one in this folder"
    outputs = [line.strip().partition(":")[0] for line in lines[lines.index("") + 2 :]]
    assert "tableName" in outputs
    assert outputs == sorted(outputs)


def test_the_demo_of_a_program_that_exports_nothing_ends_with_a_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: sample\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").touch()
    (tmp_path / "__main__.py").write_text("")
    assert main(["demo", "--project", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "missing-output: the program in" in capsys.readouterr().out


def test_a_program_without_a_url_is_told_what_to_export(tmp_path: Path) -> None:
    program = write(tmp_path, 'pulumi.export("other", "x")\n')
    with (
        World(program, "dev") as bare,
        pytest.raises(MissingOutput, match="exports no 'apiUrl', only: other. Add pulumi.export") as caught,
    ):
        bare.request("GET", "/")
    assert caught.value.code == "missing-output"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise ValueError('no luck')", "deploy-failed: the program of stack 'dev' failed"),
        (None, "program-error: no program here: "),
    ],
)
def test_a_program_that_cannot_be_run_ends_with_its_code(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, program: str | None, words: str
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: sample\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").touch()
    if program is not None:
        (tmp_path / "__main__.py").write_text(program)
    assert main(["up", "--project", str(tmp_path)]) == 2
    assert capsys.readouterr().out.startswith(words)


def test_results_that_cannot_be_written_are_refused_before_anything_runs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert main(["demo", "--out", str(tmp_path / "file" / "out")]) == 2
    assert capsys.readouterr().out.startswith(f"machine-refused: {tmp_path / 'file' / 'out'} cannot be written (Not a directory)")


def test_an_input_that_is_not_there_ends_with_a_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "customers.jsonl").touch()
    assert main(["demo", "--input", str(tmp_path)]) == 2
    assert capsys.readouterr().out.startswith(f"input-missing: {tmp_path} has no products.jsonl, orders.jsonl")


def test_a_port_that_is_taken_ends_with_a_sentence_before_the_demo_begins(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    assert f"port-taken: 127.0.0.1:{port} cannot be listened on" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "the following arguments are required: command"),
        (["demo", "--minutes", "23"], "--minutes 23: an alarm needs time to fire and to clear, give 24 or more"),
        (["demo", "--workers", "0"], "argument --workers: invalid choice: 0"),
        (["serve", "--port", "70000"], "argument --port: '70000' is no port: give 0 to 65535"),
        (["serve", "--incident", "flood"], "argument --incident: invalid choice: 'flood'"),
        (["demo", "--port", "1"], "unrecognized arguments: --port 1"),
    ],
)
def test_wrong_arguments_are_refused(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("command", ["up", "demo", "serve", "engine"])
def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert f"python -m local {command}" in capsys.readouterr().out
