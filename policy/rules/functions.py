"""Rules of functions: who may call them, and what they run on. Those that cost or that no application needs by itself are off by default."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pulumi_policy import EnforcementLevel, PolicyResource, ResourceValidationArgs, Severity
from pulumi_policy.proxy import UnknownValueError

from policy.properties import block, has
from policy.resource_types import EVENT_INVOKE_CONFIG, FUNCTION, FUNCTION_URL, PERMISSION
from policy.rules.known import Known
from policy.rules.rule import Report, rule, stack_rule
from policy.rules.runtimes import is_deprecated
from policy.stack import Stack, dependencies_of

_PUBLIC: Final = Known(
    checkov=("CKV_AWS_301", "CKV_AWS_364"),
    config=("lambda-function-public-access-prohibited",),
    security_hub=("Lambda.1",),
    guard=("LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED", "LAMBDA_NO_WILDCARD_PRINCIPAL"),
)
_ANY: Final = "*"
_CREDENTIALS: Final = re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")
"""Ids of access keys, and private keys. Source: IAM user guide, "IAM identifiers: Unique identifiers"; RFC 7468."""

# Each of them binds the permission to somebody.
_BOUND: Final = ("sourceArn", "sourceAccount", "principalOrgId", "eventSourceToken")


@rule(
    FUNCTION_URL,
    name="function-url-authorization",
    description="Who calls a function by its URL is known to IAM.",
    severity=Severity.CRITICAL,
    known=Known(checkov=("CKV_AWS_258",), security_hub=("Lambda.1",)),
    remedy="Set authorization_type of the function URL to AWS_IAM, with CloudFront or an API in front of it for a public site.",
)
def function_url_authorization(args: ResourceValidationArgs, report: Report) -> None:
    if args.props.get("authorizationType") == "NONE":
        report(f"{args.name} can be called by everybody: set authorization_type to AWS_IAM")


@rule(
    FUNCTION_URL,
    name="function-url-origins",
    description="Not every page of the web may use every method of a function URL.",
    severity=Severity.MEDIUM,
    known=Known(checkov=("CKV2_AWS_75",)),
    remedy="Set allow_origins of the function URL's cors to the pages that call it, or allow_methods to those that they use.",
)
def function_url_origins(args: ResourceValidationArgs, report: Report) -> None:
    cors = block(args.props, "cors")
    if _ANY in (cors.get("allowOrigins") or ()) and _ANY in (cors.get("allowMethods") or ()):
        report(f"{args.name} lets every page of the web call it with every method: set allow_origins or allow_methods of cors")


@rule(
    PERMISSION,
    name="function-permission",
    description="A permission to call a function is bound to an account or to what calls.",
    severity=Severity.CRITICAL,
    known=_PUBLIC,
    remedy="Set source_arn of the permission to what calls, or source_account.",
)
def function_permission(args: ResourceValidationArgs, report: Report) -> None:
    if any(has(args.props, name) for name in _BOUND):
        return
    principal = str(args.props.get("principal"))
    if principal == "*":
        # Only calls by the URL are let in, and whose they may be the URL says, which has a rule of its own.
        if not has(args.props, "functionUrlAuthType") and args.props.get("invokedViaFunctionUrl") is not True:
            report(f"{args.name} lets everybody call its function: set source_account, or name the principal")
    elif principal.endswith(".amazonaws.com"):
        report(f"{args.name} lets {principal} call for any account: set source_arn to what calls, or source_account")


@rule(
    FUNCTION,
    name="function-runtime",
    description="A function runs on a runtime that gets patches.",
    severity=Severity.MEDIUM,
    known=Known(checkov=("CKV_AWS_363",), config=("lambda-function-settings-check",), security_hub=("Lambda.2",)),
    remedy="Set runtime of the function to a later version of the language.",
)
def function_runtime(args: ResourceValidationArgs, report: Report) -> None:
    runtime = args.props.get("runtime")
    if runtime and is_deprecated(runtime, datetime.now(UTC).date()):
        report(f"{args.name} runs on {runtime}, which AWS has deprecated: set runtime to a later version")


@rule(
    FUNCTION,
    name="function-tracing",
    description="The calls of a function are traced.",
    severity=Severity.LOW,
    level=EnforcementLevel.DISABLED,
    known=Known(checkov=("CKV_AWS_50",), config=("lambda-function-xray-enabled",), security_hub=("Lambda.7",)),
    remedy="Set tracing_config of the function to the mode Active, and let its role send traces (AWSXRayDaemonWriteAccess).",
    mend=lambda _args: {"tracingConfig": {"mode": "Active"}},
)
def function_tracing(args: ResourceValidationArgs, report: Report) -> None:
    if block(args.props, "tracingConfig").get("mode") != "Active":
        report(f"{args.name} is not traced: set tracing_config to the mode Active")


@rule(
    FUNCTION,
    name="function-concurrency",
    description="A function has a concurrency of its own.",
    severity=Severity.LOW,
    level=EnforcementLevel.DISABLED,
    known=Known(checkov=("CKV_AWS_115",), config=("lambda-concurrency-check",), guard=("LAMBDA_CONCURRENCY_CHECK",)),
    remedy="Set reserved_concurrent_executions of the function.",
)
def function_concurrency(args: ResourceValidationArgs, report: Report) -> None:
    reserved = args.props.get("reservedConcurrentExecutions")
    if reserved is None or reserved < 0:
        report(f"{args.name} shares its concurrency with every function of the account: set reserved_concurrent_executions")


def _keeps(config: PolicyResource, function: PolicyResource) -> bool:
    """Whether it says where events of the function go that failed."""
    failed = block(block(config.props, "destinationConfig"), "onFailure")
    return function in dependencies_of(config, ("functionName",)) and has(failed, "destination")


@stack_rule(
    FUNCTION,
    name="function-dead-letters",
    description="An asynchronous event that a function cannot handle is kept.",
    severity=Severity.MEDIUM,
    level=EnforcementLevel.DISABLED,
    known=Known(checkov=("CKV_AWS_116",), config=("lambda-dlq-check",), guard=("LAMBDA_DLQ_CHECK",)),
    remedy="Set dead_letter_config of the function to a queue, or on_failure of a FunctionEventInvokeConfig for it. "
    "Functions that are called by HTTP or from a stream use neither.",
)
def function_dead_letters(function: PolicyResource, stack: Stack, report: Report) -> None:
    if has(block(function.props, "deadLetterConfig"), "targetArn"):
        return
    kept, not_known = stack.read(lambda config: _keeps(config, function), EVENT_INVOKE_CONFIG)
    if any(kept):
        return
    if not_known:
        raise not_known
    report(f"{function.name} drops asynchronous events that it cannot handle: set dead_letter_config to a queue")


def _variables(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return block(block(properties, "environment"), "variables")


@rule(
    FUNCTION,
    name="function-variables-encryption",
    description="The environment variables of a function are encrypted with a key of our own.",
    severity=Severity.LOW,
    level=EnforcementLevel.DISABLED,
    known=Known(checkov=("CKV_AWS_173",)),
    remedy="Set kms_key_arn of the function.",
)
def function_variables_encryption(args: ResourceValidationArgs, report: Report) -> None:
    if _variables(args.props) and not has(args.props, "kmsKeyArn"):
        report(f"{args.name} has environment variables under a key of AWS: set kms_key_arn")


def _credentials(variables: Mapping[str, Any]) -> Iterator[str]:
    """Names of variables, of those that are known; raises `UnknownValueError` after them where one is not."""
    not_known: UnknownValueError | None = None
    for name in variables:
        try:
            if _CREDENTIALS.search(str(variables[name])):
                yield name
        except UnknownValueError as error:
            not_known = error
    if not_known is not None:
        raise not_known


@rule(
    FUNCTION,
    name="function-credentials",
    description="No environment variable of a function holds an access key or a private key.",
    severity=Severity.CRITICAL,
    known=Known(checkov=("CKV_AWS_45",)),
    remedy="Let the role of the function allow what it does; keep other keys in Secrets Manager, and give the function their ARN.",
)
def function_credentials(args: ResourceValidationArgs, report: Report) -> None:
    for name in _credentials(_variables(args.props)):
        report(f"{args.name} has credentials in the environment variable {name}: use its role, or Secrets Manager")
