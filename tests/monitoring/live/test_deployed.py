"""What is deployed around a table: of the real program on an embedded AWS, and of what nobody declared."""

from pathlib import Path

import pytest

from local.aws import EmbeddedAws
from local.deploy import deploy
from monitoring import Billing, Ceiling, MonitoringError, alarms_for, refs_in
from monitoring.live import Account, read_deployed
from monitoring.live.deployed import billing_from, definition_from, function_name, replicas_from
from tests.monitoring.doctor import stack
from tests.monitoring.doctor.answers import DENIED, Answers, refusal
from tests.monitoring.scenarios.conftest import subject

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def aws():
    with EmbeddedAws() as running:
        yield running


@pytest.fixture(scope="module")
def shop(aws):
    return deploy(ROOT, "dev", aws, {}).outputs


@pytest.fixture
def account(aws):
    return Account(aws.client, aws.region)


@pytest.fixture
def found(account, shop):
    return read_deployed(account, shop["tableName"], subject())


def test_everything_around_the_table_is_found(found, shop, aws):
    assert found.name == shop["tableName"]
    assert {each["FunctionName"] for each in found.functions} == {shop["apiFunctionName"], *(each.function for each in found.mappings)}
    assert found.http == {shop["apiFunctionName"]}
    [mapping] = found.mappings
    assert mapping.queue_attributes is not None
    assert mapping.uuid in {each["UUID"] for each in aws.client("lambda").list_event_source_mappings()["EventSourceMappings"]}
    assert found.ttl == subject().table.definition.ttl


def test_its_alarms_are_those_of_the_stack_and_nobody_elses(found, aws):
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="other: another table",
        Namespace="AWS/DynamoDB",
        MetricName="ConsumedReadCapacityUnits",
        Dimensions=[{"Name": "TableName", "Value": "other"}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    again = read_deployed(found.account, found.name)
    assert again.alarms
    assert {each["AlarmName"] for each in again.alarms} == {each["AlarmName"] for each in found.alarms}
    assert all(str(each["AlarmName"]).startswith("shop-dev ") for each in (*found.alarms, *found.composites))


def test_its_stack_is_the_declared_one_by_deployed_names(found, shop):
    known = found.stack
    assert known.label == "shop-dev"
    assert not refs_in([alarm.request() for alarm in alarms_for(known)])
    assert (known.table.name, known.region) == (shop["tableName"], "eu-west-1")
    assert {function.label: function.http for function in known.functions} == {
        function.label: function.http for function in subject().functions
    }
    assert {alarm.name for alarm in alarms_for(known)} == {each["AlarmName"] for each in found.alarms}


def test_without_a_declaration_a_stack_is_what_aws_says(account, shop):
    known = read_deployed(account, shop["tableName"]).stack
    assert known.label == "shop-dev"
    assert known.indexes == subject().indexes
    assert known.table.definition.patterns == ()
    assert {function.label for function in known.functions} == {str(function.name) for function in known.functions}


def test_of_an_environment_only_the_fingerprint_of_the_schema_is_kept(found, shop):
    variables = [each["Environment"]["Variables"] for each in found.functions]
    assert variables
    for each in variables:
        assert len(each) > 1
        assert {name: value for name, value in each.items() if value} == {"SCHEMA_FINGERPRINT": shop["schemaFingerprint"]}


def test_an_unknown_table_is_an_error_that_names_those_there_are(account, shop):
    with pytest.raises(MonitoringError) as error:
        read_deployed(account, "orders")
    assert error.value.code == "unknown-table"
    assert error.value.message == f'eu-west-1 has no table "orders". It has: {shop["tableName"]}.'


@pytest.mark.parametrize(
    ("table", "billing"),
    [
        ({"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}}, Billing.on_demand()),
        (
            {
                "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
                "OnDemandThroughput": {"MaxReadRequestUnits": 40, "MaxWriteRequestUnits": -1},
            },
            Billing.on_demand(max_reads_per_second=40),
        ),
        (
            {
                "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
                "OnDemandThroughput": {"MaxReadRequestUnits": 40, "MaxWriteRequestUnits": 7},
                "GlobalSecondaryIndexes": [
                    {"IndexName": "GSI1", "OnDemandThroughput": {"MaxReadRequestUnits": 4, "MaxWriteRequestUnits": -1}},
                    {"IndexName": "GSI2", "OnDemandThroughput": {"MaxReadRequestUnits": 40, "MaxWriteRequestUnits": 7}},
                    {"IndexName": "GSI3"},
                ],
            },
            Billing.on_demand(max_reads_per_second=40, max_writes_per_second=7, indexes={"GSI1": Ceiling(4), "GSI3": Ceiling()}),
        ),
        ({"BillingModeSummary": {"BillingMode": "PROVISIONED"}}, Billing.provisioned()),
        ({}, Billing.provisioned()),
    ],
)
def test_billing_is_what_describe_table_says(table, billing):
    """A table that was never on demand has no BillingModeSummary (API reference, TableDescription); -1 is no ceiling."""
    assert billing_from({"TableName": "shop", **table}) == billing


def target(resource, dimension, most):
    return {"ServiceNamespace": "dynamodb", "ResourceId": resource, "ScalableDimension": f"dynamodb:{dimension}", "MaxCapacity": most}


def test_ceilings_of_provisioned_capacity_are_what_autoscaling_may_give():
    """Resource ids and dimensions: Application Auto Scaling API reference, RegisterScalableTarget."""
    table = {"TableName": "shop", "GlobalSecondaryIndexes": [{"IndexName": "GSI1"}, {"IndexName": "GSI2"}]}
    targets = [
        target("table/shop", "table:ReadCapacityUnits", 40),
        target("table/shop", "table:WriteCapacityUnits", 20),
        target("table/shop/index/GSI1", "index:WriteCapacityUnits", 5),
        target("table/other/index/GSI2", "index:WriteCapacityUnits", 1000),
    ]
    apart = {"GSI1": Ceiling(writes_per_second=5), "GSI2": Ceiling()}
    assert billing_from(table, targets) == Billing.provisioned(max_reads_per_second=40, max_writes_per_second=20, indexes=apart)
    assert billing_from({**table, "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}}, targets) == Billing.on_demand()


@pytest.mark.parametrize(
    ("table", "regions"),
    [
        ({}, ()),
        (
            {"Replicas": [{"RegionName": "us-east-1"}, {"RegionName": "eu-west-1"}, {"RegionName": "eu-central-1"}]},
            ("eu-central-1", "us-east-1"),
        ),
        ({"Replicas": [{"RegionName": "eu-central-1"}], "MultiRegionConsistency": "EVENTUAL"}, ("eu-central-1",)),
        ({"Replicas": [{"RegionName": "eu-central-1"}], "MultiRegionConsistency": "STRONG"}, ()),
    ],
)
def test_replicas_are_the_other_regions_that_may_be_behind(table, regions):
    """ReplicationLatency is not emitted of tables with strong consistency (developer guide, "Global tables")."""
    assert replicas_from(table, "eu-west-1") == regions


def deployed_with(billing, answers):
    """Of a table that nobody uses or watches: as AWS describes it, and what was asked."""
    others = {
        "dynamodb:DescribeTable": {"Table": stack.table(BillingModeSummary={"BillingMode": billing})},
        "dynamodb:DescribeTimeToLive": {"TimeToLiveDescription": {}},
        "lambda:ListEventSourceMappings": {"EventSourceMappings": []},
        "lambda:ListFunctions": {"Functions": []},
        "cloudwatch:DescribeAlarms": {},
    }
    told = Answers(others | answers)
    return read_deployed(told.account(), stack.TABLE), told


TARGETS = "application-autoscaling:DescribeScalableTargets"
SCALED = {
    **target(f"table/{stack.TABLE}", "table:WriteCapacityUnits", 20),
    "MinCapacity": 1,
    "RoleARN": "arn:aws:iam::123456789012:role/scaling",
    "CreationTime": stack.AT,
}


def test_autoscaling_is_asked_for_where_capacity_is_provisioned():
    found, told = deployed_with("PROVISIONED", {TARGETS: {"ScalableTargets": [SCALED]}})
    assert told.of(TARGETS) == [{"ServiceNamespace": "dynamodb"}]
    assert [found.stack.table.billing.ceiling("Write", index) for index in (None, "GSI1")] == [20, None]


def test_a_table_on_demand_has_no_autoscaling_and_one_that_may_not_be_asked_has_none_that_is_known():
    found, told = deployed_with("PAY_PER_REQUEST", {TARGETS: {"ScalableTargets": [SCALED]}})
    assert told.of(TARGETS) == []
    assert found.stack.table.billing.ceiling("Write", None) == 1000
    found, _ = deployed_with("PROVISIONED", {TARGETS: DENIED})
    assert found.stack.table.billing == Billing.provisioned()


def test_keys_and_indexes_of_an_undeclared_table():
    schema = [{"AttributeName": "id", "KeyType": "HASH"}]
    index = {"IndexName": "by-day", "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}]}
    projected = index | {"Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total"]}}
    definition = definition_from({"KeySchema": schema, "GlobalSecondaryIndexes": [projected]}, None)
    assert (definition.key.partition, definition.key.sort) == ("id", None)
    [found] = definition.indexes
    assert (found.name, found.key.partition, found.key.sort) == ("by-day", "day", "at")


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:lambda:eu-west-1:123456789012:function:api", "api"),
        ("arn:aws:lambda:eu-west-1:123456789012:function:api:live", "api"),
        ("api", "api"),
    ],
)
def test_the_name_in_an_arn(arn, name):
    assert function_name(arn) == name


def events_to(destination):
    """The function that uses the table, and where Lambda sends its asynchronous events that failed for good."""
    return deployed_with(
        "PAY_PER_REQUEST",
        {
            "lambda:ListFunctions": {"Functions": [stack.function("api", Environment={"Variables": {"TABLE_NAME": stack.TABLE}})]},
            "lambda:GetFunctionEventInvokeConfig": destination,
        },
    )


@pytest.mark.parametrize(
    ("answer", "queue"),
    [
        (
            {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws-cn:sqs:cn-north-1:123456789012:api-failed-events-1a2"}}},
            "api-failed-events-1a2",
        ),
        ({"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sns:eu-west-1:123456789012:failed"}}}, None),
        ({"MaximumRetryAttempts": 1}, None),
        (refusal("ResourceNotFoundException"), None),
        (DENIED, None),
    ],
)
def test_the_queue_of_failed_events_is_found(answer, queue):
    """GetFunctionEventInvokeConfig: 404 where a function has none; OnFailure may be a topic too."""
    found, told = events_to(answer)
    assert told.of("lambda:GetFunctionEventInvokeConfig") == [{"FunctionName": stack.function("api")["FunctionName"]}]
    (function,) = found.stack.functions
    assert function.failed_events == queue


def test_alarms_of_the_queue_of_failed_events_belong_to_the_stack():
    queue = "api-failed-events-1a2"
    alarm = stack.described(
        {
            "AlarmName": "shop-dev page: api could not handle events",
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Dimensions": [{"Name": "QueueName", "Value": queue}],
        }
    )
    arn = f"arn:aws:sqs:eu-west-1:123456789012:{queue}"
    found, _ = deployed_with(
        "PAY_PER_REQUEST",
        {
            "lambda:ListFunctions": {"Functions": [stack.function("api", Environment={"Variables": {"TABLE_NAME": stack.TABLE}})]},
            "lambda:GetFunctionEventInvokeConfig": {"DestinationConfig": {"OnFailure": {"Destination": arn}}},
            "cloudwatch:DescribeAlarms": lambda request: {"MetricAlarms": [alarm]} if request["AlarmTypes"] == ["MetricAlarm"] else {},
        },
    )
    assert [each["AlarmName"] for each in found.alarms] == [alarm["AlarmName"]]
