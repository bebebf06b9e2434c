"""The catalogues of others: what they ask of the services of our stacks is asked here too, or left out with a reason."""

import re

import pytest

from policy.rules import POLICIES
from tests.policy.pack import ROOT

CHECKOV = """
CKV_AWS_1 CKV_AWS_7 CKV_AWS_26 CKV_AWS_27 CKV_AWS_28 CKV_AWS_33 CKV_AWS_40 CKV_AWS_43 CKV_AWS_45 CKV_AWS_47 CKV_AWS_49 CKV_AWS_50 CKV_AWS_60
CKV_AWS_61 CKV_AWS_62 CKV_AWS_63 CKV_AWS_66 CKV_AWS_72 CKV_AWS_115 CKV_AWS_116 CKV_AWS_117 CKV_AWS_119 CKV_AWS_158 CKV_AWS_165 CKV_AWS_168
CKV_AWS_169 CKV_AWS_173 CKV_AWS_185 CKV_AWS_227 CKV_AWS_239 CKV_AWS_258 CKV_AWS_271 CKV_AWS_272 CKV_AWS_274 CKV_AWS_275 CKV_AWS_283 CKV_AWS_284
CKV_AWS_285 CKV_AWS_297 CKV_AWS_301 CKV_AWS_319 CKV_AWS_338 CKV_AWS_358 CKV_AWS_363 CKV_AWS_364 CKV_AWS_385 CKV_AWS_387 CKV2_AWS_10 CKV2_AWS_16
CKV2_AWS_40 CKV2_AWS_56 CKV2_AWS_64 CKV2_AWS_68 CKV2_AWS_73 CKV2_AWS_75
"""
"""Checks of bridgecrewio/checkov (Terraform, 2026-08-20) on DynamoDB, DAX, Lambda, SQS, SNS, CloudWatch, Logs, Kinesis, IAM roles and policies, KMS
keys, Scheduler and Step Functions."""
CONFIG = """
dynamodb-autoscaling-enabled dynamodb-in-backup-plan dynamodb-pitr-enabled dynamodb-table-deletion-protection-enabled dynamodb-table-encrypted-kms
dynamodb-throughput-limit-check lambda-concurrency-check lambda-dlq-check lambda-function-public-access-prohibited lambda-function-settings-check
lambda-inside-vpc
"""
"""Managed rules of AWS Config on DynamoDB and Lambda (AWS Config developer guide, "List of managed rules")."""
HUB = ("DynamoDB.1", "DynamoDB.2", "DynamoDB.3", "DynamoDB.4", "DynamoDB.5", "DynamoDB.6", "DynamoDB.7")
GUARD = """
DAX_ENCRYPTION_ENABLED DYNAMODB_AUTOSCALING_ENABLED DYNAMODB_BILLING_MODE_RULE DYNAMODB_IN_BACKUP_PLAN DYNAMODB_PITR_ENABLED
DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN DYNAMODB_TABLE_ENCRYPTED_KMS DYNAMODB_TABLE_MUST_BE_ENCRYPTED DYNAMODB_THROUGHPUT_LIMIT_CHECK
LAMBDA_CONCURRENCY_CHECK LAMBDA_DLQ_CHECK LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED LAMBDA_INSIDE_VPC LAMBDA_NO_WILDCARD_PRINCIPAL
KINESIS_STREAM_ENCRYPTION_RULE CMK_BACKING_KEY_ROTATION_ENABLED KMS_NO_WILDCARD_PRINCIPAL
"""
"""Rules of aws-cloudformation/aws-guard-rules-registry on DynamoDB, DAX, Lambda, Kinesis and KMS."""

KNOWN = {tag.partition(":")[2] for policy in POLICIES for tag in policy.tags or ()}
_SECTION = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8").partition("## What is left out\n")[2].partition("\n## ")[0]
LEFT_OUT = {name for line in _SECTION.splitlines() if line.startswith("| `") for name in re.findall(r"`([^`]+)`", line.split("|")[1])}


@pytest.mark.parametrize("name", [*CHECKOV.split(), *CONFIG.split(), *HUB, *GUARD.split()])
def test_each_is_asked_here_or_left_out_with_a_reason(name: str) -> None:
    assert (name in KNOWN) is not (name in LEFT_OUT)


def test_nothing_is_left_out_that_nobody_asks() -> None:
    assert {*CHECKOV.split(), *CONFIG.split(), *HUB, *GUARD.split(), "SQS_QUEUEPOLICY_NO_WILDCARD_ACTION"} >= LEFT_OUT


def test_the_checks_of_checkov_that_a_rule_names_exist() -> None:
    assert {name for name in KNOWN if name.startswith("CKV")} <= set(CHECKOV.split())
