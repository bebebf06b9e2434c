"""The busiest keys, where somebody counts them: Contributor Insights of a table and its indexes.

Source: DynamoDB developer guide, "Analyzing data access using CloudWatch Contributor Insights for DynamoDB": names of the rules, and that
throttled writes of an index are not counted. API reference, DescribeContributorInsights and GetInsightRuleReport.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from monitoring.explain.keys import Key, read_key
from monitoring.live import CallRefused, Deployed

RULES: Final = ("PKT", "PKC")
"""In a rule's name: throttled partition keys, which say more, before the most used ones."""
MOST_KEYS: Final = 5
PERIOD_SECONDS: Final = 60


def busiest_keys(deployed: Deployed, start: datetime, end: datetime) -> tuple[tuple[Key, ...], str]:
    """Partition keys of the table, then of each index, the busiest of each first; and why some are not there. start, end: full minutes."""
    keys: list[Key] = []
    reasons: list[str] = []
    for index in (None, *deployed.stack.indexes):
        try:
            found = tuple(_keys(deployed, index, start, end))
        except CallRefused as error:
            reasons.append(error.message)
            continue
        except _Off:
            reasons.append(f"Contributor Insights is off for {index or 'the table'}")
            continue
        keys += found
        if not found:
            reasons.append(f"Contributor Insights counted nothing for {index or 'the table'}")
    return tuple(keys), "; ".join(reasons)


class _Off(Exception):
    """Nobody counts here."""


def _keys(deployed: Deployed, index: str | None, start: datetime, end: datetime) -> Iterator[Key]:
    account, of_index = deployed.account, {"IndexName": index} if index else {}
    told = account.ask("dynamodb", "DescribeContributorInsights", TableName=deployed.name, **of_index)
    if told.get("ContributorInsightsStatus") not in ("ENABLED", "ENABLING"):
        raise _Off
    rules = [rule for kind in RULES for rule in told.get("ContributorInsightsRuleList") or () if f"-{kind}-" in rule]
    for rule in rules:
        report = account.ask(
            "cloudwatch",
            "GetInsightRuleReport",
            RuleName=rule,
            StartTime=start,
            EndTime=end,
            Period=PERIOD_SECONDS,
            MaxContributorCount=MOST_KEYS,
        )
        contributors = report.get("Contributors") or ()
        total = report.get("AggregateValue") or sum(each["ApproximateAggregateValue"] for each in contributors)
        for each in contributors:
            yield read_key(
                deployed.stack.table.definition, each["Keys"][0], index, each["ApproximateAggregateValue"] / total if total else None
            )
        if contributors:
            return
