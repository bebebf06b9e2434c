"""Metrics of real calls: names, dimension sets and values as the developer guide and the catalogue have them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import repaired_moto
from local.metering import Metering, latency_ms
from local.throttle import Throttle, Throttling
from monitoring.catalogue import CATALOGUE
from monitoring.metrics import Metric
from monitoring.samples import Samples
from tests.local.conftest import START, HandClock, key, moto_client, table_request

DYNAMODB, SQS = "AWS/DynamoDB", "AWS/SQS"
INDEXED = {"GSI1PK": {"S": "G"}, "GSI1SK": {"S": "1"}}
T = {"TableName": "shop"}
G = {**T, "GlobalSecondaryIndexName": "GSI1"}


class Measured:
    """The metrics of an hour."""

    def __init__(self, clock: HandClock) -> None:
        self.samples = Samples()
        self.throttling = Throttling()
        self.metering = Metering(self.samples, "123456789012", "eu-west-1")
        self.clock = clock

    def __call__(self, name: str, dimensions: dict[str, str], statistic: str = "Sum", namespace: str = DYNAMODB) -> float:
        """One statistic over an hour; 0 where there is nothing."""
        metric = Metric(namespace, name, dimensions, statistic, 3600)
        return self.samples.statistics(metric, START, START + timedelta(hours=1)).get(START, 0.0)

    def names(self) -> set[tuple[str, frozenset[str]]]:
        return {(name, frozenset(dimensions)) for space, name, dimensions in self.samples.metrics() if space == DYNAMODB}


@pytest.fixture
def measured(clock: HandClock) -> Measured:
    return Measured(clock)


@pytest.fixture
def dynamodb(measured: Measured) -> Iterator[Any]:
    with repaired_moto(measured.clock, measured.throttling, measured.metering):
        client = moto_client("dynamodb")
        client.create_table(**table_request("shop"))
        yield client


def of(operation: str) -> dict[str, str]:
    return {**T, "Operation": operation}


def test_write_is_paid_by_table_and_index(dynamodb: Any, measured: Measured) -> None:
    dynamodb.put_item(TableName="shop", Item={**key("A"), **INDEXED, "text": {"S": "x" * 2500}})

    assert measured("ConsumedWriteCapacityUnits", T) == 3  # 2.5 KB: 3 KB begun
    assert measured("ConsumedWriteCapacityUnits", G) == 3


def test_moving_an_index_entry_is_paid_twice_there(dynamodb: Any, measured: Measured) -> None:
    dynamodb.put_item(TableName="shop", Item={**key("A"), **INDEXED})
    dynamodb.update_item(
        TableName="shop",
        Key=key("A"),
        UpdateExpression="SET GSI1SK = :s",
        ExpressionAttributeValues={":s": {"S": "2"}},
    )

    assert measured("ConsumedWriteCapacityUnits", T) == 1 + 1
    assert measured("ConsumedWriteCapacityUnits", G) == 1 + 2


def test_write_that_changes_nothing_is_paid_by_the_table_only(dynamodb: Any, measured: Measured) -> None:
    for _ in range(2):
        dynamodb.put_item(TableName="shop", Item={**key("A"), **INDEXED})
    dynamodb.delete_item(TableName="shop", Key=key("NOBODY"))

    assert measured("ConsumedWriteCapacityUnits", T) == 3
    assert measured("ConsumedWriteCapacityUnits", G) == 1


def test_transaction_is_paid_twice_and_its_checks_too(dynamodb: Any, measured: Measured) -> None:
    dynamodb.put_item(TableName="shop", Item=key("USER"))
    check = {"ConditionCheck": {"TableName": "shop", "Key": key("USER"), "ConditionExpression": "attribute_exists(PK)"}}
    dynamodb.transact_write_items(TransactItems=[check, {"Put": {"TableName": "shop", "Item": {**key("A"), **INDEXED}}}])

    assert measured("ConsumedWriteCapacityUnits", T) == 1 + 2 + 2
    assert measured("ConsumedWriteCapacityUnits", G) == 1


def test_reads_are_paid_by_size_and_consistency(dynamodb: Any, measured: Measured) -> None:
    item = {**key("A"), **INDEXED, "text": {"S": "x" * 8300}}  # over 8 KB: 3 blocks of 4 KB
    dynamodb.put_item(TableName="shop", Item=item)

    dynamodb.get_item(TableName="shop", Key=key("A"))
    assert measured("ConsumedReadCapacityUnits", T) == 1.5
    dynamodb.get_item(TableName="shop", Key=key("A"), ConsistentRead=True, ProjectionExpression="PK")
    assert measured("ConsumedReadCapacityUnits", T) == 4.5
    dynamodb.get_item(TableName="shop", Key=key("NOBODY"))
    assert measured("ConsumedReadCapacityUnits", T) == 5
    dynamodb.transact_get_items(TransactItems=[{"Get": {"TableName": "shop", "Key": key("A")}}])
    assert measured("ConsumedReadCapacityUnits", T) == 11
    dynamodb.query(
        TableName="shop",
        IndexName="GSI1",
        KeyConditionExpression="GSI1PK = :p",
        FilterExpression="attribute_exists(nothing)",
        ExpressionAttributeValues={":p": {"S": "G"}},
    )
    assert measured("ConsumedReadCapacityUnits", G) == 1.5  # what the filter took away was read
    assert measured("ConsumedReadCapacityUnits", T) == 11


def test_query_of_a_narrow_index_pays_for_what_the_index_holds(dynamodb: Any, measured: Measured) -> None:
    index = {**table_request("n")["GlobalSecondaryIndexes"][0], "Projection": {"ProjectionType": "KEYS_ONLY"}}
    dynamodb.create_table(**table_request("n", GlobalSecondaryIndexes=[index]))
    dynamodb.put_item(TableName="n", Item={**key("A"), **INDEXED, "text": {"S": "x" * 8300}})
    page = dynamodb.query(
        TableName="n", IndexName="GSI1", KeyConditionExpression="GSI1PK = :p", ExpressionAttributeValues={":p": {"S": "G"}}
    )

    assert page["Items"] == [{**key("A"), **INDEXED}]
    narrow = {"TableName": "n", "GlobalSecondaryIndexName": "GSI1"}
    assert measured("ConsumedReadCapacityUnits", narrow) == 0.5
    assert measured("ConsumedWriteCapacityUnits", narrow) == 1


def test_calls_are_counted_by_the_samples_of_latency(dynamodb: Any, measured: Measured) -> None:
    for partition in "ABC":
        dynamodb.put_item(TableName="shop", Item=key(partition))
    dynamodb.query(TableName="shop", KeyConditionExpression="PK = :p", ExpressionAttributeValues={":p": {"S": "A"}})

    assert measured("SuccessfulRequestLatency", of("PutItem"), "SampleCount") == 3
    assert 1 < measured("SuccessfulRequestLatency", of("PutItem"), "Maximum") < 20
    assert measured("ReturnedItemCount", of("Query")) == 1


def test_latency_is_a_function_of_the_request() -> None:
    assert latency_ms("GetItem", 100, "k") == latency_ms("GetItem", 100, "k")
    assert latency_ms("GetItem", 400_000, "k") > latency_ms("GetItem", 100, "k") + 15
    assert latency_ms("TransactWriteItems", 100, "k") > latency_ms("PutItem", 100, "k")
    spread = sorted(latency_ms("GetItem", 0, str(number)) for number in range(2000))
    assert spread[1000] < 3 < spread[-10] <= 2 * 2.9


def test_failed_conditions_are_counted_and_paid_and_are_no_user_errors(dynamodb: Any, measured: Measured) -> None:
    dynamodb.put_item(TableName="shop", Item=key("A"))
    with pytest.raises(ClientError):
        dynamodb.put_item(TableName="shop", Item=key("A"), ConditionExpression="attribute_not_exists(PK)")

    assert measured("ConditionalCheckFailedRequests", T) == 1
    assert measured("ConsumedWriteCapacityUnits", T) == 2
    assert measured("UserErrors", {}) == 0
    assert measured("SuccessfulRequestLatency", of("PutItem"), "SampleCount") == 1


def test_bad_requests_are_counted_for_the_account(dynamodb: Any, measured: Measured) -> None:
    with pytest.raises(ClientError):
        dynamodb.get_item(TableName="nothing", Key=key("A"))

    assert measured("UserErrors", {}) == 1


def test_fault_of_the_service_is_a_system_error(dynamodb: Any, measured: Measured, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError("disk")

    monkeypatch.setattr("moto.dynamodb.models.table.Table.get_item", fail)
    with pytest.raises(ClientError) as caught:
        dynamodb.put_item(TableName="shop", Item=key("A"))

    assert caught.value.response["Error"]["Code"] == "InternalServerError"
    assert measured("SystemErrors", of("PutItem")) == 1


def test_throttled_request_and_its_events_are_counted_where_aws_counts_them(dynamodb: Any, measured: Measured) -> None:
    measured.throttling.activate(Throttle("GSI1", "key-range"))
    with pytest.raises(ClientError):
        dynamodb.put_item(TableName="shop", Item={**key("A"), **INDEXED})
    items = [{"Put": {"TableName": "shop", "Item": {**key(name), **INDEXED}}} for name in "BC"]
    with pytest.raises(ClientError):
        dynamodb.transact_write_items(TransactItems=items)

    assert measured("ThrottledRequests", of("PutItem")) == 1
    assert measured("ThrottledRequests", of("TransactWriteItems")) == 1
    assert measured("WriteThrottleEvents", G) == 3
    assert measured("WriteKeyRangeThroughputThrottleEvents", G) == 3
    assert measured("WriteThrottleEvents", T) == 0
    assert measured("UserErrors", {}) == 0
    assert measured("ConsumedWriteCapacityUnits", T) == 0


def test_consumed_capacity_has_a_point_every_minute_without_traffic(dynamodb: Any, measured: Measured) -> None:
    for _ in range(3):
        measured.metering.tick(measured.clock.now())
        measured.clock.advance(60)

    for dimensions in (T, G):
        for name in ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"):
            found = measured.samples.statistics(Metric(DYNAMODB, name, dimensions), START, START + timedelta(minutes=5))
            assert list(found.values()) == [0.0, 0.0, 0.0]
    assert measured("AccountMaxTableLevelWrites", {}, "Maximum") == 40_000


def test_limits_of_a_provisioned_table_and_of_an_on_demand_ceiling(dynamodb: Any, measured: Measured) -> None:
    throughput = {"ReadCapacityUnits": 7, "WriteCapacityUnits": 3}
    index = {**table_request("p")["GlobalSecondaryIndexes"][0], "ProvisionedThroughput": throughput}
    dynamodb.create_table(
        **table_request("p", BillingMode="PROVISIONED", ProvisionedThroughput=throughput, GlobalSecondaryIndexes=[index]),
    )
    dynamodb.create_table(**table_request("q", OnDemandThroughput={"MaxReadRequestUnits": 50, "MaxWriteRequestUnits": -1}))
    measured.metering.tick(START)

    assert measured("ProvisionedReadCapacityUnits", {"TableName": "p"}, "Maximum") == 7
    assert measured("ProvisionedWriteCapacityUnits", {"TableName": "p", "GlobalSecondaryIndexName": "GSI1"}, "Maximum") == 3
    assert measured("OnDemandMaxReadRequestUnits", {"TableName": "q"}, "Maximum") == 50
    assert measured("OnDemandMaxWriteRequestUnits", {"TableName": "q"}, "Maximum") == 0


def test_every_series_is_one_that_the_catalogue_knows(dynamodb: Any, measured: Measured) -> None:
    streams = moto_client("dynamodbstreams")
    dynamodb.put_item(TableName="shop", Item={**key("A"), **INDEXED})
    arn = dynamodb.describe_table(TableName="shop")["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    streams.get_records(ShardIterator=iterator)
    dynamodb.scan(TableName="shop")
    measured.throttling.activate(Throttle("GSI1"))
    with pytest.raises(ClientError):
        dynamodb.delete_item(TableName="shop", Key=key("A"))
    measured.metering.tick(START)

    seen = measured.samples.metrics()
    assert len(seen) > 15
    for namespace, name, dimensions in seen:
        assert frozenset(dimensions) in CATALOGUE[namespace, name].dimensions, (name, dimensions)


def test_messages_of_a_queue_from_inside_and_outside(dynamodb: Any, measured: Measured) -> None:
    sns, sqs = (moto_client(service) for service in ("sns", "sqs"))
    topic = sns.create_topic(Name="changes")["TopicArn"]
    queue = sqs.create_queue(QueueName="notices")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:eu-west-1:123456789012:notices")
    name = {"QueueName": "notices"}

    sns.publish(TopicArn=topic, Message="1")
    sqs.send_message(QueueUrl=queue, MessageBody="2")
    measured.clock.advance(90)
    measured.metering.tick(measured.clock.now())
    assert measured("NumberOfMessagesSent", name, namespace=SQS) == 2
    assert measured("ApproximateNumberOfMessagesVisible", name, "Maximum", SQS) == 2
    assert measured("ApproximateAgeOfOldestMessage", name, "Maximum", SQS) == 90
    assert measured("NumberOfMessagesPublished", {"TopicName": "changes"}, namespace="AWS/SNS") == 1

    sqs.send_message(QueueUrl=queue, MessageBody="3")
    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    for message in received:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    measured.metering.tick(measured.clock.now())
    assert measured("NumberOfMessagesSent", name, namespace=SQS) == 3  # one was gone before a tick saw it
    assert measured("NumberOfMessagesReceived", name, namespace=SQS) == 3
    assert measured("NumberOfMessagesDeleted", name, namespace=SQS) == 3


def test_queue_that_was_never_used_is_silent(dynamodb: Any, measured: Measured) -> None:
    sqs = moto_client("sqs")
    sqs.create_queue(QueueName="parked", Attributes={"MessageRetentionPeriod": "1209600"})
    measured.metering.tick(measured.clock.now())

    assert not [name for space, name, _ in measured.samples.metrics() if space == SQS]


def test_message_waits_by_the_simulated_clock(dynamodb: Any, measured: Measured) -> None:
    sqs = moto_client("sqs")
    queue = sqs.create_queue(QueueName="parked")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({}))

    message = sqs.receive_message(QueueUrl=queue, AttributeNames=["All"])["Messages"][0]
    assert datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC) == measured.clock.now()
