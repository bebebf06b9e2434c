"""What CloudWatch notes. Shapes: AWS CLI command reference, describe-alarm-history; CloudWatch API reference, AlarmHistoryItem."""

import json
from datetime import UTC, datetime, timedelta

from monitoring.drill.history import noted

AT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
PAGE, TICKET = (f"arn:aws:sns:eu-west-1:123456789012:{name}" for name in ("page", "ticket"))


def update(old, new, reason, at=AT):
    data = {"version": "1.0", "oldState": {"stateValue": old}, "newState": {"stateValue": new, "stateReason": reason}}
    summary = f"Alarm updated from {old} to {new}"
    return {"HistoryItemType": "StateUpdate", "Timestamp": at, "HistorySummary": summary, "HistoryData": json.dumps(data)}


def action(summary, at=AT):
    return {"HistoryItemType": "Action", "Timestamp": at, "HistorySummary": summary, "HistoryData": "{}"}


def test_the_change_and_its_actions_are_found():
    items = [
        action(f"Successfully executed action {PAGE}"),
        action(f"Failed to execute action {TICKET}. Received error: no"),
        update("OK", "ALARM", "Drill 0badcafe: nothing is wrong"),
    ]
    found = noted(items, "0badcafe", (PAGE, TICKET))
    assert found.fired
    assert found.executed == {PAGE: True, TICKET: False}


def test_what_another_change_told_is_not_the_drills():
    before = AT - timedelta(minutes=5)
    items = [
        update("OK", "ALARM", "Drill 0badcafe: nothing is wrong"),
        action(f"Successfully executed action {PAGE}", before),
        update("OK", "ALARM", "Threshold crossed", before),
    ]
    found = noted(items, "0badcafe", (PAGE,))
    assert found.fired
    assert found.executed == {}
    assert not noted(items[1:], "0badcafe", (PAGE,)).fired


def test_the_first_action_after_the_change_counts_not_that_of_the_way_back():
    later = AT + timedelta(seconds=3)
    items = [
        action(f"Failed to execute action {PAGE}.", later),
        action(f"Successfully executed action {PAGE}"),
        update("OK", "ALARM", "Drill 0badcafe: nothing is wrong"),
    ]
    assert noted(items, "0badcafe", (PAGE,)).executed == {PAGE: True}


def test_a_change_to_ok_and_data_that_is_no_json_are_no_firing():
    broken = {"HistoryItemType": "StateUpdate", "Timestamp": AT, "HistorySummary": "?", "HistoryData": "{"}
    assert not noted([update("ALARM", "OK", "Drill 0badcafe"), broken], "0badcafe", (PAGE,)).fired
