"""Rules of logs: they are kept for a time that somebody chose, and under a key of our own where that is asked for."""

from typing import Final

from pulumi_policy import EnforcementLevel, PolicyResource, ResourceValidationArgs, Severity

from policy.properties import block, has
from policy.resource_types import FUNCTION, LOG_GROUP
from policy.rules.known import Known
from policy.rules.rule import Report, rule, stack_rule
from policy.stack import Stack, dependencies_of, physical_name

DAYS: Final = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""What a log group may keep. Source: botocore, PutRetentionPolicy."""


DELIVERY: Final = "DELIVERY"
"""The class whose groups keep their events for two days, whatever is asked for. Source: CloudWatch Logs user guide, "Log classes"."""


def _least(args: ResourceValidationArgs) -> float:
    return args.get_config().get("minimumDays", DAYS[0])


@rule(
    LOG_GROUP,
    name="log-retention",
    description="A log group says for how many days it is kept.",
    severity=Severity.MEDIUM,
    config={
        "minimumDays": {
            "type": "integer",
            "minimum": DAYS[0],
            "maximum": DAYS[-1],
            "default": DAYS[0],
            "description": "the fewest days that are accepted; Security Hub and CKV_AWS_338 ask for 365",
        }
    },
    known=Known(
        checkov=("CKV_AWS_66", "CKV_AWS_338"),
        config=("cw-loggroup-retention-period-check",),
        security_hub=("CloudWatch.16",),
        guard=("CW_LOGGROUP_RETENTION_PERIOD_CHECK",),
    ),
    # Nothing mends it: logs that are older would be deleted.
    remedy="Set retention_in_days of the log group.",
)
def log_retention(args: ResourceValidationArgs, report: Report) -> None:
    if args.props.get("logGroupClass") == DELIVERY:
        return
    least, days = _least(args), args.props.get("retentionInDays") or 0  # 0 is for ever
    if not days:
        report(f"{args.name} is kept and paid for without end: set retention_in_days, to {least:g} or more")
    elif days < least:
        report(f"{args.name} is kept for {days:g} days: set retention_in_days to {least:g} or more")


@rule(
    LOG_GROUP,
    name="log-encryption",
    description="A log group is encrypted with a key of our own.",
    severity=Severity.LOW,
    level=EnforcementLevel.DISABLED,
    known=Known(
        checkov=("CKV_AWS_158",),
        config=("cloudwatch-log-group-encrypted",),
        guard=("CLOUDWATCH_LOG_GROUP_ENCRYPTED",),
    ),
    remedy="Set kms_key_id of the log group to a key that the logs service of the region may use.",
)
def log_encryption(args: ResourceValidationArgs, report: Report) -> None:
    if not has(args.props, "kmsKeyId"):
        report(f"{args.name} is encrypted with a key of AWS: set kms_key_id")


@stack_rule(
    FUNCTION,
    name="function-log-group",
    description="The log group of a function belongs to the stack.",
    severity=Severity.MEDIUM,
    remedy="Use the PythonFunction component, or a log group of the name that logging_config.log_group has, before the function.",
)
def function_log_group(function: PolicyResource, stack: Stack, report: Report) -> None:
    if any(each.resource_type == LOG_GROUP for each in dependencies_of(function, ("loggingConfig",))):
        return
    group = block(function.props, "loggingConfig").get("logGroup") or f"/aws/lambda/{physical_name(function)}"
    groups, not_known = stack.read(physical_name, LOG_GROUP)
    if group in groups:
        return
    if not_known:
        raise not_known
    report(
        f"{function.name} logs to {group}, which the stack does not make: Lambda makes it with the first event, and keeps it for ever. "
        "Make the log group with retention_in_days before the function"
    )
