"""The wall of dead alarms, as each tool writes it: five of its six are dead or would be refused, and CloudWatch says nothing about four."""

import json
from pathlib import Path

import pytest

from monitoring.__main__ import main
from monitoring.lint import lint, read_file

WALL = Path(__file__).parent / "wall"
FILES = ("described.json", "template.json", "template.yaml", "plan.json", "preview.json")
DEAD = {
    "orders-throttled": "impossible-dimensions",
    "orders-system-errors": "impossible-dimensions",
    "orders-user-errors": "impossible-dimensions",
    "orders-GSI1-write-throttles": "impossible-dimensions",
    "orders-throttled-all-operations": "too-many-metrics",
}


@pytest.mark.parametrize("file", FILES)
def test_exactly_the_five_are_found(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(WALL / file), "--json", "--min-severity", "note"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [(each["name"], [finding["code"] for finding in each["findings"]]) for each in report["alarms"]] == [
        (name, [code]) for name, code in DEAD.items()
    ]
    assert report["counts"] == {"alarms": 6, "error": 5, "warning": 0, "note": 0}


@pytest.mark.parametrize("file", FILES)
def test_the_line_is_where_the_alarm_starts(file: str) -> None:
    lines = (WALL / file).read_text().splitlines()
    for alarm in read_file(str(WALL / file)):
        assert alarm.place.line is not None
        near = "\n".join(lines[alarm.place.line - 1 : alarm.place.line + 30]).replace("-", "_")
        assert alarm.label.replace("-", "_") in near
        before = "\n".join(lines[: alarm.place.line - 2]).replace("-", "_")
        assert f'"{alarm.label}"'.replace("-", "_") not in before


@pytest.mark.parametrize("file", FILES)
def test_each_can_be_corrected(file: str) -> None:
    corrected = {each.alarm.label: [request["AlarmName"] for request in each.corrected] for each in lint(read_file(str(WALL / file)))}
    assert corrected == {name: [name] for name in DEAD} | {
        "orders-throttled-all-operations": ["orders-throttled-all-operations (1 of 2)", "orders-throttled-all-operations (2 of 2)"]
    }


def test_the_correction_of_requests_by_table_names_the_operations() -> None:
    [throttled] = [each for each in lint(read_file(str(WALL / "described.json"))) if each.alarm.label == "orders-throttled"]
    [request] = throttled.corrected
    by = [{pair["Name"]: pair["Value"] for pair in query["MetricStat"]["Metric"]["Dimensions"]} for query in request["Metrics"][:-1]]
    assert all(dimensions["TableName"] == "orders" for dimensions in by)
    assert {dimensions.get("Operation") for dimensions in by} >= {"GetItem", "Query", "PutItem", "UpdateItem", "TransactWriteItems"}
    assert len(by) == 10
    assert (request["DatapointsToAlarm"], request["EvaluationPeriods"]) == (1, 5)
    assert request["AlarmActions"] == throttled.alarm.request["AlarmActions"]
