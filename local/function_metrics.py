"""The AWS/Lambda metrics of what really ran: of each function by name, and of each mapping by its UUID.

Lambda guide, "Types of metrics for Lambda functions" and "Event source mapping metrics". A count of zero is reported with each invocation.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from local.functions import Outcome
from local.mapping import Counts
from monitoring.samples import Samples

NAMESPACE = "AWS/Lambda"


class FunctionMetrics:
    """Thread safe, as its samples are."""

    def __init__(self, samples: Samples, now: Callable[[], datetime]) -> None:
        self._samples = samples
        self._now = now

    def invoked(self, outcome: Outcome, running: int) -> None:
        """`running`: events that this function was running at that moment."""
        dimensions = {"FunctionName": outcome.function}
        values = {
            "Invocations": 1.0,
            "Errors": float(outcome.error is not None),
            "Throttles": 0.0,
            "Duration": outcome.milliseconds,
            "ConcurrentExecutions": float(running),
        }
        at = self._now()
        for name, value in values.items():
            self._samples.record(NAMESPACE, name, dimensions, at, value)

    def throttled(self, function: str) -> None:
        self._samples.record(NAMESPACE, "Throttles", {"FunctionName": function}, self._now(), 1.0)

    def iterator_age(self, function: str, milliseconds: float) -> None:
        self._samples.record(NAMESPACE, "IteratorAge", {"FunctionName": function}, self._now(), milliseconds)

    def mapped(self, uuid: str, counts: Counts) -> None:
        """Of a mapping that has the metrics of the group EventCount switched on; it reports while it reads something."""
        values = counts.metrics()
        if any(values.values()):
            for name, value in values.items():
                self._samples.record(NAMESPACE, name, {"EventSourceMappingUUID": uuid}, self._now(), float(value))
