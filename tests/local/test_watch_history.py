"""SetAlarmState and the history. Sources: API reference, SetAlarmState and DescribeAlarmHistory; the AWS CLI's example of the latter."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from tests.local.watching import NAME, Bench, bench, drill, history

__all__ = ["bench"]


def test_a_state_set_from_outside_is_announced_at_once_and_does_not_last(bench: Bench) -> None:
    bench.alarm()
    bench.tick()
    bench.messages()
    drill(bench)
    ((title, message),) = bench.messages()
    assert title.startswith("ALARM: ")
    assert (message["OldStateValue"], message["NewStateValue"], message["NewStateReason"]) == ("OK", "ALARM", "drill")
    assert bench.watch.states == {NAME: "ALARM"}
    assert bench.watch.history[-1].reason == "drill"
    assert bench.tick() == [(NAME, "ALARM", "OK")]
    assert [body["NewStateValue"] for _, body in bench.messages()] == ["OK"]


def test_a_state_that_the_alarm_has_is_announced_to_nobody(bench: Bench) -> None:
    bench.alarm()
    bench.tick()
    bench.messages()
    drill(bench, state="OK")
    assert bench.messages() == []


def test_the_history_has_what_was_done_to_an_alarm_and_by_it(bench: Bench) -> None:
    bench.alarm()
    bench.tick()
    begin = bench.clock.now()
    bench.clock.advance()
    drill(bench)
    at = bench.clock.now()
    update, action = history(bench, AlarmName=NAME, StartDate=begin + timedelta(seconds=1))
    assert (update["HistoryItemType"], update["HistorySummary"]) == ("StateUpdate", "Alarm updated from OK to ALARM")
    assert (update["AlarmType"], update["Timestamp"]) == ("MetricAlarm", at)
    data = json.loads(update["HistoryData"])
    assert data["oldState"]["stateValue"] == "OK"
    assert data["newState"] == {"stateValue": "ALARM", "stateReason": "drill"}
    assert (action["HistoryItemType"], action["HistorySummary"]) == ("Action", f"Successfully executed action {bench.topic}")
    assert json.loads(action["HistoryData"])["notificationResource"] == bench.topic
    bench.alarm(Threshold=9.0)
    bench.cloudwatch.delete_alarms(AlarmNames=[NAME])
    kinds = [item["HistorySummary"] for item in history(bench, HistoryItemType="ConfigurationUpdate")]
    assert kinds == [f'Alarm "{NAME}" created', f'Alarm "{NAME}" updated', f'Alarm "{NAME}" deleted']


def test_an_action_that_fails_is_in_the_history(bench: Bench) -> None:
    gone = "arn:aws:sns:eu-west-1:123456789012:gone"
    bench.alarm(AlarmActions=[gone])
    bench.tick()
    drill(bench)
    (action,) = history(bench, HistoryItemType="Action", StartDate=bench.clock.now())[1:]
    assert action["HistorySummary"].startswith(f"Failed to execute action {gone}")
    assert json.loads(action["HistoryData"])["actionState"] == "Failed"


def test_the_history_comes_newest_first_and_in_pages(bench: Bench) -> None:
    for number in range(5):
        bench.alarm(AlarmName=f"a{number}")
    newest = bench.cloudwatch.describe_alarm_history(MaxRecords=2)
    assert [item["AlarmName"] for item in newest["AlarmHistoryItems"]] == ["a4", "a3"]
    rest = bench.cloudwatch.describe_alarm_history(NextToken=newest["NextToken"])
    assert [item["AlarmName"] for item in rest["AlarmHistoryItems"]] == ["a2", "a1", "a0"]
    assert "NextToken" not in rest


def test_a_composite_follows_a_drill_of_its_child_and_stays_as_a_drill_of_its_own_left_it(bench: Bench) -> None:
    bench.alarm(AlarmActions=[], OKActions=[])
    bench.cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule=f'ALARM("{NAME}")', AlarmActions=[bench.topic])
    bench.tick()
    drill(bench)
    assert [body["AlarmName"] for _, body in bench.messages()] == ["any"]
    (child, composite) = bench.watch.history[-2:]
    assert (child.alarm, composite.alarm, composite.new) == (NAME, "any", "ALARM")
    assert bench.tick() == [(NAME, "ALARM", "OK"), ("any", "ALARM", "OK")]

    drill(bench, "any")
    assert [body["TriggeringChildren"] for _, body in bench.messages()] == [[]]
    assert bench.tick() == []
    assert bench.watch.states["any"] == "ALARM"
    drill(bench)
    assert bench.tick() == [(NAME, "ALARM", "OK"), ("any", "ALARM", "OK")]
    found = history(bench, AlarmTypes=["CompositeAlarm"], HistoryItemType="StateUpdate")
    assert {item["AlarmName"] for item in found} == {"any"}
    assert history(bench, AlarmName="any") == []


def test_an_alarm_of_a_kind_that_is_unknown_here_is_left_alone(bench: Bench) -> None:
    bench.alarm()
    bench.alarm(AlarmName="mistaken", Metrics=[{"Id": "e", "Expression": "nobody + 1"}])
    assert bench.tick() == [(NAME, "INSUFFICIENT_DATA", "OK")]
    assert list(bench.watch.unread) == ["mistaken"]


def test_an_alarm_that_a_composite_watches_cannot_be_deleted_alone(bench: Bench) -> None:
    bench.alarm()
    bench.cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule=f'ALARM("{NAME}")')
    with pytest.raises(ClientError, match="composite alarm"):
        bench.cloudwatch.delete_alarms(AlarmNames=[NAME])
    bench.cloudwatch.delete_alarms(AlarmNames=[NAME, "any"])
    assert bench.tick() == []
