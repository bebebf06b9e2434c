"""`python -m monitoring render` as somebody types it."""

import json
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app import model
from monitoring.__main__ import main
from singletable.definition import TableDefinition

ROOT = Path(__file__).parents[2]


@pytest.fixture
def definition(tmp_path):
    """The shop's table as a file, with what is given instead of its own."""

    def write(**changed):
        path = tmp_path / "shop.table.json"
        path.write_text(json.dumps(model.table.definition().to_dict() | changed))
        return path

    return write


def test_a_page_and_pictures_are_written(tmp_path, capsys):
    page, png, svg = (tmp_path / "out" / f"x.{kind}" for kind in ("html", "png", "svg"))
    assert main(["render", "--scenario", "hot-partition", "--out", str(page), "--png", str(png), "--svg", str(svg)]) == 0
    assert capsys.readouterr().out.splitlines() == [f"written: {path}" for path in (page, svg, png)]
    text = page.read_text()
    assert "the table has a hot key range" in text
    assert not re.findall(r"(?:src|href)=\"(?!#|data:)", text)
    assert png.read_bytes().startswith(b"\x89PNG")
    assert "<svg" in svg.read_text()


def test_the_text_shows_the_incident_and_comes_where_no_file_is_asked_for(capsys):
    assert main(["render", "--scenario", "gsi-backpressure"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"OPEN\s+page: GSI1 is throttled", shown)
    assert "page: the table is throttled" not in shown


def test_another_moment(capsys):
    assert main(["render", "--scenario", "gsi-backpressure", "--at", "0", "--text"]) == 0
    assert "OPEN" not in capsys.readouterr().out
    assert main(["render", "--scenario", "gsi-backpressure", "--at", "999"]) == 2
    assert capsys.readouterr().err == (
        "monitoring: invalid-time: --at 999: gsi-backpressure is measured from minute -90 to minute 60 of its incident\n"
    )


def test_a_definition_is_enough(definition, capsys):
    assert TableDefinition.from_dict(json.loads(definition().read_text())) == model.table.definition()
    assert main(["render", "--scenario", "hot-partition", "--definition", str(definition()), "--project", "other", "--text"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("other / dev: hot-partition")
    assert "order-events" not in shown


def test_a_scenario_that_does_not_fit_is_refused(definition, capsys):
    assert main(["render", "--scenario", "silent-death", "--definition", str(definition()), "--project", "x"]) == 2
    assert capsys.readouterr().err == (
        "monitoring: scenario-does-not-fit: silent-death needs a stream, and x-dev has none. Choose another scenario.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--model", "app.nothing"], "invalid-subject: there is no module app.nothing: start where `import app.nothing` works"),
        (["--model", "app.users"], "invalid-subject: app.users has no table: name the module with `table = Table(...)`"),
        (["--table", "other"], "invalid-subject: app.model has no table other: it has table"),
        (["--definition", "nowhere.json"], "invalid-subject: nowhere.json: No such file or directory."),
        (["--definition", "README.md"], "invalid-subject: README.md: is no JSON"),
        (["--definition", "pyproject.json"], "invalid-subject: pyproject.json: holds a list, not a table."),
        (["--definition", "empty.json"], "invalid-subject: empty.json: "),
    ],
)
def test_a_stack_that_cannot_be_read_is_named(arguments, said, tmp_path, monkeypatch, capsys):
    (tmp_path / "README.md").write_text("# no JSON")
    (tmp_path / "pyproject.json").write_text("[]")
    (tmp_path / "empty.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    assert main(["render", "--scenario", "steady", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_named(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["render", "--scenario", "deploy", "--out", str(tmp_path / "file" / "x.html")]) == 2
    assert "unwritable-file: " in capsys.readouterr().err


def test_everything_that_is_drawn_is_there_as_json(tmp_path, capsys):
    assert main(["render", "--scenario", "hot-partition", "--json", "--svg", str(tmp_path / "x.svg")]) == 0
    written = capsys.readouterr()
    assert written.err == f"written: {tmp_path / 'x.svg'}\n"
    found = json.loads(written.out)
    lines = [line for chart in found["charts"] for line in chart["lines"]]
    minutes = (datetime.fromisoformat(found["end"]) - datetime.fromisoformat(found["start"])) // timedelta(minutes=1)
    assert {len(line["values"]) for line in lines if line["step_seconds"] == 60} == {minutes}
    [throttled] = [each for each in found["alarms"] if each["name"].endswith("page: the table is throttled")]
    assert throttled["until"] is None


@pytest.mark.parametrize(
    "arguments",
    [[], ["--scenario", "steady", "shop-1a2b3c4"], ["--scenario", "steady", "--recording", "x"], ["--recording", "x", "--recording", "y"]],
)
def test_one_thing_is_drawn(arguments, capsys):
    assert main(["render", *arguments]) == 2
    assert capsys.readouterr().err == (
        "monitoring: contradicting-options: what is to be drawn? Give one of --scenario NAME, --recording FILE and TABLE.\n"
    )


def test_the_range_is_what_is_shown(capsys):
    assert main(["render", "--scenario", "gsi-backpressure", "--range", "15m", "--text"]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith(" 2026-03-02 10:45 to 11:00 UTC")


@pytest.mark.parametrize(("at", "said"), [("noon", "give minutes; gsi-backpressure is measured from minute -90"), ("--5", "give minutes")])
def test_a_moment_of_a_scenario_is_a_number_of_minutes(at, said, capsys):
    assert main(["render", "--scenario", "gsi-backpressure", f"--at={at}"]) == 2
    assert f"invalid-time: --at {at}: {said}" in capsys.readouterr().err


def test_help_does_not_load_what_only_a_run_needs():
    """boto3, the charts and the application: a help text must be there at once."""
    code = "import sys; from monitoring.__main__ import parser; parser(); print([m for m in ('boto3', 'vl_convert', 'app') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout == "[]\n"
