"""What people and programs are told."""

from pathlib import Path

from monitoring.commands import doctor
from monitoring.doctor import LEVELS, examine
from monitoring.doctor.output import page, report, text
from monitoring.lint.output import Style
from tests.monitoring.doctor import stack
from tests.monitoring.doctor.answers import DENIED
from tests.monitoring.doctor.stack import examined

GUIDE = Path(__file__).parents[3] / "docs" / "doctor.md"


def shown(given, level="note"):
    found = examine(given)
    return text(given, found, found.at_least(level), Style(width=200))


def test_the_guide_is_what_the_checks_say():
    assert GUIDE.read_text(encoding="utf-8") == page(), "run python -m monitoring doctor --checks > docs/doctor.md"


def test_the_parser_knows_the_levels():
    assert doctor.LEVELS == LEVELS


def test_the_worst_comes_first_and_one_line_has_the_numbers():
    given = examined(table=stack.table(DeletionProtectionEnabled=False), mappings=(stack.mapped(stack.mapping(StartingPosition="LATEST")),))
    lines = shown(given).splitlines()
    assert lines[0].startswith("table-1a2b3c4 in eu-west-1: on demand, ")
    assert lines.index("error deletable-table") < lines.index("note began-late")
    assert "  or: aws dynamodb update-table --table-name table-1a2b3c4 --deletion-protection-enabled --region eu-west-1" in lines
    assert lines[-1].startswith("1 error, 1 note; ")
    assert "1 error, 1 note; 1 of them not shown (--min-severity note); " in shown(given, "warning").splitlines()[-1]
    only_notes = examined(mappings=given.deployed.mappings)
    assert shown(only_notes, "warning").splitlines()[-1].startswith("1 note not shown (--min-severity note); ")


def test_why_is_said_once_for_all_places_and_many_places_are_cut():
    given = examined(alarms=tuple({**alarm, "ActionsEnabled": False} for alarm in stack.ALARMS))
    said = shown(given)
    assert said.count("often left behind after maintenance") == 1
    assert f"and {len(stack.ALARMS) - 5} more" in said


def test_what_was_not_checked_is_said_with_its_reason_once():
    said = shown(examined({"dynamodb:DescribeContinuousBackups": DENIED}))
    assert said.count("Allow dynamodb:DescribeContinuousBackups to whoever runs this") == 1
    assert "not checked: unrecoverable-table, short-recovery. " in said
    assert said.splitlines()[-1].endswith("2 of them not done")


def test_the_json_has_the_call_as_data_and_as_a_command():
    given = examined(table=stack.table(DeletionProtectionEnabled=False))
    found = examine(given)
    made = report(given, found, found.findings)
    assert made["counts"] == {"error": 1, "warning": 0, "note": 0}
    [finding] = made["findings"]
    assert finding["call"]["request"] == {"TableName": "table-1a2b3c4", "DeletionProtectionEnabled": True}
    assert finding["command"].startswith("aws dynamodb update-table ")
    assert finding["safe"] is True
