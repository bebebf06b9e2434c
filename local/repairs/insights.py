"""Contributor Insights of tables and indexes, and the reports of their rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from local.calls import Refusal
from local.contributors import DEFAULT_MODE, Insight, Key, Rule, insights_of, rule_of
from local.paging import paged
from local.patches import Patch, Repair
from local.repairs.clock import now
from local.tables import known_table, name_of

MOST_CONTRIBUTORS = 25
"""Of a rule of DynamoDB (developer guide, "CloudWatch contributor insights for DynamoDB: How it works")."""
DEFAULT_CONTRIBUTORS = 10
MOST_LISTED = 100


def _place(handler: Any) -> tuple[Any, str, str | None]:
    """The table in moto, its name and the index that a request is about. Raises Refusal where there is none."""
    asked = handler.body
    name, index = name_of(asked["TableName"]), asked.get("IndexName")
    table = handler.dynamodb_backend.tables.get(name)
    if table is None or (index and index not in {each.name for each in table.global_indexes}):
        raise Refusal(
            "ResourceNotFoundException", f"Requested resource not found: {'Index' if table else 'Table'}: {index or name} not found"
        )
    return table, name, index


def _described(name: str, index: str | None, insight: Insight | None) -> dict[str, Any]:
    on = insight is not None and insight.enabled
    found: dict[str, Any] = {"TableName": name, "ContributorInsightsStatus": "ENABLED" if on else "DISABLED"}
    if index:
        found["IndexName"] = index
    if insight is not None and on:
        found["ContributorInsightsMode"] = insight.mode
    return found


def _update(_: object) -> Callable[[Any], Any]:
    def update_contributor_insights(handler: Any) -> Any:
        table, name, index = _place(handler)
        at = now()
        insights = insights_of(table)
        before = insights.get(index)
        if handler.body["ContributorInsightsAction"] == "DISABLE":
            if before is not None:
                before.enabled, before.updated = False, at
            return _result({**_described(name, index, before), "ContributorInsightsStatus": "DISABLED"})
        if before is None or not before.enabled:
            known = known_table(name, handler.current_account, handler.region)
            key = next(each.key for each in known.indexes if each.name == index) if index and known else known.key if known else None
            if key is None:
                raise Refusal("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found")
            insights[index] = before = Insight(f"{name}-{index}" if index else name, key, at, at)
        before.mode, before.updated = handler.body.get("ContributorInsightsMode") or DEFAULT_MODE, at
        return _result(_described(name, index, before))

    return update_contributor_insights


def _describe(_: object) -> Callable[[Any], Any]:
    def describe_contributor_insights(handler: Any) -> Any:
        table, name, index = _place(handler)
        insight = insights_of(table).get(index)
        found = _described(name, index, insight)
        if insight is not None:
            found |= {"ContributorInsightsRuleList": list(insight.rules()), "LastUpdateDateTime": insight.updated}
        return _result(found)

    return describe_contributor_insights


def _list(_: object) -> Callable[[Any], Any]:
    def list_contributor_insights(handler: Any) -> Any:
        """Of one table and its indexes, or of all that ever had insights."""
        tables: Mapping[str, Any] = handler.dynamodb_backend.tables
        if handler.body.get("TableName"):
            table, name, _ = _place(handler)
            places = [(name, index, insights_of(table).get(index)) for index in (None, *(each.name for each in table.global_indexes))]
        else:
            places = [(name, index, each) for name, table in list(tables.items()) for index, each in insights_of(table).items()]
        summaries = [_described(name, index, insight) for name, index, insight in places]
        shown, token = paged(summaries, handler.body.get("NextToken"), handler.body.get("MaxResults") or MOST_LISTED)
        return _result({"ContributorInsightsSummaries": shown, **({"NextToken": token} if token else {})})

    return list_contributor_insights


def _report(_: object) -> Callable[[Any], Any]:
    def get_insight_rule_report(handler: Any) -> Any:
        asked = handler.params
        rule = rule_of(asked["RuleName"], handler.current_account, handler.region)
        if rule is None:
            raise Refusal("ResourceNotFoundException", f"Rule {asked['RuleName']} does not exist", 404)
        most, period = int(asked.get("MaxContributorCount") or DEFAULT_CONTRIBUTORS), int(asked["Period"])
        start, end = (_aware(asked[name]) for name in ("StartTime", "EndTime"))
        for wrong, what in (
            (not 1 <= most <= MOST_CONTRIBUTORS, f"MaxContributorCount must be from 1 to {MOST_CONTRIBUTORS}"),
            (period < 60 or period % 60, "Period must be a multiple of 60"),
            (start >= end, "StartTime must be before EndTime"),
        ):
            if wrong:
                raise Refusal("InvalidParameterValue", what)
        by_peak = asked.get("OrderBy") == "Maximum"
        from moto.core.responses import ActionResult

        return ActionResult(report(rule, start, end, period, most, by_peak=by_peak, metrics=asked.get("Metrics") or ()))

    return get_insight_rule_report


def report(
    rule: Rule, start: datetime, end: datetime, period_seconds: int, most: int, *, by_peak: bool = False, metrics: Sequence[str] = ()
) -> dict[str, Any]:
    """The answer of GetInsightRuleReport. `by_peak`: ranked by the highest minute, not by the sum."""
    first = int(start.timestamp())
    values: dict[Key, dict[int, float]] = {}
    peaks: dict[Key, float] = {}
    for minute, counted in rule.minutes(start, end).items():
        time = first + (minute * 60 - first) // period_seconds * period_seconds
        for key, value in counted.items():
            points = values.setdefault(key, {})
            points[time] = points.get(time, 0.0) + value
            peaks[key] = max(peaks.get(key, 0.0), value)
    sums = {key: sum(points.values()) for key, points in values.items()}
    order = peaks if by_peak else sums
    ranked = sorted(values, key=lambda key: (-order[key], key))[:most]
    found: dict[str, Any] = {
        "KeyLabels": list(rule.labels),
        "AggregationStatistic": "Sum",
        "AggregateValue": sum(sums.values()),
        "ApproximateUniqueCount": len(values),
        "Contributors": [
            {
                "Keys": list(key),
                "ApproximateAggregateValue": order[key],
                "Datapoints": [{"Timestamp": _at(time), "ApproximateValue": value} for time, value in sorted(values[key].items())],
            }
            for key in ranked
        ],
    }
    if metrics:
        times = sorted({time for points in values.values() for time in points})
        found["MetricDatapoints"] = [
            _metrics(time, [points[time] for points in values.values() if time in points], metrics) for time in times
        ]
    return found


def _metrics(time: int, values: Sequence[float], wanted: Sequence[str]) -> dict[str, Any]:
    """Only MaxContributorValue and Maximum mean something for DynamoDB's rules (developer guide, as above); the others are of the keys."""
    known = {
        "UniqueContributors": float(len(values)),
        "MaxContributorValue": max(values),
        "SampleCount": float(len(values)),
        "Average": sum(values) / len(values),
        "Sum": sum(values),
        "Minimum": min(values),
        "Maximum": max(values),
    }
    return {"Timestamp": _at(time), **{name: known[name] for name in wanted if name in known}}


def _at(time: int) -> datetime:
    return datetime.fromtimestamp(time, UTC)


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _result(members: Mapping[str, Any]) -> Any:
    from moto.dynamodb.responses import DynamoResult

    return DynamoResult(dict(members))


def _patches() -> Sequence[Patch]:
    from moto.cloudwatch.responses import CloudWatchResponse
    from moto.dynamodb.responses import DynamoHandler

    return (
        Patch(DynamoHandler, "update_contributor_insights", _update, missing=True),
        Patch(DynamoHandler, "describe_contributor_insights", _describe, missing=True),
        Patch(DynamoHandler, "list_contributor_insights", _list, missing=True),
        Patch(CloudWatchResponse, "get_insight_rule_report", _report, missing=True),
    )


INSIGHTS = Repair(
    "insights",
    "moto has no contributor insights of tables and no report of an insight rule; DynamoDB makes rules for the keys that are used and refused "
    "most, and CloudWatch reports them",
    _patches,
)
