"""The history of an alarm as DescribeAlarmHistory gives it, how the state of one changes, and which groups of its query are in ALARM.

Shapes: CloudWatch API reference, AlarmHistoryItem, and the AWS CLI's examples of describe-alarm-history. Members of HistoryData that are in
no example (of actions and of configurations) are named as CloudWatch's console shows them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from local.patches import memory
from monitoring.alarms import State

LONGEST_DATA = 4095
LONGEST_SUMMARY = 255

Item = dict[str, Any]
Listener = Callable[[str, State, datetime], None]
"""Is told of a change that somebody asked for: the alarm's name, the state before, and when."""


def cloudwatch(account: str, region: str) -> Any:
    """moto's CloudWatch of a region."""
    from moto.cloudwatch.models import cloudwatch_backends

    return cloudwatch_backends[account][region]


def history_of(backend: Any) -> list[Item]:
    """All items of a region, oldest first; those of deleted alarms too."""
    return memory(backend).setdefault("alarm_history", [])


def listen(backend: Any, listener: Listener) -> None:
    """Have `listener` told of each change by SetAlarmState."""
    memory(backend)["alarm_listener"] = listener


def listener_of(backend: Any) -> Listener | None:
    """Who is told."""
    return memory(backend).get("alarm_listener")


def change_state(backend: Any, name: str, state: State, reason: str, data: str | None, at: datetime) -> State:
    """Gives an alarm a state; the state before. The history has an item where they differ."""
    alarm = backend.alarms[name]
    old = _state(alarm)
    alarm.state_reason, alarm.state_reason_data, alarm.state_value = reason, data or "", state
    alarm.state_updated_timestamp = _naive(at)
    if state != old["stateValue"]:
        alarm.state_transitioned_timestamp = _naive(at)
        told = {"version": "1.0", "oldState": old, "newState": _state(alarm)}
        _add(backend, alarm, "StateUpdate", f"Alarm updated from {old['stateValue']} to {state}", told, at)
    return cast("State", old["stateValue"])


def note_contributors(backend: Any, name: str, labels: Sequence[str], found: Sequence[str], reason: str, at: datetime) -> None:
    """The groups of an alarm on a query with GROUP BY that are in ALARM now. `labels`: what it groups by."""
    before: dict[str, Item] = memory(backend.alarms[name]).get("contributors", {})
    now = {each: before.get(each) or _contributor(labels, each, at) for each in found}
    memory(backend.alarms[name])["contributors"] = {each: {**item, "StateReason": reason} for each, item in now.items()}


def _contributor(labels: Sequence[str], group: str, at: datetime) -> Item:
    values = group.split(" ") if len(labels) > 1 else [group]
    attributes = dict(zip(labels, values)) if len(values) == len(labels) else {" ".join(labels): group}
    return {
        "ContributorId": hashlib.sha256(group.encode()).hexdigest()[:16],
        "ContributorAttributes": attributes,
        "StateTransitionedTimestamp": at,
    }


def contributors_of(backend: Any, name: str) -> list[Item]:
    """As DescribeAlarmContributors gives them."""
    return list(memory(backend.alarms[name]).get("contributors", {}).values())


def record_action(backend: Any, name: str, resource: str, at: datetime, *, message: str = "", failure: str = "") -> None:
    """An action of an alarm: that it was carried out with this message, or why it was not."""
    told: dict[str, Any] = {"actionState": "Failed" if failure else "Succeeded", "notificationResource": resource}
    told["stateUpdateTimestamp"] = int(at.timestamp() * 1000)
    if failure:
        told["error"] = failure
        summary = f"Failed to execute action {resource}. Received error: {failure}"
    else:
        told["publishedMessage"] = message
        summary = f"Successfully executed action {resource}"
    _add(backend, backend.alarms[name], "Action", summary, told, at)


def record_configuration(backend: Any, alarm: Any, kind: str, at: datetime) -> None:
    """`kind`: "Create", "Update" or "Delete"."""
    done = {"Create": "created", "Update": "updated", "Delete": "deleted"}[kind]
    told = {"version": "1.0", "type": kind, f"{done}Alarm": {"alarmName": alarm.name, "alarmArn": alarm.alarm_arn}}
    _add(backend, alarm, "ConfigurationUpdate", f'Alarm "{alarm.name}" {done}', told, at)


def _add(backend: Any, alarm: Any, kind: str, summary: str, told: Mapping[str, Any], at: datetime) -> None:
    item: Item = {
        "AlarmName": alarm.name,
        "AlarmType": "MetricAlarm" if alarm.rule is None else "CompositeAlarm",
        "Timestamp": at.astimezone(UTC),
        "HistoryItemType": kind,
        "HistorySummary": summary[:LONGEST_SUMMARY],
        "HistoryData": _data(told),
    }
    history_of(backend).append(item)


def _data(told: Mapping[str, Any]) -> str:
    """As JSON; where it is too long, without the messages and data that make it so."""
    text = json.dumps(told)
    if len(text) <= LONGEST_DATA:
        return text
    short = {name: value for name, value in told.items() if name != "publishedMessage"}
    for state in ("oldState", "newState"):
        if state in short:
            short[state] = {name: value for name, value in short[state].items() if name != "stateReasonData"}
    return json.dumps(short)[:LONGEST_DATA]


def _state(alarm: Any) -> dict[str, Any]:
    state = {"stateValue": alarm.state_value, "stateReason": alarm.state_reason}
    try:
        data: Any = json.loads(alarm.state_reason_data or "{}")
    except ValueError:
        data = {}
    return {**state, "stateReasonData": data} if data else state


def _naive(at: datetime) -> datetime:
    """moto's times are UTC without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None)


def select(items: list[Item], asked: Mapping[str, Any]) -> list[Item]:
    """What a request of DescribeAlarmHistory asks for; of metric alarms unless AlarmTypes says otherwise, also where it names an alarm."""
    name, kind = asked.get("AlarmName"), asked.get("HistoryItemType")
    types = asked.get("AlarmTypes") or ["MetricAlarm"]
    start, end = (_aware(asked[limit]) if asked.get(limit) else None for limit in ("StartDate", "EndDate"))
    found = [
        item
        for item in items
        if item["AlarmType"] in types
        and name in (None, item["AlarmName"])
        and kind in (None, item["HistoryItemType"])
        and (start is None or item["Timestamp"] >= start)
        and (end is None or item["Timestamp"] <= end)
    ]
    return found if asked.get("ScanBy") == "TimestampAscending" else found[::-1]


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)
