"""The busiest keys, where somebody counts them: Contributor Insights of a table and its indexes.

Source: DynamoDB developer guide, "Analyzing data access using CloudWatch Contributor Insights for DynamoDB": names of the rules, and that
throttled writes of an index are not counted. API reference, DescribeContributorInsights and GetInsightRuleReport.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from monitoring.explain.counted import By, Counted
from monitoring.explain.keys import Key, read_key
from monitoring.live import CallRefused, Deployed

RULES: Final[Mapping[str, By]] = {"PKT": "refusals", "PKC": "use"}
"""In a rule's name -> what it counts of partition keys; refusals say more, so they are asked for first."""
MOST_KEYS: Final = 5
PERIOD_SECONDS: Final = 60


def busiest_keys(deployed: Deployed, start: datetime, end: datetime) -> Counted:
    """Partition keys of the table, then of each index. start, end: full minutes."""
    keys: list[Key] = []
    reasons: list[str] = []
    by: list[tuple[str | None, By]] = []
    for index in (None, *deployed.stack.indexes):
        try:
            kind, found = _keys(deployed, index, start, end)
        except CallRefused as error:
            reasons.append(error.message)
            continue
        except _Off:
            reasons.append(f"Contributor Insights is off for {index or 'the table'}")
            continue
        keys += found
        if kind:
            by.append((index, kind))
        else:
            reasons.append(f"Contributor Insights counted nothing for {index or 'the table'}")
    return Counted(tuple(keys), "; ".join(reasons), tuple(by))


class _Off(Exception):
    """Nobody counts here."""


def _keys(deployed: Deployed, index: str | None, start: datetime, end: datetime) -> tuple[By | None, tuple[Key, ...]]:
    """What was counted, None where nothing was, and the keys."""
    account, of_index = deployed.account, {"IndexName": index} if index else {}
    told = account.ask("dynamodb", "DescribeContributorInsights", TableName=deployed.name, **of_index)
    if told.get("ContributorInsightsStatus") not in ("ENABLED", "ENABLING"):
        raise _Off
    rules: list[tuple[By, str]] = [
        (by, rule) for kind, by in RULES.items() for rule in told.get("ContributorInsightsRuleList") or () if f"-{kind}-" in rule
    ]
    definition = deployed.stack.table.definition
    for counted, rule in rules:
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
        if contributors:
            shares = [(each["Keys"][0], each["ApproximateAggregateValue"] / total if total else None) for each in contributors]
            return counted, tuple(read_key(definition, value, index, share) for value, share in shares)
    return None, ()
