"""The function that follows the table's stream."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

import pulumi
import pulumi_aws as aws

from components.access import Access, stream_access
from components.errors import InvalidArgument
from components.function import CHILDREN as FUNCTION_CHILDREN
from components.function import PythonFunction
from components.table import SingleTable, check_table
from components.transform import Transform, checked, transformed
from singletable.definition import PatternDefinition, StreamDefinition
from singletable.patterns import Pattern

TYPE = "singletable:index:StreamConsumer"
CHILDREN = ("queue", "mapping", *FUNCTION_CHILDREN)
MAXIMUM_AGE_SECONDS = 22 * 3600
"""Older changes go to the failure queue. A stream forgets after 24 hours, without a trace: two are left to notice and to read them."""
RETENTION_SECONDS = 14 * 24 * 3600
"""The longest that a queue keeps a message."""
FILTERS = 5
"""What one mapping may have without a raised quota (AWS Lambda developer guide, 'Control which events Lambda sends to your function')."""

MAPPING: dict[str, Any] = {
    # The mapping reads from where the stream begins: LATEST loses what was written before the mapping became active.
    "starting_position": "TRIM_HORIZON",
    "batch_size": 100,
    # The order of an item's changes holds: one batch of a shard at a time.
    "parallelization_factor": 1,
    # One change that cannot be handled must not hold up its shard for a day: the batch is halved until it is alone, tried again, then parked.
    "bisect_batch_on_function_error": True,
    "function_response_types": ["ReportBatchItemFailures"],
    "maximum_retry_attempts": 10,
    "maximum_record_age_in_seconds": MAXIMUM_AGE_SECONDS,
    # Without these there is no metric for a change that was dropped.
    "metrics_config": {"metrics": ["EventCount"]},
}


class StreamConsumer(pulumi.ComponentResource):
    """A PythonFunction, the mapping from the table's stream to it, and a queue for what it could not handle.

    A message of the failure queue says where in the stream the changes are, not what they were.
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
        code: pulumi.Archive | None = None,
        environment: Mapping[str, pulumi.Input[str]] | None = None,
        access: Sequence[Access] = (),
        description: str | None = None,
        memory_mb: int = 512,
        timeout_seconds: int = 30,
        log_retention_days: int = 30,
        pattern_metrics: bool = False,
        runtime: str = "python3.13",
        architecture: Literal["arm64", "x86_64"] = "arm64",
        tags: Mapping[str, str] | None = None,
        transform: Transform | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """stream: `order_events.stream.definition()`, or the same as a dict. timeout_seconds: for a batch. Default: 30.
        transform: of "queue" and "mapping", and of what a PythonFunction has. Others: as of PythonFunction.

        Raises InvalidArgument, singletable's InvalidDefinition, and what Bundle.of raises.
        """
        check_table(table)
        if not isinstance(cast("object", stream), StreamDefinition | Mapping):
            raise InvalidArgument(
                f"the stream is of type {type(stream).__name__}: give its definition, stream.definition(), or that as a dict"
            )
        self.definition = stream if isinstance(stream, StreamDefinition) else StreamDefinition.from_dict(stream)
        self._transform = checked(f"StreamConsumer {name!r}", transform, CHILDREN)
        arguments = mapping_arguments(self.definition, table.definition.stream_view_type)
        super().__init__(TYPE, name, None, opts)
        self._name, self._tags = name, dict(tags) if tags else None
        self._options = pulumi.ResourceOptions(parent=self)

        queue = self._create_queue()
        self.function = PythonFunction(
            name,
            handler=handler,
            table=table,
            patterns=patterns,
            code=code,
            environment=environment,
            access=[*stream_access(table.stream_arn, queue.arn), *access],
            description=description,
            memory_mb=memory_mb,
            timeout_seconds=timeout_seconds,
            log_retention_days=log_retention_days,
            pattern_metrics=pattern_metrics,
            runtime=runtime,
            architecture=architecture,
            tags=tags,
            transform={child: change for child, change in self._transform.items() if child in FUNCTION_CHILDREN},
            opts=self._options,
        )
        mapping = self._create_mapping(table, queue, arguments)
        self.nodes: dict[str, pulumi.CustomResource] = {"queue": queue, "mapping": mapping, **self.function.nodes}
        self.mapping_uuid, self.failure_queue_name, self.failure_queue_url = mapping.uuid, queue.name, queue.url
        self.register_outputs(
            {"functionName": self.function.name, "mappingId": self.mapping_uuid, "failureQueueUrl": self.failure_queue_url}
        )

    def _create_queue(self) -> aws.sqs.Queue:
        arguments = {"message_retention_seconds": RETENTION_SECONDS, "sqs_managed_sse_enabled": True, "tags": self._tags}
        return aws.sqs.Queue(f"{self._name}-failures", **transformed(self._transform, "queue", arguments), opts=self._options)

    def _create_mapping(self, table: SingleTable, queue: aws.sqs.Queue, arguments: dict[str, Any]) -> aws.lambda_.EventSourceMapping:
        arguments |= {
            # The stream's ARN ends in the moment of its creation: a new stream is a new ARN, and the mapping follows.
            "event_source_arn": table.stream_arn,
            "function_name": self.function.arn,
            "destination_config": {"on_failure": {"destination_arn": queue.arn}},
            "tags": self._tags,
        }
        return aws.lambda_.EventSourceMapping(
            f"{self._name}-mapping", **transformed(self._transform, "mapping", arguments), opts=self._options
        )


def mapping_arguments(stream: StreamDefinition, table_view_type: str) -> dict[str, Any]:
    """Arguments of aws.lambda_.EventSourceMapping that do not depend on other resources. Raises InvalidArgument."""
    if stream.view_type != table_view_type:
        raise InvalidArgument(f"the handlers need a stream of {stream.view_type}, the table's has {table_view_type}: declare both alike")
    if len(stream.filters) > FILTERS:
        raise InvalidArgument(
            f"the stream has {len(stream.filters)} filters, one mapping takes {FILTERS}: let fewer entities and events share one function"
        )
    filters = [{"pattern": json.dumps(each, sort_keys=True, default=dict)} for each in stream.filters]
    return {**MAPPING, **({"filter_criteria": {"filters": filters}} if filters else {})}
