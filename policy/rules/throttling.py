"""The rule that throttling is seen: of the table and of each index, reads and writes, by an alarm that can fire.

An index has metrics of its own, which those of its table do not include. An alarm counts only where `monitoring` can read it: one on a
metric, dimension or statistic that CloudWatch never has would stay silent for ever (ThrottledRequests by TableName alone is the classic).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from monitoring.alarms import Alarm
from monitoring.errors import MonitoringError
from monitoring.lint.readers.provider import request_of
from monitoring.operations import READS, STREAM
from policy.properties import has
from policy.rules.config import PRODUCTION
from policy.rules.tables import TABLE
from policy.stage import may_be_lost

ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
ACCESSES: Final = ("Read", "Write")

# Inputs that decide when an alarm fires: who is told may be unknown in a preview without making the alarm unknown.
_DECIDING: Final = (
    "name",
    "namespace",
    "metricName",
    "dimensions",
    "statistic",
    "extendedStatistic",
    "period",
    "metricQueries",
    "threshold",
    "comparisonOperator",
    "evaluationPeriods",
    "datapointsToAlarm",
    "treatMissingData",
)


@dataclass(frozen=True)
class Watched:
    """Throttling that an alarm sees. index: None for the table itself. access: "Read" or "Write"."""

    table: str
    index: str | None
    access: str


@dataclass(frozen=True)
class Alarms:
    """watched: what the working alarms see. silent: those that could never fire, and why. unknown: about alarms not known yet."""

    watched: frozenset[Watched]
    silent: tuple[str, ...]
    unknown: Mapping[str, UnknownValueError]


def _read(resource: PolicyResource) -> Alarm:
    inputs = {name: resource.props[name] for name in _DECIDING if has(resource.props, name)}
    return Alarm.from_request(request_of({"name": resource.name, **inputs}))


def _watched(alarm: Alarm) -> Iterator[Watched]:
    if not alarm.comparison.startswith("GreaterThan"):
        return
    for metric in alarm.metrics.values():
        if metric.namespace != "AWS/DynamoDB":
            continue
        table, index = str(metric.dimensions.get("TableName")), metric.dimensions.get("GlobalSecondaryIndexName")
        if metric.name == "ThrottledRequests":
            operation = metric.dimensions.get("Operation")
            if operation != STREAM:  # whoever reads changes says nothing of the table's own reads and writes
                yield Watched(table, None, "Read" if operation in READS else "Write")
        elif metric.name in ("ReadThrottleEvents", "WriteThrottleEvents"):
            yield Watched(table, None if index is None else str(index), metric.name.removesuffix("ThrottleEvents"))


def _alarms(resources: list[PolicyResource]) -> Alarms:
    watched: set[Watched] = set()
    silent: list[str] = []
    unknown: dict[str, UnknownValueError] = {}
    for resource in resources:
        if resource.resource_type != ALARM:
            continue
        try:
            watched.update(_watched(_read(resource)))
        except UnknownValueError as error:
            for dependencies in (resource.dependencies, *resource.property_dependencies.values()):
                unknown |= {dependency.urn: error for dependency in dependencies if dependency.resource_type == TABLE}
        except (MonitoringError, KeyError) as error:
            silent.append(f"{resource.name} ({error})")
    return Alarms(frozenset(watched), tuple(silent), unknown)


def _name(table: PolicyResource) -> str:
    """The physical name, as the alarms' dimensions have it. Raises `UnknownValueError` in the preview of a table that does not exist yet."""
    return table.props.get("name") or table.name


def _missing(table: PolicyResource, alarms: Alarms) -> list[str]:
    name = _name(table)
    subjects = [
        ("the table", None),
        *((f"index {index['name']}", index["name"]) for index in table.props.get("globalSecondaryIndexes") or ()),
    ]
    return [
        f"{access.lower()}s of {label}"
        for label, index in subjects
        for access in ACCESSES
        if Watched(name, index, access) not in alarms.watched
    ]


def _throttle_alarms(args: StackValidationArgs, report: ReportViolation) -> None:
    alarms = _alarms(args.resources)
    not_known: UnknownValueError | None = None
    for table in args.resources:
        if table.resource_type != TABLE:
            continue
        try:
            missing = _missing(table, alarms)
            if not missing or may_be_lost(table.props, table.urn, args.get_config()):
                continue
        except UnknownValueError as error:
            not_known = not_known or error
            continue
        if table.urn in alarms.unknown:  # one of its alarms may be the one that is missing
            not_known = not_known or alarms.unknown[table.urn]
            continue
        silent = f". Not counted: {'; '.join(alarms.silent)}" if alarms.silent else ""
        report(
            f"{table.name}: no alarm sees throttling of {', '.join(missing)}. Add alarms on ReadThrottleEvents and WriteThrottleEvents, "
            f"by TableName for the table and by TableName and GlobalSecondaryIndexName for each index{silent}",
            table.urn,
        )
    if not_known is not None:
        raise not_known  # after every violation that is certain: Pulumi makes an advisory of it


table_throttle_alarms = StackValidationPolicy(
    name="table-throttle-alarms",
    description="Throttling of a table and of each of its indexes raises an alarm.",
    enforcement_level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    config_schema=PolicyConfigSchema(properties=PRODUCTION),
    validate=_throttle_alarms,
    remediation_steps="Use the Monitoring component, or alarms on Read/WriteThrottleEvents of the table and of each index.",
)
