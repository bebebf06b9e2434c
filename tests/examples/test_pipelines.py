"""The pipelines are read by machines that are not here: what they call of ours has to exist, with the options that they give."""

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.__main__ import parser as components
from monitoring.__main__ import parser as monitoring
from tests.snippets import ROOT

PIPELINES = sorted((ROOT / "examples" / "pipelines").glob("*.yml"))
GITLAB = ROOT / "examples" / "pipelines" / "gitlab-ci.yml"
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
    return [shlex.split(re.split(r" > | \|\| ", line)[0]) for line in lines]


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.name)
def test_our_commands_take_what_they_are_given(path: Path) -> None:
    parsers = {"monitoring": monitoring(), "components": components()}
    ours = [words[2:] for words in called(path) if words[:2] == ["python", "-m"] and words[2] in parsers]
    assert {words[1] for words in ours} == {"preview", "backtest", "lint", "doctor", "restore-drill"}
    for words in ours:
        given = parsers[words[0]].parse_args(words[1:])
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


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.name)
def test_a_policy_that_refuses_hides_no_finding(path: Path) -> None:
    """The CLI ends a preview at a violation: its JSON holds neither the rest of the plan nor which policy it was."""
    of_a_change = list(commands(yaml.safe_load(path.read_text())["preview" if path == GITLAB else "jobs"]))
    previews = [line for line in of_a_change if line.startswith("pulumi preview") and "--refresh" not in line]
    assert [("--json" in line, "--policy-pack" in line) for line in previews] == [(True, False), (False, True)]
    lint = next(line for line in of_a_change if " lint " in line)
    assert of_a_change.index(previews[0]) < of_a_change.index(lint) < of_a_change.index(previews[1])


# --- what a pipeline may


ACTIONS = ROOT / "examples" / "pipelines" / "github-actions.yml"
JOBS: dict[str, dict[str, Any]] = yaml.safe_load(ACTIONS.read_text())["jobs"]


def test_every_action_is_a_commit_and_says_which_release_it_was() -> None:
    used = [line.strip() for line in ACTIONS.read_text().splitlines() if "uses:" in line]
    assert used
    assert [line for line in used if not re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)] == []


def test_an_action_is_the_same_commit_everywhere() -> None:
    commits: dict[str, set[str]] = {}
    for action, commit in re.findall(r"uses: ([\w./-]+)@([0-9a-f]{40})", ACTIONS.read_text()):
        commits.setdefault(action, set()).add(commit)
    assert [action for action, found in commits.items() if len(found) > 1] == []


def test_a_job_has_no_right_that_it_does_not_use() -> None:
    assert yaml.safe_load(ACTIONS.read_text())["permissions"] == {}
    for name, job in JOBS.items():
        uses = " ".join(step.get("uses", "") for step in job["steps"])
        needed = {
            "contents": "actions/checkout@" in uses,
            "id-token": "configure-aws-credentials@" in uses or "gh-action-pypi-publish@" in uses,
            "pull-requests": "gh pr comment" in str(job["steps"]),
            "security-events": "upload-sarif@" in uses,
        }
        assert job["permissions"].keys() == {right for right, need in needed.items() if need}, name


def test_what_is_published_is_not_built_where_it_may_be_published() -> None:
    assert not any("checkout" in step.get("uses", "") or "run" in step for step in JOBS["release"]["steps"])
    assert "id-token" not in JOBS["build"]["permissions"]


@pytest.mark.parametrize("name", JOBS)
def test_a_job_ends_and_keeps_no_credentials(name: str) -> None:
    assert JOBS[name]["timeout-minutes"] <= 360
    checkouts = [step for step in JOBS[name]["steps"] if "actions/checkout@" in step.get("uses", "")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_no_pipeline_holds_a_secret() -> None:
    for path in PIPELINES:
        assert "secrets." not in path.read_text()
        assert not re.search(r"AKIA|ghp_|glpat-", path.read_text())


# --- scripts of several lines, with other programs in the place of those that they call


def stand_in(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def done(job: str, key: str, folder: Path, **variables: str) -> int:
    """The exit status of the last script, as the runner starts it."""
    script = yaml.safe_load(GITLAB.read_text())[job][key][-1]
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "STACK": "prod", **variables}
    return subprocess.run(["sh", "-e", "-c", script], cwd=folder, env=environment, check=False).returncode


@pytest.mark.parametrize(
    ("preview", "output", "doctor", "status"),
    [(0, 0, 0, 0), (7, 0, 0, 7), (0, 0, 1, 1), (7, 0, 1, 7), (7, 9, 0, 7), (0, 9, 0, 9)],
)
def test_the_doctor_comes_whatever_was_changed_by_hand(preview: int, output: int, doctor: int, status: int, tmp_path: Path) -> None:
    stand_in(tmp_path, "pulumi", f'case "$1" in preview) exit {preview};; *) echo shop; exit {output};; esac')
    stand_in(tmp_path, "python", f'echo "$*" > examined; exit {doctor}')
    assert done("drift", "script", tmp_path) == status
    examined = tmp_path / "examined"
    assert examined.exists() == (not output)
    assert output or examined.read_text() == "-m monitoring doctor shop --min-severity warning\n"


@pytest.mark.skipif(not shutil.which("jq"), reason="needs jq on PATH")
@pytest.mark.parametrize(
    ("notes", "request_sent"),
    [
        ([], "--method POST {notes}"),
        ([{"id": 1, "body": "says <!-- mark --> too"}], "--method POST {notes}"),
        ([{"id": 1, "body": "well done"}, {"id": 2, "body": "<!-- mark -->\nan older preview"}], "--method PUT {notes}/2"),
    ],
    ids=["first", "another's", "renewed"],
)
def test_the_note_is_renewed(notes: list[dict[str, object]], request_sent: str, tmp_path: Path) -> None:
    """GitLab's API: PUT /projects/:id/merge_requests/:iid/notes/:note_id changes one, POST without its number makes one."""
    (tmp_path / "notes.json").write_text(json.dumps(notes))
    (tmp_path / "preview.md").write_text("two alarms more\n")
    stand_in(tmp_path, "glab", 'case "$*" in *--method*) echo "$*" >> sent;; *) cat notes.json;; esac')

    assert done("preview", "after_script", tmp_path, CI_PROJECT_ID="5", CI_MERGE_REQUEST_IID="8", MARK="<!-- mark -->") == 0

    (sent,) = (tmp_path / "sent").read_text().splitlines()
    assert sent == f"api {request_sent.format(notes='projects/5/merge_requests/8/notes')} --field body=@note.md --silent"
    assert (tmp_path / "note.md").read_text() == "<!-- mark -->\ntwo alarms more\n"


def test_without_a_preview_there_is_no_note(tmp_path: Path) -> None:
    stand_in(tmp_path, "glab", "echo called > sent")
    assert done("preview", "after_script", tmp_path, CI_PROJECT_ID="5", CI_MERGE_REQUEST_IID="8", MARK="<!-- mark -->") == 0
    assert not (tmp_path / "sent").exists()
