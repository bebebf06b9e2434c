"""A function of the application, with exactly the permissions of the access patterns that it uses."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, cast

import pulumi
import pulumi_aws as aws

from components.access import LAMBDA_TRUST, Access, key_access, log_access, policy, table_access, trace_access
from components.checks import check_whole
from components.code import archive_of
from components.environment import check_environment
from components.errors import InvalidArgument
from components.invocation import Asynchronous
from components.limits import Limits
from components.logs import JsonLogs, LogFormat, Logs, TextLogs
from components.packaging import ARCHITECTURE, PLAIN, RUNTIME, Architecture, Packaging, Target
from components.table import SingleTable, check_table
from components.transform import Transform, checked, transformed
from singletable.definition import PatternDefinition, definition_of
from singletable.deployment import PATTERN_METRICS, SCHEMA_FINGERPRINT, TABLE_NAME
from singletable.grants import AnyPattern
from singletable.patterns import Pattern

TYPE = "singletable:index:PythonFunction"
OLDEST_MINOR = 11
"""Of Python 3: what the kit in the bundle needs."""
_MINORS = (value.removeprefix("python3.") for value in aws.lambda_.Runtime if value.startswith("python3."))
RUNTIMES = tuple(f"python3.{minor}" for minor in sorted(map(int, _MINORS)) if minor >= OLDEST_MINOR)
ALL_RUNTIMES = tuple(str(each.value) for each in aws.lambda_.Runtime)
MEMORY_MB = range(128, 10_241)
TIMEOUT_SECONDS = range(1, 901)
MOST_LAYERS = 5
QUEUE_RETENTION_SECONDS = 14 * 24 * 3600
"""The longest that a queue keeps a message."""
RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""What PutRetentionPolicy takes."""

_LAYER = re.compile(r"arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:layer:[A-Za-z0-9_-]+:\d+")

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
        runtime: str = RUNTIME,
        architecture: Architecture = ARCHITECTURE,
        packaging: Packaging = PLAIN,
        layers: Sequence[pulumi.Input[str]] = (),
        limits: Limits | None = None,
        logs: LogFormat | None = None,
        tracing: bool = False,
        reserved_concurrency: int | None = None,
        asynchronous: Asynchronous | None = None,
        tags: Mapping[str, str] | None = None,
        transform: Transform | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """handler: "package.module.function"; the package is what is bundled. patterns: what it does with the table: its permissions.
        code: an archive that is ready to run, in any language; handler and runtime are then as Lambda takes them. Default: the bundle of the
        handler's package. environment: beside those that are the component's (components.environment). access: beside the table's, its own log's, its key's.
        url: who may call it over HTTPS: "AWS_IAM", signed requests; "NONE", everybody. Default: it has no URL.
        memory_mb: 128 to 10240. Default: 512. timeout_seconds: 1 to 900. Default: 20, more than a call of the table without any
        answer takes, so that the function can still say so. log_retention_days: default 30.
        pattern_metrics: it publishes how often each pattern is called, how long that takes and what it uses, as custom metrics: about two for
        each pattern, which cost more than all alarms. Default: False.
        runtime: "python3.11" or newer. Default: "python3.13". architecture: default "arm64", which costs a fifth less than "x86_64".
        packaging: what else is bundled, and what is not. Default: the package and what it needs of the kit, nothing else.
        layers: ARNs of layers with their version, up to 5. Default: none. limits: permissions narrower than table and index. Default: none.
        logs: Logs.json(level=...) or Logs.text(). Default: JSON. tracing: its calls are sampled by X-Ray. Default: False.
        reserved_concurrency: how many of it run at most, which other functions of the account then do not have; 0 stops it. Default: no limit.
        asynchronous: what happens to events that it was sent without waiting and that failed for good. Default: Lambda drops them after two
        retries; a function that is only called by its URL has none.
        transform: of "log_group", "role", "policy", "function", "url", "public_access", "public_invocation", "events_queue", "events".

        Raises InvalidArgument, and what Bundle.of raises.
        """
        check_function(handler, url, memory_mb, timeout_seconds, log_retention_days, runtime, environment or {}, bundled=code is None)
        check_options(packaging, layers, limits, logs, tracing, reserved_concurrency, asynchronous, bundled=code is None)
        target = Target(runtime, architecture) if code is None else None
        self._transform = checked(f"PythonFunction {name!r}", transform, CHILDREN)
        check_table(table)
        self.patterns = pattern_definitions(patterns)
        conditions = limits.conditions(self.patterns, table.definition) if limits else None
        own = [*table_access(self.patterns, table.arn, conditions), *([trace_access()] if tracing else [])]
        code = code or archive_of(handler, packaging, target)
        super().__init__(TYPE, name, None, opts)
        self.label, self.timeout_seconds, self.table, self.pattern_metrics = name, timeout_seconds, table, pattern_metrics
        self.nodes: dict[str, pulumi.CustomResource] = {}
        self._name, self._tags = name, dict(tags) if tags else None
        self._options = pulumi.ResourceOptions(parent=self)

        log_group = self._create_log_group(log_retention_days)
        role = self._create_role()
        failed = self._failed_events(asynchronous) if asynchronous else None
        reporting = [asynchronous.access(failed)] if asynchronous and failed is not None else []
        self.access = (log_access(log_group.arn), *own, *self._key_access(), *reporting, *access)
        rights = self._create_policy(role)
        function = self._create_function(
            role,
            [rights],
            code=code,
            handler=handler,
            description=description,
            runtime=runtime,
            architectures=[architecture],
            memory_size=memory_mb,
            timeout=timeout_seconds,
            logging_config={**(logs or Logs.json()).arguments(), "log_group": log_group.name},
            **({"layers": list(layers)} if layers else {}),
            **({"tracing_config": {"mode": "Active"}} if tracing else {}),
            **({"reserved_concurrent_executions": reserved_concurrency} if reserved_concurrency is not None else {}),
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
        if asynchronous and failed is not None:
            self._create_events(function, asynchronous, failed)
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

    def _key_access(self) -> list[Access]:
        if not (key := self.table.encryption.key_arn):
            return []
        region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=self)).region
        return [key_access(self.patterns, key, region)]

    def _create_policy(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        document = pulumi.Output.json_dumps(policy(self.access), sort_keys=True)
        arguments = transformed(self._transform, "policy", {"role": role.name, "policy": document})
        made = aws.iam.RolePolicy(f"{self._name}-policy", **arguments, opts=self._options)
        self.nodes["policy"] = made
        return made

    def _create_function(
        self,
        role: aws.iam.Role,
        depends_on: Sequence[pulumi.Resource],
        **arguments: Any,
    ) -> aws.lambda_.Function:
        arguments |= {
            "role": role.arn,
            "tags": self._tags,
        }
        # Without its rights the first invocations, and the check of an event source mapping, would fail.
        options = pulumi.ResourceOptions(parent=self, depends_on=depends_on)
        made = aws.lambda_.Function(self._name, **transformed(self._transform, "function", arguments), opts=options)
        self.nodes["function"] = made
        return made

    def _failed_events(self, asynchronous: Asynchronous) -> pulumi.Input[str]:
        """The ARN of where they go."""
        if asynchronous.arn is not None:
            return asynchronous.arn
        arguments = {"message_retention_seconds": QUEUE_RETENTION_SECONDS, "sqs_managed_sse_enabled": True, "tags": self._tags}
        made = aws.sqs.Queue(f"{self._name}-failed-events", **transformed(self._transform, "events_queue", arguments), opts=self._options)
        self.nodes["events_queue"] = made
        return made.arn

    def _create_events(self, function: aws.lambda_.Function, asynchronous: Asynchronous, destination: pulumi.Input[str]) -> None:
        arguments: dict[str, Any] = {
            "function_name": function.name,
            "maximum_retry_attempts": asynchronous.retries,
            "maximum_event_age_in_seconds": asynchronous.maximum_age_seconds,
            "destination_config": {"on_failure": {"destination": destination}},
        }
        made = aws.lambda_.FunctionEventInvokeConfig(
            f"{self._name}-events", **transformed(self._transform, "events", arguments), opts=self._options
        )
        self.nodes["events"] = made

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
CHILDREN = ("log_group", "role", "policy", "function", "url", *PUBLIC, "events_queue", "events")


def check_function(
    handler: str,
    url: str | None,
    memory_mb: int,
    timeout_seconds: int,
    log_retention_days: int,
    runtime: str,
    environment: Mapping[str, Any],
    *,
    bundled: bool = True,
) -> None:
    """bundled: the code is the bundle of the handler's package. Raises InvalidArgument."""
    if not handler or (bundled and (len(handler.split(".")) < 3 or not all(part.isidentifier() for part in handler.split(".")))):
        raise InvalidArgument(f"the handler is {handler!r}: package.module.function is needed")
    if url not in (None, "AWS_IAM", "NONE"):
        raise InvalidArgument(f"the url is {url!r}: AWS_IAM (signed requests), NONE (everybody) or nothing (no URL) is allowed")
    for what, given, allowed in (("memory_mb", memory_mb, MEMORY_MB), ("timeout_seconds", timeout_seconds, TIMEOUT_SECONDS)):
        check_whole(what, given, allowed)
    if log_retention_days not in RETENTION_DAYS:
        raise InvalidArgument(f"log_retention_days is {log_retention_days}: allowed are {', '.join(map(str, RETENTION_DAYS))}")
    runtimes = RUNTIMES if bundled else ALL_RUNTIMES
    if runtime not in runtimes:
        raise InvalidArgument(f"the runtime is {runtime!r}: allowed are {', '.join(runtimes)}")
    check_environment(environment)


def check_options(
    packaging: object,
    layers: object,
    limits: object,
    logs: object,
    tracing: object,
    reserved_concurrency: object,
    asynchronous: object,
    *,
    bundled: bool,
) -> None:
    """Raises InvalidArgument."""
    if not isinstance(packaging, Packaging):
        raise InvalidArgument(f"the packaging is of type {type(packaging).__name__}: give Packaging(...)")
    if not bundled and packaging != PLAIN:
        raise InvalidArgument("code is given, and packaging too: an archive that is ready is not packaged, so leave one of them out")
    if not isinstance(layers, Sequence) or isinstance(layers, str):
        raise InvalidArgument(f"the layers are {layers!r}: give a list of ARNs")
    given = cast("Sequence[object]", layers)
    if len(given) > MOST_LAYERS:
        raise InvalidArgument(f"there are {len(given)} layers: up to {MOST_LAYERS} are allowed")
    for layer in given:
        if isinstance(layer, str) and not _LAYER.fullmatch(layer):
            raise InvalidArgument(
                f"one of the layers is {layer!r}: an ARN with its version is needed, arn:aws:lambda:REGION:ACCOUNT:layer:NAME:1"
            )
    if not isinstance(limits, Limits | None):
        raise InvalidArgument(f"the limits are of type {type(limits).__name__}: give Limits(...)")
    if not isinstance(logs, JsonLogs | TextLogs | None):
        raise InvalidArgument(f"the logs are {logs!r}: give Logs.json(...) or Logs.text()")
    if not isinstance(tracing, bool):
        raise InvalidArgument(f"tracing is {tracing!r}: True or False is allowed")
    if reserved_concurrency is not None and (
        not isinstance(reserved_concurrency, int) or isinstance(reserved_concurrency, bool) or reserved_concurrency < 0
    ):
        raise InvalidArgument(f"reserved_concurrency is {reserved_concurrency!r}: a whole number from 0 is allowed, or nothing")
    if not isinstance(asynchronous, Asynchronous | None):
        raise InvalidArgument(
            f"asynchronous is of type {type(asynchronous).__name__}: give Asynchronous.parked(), .to_queue(arn) or .to_topic(arn)"
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
