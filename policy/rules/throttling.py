"""The rule that throttling is seen: of the table and of each index, reads and writes, by an alarm that can fire.

An index has metrics of its own, which those of its table do not include. ThrottledRequests by TableName alone is the classic that stays
silent for ever.
"""

from collections.abc import Iterator

from pulumi_policy import PolicyResource, Severity

from monitoring.measures import ACCESSES, Access, throttle_events, throttled_requests
from monitoring.metrics import Metric
from monitoring.operations import OPERATIONS, READS, STREAM
from policy.resource_types import TABLE
from policy.rules.config import PRODUCTION
from policy.rules.rule import Report, stack_rule
from policy.stack import Stack
from policy.stage import may_be_lost


def _telling(table: str, index: str | None, access: Access) -> Iterator[Metric]:
    """Metrics of which each tells of this throttling, whatever its cause. Whoever reads changes says nothing of the table's own reads."""
    yield throttle_events(table, access, index=index)
    if index is None:
        yield from (throttled_requests(table, each) for each in OPERATIONS if each != STREAM and (each in READS) is (access == "Read"))


def _missing(table: PolicyResource, stack: Stack) -> list[str]:
    name = table.props.get("name") or table.name
    subjects = [("the table", None), *((f"index {index}", index) for index in stack.indexes_of(table))]
    return [
        f"{access.lower()}s of {label}"
        for label, index in subjects
        for access in ACCESSES
        if not stack.alarms.see(_telling(name, index, access))
    ]


@stack_rule(
    TABLE,
    name="table-throttle-alarms",
    description="Throttling of a table and of each of its indexes raises an alarm.",
    severity=Severity.HIGH,
    config=PRODUCTION,
    remedy="Use the Monitoring component, or alarms on Read/WriteThrottleEvents of the table and of each index.",
)
def table_throttle_alarms(table: PolicyResource, stack: Stack, report: Report) -> None:
    missing = _missing(table, stack)
    if not missing or may_be_lost(table.props, table.urn, stack.args):
        return
    if table.urn in stack.alarms.unknown:  # one of its alarms may be the one that is missing
        raise stack.alarms.unknown[table.urn]
    report(
        f"{table.name}: no alarm sees throttling of {', '.join(missing)}. Add alarms on ReadThrottleEvents and WriteThrottleEvents, "
        f"by TableName for the table and by TableName and GlobalSecondaryIndexName for each index{stack.alarms.not_counted}"
    )
