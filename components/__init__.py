"""Pulumi components for an application on one DynamoDB table: the table, the functions with exactly their permissions, the stream
consumer, and what watches them. The only room that knows Pulumi's AWS provider; everything it deploys is plain data from the others.
"""

from typing import TYPE_CHECKING

from components.bundle.bundle import Bundle
from components.bundle.packaging import Packaging, Target

try:
    from components.functions.delivery import Delivery, Start
    from components.functions.function import PythonFunction
    from components.functions.invocation import Asynchronous
    from components.functions.logs import Logs
    from components.functions.source import Source
    from components.functions.stream import StreamConsumer
    from components.handlers import Handler
    from components.permissions.access import Access
    from components.permissions.limits import Limits
    from components.settings import Settings
    from components.tables.billing import Billing, Capacity, Encryption, Limit, Throughput
    from components.tables.destinations import KinesisDestination
    from components.tables.indexes import GlobalIndex, KeyAttribute, LocalIndex
    from components.tables.insights import Insights
    from components.tables.origins import Csv, Origin
    from components.tables.principals import PrincipalAccess
    from components.tables.projections import Projection
    from components.tables.replicas import Replica, Replicas
    from components.tables.schedules import Schedule
    from components.tables.table import SingleTable
    from components.tables.throughput import WarmThroughput, WarmUnits
    from components.watching.account_monitoring import AccountMonitoring
    from components.watching.monitoring import Monitoring
    from components.watching.topic import EventTopic
    from components.web_app_table import WebAppTable
except ModuleNotFoundError as error:
    # The command that writes a bundle needs no Pulumi, which is an extra of the distribution.
    if error.name not in ("pulumi", "pulumi_aws"):
        raise

__all__ = [
    "Access",
    "AccountMonitoring",
    "Asynchronous",
    "Billing",
    "Bundle",
    "Capacity",
    "Csv",
    "Delivery",
    "Encryption",
    "EventTopic",
    "GlobalIndex",
    "Handler",
    "Insights",
    "KeyAttribute",
    "KinesisDestination",
    "Limit",
    "Limits",
    "LocalIndex",
    "Logs",
    "Monitoring",
    "Origin",
    "Packaging",
    "PrincipalAccess",
    "Projection",
    "PythonFunction",
    "Replica",
    "Replicas",
    "Schedule",
    "Settings",
    "SingleTable",
    "Source",
    "Start",
    "StreamConsumer",
    "Target",
    "Throughput",
    "WarmThroughput",
    "WarmUnits",
    "WebAppTable",
]

# Only names that the imports above did not bring arrive here. Not for type checkers, which would take any name for ours.
if not TYPE_CHECKING:

    def __getattr__(name):
        if name in __all__:
            raise ImportError(f"{name} needs Pulumi, which is not installed: pip install 'singletable[pulumi]'")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
