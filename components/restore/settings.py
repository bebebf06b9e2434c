"""What a table is set to, and which of it a restore brings back.

Source: API reference, RestoreTableToPointInTime and RestoreTableFromBackup, which name what must be set up by hand on the restored table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from monitoring.live import Account, CallRefused
from monitoring.live.deployed import block

Described = Mapping[str, Any]
UNREADABLE: Final = "(may not be read)"


@dataclass(frozen=True)
class Setting:
    """kept: a restore brings it. again: how it is set on a table that was restored; empty where a restore brings it."""

    name: str
    kept: bool
    read: Callable[[Account, Described], Any]
    again: str = ""


@dataclass(frozen=True)
class Difference:
    """Between the table and its copy. was, restored: as AWS describes it; None: not there."""

    setting: Setting
    was: Any
    restored: Any


def _keys(schema: Any) -> list[str]:
    return [f"{key['AttributeName']} ({key['KeyType']})" for key in sorted(schema, key=lambda key: key["KeyType"])]


def _indexes(table: Described, kind: str) -> dict[str, Any]:
    return {
        index["IndexName"]: {
            "keys": _keys(index["KeySchema"]),
            "projection": index["Projection"]["ProjectionType"],
            "attributes": sorted(index["Projection"].get("NonKeyAttributes") or ()),
        }
        for index in table.get(kind) or ()
    }


def _encryption(_account: Account, table: Described) -> str:
    return block(table, "SSEDescription").get("KMSMasterKeyArn") or "a key that DynamoDB owns"


def _stream(_account: Account, table: Described) -> str | None:
    specification = block(table, "StreamSpecification")
    return specification.get("StreamViewType") if specification.get("StreamEnabled") else None


def _expiry(account: Account, table: Described) -> str | None:
    found = account.ask("dynamodb", "DescribeTimeToLive", TableName=table["TableName"])["TimeToLiveDescription"]
    return found.get("AttributeName") if found.get("TimeToLiveStatus") in ("ENABLED", "ENABLING") else None


def _recovery(account: Account, table: Described) -> str | None:
    found = account.ask("dynamodb", "DescribeContinuousBackups", TableName=table["TableName"])["ContinuousBackupsDescription"]
    described = block(found, "PointInTimeRecoveryDescription")
    if described.get("PointInTimeRecoveryStatus") != "ENABLED":
        return None
    return f"{described.get('RecoveryPeriodInDays', 35)} days"


def tags_of(account: Account, table: Described) -> dict[str, str] | None:
    """Without AWS's own. None: there are none."""
    found = account.pages("dynamodb", "ListTagsOfResource", "Tags", ResourceArn=table["TableArn"])
    return {tag["Key"]: tag["Value"] for tag in found if not tag["Key"].startswith("aws:")} or None


def _scaling(account: Account, table: Described) -> list[str] | None:
    own = f"table/{table['TableName']}"
    resources = [own, *(f"{own}/index/{index['IndexName']}" for index in table.get("GlobalSecondaryIndexes") or ())]
    found = account.pages(
        "application-autoscaling", "DescribeScalableTargets", "ScalableTargets", ServiceNamespace="dynamodb", ResourceIds=resources
    )
    return sorted(f"{target['ResourceId']} {target['ScalableDimension'].rpartition(':')[2]}" for target in found) or None


def _alarms(account: Account, table: Described) -> int | None:
    found = account.pages("cloudwatch", "DescribeAlarms", "MetricAlarms", AlarmTypes=["MetricAlarm"])
    return sum(_watches(alarm, table["TableName"]) for alarm in found) or None


def _watches(alarm: Described, table: str) -> bool:
    metrics = [alarm, *(query.get("MetricStat", {}).get("Metric", {}) for query in alarm.get("Metrics") or ())]
    return any({"Name": "TableName", "Value": table} in (metric.get("Dimensions") or ()) for metric in metrics)


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("keys", True, lambda _, table: _keys(table["KeySchema"])),
    Setting("global indexes", True, lambda _, table: _indexes(table, "GlobalSecondaryIndexes")),
    Setting("local indexes", True, lambda _, table: _indexes(table, "LocalSecondaryIndexes")),
    Setting("billing mode", True, lambda _, table: block(table, "BillingModeSummary").get("BillingMode", "PROVISIONED")),
    Setting("encryption", True, _encryption),
    Setting("stream", False, _stream, "pulumi up; the stream is a new one, so every consumer follows it from its start"),
    Setting("time to live", False, _expiry, "pulumi up"),
    Setting("point-in-time recovery", False, _recovery, "pulumi up; nothing can be restored from before that"),
    Setting("deletion protection", False, lambda _, table: table.get("DeletionProtectionEnabled") or None, "pulumi up"),
    Setting("tags", False, tags_of, "pulumi up"),
    Setting("autoscaling", False, _scaling, "pulumi up"),
    Setting("alarms", False, _alarms, "pulumi up: their dimensions have the name of the table"),
)
"""Capacity is left out: a restore may change it, and autoscaling does."""


def read_settings(account: Account, table: Described) -> dict[str, Any]:
    """By name. table: as DescribeTable gives it. What may not be read is UNREADABLE."""
    found: dict[str, Any] = {}
    for setting in SETTINGS:
        try:
            found[setting.name] = setting.read(account, table)
        except CallRefused as error:
            if not error.not_allowed:
                raise
            found[setting.name] = UNREADABLE
    return found


def differences(was: Mapping[str, Any], restored: Mapping[str, Any]) -> list[Difference]:
    """In the order of SETTINGS. What may not be read of either is none."""
    return [
        Difference(setting, was[setting.name], restored[setting.name])
        for setting in SETTINGS
        if was[setting.name] != restored[setting.name] and UNREADABLE not in (was[setting.name], restored[setting.name])
    ]
