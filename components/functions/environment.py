"""The variables of a function's environment."""

import re
from collections.abc import Mapping
from typing import Any

from components.errors import InvalidArgument
from singletable.deployment import PATTERN_METRICS, SCHEMA_FINGERPRINT, TABLE_NAME

OWN_VARIABLES = (TABLE_NAME, SCHEMA_FINGERPRINT, PATTERN_METRICS)
"""The component's own."""
RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    }
)
"""Lambda's own (AWS Lambda developer guide, "Working with Lambda environment variables", reserved environment variables)."""
MOST_BYTES = 4096
"""Of all variables together (developer guide, "Lambda quotas")."""
NAME = re.compile(r"[a-zA-Z]([a-zA-Z0-9_])+")
"""CreateFunction, EnvironmentVariableName."""


def check_environment(variables: Mapping[str, Any]) -> None:
    """Values that are known only after deployment, and secrets, are counted by their name alone. Raises InvalidArgument, without any value."""
    for name, value in variables.items():
        if name in OWN_VARIABLES:
            raise InvalidArgument(
                f"the environment sets {name}, which is the table's: give another table, or call the variable something else"
            )
        if name in RESERVED:
            raise InvalidArgument(f"the environment sets {name}, which is Lambda's own: call the variable something else")
        if not NAME.fullmatch(name):
            raise InvalidArgument(
                f"the environment sets {name!r}: a name has two or more letters, digits and _, and begins with a letter, as in TOPIC_ARN"
            )
        if isinstance(value, bool | int | float) or value is None:
            raise InvalidArgument(f"the environment sets {name} to a value of type {type(value).__name__}: give text")
    size = sum(len(name.encode()) + (len(value.encode()) if isinstance(value, str) else 0) for name, value in variables.items())
    if size > MOST_BYTES:
        raise InvalidArgument(
            f"the environment has at least {size:,} bytes, {MOST_BYTES:,} are allowed: keep what is large in a file of the bundle or a parameter"
        )
