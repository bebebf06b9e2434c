"""Every rule of the pack, in the order in which they are documented. Importing this starts nothing."""

from typing import Final

from pulumi_policy import Policy

from policy.rules.alarms import alarm_can_fire
from policy.rules.capacity import table_provisioned_capacity
from policy.rules.streams import stream_failure_destination
from policy.rules.tables import (
    disposable_outside_production,
    table_deletion_protection,
    table_encryption,
    table_point_in_time_recovery,
    table_protect,
)
from policy.rules.throttling import table_throttle_alarms

POLICIES: Final[tuple[Policy, ...]] = (
    table_deletion_protection,
    table_point_in_time_recovery,
    table_protect,
    table_encryption,
    table_provisioned_capacity,
    disposable_outside_production,
    stream_failure_destination,
    table_throttle_alarms,
    alarm_can_fire,
)

__all__ = ["POLICIES"]
