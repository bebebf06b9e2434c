"""GetMetricData, GetMetricStatistics, ListMetrics and PutMetricData through boto3. Source: CloudWatch API reference of these operations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import EmbeddedAws
from tests.local.conftest import START, HandClock

TABLE = {"TableName": "shop"}
INDEX = {"TableName": "shop", "GlobalSecondaryIndexName": "GSI1"}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def aws(clock: HandClock) -> Iterator[EmbeddedAws]:
    """Three minutes of consumed capacity: 1, 2 and 3 units in the table, 10 in the second minute in its index."""
    clock.advance(180)
    with EmbeddedAws(clock) as running:
        for minute in range(3):
            record(running, "ConsumedWriteCapacityUnits", TABLE, START + minute * MINUTE, minute + 1.0)
        record(running, "ConsumedWriteCapacityUnits", INDEX, START + MINUTE, 10.0)
        yield running


def record(aws: EmbeddedAws, name: str, dimensions: dict[str, str], at: datetime, *values: float) -> None:
    for value in values:
        aws.samples.record("AWS/DynamoDB", name, dimensions, at, value)


def metric(name: str, dimensions: dict[str, str], stat: str = "Sum", period: int = 60) -> dict[str, Any]:
    given = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return {"Metric": {"Namespace": "AWS/DynamoDB", "MetricName": name, "Dimensions": given}, "Period": period, "Stat": stat}


def written(name: str, dimensions: dict[str, str] = TABLE, **more: Any) -> dict[str, Any]:
    return {"Id": name, "MetricStat": metric("ConsumedWriteCapacityUnits", dimensions), **more}


def ask(aws: EmbeddedAws, *queries: dict[str, Any], end: datetime = START + 3 * MINUTE, **more: Any) -> list[dict[str, Any]]:
    asked = {"MetricDataQueries": list(queries), "StartTime": START, "EndTime": end, "ScanBy": "TimestampAscending", **more}
    return aws.client("cloudwatch").get_metric_data(**asked)["MetricDataResults"]


def refused(aws: EmbeddedAws, *queries: dict[str, Any], **more: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        ask(aws, *queries, **more)
    answered: Any = caught.value.response
    return answered["Error"]["Code"], answered["Error"]["Message"]


def test_a_metric_has_its_points_at_the_starts_of_its_periods(aws: EmbeddedAws) -> None:
    (result,) = ask(aws, written("m"))
    assert result["Timestamps"] == [START, START + MINUTE, START + 2 * MINUTE]
    assert result["Values"] == [1, 2, 3]
    assert (result["Id"], result["StatusCode"]) == ("m", "Complete")


def test_the_newest_point_is_first_unless_asked_otherwise(aws: EmbeddedAws) -> None:
    asked = {"MetricDataQueries": [written("m")], "StartTime": START, "EndTime": START + 3 * MINUTE}
    assert aws.client("cloudwatch").get_metric_data(**asked)["MetricDataResults"][0]["Values"] == [3, 2, 1]


def test_the_end_is_not_included_and_a_period_that_has_begun_is(aws: EmbeddedAws) -> None:
    assert ask(aws, written("m"), end=START + 2 * MINUTE)[0]["Values"] == [1, 2]
    (long,) = ask(aws, {"Id": "m", "MetricStat": metric("ConsumedWriteCapacityUnits", TABLE, period=300)})
    assert (long["Timestamps"], long["Values"]) == ([START], [6])


@pytest.mark.parametrize(
    ("stat", "value"), [("Average", 25.75), ("Minimum", 1), ("Maximum", 100), ("SampleCount", 4), ("p50", 1), ("p99", 100), ("tm75", 1)]
)
def test_every_statistic_is_of_the_measurements(aws: EmbeddedAws, stat: str, value: float) -> None:
    latency = {"TableName": "shop", "Operation": "GetItem"}
    record(aws, "SuccessfulRequestLatency", latency, START, 1, 1, 1, 100)
    (result,) = ask(aws, {"Id": "m", "MetricStat": metric("SuccessfulRequestLatency", latency, stat)})
    assert result["Values"] == [value]


def test_math_is_calculated_and_only_what_returns_data_is_returned(aws: EmbeddedAws) -> None:
    half = {"Id": "half", "Expression": "total / 2", "Label": "half of it"}
    total = {"Id": "total", "Expression": "m + FILL(i, 0)", "ReturnData": False}
    (result,) = ask(aws, half, total, written("m", ReturnData=False), written("i", INDEX, ReturnData=False))
    assert (result["Id"], result["Label"], result["Values"]) == ("half", "half of it", [0.5, 6, 1.5])


def test_an_expression_over_all_metrics_with_their_period(aws: EmbeddedAws) -> None:
    found = ask(aws, {"Id": "rate", "Expression": "SUM(METRICS())/PERIOD(m)"}, written("m"), written("i", INDEX))
    assert [(each["Id"], each["Values"]) for each in found] == [("rate", [1 / 60, 12 / 60, 3 / 60]), ("m", [1, 2, 3]), ("i", [10])]


def test_queries_and_searches_find_their_metrics(aws: EmbeddedAws) -> None:
    of_both = "SELECT SUM(ConsumedWriteCapacityUnits) FROM \"AWS/DynamoDB\" WHERE TableName = 'shop'"
    search = "SEARCH('{AWS/DynamoDB,TableName,GlobalSecondaryIndexName} ConsumedWriteCapacityUnits', 'Sum', 60)"
    query, found = ask(aws, {"Id": "q", "Expression": of_both, "Period": 60}, {"Id": "s", "Expression": search})
    assert (query["Label"], query["Values"]) == ("q", [1, 12, 3])
    assert (found["Id"], found["Values"]) == ("s", [10])
    assert "GSI1" in found["Label"]


def test_what_was_never_measured_or_cannot_be_is_empty_and_complete(aws: EmbeddedAws) -> None:
    queries = [
        {"Id": "a", "MetricStat": metric("ConsumedWriteCapacityUnits", {"TableName": "other"})},
        {"Id": "b", "MetricStat": metric("NoSuchMetric", {"Colour": "green"}, "p99")},
    ]
    assert [(each["Values"], each["StatusCode"]) for each in ask(aws, *queries)] == [([], "Complete")] * 2


def test_more_points_than_fit_come_in_pages(aws: EmbeddedAws) -> None:
    cloudwatch = aws.client("cloudwatch")
    queries = [written("m"), written("none", {"TableName": "other"}), written("i", INDEX)]
    asked = {"MetricDataQueries": queries, "StartTime": START, "EndTime": START + 3 * MINUTE, "ScanBy": "TimestampAscending"}
    pages = [page["MetricDataResults"] for page in cloudwatch.get_paginator("get_metric_data").paginate(**asked, MaxDatapoints=2)]
    assert [[(one["Id"], one["Values"], one["StatusCode"]) for one in page] for page in pages] == [
        [("m", [1, 2], "PartialData")],
        [("m", [3], "Complete"), ("none", [], "Complete"), ("i", [10], "Complete")],
    ]
    with pytest.raises(ClientError, match="InvalidNextToken"):
        cloudwatch.get_metric_data(**asked, NextToken="elsewhere")


@pytest.mark.parametrize(
    ("queries", "words"),
    [
        ([written("m")] * 2, "not unique"),
        ([{"Id": "e", "Expression": "nobody * 2"}], "nobody"),
        ([{"Id": "e", "Expression": "f"}, {"Id": "f", "Expression": "e"}], "made from itself"),
        ([{"Id": "e", "Expression": "1 +"}], "Error in expression 'e'"),
        ([{"Id": "m"}], "MetricStat"),
        ([{"Id": "m", "MetricStat": metric("UserErrors", {}, "Most")}], "The value Most for parameter Stat is not supported"),
        ([{"Id": "m", "MetricStat": metric("UserErrors", {}, period=45)}], "Period"),
        ([written(f"m{number}") for number in range(501)], "500"),
    ],
)
def test_a_request_without_a_meaning_is_refused(aws: EmbeddedAws, queries: list[dict[str, Any]], words: str) -> None:
    code, message = refused(aws, *queries)
    assert code == "ValidationError"
    assert words in message


def test_a_span_without_length_is_refused(aws: EmbeddedAws) -> None:
    assert refused(aws, written("m"), end=START) == ("ValidationError", "The parameter StartTime must be less than the parameter EndTime.")


def test_statistics_of_one_metric(aws: EmbeddedAws) -> None:
    found = aws.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/DynamoDB",
        MetricName="ConsumedWriteCapacityUnits",
        Dimensions=[{"Name": "TableName", "Value": "shop"}],
        StartTime=START,
        EndTime=START + 3 * MINUTE,
        Period=180,
        Statistics=["Sum", "Maximum"],
        ExtendedStatistics=["p50"],
    )
    assert found["Label"] == "ConsumedWriteCapacityUnits"
    (point,) = found["Datapoints"]
    assert (point["Timestamp"], point["Sum"], point["Maximum"], point["ExtendedStatistics"]) == (START, 6, 3, {"p50": 2})
    assert point["Unit"] == "Count"


def test_more_than_1440_statistics_are_refused(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="exceeds the limit of 1,440"):
        aws.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/DynamoDB", MetricName="UserErrors", StartTime=START, EndTime=START + 1441 * MINUTE, Period=60, Statistics=["Sum"]
        )


def listed(aws: EmbeddedAws, **asked: Any) -> list[tuple[str, dict[str, str]]]:
    pages = aws.client("cloudwatch").get_paginator("list_metrics").paginate(**asked)
    return [(one["MetricName"], {each["Name"]: each["Value"] for each in one["Dimensions"]}) for page in pages for one in page["Metrics"]]


def test_metrics_are_listed_by_namespace_name_and_dimension(aws: EmbeddedAws) -> None:
    record(aws, "UserErrors", {}, START, 1)
    consumed = [("ConsumedWriteCapacityUnits", INDEX), ("ConsumedWriteCapacityUnits", TABLE)]
    assert listed(aws) == [*consumed, ("UserErrors", {})]
    assert listed(aws, Namespace="AWS/DynamoDB", MetricName="UserErrors") == [("UserErrors", {})]
    assert listed(aws, Namespace="AWS/Lambda") == []
    assert listed(aws, Dimensions=[{"Name": "TableName", "Value": "shop"}]) == consumed
    assert listed(aws, Dimensions=[{"Name": "GlobalSecondaryIndexName"}]) == consumed[:1]
    assert listed(aws, Dimensions=[{"Name": "TableName", "Value": "other"}]) == []


def test_metrics_are_listed_five_hundred_at_a_time(aws: EmbeddedAws) -> None:
    for number in range(600):
        record(aws, "ConsumedReadCapacityUnits", {"TableName": f"t{number}"}, START, 0)
    page = aws.client("cloudwatch").list_metrics(MetricName="ConsumedReadCapacityUnits")
    assert len(page["Metrics"]) == 500
    assert len(listed(aws, MetricName="ConsumedReadCapacityUnits")) == 600


def test_what_is_silent_for_three_hours_is_not_recently_active_and_for_two_weeks_not_listed(aws: EmbeddedAws, clock: HandClock) -> None:
    clock.advance(4 * 3600)
    assert len(listed(aws)) == 2
    assert listed(aws, RecentlyActive="PT3H") == []
    clock.advance(15 * 24 * 3600)
    assert listed(aws) == []
    assert ask(aws, written("m"))[0]["Values"] == [1, 2, 3]


def test_what_is_put_is_measured_at_its_time(aws: EmbeddedAws) -> None:
    put = {"MetricName": "Baskets", "Dimensions": [{"Name": "Shop", "Value": "a"}], "Timestamp": START}
    aws.client("cloudwatch").put_metric_data(
        Namespace="Shop",
        MetricData=[
            {**put, "Value": 4},
            {**put, "Values": [1, 2], "Counts": [3, 1]},
            {**put, "StatisticValues": {"SampleCount": 5, "Sum": 50, "Minimum": 0, "Maximum": 30}},
        ],
    )
    stats = ("SampleCount", "Sum", "Minimum", "Maximum")
    named = {"Namespace": "Shop", "MetricName": "Baskets", "Dimensions": put["Dimensions"]}
    found = ask(aws, *({"Id": stat.lower(), "MetricStat": {"Metric": named, "Period": 60, "Stat": stat}} for stat in stats))
    assert [each["Values"] for each in found] == [[10], [59], [0], [30]]


def test_nobody_but_aws_measures_for_aws(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        aws.client("cloudwatch").put_metric_data(Namespace="AWS/DynamoDB", MetricData=[{"MetricName": "UserErrors", "Value": 1}])
