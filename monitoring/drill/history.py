"""What CloudWatch itself noted of an alarm in a drill."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from monitoring.live import Account

NEWEST: Final = 100
"""Items that are read: the drill is a minute ago."""


@dataclass(frozen=True)
class Noted:
    """fired: whether the change to ALARM is in the history. executed: topic -> whether the action was carried out; topics without an entry
    are not there.
    """

    fired: bool = False
    executed: Mapping[str, bool] = field(default_factory=dict[str, bool], hash=False)


def read_history(account: Account, alarm: str, composite: bool, drill: str, topics: Sequence[str]) -> Noted:
    """drill: what stands in the reason of its changes. Raises CallRefused."""
    answer = account.ask(
        "cloudwatch",
        "DescribeAlarmHistory",
        AlarmName=alarm,
        AlarmTypes=["CompositeAlarm" if composite else "MetricAlarm"],
        ScanBy="TimestampDescending",
        MaxRecords=NEWEST,
    )
    return noted(answer.get("AlarmHistoryItems") or (), drill, topics)


def noted(items: Iterable[Mapping[str, Any]], drill: str, topics: Sequence[str]) -> Noted:
    """Actions count from the moment at which the drill fired the alarm. Shapes: CloudWatch API reference, AlarmHistoryItem."""
    listed = list(items)
    since = min((each["Timestamp"] for each in listed if _fired_by(each, drill)), default=None)
    if since is None:
        return Noted()
    done = [each for each in listed if each["HistoryItemType"] == "Action" and each["Timestamp"] >= since]
    executed = {topic: _succeeded(action) for topic in topics for action in sorted(done, key=_time, reverse=True) if topic in _told(action)}
    return Noted(True, executed)


def _time(item: Mapping[str, Any]) -> datetime:
    return item["Timestamp"]


def _fired_by(item: Mapping[str, Any], drill: str) -> bool:
    if item["HistoryItemType"] != "StateUpdate":
        return False
    try:
        data: Mapping[str, Any] = json.loads(item.get("HistoryData") or "{}")
    except ValueError:
        return False
    new: Mapping[str, Any] = data.get("newState") or {}
    return new.get("stateValue") == "ALARM" and drill in str(new.get("stateReason", ""))


def _told(action: Mapping[str, Any]) -> str:
    return f"{action.get('HistorySummary', '')}\n{action.get('HistoryData', '')}"


def _succeeded(action: Mapping[str, Any]) -> bool:
    """ "Successfully executed action arn:aws:sns:...", or "Failed to execute action ..."."""
    return str(action.get("HistorySummary", "")).startswith("Successfully")
