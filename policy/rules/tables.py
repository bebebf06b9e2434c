"""Rules of one table: it cannot be lost by one mistake.

They see the inputs of a table. What is absent is not on; what is not known yet (preview) raises `UnknownValueError`, of which Pulumi makes
an advisory "can't be known during preview". A table that is declared disposable is excused, outside production only.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_policy import ResourceValidationArgs, Severity

from policy.encryption import has_own_key
from policy.properties import block, has
from policy.resource_types import REPLICA, TABLE
from policy.rules.config import PRODUCTION
from policy.rules.known import Known
from policy.rules.rule import Report, rule
from policy.stage import is_disposable, is_production, may_be_lost
from singletable.deployment import DISPOSABLE_TAG

MINIMUM_DAYS: Final = 7
AWS_DAYS: Final = 35
"""Days of recovery where a table says none. Source: DynamoDB API reference, PointInTimeRecoverySpecification."""

KEYS: Final = ("any", "aws-managed", "customer-managed")
"""Encryption at rest, from the least to the most of our own: DynamoDB always encrypts, by default with a key of AWS."""


def _excused(args: ResourceValidationArgs) -> bool:
    return may_be_lost(args.props, args.urn, args)


@rule(
    TABLE,
    name="table-deletion-protection",
    description="A table has deletion protection.",
    severity=Severity.CRITICAL,
    config=PRODUCTION,
    known=Known(config=("dynamodb-table-deletion-protection-enabled",), security_hub=("DynamoDB.6",)),
    remedy="Set deletion_protection_enabled=True on the table.",
    mend=lambda _args: {"deletionProtectionEnabled": True},
)
def table_deletion_protection(args: ResourceValidationArgs, report: Report) -> None:
    if args.props.get("deletionProtectionEnabled") is not True and not _excused(args):
        report(f"{args.name} can be deleted by one call: set deletion_protection_enabled to true")


@rule(
    TABLE,
    name="table-point-in-time-recovery",
    description="A table can be restored to any second of the last days.",
    severity=Severity.CRITICAL,
    config={
        **PRODUCTION,
        "minimumDays": {
            "type": "integer",
            "minimum": 1,
            "maximum": AWS_DAYS,
            "default": MINIMUM_DAYS,
            "description": "the fewest days that are accepted, of at most 35",
        },
    },
    known=Known(
        checkov=("CKV_AWS_28",),
        config=("dynamodb-pitr-enabled",),
        security_hub=("DynamoDB.2",),
        guard=("DYNAMODB_PITR_ENABLED",),
    ),
    remedy="Set point_in_time_recovery with enabled=True on the table.",
    mend=lambda _args: {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": AWS_DAYS}},
)
def table_point_in_time_recovery(args: ResourceValidationArgs, report: Report) -> None:
    least = args.get_config().get("minimumDays", MINIMUM_DAYS)
    recovery = block(args.props, "pointInTimeRecovery")
    if recovery.get("enabled") is not True:
        if not _excused(args):
            report(f"{args.name} cannot be restored to a time before a mistake: enable point_in_time_recovery for at least {least:g} days")
        return
    days = recovery.get("recoveryPeriodInDays") or AWS_DAYS
    if days < least and not _excused(args):
        report(
            f"{args.name} can be restored for {days:g} days only: set recovery_period_in_days of point_in_time_recovery to {least:g} or more"
        )


@rule(
    TABLE,
    name="table-protect",
    description="A deployment cannot delete or replace a table.",
    severity=Severity.CRITICAL,
    config=PRODUCTION,
    remedy="Set the resource option protect=True on the table, not on the component around it.",
)
def table_protect(args: ResourceValidationArgs, report: Report) -> None:
    if not args.opts.protect and not _excused(args):
        report(f"{args.name} can be deleted or replaced by a deployment: give it the resource option protect=True")


def _key_of(properties: Mapping[str, Any]) -> str:
    settings = block(properties, "serverSideEncryption")
    if settings.get("enabled") is not True:
        return "any"
    return "customer-managed" if has_own_key(settings, "kmsKeyArn") else "aws-managed"


@rule(
    TABLE,
    name="table-encryption",
    description="A table is encrypted with the kind of key that the configuration asks for.",
    severity=Severity.HIGH,
    config={"key": {"type": "string", "enum": list(KEYS), "default": "any", "description": "the least that is accepted"}},
    known=Known(
        checkov=("CKV_AWS_119",),
        config=("dynamodb-table-encrypted-kms",),
        guard=("DYNAMODB_TABLE_ENCRYPTED_KMS", "DYNAMODB_TABLE_MUST_BE_ENCRYPTED"),
    ),
    remedy="Set server_side_encryption on the table.",
)
def table_encryption(args: ResourceValidationArgs, report: Report) -> None:
    wanted = args.get_config().get("key", "any")
    if wanted == "any":
        return
    if wanted not in KEYS:
        report(f"the configuration asks for the key {wanted!r}: use one of {', '.join(KEYS)}")
    elif KEYS.index(_key_of(args.props)) < KEYS.index(wanted):
        what = "enabled to true" if wanted == "aws-managed" else "enabled to true and kms_key_arn to the ARN of your key"
        report(f"{args.name} is not encrypted with a key that is {wanted}: set server_side_encryption with {what}")


@rule(
    TABLE,
    name="table-expiry-enabled",
    description="A table that names an attribute of expiry lets its items expire.",
    severity=Severity.MEDIUM,
    # Nothing mends it: items whose time has passed would be deleted.
    remedy="Set enabled=True in ttl of the table, or enabled=False where nothing is to expire.",
)
def table_expiry_enabled(args: ResourceValidationArgs, report: Report) -> None:
    expiry = block(args.props, "ttl")
    # The provider's default is false, and it says nothing.
    if has(expiry, "attributeName") and not has(expiry, "enabled"):
        report(f"{args.name} names an attribute of expiry and switches nothing on: set enabled of ttl to true")


@rule(
    TABLE,
    name="disposable-outside-production",
    description="A table that may be thrown away does not belong into production.",
    severity=Severity.CRITICAL,
    config=PRODUCTION,
    remedy="Set disposable to false in the stack's configuration.",
)
def disposable_outside_production(args: ResourceValidationArgs, report: Report) -> None:
    if is_production(args.urn, args) and is_disposable(args.props):
        report(f"{args.name} is declared disposable in a production stack: remove disposable (the tag {DISPOSABLE_TAG})")


def _lacks(replica: Mapping[str, Any], *, own_key: bool) -> Iterator[str]:
    if replica.get("pointInTimeRecovery") is not True:
        yield "point_in_time_recovery"
    if replica.get("deletionProtectionEnabled") is not True:
        yield "deletion_protection_enabled"
    if own_key and not has_own_key(replica, "kmsKeyArn"):
        yield "kms_key_arn (the table has one)"


@rule(
    TABLE,
    REPLICA,
    name="replica-protection",
    description="A replica is protected as its table is: by recovery, deletion protection and a key of our own.",
    severity=Severity.HIGH,
    config=PRODUCTION,
    known=Known(checkov=("CKV_AWS_165", "CKV_AWS_271")),
    remedy="Set point_in_time_recovery and deletion_protection_enabled of each replica, and kms_key_arn where the table has one.",
)
def replica_protection(args: ResourceValidationArgs, report: Report) -> None:
    if args.resource_type == REPLICA:  # its table is another resource, whose key is not seen here
        missing = list(_lacks(args.props, own_key=False))
        if missing and not _excused(args):
            report(f"{args.name} is not protected: set {', '.join(missing)}")
        return
    own_key = _key_of(args.props) == "customer-managed"
    found = [(replica["regionName"], list(_lacks(replica, own_key=own_key))) for replica in args.props.get("replicas") or ()]
    for region, missing in found:
        if missing and not _excused(args):
            report(f"{args.name} is not protected in {region}: set {', '.join(missing)} of this replica")
