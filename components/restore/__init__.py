"""A drill of the recovery of a table: a copy is restored beside it, compared with it, and taken away again.

Nothing here changes the table. boto3 is imported when an account is first asked, and heeds AWS_ENDPOINT_URL.
"""

from components.restore.drill import Drill, Record, RecoveryPoint
from components.restore.output import markdown, report, text
from components.restore.source import NoRecovery, Source, read_source

__all__ = ["Drill", "NoRecovery", "Record", "RecoveryPoint", "Source", "markdown", "read_source", "report", "text"]
