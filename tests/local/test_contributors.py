"""Contributor Insights through boto3. Source: DynamoDB developer guide, "CloudWatch contributor insights for DynamoDB: How it works"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import EmbeddedAws
from local.contributors import Contributors
from local.throttle import Throttle, Throttling
from tests.local.conftest import START, HandClock, key, table_request

INDEXED = {"GSI1PK": {"S": "G"}, "GSI1SK": {"S": "1"}}


class Bench:
    """A table `shop` whose calls are counted."""

    def __init__(self, aws: EmbeddedAws, clock: HandClock) -> None:
        self.clock = clock
        self.throttling = Throttling()
        aws.observe(self.throttling, Contributors())
        self.dynamodb, self.cloudwatch = aws.client("dynamodb"), aws.client("cloudwatch")
        self.dynamodb.create_table(**table_request("shop"))

    def enable(self, **more: Any) -> dict[str, Any]:
        return self.dynamodb.update_contributor_insights(TableName="shop", ContributorInsightsAction="ENABLE", **more)

    def rules(self, **more: Any) -> dict[str, str]:
        """Kind -> name."""
        names = self.dynamodb.describe_contributor_insights(TableName="shop", **more).get("ContributorInsightsRuleList", [])
        return {name.split("-")[1]: name for name in names}

    def report(self, kind: str, index: str | None = None, **more: Any) -> dict[str, Any]:
        name = self.rules(**({"IndexName": index} if index else {}))[kind]
        asked = {"RuleName": name, "StartTime": START, "EndTime": START + timedelta(hours=1), "Period": 60, **more}
        return self.cloudwatch.get_insight_rule_report(**asked)

    def top(self, kind: str, index: str | None = None, **more: Any) -> list[tuple[list[str], float]]:
        return [(one["Keys"], one["ApproximateAggregateValue"]) for one in self.report(kind, index, **more)["Contributors"]]


@pytest.fixture
def bench(clock: HandClock) -> Iterator[Bench]:
    with EmbeddedAws(clock) as aws:
        yield Bench(aws, clock)


def code_of(act: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        act()
    answer: Any = caught.value.response
    return answer["Error"]["Code"]


def test_insights_are_off_until_they_are_enabled(bench: Bench) -> None:
    assert bench.dynamodb.describe_contributor_insights(TableName="shop")["ContributorInsightsStatus"] == "DISABLED"
    enabled = bench.enable()
    assert (enabled["ContributorInsightsStatus"], enabled["ContributorInsightsMode"]) == ("ENABLED", "ACCESSED_AND_THROTTLED_KEYS")
    assert list(bench.rules()) == ["PKC", "PKT", "SKC", "SKT"]
    assert all(re.fullmatch(r"DynamoDBContributorInsights-[PS]K[CT]-shop-\d+", name) for name in bench.rules().values())
    bench.enable(IndexName="GSI1")
    assert all("-shop-GSI1-" in name for name in bench.rules(IndexName="GSI1").values())


def test_the_mode_decides_on_the_rules_and_keeps_those_of_throttles(bench: Bench) -> None:
    bench.enable()
    before = bench.rules()
    assert bench.enable(ContributorInsightsMode="THROTTLED_KEYS")["ContributorInsightsMode"] == "THROTTLED_KEYS"
    assert bench.rules() == {kind: before[kind] for kind in ("PKT", "SKT")}
    bench.dynamodb.update_contributor_insights(TableName="shop", ContributorInsightsAction="DISABLE")
    assert bench.rules() == {}


def test_tables_and_indexes_are_listed(bench: Bench) -> None:
    bench.enable(IndexName="GSI1")
    found = bench.dynamodb.list_contributor_insights(TableName="shop")["ContributorInsightsSummaries"]
    assert [(one.get("IndexName"), one["ContributorInsightsStatus"]) for one in found] == [(None, "DISABLED"), ("GSI1", "ENABLED")]
    assert bench.dynamodb.list_contributor_insights()["ContributorInsightsSummaries"] == found[1:]


def test_a_key_counts_three_times_its_write_units_and_its_read_units(bench: Bench) -> None:
    bench.enable()
    bench.enable(IndexName="GSI1")
    bench.dynamodb.put_item(TableName="shop", Item={**key("A"), **INDEXED})
    bench.dynamodb.get_item(TableName="shop", Key=key("A"))
    bench.dynamodb.get_item(TableName="shop", Key=key("A", "other"), ConsistentRead=True)
    bench.dynamodb.put_item(TableName="shop", Item=key("B"))
    assert bench.top("PKC") == [(["A"], 3 + 0.5 + 1), (["B"], 3)]
    assert bench.top("SKC") == [(["A", "A"], 3.5), (["B", "A"], 3), (["A", "other"], 1)]
    assert bench.top("PKC", "GSI1") == [(["G"], 3)]
    assert bench.report("SKC")["KeyLabels"] == ["PK", "SK"]


def test_a_query_counts_for_its_partition_also_where_it_finds_nothing(bench: Bench) -> None:
    bench.enable(IndexName="GSI1")
    asked = {"TableName": "shop", "IndexName": "GSI1", "KeyConditionExpression": "#p = :p", "ExpressionAttributeNames": {"#p": "GSI1PK"}}
    for partition in ("G", "nobody"):
        bench.dynamodb.query(**asked, ExpressionAttributeValues={":p": {"S": partition}})
    bench.dynamodb.put_item(TableName="shop", Item={**key("A"), **INDEXED})
    bench.dynamodb.query(**asked, ExpressionAttributeValues={":p": {"S": "G"}})
    assert bench.top("PKC", "GSI1") == [(["G"], 0.5 + 3 + 0.5), (["nobody"], 0.5)]


def test_throttled_keys_are_counted_but_not_the_writes_that_an_index_refuses(bench: Bench) -> None:
    bench.enable(ContributorInsightsMode="THROTTLED_KEYS")
    bench.throttling.activate(Throttle(start=START + timedelta(minutes=1)))
    bench.throttling.activate(Throttle("GSI1"))
    assert (
        code_of(lambda: bench.dynamodb.put_item(TableName="shop", Item={**key("A"), **INDEXED})) == "ProvisionedThroughputExceededException"
    )
    assert bench.top("PKT") == []
    bench.clock.advance(60)
    put = {"Put": {"TableName": "shop", "Item": key("B")}}
    for _ in range(2):
        code_of(lambda: bench.dynamodb.get_item(TableName="shop", Key=key("A")))
    code_of(lambda: bench.dynamodb.transact_write_items(TransactItems=[put]))
    assert bench.top("PKT") == [(["A"], 2), (["B"], 1)]


def test_a_report_has_its_points_by_period_and_ranks_as_it_is_asked(bench: Bench) -> None:
    bench.enable()
    for keys in ("AAB", "B", "BB"):
        for partition in keys:
            bench.dynamodb.put_item(TableName="shop", Item=key(partition))
        bench.clock.advance(60)
    assert bench.top("PKC") == [(["B"], 12), (["A"], 6)]
    assert bench.top("PKC", OrderBy="Maximum") == [(["A"], 6), (["B"], 6)]
    found = bench.report("PKC", Period=120, MaxContributorCount=1, Metrics=["MaxContributorValue", "UniqueContributors"])
    (first,) = found["Contributors"]
    assert [(point["Timestamp"], point["ApproximateValue"]) for point in first["Datapoints"]] == [
        (START, 6),
        (START + timedelta(minutes=2), 6),
    ]
    assert (found["AggregateValue"], found["ApproximateUniqueCount"]) == (18, 2)
    assert found["MetricDatapoints"][0] == {"Timestamp": START, "MaxContributorValue": 6, "UniqueContributors": 2}
    assert bench.top("PKC", EndTime=START + timedelta(minutes=1)) == [(["A"], 6), (["B"], 3)]


def test_what_is_not_there_or_too_much_is_refused(bench: Bench) -> None:
    assert code_of(lambda: bench.dynamodb.describe_contributor_insights(TableName="other")) == "ResourceNotFoundException"
    assert code_of(lambda: bench.enable(IndexName="GSI9")) == "ResourceNotFoundException"
    bench.enable()
    assert code_of(lambda: bench.report("PKC", MaxContributorCount=26)) == "InvalidParameterValue"
    asked = {"RuleName": "nobody", "StartTime": START, "EndTime": START + timedelta(hours=1), "Period": 60}
    assert code_of(lambda: bench.cloudwatch.get_insight_rule_report(**asked)) == "ResourceNotFoundException"
