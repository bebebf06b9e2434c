"""Rules of provisioned tables and their indexes: they say their capacity, and it follows the traffic.

A table that goes from on demand to autoscaled ignores changes of its capacity already, and the engine puts back what there was: nothing. The
provider then asks for one unit each, which throttles everything until autoscaling has acted, or DynamoDB refuses the indexes. A policy sees
the inputs after the engine has put them back, so it can say so in the preview.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_policy import EnforcementLevel, PolicyResource, ResourceValidationArgs, Severity

from monitoring.measures import ACCESSES
from policy.properties import has
from policy.resource_types import SCALING_POLICY, SCALING_TARGET, TABLE
from policy.rules.config import PRODUCTION
from policy.rules.known import Known
from policy.rules.rule import Report, rule, stack_rule
from policy.stack import Stack, physical_name
from policy.stage import may_be_lost

RESTORED: Final = ("restoreSourceName", "restoreSourceTableArn", "restoreBackupArn")
"""With one of these, a table may take its capacity from what it is restored from."""


def _is_provisioned(table: Mapping[str, Any]) -> bool:
    """That is what an absent mode means to the provider."""
    return (table.get("billingMode") or "PROVISIONED") == "PROVISIONED"


def _missing(table: Mapping[str, Any]) -> Iterator[str]:
    subjects = [("the table", table), *((f"index {index['name']}", index) for index in table.get("globalSecondaryIndexes") or ())]
    for label, subject in subjects:
        yield from (f"{access.lower()}s of {label}" for access in ACCESSES if not has(subject, f"{access.lower()}Capacity"))


@rule(
    TABLE,
    name="table-provisioned-capacity",
    description="A provisioned table and each of its indexes have a capacity.",
    severity=Severity.HIGH,
    remedy="Set read_capacity and write_capacity of the table and of each index; deploy once without ignoring changes of them.",
)
def table_provisioned_capacity(args: ResourceValidationArgs, report: Report) -> None:
    if not _is_provisioned(args.props) or any(has(args.props, name) for name in RESTORED):
        return
    missing = list(_missing(args.props))
    if missing:
        report(
            f"{args.name} is provisioned without a capacity for {', '.join(missing)}: it would get 1 unit, or be refused. "
            "From on demand to autoscaled, deploy once with a fixed capacity in between"
        )


def _scaled(resource: PolicyResource) -> tuple[str, str]:
    return str(resource.props["resourceId"]), str(resource.props["scalableDimension"])


def _wanted(table: PolicyResource, stack: Stack) -> Iterator[tuple[str, tuple[str, str]]]:
    """What scales, in words and as Application Auto Scaling has it. Source: its API reference, RegisterScalableTarget."""
    name = physical_name(table)
    indexes = ((f"index {each}", "index", f"table/{name}/index/{each}") for each in stack.indexes_of(table))
    subjects = [("the table", "table", f"table/{name}"), *indexes]
    for label, kind, resource in subjects:
        for access in ACCESSES:
            yield f"{access.lower()}s of {label}", (resource, f"dynamodb:{kind}:{access}CapacityUnits")


@stack_rule(
    TABLE,
    name="table-scaling",
    description="The capacity of a provisioned table and of each of its indexes follows the traffic.",
    severity=Severity.MEDIUM,
    # From on demand to autoscaled, a table has a fixed capacity for one deployment.
    level=EnforcementLevel.ADVISORY,
    config=PRODUCTION,
    known=Known(
        checkov=("CKV2_AWS_16",),
        config=("dynamodb-autoscaling-enabled",),
        security_hub=("DynamoDB.1",),
        guard=("DYNAMODB_BILLING_MODE_RULE", "DYNAMODB_AUTOSCALING_ENABLED"),
    ),
    remedy="Use on-demand billing, or an Application Auto Scaling target and policy for reads and writes of the table and of each index.",
)
def table_scaling(table: PolicyResource, stack: Stack, report: Report) -> None:
    if not _is_provisioned(table.props):
        return
    targets, unknown_target = stack.read(_scaled, SCALING_TARGET)
    policies, unknown_policy = stack.read(_scaled, SCALING_POLICY)
    fixed = [label for label, wanted in _wanted(table, stack) if wanted not in targets or wanted not in policies]
    if not fixed or may_be_lost(table.props, table.urn, stack.args):
        return
    if not_known := unknown_target or unknown_policy:
        raise not_known
    report(
        f"{table.name} has a fixed capacity for {', '.join(fixed)}: what comes above it is throttled, and an index that does not grow "
        "throttles its table. Add a scaling target and a scaling policy for each, or use on-demand billing"
    )
