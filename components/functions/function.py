"""A function of the application, with exactly the permissions of the access patterns that it uses."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.bundle.code import Archives
from components.bundle.packaging import ARCHITECTURE, PLAIN, RUNTIME, Architecture, Packaging, Target
from components.documents import json_text
from components.functions.function_arguments import UrlAuthorization, check_function, pattern_definitions
from components.functions.invocation import Asynchronous, asynchronous_of
from components.functions.labels import take_label
from components.functions.logs import LogFormat, Logs
from components.permissions.access import LAMBDA_TRUST, Access, key_access, log_access, policy, table_access, trace_access
from components.permissions.limits import Limits
from components.permissions.policy_size import check_document
from components.tables.table import SingleTable, check_table
from components.transform import Children, Transform, checked, transformed
from singletable.definition import PatternDefinition
from singletable.deployment import PATTERN_METRICS, SCHEMA_FINGERPRINT, TABLE_NAME
from singletable.patterns import Pattern

TYPE = "singletable:index:PythonFunction"
QUEUE_RETENTION_SECONDS = 14 * 24 * 3600
"""The longest that a queue keeps a message."""


class PythonFunction(pulumi.ComponentResource):
    """A Lambda function that runs the bundle of its handler's package, with a role, a log group and, where wanted, a URL of its own."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    log_group: pulumi.Output[str]
    url: pulumi.Output[str] | None
    failed_events: pulumi.Output[str] | None
    """The name of the queue of its own for events that failed, where it has one."""

    def __init__(
        self,
        name: str,
        *,
        handler: str,
        table: SingleTable,
        patterns: Sequence[Pattern | PatternDefinition],
        code: pulumi.Input[pulumi.Archive] | None = None,
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
        handler's package. environment: beside those that are the component's (components.functions.environment). access: beside the table's, its own log's, its key's.
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
        asynchronous: what happens to events that it was sent without waiting and that failed for good. Default: Asynchronous.parked(), a queue
        of its own; of a function with a URL, which is waited for, Asynchronous.dropped().
        transform: of "log_group", "role", "policy", "function", "url", "public_access", "public_invocation", "events_queue", "events".

        Raises InvalidArgument, and what Bundle.of raises.
        """
        check_table(table)
        self.patterns = pattern_definitions(patterns)
        check_function(
            name,
            {
                "handler": handler,
                "patterns": self.patterns,
                "code": code,
                "environment": environment,
                "access": access,
                "url": url,
                "description": description,
                "memory_mb": memory_mb,
                "timeout_seconds": timeout_seconds,
                "log_retention_days": log_retention_days,
                "pattern_metrics": pattern_metrics,
                "runtime": runtime,
                "architecture": architecture,
                "packaging": packaging,
                "layers": layers,
                "limits": limits,
                "logs": logs,
                "tracing": tracing,
                "reserved_concurrency": reserved_concurrency,
                "asynchronous": asynchronous,
                "transform": transform,
            },
            table.definition,
        )
        target = Target(runtime, architecture) if code is None else None
        self._transform = checked(f"PythonFunction {name!r}", transform, CHILDREN)
        conditions = limits.conditions(self.patterns, table.definition) if limits else None
        asynchronous = asynchronous_of(asynchronous, url)
        own = [*table_access(self.patterns, table.arn, conditions), *([trace_access()] if tracing else [])]
        code = Archives().of(handler, packaging, target) if code is None else code
        take_label(f"PythonFunction {name!r}", name)
        super().__init__(TYPE, name, None, opts)
        self.label, self.timeout_seconds, self.table, self.pattern_metrics = name, timeout_seconds, table, pattern_metrics
        self.nodes: dict[str, pulumi.CustomResource] = {}
        self._name, self._tags = name, dict(tags) if tags else None
        self._options = pulumi.ResourceOptions(parent=self)

        log_group = self._create_log_group(log_retention_days)
        role = self._create_role()
        self.failed_events = None
        failed = self._park(asynchronous) if asynchronous else None
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
            # Said either way: left out, it stays what it was.
            tracing_config={"mode": "Active" if tracing else "PassThrough"},
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
        document = json_text(policy(self.access))
        arguments = transformed(self._transform, "policy", {"role": role.name, "policy": document})
        if "policy" in arguments:
            # Names are known now; with them it may be too large after all.
            arguments = {**arguments, "policy": pulumi.Output.from_input(arguments["policy"]).apply(check_document)}
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

    def _park(self, asynchronous: Asynchronous) -> pulumi.Input[str]:
        """The ARN of where they go."""
        if asynchronous.arn is not None:
            return asynchronous.arn
        arguments = {"message_retention_seconds": QUEUE_RETENTION_SECONDS, "sqs_managed_sse_enabled": True, "tags": self._tags}
        made = aws.sqs.Queue(f"{self._name}-failed-events", **transformed(self._transform, "events_queue", arguments), opts=self._options)
        self.nodes["events_queue"], self.failed_events = made, made.name
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
CHILDREN: Children = {
    "log_group": aws.cloudwatch.LogGroup,
    "role": aws.iam.Role,
    "policy": aws.iam.RolePolicy,
    "function": aws.lambda_.Function,
    "url": aws.lambda_.FunctionUrl,
    **dict.fromkeys(PUBLIC, aws.lambda_.Permission),
    "events_queue": aws.sqs.Queue,
    "events": aws.lambda_.FunctionEventInvokeConfig,
}
