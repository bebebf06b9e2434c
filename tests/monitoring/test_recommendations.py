"""The catalogue against AWS's alarm recommendations as data: every difference stands here with its reason.

The data is `metric_metadata.json` of the package awslabs.cloudwatch-mcp-server, which `.ci/arbiters` brings. It is no authority: AWS's own
recommendation for SystemErrors never fires. Where the two differ, the developer guides decide, and the reason says so.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from monitoring.catalogue import CATALOGUE
from monitoring.measures import ACCESSES, CAUSES

DATA = Path(__file__).parents[2] / "build" / "arbiters" / "recommendations" / "metric_metadata.json"

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the alarm recommendations are not on this machine: run .ci/arbiters")

DYNAMODB, LAMBDA, SQS, SNS = "AWS/DynamoDB", "AWS/Lambda", "AWS/SQS", "AWS/SNS"

STATISTICS = {
    "Average": "Average",
    "Maximum": "Maximum",
    "Minimum": "Minimum",
    "Sum": "Sum",
    "SampleCount": "SampleCount",
    "Data Samples": "SampleCount",
    "Count": "SampleCount",
    "Percentiles": "p",
    "Trimmed Mean": "p",
}
"""Words of the recommendations -> what the catalogue calls it."""

Difference = tuple[str, str, str, str]
"""Kind, namespace, metric, detail."""


def _missing_there(namespace: str, *names: str) -> set[Difference]:
    return {("missing there", namespace, name, "") for name in names}


def _statistics(namespace: str, names: tuple[str, ...], *statistics: str) -> set[Difference]:
    return {("statistic", namespace, name, statistic) for name in names for statistic in statistics}


REASONS: Mapping[str, set[Difference]] = {
    "the eight causes of throttling came in 2025; the recommendations do not have them yet": _missing_there(
        DYNAMODB, *(f"{access}{cause}ThrottleEvents" for access in ACCESSES for cause in CAUSES)
    ),
    "sent during an experiment of AWS Fault Injection Service only": _missing_there(DYNAMODB, "FaultInjectionServiceInducedErrors"),
    "the page of function URLs is another one than that of functions": _missing_there(
        LAMBDA, "UrlRequestCount", "Url4xxCount", "Url5xxCount", "UrlRequestLatency"
    ),
    "the page of functions names them, for managed instances and for code signing": _missing_there(
        LAMBDA, "CPUThrottles", "MemoryThrottles", "DiskThrottles", "ConcurrencyThrottles", "SignatureValidationErrors"
    ),
    "the page of functions names them, for mappings that read Kafka": _missing_there(
        LAMBDA,
        "CommittedEventCount",
        "PollingErrorCount",
        "InvokeErrorCount",
        "OnFailureDestinationDeliveryErrorCount",
        "SchemaRegistryErrorCount",
        "CommitErrorCount",
        "MaxOffsetLag",
        "SumOffsetLag",
        "EventPollerUnit",
        "EventPollerThroughputInBytes",
    ),
    "fair queues came in 2025": _missing_there(
        SQS,
        "ApproximateNumberOfNoisyGroups",
        "ApproximateNumberOfMessagesVisibleInQuietGroups",
        "ApproximateNumberOfMessagesNotVisibleInQuietGroups",
        "ApproximateNumberOfMessagesDelayedInQuietGroups",
        "ApproximateAgeOfOldestMessageInQuietGroups",
    ),
    "the developer guide has it by TableName + Operation: the recommended alarm has no data": {
        ("dimensions", DYNAMODB, "SystemErrors", "TableName")
    },
    "the developer guide names Country and SMSType, or nothing: text messages need no topic": {
        ("dimensions", SNS, "SMSSuccessRate", "TopicName"),
        ("dimensions", SNS, "SMSMonthToDateSpentUSD", "TopicName"),
    },
    "the developer guide gives a point every 5 minutes": {
        ("period", DYNAMODB, "ReplicationLatency", "60"),
        ("period", DYNAMODB, "ThrottledPutRecordCount", "60"),
        ("period", DYNAMODB, "FailedToReplicateRecordCount", "60"),
    },
    "each event sends a 1, so its mean, least and most say nothing": _statistics(
        DYNAMODB, ("ConditionalCheckFailedRequests", "TransactionConflict", "OnlineIndexThrottleEvents"), "Average", "Minimum", "Maximum"
    ),
    "counts of one call: whoever asks for a number of messages wants their sum": _statistics(
        SQS,
        (
            "NumberOfMessagesSent",
            "NumberOfMessagesReceived",
            "NumberOfMessagesDeleted",
            "NumberOfEmptyReceives",
            "NumberOfDeduplicatedSentMessages",
        ),
        "Average",
        "Minimum",
        "Maximum",
    ),
    "a sum of readings, or their number, grows with how often somebody looked": {
        *_statistics(
            SQS,
            (
                "ApproximateAgeOfOldestMessage",
                "ApproximateNumberOfMessagesDelayed",
                "ApproximateNumberOfMessagesNotVisible",
                "ApproximateNumberOfMessagesVisible",
                "ApproximateNumberOfGroupsWithInflightMessages",
            ),
            "Sum",
            "SampleCount",
        ),
        *_statistics(DYNAMODB, ("OnlineIndexPercentageProgress", "PendingReplicationCount"), "Sum", "SampleCount"),
        *_statistics(SNS, ("SMSMonthToDateSpentUSD",), "Sum"),
    },
    'the developer guide calls it "the frequency at which the metric is emitted" by now: it counts no requests': _statistics(
        DYNAMODB, ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "OnlineIndexConsumedWriteCapacity"), "SampleCount"
    ),
    "it is a percentage, whatever unit the page gives it; lint takes both": {("unit", DYNAMODB, "OnlineIndexPercentageProgress", "Count")},
    "CloudWatch has no such unit (botocore, StandardUnit)": {("unit", SNS, "SMSMonthToDateSpentUSD", "USD")},
}


def differences() -> Iterator[Difference]:
    here = {key: entry for key, entry in CATALOGUE.items() if key[0].startswith("AWS/")}
    namespaces = {namespace for namespace, _ in here}
    metrics: list[Any] = json.loads(DATA.read_text(encoding="utf-8"))
    there = {(each["metricId"]["namespace"], each["metricId"]["metricName"]): each for each in metrics}
    there = {key: each for key, each in there.items() if key[0] in namespaces}
    yield from (("missing here", *key, "") for key in there.keys() - here.keys())
    yield from (("missing there", *key, "") for key in here.keys() - there.keys())
    for key in there.keys() & here.keys():
        yield from ((kind, *key, detail) for kind, detail in compared(key, there[key]))


def compared(key: tuple[str, str], metric: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    entry = CATALOGUE[key]
    unit = metric.get("unitInfo") or "None"
    if unit != entry.unit:
        yield "unit", unit
    words = re.split(r", | and ", re.sub(r" ?\([^)]*\)", "", metric.get("recommendedStatistics") or ""))
    yield from (("statistic", STATISTICS[word]) for word in words if word and STATISTICS[word] not in entry.statistics)
    for alarm in metric.get("alarmRecommendations", ()):
        names = frozenset(dimension["name"] for dimension in alarm["dimensions"])
        if names not in entry.dimensions:
            yield "dimensions", " + ".join(sorted(names))
        if not entry.allows(alarm["statistic"]):
            yield "alarm statistic", alarm["statistic"]
        if alarm["period"] % entry.period_seconds:
            yield "period", str(alarm["period"])


def test_every_difference_has_one_reason_that_still_holds() -> None:
    explained = Counter(difference for found in REASONS.values() for difference in found)
    found = set(differences())
    assert [difference for difference, times in explained.items() if times > 1] == []
    assert found - explained.keys() == set(), "say why they differ, or mend the catalogue"
    assert explained.keys() - found == set(), "they agree by now: take the reason out"


def test_the_recommendations_are_the_whole_file() -> None:
    """So that an empty file is no agreement."""
    namespaces = Counter(each["metricId"]["namespace"] for each in json.loads(DATA.read_text(encoding="utf-8")))
    assert namespaces[DYNAMODB] >= 35
    assert min(namespaces[namespace] for namespace in (LAMBDA, SQS, SNS)) >= 10
