"""How much may be read and written, and who decides it."""

from collections.abc import Iterator
from typing import Any, Final

from monitoring.doctor.check import Check, Found
from monitoring.doctor.examined import Described, Examined
from monitoring.live.deployed import block, is_on_demand, on_demand_ceiling, scaled
from monitoring.measures import ACCESSES, Access

NEAR: Final = 0.8
"""Of a quota."""


def _parts(examined: Examined) -> Iterator[tuple[str | None, Described]]:
    """The table (None) and its indexes by name, each with its description."""
    yield None, examined.table
    for index in examined.table.get("GlobalSecondaryIndexes") or ():
        yield index["IndexName"], index


def _open_ended(examined: Examined) -> Iterator[Found]:
    if is_on_demand(examined.table) and not any(on_demand_ceiling(examined.table, access) for access in ACCESSES):
        yield Found(examined.name, "on demand without a ceiling of our own")


def _low_index_ceiling(examined: Examined) -> Iterator[Found]:
    table = on_demand_ceiling(examined.table, "Write")
    for name, described in list(_parts(examined))[1:]:
        index = on_demand_ceiling(described, "Write")
        if index and (table is None or index < table):
            most = f"{table:,} a second" if table else "as many as the account allows"
            yield Found(examined.name, f"{name} takes {index:,} writes a second, the table {most}")


def _other_ceiling(examined: Examined) -> Iterator[Found]:
    if not examined.declared or not is_on_demand(examined.table):
        return
    billing = examined.declared.table.billing
    for index, described in _parts(examined):
        for access in ACCESSES:
            deployed, wanted = on_demand_ceiling(described, access), billing.ceiling(access, index)
            if wanted and deployed != wanted:
                units = f"{deployed or 'any number of'} {access.lower()} units a second"
                yield Found(examined.name, f"at most {units}{f' of {index}' if index else ''}, declared is {wanted}")


def _unscaled(examined: Examined) -> Iterator[Found]:
    if is_on_demand(examined.table):
        return
    targets = {*_scaled(examined, "DescribeScalableTargets", "ScalableTargets")}
    policies = {*_scaled(examined, "DescribeScalingPolicies", "ScalingPolicies")}
    for index, _ in _parts(examined):
        for access in ACCESSES:
            wanted = scaled(examined.name, index, access)
            if wanted not in targets & policies:
                lacks = "no scaling policy" if wanted in targets else "no scalable target"
                yield Found(examined.name, f"{access.lower()} capacity of {index or 'the table'} is fixed: {lacks}")


def _scaled(examined: Examined, operation: str, member: str) -> Iterator[tuple[str, str]]:
    for each in examined.account.pages("application-autoscaling", operation, member, ServiceNamespace="dynamodb"):
        yield each["ResourceId"], each["ScalableDimension"]


def _near_quota(examined: Examined) -> Iterator[Found]:
    """Quotas for one table hold for the table and its indexes together in provisioned mode."""
    if is_on_demand(examined.table):
        return
    quotas = examined.account.ask("dynamodb", "DescribeLimits")
    for access in ACCESSES:
        quota = quotas[f"TableMax{access}CapacityUnits"]
        used = sum(_units(described, access) for _, described in _parts(examined))
        if used >= NEAR * quota:
            yield Found(examined.name, f"{used:,} {access.lower()} units are provisioned, the quota for one table is {quota:,}")


def _units(described: Described, access: Access) -> int:
    provisioned: Any = block(described, "ProvisionedThroughput").get(f"{access}CapacityUnits", 0)
    return int(provisioned)


CHECKS: Final = (
    Check(
        "no-ceiling",
        "note",
        "The table is on demand, with no ceiling of its own.",
        "A loop in a program can cost as much as the account's quota allows.",
        "DynamoDB developer guide, Maximum throughput for on-demand tables",
        "SingleTable(billing=Billing.on_demand(max_read=..., max_write=...))",
        _open_ended,
    ),
    Check(
        "low-index-ceiling",
        "warning",
        "An index takes fewer writes than its table.",
        "A throttled index holds back the writes of the table that change its entries.",
        "DynamoDB developer guide, Understanding DynamoDB throttling: Global secondary indexes",
        "Billing.on_demand(max_write=...) gives the table and its indexes one ceiling",
        _low_index_ceiling,
    ),
    Check(
        "other-ceiling",
        "warning",
        "The ceiling is not the one that was declared.",
        "More is refused, or paid, than somebody decided.",
        "DynamoDB developer guide, Maximum throughput for on-demand tables",
        "SingleTable(billing=Billing.on_demand(max_read=..., max_write=...))",
        _other_ceiling,
    ),
    Check(
        "no-autoscaling",
        "warning",
        "Provisioned capacity does not follow the traffic.",
        "What comes above it is throttled; an index that does not grow with its table throttles the table.",
        "DynamoDB developer guide, Managing throughput capacity automatically with auto scaling; Security Hub, DynamoDB.1",
        "SingleTable(billing=Billing.provisioned(Capacity.autoscaled(...)))",
        _unscaled,
    ),
    Check(
        "near-quota",
        "warning",
        "The table is near what one table may have.",
        "Autoscaling ends at the quota, and what comes above it is throttled.",
        "DynamoDB developer guide, Quotas in Amazon DynamoDB",
        "Raise the quota in Service Quotas before it is needed",
        _near_quota,
    ),
)
