"""What the alarms of an account did, as CloudWatch itself noted it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from monitoring.alarms import State
from monitoring.drilled import drill_in
from monitoring.live.account import Account


@dataclass(frozen=True)
class Happened:
    """A change of state. drill: the id of the drill that made it; empty: CloudWatch did."""

    at: datetime
    alarm: str
    old: State
    new: State
    drill: str = ""


def happened(account: Account, since: datetime, until: datetime | None = None, alarm: str | None = None) -> Iterator[Happened]:
    """From `since` on and before `until`, oldest first. Default: until now, and of every alarm. Raises what `Account.ask` raises.

    CloudWatch keeps it for 30 days (CloudWatch user guide, "Alarm history").
    """
    more: dict[str, Any] = ({"EndDate": until} if until else {}) | ({"AlarmName": alarm} if alarm else {})
    items = account.pages(
        "cloudwatch",
        "DescribeAlarmHistory",
        "AlarmHistoryItems",
        AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        HistoryItemType="StateUpdate",
        StartDate=since,
        ScanBy="TimestampAscending",
        **more,
    )
    for item in items:
        told, at = json.loads(item["HistoryData"]), item["Timestamp"].astimezone(UTC)
        if since <= at and (until is None or at < until):
            old, new = told["oldState"], told["newState"]
            yield Happened(at, item["AlarmName"], old["stateValue"], new["stateValue"], drill_in(str(new.get("stateReason", ""))))
