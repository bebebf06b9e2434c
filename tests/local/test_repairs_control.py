"""What was asked for is what is read back: tables, alarms, functions, mappings, scalable targets, and the time they carry."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from botocore.exceptions import ClientError

from local.aws import repaired_moto
from tests.local.conftest import START, HandClock, key, moto_client, table_request

ACCOUNT = "123456789012"
THROUGHPUT = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}


@pytest.fixture
def client_of(clock: HandClock) -> Iterator[Callable[[str], Any]]:
    with repaired_moto(clock):
        yield moto_client


def code_of(act: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        act()
    return caught.value.response["Error"]["Code"]


# Tables


def test_table_gives_its_settings_back(client_of: Callable[[str], Any]) -> None:
    dynamodb = client_of("dynamodb")
    ceiling = {"MaxReadRequestUnits": 50, "MaxWriteRequestUnits": 20}
    index = {**table_request("shop")["GlobalSecondaryIndexes"][0], "OnDemandThroughput": ceiling}
    policy = {"Effect": "Deny", "Principal": "*", "Action": "dynamodb:DeleteTable", "Resource": "*"}
    dynamodb.create_table(
        **table_request(
            "shop",
            GlobalSecondaryIndexes=[index],
            OnDemandThroughput=ceiling,
            TableClass="STANDARD_INFREQUENT_ACCESS",
            ResourcePolicy=json.dumps({"Version": "2012-10-17", "Statement": [policy]}),
        )
    )

    table = dynamodb.describe_table(TableName="shop")["Table"]
    assert table["OnDemandThroughput"] == ceiling
    assert table["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert len(table["TableId"]) == 36
    assert table["GlobalSecondaryIndexes"][0]["OnDemandThroughput"] == ceiling
    assert table["GlobalSecondaryIndexes"][0]["IndexArn"] == f"{table['TableArn']}/index/GSI1"
    assert "DeleteTable" in dynamodb.get_resource_policy(ResourceArn=table["TableArn"])["Policy"]


def test_update_of_a_table_is_kept_and_going_on_demand_gives_capacity_up(client_of: Callable[[str], Any]) -> None:
    dynamodb = client_of("dynamodb")
    index = {**table_request("shop")["GlobalSecondaryIndexes"][0], "ProvisionedThroughput": THROUGHPUT}
    dynamodb.create_table(
        **table_request("shop", BillingMode="PROVISIONED", ProvisionedThroughput=THROUGHPUT, GlobalSecondaryIndexes=[index]),
    )
    dynamodb.update_table(TableName="shop", BillingMode="PAY_PER_REQUEST", OnDemandThroughput={"MaxReadRequestUnits": 9})

    table = dynamodb.describe_table(TableName="shop")["Table"]
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    assert table["OnDemandThroughput"] == {"MaxReadRequestUnits": 9}


def test_entries_of_an_index_are_counted(client_of: Callable[[str], Any]) -> None:
    dynamodb = client_of("dynamodb")
    dynamodb.create_table(**table_request("shop"))
    dynamodb.put_item(TableName="shop", Item=key("A"))
    dynamodb.put_item(TableName="shop", Item={**key("B"), "GSI1PK": {"S": "G"}, "GSI1SK": {"S": "1"}})

    table = dynamodb.describe_table(TableName="shop")["Table"]
    assert (table["ItemCount"], table["GlobalSecondaryIndexes"][0]["ItemCount"]) == (2, 1)


# Alarms


def metric_alarm(name: str, **more: Any) -> dict[str, Any]:
    return {
        "AlarmName": name,
        "Namespace": "AWS/DynamoDB",
        "MetricName": "UserErrors",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
        **more,
    }


def test_composite_alarm_gives_back_what_was_put(client_of: Callable[[str], Any], clock: HandClock) -> None:
    cloudwatch = client_of("cloudwatch")
    cloudwatch.put_metric_alarm(**metric_alarm("child"))
    put = {
        "AlarmName": "parent",
        "AlarmRule": 'ALARM("child")',
        "AlarmDescription": "look at the child",
        "AlarmActions": [f"arn:aws:sns:eu-west-1:{ACCOUNT}:page"],
        "OKActions": [f"arn:aws:sns:eu-west-1:{ACCOUNT}:page"],
        "ActionsSuppressor": "child",
        "ActionsSuppressorWaitPeriod": 60,
        "ActionsSuppressorExtensionPeriod": 120,
    }
    cloudwatch.put_composite_alarm(**put, Tags=[{"Key": "team", "Value": "shop"}])

    [parent] = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert {name: parent[name] for name in put} == put
    assert parent["StateValue"] == "INSUFFICIENT_DATA"
    assert parent["StateUpdatedTimestamp"] == clock.now()
    assert cloudwatch.list_tags_for_resource(ResourceARN=parent["AlarmArn"])["Tags"] == [{"Key": "team", "Value": "shop"}]


def test_alarms_are_described_by_type(client_of: Callable[[str], Any]) -> None:
    cloudwatch = client_of("cloudwatch")
    cloudwatch.put_metric_alarm(**metric_alarm("child"))
    cloudwatch.put_composite_alarm(AlarmName="parent", AlarmRule='ALARM("child")')

    def names(**more: Any) -> tuple[list[str], list[str]]:
        found = cloudwatch.describe_alarms(**more)
        return [each["AlarmName"] for each in found["MetricAlarms"]], [each["AlarmName"] for each in found["CompositeAlarms"]]

    assert names() == (["child"], [])
    assert names(AlarmTypes=["CompositeAlarm"]) == ([], ["parent"])
    assert names(AlarmTypes=["MetricAlarm", "CompositeAlarm"]) == (["child"], ["parent"])
    assert names(AlarmNames=["parent"], AlarmTypes=["CompositeAlarm"]) == ([], ["parent"])


def test_alarm_begins_without_data_and_keeps_its_state_when_it_is_put_again(client_of: Callable[[str], Any], clock: HandClock) -> None:
    cloudwatch = client_of("cloudwatch")

    def alarm() -> dict[str, Any]:
        return cloudwatch.describe_alarms(AlarmNames=["a"])["MetricAlarms"][0]

    cloudwatch.put_metric_alarm(**metric_alarm("a"))
    assert alarm()["StateValue"] == "INSUFFICIENT_DATA"
    clock.advance(60)
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="drill")
    assert alarm()["StateUpdatedTimestamp"] == clock.now()
    cloudwatch.put_metric_alarm(**metric_alarm("a", Threshold=5))
    assert (alarm()["StateValue"], alarm()["StateReason"], alarm()["Threshold"]) == ("ALARM", "drill", 5)


# Functions and mappings


@pytest.fixture
def deployed(client_of: Callable[[str], Any]) -> tuple[Any, str]:
    """The Lambda client and the ARN of a stream; a function `f`."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = client_of("iam").create_role(RoleName="r", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    code = BytesIO()
    with ZipFile(code, "w") as archive:
        archive.writestr("m.py", "")
    functions = client_of("lambda")
    functions.create_function(
        FunctionName="f",
        Role=role,
        Runtime="python3.13",
        Handler="m.h",
        Code={"ZipFile": code.getvalue()},
        LoggingConfig={"LogFormat": "JSON", "LogGroup": "/shop/f"},
        DeadLetterConfig={"TargetArn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:parked"},
    )
    stream = client_of("dynamodb").create_table(**table_request("shop"))["TableDescription"]["LatestStreamArn"]
    return functions, stream


def test_function_keeps_its_logging_through_an_update(deployed: tuple[Any, str]) -> None:
    functions, _ = deployed
    functions.update_function_configuration(FunctionName="f", Timeout=9)

    found = functions.get_function(FunctionName="f")["Configuration"]
    assert found["LoggingConfig"]["LogFormat"] == "JSON"
    assert found["LoggingConfig"]["LogGroup"] == "/shop/f"
    assert found["DeadLetterConfig"]["TargetArn"].endswith(":parked")
    functions.update_function_configuration(FunctionName="f", LoggingConfig={"LogFormat": "Text"})
    assert functions.get_function_configuration(FunctionName="f")["LoggingConfig"]["LogFormat"] == "Text"


def test_mapping_is_made_once_with_settings_that_lambda_takes(deployed: tuple[Any, str]) -> None:
    functions, stream = deployed
    good: dict[str, Any] = {
        "FunctionName": "f",
        "EventSourceArn": stream,
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 100,
        "FilterCriteria": {"Filters": [{"Pattern": json.dumps({"eventName": ["MODIFY"]})}]},
        "MetricsConfig": {"Metrics": ["EventCount"]},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }

    def create(**changed: Any) -> Any:
        return functions.create_event_source_mapping(**{name: value for name, value in {**good, **changed}.items() if value is not None})

    assert code_of(lambda: create(StartingPosition=None)) == "InvalidParameterValueException"
    assert code_of(lambda: create(ParallelizationFactor=11)) == "InvalidParameterValueException"
    assert code_of(lambda: create(MaximumRetryAttempts=10_001)) == "InvalidParameterValueException"
    assert code_of(lambda: create(FilterCriteria={"Filters": [{"Pattern": "eventName = MODIFY"}]})) == "InvalidParameterValueException"
    mapping = create()
    assert {name: mapping[name] for name in good if name != "FunctionName"} == {name: good[name] for name in good if name != "FunctionName"}
    assert code_of(create) == "ResourceConflictException"
    functions.delete_event_source_mapping(UUID=mapping["UUID"])
    assert create()["UUID"] != mapping["UUID"]


# Scaling and time


def test_scalable_target_gives_its_tags_back(client_of: Callable[[str], Any]) -> None:
    scaling = client_of("application-autoscaling")
    target = {"ServiceNamespace": "dynamodb", "ResourceId": "table/shop", "ScalableDimension": "dynamodb:table:ReadCapacityUnits"}
    tagged = scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=5, Tags={"team": "shop"})["ScalableTargetARN"]

    assert scaling.list_tags_for_resource(ResourceARN=tagged)["Tags"] == {"team": "shop"}


def test_notification_carries_the_simulated_time_and_does_not_expire(client_of: Callable[[str], Any]) -> None:
    sns, sqs = client_of("sns"), client_of("sqs")
    topic = sns.create_topic(Name="changes")["TopicArn"]
    queue = sqs.create_queue(QueueName="notices")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:eu-west-1:{ACCOUNT}:notices")
    sns.publish(TopicArn=topic, Message="shipped")

    [message] = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(message["Body"])["Timestamp"] == START.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_message_expires_by_the_simulated_time(client_of: Callable[[str], Any], clock: HandClock) -> None:
    sqs = client_of("sqs")
    queue = sqs.create_queue(QueueName="notices", Attributes={"MessageRetentionPeriod": "600"})["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    clock.advance(601)

    assert "Messages" not in sqs.receive_message(QueueUrl=queue)
