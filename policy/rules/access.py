"""Rules of the policies that resources carry: none lets in everybody."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from pulumi_policy import ResourceValidationArgs, ResourceValidationPolicy, Severity

from policy.documents import listed, named, statements
from policy.resource_types import KEY, KEY_POLICY, QUEUE, QUEUE_POLICY, ROLE, TABLE_POLICY, TOPIC, TOPIC_POLICY
from policy.rules.known import Known
from policy.rules.rule import Report, rule

WHO: Final = frozenset(
    {
        *("aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths"),
        *("aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:userid"),
        *("aws:sourcevpc", "aws:sourcevpce", "aws:sourceip", "kms:calleraccount", "cognito-identity.amazonaws.com:aud"),
    }
)
"""Keys of conditions that say who calls, or from where. Names of keys are the same in any case. Source: IAM user guide, "AWS global condition
context keys"; KMS developer guide, "Condition keys for AWS KMS"."""
_SUBJECT: Final = ":sub"
"""The end of the key by which any OIDC provider says who it is."""
_ANYBODY: Final = frozenset({"", "0.0.0.0/0", "::/0"})
"""What is left of a value that takes all, without its wildcards."""


def _says_who(condition: Mapping[str, Any]) -> bool:
    return any(
        (key.lower() in WHO or key.lower().endswith(_SUBJECT)) and not any(value.strip("*") in _ANYBODY for value in listed(values))
        for operator, keys in condition.items()
        if _requires(operator.lower())
        for key, values in keys.items()
    )


def _requires(operator: str) -> bool:
    """Whether it asks for a value: others let in who has none. Source: IAM user guide, "IAM JSON policy elements: Condition operators"."""
    return not ("not" in operator or operator == "null" or operator.startswith("forallvalues:") or operator.endswith("ifexists"))


def _lets_in_everybody(statement: Mapping[str, Any]) -> bool:
    """Allows it to any principal, under no condition that says who. One may still be too wide: IAM Access Analyzer tells."""
    principal = statement.get("Principal")
    named: Any = cast("Mapping[str, Any]", principal).get("AWS") if isinstance(principal, Mapping) else principal
    anybody = named == "*" or (isinstance(named, list) and "*" in named) or "NotPrincipal" in statement
    return statement.get("Effect") == "Allow" and anybody and not _says_who(statement.get("Condition") or {})


def _not_public(*resource_types: str, name: str, what: str, known: Known, document: str = "policy") -> ResourceValidationPolicy:
    declared: Callable[[Callable[[ResourceValidationArgs, Report], None]], ResourceValidationPolicy] = rule(
        *resource_types,
        name=name,
        description=f"The policy of a {what} does not let in everybody.",
        severity=Severity.CRITICAL,
        known=known,
        remedy="Name the principals, or add a condition on aws:SourceArn, aws:SourceAccount or aws:PrincipalOrgID.",
    )

    @declared
    def not_public(args: ResourceValidationArgs, report: Report) -> None:
        for statement in statements(args.props.get(document)):
            if _lets_in_everybody(statement):
                report(
                    f"{args.name} lets in everybody by {named(statement)}: name the principals, or add a condition on aws:SourceArn or aws:SourceAccount"
                )

    return not_public


queue_policy: Final = _not_public(
    QUEUE,
    QUEUE_POLICY,
    name="queue-policy",
    what="queue",
    known=Known(
        checkov=("CKV_AWS_168", "CKV_AWS_387"),
        config=("sqs-queue-no-public-access",),
        security_hub=("SQS.3",),
        guard=("SQS_QUEUEPOLICY_NO_WILDCARD_PRINCIPAL", "SQS_QUEUEPOLICY_NO_ALLOW_PLUS_NOTPRINCIPAL"),
    ),
)
topic_policy: Final = _not_public(
    TOPIC,
    TOPIC_POLICY,
    name="topic-policy",
    what="topic",
    known=Known(
        checkov=("CKV_AWS_169",),
        config=("sns-topic-no-public-access",),
        security_hub=("SNS.4",),
        guard=("SNS_TOPICPOLICY_NO_WILDCARD_PRINCIPAL", "SNS_TOPICPOLICY_NO_ALLOW_PLUS_NOTPRINCIPAL"),
    ),
)
table_policy: Final = _not_public(TABLE_POLICY, name="table-policy", what="table", known=Known())
role_trust: Final = _not_public(
    ROLE,
    name="role-trust",
    what="role that says who may take it",
    known=Known(checkov=("CKV_AWS_60",), guard=("IAM_ROLE_NO_ALLOW_PLUS_NOT_PRINCIPAL",)),
    document="assumeRolePolicy",
)
key_policy: Final = _not_public(
    KEY,
    KEY_POLICY,
    name="key-policy",
    what="key",
    known=Known(
        checkov=("CKV_AWS_33",),
        config=("kms-key-policy-no-public-access",),
        security_hub=("KMS.5",),
        guard=("KMS_NO_WILDCARD_PRINCIPAL",),
    ),
)
