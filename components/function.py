"""A function of the application, with exactly the permissions of the access patterns that it uses."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast

import pulumi
import pulumi_aws as aws

from components.access import LAMBDA_TRUST, Access, key_access, log_access, policy, table_access
from components.bundle import UPLOAD_LIMIT_BYTES, Bundle
from components.errors import InvalidArgument, MissingModule
from components.table import SingleTable, check_table
from components.transform import Transform, checked, transformed
from singletable.definition import PatternDefinition, definition_of
from singletable.deployment import PATTERN_METRICS, SCHEMA_FINGERPRINT, TABLE_NAME
from singletable.grants import AnyPattern
from singletable.patterns import Pattern

TYPE = "singletable:index:PythonFunction"
BUILD_FOLDER = "build"
"""In the project's folder, which is the working directory of a program. Not under version control."""
OLDEST_MINOR = 11
"""Of Python 3: what the kit in the bundle needs."""
_MINORS = (value.removeprefix("python3.") for value in aws.lambda_.Runtime if value.startswith("python3."))
RUNTIMES = tuple(f"python3.{minor}" for minor in sorted(map(int, _MINORS)) if minor >= OLDEST_MINOR)
ALL_RUNTIMES = tuple(str(each.value) for each in aws.lambda_.Runtime)
OWN_VARIABLES = (TABLE_NAME, SCHEMA_FINGERPRINT, PATTERN_METRICS)
"""Of a function's environment: the component's own."""
MEMORY_MB = range(128, 10_241)
TIMEOUT_SECONDS = range(1, 901)
RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""What PutRetentionPolicy takes."""

UrlAuthorization = Literal["AWS_IAM", "NONE"]


class PythonFunction(pulumi.ComponentResource):
    """A Lambda function that runs the bundle of its handler's package, with a role, a log group and, where wanted, a URL of its own."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    log_group: pulumi.Output[str]
    url: pulumi.Output[str] | None

    def __init__(
        self,
        name: str,
        *,
        handler: str,
        table: SingleTable,
        patterns: Sequence[Pattern | PatternDefinition],
        code: pulumi.Archive | None = None,
        environment: Mapping[str, pulumi.Input[str]] | None = None,
        access: Sequence[Access] = (),
        url: UrlAuthorization | None = None,
        description: str | None = None,
        memory_mb: int = 512,
        timeout_seconds: int = 20,
        log_retention_days: int = 30,
        pattern_metrics: bool = False,
        runtime: str = "python3.13",
        architecture: Literal["arm64", "x86_64"] = "arm64",
        tags: Mapping[str, str] | None = None,
        transform: Transform | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """handler: "package.module.function"; the package is what is bundled. patterns: what it does with the table: its permissions.
        code: an archive that is ready to run, in any language; handler and runtime are then as Lambda takes them. Default: the bundle of the
        handler's package. environment: beside those that are the component's (OWN_VARIABLES). access: beside the table's, its own log's, its key's.
        url: who may call it over HTTPS: "AWS_IAM", signed requests; "NONE", everybody. Default: it has no URL.
        memory_mb: 128 to 10240. Default: 512. timeout_seconds: 1 to 900. Default: 20, more than a call of the table without any
        answer takes, so that the function can still say so. log_retention_days: default 30.
        pattern_metrics: it publishes how often each pattern is called, how long that takes and what it uses, as custom metrics: about two for
        each pattern, which cost more than all alarms. Default: False.
        transform: of "log_group", "role", "policy", "function", "url", "public_access", "public_invocation".

        Raises InvalidArgument, and what Bundle.of raises.
        """
        check_function(handler, url, memory_mb, timeout_seconds, log_retention_days, runtime, environment or {}, bundled=code is None)
        self._transform = checked(f"PythonFunction {name!r}", transform, CHILDREN)
        check_table(table)
        self.patterns = pattern_definitions(patterns)
        code = code or archive_of(handler)
        super().__init__(TYPE, name, None, opts)
        self.label, self.timeout_seconds, self.table, self.pattern_metrics = name, timeout_seconds, table, pattern_metrics
        self.nodes: dict[str, pulumi.CustomResource] = {}
        self._name, self._tags = name, dict(tags) if tags else None
        self._options = pulumi.ResourceOptions(parent=self)

        log_group = self._create_log_group(log_retention_days)
        role = self._create_role()
        rights = self._create_policy(role, log_group, access)
        function = self._create_function(
            role,
            log_group,
            [rights],
            code=code,
            handler=handler,
            description=description,
            runtime=runtime,
            architectures=[architecture],
            memory_size=memory_mb,
            timeout=timeout_seconds,
            environment={
                "variables": {
                    TABLE_NAME: table.name,
                    SCHEMA_FINGERPRINT: table.definition.fingerprint,
                    **({PATTERN_METRICS: "on"} if pattern_metrics else {}),
                    **(environment or {}),
                },
            },
        )
        self.name, self.arn, self.log_group = function.name, function.arn, log_group.name
        self.url = self._create_url(function, url) if url else None
        self.register_outputs({"name": self.name, "arn": self.arn, "url": self.url})

    def _create_log_group(self, retention_days: int) -> aws.cloudwatch.LogGroup:
        # A name of our own: the group /aws/lambda/<function> is created by Lambda itself as soon as it may, and then has no retention.
        arguments = {
            "name": f"/{pulumi.get_project()}/{pulumi.get_stack()}/{self._name}",
            "retention_in_days": retention_days,
            "tags": self._tags,
        }
        made = aws.cloudwatch.LogGroup(f"{self._name}-logs", **transformed(self._transform, "log_group", arguments), opts=self._options)
        self.nodes["log_group"] = made
        return made

    def _create_role(self) -> aws.iam.Role:
        arguments = {"assume_role_policy": json.dumps(LAMBDA_TRUST, sort_keys=True), "tags": self._tags}
        made = aws.iam.Role(f"{self._name}-role", **transformed(self._transform, "role", arguments), opts=self._options)
        self.nodes["role"] = made
        return made

    def _create_policy(self, role: aws.iam.Role, log_group: aws.cloudwatch.LogGroup, others: Sequence[Access]) -> aws.iam.RolePolicy:
        allowed = [log_access(log_group.arn), *table_access(self.patterns, self.table.arn)]
        if key := self.table.encryption.key_arn:
            region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=self)).region
            allowed.append(key_access(self.patterns, key, region))
        document = pulumi.Output.json_dumps(policy([*allowed, *others]), sort_keys=True)
        arguments = transformed(self._transform, "policy", {"role": role.name, "policy": document})
        made = aws.iam.RolePolicy(f"{self._name}-policy", **arguments, opts=self._options)
        self.nodes["policy"] = made
        return made

    def _create_function(
        self,
        role: aws.iam.Role,
        log_group: aws.cloudwatch.LogGroup,
        depends_on: Sequence[pulumi.Resource],
        **arguments: Any,
    ) -> aws.lambda_.Function:
        arguments |= {
            "role": role.arn,
            "logging_config": {"log_format": "JSON", "log_group": log_group.name},
            "tags": self._tags,
        }
        # Without its rights the first invocations, and the check of an event source mapping, would fail.
        options = pulumi.ResourceOptions(parent=self, depends_on=depends_on)
        made = aws.lambda_.Function(self._name, **transformed(self._transform, "function", arguments), opts=options)
        self.nodes["function"] = made
        return made

    def _create_url(self, function: aws.lambda_.Function, authorization: UrlAuthorization) -> pulumi.Output[str]:
        arguments = transformed(self._transform, "url", {"function_name": function.name, "authorization_type": authorization})
        made = aws.lambda_.FunctionUrl(f"{self._name}-url", **arguments, opts=self._options)
        self.nodes["url"] = made
        if authorization == "NONE":
            for child, permission in PUBLIC.items():
                arguments = transformed(self._transform, child, {"function": function.name, "principal": "*", **permission})
                self.nodes[child] = aws.lambda_.Permission(f"{self._name}-{child}", **arguments, opts=self._options)
        return made.function_url


PUBLIC: dict[str, dict[str, Any]] = {
    "public_access": {"action": "lambda:InvokeFunctionUrl", "function_url_auth_type": "NONE"},
    "public_invocation": {"action": "lambda:InvokeFunction", "invoked_via_function_url": True},
}
"""The two permissions that a URL for everybody needs (AWS Lambda developer guide, 'Control access to Lambda function URLs')."""
CHILDREN = ("log_group", "role", "policy", "function", "url", *PUBLIC)


def check_function(
    handler: str,
    url: str | None,
    memory_mb: int,
    timeout_seconds: int,
    log_retention_days: int,
    runtime: str,
    environment: Iterable[str],
    *,
    bundled: bool = True,
) -> None:
    """environment: names of variables. bundled: the code is the bundle of the handler's package. Raises InvalidArgument."""
    if not handler or (bundled and (len(handler.split(".")) < 3 or not all(part.isidentifier() for part in handler.split(".")))):
        raise InvalidArgument(f"the handler is {handler!r}: package.module.function is needed")
    if url not in (None, "AWS_IAM", "NONE"):
        raise InvalidArgument(f"the url is {url!r}: AWS_IAM (signed requests), NONE (everybody) or nothing (no URL) is allowed")
    for what, given, allowed in (("memory_mb", memory_mb, MEMORY_MB), ("timeout_seconds", timeout_seconds, TIMEOUT_SECONDS)):
        if given not in allowed:
            raise InvalidArgument(f"{what} is {given}: {allowed.start} to {allowed.stop - 1} is allowed")
    if log_retention_days not in RETENTION_DAYS:
        raise InvalidArgument(f"log_retention_days is {log_retention_days}: allowed are {', '.join(map(str, RETENTION_DAYS))}")
    runtimes = RUNTIMES if bundled else ALL_RUNTIMES
    if runtime not in runtimes:
        raise InvalidArgument(f"the runtime is {runtime!r}: allowed are {', '.join(runtimes)}")
    for name in environment:
        if name in OWN_VARIABLES:
            raise InvalidArgument(
                f"the environment sets {name}, which is the table's: give another table, or call the variable something else"
            )


def pattern_definition(pattern: Pattern | PatternDefinition) -> PatternDefinition:
    # Every declared pattern is of one of the kinds that AnyPattern lists; the class they share says less.
    return pattern if isinstance(pattern, PatternDefinition) else definition_of(cast(AnyPattern, pattern))


def pattern_definitions(patterns: Iterable[Pattern | PatternDefinition]) -> tuple[PatternDefinition, ...]:
    """Raises InvalidArgument for anything but a list of declared patterns."""
    if not isinstance(cast("object", patterns), Iterable):
        what = patterns.__name__ if isinstance(patterns, type) else f"of type {type(patterns).__name__}"
        raise InvalidArgument(f"the patterns are {what}: give patterns_of(...) what uses the table, or a list of patterns")
    given = tuple(patterns)
    for each in given:
        if not isinstance(cast("object", each), Pattern | PatternDefinition):
            raise InvalidArgument(f"one of the patterns is of type {type(each).__name__}: give patterns_of(...) what uses the table")
    return tuple(map(pattern_definition, given))


def archive_of(handler: str) -> pulumi.FileArchive:
    """The bundle of the handler's package, written under the project's build folder.

    A file, not a list of files for the engine to pack: what is deployed is then byte for byte what `python -m components bundle` writes, and
    Lambda's CodeSha256 can be compared with it. The path is relative, so that a stack looks the same from every checkout.

    Raises MissingModule where the handler's module is not in it, and what Bundle.of raises.
    """
    package, module = handler.partition(".")[0], handler.rpartition(".")[0]
    bundle = Bundle.of(package)
    if module not in (modules := [source.module for source in bundle.sources]):
        has = ", ".join(each for each in modules if each.partition(".")[0] == package)
        raise MissingModule(f"the handler is {handler!r}, and there is no module {module}: {package} has {has}")
    path = Path(BUILD_FOLDER) / f"{package}.zip"
    bundle.write(path, UPLOAD_LIMIT_BYTES)
    return pulumi.FileArchive(path.as_posix())
