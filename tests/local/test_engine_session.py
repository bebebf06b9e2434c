"""What a session gives to whatever `pulumi` is on PATH, and what it says where there is none. No CLI is needed here."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.__main__ import main
from local.engine import EngineFailed, Session
from local.engine.project import write_project
from tests.engine.__main__ import main as scenarios
from tests.local.programs import write

RECORDER = """#!{python}
import json, os, sys
with open({log!r}, "a") as log:
    given = sys.stdin.read() if "config" in sys.argv else ""
    log.write(json.dumps({{"words": sys.argv[1:], "given": given, "folder": os.getcwd(), "environment": dict(os.environ)}}) + "\\n")
print("said", file=sys.stderr)
sys.exit({status})
"""
CONFIG = """config:
  keys:
    type: string
    secret: true
"""


def record(folder: Path, monkeypatch: pytest.MonkeyPatch, *, status: int = 0) -> Path:
    """Put a `pulumi` on PATH that only writes down how it was called."""
    log = folder / "calls.jsonl"
    program = folder / "bin" / "pulumi"
    program.parent.mkdir(parents=True)
    program.write_text(RECORDER.format(python=sys.executable, log=str(log), status=status))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return log


def calls(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return write(tmp_path / "program", "", config=CONFIG, stack="config:\n  aws:region: eu-west-1\n")


def test_without_a_cli_it_says_so_in_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert main(["engine", "up"]) == 2
    assert capsys.readouterr().out.startswith("no-engine: there is no `pulumi` on PATH")
    assert scenarios() == 0
    assert capsys.readouterr().out == "SKIPPED: there is no `pulumi` on PATH, so no scenario was run on the real engine\n"


def test_an_unknown_step_is_refused_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["engine", "deploy"])
    assert ended.value.code == 2
    assert "'deploy' is no step: give up, preview, refresh, destroy" in capsys.readouterr().err


def test_a_session_begins_with_a_stack_and_its_secrets(program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = record(tmp_path, monkeypatch)
    with Session(program, "dev", tmp_path / "out", config={"keys": "hunter2"}) as session:
        session.pulumi("up", "--yes")
        endpoint, environment = session.aws.endpoint, session.environment
    begun, secret, up = calls(log)
    assert begun["words"][:3] == ["stack", "init", "dev"]
    assert (secret["words"][:4], secret["given"]) == (["config", "set", "--secret", "sample:keys"], "hunter2")
    assert (up["words"], up["folder"]) == (["up", "--yes"], str(tmp_path / "out/project"))
    assert up["environment"].items() >= environment.items()
    assert up["environment"]["PULUMI_DEBUG_PROVIDERS"].startswith("aws:")
    assert up["environment"]["PULUMI_BACKEND_URL"] == (tmp_path / "out/state").as_uri()
    assert up["environment"]["AWS_ENDPOINT_URL"] == endpoint
    assert all("hunter2" not in word for call in calls(log) for word in call["words"]), "other processes can read the words of a command"


def test_what_no_session_made_is_not_removed(program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path, monkeypatch)
    mine = tmp_path / "out/project/mine.txt"
    mine.parent.mkdir(parents=True)
    mine.touch()
    with pytest.raises(EngineFailed, match="was not made by a session"), Session(program, "dev", tmp_path / "out"):
        pass
    assert mine.exists()


def test_values_over_the_stacks_are_in_its_file_and_secrets_are_not(program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path, monkeypatch)
    config = CONFIG + "  count:\n    type: integer\n    default: 1\n"
    write(program, "", config=config)
    with Session(program, "dev", tmp_path / "out", config={"keys": "hunter2", "count": 3}) as session:
        written = yaml.safe_load((session.folder / "Pulumi.dev.yaml").read_text())
    assert written == {"config": {"aws:region": "eu-west-1", "sample:count": 3}}


def test_steps_run_in_order_and_the_first_that_fails_ends_them(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = record(tmp_path, monkeypatch)
    arguments = ["engine", "up", "preview", "destroy", "--once", "--project", str(program), "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    assert [call["words"][0] for call in calls(log)[2:]] == ["up", "preview", "destroy"]
    (tmp_path / "bin" / "pulumi").write_text('#!/bin/sh\n[ "$1" != preview ]\n')
    assert main(arguments) == 1
    assert "pulumi destroy" not in capsys.readouterr().out.rpartition("pulumi preview")[2]


def test_a_cli_that_cannot_begin_is_quoted(program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path, monkeypatch, status=3)
    with pytest.raises(EngineFailed, match=r"pulumi stack init dev .*ended with 3: said"), Session(program, "dev", tmp_path / "out"):
        pass


def test_the_project_of_a_session_is_the_programs_with_another_place(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.mkdir()
    (program / "env").mkdir()
    runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": "env"}}
    (program / "Pulumi.yaml").write_text(yaml.safe_dump({"name": "sample", "runtime": runtime, "config": {"a": {"type": "string"}}}))
    stack = {"encryptionsalt": "v1:x", "config": {"sample:a": "1", "sample:b": {"secure": "v1:y"}, "sample:c": {"d": 1}}}
    (program / "Pulumi.dev.yaml").write_text(yaml.safe_dump(stack))
    write_project(program, "dev", tmp_path / "made")
    made = yaml.safe_load((tmp_path / "made/Pulumi.yaml").read_text())
    assert made["main"] == str(program)
    assert made["runtime"]["options"] == {"toolchain": "pip", "virtualenv": str(program / "env")}
    assert made["config"] == {"a": {"type": "string"}}
    assert yaml.safe_load((tmp_path / "made/Pulumi.dev.yaml").read_text()) == {"config": {"sample:a": "1", "sample:c": {"d": 1}}}


def test_a_program_without_an_environment_gets_the_one_that_runs_this(program: Path, tmp_path: Path) -> None:
    write_project(program, "dev", tmp_path / "made")
    made = yaml.safe_load((tmp_path / "made/Pulumi.yaml").read_text())
    assert made["runtime"] == {"name": "python", "options": {"virtualenv": sys.prefix}}
