"""Each rule on a stack written with `pulumi_aws` alone, over the wire: it passes as it is, and each change of it breaks one rule."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from policy.rules import POLICIES
from tests.local.programs import write
from tests.policy.pack import Finding, Pack, running
from tests.policy.plain import PROGRAM
from tests.policy.stacks import registered

BROKEN = {
    "table-deletion-protection": ("    deletion_protection_enabled=True,\n", ""),
    "table-point-in-time-recovery": ('"recovery_period_in_days": 35', '"recovery_period_in_days": 1'),
    "table-protect": ("protect=True", "protect=False"),
    "table-encryption": (', "kms_key_arn": KEY},\n    replicas', "},\n    replicas"),
    "replica-protection": ('"point_in_time_recovery": True, ', ""),
    "table-policy": ('{"AWS": "arn:aws:iam::210987654321:root"}', '{"AWS": "*"}'),
    "table-provisioned-capacity": ('"key_type": "HASH"}], **units}', '"key_type": "HASH"}], "read_capacity": 5}'),
    "table-scaling": (', "index": "table/orders/index/GSI1"', ""),
    "table-expiry-enabled": ('"expires", "enabled": True', '"expires"'),
    "disposable-outside-production": ("    tags=TAGS,\n    opts=", '    tags={**TAGS, "singletable:disposable": "true"},\n    opts='),
    "stream-failure-destination": ('        destination_config={"on_failure": {"destination_arn": failures.arn}},\n', ""),
    "stream-failure-alarm": ('"QueueName": failures.name', '"QueueName": "another"'),
    "stream-bounded-retries": ("        maximum_retry_attempts=10,\n", ""),
    "stream-event-counts": ('        metrics_config={"metrics": ["EventCount"]},\n', ""),
    "stream-readers": ("range(1)", "range(2)"),
    "table-throttle-alarms": ('alarm("index-writes", "Write', 'alarm("index-writes", "Read'),
    "alarm-can-fire": ("\nfailures = ", '\nalarm("dead", "SystemErrors", of_table)\nfailures = '),
    "alarm-actions-enabled": (
        'alarm("writes", "WriteThrottleEvents", of_table',
        'alarm("writes", "WriteThrottleEvents", of_table, actions_enabled=False',
    ),
    "alarm-tells-somebody": ('ALARM("failures") OR ', ""),
    "alarm-topic-key": ("kms_master_key_id=KEY", 'kms_master_key_id="alias/aws/sns"'),
    "composite-alarm-children": ('OR ALARM("reads")', 'OR ALARM("raeds")'),
    "function-url-authorization": ('authorization_type="AWS_IAM"', 'authorization_type="NONE"'),
    "function-url-origins": ('"allow_methods": ["GET"]', '"allow_methods": ["*"]'),
    "function-permission": (", source_arn=topic.arn", ""),
    "function-runtime": ("python3.13", "python3.8"),
    "function-log-group": ('"log_group": logs.name', '"log_group": "/orders/other"'),
    "function-tracing": ('"mode": "Active"', '"mode": "PassThrough"'),
    "function-concurrency": ("    reserved_concurrent_executions=10,\n", ""),
    "function-dead-letters": ('    dead_letter_config={"target_arn": failures.arn},\n', ""),
    "function-variables-encryption": ("    kms_key_arn=KEY,\n", ""),
    "function-credentials": ('"variables": {', '"variables": {"KEY_ID": "AKIA" + "IOSFODNN7EXAMPLE", '),
    "role-trust": ('{"Service": "lambda.amazonaws.com"}', '{"AWS": "*"}'),
    "role-actions": ('["dynamodb:GetItem", "dynamodb:Query"]', '"*"'),
    "log-retention": ("retention_in_days=365, ", ""),
    "log-encryption": (", kms_key_id=KEY", ""),
    "queue-encryption": ("sqs_managed_sse_enabled=True", "sqs_managed_sse_enabled=False"),
    "queue-policy": (',\n     "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:others"}}', ""),
    "topic-encryption": ("kms_master_key_id=KEY, ", ""),
    "topic-policy": ('{"Service": "cloudwatch.amazonaws.com"}', '"*"'),
    "kinesis-encryption": (', encryption_type="KMS", kms_key_id="alias/aws/kinesis"', ""),
    "key-policy": ('"Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*"', '"Principal": "*", "Action": "kms:*"'),
    "key-rotation": ("enable_key_rotation=True, ", ""),
    "required-tags": ("sqs_managed_sse_enabled=True, tags=TAGS", "sqs_managed_sse_enabled=True"),
}
"""Rule -> a text of the program and what takes its place."""

SETTINGS = {"table-encryption": {"key": "customer-managed"}, "required-tags": {"tags": ["team"]}}


@pytest.fixture(scope="module")
def strict() -> Iterator[Pack]:
    """The pack with every rule switched on, those that are off by default too."""
    with running("prod") as started:
        started.configure(**{policy.name.replace("-", "_"): SETTINGS.get(policy.name, {}) for policy in POLICIES})
        yield started


def findings(pack: Pack, folder: Path, program: str) -> list[Finding]:
    return pack.findings(registered(write(folder, program)))


def test_a_stack_without_our_components_passes(strict: Pack, tmp_path: Path) -> None:
    assert findings(strict, tmp_path, PROGRAM) == []


def test_every_rule_is_broken_once() -> None:
    assert list(BROKEN) == [policy.name for policy in POLICIES]


@pytest.mark.parametrize("rule", BROKEN)
def test_one_change_breaks_one_rule(strict: Pack, tmp_path: Path, rule: str) -> None:
    before, after = BROKEN[rule]
    assert PROGRAM.count(before) == 1
    found = findings(strict, tmp_path, PROGRAM.replace(before, after))
    assert {(finding.policy, finding.level) for finding in found} == {(rule, "MANDATORY")}


def test_what_is_off_by_default_says_nothing_until_it_is_configured(tmp_path: Path) -> None:
    untraced = PROGRAM.replace(*BROKEN["function-tracing"])
    with running("prod") as pack:
        assert findings(pack, tmp_path, untraced) == []
        pack.configure(function_tracing={})
        assert [finding.policy for finding in findings(pack, tmp_path, untraced)] == ["function-tracing"]


def test_a_preview_of_a_stack_that_does_not_exist_yet_accuses_nobody(strict: Pack, tmp_path: Path) -> None:
    found = strict.findings(registered(write(tmp_path, PROGRAM), preview=True))
    assert {finding.level for finding in found} == {"ADVISORY"}
    assert all("can't be known during preview" in finding.message for finding in found)
