"""The metrics of what really ran: AWS/Lambda's, of each function and its URL by name and of each mapping by its UUID, and those that functions
publish themselves.

Lambda guide, "Types of metrics for Lambda functions", "Monitoring Lambda function URLs" and "Event source mapping metrics". A count of zero
is reported with each invocation.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from local.embedded_metrics import record_embedded
from local.functions import Outcome
from local.mapping import Counts
from local.urls import Answer
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
        for line in outcome.log:
            record_embedded(line.fields, self._samples, at)

    def throttled(self, function: str) -> None:
        self._samples.record(NAMESPACE, "Throttles", {"FunctionName": function}, self._now(), 1.0)

    def answered(self, function: str, answer: Answer) -> None:
        """A request to the function's URL. The guide does not say that a request which ended well counts as 0 failed ones: here it does not."""
        dimensions = {"FunctionName": function}
        at = self._now()
        self._samples.record(NAMESPACE, "UrlRequestCount", dimensions, at, 1.0)
        if answer.status // 100 in (4, 5):
            self._samples.record(NAMESPACE, f"Url{answer.status // 100}xxCount", dimensions, at, 1.0)
        if (run := answer.outcome) is not None:
            self._samples.record(NAMESPACE, "UrlRequestLatency", dimensions, at, run.milliseconds + (run.start_milliseconds or 0.0))

    def iterator_age(self, function: str, milliseconds: float) -> None:
        self._samples.record(NAMESPACE, "IteratorAge", {"FunctionName": function}, self._now(), milliseconds)

    def mapped(self, uuid: str, counts: Counts) -> None:
        """Of a mapping that has the metrics of the group EventCount switched on; it reports while it reads something."""
        values = counts.metrics()
        if any(values.values()):
            for name, value in values.items():
                self._samples.record(NAMESPACE, name, {"EventSourceMappingUUID": uuid}, self._now(), float(value))
