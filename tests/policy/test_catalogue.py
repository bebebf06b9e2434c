"""Rules of one resource, each as a table: what is right, one thing broken at a time with its exact sentence, and what is not known yet."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from pulumi_policy import Policy, ResourceValidationPolicy
from pulumi_policy.proxy import (
    UNKNOWN_ARRAY_VALUE,
    UNKNOWN_BOOLEAN_VALUE,
    UNKNOWN_NUMBER_VALUE,
    UNKNOWN_OBJECT_VALUE,
    UNKNOWN_STRING_VALUE,
    UnknownValueError,
)

from local.inputs import input_names
from policy.rules import POLICIES
from policy.rules.logs import DAYS
from policy.rules.runtimes import DEPRECATIONS, is_deprecated
from tests.policy.support import (
    ALARM,
    DISPOSABLE,
    FUNCTION,
    KEY,
    KINESIS,
    LOG_GROUP,
    MAPPING,
    QUEUE,
    ROLE,
    TABLE,
    TOPIC,
    Resource,
    violations,
)

REPLICA = "aws:dynamodb/tableReplica:TableReplica"
URL = "aws:lambda/functionUrl:FunctionUrl"
PERMISSION = "aws:lambda/permission:Permission"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
TABLE_POLICY = "aws:dynamodb/resourcePolicy:ResourcePolicy"
BY_NAME: Mapping[str, Policy] = {policy.name: policy for policy in POLICIES}
EVERYBODY = "name the principals, or add a condition on aws:SourceArn or aws:SourceAccount"
RETRIES = (
    "x tries a batch that fails until the stream has forgotten it, and its shard stands still: "
    "set maximum_retry_attempts, 10 for example, and bisect_batch_on_function_error"
)
SAYS_WHO = (
    {"StringEquals": {"AWS:SourceOwner": "123456789012"}},
    {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}},
    {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}},
    {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/shop:*"}},
)
SAYS_NOBODY = (
    {"Bool": {"aws:SecureTransport": "true"}},
    {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}},
    {"Null": {"aws:SourceArn": "false"}},
    {"StringNotEquals": {"aws:SourceAccount": "123456789012"}},
    {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    {"ArnLike": {"aws:SourceArn": "*"}},
    {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/0"]}},
)
COUNTS = "x sends no counts, so a change that is dropped cannot be seen: set metrics_config to the metrics EventCount"
URL_MODES = ("AWS_IAM", "NONE", UNKNOWN_STRING_VALUE)
CALLED_BY_ALL = "x lets everybody call its function: set source_account, or name the principal"
SHARED = "x shares its concurrency with every function of the account: set reserved_concurrent_executions"
ADMINISTRATOR = "x has the policy AdministratorAccess of AWS: name the actions that are used"
CREDENTIALS = "x has credentials in the environment variable A: use its role, or Secrets Manager"
SAFE = {"regionName": "eu-central-1", "pointInTimeRecovery": True, "deletionProtectionEnabled": True}
OWN_KEY = {"serverSideEncryption": {"enabled": True, "kmsKeyArn": UNKNOWN_STRING_VALUE}}


@dataclass(frozen=True)
class Case:
    """A resource called x, and what the rule says of it. None: it is not known yet."""

    rule: str
    type: str
    given: Mapping[str, Any]
    says: str | None = ""
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])
    stack: str = "prod"


def policy(*statements: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"policy": json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **each} for each in statements]}), **more}


CASES = (
    # Replicas.
    Case("replica-protection", TABLE, {}),
    Case("replica-protection", TABLE, {"replicas": [SAFE]}),
    Case("replica-protection", TABLE, {"replicas": [{**SAFE, "kmsKeyArn": UNKNOWN_STRING_VALUE}], **OWN_KEY}),
    Case(
        "replica-protection",
        TABLE,
        {"replicas": [SAFE], **OWN_KEY},
        "x is not protected in eu-central-1: set kms_key_arn (the table has one) of this replica",
    ),
    Case(
        "replica-protection",
        TABLE,
        {"replicas": [{"regionName": "eu-central-1"}]},
        "x is not protected in eu-central-1: set point_in_time_recovery, deletion_protection_enabled of this replica",
    ),
    Case("replica-protection", TABLE, {"replicas": [{"regionName": "eu-central-1"}], "tags": DISPOSABLE}, stack="dev"),
    Case("replica-protection", TABLE, {"replicas": UNKNOWN_ARRAY_VALUE}, None),
    Case("replica-protection", TABLE, {"replicas": [{**SAFE, "pointInTimeRecovery": UNKNOWN_BOOLEAN_VALUE}]}, None),
    Case("replica-protection", REPLICA, {"pointInTimeRecovery": True, "deletionProtectionEnabled": True}),
    Case("replica-protection", REPLICA, {"pointInTimeRecovery": True}, "x is not protected: set deletion_protection_enabled"),
    Case("replica-protection", REPLICA, {}, "x is not protected: set point_in_time_recovery, deletion_protection_enabled"),
    Case("replica-protection", REPLICA, {"tags": DISPOSABLE}, stack="dev"),
    Case("replica-protection", REPLICA, {"pointInTimeRecovery": UNKNOWN_BOOLEAN_VALUE}, None),
    # Expiry.
    Case("table-expiry-enabled", TABLE, {}),
    Case("table-expiry-enabled", TABLE, {"ttl": {"attributeName": "expires", "enabled": UNKNOWN_BOOLEAN_VALUE}}),
    Case("table-expiry-enabled", TABLE, {"ttl": {"attributeName": "expires", "enabled": False}}),
    Case(
        "table-expiry-enabled",
        TABLE,
        {"ttl": {"attributeName": UNKNOWN_STRING_VALUE}},
        "x names an attribute of expiry and switches nothing on: set enabled of ttl to true",
    ),
    Case("table-expiry-enabled", TABLE, {"ttl": UNKNOWN_OBJECT_VALUE}, None),
    # Streams.
    Case("stream-bounded-retries", MAPPING, {"startingPosition": "LATEST", "maximumRetryAttempts": 0.0}),
    Case("stream-bounded-retries", MAPPING, {"startingPosition": "LATEST"}, RETRIES),
    Case("stream-bounded-retries", MAPPING, {"startingPosition": "LATEST", "maximumRetryAttempts": -1.0}, RETRIES),
    Case("stream-bounded-retries", MAPPING, {"eventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:q"}),
    Case("stream-bounded-retries", MAPPING, {"startingPosition": "LATEST", "maximumRetryAttempts": UNKNOWN_NUMBER_VALUE}, None),
    Case("stream-bounded-retries", MAPPING, {"startingPosition": "LATEST", "topics": ["orders"]}),
    Case("stream-event-counts", MAPPING, {"startingPosition": "LATEST", "metricsConfig": {"metrics": ["EventCount"]}}),
    Case("stream-event-counts", MAPPING, {"startingPosition": "LATEST"}, COUNTS),
    Case("stream-event-counts", MAPPING, {"startingPosition": "LATEST", "metricsConfig": {"metrics": []}}, COUNTS),
    Case("stream-event-counts", MAPPING, {}),
    Case("stream-event-counts", MAPPING, {"startingPosition": "LATEST", "metricsConfig": UNKNOWN_OBJECT_VALUE}, None),
    # Alarms.
    Case("alarm-actions-enabled", ALARM, {}),
    Case("alarm-actions-enabled", ALARM, {"actionsEnabled": False}, "x tells nobody while actions_enabled is false: leave it out"),
    Case("alarm-actions-enabled", ALARM, {"actionsEnabled": False}, stack="dev"),
    Case(
        "alarm-actions-enabled",
        ALARM,
        {"actionsEnabled": False},
        "x tells nobody while actions_enabled is false: leave it out",
        {"everywhere": True},
        "dev",
    ),
    Case("alarm-actions-enabled", ALARM, {"actionsEnabled": UNKNOWN_BOOLEAN_VALUE}, None),
    # Functions.
    Case("function-url-authorization", URL, {"authorizationType": "AWS_IAM"}),
    Case(
        "function-url-authorization", URL, {"authorizationType": "NONE"}, "x can be called by everybody: set authorization_type to AWS_IAM"
    ),
    Case("function-url-authorization", URL, {"authorizationType": UNKNOWN_STRING_VALUE}, None),
    Case("function-permission", PERMISSION, {"principal": "sns.amazonaws.com", "sourceArn": UNKNOWN_STRING_VALUE}),
    Case("function-permission", PERMISSION, {"principal": "s3.amazonaws.com", "sourceAccount": "123456789012"}),
    Case("function-permission", PERMISSION, {"principal": "arn:aws:iam::210987654321:root"}),
    *(Case("function-permission", PERMISSION, {"principal": "*", "functionUrlAuthType": mode}) for mode in URL_MODES),
    Case("function-permission", PERMISSION, {"principal": "*", "invokedViaFunctionUrl": True}),
    Case("function-permission", PERMISSION, {"principal": "*", "invokedViaFunctionUrl": UNKNOWN_BOOLEAN_VALUE}, None),
    Case("function-permission", PERMISSION, {"principal": "*", "invokedViaFunctionUrl": False}, CALLED_BY_ALL),
    Case(
        "function-permission",
        PERMISSION,
        {"principal": "sns.amazonaws.com"},
        "x lets sns.amazonaws.com call for any account: set source_arn to what calls, or source_account",
    ),
    Case(
        "function-permission",
        PERMISSION,
        {"principal": "*", "function": UNKNOWN_STRING_VALUE},
        CALLED_BY_ALL,
    ),
    Case("function-permission", PERMISSION, {"principal": UNKNOWN_STRING_VALUE}, None),
    Case("function-runtime", FUNCTION, {"runtime": "python3.13"}),
    Case("function-runtime", FUNCTION, {"packageType": "Image"}),
    Case(
        "function-runtime",
        FUNCTION,
        {"runtime": "nodejs18.x"},
        "x runs on nodejs18.x, which AWS has deprecated: set runtime to a later version",
    ),
    Case("function-runtime", FUNCTION, {"runtime": UNKNOWN_STRING_VALUE}, None),
    Case("function-tracing", FUNCTION, {"tracingConfig": {"mode": "Active"}}),
    Case("function-tracing", FUNCTION, {}, "x is not traced: set tracing_config to the mode Active"),
    Case("function-tracing", FUNCTION, {"tracingConfig": {"mode": UNKNOWN_STRING_VALUE}}, None),
    Case("function-concurrency", FUNCTION, {"reservedConcurrentExecutions": 0.0}),
    Case("function-concurrency", FUNCTION, {}, SHARED),
    Case("function-concurrency", FUNCTION, {"reservedConcurrentExecutions": -1.0}, SHARED),
    Case("function-concurrency", FUNCTION, {"reservedConcurrentExecutions": UNKNOWN_NUMBER_VALUE}, None),
    Case("function-variables-encryption", FUNCTION, {}),
    Case("function-variables-encryption", FUNCTION, {"environment": {"variables": {"A": "b"}}, "kmsKeyArn": UNKNOWN_STRING_VALUE}),
    Case(
        "function-variables-encryption",
        FUNCTION,
        {"environment": {"variables": {"A": UNKNOWN_STRING_VALUE}}},
        "x has environment variables under a key of AWS: set kms_key_arn",
    ),
    Case("function-variables-encryption", FUNCTION, {"environment": UNKNOWN_OBJECT_VALUE}, None),
    # Logs.
    Case("log-retention", LOG_GROUP, {"retentionInDays": 1.0}),
    Case("log-retention", LOG_GROUP, {"logGroupClass": "DELIVERY"}),
    Case(
        "log-retention",
        LOG_GROUP,
        {"logGroupClass": "INFREQUENT_ACCESS"},
        "x is kept and paid for without end: set retention_in_days, to 1 or more",
    ),
    Case("log-retention", LOG_GROUP, {}, "x is kept and paid for without end: set retention_in_days, to 1 or more"),
    Case("log-retention", LOG_GROUP, {"retentionInDays": 0.0}, "x is kept and paid for without end: set retention_in_days, to 1 or more"),
    Case(
        "log-retention",
        LOG_GROUP,
        {"retentionInDays": 30.0},
        "x is kept for 30 days: set retention_in_days to 365 or more",
        {"minimumDays": 365.0},
    ),
    Case("log-retention", LOG_GROUP, {"retentionInDays": UNKNOWN_NUMBER_VALUE}, None),
    Case("log-encryption", LOG_GROUP, {"kmsKeyId": UNKNOWN_STRING_VALUE}),
    Case("log-encryption", LOG_GROUP, {}, "x is encrypted with a key of AWS: set kms_key_id"),
    # Queues and topics.
    Case("queue-encryption", QUEUE, {}),
    Case("queue-encryption", QUEUE, {"sqsManagedSseEnabled": False, "kmsMasterKeyId": UNKNOWN_STRING_VALUE}),
    Case(
        "queue-encryption",
        QUEUE,
        {"sqsManagedSseEnabled": False},
        "x is not encrypted: set sqs_managed_sse_enabled to true, or kms_master_key_id to your key",
    ),
    Case(
        "queue-encryption",
        QUEUE,
        {"sqsManagedSseEnabled": True},
        "x is not encrypted with a key that is customer-managed: set kms_master_key_id to your key",
        {"key": "customer-managed"},
    ),
    Case("queue-encryption", QUEUE, {"kmsMasterKeyId": UNKNOWN_STRING_VALUE}, config={"key": "customer-managed"}),
    Case("queue-encryption", QUEUE, {"kmsMasterKeyId": "alias/aws/sqs", "sqsManagedSseEnabled": False}),
    Case(
        "queue-encryption",
        QUEUE,
        {"kmsMasterKeyId": "alias/aws/sqs"},
        "x is not encrypted with a key that is customer-managed: set kms_master_key_id to your key",
        {"key": "customer-managed"},
    ),
    Case("queue-encryption", QUEUE, {"sqsManagedSseEnabled": UNKNOWN_BOOLEAN_VALUE}, None),
    Case("topic-encryption", TOPIC, {"kmsMasterKeyId": UNKNOWN_STRING_VALUE}),
    Case("topic-encryption", TOPIC, {}, "x is not encrypted at rest: set kms_master_key_id to your key"),
    # Policies.
    Case("queue-policy", QUEUE, {}),
    Case("queue-policy", QUEUE_POLICY, policy({"Principal": {"Service": "sns.amazonaws.com"}})),
    Case("queue-policy", QUEUE_POLICY, policy({"Principal": "*", "Condition": {"ArnEquals": {"aws:SourceArn": "arn"}}})),
    *(Case("queue-policy", QUEUE_POLICY, policy({"Principal": "*", "Condition": each})) for each in SAYS_WHO),
    *(
        Case(
            "queue-policy", QUEUE_POLICY, policy({"Principal": "*", "Condition": each}), f"x lets in everybody by a statement: {EVERYBODY}"
        )
        for each in SAYS_NOBODY
    ),
    Case("queue-policy", QUEUE_POLICY, policy({"Principal": "*", "Effect": "Deny"})),
    Case("queue-policy", QUEUE_POLICY, {"policy": "no policy at all"}),
    Case("queue-policy", QUEUE_POLICY, policy({"Principal": "*"}), f"x lets in everybody by a statement: {EVERYBODY}"),
    Case(
        "queue-policy",
        QUEUE,
        policy({"Principal": {"AWS": ["1", "*"]}, "Sid": "Open"}),
        f"x lets in everybody by statement Open: {EVERYBODY}",
    ),
    Case("queue-policy", QUEUE, policy({"NotPrincipal": {"AWS": "1"}}), f"x lets in everybody by a statement: {EVERYBODY}"),
    Case("queue-policy", QUEUE_POLICY, {"policy": UNKNOWN_STRING_VALUE}, None),
    Case("topic-policy", TOPIC, policy({"Principal": {"AWS": "123456789012"}})),
    Case("topic-policy", TOPIC, policy({"Principal": {"AWS": "*"}}), f"x lets in everybody by a statement: {EVERYBODY}"),
    Case("topic-policy", TOPIC, {"policy": UNKNOWN_STRING_VALUE}, None),
    Case("table-policy", TABLE_POLICY, policy({"Principal": {"AWS": "123456789012"}})),
    Case("table-policy", TABLE_POLICY, policy({"Principal": "*"}), f"x lets in everybody by a statement: {EVERYBODY}"),
    Case("table-policy", TABLE_POLICY, {"policy": UNKNOWN_STRING_VALUE}, None),
    # Roles and keys.
    Case("role-trust", ROLE, {"assumeRolePolicy": policy({"Principal": {"Service": "lambda.amazonaws.com"}})["policy"]}),
    Case(
        "role-trust",
        ROLE,
        {"assumeRolePolicy": policy({"Principal": {"AWS": "*"}, "Sid": "All"})["policy"]},
        f"x lets in everybody by statement All: {EVERYBODY}",
    ),
    Case("role-trust", ROLE, {"assumeRolePolicy": UNKNOWN_STRING_VALUE}, None),
    Case("role-actions", ROLE, {"inlinePolicies": [policy({"Action": ["dynamodb:GetItem", "dynamodb:*"]}, name="a")]}),
    Case("role-actions", ROLE_POLICY, policy({"Action": "*", "Effect": "Deny"})),
    *(
        Case(
            "role-actions", ROLE_POLICY, policy({"Action": wide}), f"x allows {wide} by a statement: name the actions that are used", config
        )
        for config, wides in (({}, ("**", "*:*", "*:**")), ({"refuse": "service"}, ("*:*", "**", "*:Get*", "dynamodb:**")))
        for wide in wides
    ),
    Case("role-actions", ROLE_POLICY, policy({"Action": ["*:Get*", "dynamodb:**"]})),
    Case("role-actions", ROLE_POLICY, policy({"Action": ["dynamodb:Get*", "s3:*Object"]}), config={"refuse": "service"}),
    Case("role-actions", ROLE_POLICY, policy({"Action": "*"}), "x allows * by a statement: name the actions that are used"),
    Case(
        "role-actions",
        ROLE,
        {"inlinePolicies": [policy({"Action": "dynamodb:GetItem"}, name="a"), policy({"Action": ["sqs:*"], "Sid": "Queue"}, name="b")]},
        "x allows sqs:* by statement Queue: name the actions that are used",
        {"refuse": "service"},
    ),
    Case(
        "role-actions",
        "aws:iam/policy:Policy",
        policy({"NotAction": "iam:*"}),
        "x allows everything but some actions by a statement: name the actions that are used",
    ),
    Case("role-actions", ROLE_POLICY, {"policy": UNKNOWN_STRING_VALUE}, None),
    Case("role-actions", ATTACHMENT, {"policyArn": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}),
    Case("role-actions", ATTACHMENT, {"policyArn": "arn:aws:iam::123456789012:policy/AdministratorAccess"}),
    Case("role-actions", ATTACHMENT, {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}, ADMINISTRATOR),
    Case("role-actions", ROLE, {"managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}, ADMINISTRATOR),
    Case("role-actions", ROLE, {"inlinePolicies": UNKNOWN_ARRAY_VALUE}, None),
    Case("key-policy", KEY, {}),
    Case("key-policy", KEY, policy({"Principal": "*", "Condition": {"StringEquals": {"kms:CallerAccount": "123456789012"}}})),
    Case("key-policy", "aws:kms/keyPolicy:KeyPolicy", policy({"Principal": "*"}), f"x lets in everybody by a statement: {EVERYBODY}"),
    Case("key-policy", KEY, {"policy": UNKNOWN_STRING_VALUE}, None),
    Case("key-rotation", KEY, {"enableKeyRotation": True}),
    Case("key-rotation", KEY, {"customerMasterKeySpec": "RSA_2048"}),
    Case("key-rotation", KEY, {"keyUsage": "GENERATE_VERIFY_MAC"}),
    Case("key-rotation", KEY, {"customKeyStoreId": UNKNOWN_STRING_VALUE}, None),
    Case("key-rotation", KEY, {}, "x keeps its key material for ever: set enable_key_rotation to true"),
    Case("key-rotation", KEY, {"enableKeyRotation": UNKNOWN_BOOLEAN_VALUE}, None),
    Case("kinesis-encryption", KINESIS, {"encryptionType": "KMS"}),
    Case(
        "kinesis-encryption",
        KINESIS,
        {},
        "x is not encrypted at rest, as changes of a table are where they come from: set encryption_type to KMS, and kms_key_id",
    ),
    Case("kinesis-encryption", KINESIS, {"encryptionType": UNKNOWN_STRING_VALUE}, None),
    Case("function-url-origins", URL, {"cors": {"allowOrigins": ["*"], "allowMethods": ["GET"]}}),
    Case("function-url-origins", URL, {"authorizationType": "AWS_IAM"}),
    Case(
        "function-url-origins",
        URL,
        {"cors": {"allowOrigins": ["*"], "allowMethods": ["*"]}},
        "x lets every page of the web call it with every method: set allow_origins or allow_methods of cors",
    ),
    Case("function-url-origins", URL, {"cors": UNKNOWN_OBJECT_VALUE}, None),
    Case("function-credentials", FUNCTION, {}),
    Case("function-credentials", FUNCTION, {"environment": {"variables": {"HASH": "AKIA" + "a" * 16, "ID": "XAKIA" + "A" * 16}}}),
    Case("function-credentials", FUNCTION, {"environment": {"variables": {"A": UNKNOWN_STRING_VALUE}}}, None),
    Case("function-credentials", FUNCTION, {"environment": {"variables": {"A": "-----BEGIN RSA PRIVATE " + "KEY-----"}}}, CREDENTIALS),
    # Tags.
    Case("required-tags", TABLE, {}),
    Case("required-tags", TABLE, {"tags": {"team": UNKNOWN_STRING_VALUE}, "tagsAll": {"stage": "prod"}}, "", {"tags": ["team", "stage"]}),
    Case(
        "required-tags",
        QUEUE,
        {"tags": {"team": "a"}},
        "x lacks the tag cost, stage: set tags, or default_tags of the provider",
        {"tags": ["team", "cost", "stage"]},
    ),
    Case("required-tags", QUEUE, {"tags": UNKNOWN_OBJECT_VALUE}, None, {"tags": ["team"]}),
)


def asked(case: Case) -> list[str]:
    rule = BY_NAME[case.rule]
    assert isinstance(rule, ResourceValidationPolicy)
    return violations(rule, Resource(case.type, "x", case.given, stack=case.stack), **case.config)


@pytest.mark.parametrize("case", [case for case in CASES if case.says is not None], ids=lambda case: case.rule)
def test_what_a_rule_says(case: Case) -> None:
    assert asked(case) == ([case.says] if case.says else [])


@pytest.mark.parametrize("case", [case for case in CASES if case.says is None], ids=lambda case: case.rule)
def test_what_is_not_known_yet_is_no_accusation(case: Case) -> None:
    with pytest.raises(UnknownValueError):
        asked(case)


@pytest.mark.parametrize("case", [case for case in CASES if case.says], ids=lambda case: case.rule)
def test_a_rule_looks_at_its_own_kind_of_resource_only(case: Case) -> None:
    rule = BY_NAME[case.rule]
    assert isinstance(rule, ResourceValidationPolicy)
    assert violations(rule, Resource("aws:s3/bucket:Bucket", "x", case.given), **case.config) == []


ASKED = {
    "replica-protection": {"pointInTimeRecovery", "deletionProtectionEnabled", "serverSideEncryption"},
    "stream-bounded-retries": {"maximumRetryAttempts", "topics", "selfManagedEventSource", "documentDbEventSourceConfig"},
    "stream-event-counts": {"metricsConfig", "topics", "selfManagedEventSource", "documentDbEventSourceConfig"},
    "function-permission": {
        *("sourceArn", "sourceAccount", "principalOrgId", "eventSourceToken"),
        *("functionUrlAuthType", "invokedViaFunctionUrl"),
    },
    "function-tracing": {"tracingConfig"},
    "function-concurrency": {"reservedConcurrentExecutions"},
    "function-variables-encryption": {"kmsKeyArn"},
    "log-retention": {"retentionInDays", "logGroupClass"},
    "log-encryption": {"kmsKeyId"},
    "queue-encryption": {"kmsMasterKeyId"},
    "topic-encryption": {"kmsMasterKeyId"},
    "role-actions": {"policy", "policyArn", "inlinePolicies", "managedPolicyArns"},
    "key-rotation": {"enableKeyRotation", "customerMasterKeySpec", "keyUsage", "customKeyStoreId"},
    "kinesis-encryption": {"encryptionType"},
    "required-tags": {"tagsAll"},
}
"""Rule -> what could excuse the resource. Nothing else may keep a rule from saying what is certain."""


@pytest.mark.parametrize("case", [case for case in CASES if case.says], ids=lambda case: case.rule)
def test_a_certain_violation_is_said_with_everything_else_unknown(case: Case) -> None:
    others = input_names(case.type) - case.given.keys() - ASKED.get(case.rule, set())
    unknown = dict.fromkeys(others, UNKNOWN_STRING_VALUE)
    assert others
    assert asked(replace(case, given={**unknown, **case.given}, stack="prod")) == [case.says]


def test_what_is_certain_is_said_beside_what_is_not_known_yet() -> None:
    """And no message shows the credentials."""
    rule = BY_NAME["function-credentials"]
    assert isinstance(rule, ResourceValidationPolicy)
    found: list[str] = []
    given = {"environment": {"variables": {"B": UNKNOWN_STRING_VALUE, "A": "ASIA" + "B" * 16}}}
    with pytest.raises(UnknownValueError):
        violations(rule, Resource(FUNCTION, "x", given), found)
    assert found == [CREDENTIALS]


def test_a_runtime_that_is_called_deprecated_is_one() -> None:
    """A misspelt one would accuse nobody. botocore lists what the API has ever taken."""
    from botocore.session import get_session

    known = set(get_session().get_service_model("lambda").shape_for("Runtime").enum)
    assert known >= set(DEPRECATIONS)
    assert len(known - set(DEPRECATIONS)) > 5


def test_a_runtime_is_deprecated_from_its_day_on() -> None:
    before, then = date(2027, 4, 29), date(2027, 4, 30)
    assert [is_deprecated("nodejs22.x", day) for day in (before, then)] == [False, True]
    assert is_deprecated("nodejs18.x", before)
    assert not is_deprecated("a-later-one", then)


def test_days_of_retention_are_those_of_the_api() -> None:
    from botocore.session import get_session

    told = get_session().get_service_model("logs").shape_for("PutRetentionPolicyRequest").members["retentionInDays"].documentation
    assert ", ".join(map(str, DAYS[:-1])) + f", and {DAYS[-1]}" in told
