"""What people, programs and code review get."""

import json

import pytest

from monitoring.lint import RULES, lint, read_file
from monitoring.lint.output import Style, report, sarif, text
from monitoring.lint.output.text import summary
from monitoring.names import Ref
from tests.monitoring.lint.samples import composite, dynamodb, formula, given, request_of, stat
from tests.monitoring.lint.test_wall import WALL


@pytest.fixture
def wall():
    return lint(read_file(str(WALL / "described.json")))


# --- text


def test_the_text_names_rule_reason_source_and_correction():
    reviewed = lint([given(dynamodb("UserErrors", Threshold=5))])
    rule = reviewed[0].findings[0].rule
    assert text(reviewed, 1, Style(1000), {}) == (
        "orders  alarms.json:3\n"
        "  error impossible-dimensions\n"
        "    UserErrors by TableName has no data: it exists by no dimension at all (account and region); it is counted for account and region "
        "only: no table has a series of its own.\n"
        f"    why: {rule.why} ({rule.source})\n"
        f"    do: {rule.correction}\n"
        "    corrected: FILL(m,0) > 5, 1 of 5 periods of 60 s; m is Sum of UserErrors by no dimension\n"
        "\n"
        "1 alarm: 1 error in 1 of them\n"
    )


def test_lines_keep_to_the_width(wall):
    lines = [line for line in text(wall, 6, Style(80), {}).splitlines() if line.startswith(" ")]
    assert 70 < max(map(len, lines)) <= 80


def test_colour_only_where_it_is_asked_for(wall):
    assert "\x1b" not in text(wall, 6, Style(), {})
    assert "\x1b[31;1merror\x1b[0m" in text(wall, 6, Style(colour=True), {})


def test_the_closing_line_says_what_was_held_back():
    assert text((), 3, Style(), {"error": 0, "warning": 1, "note": 2}) == (
        "3 alarms, no findings; 1 warning and 2 notes not shown (--min-severity note)\n"
    )


def test_an_alarm_in_one_line():
    assert summary(request_of()) == "Sum of Failures by Stage=prod > 0, 1 of 5 periods of 60 s"
    assert summary(composite("ALARM(a)")) == "ALARM(a)"
    dimension = {"TableName": Ref("Ref Table")}
    assert summary(formula("2*m", {"m": stat("X", dimension)}, Threshold=1500)) == (
        "2*m > 1,500, 1 of 5 periods of 60 s; m is Sum of X by TableName=<Ref Table>"
    )


# --- JSON


def test_the_report_has_the_documented_shape(wall):
    found = json.loads(json.dumps(report(wall, 6)))
    assert found.keys() == {"version", "counts", "alarms"}
    assert found["counts"] == {"alarms": 6, "error": 5, "warning": 0, "note": 0}
    for alarm in found["alarms"]:
        assert alarm.keys() == {"name", "file", "path", "line", "findings", "corrected"}
        assert isinstance(alarm["line"], int)
        for finding in alarm["findings"]:
            assert finding.keys() == {"code", "severity", "message", "why", "source", "correction"}
            assert all(finding.values())
        assert all("AlarmName" in request for request in alarm["corrected"])


def test_a_symbol_is_written_as_what_it_refers_to():
    alarm = dynamodb("UserErrors") | {"AlarmActions": [Ref("Ref Topic")]}
    [found] = report(lint([given(alarm)]), 1)["alarms"]
    assert found["corrected"][0]["AlarmActions"] == ["<Ref Topic>"]


# --- SARIF


def test_sarif_has_what_version_2_1_0_asks_for(wall):
    """SARIF 2.1.0: sections 3.13 (log), 3.14 (run), 3.19 (component), 3.27 (result), 3.49 (rule)."""
    log = json.loads(json.dumps(sarif(wall)))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    [run] = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert [rule["id"] for rule in driver["rules"]] == [rule.code for rule in RULES]
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"].endswith(".")
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note", "none")
    assert len(run["results"]) == 5
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == "error"
        assert result["message"]["text"]
        [location] = result["locations"]
        assert location["physicalLocation"]["region"]["startLine"] >= 1
        assert location["physicalLocation"]["artifactLocation"]["uri"].endswith("wall/described.json")
        assert location["logicalLocations"][0]["fullyQualifiedName"].startswith("/MetricAlarms/")
        assert all(isinstance(mark, str) for mark in result["partialFingerprints"].values())
    marks = [result["partialFingerprints"]["alarm/v1"] for result in run["results"]]
    assert len(set(marks)) == 5


def test_sarif_of_a_relative_path_is_a_relative_reference(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "a b"
    folder.mkdir()
    (folder / "alarms.json").write_text(json.dumps([dynamodb("SystemErrors")]))
    [result] = sarif(lint(read_file("a b/alarms.json")))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/alarms.json"


def test_sarif_of_what_is_no_file_names_the_alarm_alone():
    [result] = sarif(lint([given(dynamodb("SystemErrors"))]))["runs"][0]["results"]
    assert result["locations"] == [{"logicalLocations": [{"name": "orders", "fullyQualifiedName": "/MetricAlarms/0", "kind": "resource"}]}]
