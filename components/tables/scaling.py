"""Autoscaling of a provisioned table: one target and one policy for each direction of the table and of each index, and their schedules.

A target has no role: Application Auto Scaling then works with the service-linked role AWSServiceRoleForApplicationAutoScaling_DynamoDBTable,
which AWS makes when the first table of an account is registered (API reference, RegisterScalableTarget).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi_aws as aws

from components.tables.billing import Billing, Capacity, Provisioned
from components.transform import Children

TARGET_BOUNDS = ("minCapacity", "maxCapacity")


@dataclass(frozen=True)
class Scaling:
    """What one scalable target and its policy are made of.

    label: "write" of the table, "GSI1-write" of an index. path: what follows the table's name in the resource id.
    """

    label: str
    path: str
    dimension: str
    metric: str
    capacity: Capacity

    def target(self) -> dict[str, Any]:
        return {
            "service_namespace": "dynamodb",
            "scalable_dimension": self.dimension,
            "min_capacity": self.capacity.minimum,
            "max_capacity": self.capacity.maximum,
        }

    def policy(self) -> dict[str, Any]:
        return {
            "service_namespace": "dynamodb",
            "scalable_dimension": self.dimension,
            "policy_type": "TargetTrackingScaling",
            "target_tracking_scaling_policy_configuration": {
                "predefined_metric_specification": {"predefined_metric_type": self.metric},
                "target_value": float(self.capacity.target_percent or 0),
                "scale_in_cooldown": self.capacity.scale_in_seconds,
                "scale_out_cooldown": self.capacity.scale_out_seconds,
            },
        }

    def actions(self) -> dict[str, dict[str, Any]]:
        """By the label of each scheduled action: "write-at-morning"."""
        subject = {"service_namespace": "dynamodb", "scalable_dimension": self.dimension}
        return {f"{self.label}-at-{each.name}": {**subject, **each.action()} for each in self.capacity.schedules}

    @property
    def drifting(self) -> list[str]:
        """Arguments of the target that its schedules change."""
        return list(TARGET_BOUNDS) if self.capacity.schedules else []

    @property
    def children(self) -> Children:
        return {
            f"{self.label}-target": aws.appautoscaling.Target,
            f"{self.label}-policy": aws.appautoscaling.Policy,
            **dict.fromkeys(self.actions(), aws.appautoscaling.ScheduledAction),
        }


def scalings(billing: Billing, indexes: Sequence[str]) -> Iterator[Scaling]:
    """Of every capacity that is autoscaled: of none on demand."""
    if not isinstance(billing, Provisioned):
        return
    for index in (None, *indexes):
        throughput = billing.of(index)
        for direction, capacity in (("read", throughput.read), ("write", throughput.write)):
            if capacity.is_autoscaled:
                yield Scaling(
                    label=direction if index is None else f"{index}-{direction}",
                    path="" if index is None else f"/index/{index}",
                    dimension=f"dynamodb:{'table' if index is None else 'index'}:{direction.capitalize()}CapacityUnits",
                    metric=f"DynamoDB{direction.capitalize()}CapacityUtilization",
                    capacity=capacity,
                )


def drifting(billing: Billing, indexes: Sequence[str]) -> list[str]:
    """Arguments of the table that autoscaling changes behind the program's back, as the engine spells paths: camelCase.

    A refresh brings the indexes in the provider's order (pulumi-aws #2856), and a path with `[*]` goes by position: of two indexes it would
    give each the capacity of the other. So where everything is autoscaled, several indexes are kept whole, as they are. The paths with `[*]`
    stay before that: they make the engine refuse another number of indexes instead of leaving it out.
    """
    if not isinstance(billing, Provisioned):
        return []
    scaled = _scaled(billing)
    paths = [path for direction in scaled for path in (f"{direction}Capacity", f"globalSecondaryIndexes[*].{direction}Capacity")]
    return [*paths, "globalSecondaryIndexes"] if kept_whole(billing, indexes) else paths


def kept_whole(billing: Billing, indexes: Sequence[str]) -> bool:
    """Whether no change of an index reaches the table."""
    return isinstance(billing, Provisioned) and len(_scaled(billing)) == 2 and len(indexes) > 1


def _scaled(billing: Provisioned) -> list[str]:
    return [direction for direction, capacity in (("read", billing.table.read), ("write", billing.table.write)) if capacity.is_autoscaled]
