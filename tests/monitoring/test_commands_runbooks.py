"""`python -m monitoring runbooks`: lists, prints one, writes pages; as text and as JSON."""

import json
from pathlib import Path

import pytest

from monitoring.__main__ import main
from monitoring.runbooks import RUNBOOKS

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_the_list_has_a_line_for_each_recipe_of_the_stack(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runbooks"]) == 0
    lines = [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines()]
    assert ["page", "index-throttles", RUNBOOKS["index-throttles"].title] in lines
    assert ["page", "account-concurrency", RUNBOOKS["account-concurrency"].title] in lines
    assert "replication-late" not in {line[1] for line in lines}


@pytest.mark.parametrize("name", ["index-throttles", "shop-dev page: GSI1 is throttled", "shop-live ticket: GSI1 is throttled"])
def test_one_is_printed_by_its_recipe_or_by_an_alarm(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runbooks", name]) == 0
    said = " ".join(capsys.readouterr().out.split())
    runbook = RUNBOOKS["index-throttles"]
    assert said.startswith(f"{runbook.title} (page, index-throttles) {runbook.means} Do first 1. {runbook.steps[0]}")
    assert "- shop-dev page: GSI1 is throttled: above 0 events a minute in 1 of the last 5 minutes" in said


def test_pages_are_written_for_the_stack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "made" / "runbooks"
    assert main(["runbooks", "--out", str(folder), "--stage", "live"]) == 0
    made = {path.name for path in folder.iterdir()}
    assert capsys.readouterr().out == f"{len(made)} pages; begin with {folder / 'README.md'}\n"
    assert "### shop-live page: GSI1 is throttled" in (folder / "index-throttles.md").read_text()
    assert (folder / "README.md").read_text().splitlines()[1] == "# Runbooks of shop-live"


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runbooks", "--json"]) == 0
    found = {each["recipe"]: each for each in json.loads(capsys.readouterr().out)}
    [alarm] = found["index-throttles"]["alarms"]
    assert alarm["name"] == "shop-dev page: GSI1 is throttled"
    assert {"pattern": "find_order", "title": "Find an order", "key": "GSI1PK=ORDER#{id} GSI1SK^USER#"} in alarm["felt_by"]
    assert main(["runbooks", "index-throttles", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == found["index-throttles"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], 'unknown-runbook: no alarm of this stack is called "nothing" or comes from such a recipe; recipes are refused-req'),
        (["replication-late"], "unknown-runbook"),
        (["index-throttles", "--out", "x"], "contradicting-options: --out writes every page, and NAME asks for one"),
        (["--out", "README.md"], "unwritable-file: README.md: File exists. Give a folder that can be written with --out."),
        (["--model", "nowhere.model"], "invalid-subject"),
    ],
)
def test_what_cannot_be_done(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runbooks", *arguments]) == 2
    assert capsys.readouterr().err.startswith(f"monitoring: {message}")
