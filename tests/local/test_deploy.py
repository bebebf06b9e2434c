"""What a program registers exists in the embedded AWS, as it was registered, and can be taken down again."""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.aws import EmbeddedAws
from local.deploy import Deployment, deploy, registrations
from local.deploy.archive import zip_bytes
from local.deploy.registry import HANDLERS
from local.monitor import ProgramError
from local.properties import SecretValue
from tests.local.programs import EVERYTHING, write


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    """One for all tests here, which only look."""
    with EmbeddedAws() as running:
        yield running


@pytest.fixture(scope="module")
def everything(aws: EmbeddedAws) -> Deployment:
    return deploy(EVERYTHING, "dev", aws, {"keys": "hunter2"})


def name_of(deployment: Deployment, resource_type: str) -> str:
    (resource,) = deployment.of_type(resource_type)
    return str(resource.outputs.get("name", resource.id))


def test_one_resource_of_every_type_is_deployed(everything: Deployment) -> None:
    assert {resource.type for resource in everything.resources} == set(HANDLERS)
    assert all(resource.id for resource in everything.resources)


def test_insights_and_mute_rules_are_as_registered(everything: Deployment, aws: EmbeddedAws) -> None:
    name = name_of(everything, "aws:dynamodb/table:Table")
    insights = aws.client("dynamodb").describe_contributor_insights(TableName=name, IndexName="GSI1")
    assert (insights["ContributorInsightsStatus"], insights["ContributorInsightsMode"]) == ("ENABLED", "THROTTLED_KEYS")
    rule = aws.client("cloudwatch").get_alarm_mute_rule(AlarmMuteRuleName="night")
    assert rule["Rule"]["Schedule"] == {"Expression": "cron(0 2 * * SUN)", "Duration": "PT4H", "Timezone": "Europe/Berlin"}
    assert rule["MuteTargets"]["AlarmNames"] == [name_of(everything, "aws:cloudwatch/metricAlarm:MetricAlarm")]


def test_where_changes_go_and_who_may_read_are_as_registered(everything: Deployment, aws: EmbeddedAws) -> None:
    (table,), client = everything.of_type("aws:dynamodb/table:Table"), aws.client("dynamodb")
    (stream,) = everything.of_type("aws:kinesis/stream:Stream")
    found = client.describe_kinesis_streaming_destination(TableName=table.id)["KinesisDataStreamDestinations"]
    assert found == [
        {
            "StreamArn": stream.outputs["arn"],
            "DestinationStatus": "ACTIVE",
            "ApproximateCreationDateTimePrecision": "MICROSECOND",
        }
    ]
    policy = json.loads(client.get_resource_policy(ResourceArn=table.outputs["arn"])["Policy"])
    assert [each["Principal"] for each in policy["Statement"]] == [{"AWS": "210987654321"}]


def test_the_scheduled_action_is_as_registered(everything: Deployment, aws: EmbeddedAws) -> None:
    client = aws.client("application-autoscaling")
    (action,) = client.describe_scheduled_actions(ServiceNamespace="dynamodb")["ScheduledActions"]
    assert (action["Schedule"], action["Timezone"]) == ("cron(0 7 ? * MON-FRI *)", "Europe/Berlin")
    assert action["ScalableTargetAction"] == {"MinCapacity": 5, "MaxCapacity": 20}


def test_the_table_is_as_registered(everything: Deployment, aws: EmbeddedAws) -> None:
    name = name_of(everything, "aws:dynamodb/table:Table")
    client = aws.client("dynamodb")
    table = client.describe_table(TableName=name)["Table"]
    assert [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]] == [("PK", "HASH"), ("SK", "RANGE")]
    (index,) = table["GlobalSecondaryIndexes"]
    assert (index["IndexName"], index["Projection"], index["ProvisionedThroughput"]["WriteCapacityUnits"]) == (
        "GSI1",
        {"ProjectionType": "ALL"},
        5,
    )
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert (backups["PointInTimeRecoveryStatus"], backups["RecoveryPeriodInDays"]) == ("ENABLED", 20)
    assert client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["AttributeName"] == "expires_at"
    (resource,) = everything.of_type("aws:dynamodb/table:Table")
    assert resource.outputs["arn"] == table["TableArn"]
    assert resource.outputs["streamArn"] == table["LatestStreamArn"]
    assert everything.outputs["tableName"] == name


def test_the_function_has_the_code_and_the_settings(everything: Deployment, aws: EmbeddedAws) -> None:
    name = name_of(everything, "aws:lambda/function:Function")
    client = aws.client("lambda")
    found = client.get_function_configuration(FunctionName=name)
    assert (found["Runtime"], found["Handler"], found["Timeout"], found["MemorySize"]) == ("python3.12", "handler.handler", 10, 128)
    assert found["Environment"]["Variables"] == {"TABLE_NAME": everything.outputs["tableName"], "KEYS": "hunter2"}
    assert found["Role"] == everything.of_type("aws:iam/role:Role")[0].outputs["arn"]
    code = zip_bytes(next(item for item in everything.registrations if item.type == "aws:lambda/function:Function").inputs["code"])
    assert found["CodeSha256"] == base64.b64encode(hashlib.sha256(code).digest()).decode()
    assert client.get_function_url_config(FunctionName=name)["FunctionUrl"] == everything.outputs["apiUrl"]
    policy = json.loads(client.get_policy(FunctionName=name)["Policy"])
    assert policy["Statement"][0]["Action"] == "lambda:InvokeFunctionUrl"


def test_the_mapping_keeps_every_setting(everything: Deployment, aws: EmbeddedAws) -> None:
    (found,) = aws.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    (table,), (queue,) = everything.of_type("aws:dynamodb/table:Table"), everything.of_type("aws:sqs/queue:Queue")
    assert found["UUID"] == everything.of_type("aws:lambda/eventSourceMapping:EventSourceMapping")[0].id
    expected = {
        "EventSourceArn": table.outputs["streamArn"],
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 100,
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": 8,
        "MaximumRecordAgeInSeconds": 82800,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "FilterCriteria": {"Filters": [{"Pattern": '{"eventName": ["MODIFY"]}'}]},
        "DestinationConfig": {"OnFailure": {"Destination": queue.outputs["arn"]}},
        "MetricsConfig": {"Metrics": ["EventCount"]},
    }
    assert {name: found.get(name) for name in expected} == expected


def test_alarms_and_dashboard_are_exactly_as_registered(everything: Deployment, aws: EmbeddedAws) -> None:
    client = aws.client("cloudwatch")
    # By their names: Application Auto Scaling makes alarms of its own, as AWS does.
    described = client.describe_alarms(AlarmNames=["sample-dev-throttled", "page"], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    (alarm,), (composite,) = described["MetricAlarms"], described["CompositeAlarms"]
    topic = everything.of_type("aws:sns/topic:Topic")[0].id
    assert (alarm["AlarmName"], alarm["Threshold"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (
        "sample-dev-throttled",
        0,
        5,
        1,
    )
    assert (alarm["TreatMissingData"], alarm["AlarmActions"], alarm["OKActions"]) == ("notBreaching", [topic], [topic])
    expression, metric = alarm["Metrics"]
    assert (expression["Id"], expression["Expression"], expression["ReturnData"]) == ("e1", "FILL(m1,0)", True)
    assert metric["MetricStat"]["Metric"]["Dimensions"] == [
        {"Name": "GlobalSecondaryIndexName", "Value": "GSI1"},
        {"Name": "TableName", "Value": everything.outputs["tableName"]},
    ]
    assert (metric["MetricStat"]["Period"], metric["MetricStat"]["Stat"]) == (60, "Sum")
    assert (composite["AlarmRule"], composite["AlarmActions"]) == ('ALARM("sample-dev-throttled")', [topic])
    body = json.loads(client.get_dashboard(DashboardName="sample")["DashboardBody"])
    assert body["widgets"][0]["properties"] == {"markdown": everything.outputs["tableName"]}


def test_everything_else_is_there_too(everything: Deployment, aws: EmbeddedAws) -> None:
    role = everything.of_type("aws:iam/role:Role")[0]
    (policy,) = aws.client("iam").list_role_policies(RoleName=role.id)["PolicyNames"]
    assert (
        aws.client("iam").get_role_policy(RoleName=role.id, PolicyName=policy)["PolicyDocument"]["Statement"][0]["Action"]
        == "dynamodb:GetItem"
    )
    (group,) = aws.client("logs").describe_log_groups(logGroupNamePrefix="logs-")["logGroups"]
    assert group["retentionInDays"] == 30
    queue = everything.of_type("aws:sqs/queue:Queue")[0]
    attributes = aws.client("sqs").get_queue_attributes(QueueUrl=queue.id, AttributeNames=["All"])["Attributes"]
    assert (attributes["MessageRetentionPeriod"], attributes["SqsManagedSseEnabled"]) == ("1209600", "true")
    assert (attributes["QueueArn"], json.loads(attributes["Policy"])["Id"]) == (queue.outputs["arn"], queue.outputs["arn"])
    topic = everything.of_type("aws:sns/topic:Topic")[0]
    (subscription,) = aws.client("sns").list_subscriptions_by_topic(TopicArn=topic.id)["Subscriptions"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "oncall@example.com")
    assert (
        json.loads(aws.client("sns").get_topic_attributes(TopicArn=topic.id)["Attributes"]["Policy"])["Statement"][0]["Resource"]
        == topic.id
    )
    scaling = aws.client("application-autoscaling")
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]
    assert (target["ResourceId"], target["MaxCapacity"]) == (f"table/{everything.outputs['tableName']}", 10)
    (scaling_policy,) = scaling.describe_scaling_policies(ServiceNamespace="dynamodb")["ScalingPolicies"]
    assert scaling_policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 70


def test_a_secret_reaches_the_function_and_no_text(everything: Deployment) -> None:
    (function,) = everything.of_type("aws:lambda/function:Function")
    assert function.inputs["environment"]["variables"]["KEYS"] == SecretValue("hunter2")
    assert function.outputs["environment"]["variables"]["KEYS"] == SecretValue("hunter2")
    assert everything.outputs["keys"] == SecretValue("hunter2")
    assert "hunter2" not in repr(everything) + repr(everything.registrations)


def test_names_are_made_as_the_provider_makes_them_and_the_same_each_time(everything: Deployment) -> None:
    name = name_of(everything, "aws:dynamodb/table:Table")
    assert name.startswith("data-table-")
    assert len(name) == len("data-table-") + 7
    assert name == {item.type: item for item in registrations(EVERYTHING, "dev")}["aws:dynamodb/table:Table"].id


def test_the_program_is_told_where_it_runs(everything: Deployment) -> None:
    assert everything.outputs["place"] == "aws 123456789012 eu-west-1"


def failure(folder: Path, program: str, **project: Any) -> str:
    with pytest.raises(ProgramError) as error:
        registrations(write(folder, program, **project), "dev")
    return str(error.value)


def test_a_type_that_cannot_be_deployed_is_refused_with_what_can(tmp_path: Path) -> None:
    message = failure(tmp_path, "aws.s3.Bucket('b')")
    assert message.startswith(
        f"creating urn:pulumi:dev::sample::aws:s3/bucket:Bucket::b ({tmp_path}/__main__.py:6): "
        "aws:s3/bucket:Bucket cannot be deployed here. What can: aws:appautoscaling/policy:Policy, "
    )


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (
            "aws.dynamodb.Table('t', hash_key='a', attributes=[], ttl={'atribute_name': 'x'})",
            "invalid-input: inputs: ttl: unknown property 'atribute_name'. Known: attributeName, enabled",
        ),
        (
            "aws.sqs.Queue('q', fifo_queue=True)",
            "invalid-input: inputs: 'fifoQueue' cannot be deployed on the embedded AWS here",
        ),
        (
            "aws.sqs.Queue('q', region='us-east-1')",
            "invalid-input: inputs: region: only eu-west-1 exists here",
        ),
        (
            "aws.sqs.Queue('q' * 80)",
            f"invalid-input: inputs: the automatic name '{'q' * 80}-",
        ),
        (
            "aws.dynamodb.Table('t', hash_key='PK', attributes=[{'name': 'PK', 'type': 'X'}], billing_mode='PAY_PER_REQUEST')",
            "invalid-input: dynamodb CreateTable: AttributeDefinitions[0].AttributeType: 'X' is not one of S, N, B",
        ),
        (
            "aws.get_availability_zones()",
            "the program calls aws:index/getAvailabilityZones:getAvailabilityZones, which has no answer here",
        ),
    ],
)
def test_what_cannot_be_is_refused_without_any_aws(tmp_path: Path, program: str, expected: str) -> None:
    assert expected in failure(tmp_path, program)


def test_every_resource_that_cannot_be_is_reported(tmp_path: Path) -> None:
    lines = failure(tmp_path, "aws.sqs.Queue('a', fifo_queue=True)\naws.sqs.Queue('b', fifo_queue=True)").splitlines()
    assert [line.partition(" (")[0].rpartition("::")[2] for line in lines] == ["a", "b"]


def test_an_error_of_the_program_names_its_line(tmp_path: Path) -> None:
    assert failure(tmp_path, "\n1 / 0") == (
        f"the program of stack 'dev' failed ({tmp_path}/__main__.py:7): ZeroDivisionError: division by zero"
    )


def test_an_explicit_provider_is_for_the_region_that_exists(tmp_path: Path) -> None:
    with_provider = "provider = aws.Provider('p', region='{}')\naws.sqs.Queue('q', opts=pulumi.ResourceOptions(provider=provider))"
    assert [each.name for each in registrations(write(tmp_path, with_provider.format("eu-west-1")), "dev")] == ["sample-dev", "p", "q"]
    assert failure(tmp_path, with_provider.format("us-east-1")).endswith(
        "invalid-input: inputs: region: the provider is for us-east-1, only eu-west-1 exists here"
    )


def test_a_stack_for_another_region_is_refused(tmp_path: Path, aws: EmbeddedAws) -> None:
    directory = write(tmp_path, "", stack="config:\n  aws:region: us-east-1\n")
    with pytest.raises(ProgramError, match=r"^stack 'dev' is for us-east-1, the embedded AWS runs as eu-west-1: use the same region$"):
        deploy(directory, "dev", aws)


def test_without_aws_the_same_is_registered_with_made_up_outputs() -> None:
    found = {item.type: item for item in registrations(EVERYTHING, "dev")}
    assert set(HANDLERS) <= set(found)
    table = found["aws:dynamodb/table:Table"]
    assert table.outputs["arn"] == f"arn:aws:dynamodb:eu-west-1:123456789012:table/{table.id}"
    assert found["aws:lambda/eventSourceMapping:EventSourceMapping"].inputs["eventSourceArn"] == table.outputs["streamArn"]


def test_a_preview_knows_only_what_the_program_says() -> None:
    found = {item.type: item for item in registrations(EVERYTHING, "dev", preview=True)}
    assert repr(found["aws:lambda/eventSourceMapping:EventSourceMapping"].inputs["eventSourceArn"]) == "UNKNOWN"
    assert found["aws:dynamodb/table:Table"].inputs["hashKey"] == "PK"


def test_archives_become_the_same_zip_each_time(tmp_path: Path) -> None:
    import pulumi

    (tmp_path / "code" / "sub").mkdir(parents=True)
    (tmp_path / "code" / "b.py").write_text("b")
    (tmp_path / "code" / "sub" / "a.py").write_text("a")
    folder = pulumi.FileArchive(str(tmp_path / "code"))
    archive = pulumi.AssetArchive(
        {"in": folder, "note.txt": pulumi.StringAsset("hello"), "c.py": pulumi.FileAsset(str(tmp_path / "code/b.py"))}
    )
    with zipfile.ZipFile(io.BytesIO(zip_bytes(archive))) as found:
        assert found.namelist() == ["c.py", "in/b.py", "in/sub/a.py", "note.txt"]
        assert found.read("in/sub/a.py") == b"a"
    first = zip_bytes(archive)
    (tmp_path / "code" / "b.py").touch()
    assert zip_bytes(archive) == first
    (tmp_path / "app.zip").write_bytes(first)
    assert zip_bytes(pulumi.FileArchive(str(tmp_path / "app.zip"))) == first
    with pytest.raises(ValueError, match="the archive is empty"):
        zip_bytes(pulumi.AssetArchive({}))
