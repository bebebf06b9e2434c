"""CloudWatch's own history, answered as the service model has it."""

import json
from datetime import timedelta

from monitoring.drilled import reason_of
from monitoring.live.history import Happened, happened
from tests.monitoring.live.conftest import NOON

MINUTE = timedelta(minutes=1)


def item(at, alarm, old, new, reason=None):
    data = {"version": "1.0", "oldState": {"stateValue": old}, "newState": {"stateValue": new}}
    if reason:
        data["newState"]["stateReason"] = reason
    return {
        "AlarmName": alarm,
        "AlarmType": "MetricAlarm",
        "Timestamp": at,
        "HistoryItemType": "StateUpdate",
        "HistoryData": json.dumps(data),
    }


def test_changes_of_all_pages_within_the_time(aws):
    """DescribeAlarmHistory takes dates; what it gives beyond them is left out."""
    asked = {
        "AlarmTypes": ["MetricAlarm", "CompositeAlarm"],
        "HistoryItemType": "StateUpdate",
        "StartDate": NOON,
        "EndDate": NOON + 10 * MINUTE,
        "ScanBy": "TimestampAscending",
        "AlarmName": "late",
    }
    first = [item(NOON - MINUTE, "late", "OK", "ALARM"), item(NOON, "late", "ALARM", "OK")]
    second = [item(NOON + 9 * MINUTE, "late", "OK", "ALARM"), item(NOON + 10 * MINUTE, "late", "ALARM", "OK")]
    stub = aws.stub("cloudwatch")
    stub.add_response("describe_alarm_history", {"AlarmHistoryItems": first, "NextToken": "more"}, asked)
    stub.add_response("describe_alarm_history", {"AlarmHistoryItems": second}, asked | {"NextToken": "more"})
    assert list(happened(aws.account, NOON, NOON + 10 * MINUTE, "late")) == [
        Happened(NOON, "late", "ALARM", "OK"),
        Happened(NOON + 9 * MINUTE, "late", "OK", "ALARM"),
    ]


def test_of_every_alarm_until_now(aws):
    asked = {
        "AlarmTypes": ["MetricAlarm", "CompositeAlarm"],
        "HistoryItemType": "StateUpdate",
        "StartDate": NOON,
        "ScanBy": "TimestampAscending",
    }
    aws.stub("cloudwatch").add_response("describe_alarm_history", {"AlarmHistoryItems": [item(NOON, "any", "OK", "ALARM")]}, asked)
    assert list(happened(aws.account, NOON)) == [Happened(NOON, "any", "OK", "ALARM")]


def test_what_a_drill_did_is_told_by_its_reason(aws):
    drilled = item(NOON, "any", "OK", "ALARM", reason_of("3f9a"))
    other = item(NOON, "any", "OK", "ALARM", "Threshold Crossed: 1 datapoint of Drill 3f9a: greater than 0")
    stub = aws.stub("cloudwatch")
    stub.add_response("describe_alarm_history", {"AlarmHistoryItems": [drilled, other]})
    assert [each.drill for each in happened(aws.account, NOON)] == ["3f9a", ""]
