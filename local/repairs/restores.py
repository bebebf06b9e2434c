"""Restores that have what the table had: its billing mode and encryption, and what was asked for instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from local.calls import Refusal
from local.patches import Patch, Repair
from local.tables import name_of


def _to_point_in_time(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def restore_table_to_point_in_time(handler: Any) -> Any:
        asked = handler.body
        name = name_of(asked.get("SourceTableName") or asked.get("SourceTableArn") or "")
        asked["SourceTableName"] = name  # moto reads no other
        source = handler.dynamodb_backend.tables.get(name)
        if source is None:
            return original(handler)  # which refuses it
        recovery: str = source.continuous_backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
        if recovery != "ENABLED":
            raise Refusal("PointInTimeRecoveryUnavailableException", f"Point in time recovery is not enabled for table '{name}'")
        original(handler)
        return _as_source(handler, source)

    return restore_table_to_point_in_time


def _from_backup(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def restore_table_from_backup(handler: Any) -> Any:
        source = handler.dynamodb_backend.get_backup(handler.body["BackupArn"]).table
        original(handler)
        return _as_source(handler, source)

    return restore_table_from_backup


def _as_source(handler: Any, source: Any) -> Any:
    from moto.dynamodb.responses import DynamoResult

    asked = handler.body
    restored = handler.dynamodb_backend.get_table(asked["TargetTableName"])
    restored.billing_mode = asked.get("BillingModeOverride") or source.billing_mode
    restored.sse_specification = asked.get("SSESpecificationOverride") or source.sse_specification
    if asked.get("ProvisionedThroughputOverride"):
        restored.throughput = {**asked["ProvisionedThroughputOverride"], "NumberOfDecreasesToday": 0}
    for name in ("GlobalSecondaryIndexOverride", "LocalSecondaryIndexOverride"):
        if name in asked:
            wanted = {index["IndexName"] for index in asked[name]}
            held = "global_indexes" if name.startswith("Global") else "indexes"
            setattr(restored, held, [index for index in getattr(restored, held) if index.name in wanted])
    return DynamoResult(restored.describe())


def _patches() -> Sequence[Patch]:
    from moto.dynamodb.responses import DynamoHandler

    return (
        Patch(DynamoHandler, "restore_table_to_point_in_time", _to_point_in_time),
        Patch(DynamoHandler, "restore_table_from_backup", _from_backup),
    )


RESTORES = Repair(
    "restores",
    "moto restores a table whose point-in-time recovery is off, reads no SourceTableArn, and loses billing mode, encryption and overrides; "
    "DynamoDB refuses the first and keeps the others",
    _patches,
)
