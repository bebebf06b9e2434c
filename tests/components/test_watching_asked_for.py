"""What a stack may ask of its alarms beside the usual: queries, bands, and one message for a total that takes several alarms."""

from pathlib import Path

import pytest

from monitoring import AnomalyAlarm
from monitoring.alarms import Alarm
from monitoring.lint.readers.provider import request_of
from monitoring.operations import FAMILIES
from tests.components.conftest import Stack, run

EVERYTHING = [name for members in FAMILIES.values() for name in members]


def watched(project: Path, arguments: str) -> Stack:
    """A table whose only pattern sends every operation there is."""
    return run(
        project,
        f"""
        from monitoring import Options
        definition["patterns"][0]["operations"] = {EVERYTHING}
        Monitoring("notes", table=SingleTable("notes", table=definition), {arguments})
        """,
    )


def requests(stack: Stack) -> dict[str, dict[str, object]]:
    found = (request_of(each.inputs) for each in stack.all("MetricAlarm"))
    return {request["AlarmName"].partition(": ")[2]: request for request in found}


def test_a_query_names_the_table_that_the_engine_learnt(project: Path) -> None:
    stack = watched(project, 'options=Options(strategy="insights")')
    [table] = stack.all("Table")
    alarm = Alarm.from_request(requests(stack)["requests to the table are refused"])
    query = alarm.source.sources()["all"].query
    assert [(each.label, each.value) for each in query.conditions] == [("TableName", table.outputs["name"])]
    assert not [each for each in stack.all("CompositeAlarm") if "of any kind" in each.inputs["alarmName"]]


def test_bands_are_made_and_tell_the_topic_of_their_severity(project: Path) -> None:
    stack = watched(project, 'options=Options(anomalies=frozenset({"unusual-use"}))')
    made = requests(stack)["reads of the table are unusual"]
    assert AnomalyAlarm.from_request(made).comparison == "LessThanLowerOrGreaterThanUpperThreshold"
    assert "Threshold" not in made
    info = stack.one("Topic", "notes-info").outputs["arn"]
    assert made["AlarmActions"] == made["OKActions"] == [info]


@pytest.mark.parametrize("notify", ["alarms", "composites"])
def test_one_total_is_one_message(project: Path, notify: str) -> None:
    stack = watched(project, f'notify="{notify}", options=Options(anomalies=frozenset({{"unusual-use"}}))')
    telling = {each.inputs.get("name") or each.inputs["alarmName"] for each in stack.registrations if each.inputs.get("alarmActions")}
    told = {name.partition(": ")[2] for name in telling}
    parts = {f"{family} to the table are refused" for family in FAMILIES}
    whole = "requests to the table are refused (of any kind)"
    assert parts <= requests(stack).keys()
    assert not parts & told
    assert (whole in told) == (notify == "alarms")
    assert ("the table is throttled" in told) == (notify == "alarms")
    assert ("something needs you now" in told) == ("something to know" in told) == (notify == "composites")
