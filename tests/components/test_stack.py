"""The real program: what it registers for the stack of Pulumi.dev.yaml, and for one that is kept. Every registration was checked against
the SDK's types and the service's model on the way.
"""

import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import monitoring
from app import model
from components.bundle.bundle import Bundle
from components.configuration import ConfigurationError
from components.tables.origins import CREATION_ONLY
from local.deploy import DeployError, registrations
from local.monitor import Registration
from local.properties import SecretValue, reveal
from tests.components.conftest import ON_DEMAND, REGION, ROOT, Stack, arn, document, watched


def statements(registration: Registration) -> dict[str, dict[str, Any]]:
    return {each["Sid"]: each for each in document(registration)["Statement"]}


# --- how much, and what is protected

FUNCTIONS = {
    "cloudwatch/logGroup:LogGroup": 2,
    "iam/role:Role": 2,
    "iam/rolePolicy:RolePolicy": 2,
    "lambda/function:Function": 2,
    "lambda/functionUrl:FunctionUrl": 1,
    "lambda/eventSourceMapping:EventSourceMapping": 1,
    "sqs/queue:Queue": 1,
}
REST = {
    "dynamodb/table:Table": 1,
    "sns/topic:Topic": 4,
    "sns/topicPolicy:TopicPolicy": 3,
    "cloudwatch/dashboard:Dashboard": 1,
}


def counts(stack: Stack) -> Counter[str]:
    return Counter(each.type.removeprefix("aws:") for each in stack.resources)


def alarm_counts(billing: monitoring.Billing) -> dict[str, int]:
    stack = watched(billing)
    alarms = monitoring.alarms_for(stack)
    return {
        "cloudwatch/metricAlarm:MetricAlarm": len(alarms),
        "cloudwatch/compositeAlarm:CompositeAlarm": len(monitoring.composites_for(stack, alarms)),
    }


def test_resources_of_a_disposable_stack(dev: Stack) -> None:
    assert counts(dev) == {**REST, **FUNCTIONS, **alarm_counts(ON_DEMAND)}


def test_resources_of_a_stack_that_is_kept(live: Stack) -> None:
    """Beside them: four targets and policies (read and write of table and index), two permissions of a public URL, three subscriptions."""
    more = {
        "appautoscaling/target:Target": 4,
        "appautoscaling/policy:Policy": 4,
        "lambda/permission:Permission": 2,
        "sns/topicSubscription:TopicSubscription": 3,
    }
    assert counts(live) == {**REST, **FUNCTIONS, **more, **alarm_counts(monitoring.Billing.provisioned())}


def test_protection_is_on_the_table_only(live: Stack) -> None:
    assert [each.type for each in live.registrations if each.protect or each.retain_on_delete] == ["aws:dynamodb/table:Table"]
    table = live.one("Table", "shop")
    assert (table.protect, table.retain_on_delete, table.inputs["deletionProtectionEnabled"]) == (True, True, True)
    assert table.inputs["pointInTimeRecovery"] == {"enabled": True, "recoveryPeriodInDays": 35}


def test_a_disposable_stack_protects_nothing(dev: Stack) -> None:
    assert [each.type for each in dev.registrations if each.protect or each.retain_on_delete] == []
    table = dev.one("Table", "shop").inputs
    assert (table["deletionProtectionEnabled"], table["pointInTimeRecovery"]) == (False, {"enabled": False})
    assert table["tags"] == {"project": "shop", "stage": "dev", "singletable:disposable": "true"}


def test_everything_has_a_component_as_parent_and_the_stack_s_tags(live: Stack) -> None:
    components = {each.urn for each in live.registrations if each.type.startswith("singletable:index:")}
    tags = {"project": "shop", "stage": "live"}
    for each in live.resources:
        assert each.parent in components, each.urn
        assert each.inputs.get("tags", tags) == tags, each.urn
    untagged = {each.type.rpartition(":")[2] for each in live.resources if "tags" not in each.inputs}
    assert untagged == {
        "RolePolicy",
        "FunctionUrl",
        "Permission",
        "TopicPolicy",
        "TopicSubscription",
        "Dashboard",
        "Policy",
    }


def test_only_what_autoscaling_changes_or_creation_needs_is_ignored(dev: Stack, live: Stack) -> None:
    assert list(dev.one("Table", "shop").request.ignoreChanges) == [*CREATION_ONLY]
    assert list(live.one("Table", "shop").request.ignoreChanges) == [
        "readCapacity",
        "globalSecondaryIndexes[*].readCapacity",
        "writeCapacity",
        "globalSecondaryIndexes[*].writeCapacity",
        *CREATION_ONLY,
    ]
    mapping = live.one("EventSourceMapping", "order-events-mapping")
    assert {each.urn for each in live.resources if each.request.ignoreChanges} == {live.one("Table", "shop").urn, mapping.urn}


# --- the table


def test_the_table_is_the_one_that_the_model_declares(live: Stack) -> None:
    inputs = live.one("Table", "shop").inputs
    assert (inputs["hashKey"], inputs["rangeKey"]) == (model.table.key.partition, model.table.key.sort)
    assert [index["name"] for index in inputs["globalSecondaryIndexes"]] == list(model.table.indexes)
    assert all("hashKey" not in index and "rangeKey" not in index for index in inputs["globalSecondaryIndexes"])
    assert inputs["ttl"] == {"enabled": True, "attributeName": model.table.ttl}
    assert (inputs["streamEnabled"], inputs["streamViewType"]) == (True, "NEW_AND_OLD_IMAGES")
    assert inputs["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": arn("kms", "key/k")}
    assert (inputs["billingMode"], inputs["readCapacity"], inputs["writeCapacity"]) == ("PROVISIONED", 5, 5)


def test_autoscaling_of_table_and_index(live: Stack) -> None:
    name = live.outputs["tableName"]
    expected = {
        f"table/{name}": ("dynamodb:table:ReadCapacityUnits", "dynamodb:table:WriteCapacityUnits"),
        f"table/{name}/index/GSI1": ("dynamodb:index:ReadCapacityUnits", "dynamodb:index:WriteCapacityUnits"),
    }
    targets = live.all("Target")
    assert {(each.inputs["resourceId"], each.inputs["scalableDimension"]) for each in targets} == {
        (resource, dimension) for resource, dimensions in expected.items() for dimension in dimensions
    }
    assert {(each.inputs["minCapacity"], each.inputs["maxCapacity"]) for each in targets} == {(5, 50)}
    by_name = {each.name: each for each in targets}
    for policy in live.all("appautoscaling/policy:Policy"):
        assert policy.inputs["targetTrackingScalingPolicyConfiguration"]["targetValue"] == 60
        assert policy.inputs["resourceId"] == by_name[policy.name].inputs["resourceId"]
        assert by_name[policy.name].urn in policy.dependencies


# --- functions and their permissions


def test_permissions_of_the_api(dev: Stack) -> None:
    table = dev.one("Table", "shop").outputs["arn"]
    logs = dev.one("LogGroup", "api-logs").outputs["arn"]
    assert document(dev.one("RolePolicy", "api-policy")) == {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "WriteLogs", "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": [f"{logs}:*"]},
            {"Sid": "ReadTable", "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query"], "Resource": [table]},
            {"Sid": "QueryIndexes", "Effect": "Allow", "Action": ["dynamodb:Query"], "Resource": [f"{table}/index/GSI1"]},
            {
                "Sid": "WriteTable",
                "Effect": "Allow",
                "Action": ["dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
                "Resource": [table],
            },
        ],
    }


def test_permissions_of_the_stream_consumer(dev: Stack) -> None:
    found = statements(dev.one("RolePolicy", "order-events-policy"))
    table = dev.one("Table", "shop").outputs

    assert {sid: (each["Action"], each["Resource"]) for sid, each in found.items()} == {
        "WriteLogs": (["logs:CreateLogStream", "logs:PutLogEvents"], [f"{dev.one('LogGroup', 'order-events-logs').outputs['arn']}:*"]),
        "ReadTable": (["dynamodb:GetItem"], [table["arn"]]),
        "WriteTable": (["dynamodb:PutItem"], [table["arn"]]),
        "ReadStream": (["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], [table["streamArn"]]),
        "ListStreams": (["dynamodb:ListStreams"], ["*"]),
        "ReportFailures": (["sqs:SendMessage"], [dev.one("Queue", "order-events-failures").outputs["arn"]]),
        "PublishEvents": (["sns:Publish"], [dev.outputs["orderTopicArn"]]),
    }


def test_no_permission_has_a_wildcard_but_those_without_resource(dev: Stack, live: Stack) -> None:
    for registration in (*dev.all("RolePolicy"), *live.all("RolePolicy")):
        for sid, each in statements(registration).items():
            assert each["Effect"] == "Allow"
            assert not any("*" in action for action in each["Action"]), sid
            wild = [resource for resource in each["Resource"] if "*" in resource]
            assert wild == [] or (sid, wild) == ("ListStreams", ["*"]) or (sid == "WriteLogs" and wild[0].endswith(":*")), sid


def test_a_table_with_its_own_key_needs_rights_on_it(live: Stack) -> None:
    found = statements(live.one("RolePolicy", "api-policy"))["UseTableKey"]
    assert found["Resource"] == [arn("kms", "key/k")]
    assert found["Condition"] == {"StringEquals": {"kms:ViaService": f"dynamodb.{REGION}.amazonaws.com"}}
    assert {"kms:Decrypt", "kms:GenerateDataKey"} <= set(found["Action"])


def test_roles_are_for_lambda_only(dev: Stack) -> None:
    for role in dev.all("Role"):
        (statement,) = document(role, "assumeRolePolicy")["Statement"]
        assert statement == {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    ("name", "handler", "environment"),
    [
        ("api", "app.api.handler", {"TABLE_NAME", "SCHEMA_FINGERPRINT", "PATTERN_METRICS", "CURSOR_KEYS"}),
        ("order-events", "app.order_events.handler", {"TABLE_NAME", "SCHEMA_FINGERPRINT", "PATTERN_METRICS", "TOPIC_ARN"}),
    ],
)
def test_a_function(dev: Stack, name: str, handler: str, environment: set[str]) -> None:
    function = dev.one("Function", name)
    inputs = function.inputs
    assert (inputs["handler"], inputs["runtime"], inputs["architectures"], inputs["memorySize"]) == (handler, "python3.13", ["arm64"], 512)
    assert inputs["role"] == dev.one("Role", f"{name}-role").outputs["arn"]
    assert inputs["loggingConfig"] == {"logFormat": "JSON", "logGroup": f"/shop/dev/{name}"}
    assert dev.one("LogGroup", f"{name}-logs").inputs["retentionInDays"] == 30
    assert set(reveal(inputs["environment"])["variables"]) == environment
    assert reveal(inputs["environment"])["variables"]["TABLE_NAME"] == dev.outputs["tableName"]
    assert reveal(inputs["environment"])["variables"]["SCHEMA_FINGERPRINT"] == model.table.definition().fingerprint
    # Its first event must find its rights and its log group.
    assert {dev.one("RolePolicy", f"{name}-policy").urn, dev.one("LogGroup", f"{name}-logs").urn} <= set(function.dependencies)


def test_a_function_s_code_is_what_the_command_writes(dev: Stack) -> None:
    paths = {Path(each.inputs["code"].path) for each in dev.all("Function")}
    assert paths == {ROOT / "build" / "app.zip"}
    with zipfile.ZipFile(ROOT / "build" / "app.zip") as archive:
        assert {"app/api.py", "app/order_events.py"} <= set(archive.namelist())
    assert (ROOT / "build" / "app.zip").read_bytes() == Bundle.of("app").archive()


def test_the_signing_keys_are_secret_everywhere(dev: Stack) -> None:
    variables = dev.one("Function", "api").inputs["environment"]
    marked = variables if isinstance(variables, SecretValue) else variables["variables"]["CURSOR_KEYS"]
    assert isinstance(marked, SecretValue)
    keys = reveal(variables)["variables"]["CURSOR_KEYS"]
    assert keys.startswith("k1:")
    for each in dev.registrations:
        assert keys not in repr(each.inputs) and keys not in repr(each.outputs), each.urn


def test_who_may_call(dev: Stack, live: Stack) -> None:
    assert dev.one("FunctionUrl", "api-url").inputs["authorizationType"] == "AWS_IAM"
    assert dev.all("Permission") == []

    assert live.one("FunctionUrl", "api-url").inputs["authorizationType"] == "NONE"
    given = {each.inputs["action"]: each.inputs for each in live.all("Permission")}
    assert {action: each["principal"] for action, each in given.items()} == {"lambda:InvokeFunctionUrl": "*", "lambda:InvokeFunction": "*"}
    assert given["lambda:InvokeFunctionUrl"]["functionUrlAuthType"] == "NONE"
    assert given["lambda:InvokeFunction"]["invokedViaFunctionUrl"] is True


# --- the stream


def test_the_mapping(dev: Stack) -> None:
    mapping = dev.one("EventSourceMapping", "order-events-mapping").inputs
    queue = dev.one("Queue", "order-events-failures")
    patterns = [json.loads(each["pattern"]) for each in mapping["filterCriteria"]["filters"]]

    assert {name: value for name, value in mapping.items() if name not in ("filterCriteria", "tags")} == {
        "eventSourceArn": dev.outputs["streamArn"],
        "functionName": dev.one("Function", "order-events").outputs["arn"],
        "startingPosition": "TRIM_HORIZON",
        "batchSize": 100,
        "parallelizationFactor": 1,
        "bisectBatchOnFunctionError": True,
        "functionResponseTypes": ["ReportBatchItemFailures"],
        "maximumRetryAttempts": 10,
        "maximumRecordAgeInSeconds": 79_200,
        "metricsConfig": {"metrics": ["EventCount"]},
        "destinationConfig": {"onFailure": {"destinationArn": queue.outputs["arn"]}},
    }
    assert patterns == [{"eventName": ["MODIFY"], "dynamodb": {"NewImage": {"_type": {"S": ["Order"]}}}}]
    assert (queue.inputs["messageRetentionSeconds"], queue.inputs["sqsManagedSseEnabled"]) == (14 * 24 * 3600, True)


# --- the whole program


def test_outputs(dev: Stack) -> None:
    table, api = dev.one("Table", "shop").outputs, dev.one("Function", "api").outputs
    assert {name: value for name, value in dev.outputs.items() if name not in ("alarmTopicArns", "dashboardName", "dashboardUrl")} == {
        "tableName": table["name"],
        "streamArn": table["streamArn"],
        "schemaFingerprint": model.table.definition().fingerprint,
        "apiUrl": dev.one("FunctionUrl", "api-url").outputs["functionUrl"],
        "apiFunctionName": api["name"],
        "orderEventsFunctionName": dev.one("Function", "order-events").outputs["name"],
        "orderTopicArn": dev.one("Topic", "order-status").outputs["arn"],
        "failureQueueUrl": dev.one("Queue", "order-events-failures").outputs["url"],
    }
    assert set(dev.outputs["alarmTopicArns"]) == {"page", "ticket", "info"}


def test_a_preview_of_a_new_stack_knows_every_alarm(dev: Stack) -> None:
    """Names that AWS gives are unknown before the first deployment; which resources there will be is not."""
    previewed = Stack(registrations(ROOT, "dev", preview=True))
    assert [each.urn for each in previewed.resources if each.type.endswith("Alarm")] != []
    assert {each.urn for each in previewed.registrations} == {each.urn for each in dev.registrations}


@pytest.mark.parametrize(
    ("config", "error", "message"),
    [
        ({"recoveryDays": 99}, DeployError, "InvalidSetting: shop:recoveryDays is 99: allowed is 1 to 35"),
        ({"urlAuthorization": "none"}, DeployError, "InvalidSetting: shop:urlAuthorization is none: allowed is AWS_IAM"),
        ({"recoverDays": 7}, ConfigurationError, "unknown configuration key 'shop:recoverDays'"),
    ],
)
def test_a_wrong_setting_stops_before_anything_is_registered(config: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        registrations(ROOT, "dev", config)
    assert message in str(caught.value)
    if isinstance(caught.value, DeployError):
        assert caught.value.deployment.resources == ()
