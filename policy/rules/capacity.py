"""The rule that a provisioned table and each of its indexes say their capacity.

A table that goes from on demand to autoscaled ignores changes of its capacity already, and the engine puts back what there was: nothing. The
provider then asks for one unit each, which throttles everything until autoscaling has acted, or DynamoDB refuses the indexes. A policy sees
the inputs after the engine has put them back, so it can say so in the preview.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_policy import ResourceValidationArgs, Severity

from policy.properties import has
from policy.rules.rule import Report, rule
from policy.rules.tables import TABLE

DIRECTIONS: Final = ("read", "write")
RESTORED: Final = ("restoreSourceName", "restoreSourceTableArn", "restoreBackupArn")
"""With one of these, a table may take its capacity from what it is restored from."""


def _missing(table: Mapping[str, Any]) -> Iterator[str]:
    subjects = [("the table", table), *((f"index {index['name']}", index) for index in table.get("globalSecondaryIndexes") or ())]
    for label, subject in subjects:
        yield from (f"{direction}s of {label}" for direction in DIRECTIONS if not has(subject, f"{direction}Capacity"))


@rule(
    TABLE,
    name="table-provisioned-capacity",
    description="A provisioned table and each of its indexes have a capacity.",
    severity=Severity.HIGH,
    remedy="Set read_capacity and write_capacity of the table and of each index; deploy once without ignoring changes of them.",
)
def table_provisioned_capacity(args: ResourceValidationArgs, report: Report) -> None:
    # PROVISIONED is what an absent mode means to the provider.
    if (args.props.get("billingMode") or "PROVISIONED") != "PROVISIONED" or any(has(args.props, name) for name in RESTORED):
        return
    missing = list(_missing(args.props))
    if missing:
        report(
            f"{args.name} is provisioned without a capacity for {', '.join(missing)}: it would get 1 unit, or be refused. "
            "From on demand to autoscaled, deploy once with a fixed capacity in between"
        )
