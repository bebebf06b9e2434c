"""Settings of a table that moto takes and loses: what was asked for is what DescribeTable gives back."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from local.patches import Patch, Repair
from local.places import kept_settings


def _keeping(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def create_or_update_table(handler: Any) -> Any:
        from moto.dynamodb.responses import DynamoResult

        asked = copy.deepcopy(handler.body)  # moto writes into it
        original(handler)
        table = handler.dynamodb_backend.get_table(asked["TableName"])
        kept = kept_settings(table)
        if asked.get("OnDemandThroughput"):
            kept["OnDemandThroughput"] = asked["OnDemandThroughput"]
        if asked.get("TableClass"):
            kept["TableClassSummary"] = {"TableClass": asked["TableClass"]}
        if asked.get("SSESpecification"):
            table.sse_specification = asked["SSESpecification"]
        if asked.get("BillingMode") == "PAY_PER_REQUEST":
            table.throughput = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0, "NumberOfDecreasesToday": 0}
        if asked.get("ResourcePolicy"):
            handler.dynamodb_backend.put_resource_policy(table.table_arn, asked["ResourcePolicy"], None)
        for index in _indexes(asked):
            if index.get("OnDemandThroughput"):
                kept["indexes"][index["IndexName"]] = {"OnDemandThroughput": index["OnDemandThroughput"]}
        return DynamoResult(table.describe())

    return create_or_update_table


def _indexes(asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from asked.get("GlobalSecondaryIndexes") or []
    changes = cast("list[dict[str, Any]]", asked.get("GlobalSecondaryIndexUpdates") or [])
    for change in changes:
        yield from change.values()


def _describe(original: Callable[..., Any]) -> Callable[..., Any]:
    def describe(table: Any, base_key: str = "TableDescription") -> Any:
        description = original(table, base_key)
        kept = kept_settings(table)
        description[base_key].update({name: value for name, value in kept.items() if name != "indexes"})
        for index in description[base_key]["GlobalSecondaryIndexes"]:
            name = index["IndexName"]
            index.update({"IndexArn": f"{table.table_arn}/index/{name}", "ItemCount": len(table.has_idx_items(name)), "IndexSizeBytes": 0})
            index.update(kept["indexes"].get(name, {}))
        return description

    return describe


def _limits(_: object) -> Callable[[Any], Any]:
    def describe_limits(handler: Any) -> Any:
        from moto.core.responses import ActionResult

        from local.metering import ACCOUNT_UNITS_PER_SECOND, TABLE_UNITS_PER_SECOND

        limits = {"Account": ACCOUNT_UNITS_PER_SECOND, "Table": TABLE_UNITS_PER_SECOND}
        accesses = ("Read", "Write")
        return ActionResult({f"{of}Max{access}CapacityUnits": int(units) for of, units in limits.items() for access in accesses})

    return describe_limits


def _patches() -> Sequence[Patch]:
    from moto.dynamodb.models.table import Table
    from moto.dynamodb.responses import DynamoHandler

    return (
        Patch(DynamoHandler, "create_table", _keeping),
        Patch(DynamoHandler, "update_table", _keeping),
        Patch(DynamoHandler, "describe_limits", _limits),
        Patch(Table, "describe", _describe),
    )


SETTINGS = Repair(
    "settings",
    "moto takes OnDemandThroughput, TableClass, ResourcePolicy and an updated SSESpecification and loses them, has no TableId and no IndexArn, "
    "keeps the capacity of a table that went on demand and has quotas of its own; DescribeTable gives them back",
    _patches,
)
