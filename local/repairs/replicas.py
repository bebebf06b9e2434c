"""Replicas of a table: kept and described. Items stay in the region they were written in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from local.calls import Refusal
from local.patches import Patch, Repair
from local.places import kept_settings

Action = dict[str, dict[str, Any]]


def _update(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def update_table(handler: Any) -> Any:
        from moto.dynamodb.responses import DynamoResult

        asked = handler.body
        if not (asked.get("ReplicaUpdates") or asked.get("GlobalTableWitnessUpdates")):
            return original(handler)
        table = handler.dynamodb_backend.get_table(asked["TableName"])
        kept = kept_settings(table)
        members = {each["RegionName"]: each for each in kept.get("Replicas", [])}
        for action in cast("list[Action]", asked.get("ReplicaUpdates") or []):
            _apply(action, members, handler.region)
        original(handler)
        kept["Replicas"] = list(members.values())
        kept["GlobalTableVersion"] = "2019.11.21"
        if asked.get("MultiRegionConsistency"):
            kept["MultiRegionConsistency"] = asked["MultiRegionConsistency"]
        for action in cast("list[Action]", asked.get("GlobalTableWitnessUpdates") or []):
            kept["GlobalTableWitnesses"] = [{**each, "WitnessStatus": "ACTIVE"} for name, each in action.items() if name == "Create"]
        return DynamoResult(table.describe())

    return update_table


def _apply(action: Action, members: dict[str, dict[str, Any]], here: str) -> None:
    """Raises Refusal for a replica that is there already, or that is not."""
    ((kind, replica),) = action.items()
    region = replica["RegionName"]
    if kind == "Create":
        if region == here or region in members:
            raise Refusal("ValidationException", f"Failed to create a the new replica of table: replica exists in {region}")
        members[region] = {**replica, "ReplicaStatus": "ACTIVE"}
    elif region not in members:
        raise Refusal("ValidationException", f"The replica in {region} does not exist")
    elif kind == "Delete":
        del members[region]
    else:
        members[region] |= replica


def _patches() -> Sequence[Patch]:
    from moto.dynamodb.responses import DynamoHandler

    return (Patch(DynamoHandler, "update_table", _update),)


REPLICAS = Repair(
    "replicas",
    "moto takes ReplicaUpdates and loses them; DescribeTable gives the replicas back (items are not replicated here)",
    _patches,
)
