"""Which settings of a table a restore brings back, and which it leaves to whoever restores.

Source: API reference, RestoreTableToPointInTime ("also included", "must manually set up") and RestoreTableFromBackup; developer guide,
"Restoring a DynamoDB table from a backup" (always of the standard table class) and "Before you begin using point-in-time recovery" (an
independent table, no replica). Neither names deletion protection, insights, Kinesis streams, ceilings and warm throughput: what no page
promises is not counted on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from components.restore import described
from components.restore.described import Described
from monitoring.live import Account, CallRefused
from monitoring.live.deployed import block

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


_DEPLOY: Final = "pulumi up"

SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("keys", True, lambda _, table: described.keys(table["KeySchema"])),
    Setting("global indexes", True, lambda _, table: described.indexes(table, "GlobalSecondaryIndexes")),
    Setting("local indexes", True, lambda _, table: described.indexes(table, "LocalSecondaryIndexes")),
    Setting("billing mode", True, lambda _, table: block(table, "BillingModeSummary").get("BillingMode", "PROVISIONED")),
    Setting("encryption", True, described.encryption),
    Setting("stream", False, described.stream, f"{_DEPLOY}; the stream is a new one, so every consumer follows it from its start"),
    Setting("time to live", False, described.expiry, _DEPLOY),
    Setting("point-in-time recovery", False, described.recovery, f"{_DEPLOY}; nothing can be restored from before that"),
    Setting("deletion protection", False, lambda _, table: table.get("DeletionProtectionEnabled") or None, _DEPLOY),
    Setting("tags", False, described.tags_of, _DEPLOY),
    Setting("table class", False, described.table_class, _DEPLOY),
    Setting("ceilings", False, described.ceilings, f"{_DEPLOY}; until then nothing limits what it costs"),
    Setting("warm throughput", False, described.warm, f"{_DEPLOY} where it is declared; else let the traffic come slowly"),
    Setting("resource policies", False, described.policies, f"{_DEPLOY}; other accounts are shut out until then"),
    Setting("contributor insights", False, described.insights, _DEPLOY),
    Setting("Kinesis streams", False, described.destinations, f"{_DEPLOY}; changes from before that do not reach them"),
    Setting("replicas", False, described.replicas, f"{_DEPLOY}; each is built anew, and paid for"),
    Setting("autoscaling", False, described.scaling, _DEPLOY),
    Setting("alarms", False, described.alarms, f"{_DEPLOY}: their dimensions have the name of the table"),
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
