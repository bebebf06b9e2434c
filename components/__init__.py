"""Pulumi components for an application on one DynamoDB table: the table, the functions with exactly their permissions, the stream
consumer, and what watches them. The only room that knows Pulumi's AWS provider; everything it deploys is plain data from the others.
"""

from typing import TYPE_CHECKING

from components.bundle import Bundle
from components.packaging import Packaging, Target

try:
    from components.access import Access
    from components.account_monitoring import AccountMonitoring
    from components.billing import Billing, Capacity, Encryption, Limit, Throughput
    from components.delivery import Delivery, Start
    from components.destinations import KinesisDestination
    from components.function import PythonFunction
    from components.handlers import Handler
    from components.indexes import GlobalIndex, KeyAttribute, LocalIndex
    from components.insights import Insights
    from components.invocation import Asynchronous
    from components.limits import Limits
    from components.logs import Logs
    from components.monitoring import Monitoring
    from components.origins import Csv, Origin
    from components.principals import PrincipalAccess
    from components.projections import Projection
    from components.replicas import Replica, Replicas
    from components.schedules import Schedule
    from components.settings import Settings
    from components.source import Source
    from components.stream import StreamConsumer
    from components.table import SingleTable
    from components.throughput import WarmThroughput, WarmUnits
    from components.topic import EventTopic
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
