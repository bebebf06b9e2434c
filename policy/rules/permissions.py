"""The rule of what roles may do: a policy names the actions that are used."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_policy import ResourceValidationArgs, Severity

from policy.documents import listed, named, statements
from policy.resource_types import ATTACHMENT, POLICY, ROLE, ROLE_POLICY
from policy.rules.known import Known
from policy.rules.rule import Report, rule

REFUSED: Final = ("everything", "service")
"""How wide an action must be to be refused: `*` of every service, or also `dynamodb:*`."""

MANAGED: Final = ("AdministratorAccess", "IAMFullAccess")
"""Policies of AWS that give everything, or the right to take it. Source: AWS managed policy reference."""


def _managed(properties: Mapping[str, Any]) -> Iterator[str]:
    """Those of them that are attached."""
    for arn in (properties.get("policyArn"), *(properties.get("managedPolicyArns") or ())):
        yield from (name for name in MANAGED if str(arn).endswith(f":aws:policy/{name}"))


def _documents(properties: Mapping[str, Any]) -> Iterator[Any]:
    yield properties.get("policy")
    for inline in properties.get("inlinePolicies") or ():
        yield inline.get("policy")


def _is_wide(action: str, *, services: bool) -> bool:
    """Everything, however it is written; services: or everything of a service, or the same of each service."""
    service, _, what = action.partition(":")
    return not action.strip("*:") or (services and ("*" in service or not what.strip("*")))


def _too_wide(statement: Mapping[str, Any], *, services: bool) -> str | None:
    """The action that is, or how the statement allows what it does not name."""
    if statement.get("Effect") != "Allow":
        return None
    if "NotAction" in statement:
        return "everything but some actions"
    return next((action for action in listed(statement.get("Action")) if _is_wide(action, services=services)), None)


@rule(
    ROLE,
    ROLE_POLICY,
    POLICY,
    ATTACHMENT,
    name="role-actions",
    description="A policy allows the actions that it names, and not every action there is.",
    severity=Severity.HIGH,
    config={
        "refuse": {
            "type": "string",
            "enum": list(REFUSED),
            "default": REFUSED[0],
            "description": "the narrowest wildcard that is refused: * of every service, or also that of one service, as in dynamodb:*",
        }
    },
    known=Known(
        checkov=("CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_274", "CKV2_AWS_40", "CKV2_AWS_56"),
        config=("iam-policy-no-statements-with-admin-access", "iam-policy-no-statements-with-full-access"),
        security_hub=("IAM.1", "IAM.21"),
        guard=(
            "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
            "IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
            "IAM_ROLE_NO_WILDCARD_ACTIONS_ON_PERMISSIONS",
            "IAM_ROLE_ADMINISTRATOR_ACCESS_POLICY_RULE",
        ),
    ),
    remedy="Name the actions that are used: `python -m components access` prints those of a declaration.",
)
def role_actions(args: ResourceValidationArgs, report: Report) -> None:
    services = args.get_config().get("refuse", REFUSED[0]) == "service"
    for name in _managed(args.props):
        report(f"{args.name} has the policy {name} of AWS: name the actions that are used")
    for document in _documents(args.props):
        for statement in statements(document):
            if wide := _too_wide(statement, services=services):
                report(f"{args.name} allows {wide} by {named(statement)}: name the actions that are used")
