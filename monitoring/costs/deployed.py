"""The bill of what is deployed, by what was measured of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from monitoring.anomalies import MORE_METRICS
from monitoring.costs.bill import Bill, Capacity, Watching, bill_for
from monitoring.costs.calls import PERIOD_SECONDS, measured_calls, pattern_metrics
from monitoring.live import CallRefused, Deployed, LiveMeasured
from monitoring.live.deployed import block
from monitoring.measures import ACCESSES, consumed
from monitoring.metrics import Metric
from monitoring.prices import SECONDS_A_MONTH, TablePrices
from singletable.metered import NAMESPACE, TABLE

PROVISIONED: Final = "ProvisionedThroughput"


LEAST_COVERED: Final = timedelta(hours=1)
"""A month of less is a guess of minutes."""


def covered(deployed: Deployed, start: datetime, end: datetime, now: datetime) -> timedelta:
    """How much of the time can have measurements: none before the table was made, none after now. At least an hour."""
    made: datetime = deployed.table.get("CreationDateTime") or start
    return max(LEAST_COVERED, min(end, now) - max(start, made))


def bill_of(deployed: Deployed, measured: LiveMeasured, start: datetime, end: datetime, now: datetime, prices: TablePrices) -> Bill:
    """start, end: full hours; the last one may not be over yet. Raises CallRefused, and MonitoringError "no-account"."""
    stack, table = deployed.stack, deployed.table
    span = covered(deployed, start, end, now)
    used = [
        consumed(deployed.name, access, index=index, period_seconds=PERIOD_SECONDS)
        for access in ACCESSES
        for index in (None, *stack.indexes)
    ]
    measured.load([*used, *pattern_metrics(stack)], start, end)
    indexes: list[Mapping[str, Any]] = list(table.get("GlobalSecondaryIndexes") or ())
    stored = int(table.get("TableSizeBytes") or 0)
    return bill_for(
        measured_calls(stack, measured, start, end, span),
        watching_of(deployed),
        prices,
        capacity=_provisioned(table, indexes) if stack.table.billing.mode == "provisioned" else _used(used, measured, start, end, span),
        bytes_stored=stored + sum(int(index.get("IndexSizeBytes") or 0) for index in indexes),
        bytes_of_table=stored if _recovers(deployed) else None,
    )


def watching_of(deployed: Deployed) -> Watching:
    """Of the alarms that are there, and the dashboard of the stack."""
    account = deployed.account
    listed = account.pages(
        "cloudwatch", "ListMetrics", "Metrics", Namespace=NAMESPACE, Dimensions=[{"Name": TABLE, "Value": deployed.name}]
    )
    name = "-".join(deployed.label)
    dashboards = account.pages("cloudwatch", "ListDashboards", "DashboardEntries", DashboardNamePrefix=name)
    return Watching(sum(map(_metrics, deployed.alarms)), len(deployed.composites), sum(1 for _ in dashboards), sum(1 for _ in listed))


def _metrics(alarm: Mapping[str, Any]) -> int:
    """What an alarm is paid for. Of a query at least one: how many metrics it finds is not described."""
    read = sum("MetricStat" in each for each in alarm.get("Metrics") or ()) or 1
    return read + MORE_METRICS if alarm.get("ThresholdMetricId") else read


def _used(used: list[Metric], measured: LiveMeasured, start: datetime, end: datetime, span: timedelta) -> Capacity:
    scale = SECONDS_A_MONTH / span.total_seconds()
    sums = [sum(measured.statistics(metric, start, end).values()) * scale for metric in used]
    half = len(sums) // 2
    return Capacity("on-demand", sum(sums[:half]), sum(sums[half:]))


def _provisioned(table: Mapping[str, Any], indexes: list[Mapping[str, Any]]) -> Capacity:
    """As it is now: autoscaling changes it."""
    blocks = [block(each, PROVISIONED) for each in (table, *indexes)]
    reads, writes = (sum(float(each.get(f"{access}CapacityUnits") or 0) for each in blocks) for access in ACCESSES)
    return Capacity("provisioned", reads, writes)


def _recovers(deployed: Deployed) -> bool:
    try:
        told = deployed.account.ask("dynamodb", "DescribeContinuousBackups", TableName=deployed.name)
    except CallRefused:
        return False
    recovery = block(block(told, "ContinuousBackupsDescription"), "PointInTimeRecoveryDescription")
    return recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
