"""What CloudWatch publishes to an SNS topic when an alarm changes its state.

Shapes: CloudWatch user guide, "Schema of Amazon SNS notifications when alarms change state".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

LONGEST_SUBJECT = 100  # SNS API reference, Publish: fewer than 100 ASCII characters
Described = Mapping[str, Any]
"""One alarm as DescribeAlarms gives it."""


def subject(name: str, state: str, region: str) -> str:
    text = f'{state}: "{name}" in {region_name(region)}'.encode("ascii", "replace").decode()
    return text if len(text) < LONGEST_SUBJECT else text[: LONGEST_SUBJECT - 4] + "..."


def metric_message(alarm: Described, *, old: str, new: str, reason: str, at: datetime) -> str:
    """Of a metric alarm."""
    configured = alarm.get("AlarmConfigurationUpdatedTimestamp")
    body = _common(alarm, old, new, reason, at)
    body["AlarmConfigurationUpdatedTimestamp"] = _instant(configured if isinstance(configured, datetime) else at)
    body["Trigger"] = _trigger(alarm)
    return json.dumps(body)


def composite_message(
    alarm: Described, *, old: str, new: str, reason: str, at: datetime, children: Sequence[Mapping[str, Any]] = ()
) -> str:
    """Of a composite alarm. `children`: those whose change decided, as DescribeAlarms gives them after the change; none by SetAlarmState."""
    body = _common(alarm, old, new, reason, at)
    body["AlarmRule"] = alarm["AlarmRule"]
    body["TriggeringChildren"] = [
        {"Arn": child["AlarmArn"], "State": {"Value": child["StateValue"], "Timestamp": _instant(at)}} for child in children
    ]
    return json.dumps(body)


def _common(alarm: Described, old: str, new: str, reason: str, at: datetime) -> dict[str, Any]:
    arn = str(alarm["AlarmArn"])
    region, account = arn.split(":")[3:5]
    return {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription"),
        "AWSAccountId": account,
        "NewStateValue": new,
        "NewStateReason": reason,
        "StateChangeTime": _instant(at),
        "Region": region_name(region),
        "AlarmArn": arn,
        "OldStateValue": old,
        "OKActions": list(alarm.get("OKActions") or ()),
        "AlarmActions": list(alarm.get("AlarmActions") or ()),
        "InsufficientDataActions": list(alarm.get("InsufficientDataActions") or ()),
    }


def _trigger(alarm: Described) -> dict[str, Any]:
    trigger: dict[str, Any] = {
        "Period": alarm.get("Period"),
        "EvaluationPeriods": alarm["EvaluationPeriods"],
        "DatapointsToAlarm": alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]),
        "ComparisonOperator": alarm["ComparisonOperator"],
        "Threshold": alarm.get("Threshold"),
        "TreatMissingData": alarm.get("TreatMissingData", "missing"),
        "EvaluateLowSampleCountPercentile": alarm.get("EvaluateLowSampleCountPercentile", ""),
    }
    if queries := cast("Sequence[Mapping[str, Any]]", alarm.get("Metrics") or ()):
        trigger["Metrics"] = [_query(query) for query in queries]
        trigger.pop("Period")
        return trigger
    extended = alarm.get("ExtendedStatistic")
    return {
        "MetricName": alarm["MetricName"],
        "Namespace": alarm["Namespace"],
        "StatisticType": "ExtendedStatistic" if extended else "Statistic",
        "ExtendedStatistic" if extended else "Statistic": extended or str(alarm.get("Statistic", "")).upper(),
        "Unit": alarm.get("Unit"),
        "Dimensions": _dimensions(alarm.get("Dimensions") or ()),
        **trigger,
    }


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in query.items() if name in {"Id", "Expression", "Label", "ReturnData"}}
    if measured := cast("Mapping[str, Any]", query.get("MetricStat") or {}):
        metric = cast("Mapping[str, Any]", measured["Metric"])
        found["MetricStat"] = {
            "Metric": {
                "Dimensions": _dimensions(metric.get("Dimensions") or ()),
                "MetricName": metric["MetricName"],
                "Namespace": metric["Namespace"],
            },
            "Period": measured["Period"],
            "Stat": measured["Stat"],
        }
    return found


def _dimensions(given: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    return [{"value": one["Value"], "name": one["Name"]} for one in given]


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")


@cache
def region_name(region: str) -> str:
    """The name that CloudWatch writes: "Europe (Ireland)" for eu-west-1; the code itself for a region that botocore does not know."""
    from botocore.loaders import Loader

    endpoints: Any = Loader().load_data("endpoints")
    regions = (partition["regions"].get(region) for partition in endpoints["partitions"])
    return next((str(found["description"]) for found in regions if found), region)
