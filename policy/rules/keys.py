"""The rule of keys of our own."""

from pulumi_policy import ResourceValidationArgs, Severity

from policy.resource_types import KEY
from policy.rules.known import Known
from policy.rules.rule import Report, rule

# What KMS means where nothing is said. Only keys of this kind, with material that KMS made, can rotate by themselves.
_SYMMETRIC, _ENCRYPTS = "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"


@rule(
    KEY,
    name="key-rotation",
    description="A key is renewed by KMS.",
    severity=Severity.MEDIUM,
    known=Known(
        checkov=("CKV_AWS_7",),
        config=("cmk-backing-key-rotation-enabled",),
        security_hub=("KMS.4",),
        guard=("CMK_BACKING_KEY_ROTATION_ENABLED",),
    ),
    remedy="Set enable_key_rotation=True on the key.",
    mend=lambda _args: {"enableKeyRotation": True},
)
def key_rotation(args: ResourceValidationArgs, report: Report) -> None:
    if (args.props.get("customerMasterKeySpec") or _SYMMETRIC) != _SYMMETRIC or args.props.get("customKeyStoreId"):
        return
    if (args.props.get("keyUsage") or _ENCRYPTS) == _ENCRYPTS and args.props.get("enableKeyRotation") is not True:
        report(f"{args.name} keeps its key material for ever: set enable_key_rotation to true")
