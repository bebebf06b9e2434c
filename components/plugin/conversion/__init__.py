"""Plain arguments as the values that the Python components take: the same checks, the same errors, with the path in the other language."""

from components.plugin.conversion.handlers import handler, handler_options
from components.plugin.conversion.monitoring import account_maintenance, account_options, emails, monitoring
from components.plugin.conversion.plain import transforms
from components.plugin.conversion.table import definition, table

__all__ = [
    "account_maintenance",
    "account_options",
    "definition",
    "emails",
    "handler",
    "handler_options",
    "monitoring",
    "table",
    "transforms",
]
