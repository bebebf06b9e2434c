"""The function that follows the table's stream."""

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import pulumi
import pulumi_aws as aws

from components.bundle.packaging import ARCHITECTURE, PLAIN, RUNTIME, Architecture, Packaging
from components.functions.consumer_arguments import (
    check_consumer,
    check_readers,
    filter_warning,
    mapping_arguments,
    reads_table,
    stream_definition,
)
from components.functions.delivery import Delivery
from components.functions.function import CHILDREN as FUNCTION_CHILDREN
from components.functions.function import QUEUE_RETENTION_SECONDS, PythonFunction
from components.functions.function_arguments import pattern_definitions
from components.functions.invocation import Asynchronous
from components.functions.labels import check_label
from components.functions.logs import LogFormat
from components.functions.source import AnySource, Source
from components.permissions.access import Access
from components.permissions.limits import Limits
from components.tables.table import SingleTable, check_table
from components.transform import Children, Transform, checked, transformed
from singletable.definition import PatternDefinition, StreamDefinition
from singletable.patterns import Pattern

TYPE = "singletable:index:StreamConsumer"
CHILDREN: Children = {"queue": aws.sqs.Queue, "mapping": aws.lambda_.EventSourceMapping, **FUNCTION_CHILDREN}
RETENTION_SECONDS = QUEUE_RETENTION_SECONDS
STARTING = ["startingPosition", "startingPositionTimestamp"]
"""Arguments of a mapping that matter when it is made, as the engine spells them."""
_READERS: WeakKeyDictionary[SingleTable, list[str]] = WeakKeyDictionary()
"""Names of the consumers that read each table's own stream."""


class StreamConsumer(pulumi.ComponentResource):
    """A PythonFunction, the mapping from the table's stream to it, and a queue for what it could not handle.

    A message of the failure queue says where in the stream the changes are, not what they were: `python -m components redrive` reads them again
    and calls the function with them, as long as the stream has them.
    """

    function: PythonFunction
    mapping_uuid: pulumi.Output[str]
    failure_queue_name: pulumi.Output[str]
    failure_queue_url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        handler: str,
        stream: StreamDefinition | Mapping[str, Any],
        table: SingleTable,
        patterns: Sequence[Pattern | PatternDefinition],
        code: pulumi.Input[pulumi.Archive] | None = None,
        environment: Mapping[str, pulumi.Input[str]] | None = None,
        access: Sequence[Access] = (),
        description: str | None = None,
        memory_mb: int = 512,
        timeout_seconds: int = 30,
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
        delivery: Delivery | None = None,
        source: AnySource | None = None,
        recursion: str | None = None,
        tags: Mapping[str, str] | None = None,
        transform: Transform | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """stream: `order_events.stream.definition()`, or the same as a dict. timeout_seconds: for a batch. Default: 30.
        delivery: options of the mapping. Default: Delivery(). source: Source.table() or Source.kinesis(arn). Default: the table's stream, which
        has room for two consumers. recursion: where its own writes pass its filter, what keeps it from calling itself for ever. Default: that
        is refused. transform: of "queue" and "mapping", and of what a PythonFunction has. Others: as of PythonFunction.

        Raises InvalidArgument, singletable's InvalidDefinition, and what Bundle.of raises.
        """
        check_table(table)
        patterns = pattern_definitions(patterns)
        self.definition = stream_definition(stream)
        self._transform = checked(f"StreamConsumer {name!r}", transform, CHILDREN)
        function: dict[str, Any] = {
            "handler": handler,
            "patterns": patterns,
            "code": code,
            "environment": environment,
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
        }
        source, delivery = Source.table() if source is None else source, Delivery() if delivery is None else delivery
        given = {"stream": self.definition, "access": access, "source": source, "delivery": delivery, "recursion": recursion}
        check_consumer(name, {**function, **given, "transform": self._transform}, table.definition)
        check_label(f"StreamConsumer {name!r}", name)
        if reads_table(given):
            reading = _READERS.setdefault(table, [])
            check_readers(name, reading, replicated=table.replicas is not None)
            reading.append(name)
        super().__init__(TYPE, name, None, opts)
        if (warning := filter_warning(self.definition)) is not None:
            pulumi.log.warn(f"{name} {warning}", self)
        self._name, self._tags = name, dict(tags) if tags else None
        self._options = pulumi.ResourceOptions(parent=self)

        queue = self._create_queue()
        self.function = PythonFunction(
            name,
            table=table,
            access=[*source.access(table, queue.arn), *access],
            # Lambda waits for it: what fails goes to the queue of the mapping.
            asynchronous=Asynchronous.dropped(),
            tags=tags,
            transform={child: change for child, change in self._transform.items() if child in FUNCTION_CHILDREN},
            opts=self._options,
            **function,
        )
        arguments = mapping_arguments(self.definition, table.definition.stream_view_type, delivery, source)
        mapping = self._create_mapping(source.arn(table), queue, arguments)
        self.nodes: dict[str, pulumi.CustomResource] = {"queue": queue, "mapping": mapping, **self.function.nodes}
        self.mapping_uuid, self.failure_queue_name, self.failure_queue_url = mapping.uuid, queue.name, queue.url
        self.register_outputs(
            {"functionName": self.function.name, "mappingId": self.mapping_uuid, "failureQueueUrl": self.failure_queue_url}
        )

    def _create_queue(self) -> aws.sqs.Queue:
        arguments = {"message_retention_seconds": RETENTION_SECONDS, "sqs_managed_sse_enabled": True, "tags": self._tags}
        return aws.sqs.Queue(f"{self._name}-failures", **transformed(self._transform, "queue", arguments), opts=self._options)

    def _create_mapping(
        self, source_arn: pulumi.Input[str], queue: aws.sqs.Queue, arguments: dict[str, Any]
    ) -> aws.lambda_.EventSourceMapping:
        arguments |= {
            # The ARN of a table's stream ends in the moment of its creation: a new stream is a new ARN, and the mapping follows.
            "event_source_arn": source_arn,
            "function_name": self.function.arn,
            "destination_config": {"on_failure": {"destination_arn": queue.arn}},
            "tags": self._tags,
        }
        # Another start would replace the mapping, and Lambda refuses a second one of a stream and a function while the first is there. For
        # another stream there is room, and what replaces a mapping starts where the program says: nothing is ignored of a replacement.
        options = pulumi.ResourceOptions(parent=self, ignore_changes=STARTING)
        return aws.lambda_.EventSourceMapping(f"{self._name}-mapping", **transformed(self._transform, "mapping", arguments), opts=options)
