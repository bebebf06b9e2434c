"""How a table is paid for, as every language can say it. The text under each is its documentation in every SDK.

No `from __future__ import annotations` here: Pulumi's analysis reads the annotations themselves. Maps and lists of objects are inputs only
because Go's SDK has no type for plain ones: what arrives has to be plain, which `inputs` checks.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi


class BillingMode(StrEnum):
    """How a table is paid for."""

    ON_DEMAND = "on-demand"
    """For each request."""
    PROVISIONED = "provisioned"
    """For each hour, of a capacity that is fixed or follows the load."""


class Schedule(TypedDict):
    """From a time on, other bounds of a capacity. They stay until another schedule changes them."""

    name: str
    """Letters, digits and dashes, once in a capacity."""
    when: str
    """In the forms of Application Auto Scaling: cron(0 7 ? * MON-FRI *), at(2026-11-27T00:00:00) or rate(1 day)."""
    minimum: NotRequired[int]
    """Units a second; it or maximum is needed. Default: as it is."""
    maximum: NotRequired[int]
    """Units a second; it or minimum is needed. Default: as it is."""
    timezone: NotRequired[str]
    """Of cron and at, as the IANA database names it. Default: UTC."""


class Capacity(TypedDict):
    """Units a second of one direction. Equal bounds are a fixed capacity, others follow the load."""

    minimum: int
    """Where it starts, and how far autoscaling may go down."""
    maximum: int
    """How far autoscaling may go up."""
    target_percent: NotRequired[int]
    """Utilisation that autoscaling holds, 20 to 90. Not of a fixed capacity. Default: 70."""
    scale_in_seconds: NotRequired[int]
    """From one step down to the next. Default: 60."""
    scale_out_seconds: NotRequired[int]
    """From one step up to the next. Default: 60."""
    schedules: NotRequired[pulumi.Input[Sequence[pulumi.Input[Schedule]]]]
    """When other bounds begin. Not of a fixed capacity. Default: none."""


class IndexBilling(TypedDict):
    """How one index is paid for, in the mode of its table."""

    max_read: NotRequired[int]
    """On demand: read request units a second at which DynamoDB starts to throttle. Default: no limit."""
    max_write: NotRequired[int]
    """On demand: write request units. A lower limit than the table's throttles the writes of the table. Default: no limit."""
    read: NotRequired[Capacity]
    """Provisioned: its reads. Default: as the table's."""
    write: NotRequired[Capacity]
    """Provisioned: its writes. Default: as the table's."""


class Billing(TypedDict):
    """How a table and its indexes are paid for. A change of the mode never replaces the table."""

    mode: BillingMode
    """Per request, or per hour."""
    max_read: NotRequired[int]
    """On demand: read request units a second of the table, and of each index, at which DynamoDB starts to throttle. -1 lifts a limit that was deployed. Default: no limit."""
    max_write: NotRequired[int]
    """On demand: as maxRead, of write request units. Default: no limit."""
    read: NotRequired[Capacity]
    """Provisioned: reads of the table, and as many of each index. Needed there."""
    write: NotRequired[Capacity]
    """Provisioned: writes of the table, and as many of each index. Default: as read."""
    indexes: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[IndexBilling]]]]
    """By name of the index, where it differs from the table. Default: each as the table."""


class WarmUnits(TypedDict):
    """What an index must be able to serve at once."""

    read: NotRequired[int]
    """Read units a second, 12000 or more. Default: as it is."""
    write: NotRequired[int]
    """Write units a second, 4000 or more. Default: as it is."""


class WarmThroughput(TypedDict):
    """What a table must be able to serve at once. Paid for when it is raised; of a table it cannot be lowered again."""

    read: NotRequired[int]
    """Read units a second of the table, 12000 or more. Default: as it is."""
    write: NotRequired[int]
    """Write units a second of the table, 4000 or more. Default: as it is."""
    indexes: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[WarmUnits]]]]
    """By name of the index. One that is not warm throttles the writes of a warm table. Default: as they are."""
