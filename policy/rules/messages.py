"""Rules of queues, topics and Kinesis streams: what is in them is encrypted, and an alarm's topic can be published to."""

from collections.abc import Mapping
from typing import Any, Final

from pulumi_policy import EnforcementLevel, PolicyResource, ResourceValidationArgs, Severity

from monitoring.kms_keys import is_aws_managed
from policy.encryption import has_own_key
from policy.properties import has
from policy.resource_types import ALARM, COMPOSITE, QUEUE, STREAM, TOPIC
from policy.rules.known import Known
from policy.rules.rule import Report, rule, stack_rule
from policy.stack import Stack, dependencies_of

ACTIONS: Final = ("alarmActions", "okActions", "insufficientDataActions")
QUEUE_KEYS: Final = ("any", "customer-managed")


def _wants_own_key(args: ResourceValidationArgs) -> bool:
    return args.get_config().get("key", "any") == "customer-managed"


def _encrypted(args: ResourceValidationArgs) -> Mapping[str, Any]:
    """Which key is ours nobody can guess."""
    return {} if _wants_own_key(args) else {"sqsManagedSseEnabled": True}


@rule(
    QUEUE,
    name="queue-encryption",
    description="What is in a queue is encrypted, with the kind of key that the configuration asks for.",
    severity=Severity.HIGH,
    config={"key": {"type": "string", "enum": list(QUEUE_KEYS), "default": "any", "description": "the least that is accepted"}},
    known=Known(
        checkov=("CKV_AWS_27", "CKV2_AWS_73"),
        security_hub=("SQS.1",),
        guard=("SQS_QUEUE_KMS_MASTER_KEY_ID_RULE",),
    ),
    remedy="Set sqs_managed_sse_enabled=True on the queue, or kms_master_key_id to a key of your own.",
    mend=_encrypted,
)
def queue_encryption(args: ResourceValidationArgs, report: Report) -> None:
    if has_own_key(args.props, "kmsMasterKeyId"):
        return
    if _wants_own_key(args):
        report(f"{args.name} is not encrypted with a key that is customer-managed: set kms_master_key_id to your key")
    elif not has(args.props, "kmsMasterKeyId") and args.props.get("sqsManagedSseEnabled") is False:  # SQS encrypts where nothing is said
        report(f"{args.name} is not encrypted: set sqs_managed_sse_enabled to true, or kms_master_key_id to your key")


@rule(
    TOPIC,
    name="topic-encryption",
    description="What is sent to a topic is encrypted at rest.",
    severity=Severity.MEDIUM,
    level=EnforcementLevel.DISABLED,
    known=Known(
        checkov=("CKV_AWS_26",),
        config=("sns-encrypted-kms",),
        security_hub=("SNS.1",),
        guard=("SNS_ENCRYPTED_KMS",),
    ),
    remedy="Set kms_master_key_id of the topic to a key of your own that what publishes may use.",
)
def topic_encryption(args: ResourceValidationArgs, report: Report) -> None:
    if not has(args.props, "kmsMasterKeyId"):
        report(f"{args.name} is not encrypted at rest: set kms_master_key_id to your key")


@rule(
    STREAM,
    name="kinesis-encryption",
    description="What is in a Kinesis stream is encrypted at rest.",
    severity=Severity.MEDIUM,
    known=Known(
        checkov=("CKV_AWS_43", "CKV_AWS_185"),
        config=("kinesis-stream-encrypted",),
        security_hub=("Kinesis.1",),
        guard=("KINESIS_STREAM_ENCRYPTION_RULE",),
    ),
    remedy='Set encryption_type="KMS" and kms_key_id of the stream, "alias/aws/kinesis" for the key of AWS.',
    mend=lambda _args: {"encryptionType": "KMS", "kmsKeyId": "alias/aws/kinesis"},
)
def kinesis_encryption(args: ResourceValidationArgs, report: Report) -> None:
    if args.props.get("encryptionType") != "KMS":
        report(
            f"{args.name} is not encrypted at rest, as changes of a table are where they come from: set encryption_type to KMS, and kms_key_id"
        )


@stack_rule(
    TOPIC,
    name="alarm-topic-key",
    description="CloudWatch can publish to the topics that alarms tell.",
    severity=Severity.CRITICAL,
    remedy="Set kms_master_key_id of the topic to a key of your own whose policy lets cloudwatch.amazonaws.com use it, or to none.",
)
def alarm_topic_key(topic: PolicyResource, stack: Stack, report: Report) -> None:
    if not has(topic.props, "kmsMasterKeyId"):
        return
    told = [alarm.name for alarm in stack.of(ALARM, COMPOSITE) if topic in dependencies_of(alarm, ACTIONS)]
    if told and is_aws_managed(key := str(topic.props["kmsMasterKeyId"])):
        report(
            f"{topic.name} is encrypted with {key}, which CloudWatch may not use: what {told[0]} has to say is lost in silence. "
            "Set kms_master_key_id to a key of your own"
        )
