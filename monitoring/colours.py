"""One colour for one meaning, everywhere: operations are cool, causes warm, severities only mark alarms.

These are the colours on white, which CloudWatch shows in both themes; what is drawn here has others on dark (`render.palette`). Marks have a
contrast of at least 3:1 on white and words of 4.5:1; within operations and within causes they stay apart under the common colour blindnesses.
"""

from typing import Final

from monitoring.alarms import Severity
from monitoring.measures import Cause

LOOKING_UP: Final = "#255391"
SEARCHING: Final = "#1d9693"
WRITING: Final = "#6d2bcf"
TRANSACTING: Final = "#82124f"

OPERATION: Final = {
    "GetItem": LOOKING_UP,
    "BatchGetItem": LOOKING_UP,
    "GetRecords": LOOKING_UP,
    "Query": SEARCHING,
    "Scan": SEARCHING,
    "PutItem": WRITING,
    "UpdateItem": WRITING,
    "DeleteItem": WRITING,
    "BatchWriteItem": WRITING,
    "TransactGetItems": TRANSACTING,
    "TransactWriteItems": TRANSACTING,
    "ExecuteStatement": SEARCHING,
    "BatchExecuteStatement": WRITING,
    "ExecuteTransaction": TRANSACTING,
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
SOFT: Final = "#8a94a0"
"""Lines that belong to no operation and no cause, in the order of their weight."""
SERIES: Final = ("#2195d9", "#849c00", "#6f00c9", "#005e34", "#ba8293", "#000e40")
"""Of series that are found and not declared, as by GROUP BY: they mean nothing but themselves, and are no operation, cause or severity."""
TROUBLE: Final = CAUSE["KeyRangeThroughput"]
