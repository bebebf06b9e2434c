"""Contributor Insights, against the service models of botocore."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from app import model
from monitoring import Ref, Stack, TableSubject
from monitoring.explain.contributors import busiest_keys
from monitoring.live import Account, Deployed

END = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
START = END - timedelta(hours=1)
RULES = [f"DynamoDBContributorInsights-{kind}-shop-1700000000000" for kind in ("PKC", "PKT", "SKC", "SKT")]


class Stubs:
    def __init__(self) -> None:
        self.clients: dict[str, Any] = {
            name: boto3.client(name, region_name="eu-west-1", aws_access_key_id="any", aws_secret_access_key="any")
            for name in ("dynamodb", "cloudwatch")
        }
        self.stubs = {name: Stubber(client) for name, client in self.clients.items()}
        self.deployed = Deployed(
            Account(self.clients.__getitem__, "eu-west-1"),
            {"TableName": "shop", "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}},
            None,
            (),
            frozenset(),
            (),
            (),
            (),
            Stack("shop", "dev", Ref("region"), TableSubject(model.table.definition())),
        )

    def insights(self, index: str | None, **answer: Any) -> None:
        asked = {"TableName": "shop", **({"IndexName": index} if index else {})}
        self.stubs["dynamodb"].add_response("describe_contributor_insights", {"TableName": "shop", **answer}, asked)

    def report(self, rule: str, *contributors: tuple[str, float], total: float | None = None) -> None:
        asked = {"RuleName": rule, "StartTime": START, "EndTime": END, "Period": 60, "MaxContributorCount": 5}
        answer: dict[str, Any] = {
            "Contributors": [{"Keys": [key], "ApproximateAggregateValue": value, "Datapoints": []} for key, value in contributors]
        }
        self.stubs["cloudwatch"].add_response("get_insight_rule_report", answer | ({"AggregateValue": total} if total else {}), asked)


@pytest.fixture
def aws() -> Iterator[Stubs]:
    stubs = Stubs()
    for stub in stubs.stubs.values():
        stub.activate()
    yield stubs
    for stub in stubs.stubs.values():
        stub.assert_no_pending_responses()


def test_throttled_keys_come_before_used_ones_and_say_what_they_mean(aws: Stubs) -> None:
    aws.insights(None, ContributorInsightsStatus="ENABLED", ContributorInsightsRuleList=RULES)
    aws.report(RULES[1], ("PRODUCT#p1", 90.0), ("USER#u1", 10.0), total=200.0)
    aws.insights("GSI1", ContributorInsightsStatus="DISABLED")
    counted = busiest_keys(aws.deployed, START, END)
    assert [(key.value, key.entities[0], key.share) for key in counted.keys] == [("PRODUCT#p1", "Product", 0.45), ("USER#u1", "User", 0.05)]
    assert counted.why == "Contributor Insights is off for GSI1"
    assert counted.refusals(None)


def test_where_nothing_was_throttled_the_most_used_keys(aws: Stubs) -> None:
    aws.insights(None, ContributorInsightsStatus="ENABLED", ContributorInsightsRuleList=RULES)
    aws.report(RULES[1])
    aws.report(RULES[0], ("PRODUCT#p1", 3.0), ("PRODUCT#p2", 1.0))
    aws.insights("GSI1", ContributorInsightsStatus="DISABLED")
    counted = busiest_keys(aws.deployed, START, END)
    assert [key.share for key in counted.keys] == [0.75, 0.25]
    assert not counted.refusals(None)


def test_a_missing_permission_is_said_and_the_rest_is_read(aws: Stubs) -> None:
    aws.stubs["dynamodb"].add_client_error(
        "describe_contributor_insights", "AccessDeniedException", "not authorized", expected_params={"TableName": "shop"}
    )
    aws.insights("GSI1", ContributorInsightsStatus="ENABLED", ContributorInsightsRuleList=RULES[:1])
    aws.report(RULES[0], ("CATEGORY#Beverages", 3.0))
    counted = busiest_keys(aws.deployed, START, END)
    assert [(key.index, key.template) for key in counted.keys] == [("GSI1", "CATEGORY#{category}")]
    assert "dynamodb:DescribeContributorInsights" in counted.why
