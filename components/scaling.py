"""Autoscaling of a provisioned table: one target and one policy for each direction of the table and of each index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from components.billing import Billing, Capacity, Provisioned

COOLDOWN_SECONDS = 60
"""Between two steps in one direction. DynamoDB allows only some decreases a day, and scale-in by alarm takes 15 minutes anyway."""


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
                "scale_in_cooldown": COOLDOWN_SECONDS,
                "scale_out_cooldown": COOLDOWN_SECONDS,
            },
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


def drifting(billing: Billing) -> list[str]:
    """Arguments of the table that autoscaling changes behind the program's back, as the engine spells paths: camelCase."""
    if not isinstance(billing, Provisioned):
        return []
    return [
        path
        for direction, capacity in (("read", billing.table.read), ("write", billing.table.write))
        if capacity.is_autoscaled
        for path in (f"{direction}Capacity", f"globalSecondaryIndexes[*].{direction}Capacity")
    ]
