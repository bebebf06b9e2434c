"""The AWS/Lambda metrics of what ran, against the developer guide's names and the catalogue of alarms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from local.function_metrics import FunctionMetrics
from local.functions import Outcome
from local.functions.outcome import FunctionError
from local.mapping import Counts
from local.urls import Answer, answer_of
from monitoring.metrics import Metric
from monitoring.samples import Samples

AT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def outcome(payload: bytes = b"{}", error: FunctionError | None = None, start: float | None = None) -> Outcome:
    return Outcome("api", "1", payload, error, (), 40.0, start, 128)


def summed(samples: Samples, name: str, statistic: str = "Sum") -> float:
    """Of the minute; built as an alarm would ask for it, so that a name or dimension which AWS does not have is refused."""
    [value] = samples.statistics(Metric("AWS/Lambda", name, {"FunctionName": "api"}, statistic), AT, AT + timedelta(minutes=1)).values()
    return value


def counted(samples: Samples) -> dict[str, float]:
    return {name: summed(samples, name, "SampleCount") for _, name, _ in samples.metrics()}


@pytest.mark.parametrize(
    ("status", "counts"),
    [(200, {}), (302, {}), (404, {"Url4xxCount": 1}), (429, {"Url4xxCount": 1}), (500, {"Url5xxCount": 1}), (503, {"Url5xxCount": 1})],
)
def test_an_answer_is_counted_by_its_class(status: int, counts: dict[str, int]) -> None:
    samples = Samples()
    FunctionMetrics(samples, lambda: AT).answered("api", Answer(status, {}, b""))
    assert counted(samples) == {"UrlRequestCount": 1} | counts


def test_a_failed_run_is_an_answer_of_the_platform_and_a_start_is_waited_for() -> None:
    samples = Samples()
    metrics = FunctionMetrics(samples, lambda: AT)
    metrics.answered("api", answer_of(outcome(error=FunctionError("Runtime.ExitError", "gone"), start=200.0)))
    assert counted(samples) == {"UrlRequestCount": 1, "Url5xxCount": 1, "UrlRequestLatency": 1}
    assert summed(samples, "UrlRequestLatency", "Maximum") == 240


def test_a_run_that_answers_its_own_failure_is_no_error_of_the_function() -> None:
    samples = Samples()
    metrics = FunctionMetrics(samples, lambda: AT)
    run = outcome(b'{"statusCode": 500, "body": ""}')
    metrics.invoked(run, 1)
    metrics.answered("api", answer_of(run))
    assert summed(samples, "Errors") == 0
    assert summed(samples, "Url5xxCount") == 1


def test_a_mapping_is_counted_while_it_reads_something() -> None:
    samples = Samples()
    metrics = FunctionMetrics(samples, lambda: AT)
    metrics.mapped("uuid", Counts())
    assert samples.metrics() == []
    metrics.mapped("uuid", Counts(polled=3, invoked=2, filtered_out=1))
    assert {name for _, name, _ in samples.metrics()} > {"PolledEventCount", "DroppedEventCount"}
