"""Rules of what reads a table's stream: no change is lost without a trace, and one that cannot be handled does not hold up the others."""

from collections.abc import Sequence
from typing import Any, Final

from pulumi_policy import EnforcementLevel, PolicyResource, ResourceValidationArgs, Severity

from monitoring.doctor.checks.streams import COUNTS, RETRIES
from monitoring.measures import of_mapping, of_queue
from monitoring.stream_readers import MOST_READERS, MOST_READERS_OF_A_GLOBAL_TABLE, most_readers
from policy.properties import block, has
from policy.resource_types import MAPPING, QUEUE, REPLICA, TABLE
from policy.rules.rule import Report, rule, stack_rule
from policy.stack import Stack, dependencies_of, physical_name

FILLED: Final = ("ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage")
"""Metrics of a queue of which each shows that something is in it. Source: SQS developer guide, "Available CloudWatch metrics"."""
DELIVERED: Final = "OnFailureDestinationDeliveredEventCount"
"""Of the mapping. Source: Lambda developer guide, "Event source mapping metrics"."""

_OTHER_SOURCES: Final = ("topics", "selfManagedEventSource", "documentDbEventSourceConfig")


def _reads_stream(mapping: ResourceValidationArgs | PolicyResource) -> bool:
    """Only what reads a stream has a starting position: a queue keeps its failures by its own redrive policy. So have readers of Kafka and
    of DocumentDB, which take other settings.
    """
    return has(mapping.props, "startingPosition") and not any(has(mapping.props, name) for name in _OTHER_SOURCES)


@rule(
    MAPPING,
    name="stream-failure-destination",
    description="What a stream's consumer cannot process goes to a failure destination.",
    severity=Severity.HIGH,
    remedy="Give the event source mapping a destination_config with on_failure.",
)
def stream_failure_destination(args: ResourceValidationArgs, report: Report) -> None:
    if not _reads_stream(args):
        return
    destination = block(block(args.props, "destinationConfig"), "onFailure")
    # A queue that this deployment creates has no ARN yet: that it is there is enough.
    if not has(destination, "destinationArn"):
        report(
            f"{args.name} drops what it cannot process: set destination_config.on_failure.destination_arn to a queue, and watch that queue"
        )


@rule(
    MAPPING,
    name="stream-bounded-retries",
    description="A change that cannot be handled is given up after a number of tries.",
    severity=Severity.HIGH,
    remedy="Set maximum_retry_attempts and bisect_batch_on_function_error of the event source mapping.",
    mend=lambda _args: {"maximumRetryAttempts": RETRIES, "bisectBatchOnFunctionError": True},
)
def stream_bounded_retries(args: ResourceValidationArgs, report: Report) -> None:
    if not _reads_stream(args):
        return
    attempts = args.props.get("maximumRetryAttempts")
    if attempts is None or attempts < 0:  # Lambda's default is -1: without end
        report(
            f"{args.name} tries a batch that fails until the stream has forgotten it, and its shard stands still: "
            f"set maximum_retry_attempts, {RETRIES} for example, and bisect_batch_on_function_error"
        )


@rule(
    MAPPING,
    name="stream-event-counts",
    description="An event source mapping counts what it reads, drops and delivers.",
    severity=Severity.MEDIUM,
    level=EnforcementLevel.ADVISORY,
    remedy=f"Set metrics_config of the event source mapping to the metrics {COUNTS}.",
    mend=lambda _args: {"metricsConfig": {"metrics": [COUNTS]}},
)
def stream_event_counts(args: ResourceValidationArgs, report: Report) -> None:
    if not _reads_stream(args):
        return
    counted: Sequence[Any] = block(args.props, "metricsConfig").get("metrics") or ()
    if COUNTS not in counted:
        report(f"{args.name} sends no counts, so a change that is dropped cannot be seen: set metrics_config to the metrics {COUNTS}")


def _read(mapping: PolicyResource) -> tuple[str, PolicyResource] | None:
    """The stream that it reads, where it is a table's and the mapping is on."""
    if not _reads_stream(mapping) or mapping.props.get("enabled") is False:
        return None
    stream = str(mapping.props["eventSourceArn"])
    return (stream, mapping) if ":dynamodb:" in stream else None


def _has_replicas(table: PolicyResource, stack: Stack) -> bool:
    return bool(table.props.get("replicas")) or any(table in dependencies_of(each, ("globalTableArn",)) for each in stack.of(REPLICA))


def _most(mapping: PolicyResource, stack: Stack) -> int:
    """Who may read its stream. Whether a table of another stack has replicas is not seen here."""
    tables = (each for each in dependencies_of(mapping, ("eventSourceArn",)) if each.resource_type == TABLE)
    return most_readers(replicated=any(_has_replicas(each, stack) for each in tables))


@stack_rule(
    MAPPING,
    name="stream-readers",
    description=f"At most {MOST_READERS} read one stream of a table; {MOST_READERS_OF_A_GLOBAL_TABLE} where it has replicas.",
    severity=Severity.HIGH,
    remedy="Let one consumer pass changes on (to a topic, to EventBridge), or use Kinesis Data Streams for the table.",
)
def stream_readers(mapping: PolicyResource, stack: Stack, report: Report) -> None:
    most = _most(mapping, stack)
    if sum(map(_reads_stream, stack.of(MAPPING))) <= most or not (read := _read(mapping)):
        return
    found, not_known = stack.read(_read, MAPPING)
    readers = [each[1] for each in found if each and each[0] == read[0]]
    if mapping in readers[most:]:
        before = " and ".join(each.name for each in readers[:most])
        others = "each by the others" if most == MOST_READERS else "for the replication of the table reads too"
        report(f"{mapping.name} reads a stream beside {before}: more than {most} {'is' if most == 1 else 'are'} throttled, {others}")
    elif not_known:
        raise not_known


@stack_rule(
    MAPPING,
    name="stream-failure-alarm",
    description="A change that could not be handled raises an alarm.",
    severity=Severity.HIGH,
    remedy="Use the Monitoring component, or an alarm on ApproximateNumberOfMessagesVisible of the failure queue.",
)
def stream_failure_alarm(mapping: PolicyResource, stack: Stack, report: Report) -> None:
    if not _reads_stream(mapping):
        return
    destination = block(block(mapping.props, "destinationConfig"), "onFailure").get("destinationArn")
    queue = next((each for each in stack.of(QUEUE) if destination and each.props.get("arn") == destination), None)
    if queue is None:  # a queue of another stack is watched there; a topic tells by itself; that there is none is another rule's business
        return
    uuid = mapping.props.get("uuid")
    telling = [of_queue(name, physical_name(queue)) for name in FILLED] + ([of_mapping(DELIVERED, str(uuid))] if uuid else [])
    if stack.alarms.see(telling):
        return
    for urn in (queue.urn, mapping.urn):
        if urn in stack.alarms.unknown:
            raise stack.alarms.unknown[urn]
    report(
        f"{mapping.name} puts what it cannot handle into {queue.name}, and no alarm watches that queue: "
        f"add one on {FILLED[0]} above 0{stack.alarms.not_counted}"
    )
