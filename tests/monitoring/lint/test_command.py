"""`python -m monitoring lint` as somebody types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from monitoring.__main__ import main
from monitoring.commands import lint as command
from monitoring.lint import FORMATS, LEVELS
from monitoring.lint.output import page
from tests.monitoring.lint.samples import dynamodb, request_of
from tests.monitoring.lint.test_wall import WALL

ROOT = Path(__file__).parents[3]


@pytest.fixture
def write(tmp_path):
    def write(*alarms, name="alarms.json"):
        path = tmp_path / name
        path.write_text(json.dumps(list(alarms)))
        return str(path)

    return write


def test_nothing_found_is_0(write, capsys):
    assert main(["lint", write(request_of())]) == 0
    assert capsys.readouterr().out == "1 alarm, no findings\n"


@pytest.mark.parametrize(("level", "status"), [("error", 0), ("warning", 1), ("note", 1)])
def test_the_status_follows_the_severity_that_is_asked_for(write, level, status, capsys):
    assert main(["lint", write(dynamodb("ReadThrottleEvents", TreatMissingData="missing")), "--min-severity", level]) == status
    assert ("keeps-alarm" in capsys.readouterr().out) == bool(status)


def test_notes_are_counted_where_they_are_not_shown(write, capsys):
    assert main(["lint", write(request_of(AlarmActions=None))]) == 0
    assert capsys.readouterr().out == "1 alarm, no findings; 1 note not shown (--min-severity note)\n"


def test_several_files_are_looked_at_together(write, capsys):
    composite = {"AlarmName": "any", "AlarmRule": "ALARM(orders)", "AlarmActions": ["arn:topic"]}
    assert main(["lint", write(composite, name="a.json"), write(request_of(), name="b.json")]) == 0
    assert capsys.readouterr().out == "2 alarms, no findings\n"


def test_the_formats_of_the_output(write, capsys):
    path = write(dynamodb("SystemErrors"))
    assert [main(["lint", path, *options]) for options in (["--json"], ["--format", "json"], ["--format", "sarif"])] == [1, 1, 1]
    decoder = json.JSONDecoder()
    rest, values = capsys.readouterr().out, []
    while rest.strip():
        value, end = decoder.raw_decode(rest)
        values.append(value)
        rest = rest[end:].lstrip()
    assert values[0] == values[1]
    assert values[2]["version"] == "2.1.0"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], "no-input"),
        (["x.json", "--region", "eu-west-1"], "no-input"),
        (["no-such-file.json"], "unreadable-file"),
        ([str(WALL / "plan.json"), "--from", "pulumi"], "unknown-format"),
        ([str(ROOT / "LICENSE")], "unreadable-text"),
    ],
)
def test_what_cannot_be_used_is_2_with_a_code_and_advice(arguments, code, capsys):
    assert main(["lint", *arguments]) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith(f"monitoring: {code}: ")
    assert written.err.rstrip().endswith(".")


def test_empty_input_holds_nothing(tmp_path, capsys):
    empty = tmp_path / "empty.json"
    empty.write_text("")
    assert main(["lint", str(empty)]) == 2
    assert "empty.json: holds nothing. Allowed is: describe-alarms (" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["lint", "--rules"],
        ["preview"],
        ["render", "--scenario", "steady", "--text"],
        ["backtest", "--scenario", "steady"],
    ],
    ids=" ".join,
)
def test_a_reader_that_leaves_is_no_error_in_any_command(arguments):
    program = [sys.executable, "-m", "monitoring", *arguments]
    piped = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    piped.stdout.close()
    errors = piped.stderr.read()
    piped.stderr.close()
    assert piped.wait() == 0
    assert "Error" not in errors


def test_the_program_is_called_as_it_is_typed(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert capsys.readouterr().out.startswith("usage: python -m monitoring [-h] [--version] COMMAND")


def test_an_option_that_is_none_is_2(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["lint", "--min-severity", "fatal"])
    assert caught.value.code == 2


def test_standard_input_and_a_reader_that_leaves(tmp_path):
    program = [sys.executable, "-m", "monitoring", "lint", "-", "--json"]
    with (WALL / "described.json").open() as file:
        result = subprocess.run(program, stdin=file, capture_output=True, text=True, cwd=ROOT)
    assert (result.returncode, result.stderr) == (1, "")
    assert json.loads(result.stdout)["alarms"][0]["file"] == "stdin"
    with (WALL / "described.json").open() as file:
        piped = subprocess.Popen(program, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
        piped.stdout.close()
        assert piped.stderr.read() == b""
        piped.stderr.close()
        assert piped.wait() in (0, 1)


def test_the_help_teaches(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["lint", "--help"])
    assert caught.value.code == 0
    shown = capsys.readouterr().out
    assert "$ python -m monitoring lint alarms.json" in shown
    assert all(name in shown for name in FORMATS)
    assert "exit status:" in shown


def test_what_the_parser_offers_is_what_there_is():
    assert tuple(FORMATS) == command.FORMATS
    assert LEVELS == command.LEVELS


def test_the_documentation_is_what_the_rules_say(capsys):
    assert main(["lint", "--rules"]) == 0
    assert capsys.readouterr().out == page()
    assert (ROOT / "docs/lint.md").read_text(encoding="utf-8") == page(), "run python -m monitoring lint --rules > docs/lint.md"


def test_the_parser_loads_no_client():
    program = "import sys; from monitoring.__main__ import parser; parser(); print([m for m in ('boto3', 'botocore', 'yaml') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert (result.stdout, result.stderr) == ("[]\n", "")
