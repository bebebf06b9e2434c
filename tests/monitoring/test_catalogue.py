"""The catalogue against what AWS publishes: names, spelling and units from botocore's models, counts from the developer guide."""

import re

import botocore.loaders
import pytest

from monitoring.catalogue import CATALOGUE, Emission, check, entries
from monitoring.catalogue.mappings import GROUPS
from monitoring.errors import MonitoringError
from monitoring.measures import CAUSES
from monitoring.operations import OPERATIONS
from monitoring.statistic import BASIC

LOADER = botocore.loaders.Loader()
CLOUDWATCH = LOADER.load_service_model("cloudwatch", "service-2")
DYNAMODB = LOADER.load_service_model("dynamodb", "service-2")

TABLE = frozenset({"TableName"})
INDEX = frozenset({"TableName", "GlobalSecondaryIndexName"})
OPERATION = frozenset({"TableName", "Operation"})

ONE_MINUTE = [
    "ConditionalCheckFailedRequests",
    "ConsumedReadCapacityUnits",
    "ConsumedWriteCapacityUnits",
    "ReadThrottleEvents",
    "WriteThrottleEvents",
    "ReturnedBytes",
    "ReturnedItemCount",
    "ReturnedRecordsCount",
    "SuccessfulRequestLatency",
    "SystemErrors",
    "TimeToLiveDeletedItemCount",
    "ThrottledRequests",
    "TransactionConflict",
    "UserErrors",
    "FaultInjectionServiceInducedErrors",
]
"""Source: developer guide, "DynamoDB metrics and dimensions"; all others have a point every 5 minutes, the causes of throttling apart."""


def test_all_44_metrics_of_the_developer_guide_are_there():
    assert len(list(entries("AWS/DynamoDB"))) == 44


def test_granularity_is_that_of_the_developer_guide():
    causes = [f"{access}{cause}ThrottleEvents" for access in ("Read", "Write") for cause in CAUSES]
    assert {entry.name for entry in entries("AWS/DynamoDB") if entry.period_seconds == 60} == {*ONE_MINUTE, *causes}


def test_units_and_statistics_are_spelt_as_in_the_service_model():
    units = CLOUDWATCH["shapes"]["StandardUnit"]["enum"]
    statistics = CLOUDWATCH["shapes"]["Statistic"]["enum"]
    assert set(BASIC) == set(statistics)
    for entry in CATALOGUE.values():
        assert entry.unit in units, entry.name
        assert entry.statistics <= {*statistics, "p"}, entry.name
        assert entry.dimensions, entry.name
        assert entry.source.page, entry.name
        assert entry.source.as_of.year >= 2026, entry.name


def test_operations_are_operations_of_the_service():
    streams = LOADER.load_service_model("dynamodbstreams", "service-2")
    assert set(OPERATIONS) <= set(DYNAMODB["operations"]) | set(streams["operations"])
    assert len(OPERATIONS) == 14


def test_causes_are_the_limit_types_of_the_service_model():
    documented = re.findall(r"<code>(\w+)Exceeded</code>", DYNAMODB["shapes"]["ThrottlingReason"]["members"]["reason"]["documentation"])
    assert set(CAUSES) == set(documented)


@pytest.mark.parametrize(
    ("name", "dimensions", "statistic", "period", "message"),
    [
        (
            "ThrottledRequests",
            TABLE,
            "Sum",
            60,
            (
                "impossible-dimensions: ThrottledRequests by TableName has no data: it exists by TableName + Operation; "
                "needs Operation; use throttled_requests(table, operation) for each operation in use"
            ),
        ),
        (
            "UserErrors",
            TABLE,
            "Sum",
            60,
            (
                "impossible-dimensions: UserErrors by TableName has no data: it exists by no dimension at all (account and region); "
                "it is counted for account and region only: no table has a series of its own"
            ),
        ),
        (
            "WriteThrottleEvents",
            frozenset({"TableName", "GlobalSecondaryIndex"}),
            "Sum",
            60,
            (
                "impossible-dimensions: WriteThrottleEvents by TableName + GlobalSecondaryIndex has no data: it exists by TableName or "
                "TableName + GlobalSecondaryIndexName; an index has its own series, by TableName + GlobalSecondaryIndexName: that of the table "
                "never includes it"
            ),
        ),
        (
            "ConsumedReadCapacityUnits",
            TABLE,
            "SampleCount",
            60,
            (
                "impossible-statistic: ConsumedReadCapacityUnits has no useful SampleCount: use Average, Sum, Minimum, Maximum; calls are "
                "counted by SampleCount of SuccessfulRequestLatency, by TableName + Operation; an index has its own series, by TableName + "
                "GlobalSecondaryIndexName: that of the table never includes it"
            ),
        ),
        (
            "TimeToLiveDeletedItemCount",
            TABLE,
            "Average",
            60,
            "impossible-statistic: TimeToLiveDeletedItemCount has no useful Average: use Sum",
        ),
        (
            "ProvisionedReadCapacityUnits",
            TABLE,
            "Maximum",
            60,
            "impossible-period: ProvisionedReadCapacityUnits has a point every 300 s, so a period of 60 s is mostly empty: use 300 s or a multiple",
        ),
        (
            "ThrottledRequests",
            OPERATION,
            "Sum",
            10,
            "impossible-period: ThrottledRequests: 10 s is none of 60, 120, 180 ... 86400 s (multiples of a minute)",
        ),
        ("ThrottledRequest", OPERATION, "Sum", 60, None),
    ],
)
def test_what_cannot_be_answered_is_refused_with_what_is_allowed(name, dimensions, statistic, period, message):
    with pytest.raises(MonitoringError) as caught:
        check("AWS/DynamoDB", name, dimensions, statistic, period)
    if message:
        assert str(caught.value) == message
    else:
        assert caught.value.code == "unknown-metric"
        assert "nearest: ThrottledRequests" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "dimensions"),
    [
        ("ThrottledRequests", {OPERATION}),
        ("SystemErrors", {OPERATION}),
        ("ReadThrottleEvents", {TABLE, INDEX}),
        ("WriteKeyRangeThroughputThrottleEvents", {TABLE, INDEX}),
        ("ConditionalCheckFailedRequests", {TABLE}),
        ("UserErrors", {frozenset()}),
    ],
)
def test_dimension_sets_are_those_of_the_developer_guide(name, dimensions):
    assert set(CATALOGUE["AWS/DynamoDB", name].dimensions) == dimensions


def test_only_a_few_metrics_are_there_without_traffic():
    always = {entry.name for entry in entries("AWS/DynamoDB") if entry.emission is Emission.ALWAYS}
    assert {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"} < always
    assert not always & {"ThrottledRequests", "SystemErrors", "SuccessfulRequestLatency"}


def test_nothing_is_claimed_about_other_namespaces():
    check("Shop", "OrdersPlaced", frozenset({"Anything"}), "p99", 60)


def test_groups_of_mapping_metrics_are_those_of_the_service_model() -> None:
    lambda_ = LOADER.load_service_model("lambda", "service-2")
    assert list(GROUPS) == lambda_["shapes"]["EventSourceMappingMetric"]["enum"]


def test_metrics_of_mappings_are_those_of_the_developer_guide_s_table() -> None:
    """ "Types of metrics for Lambda functions", the table of metric groups, and the three of provisioned mode below it."""
    by_mapping = {entry.name for entry in entries("AWS/Lambda") if frozenset({"EventSourceMappingUUID"}) in entry.dimensions}
    assert {group: len(metrics) for group, metrics in GROUPS.items()} == {"EventCount": 8, "ErrorCount": 5, "KafkaMetrics": 2}
    assert len(by_mapping) == 15 + 3


def test_all_16_metrics_of_the_queues_page_are_there_by_queue_alone() -> None:
    """SQS developer guide: "Amazon SQS metrics in CloudWatch use a single dimension: QueueName"."""
    queues = list(entries("AWS/SQS"))
    assert len(queues) == 16
    assert {entry.dimensions for entry in queues} == {(frozenset({"QueueName"}),)}


@pytest.mark.parametrize("name", ["UnreservedConcurrentExecutions", "ClaimedAccountConcurrency"])
def test_what_lambda_sends_for_a_region_is_refused_for_a_function(name: str) -> None:
    """ "Monitoring concurrency": sent "across all functions in a region"."""
    check("AWS/Lambda", name, frozenset(), "Maximum", 60)
    with pytest.raises(MonitoringError, match="it exists by no dimension at all"):
        check("AWS/Lambda", name, frozenset({"FunctionName"}), "Maximum", 60)


def test_provisioned_concurrency_is_sent_by_version_or_alias_only() -> None:
    """ "Monitoring concurrency": "for each function version and alias with provisioned concurrency configured"."""
    by_resource = frozenset({"FunctionName", "Resource"})
    check("AWS/Lambda", "ProvisionedConcurrencyUtilization", by_resource, "Maximum", 60)
    with pytest.raises(MonitoringError, match="of a version or alias that has provisioned concurrency"):
        check("AWS/Lambda", "ProvisionedConcurrencyUtilization", frozenset({"FunctionName"}), "Maximum", 60)
