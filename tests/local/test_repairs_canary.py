"""Unrepaired moto still has each defect. A failure here is good news: moto has mended it, and the repair of that name can go."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from unittest import mock
from zipfile import ZipFile

import pytest
from moto import mock_aws

from local import repairs
from tests.local.conftest import key, moto_client, records, table_request

ClientOf = Callable[[str], Any]


@pytest.fixture
def bare() -> Iterator[ClientOf]:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        yield moto_client


def table_of(client_of: ClientOf, **more: Any) -> tuple[Any, dict[str, Any]]:
    dynamodb = client_of("dynamodb")
    return dynamodb, dynamodb.create_table(**table_request("shop", **more))["TableDescription"]


def a_cancelled_transaction_undoes_an_acknowledged_write_of_somebody_else(client_of: ClientOf) -> bool:
    from moto.dynamodb.models import DynamoDBBackend

    dynamodb, _ = table_of(client_of)
    dynamodb.put_item(TableName="shop", Item=key("taken"))
    original = DynamoDBBackend.get_item

    def meanwhile(backend: Any, *args: Any, **kwargs: Any) -> Any:
        backend.put_item("shop", key("acknowledged"))
        return original(backend, *args, **kwargs)

    put = {"Put": {"TableName": "shop", "Item": key("taken"), "ConditionExpression": "attribute_not_exists(PK)"}}
    with mock.patch.object(DynamoDBBackend, "get_item", meanwhile), pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(TransactItems=[put])
    return "Item" not in dynamodb.get_item(TableName="shop", Key=key("acknowledged"))


def a_write_that_changes_nothing_has_a_stream_record(client_of: ClientOf) -> bool:
    dynamodb, table = table_of(client_of)
    for _ in range(2):
        dynamodb.put_item(TableName="shop", Item=key("A"))
    found = records(client_of("dynamodbstreams"), table)
    return len(found) == 2 and found[0]["awsRegion"] == "us-east-1"


def a_repeated_token_counts_twice(client_of: ClientOf) -> bool:
    dynamodb, _ = table_of(client_of)
    update = {
        "TableName": "shop",
        "Key": key("A"),
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    for _ in range(2):
        dynamodb.transact_write_items(TransactItems=[{"Update": update}], ClientRequestToken="once")
    return dynamodb.get_item(TableName="shop", Key=key("A"))["Item"]["n"] == {"N": "2"}


def a_full_page_has_no_last_key(client_of: ClientOf) -> bool:
    dynamodb, _ = table_of(client_of)
    dynamodb.put_item(TableName="shop", Item=key("A"))
    page = dynamodb.query(TableName="shop", KeyConditionExpression="PK = :p", ExpressionAttributeValues={":p": {"S": "A"}}, Limit=1)
    return "LastEvaluatedKey" not in page


def twenty_six_writes_are_one_batch(client_of: ClientOf) -> bool:
    dynamodb, _ = table_of(client_of)
    dynamodb.batch_write_item(RequestItems={"shop": [{"PutRequest": {"Item": key(str(number))}} for number in range(26)]})
    return dynamodb.scan(TableName="shop")["Count"] == 26


def a_full_item_is_refused_and_a_number_too_long_is_taken(client_of: ClientOf) -> bool:
    dynamodb, _ = table_of(client_of)
    with pytest.raises(dynamodb.exceptions.ClientError, match="Item size has exceeded"):
        dynamodb.put_item(TableName="shop", Item={**key("A"), "text": {"S": "x" * 406_000}})
    dynamodb.put_item(TableName="shop", Item={**key("A"), "number": {"N": "1" * 39}})
    dynamodb.put_item(TableName="shop", Item={**key("B"), "map": {"M": {"": {"N": "1E+126"}}}})
    return "Item" in dynamodb.get_item(TableName="shop", Key=key("A"))


def an_on_demand_ceiling_is_lost(client_of: ClientOf) -> bool:
    dynamodb, _ = table_of(client_of, OnDemandThroughput={"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 5})
    return "OnDemandThroughput" not in dynamodb.describe_table(TableName="shop")["Table"]


def there_are_no_composite_alarms(client_of: ClientOf) -> bool:
    with pytest.raises(NotImplementedError, match="put_composite_alarm action has not been implemented"):
        client_of("cloudwatch").put_composite_alarm(AlarmName="any", AlarmRule="TRUE")
    return True


def an_alarm_has_no_history(client_of: ClientOf) -> bool:
    with pytest.raises(NotImplementedError, match="describe_alarm_history action has not been implemented"):
        client_of("cloudwatch").describe_alarm_history()
    return True


def an_alarm_cannot_be_muted(client_of: ClientOf) -> bool:
    with pytest.raises(NotImplementedError, match="list_alarm_mute_rules action has not been implemented"):
        client_of("cloudwatch").list_alarm_mute_rules()
    return True


def nobody_has_to_confirm_a_subscription(client_of: ClientOf) -> bool:
    sns = client_of("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ada@example.com")
    return sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"].startswith(topic)


def the_sum_of_two_metrics_has_no_points(client_of: ClientOf) -> bool:
    cloudwatch = client_of("cloudwatch")
    at = datetime.now(UTC).replace(second=0, microsecond=0)
    cloudwatch.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1, "Timestamp": at}])
    stat = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
    queries = [{"Id": "a", "MetricStat": stat, "ReturnData": False}, {"Id": "sum", "Expression": "a + a"}]
    found = cloudwatch.get_metric_data(MetricDataQueries=queries, StartTime=at - timedelta(hours=1), EndTime=at + timedelta(hours=1))
    return found["MetricDataResults"][0]["Values"] == []


def tables_have_no_contributor_insights(client_of: ClientOf) -> bool:
    dynamodb, _ = table_of(client_of)
    with pytest.raises(NotImplementedError, match="describe_contributor_insights action has not been implemented"):
        dynamodb.describe_contributor_insights(TableName="shop")
    return True


def function_of(client_of: ClientOf, **more: Any) -> dict[str, Any]:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    document = json.dumps({"Version": "2012-10-17", **trust})
    role = client_of("iam").create_role(RoleName="r", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    code = BytesIO()
    with ZipFile(code, "w") as archive:
        archive.writestr("m.py", "")
    return client_of("lambda").create_function(
        FunctionName="f", Role=role, Runtime="python3.13", Handler="m.h", Code={"ZipFile": code.getvalue()}, **more
    )


def a_function_forgets_its_log_format(client_of: ClientOf) -> bool:
    return "LoggingConfig" not in function_of(client_of, LoggingConfig={"LogFormat": "JSON"})


def a_function_without_a_handler_succeeds(client_of: ClientOf) -> bool:
    function_of(client_of)
    return "FunctionError" not in client_of("lambda").invoke(FunctionName="f")


def targets_have_no_tags(client_of: ClientOf) -> bool:
    with pytest.raises(NotImplementedError, match="list_tags_for_resource action has not been implemented"):
        client_of("application-autoscaling").list_tags_for_resource(
            ResourceARN="arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target/1"
        )
    return True


def an_alarm_is_as_old_as_the_machine_says(client_of: ClientOf) -> bool:
    cloudwatch = client_of("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="a",
        Namespace="n",
        MetricName="m",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    updated = cloudwatch.describe_alarms()["MetricAlarms"][0]["StateUpdatedTimestamp"]
    return abs((datetime.now(UTC) - updated).total_seconds()) < 60


def a_server_closes_the_connection_after_an_answer(_: ClientOf) -> bool:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    connection = http.client.HTTPConnection(*server.get_host_and_port(), timeout=10)
    try:
        connection.request("GET", "/moto-api/data.json")
        return connection.getresponse().headers["Connection"] == "close"
    finally:
        connection.close()
        server.stop()


def each_attribute_is_looked_up_in_the_model(client_of: ClientOf) -> bool:
    from moto.core.serialize import XFormedAttributePicker

    dynamodb, _ = table_of(client_of)
    dynamodb.put_item(TableName="shop", Item={**key("A"), **{f"a{number}": {"S": "x"} for number in range(20)}})
    lookups: list[object] = []
    original = XFormedAttributePicker.get_possible_keys

    def counted(picker: Any, context: Any) -> Any:
        lookups.append(context.key)
        return original(picker, context)

    with mock.patch.object(XFormedAttributePicker, "get_possible_keys", counted):
        dynamodb.get_item(TableName="shop", Key=key("A"))
    return len(lookups) > 20 * 4


def alternatives_of_a_filter_are_not_looked_for_in_the_body(client_of: ClientOf) -> bool:
    sns, sqs = client_of("sns"), client_of("sqs")
    topic, queue = sns.create_topic(Name="topic")["TopicArn"], sqs.create_queue(QueueName="queue")["QueueUrl"]
    policy = {"$or": [{"a": ["1"]}, {"b": ["1"]}]}
    endpoint = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    attributes = {"FilterPolicy": json.dumps(policy), "FilterPolicyScope": "MessageBody"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint, Attributes=attributes)
    try:
        sns.publish(TopicArn=topic, Message=json.dumps({"a": "0", "b": "1"}))
    except TypeError:
        return True
    return "Messages" not in sqs.receive_message(QueueUrl=queue)


def a_replica_is_lost(client_of: ClientOf) -> bool:
    dynamodb, _ = table_of(client_of)
    dynamodb.update_table(TableName="shop", ReplicaUpdates=[{"Create": {"RegionName": "eu-west-2"}}])
    return "Replicas" not in dynamodb.describe_table(TableName="shop")["Table"]


def a_table_without_recovery_is_restored(client_of: ClientOf) -> bool:
    dynamodb, _ = table_of(client_of)
    dynamodb.restore_table_to_point_in_time(SourceTableName="shop", TargetTableName="copy", UseLatestRestorableTime=True)
    return dynamodb.describe_table(TableName="copy")["Table"]["TableName"] == "copy"


def tables_have_no_kinesis_destinations(client_of: ClientOf) -> bool:
    dynamodb, _ = table_of(client_of)
    with pytest.raises(NotImplementedError, match="describe_kinesis_streaming_destination action has not been implemented"):
        dynamodb.describe_kinesis_streaming_destination(TableName="shop")
    return True


def a_stream_has_no_resource_policy(client_of: ClientOf) -> bool:
    dynamodb, table = table_of(client_of)
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.put_resource_policy(ResourceArn=table["LatestStreamArn"], Policy="{}")
    return True


DEFECTS: dict[str, Callable[[ClientOf], bool]] = {
    "isolation": a_cancelled_transaction_undoes_an_acknowledged_write_of_somebody_else,
    "streams": a_write_that_changes_nothing_has_a_stream_record,
    "queries": a_full_page_has_no_last_key,
    "validation": twenty_six_writes_are_one_batch,
    "items": a_full_item_is_refused_and_a_number_too_long_is_taken,
    "tokens": a_repeated_token_counts_twice,
    "settings": an_on_demand_ceiling_is_lost,
    "replicas": a_replica_is_lost,
    "restores": a_table_without_recovery_is_restored,
    "destinations": tables_have_no_kinesis_destinations,
    "policies": a_stream_has_no_resource_policy,
    "alarms": there_are_no_composite_alarms,
    "history": an_alarm_has_no_history,
    "mutes": an_alarm_cannot_be_muted,
    "measurements": the_sum_of_two_metrics_has_no_points,
    "insights": tables_have_no_contributor_insights,
    "filters": alternatives_of_a_filter_are_not_looked_for_in_the_body,
    "functions": a_function_forgets_its_log_format,
    "invocations": a_function_without_a_handler_succeeds,
    "subscriptions": nobody_has_to_confirm_a_subscription,
    "scaling": targets_have_no_tags,
    "clock": an_alarm_is_as_old_as_the_machine_says,
    "connections": a_server_closes_the_connection_after_an_answer,
    "speed": each_attribute_is_looked_up_in_the_model,
}


@pytest.mark.parametrize("name", DEFECTS)
def test_moto_still_has_the_defect(bare: ClientOf, name: str) -> None:
    assert DEFECTS[name](bare), f"moto has mended what the repair {name!r} is for: remove the repair and this canary"


def test_every_repair_has_a_canary_and_a_reason() -> None:
    assert list(DEFECTS) == [repair.name for repair in repairs.ALL]
    assert all(len(repair.reason) > 60 for repair in repairs.ALL)
