"""Each rule: nothing to say about what is right; then one thing at a time is broken, left out, or not known yet."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel, Policy, ResourceValidationPolicy
from pulumi_policy.proxy import (
    UNKNOWN_ARRAY_VALUE,
    UNKNOWN_BOOLEAN_VALUE,
    UNKNOWN_NUMBER_VALUE,
    UNKNOWN_OBJECT_VALUE,
    UNKNOWN_STRING_VALUE,
    UnknownValueError,
)

from policy.rules import POLICIES
from policy.rules.capacity import table_provisioned_capacity
from policy.rules.streams import stream_failure_destination
from policy.rules.tables import (
    disposable_outside_production,
    table_deletion_protection,
    table_encryption,
    table_point_in_time_recovery,
    table_protect,
)
from policy.rules.throttling import table_throttle_alarms
from tests.policy.support import DISPOSABLE, MAPPING, Resource, stack_violations, table, violations

OF_A_TABLE = (
    table_deletion_protection,
    table_point_in_time_recovery,
    table_protect,
    table_encryption,
    disposable_outside_production,
    table_provisioned_capacity,
)


@pytest.mark.parametrize("policy", OF_A_TABLE, ids=lambda policy: policy.name)
def test_a_right_table_breaks_no_rule(policy: ResourceValidationPolicy) -> None:
    assert violations(policy, table()) == []


def test_other_resources_are_no_table() -> None:
    other = Resource("aws:sqs/queue:Queue", "queue", {}, stack="prod")
    assert [violations(policy, other) for policy in OF_A_TABLE] == [[]] * len(OF_A_TABLE)


PROTECTION = "shop can be deleted by one call: set deletion_protection_enabled to true"
NO_RECOVERY = "shop cannot be restored to a time before a mistake: enable point_in_time_recovery for at least 7 days"
PROTECT = "shop can be deleted or replaced by a deployment: give it the resource option protect=True"
DECLARED = "shop is declared disposable in a production stack: remove disposable (the tag singletable:disposable)"


@pytest.mark.parametrize(
    ("policy", "broken", "expected"),
    [
        (table_deletion_protection, table(deletionProtectionEnabled=False), PROTECTION),
        (table_deletion_protection, table(without="deletionProtectionEnabled"), PROTECTION),
        (table_deletion_protection, table(deletionProtectionEnabled=None), PROTECTION),
        (table_deletion_protection, table(deletionProtectionEnabled="true"), PROTECTION),
        (table_point_in_time_recovery, table(pointInTimeRecovery={"enabled": False}), NO_RECOVERY),
        (table_point_in_time_recovery, table(pointInTimeRecovery={}), NO_RECOVERY),
        (table_point_in_time_recovery, table(without="pointInTimeRecovery"), NO_RECOVERY),
        (
            table_point_in_time_recovery,
            table(pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": 6.0}),
            "shop can be restored for 6 days only: set recovery_period_in_days of point_in_time_recovery to 7 or more",
        ),
        (table_protect, table(protect=False), PROTECT),
        (disposable_outside_production, table(tags=DISPOSABLE), DECLARED),
        # What is declared disposable is not excused in production.
        (table_deletion_protection, table(deletionProtectionEnabled=False, tags=DISPOSABLE), PROTECTION),
        (table_point_in_time_recovery, table(without="pointInTimeRecovery", tags=DISPOSABLE), NO_RECOVERY),
        (table_protect, table(protect=False, tags=DISPOSABLE), PROTECT),
        # Outside production, only what is declared is excused; "false" declares nothing.
        (table_deletion_protection, table(deletionProtectionEnabled=False, stack="dev"), PROTECTION),
        (table_deletion_protection, table(deletionProtectionEnabled=False, stack="dev", without="tags"), PROTECTION),
        (table_protect, table(protect=False, stack="dev", tags={"singletable:disposable": "false"}), PROTECT),
    ],
)
def test_one_broken_thing_is_reported(policy: ResourceValidationPolicy, broken: Resource, expected: str) -> None:
    assert violations(policy, broken) == [expected]


BARE = {"protect": False, "without": "pointInTimeRecovery", "deletionProtectionEnabled": False, "tags": DISPOSABLE}


@pytest.mark.parametrize("stack", ["dev", "review-17", "alive", "preproduct", "delivery"])
@pytest.mark.parametrize("policy", OF_A_TABLE, ids=lambda policy: policy.name)
def test_a_disposable_table_is_excused_outside_production(policy: ResourceValidationPolicy, stack: str) -> None:
    assert violations(policy, table(stack=stack, **BARE)) == []


@pytest.mark.parametrize("stack", ["prod", "prd", "production", "live", "Prod", "eu-prod", "shop.production", "live_2"])
def test_these_stacks_are_production(stack: str) -> None:
    assert violations(disposable_outside_production, table(stack=stack, **BARE)) == [DECLARED]


def test_configuration_names_further_production_stacks() -> None:
    assert violations(disposable_outside_production, table(stack="main", **BARE), production=["main"]) == [DECLARED]
    assert violations(table_protect, table(stack="main", **BARE), production=["main"]) == [PROTECT]
    assert violations(table_protect, table(stack="dev", **BARE), production=["main"]) == []


def test_days_of_recovery_are_those_of_the_configuration() -> None:
    one_week = table(pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": 7.0})
    assert violations(table_point_in_time_recovery, one_week) == []
    assert violations(table_point_in_time_recovery, one_week, minimumDays=35.0) == [
        "shop can be restored for 7 days only: set recovery_period_in_days of point_in_time_recovery to 35 or more"
    ]


def test_recovery_without_days_reaches_back_35() -> None:
    assert violations(table_point_in_time_recovery, table(pointInTimeRecovery={"enabled": True}), minimumDays=35) == []


@pytest.mark.parametrize(
    ("settings", "wanted", "expected"),
    [
        (None, "any", []),
        (None, "aws-managed", ["shop is not encrypted with a key that is aws-managed: set server_side_encryption with enabled to true"]),
        (
            {"enabled": False},
            "aws-managed",
            ["shop is not encrypted with a key that is aws-managed: set server_side_encryption with enabled to true"],
        ),
        ({"enabled": True}, "aws-managed", []),
        (
            {"enabled": True},
            "customer-managed",
            [
                "shop is not encrypted with a key that is customer-managed: set server_side_encryption with enabled to true and kms_key_arn to the ARN of your key"
            ],
        ),
        ({"enabled": True, "kmsKeyArn": "arn"}, "customer-managed", []),
        ({"enabled": True, "kmsKeyArn": UNKNOWN_STRING_VALUE}, "customer-managed", []),
        (
            {"enabled": True, "kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:alias/aws/dynamodb"},
            "customer-managed",
            [
                "shop is not encrypted with a key that is customer-managed: set server_side_encryption with enabled to true and kms_key_arn to the ARN of your key"
            ],
        ),
        (None, "secret", ["the configuration asks for the key 'secret': use one of any, aws-managed, customer-managed"]),
    ],
)
def test_encryption_is_what_the_configuration_asks_for(settings: Mapping[str, Any] | None, wanted: str, expected: list[str]) -> None:
    assert violations(table_encryption, table(serverSideEncryption=settings), key=wanted) == expected


@pytest.mark.parametrize(
    ("policy", "unclear", "message"),
    [
        (table_deletion_protection, table(deletionProtectionEnabled=UNKNOWN_BOOLEAN_VALUE), "boolean value at .deletionProtectionEnabled"),
        (
            table_deletion_protection,
            table(deletionProtectionEnabled=False, tags=UNKNOWN_OBJECT_VALUE, stack="dev"),
            "Object value at .tags",
        ),
        (
            table_deletion_protection,
            table(deletionProtectionEnabled=False, tags={"singletable:disposable": UNKNOWN_STRING_VALUE}, stack="dev"),
            "string value at .tags.singletable:disposable",
        ),
        (table_point_in_time_recovery, table(pointInTimeRecovery=UNKNOWN_OBJECT_VALUE), "Object value at .pointInTimeRecovery"),
        (
            table_point_in_time_recovery,
            table(pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": UNKNOWN_NUMBER_VALUE}),
            "number value at .pointInTimeRecovery.recoveryPeriodInDays",
        ),
        (table_protect, table(protect=False, tags=UNKNOWN_OBJECT_VALUE, stack="dev"), "Object value at .tags"),
        (disposable_outside_production, table(tags=UNKNOWN_OBJECT_VALUE), "Object value at .tags"),
    ],
)
def test_what_is_not_known_yet_is_no_accusation(policy: ResourceValidationPolicy, unclear: Resource, message: str) -> None:
    with pytest.raises(UnknownValueError) as error:
        violations(policy, unclear)
    assert error.value.message == f"{message} can't be known during preview"


def test_tags_that_are_not_known_yet_do_not_matter_to_a_right_table() -> None:
    right = table(tags=UNKNOWN_OBJECT_VALUE)
    assert [violations(policy, right) for policy in OF_A_TABLE[:4]] == [[]] * 4


def test_encryption_that_is_not_known_yet_is_no_accusation() -> None:
    with pytest.raises(UnknownValueError):
        violations(table_encryption, table(serverSideEncryption=UNKNOWN_OBJECT_VALUE), key="aws-managed")


# --- capacity --------------------------------------------------------------------------------------------------------------------------


def provisioned(**changes: Any) -> Resource:
    capacity = {"readCapacity": 5.0, "writeCapacity": 5.0}
    return table(**{"billingMode": "PROVISIONED", **capacity, "globalSecondaryIndexes": [{"name": "GSI1", **capacity}], **changes})


def no_capacity(subjects: str) -> str:
    return (
        f"shop is provisioned without a capacity for {subjects}: it would get 1 unit, or be refused. "
        "From on demand to autoscaled, deploy once with a fixed capacity in between"
    )


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (provisioned(), []),
        (provisioned(globalSecondaryIndexes=None), []),
        (provisioned(readCapacity=UNKNOWN_NUMBER_VALUE), []),
        # What the engine leaves of an on-demand table that becomes autoscaled.
        (
            provisioned(without="readCapacity", globalSecondaryIndexes=[{"name": "GSI1", "writeCapacity": 5.0}]),
            [no_capacity("reads of the table, reads of index GSI1")],
        ),
        (provisioned(without="writeCapacity"), [no_capacity("writes of the table")]),
        (provisioned(globalSecondaryIndexes=[{"name": "GSI1", "readCapacity": 5.0}]), [no_capacity("writes of index GSI1")]),
        # An absent mode is PROVISIONED.
        (table(without="billingMode", globalSecondaryIndexes=[]), [no_capacity("reads of the table, writes of the table")]),
        # A restored table may take the capacity of its source.
        (provisioned(without="readCapacity", restoreSourceName="shop-0"), []),
    ],
)
def test_a_provisioned_table_and_its_indexes_have_a_capacity(subject: Resource, expected: list[str]) -> None:
    assert violations(table_provisioned_capacity, subject) == expected


@pytest.mark.parametrize(
    "unclear", [provisioned(globalSecondaryIndexes=UNKNOWN_ARRAY_VALUE), table(billingMode=UNKNOWN_STRING_VALUE)], ids=["indexes", "mode"]
)
def test_capacity_that_is_not_known_yet_is_no_accusation(unclear: Resource) -> None:
    with pytest.raises(UnknownValueError):
        violations(table_provisioned_capacity, unclear)


# --- streams ---------------------------------------------------------------------------------------------------------------------------


def mapping(**changes: Any) -> Resource:
    properties: dict[str, Any] = {
        "eventSourceArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/1",
        "startingPosition": "TRIM_HORIZON",
        "destinationConfig": {"onFailure": {"destinationArn": "arn:aws:sqs:eu-west-1:123456789012:q"}},
    }
    return Resource(MAPPING, "changes", {name: value for name, value in (properties | changes).items() if value is not None})


DROPS = "changes drops what it cannot process: set destination_config.on_failure.destination_arn to a queue, and watch that queue"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"destinationConfig": None}, [DROPS]),
        ({"destinationConfig": {}}, [DROPS]),
        ({"destinationConfig": {"onFailure": {}}}, [DROPS]),
        ({"destinationConfig": {"onFailure": None}}, [DROPS]),
        # A queue of the same deployment: it will be there.
        ({"destinationConfig": {"onFailure": {"destinationArn": UNKNOWN_STRING_VALUE}}, "eventSourceArn": UNKNOWN_STRING_VALUE}, []),
        # A queue as the source has a redrive policy of its own.
        ({"eventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:q", "startingPosition": None, "destinationConfig": None}, []),
    ],
)
def test_a_consumer_of_a_stream_has_a_failure_destination(changes: dict[str, Any], expected: list[str]) -> None:
    assert violations(stream_failure_destination, mapping(**changes)) == expected


def test_a_destination_that_is_not_known_yet_is_no_accusation() -> None:
    with pytest.raises(UnknownValueError):
        violations(stream_failure_destination, mapping(destinationConfig=UNKNOWN_OBJECT_VALUE))


# --- the pack --------------------------------------------------------------------------------------------------------------------------


def test_names_are_stable() -> None:
    """A configuration names them: one may be added, none renamed or taken away without a word in the changelog."""
    assert [policy.name for policy in POLICIES] == [
        "table-deletion-protection",
        "table-point-in-time-recovery",
        "table-protect",
        "table-encryption",
        "replica-protection",
        "table-policy",
        "table-provisioned-capacity",
        "table-scaling",
        "table-expiry-enabled",
        "disposable-outside-production",
        "stream-failure-destination",
        "stream-failure-alarm",
        "stream-bounded-retries",
        "stream-event-counts",
        "stream-readers",
        "table-throttle-alarms",
        "alarm-can-fire",
        "alarm-actions-enabled",
        "alarm-tells-somebody",
        "alarm-topic-key",
        "composite-alarm-children",
        "function-url-authorization",
        "function-url-origins",
        "function-permission",
        "function-runtime",
        "function-log-group",
        "function-tracing",
        "function-concurrency",
        "function-dead-letters",
        "function-variables-encryption",
        "function-credentials",
        "role-trust",
        "role-actions",
        "log-retention",
        "log-encryption",
        "queue-encryption",
        "queue-policy",
        "topic-encryption",
        "topic-policy",
        "kinesis-encryption",
        "key-policy",
        "key-rotation",
        "required-tags",
    ]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_every_rule_has_a_severity_and_says_what_to_do(policy: Policy) -> None:
    assert policy.severity is not None
    assert policy.remediation_steps
    assert policy.description.endswith(".")


def test_only_these_rules_do_not_stop_a_deployment() -> None:
    found = {policy.name: policy.enforcement_level for policy in POLICIES if policy.enforcement_level is not EnforcementLevel.MANDATORY}
    off = ("function-tracing", "function-concurrency", "function-dead-letters", "function-variables-encryption", "log-encryption")
    assert found == {
        **dict.fromkeys(("table-scaling", "stream-event-counts"), EnforcementLevel.ADVISORY),
        **dict.fromkeys((*off, "topic-encryption"), EnforcementLevel.DISABLED),
    }


IDENTIFIERS = {
    "checkov": re.compile(r"CKV2?_AWS_[0-9]+"),
    "aws-config": re.compile(r"[a-z0-9]+(-[a-z0-9]+)+"),
    "security-hub": re.compile(r"(CloudWatch|DynamoDB|IAM|KMS|Kinesis|Lambda|SNS|SQS)[.][0-9]+"),
    "cfn-guard": re.compile(r"[A-Z0-9]+(_[A-Z0-9]+)+"),
}


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_identifiers_of_others_have_their_form(policy: Policy) -> None:
    for tag in policy.tags or ():
        where, _, name = tag.partition(":")
        assert IDENTIFIERS[where].fullmatch(name), tag


def test_the_catalogue_of_dynamodb_is_covered() -> None:
    """What checkov, AWS Config, Security Hub and cfn-guard ask of a table itself. Backup plans and DAX are none of its arguments."""
    known = {tag.partition(":")[2] for policy in POLICIES for tag in policy.tags or ()}
    assert known >= {"CKV_AWS_28", "CKV_AWS_119", "CKV_AWS_165", "CKV2_AWS_16", "CKV_AWS_271", "CKV_AWS_50"}
    assert known >= {
        "DYNAMODB_PITR_ENABLED",
        "DYNAMODB_TABLE_ENCRYPTED_KMS",
        "DYNAMODB_TABLE_MUST_BE_ENCRYPTED",
        "DYNAMODB_BILLING_MODE_RULE",
    }
    assert known >= {"dynamodb-table-deletion-protection-enabled", "dynamodb-pitr-enabled", "dynamodb-autoscaling-enabled"}
    assert known >= {"DynamoDB.1", "DynamoDB.2", "DynamoDB.5", "DynamoDB.6"}


def test_a_control_of_security_hub_is_the_framework_and_the_page() -> None:
    assert table_deletion_protection.framework is not None
    assert (table_deletion_protection.framework.name, table_deletion_protection.framework.reference) == (
        "AWS Security Hub CSPM",
        "DynamoDB.6",
    )
    assert table_deletion_protection.url == "https://docs.aws.amazon.com/securityhub/latest/userguide/dynamodb-controls.html#dynamodb-6"
    assert (table_protect.framework, table_protect.url) == (None, None)


def test_a_misspelt_property_of_the_configuration_is_said() -> None:
    """Pulumi holds the values against the schema, and passes a name that the schema does not have."""
    assert violations(table_point_in_time_recovery, table(), minimumDay=3) == [
        "the configuration sets 'minimumDay', which is no property of this rule. It has: minimumDays, production"
    ]
    assert stack_violations(table_throttle_alarms, [table()], minimumDay=3)[0] == (
        "the configuration sets 'minimumDay', which is no property of this rule. It has: production"
    )
