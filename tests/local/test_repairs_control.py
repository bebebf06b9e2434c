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
    answer: Any = caught.value.response
    return answer["Error"]["Code"]


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


def test_the_quotas_of_an_account_are_the_documented_ones(client_of: Callable[[str], Any]) -> None:
    """Developer guide, "Service, account, and table quotas": 80,000 units of an account and 40,000 of a table, outside us-east-1."""
    limits = client_of("dynamodb").describe_limits()
    assert {limits[f"AccountMax{access}CapacityUnits"] for access in ("Read", "Write")} == {80_000}
    assert {limits[f"TableMax{access}CapacityUnits"] for access in ("Read", "Write")} == {40_000}


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


def test_alarms_of_one_metric_are_found_by_its_dimensions_and_statistic(client_of: Callable[[str], Any]) -> None:
    cloudwatch = client_of("cloudwatch")
    shop = [{"Name": "TableName", "Value": "shop"}]
    consumed = {"Namespace": "AWS/DynamoDB", "MetricName": "ConsumedReadCapacityUnits"}
    cloudwatch.put_metric_alarm(**metric_alarm("table", **consumed, Dimensions=shop))
    cloudwatch.put_metric_alarm(**metric_alarm("peak", **consumed, Dimensions=shop, Statistic="Maximum"))
    cloudwatch.put_metric_alarm(**metric_alarm("other", **consumed, Dimensions=[{"Name": "TableName", "Value": "other"}]))

    def found(**asked: Any) -> list[str]:
        return [alarm["AlarmName"] for alarm in cloudwatch.describe_alarms_for_metric(**consumed, **asked)["MetricAlarms"]]

    assert found(Dimensions=shop) == ["table", "peak"]
    assert found(Dimensions=shop, Statistic="Maximum", Period=60) == ["peak"]
    assert found() == []


def test_alarms_come_in_pages_metric_alarms_unless_asked_otherwise(client_of: Callable[[str], Any]) -> None:
    cloudwatch = client_of("cloudwatch")
    for number in range(60):
        cloudwatch.put_metric_alarm(**metric_alarm(f"a{number}"))
    cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule="ALARM(a1)")
    assert len(cloudwatch.describe_alarms()["MetricAlarms"]) == 50
    pages = list(cloudwatch.get_paginator("describe_alarms").paginate(MaxRecords=40, AlarmTypes=["MetricAlarm", "CompositeAlarm"]))
    assert [(len(page["MetricAlarms"]), len(page["CompositeAlarms"])) for page in pages] == [(40, 0), (20, 1)]
    cloudwatch.set_alarm_state(AlarmName="a13", StateValue="ALARM", StateReason="drill")
    cloudwatch.set_alarm_state(AlarmName="a20", StateValue="ALARM", StateReason="drill")
    found = cloudwatch.describe_alarms(AlarmNamePrefix="a1", StateValue="ALARM")["MetricAlarms"]
    assert [alarm["AlarmName"] for alarm in found] == ["a13"]


def test_what_an_alarm_is_told_of_its_evaluation_is_given_back(client_of: Callable[[str], Any], clock: HandClock) -> None:
    cloudwatch = client_of("cloudwatch")
    warm_up = {"WarmUpPeriodDurationInMinutes": 10, "OnlyStartEvaluatingAfterWarmUpPeriodEnds": True}
    cloudwatch.put_metric_alarm(**metric_alarm("a", WarmUpConfiguration=warm_up))
    clock.advance(60)
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="drill")
    clock.advance(60)
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="again")
    (alarm,) = cloudwatch.describe_alarms()["MetricAlarms"]
    assert alarm["WarmUpConfiguration"] == warm_up
    assert (clock.now() - alarm["StateTransitionedTimestamp"]).total_seconds() == 60


# Mute rules. Source: API reference, PutAlarmMuteRule, GetAlarmMuteRule, ListAlarmMuteRules, DeleteAlarmMuteRule


def test_a_mute_rule_is_given_back_with_its_status(client_of: Callable[[str], Any], clock: HandClock) -> None:
    cloudwatch = client_of("cloudwatch")
    cloudwatch.put_metric_alarm(**metric_alarm("a"))
    later, daily = "at(2026-03-02T09:30)", "cron(0 9 * * *)"
    for name, expression in (("later", later), ("daily", daily)):
        rule = {"Schedule": {"Expression": expression, "Duration": "PT30M", "Timezone": "UTC"}}
        cloudwatch.put_alarm_mute_rule(Name=name, Description="d", Rule=rule, MuteTargets={"AlarmNames": ["a"]})

    def statuses(**asked: Any) -> dict[str, str]:
        found = cloudwatch.list_alarm_mute_rules(**asked)["AlarmMuteRuleSummaries"]
        return {one["AlarmMuteRuleArn"].rsplit(":", 1)[1]: one["Status"] for one in found}

    assert statuses() == {"later": "SCHEDULED", "daily": "ACTIVE"}
    assert statuses(AlarmName="a", Statuses=["ACTIVE"]) == {"daily": "ACTIVE"}
    clock.advance(40 * 60)
    assert statuses() == {"later": "ACTIVE", "daily": "SCHEDULED"}
    clock.advance(40 * 60)
    assert statuses() == {"later": "EXPIRED", "daily": "SCHEDULED"}

    found = cloudwatch.get_alarm_mute_rule(AlarmMuteRuleName="later")
    assert found["Rule"]["Schedule"] == {"Expression": later, "Duration": "PT30M", "Timezone": "UTC"}
    assert (found["Description"], found["MuteTargets"], found["LastUpdatedTimestamp"]) == ("d", {"AlarmNames": ["a"]}, START)
    for _ in range(2):
        cloudwatch.delete_alarm_mute_rule(AlarmMuteRuleName="later")
    assert code_of(lambda: cloudwatch.get_alarm_mute_rule(AlarmMuteRuleName="later")) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("expression", "duration", "alarm"), [("rate(1 day)", "PT1H", "a"), ("cron(0 2 * * *)", "P20D", "a"), ("cron(0 2 * * *)", "PT1H", "b")]
)
def test_a_mute_rule_that_could_not_work_is_refused(client_of: Callable[[str], Any], expression: str, duration: str, alarm: str) -> None:
    cloudwatch = client_of("cloudwatch")
    cloudwatch.put_metric_alarm(**metric_alarm("a"))
    rule = {"Schedule": {"Expression": expression, "Duration": duration}}
    assert code_of(lambda: cloudwatch.put_alarm_mute_rule(Name="r", Rule=rule, MuteTargets={"AlarmNames": [alarm]})) == "ValidationError"


# Subscriptions. Source: SNS developer guide, "Amazon SNS subscription confirmation"


def test_an_email_subscription_is_pending_until_it_is_confirmed(client_of: Callable[[str], Any]) -> None:
    sns = client_of("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    queue = client_of("sqs").create_queue(QueueName="q")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:eu-west-1:{ACCOUNT}:{queue.rsplit('/', 1)[1]}")
    asked = {"TopicArn": topic, "Protocol": "email", "Endpoint": "ada@example.com"}
    assert sns.subscribe(**asked)["SubscriptionArn"] == "pending confirmation"
    arn = sns.subscribe(**asked, ReturnSubscriptionArn=True)["SubscriptionArn"]

    def listed() -> dict[str, str]:
        return {one["Protocol"]: one["SubscriptionArn"] for one in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]}

    def counted() -> tuple[str, str]:
        attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
        return attributes["SubscriptionsConfirmed"], attributes["SubscriptionsPending"]

    assert listed()["sqs"].startswith(topic)
    assert listed()["email"] == "PendingConfirmation"
    assert counted() == ("1", "1")
    assert sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["PendingConfirmation"] == "true"
    assert code_of(lambda: sns.confirm_subscription(TopicArn=topic, Token="guessed")) == "InvalidParameter"
    assert sns.confirm_subscription(TopicArn=topic, Token=arn.rsplit(":", 1)[1])["SubscriptionArn"] == arn
    assert listed()["email"] == arn
    assert counted() == ("2", "0")


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


def test_a_function_that_nobody_runs_has_failed(deployed: tuple[Any, str]) -> None:
    """Whoever takes an answer for done would throw away what it stands for."""
    functions, _ = deployed
    answer = functions.invoke(FunctionName="f")

    told = json.loads(answer["Payload"].read())
    assert answer["FunctionError"] == "Unhandled"
    assert told["errorMessage"].startswith("function f was not run: nothing runs functions in this embedded AWS")


def test_a_function_that_was_stopped_says_so(deployed: tuple[Any, str]) -> None:
    functions, _ = deployed
    functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    assert functions.get_function(FunctionName="f")["Concurrency"] == {"ReservedConcurrentExecutions": 0}


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
