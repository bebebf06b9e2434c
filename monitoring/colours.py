"""One colour for one meaning, everywhere: operations are cool, causes warm, severities only mark alarms.

Each has a contrast of at least 3:1 on white; within operations and within causes they stay apart under the common colour blindnesses.
"""

from typing import Final

from monitoring.alarms import Severity
from monitoring.measures import Cause

_LOOKING_UP: Final = "#255391"
_SEARCHING: Final = "#1d9693"
_WRITING: Final = "#6d2bcf"
_TRANSACTING: Final = "#82124f"

OPERATION: Final = {
    "GetItem": _LOOKING_UP,
    "BatchGetItem": _LOOKING_UP,
    "GetRecords": _LOOKING_UP,
    "Query": _SEARCHING,
    "Scan": _SEARCHING,
    "PutItem": _WRITING,
    "UpdateItem": _WRITING,
    "DeleteItem": _WRITING,
    "BatchWriteItem": _WRITING,
    "TransactGetItems": _TRANSACTING,
    "TransactWriteItems": _TRANSACTING,
    "ExecuteStatement": _SEARCHING,
    "BatchExecuteStatement": _WRITING,
    "ExecuteTransaction": _TRANSACTING,
}
"""Families share a hue; no chart draws two of a family side by side without naming them."""

CAUSE: Final[dict[Cause, str]] = {
    "KeyRangeThroughput": "#dd5f17",
    "ProvisionedThroughput": "#54420c",
    "MaxOnDemandThroughput": "#b87050",
    "AccountLimit": "#55536a",
}

CAUSE_WORDS: Final[dict[Cause, str]] = {
    "KeyRangeThroughput": "key range",
    "ProvisionedThroughput": "provisioned",
    "MaxOnDemandThroughput": "on-demand max",
    "AccountLimit": "account",
}

SEVERITY: Final[dict[Severity, str]] = {"page": "#c01c28", "ticket": "#946200", "info": "#5b6470"}

NEUTRAL: Final = "#3d4650"
MUTED: Final = "#6b7480"
TROUBLE: Final = "#dd5f17"
