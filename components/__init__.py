"""Pulumi components for an application on one DynamoDB table: the table, the functions with exactly their permissions, the stream
consumer, and what watches them. The only room that knows Pulumi's AWS provider; everything it deploys is plain data from the others.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_MODULES = {
    "Access": "access",
    "Billing": "billing",
    "Bundle": "bundle",
    "Capacity": "billing",
    "Encryption": "billing",
    "EventTopic": "topic",
    "Monitoring": "monitoring",
    "PythonFunction": "function",
    "Settings": "settings",
    "SingleTable": "table",
    "StreamConsumer": "stream",
    "Throughput": "billing",
}


# Late: the command that writes a bundle needs no Pulumi, and must not wait seconds for its SDK. Type checkers would take any name for ours.
if not TYPE_CHECKING:

    def __getattr__(name):
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        except ModuleNotFoundError as error:
            if error.name not in ("pulumi", "pulumi_aws"):
                raise
            raise ImportError(f"{name} needs Pulumi, which is not installed: pip install 'singletable[pulumi]'") from None
