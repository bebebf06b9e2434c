"""Pulumi components for an application on one DynamoDB table: the table, the functions with exactly their permissions, the stream
consumer, and what watches them. The only room that knows Pulumi's AWS provider; everything it deploys is plain data from the others.
"""

from components.access import Access
from components.billing import Billing, Capacity, Encryption, Throughput
from components.bundle import Bundle
from components.function import PythonFunction
from components.monitoring import Monitoring
from components.settings import Settings
from components.stream import StreamConsumer
from components.table import SingleTable
from components.topic import EventTopic

__all__ = [
    "Access",
    "Billing",
    "Bundle",
    "Capacity",
    "Encryption",
    "EventTopic",
    "Monitoring",
    "PythonFunction",
    "Settings",
    "SingleTable",
    "StreamConsumer",
    "Throughput",
]
