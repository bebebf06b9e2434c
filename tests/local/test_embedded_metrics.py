"""CloudWatch user guide, "Specification: Embedded metric format"."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.embedded_metrics import record_embedded
from monitoring.metrics import Metric
from monitoring.samples import Samples

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def line(**changes: Any) -> dict[str, Any]:
    directive = {"Namespace": "shop", "Dimensions": [["Pattern"], []], "Metrics": [{"Name": "Time", "Unit": "Milliseconds"}]}
    return {"_aws": {"Timestamp": 0, "CloudWatchMetrics": [directive]}, "Pattern": "find_user", "Time": [3.0, 5.0], "other": 1, **changes}


def recorded(fields: dict[str, Any]) -> Samples:
    samples = Samples()
    record_embedded(fields, samples, AT)
    return samples


def test_each_value_counts_under_each_set_of_dimensions() -> None:
    samples = recorded(line())
    assert sorted(samples.metrics(), key=str) == [("shop", "Time", {"Pattern": "find_user"}), ("shop", "Time", {})]
    average = Metric("shop", "Time", {"Pattern": "find_user"}, "Average")
    assert samples.statistics(average, AT, AT + timedelta(minutes=1)) == {AT: 4.0}


@pytest.mark.parametrize(
    "fields",
    [
        {"level": "INFO"},
        {"_aws": "text"},
        {"_aws": {"CloudWatchMetrics": "text"}},
        line(Pattern=7),
        line(Time="fast"),
        line(Time=True),
        line(Time=None),
        line(Time=float("nan")),
        line(Pattern=["find_user"]),
        line(_aws={"CloudWatchMetrics": [{"Dimensions": [["Pattern"]], "Metrics": [{"Name": "Time"}]}]}),
        line(_aws={"CloudWatchMetrics": [{"Namespace": 1, "Dimensions": [["Pattern"]], "Metrics": [{"Name": "Time"}]}]}),
        line(_aws={"CloudWatchMetrics": [{"Namespace": "shop", "Dimensions": 3, "Metrics": [{"Name": "Time"}]}]}),
        line(_aws={"CloudWatchMetrics": [{"Namespace": "shop", "Dimensions": ["Pattern", [["Pattern"]]], "Metrics": [{"Name": "Time"}]}]}),
        line(
            _aws={"CloudWatchMetrics": [{"Namespace": "shop", "Dimensions": [["Pattern"]], "Metrics": [{"Unit": "Count"}, {"Name": []}]}]}
        ),
    ],
)
def test_a_line_that_does_not_keep_to_the_format_gives_no_metrics(fields: dict[str, Any]) -> None:
    names = {name for _, name, dimensions in recorded(fields).metrics() if dimensions}
    assert names == set()
