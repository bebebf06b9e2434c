"""What Invoke answers: an outcome of a function in the words of Lambda's API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.calls import Refusal
from local.functions import Outcome, Throttled
from local.repairs.invocations import Invoked


def invoked(run: Callable[[], Outcome]) -> Invoked:
    """Raises Refusal beyond the function's concurrency (API reference, Invoke, TooManyRequestsException)."""
    try:
        outcome = run()
    except Throttled as throttled:
        fields: dict[str, Any] = {"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded", "Type": "User"}
        raise Refusal("TooManyRequestsException", str(throttled), 429, fields) from None
    payload = outcome.payload if outcome.error is None else outcome.error.to_payload()
    log = "\n".join(line.text for line in outcome.log)
    return Invoked(payload, failed=outcome.error is not None, log=log.encode())
