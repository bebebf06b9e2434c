"""Inputs against the provider's own types, requests against botocore's models."""

from typing import Any

import pytest

from local.inputs import check_inputs, check_request
from local.properties import UNKNOWN, SecretValue

TABLE = "aws:dynamodb/table:Table"
FUNCTION = "aws:lambda/function:Function"


def table(**changes: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = {
        "hashKey": "PK",
        "attributes": [{"name": "PK", "type": "S"}],
        "billingMode": "PROVISIONED",
        "readCapacity": 5,
        "deletionProtectionEnabled": True,
        "ttl": {"enabled": True, "attributeName": "expires_at"},
        "globalSecondaryIndexes": [{"name": "GSI1", "projectionType": "ALL", "keySchemas": [{"attributeName": "a", "keyType": "HASH"}]}],
        "tags": {"a": "b"},
    }
    return inputs | changes


def test_right_inputs_have_no_problems() -> None:
    assert check_inputs(TABLE, table()) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"readCapacity": "five"}, "readCapacity: must be a whole number, it is of type str"),
        ({"readCapacity": 5.5}, "readCapacity: must be a whole number, it is of type float"),
        ({"readCapacity": True}, "readCapacity: must be a whole number, it is of type bool"),
        ({"deletionProtectionEnabled": "yes"}, "deletionProtectionEnabled: must be true or false, it is of type str"),
        ({"hashKey": 5}, "hashKey: must be text, it is of type int"),
        ({"attributes": {"name": "PK"}}, "attributes: must be a list, it is of type dict"),
        ({"tags": ["a"]}, "tags: must be a map, it is of type list"),
        ({"tags": {"a": 5}}, "tags.a: must be text, it is of type int"),
        ({"ttl": "expires_at"}, "ttl: must be an object, it is of type str"),
        (
            {"ttl": {"enabled": True, "atributeName": "expires_at"}},
            "ttl: unknown property 'atributeName'. Known: attributeName, enabled",
        ),
        (
            {"attributes": [{"name": "PK", "type": "S"}, {"name": "SK"}]},
            "attributes[1]: missing property 'type'",
        ),
        (
            {"globalSecondaryIndexes": [{"name": "GSI1", "keySchemas": [{"attributeName": "a", "keyType": "HASH"}]}]},
            "globalSecondaryIndexes[0]: missing property 'projectionType'",
        ),
    ],
)
def test_one_wrong_input_is_found(changes: dict[str, Any], expected: str) -> None:
    assert check_inputs(TABLE, table(**changes)) == [expected]


def test_an_unknown_top_level_property_is_found() -> None:
    (problem,) = check_inputs(TABLE, table(deletionProtection=True))
    assert problem.startswith("inputs: unknown property 'deletionProtection'. Known: attributes, billingMode, ")


def test_a_missing_required_property_is_found() -> None:
    assert check_inputs(FUNCTION, {"runtime": "python3.12"}) == ["inputs: missing property 'role'"]


def test_an_archive_is_needed_where_code_goes() -> None:
    assert check_inputs(FUNCTION, {"role": "r", "code": "app.zip"}) == ["code: must be an asset or archive, it is of type str"]


def test_what_is_not_known_yet_has_no_problems() -> None:
    assert check_inputs(TABLE, table(hashKey=UNKNOWN, readCapacity=UNKNOWN, tags=UNKNOWN)) == []


def test_a_wrong_secret_is_found_and_not_shown() -> None:
    (problem,) = check_inputs(FUNCTION, {"role": "r", "environment": SecretValue({"variables": {"KEY": 99}})})
    assert problem == "environment.variables.KEY: must be text, it is of type int"


def test_every_alternative_of_an_input_is_accepted() -> None:
    assert check_inputs(FUNCTION, {"role": "r", "runtime": "python3.12"}) == []


ALARM: dict[str, Any] = {
    "AlarmName": "a",
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 5,
    "Threshold": 0.0,
    "Metrics": [
        {
            "Id": "m1",
            "MetricStat": {"Metric": {"Namespace": "AWS/DynamoDB", "MetricName": "ReadThrottleEvents"}, "Period": 60, "Stat": "Sum"},
        }
    ],
}


def test_a_right_request_has_no_problems() -> None:
    assert check_request("cloudwatch", "PutMetricAlarm", ALARM) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"AlarmName": ""}, "AlarmName: 0 characters, the minimum is 1"),
        ({"AlarmName": "a" * 256}, "AlarmName: 256 characters, the maximum is 255"),
        ({"AlarmName": 5}, "AlarmName: must be of type string, it is of type int"),
        ({"EvaluationPeriods": 0}, "EvaluationPeriods: 0, the minimum is 1"),
        ({"EvaluationPeriods": 2.5}, "EvaluationPeriods: must be of type integer, it is of type float"),
        ({"AlarmActions": ["a"] * 6}, "AlarmActions: 6 items, the maximum is 5"),
        (
            {"Metrics": [{"Id": "m1", "Metric": {}}]},
            "Metrics[0]: unknown parameter 'Metric'. Known: AccountId, Expression, Id, Label, MetricStat, Period, ReturnData",
        ),
        ({"Metrics": [{"Expression": "1"}]}, "Metrics[0]: missing parameter 'Id'"),
    ],
)
def test_one_wrong_parameter_is_found(changes: dict[str, Any], expected: str) -> None:
    assert check_request("cloudwatch", "PutMetricAlarm", ALARM | changes) == [expected]


def test_a_value_that_is_not_allowed_is_found() -> None:
    (problem,) = check_request("cloudwatch", "PutMetricAlarm", ALARM | {"ComparisonOperator": "MoreThan"})
    assert problem.startswith("ComparisonOperator: 'MoreThan' is not one of GreaterThanOrEqualToThreshold, GreaterThanThreshold, ")


def test_a_value_that_does_not_match_the_pattern_is_found() -> None:
    (problem,) = check_request("lambda", "CreateFunctionUrlConfig", {"FunctionName": "a function", "AuthType": "NONE"})
    assert problem.startswith("FunctionName: does not match the pattern ")


def test_a_missing_parameter_is_found() -> None:
    assert check_request("sqs", "CreateQueue", {}) == ["request: missing parameter 'QueueName'"]
