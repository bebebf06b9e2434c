"""Who reads the stream, and what becomes of a change that cannot be handled."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from monitoring.doctor.call import Call
from monitoring.doctor.check import Check, Found, NotKnown
from monitoring.doctor.examined import Described, Examined
from monitoring.live import Mapped
from monitoring.live.deployed import block, function_name
from monitoring.stream_readers import most_readers

KEPT_SECONDS: Final = 24 * 3600
"""By a stream. Source: DynamoDB developer guide, Change data capture for DynamoDB Streams."""
AGE_SECONDS: Final = 22 * 3600
RETRIES: Final = 10
"""The defaults of the components: what is given up is still in the stream for two hours, and can be read there."""
OFF: Final = frozenset({"Disabled", "Disabling"})
COUNTS: Final = "EventCount"


def _each(broken: Callable[[Mapped], str | None], change: Callable[[Mapped], dict[str, Any]] | None = None) -> Any:
    """A check over every mapping that is on. broken: what is wrong with one. change: parameters of UpdateEventSourceMapping that mend it."""

    def look(examined: Examined) -> Iterator[Found]:
        for mapped in examined.deployed.mappings:
            if (message := broken(mapped)) and not _off(mapped.described):
                yield _found(mapped, message, change(mapped) if change else None)

    return look


def _found(mapped: Mapped, message: str, change: dict[str, Any] | None) -> Found:
    call = Call("lambda", "UpdateEventSourceMapping", {"UUID": mapped.uuid, **change}) if change else None
    return Found(mapped.function, message, call)


def _off(described: Described) -> bool:
    return described.get("State") in OFF


def _disabled(examined: Examined) -> Iterator[Found]:
    for mapped in examined.deployed.mappings:
        if _off(mapped.described):
            reason = mapped.described.get("StateTransitionReason")
            because = f" ({reason.rstrip('.')})" if reason else ""
            yield _found(mapped, f"its mapping is {mapped.described['State'].lower()}{because}", {"Enabled": True})


def _nobody(examined: Examined) -> Iterator[Found]:
    if examined.declared and examined.declared.streams and not examined.deployed.mappings:
        consumers = ", ".join(stream.function for stream in examined.declared.streams)
        yield Found(examined.name, f"no mapping reads the stream, declared is {consumers}")


def _old_stream(examined: Examined) -> Iterator[Found]:
    streams = f"{examined.table['TableArn']}/stream/"
    for mapping in examined.account.pages("lambda", "ListEventSourceMappings", "EventSourceMappings"):
        arn = str(mapping.get("EventSourceArn", ""))
        if arn.startswith(streams) and arn != examined.table.get("LatestStreamArn"):
            label = arn.rpartition("/")[2]
            yield Found(
                function_name(mapping["FunctionArn"]), f"its mapping reads the stream of {label}, which is not the table's any more"
            )


def _many_readers(examined: Examined) -> Iterator[Found]:
    readers = [mapped.function for mapped in examined.deployed.mappings if not _off(mapped.described)]
    if len(readers) > most_readers(replicated=bool(examined.deployed.table.get("Replicas"))):
        yield Found(examined.name, f"{len(readers)} mappings read the stream: {', '.join(readers)}")


def _other_filter(examined: Examined) -> Iterator[Found]:
    if not examined.streams:
        raise NotKnown("What a consumer was declared to follow is not known: give --model.")
    labels = {str(function.name): function.label for function in examined.deployed.stack.functions}
    for mapped in examined.deployed.mappings:
        declared = examined.streams.get(labels.get(mapped.function, ""))
        # With a key of the customer, AWS gives the filter only to those who may use it.
        if declared is None or mapped.described.get("KMSKeyArn"):
            continue
        deployed = [each["Pattern"] for each in block(mapped.described, "FilterCriteria").get("Filters") or ()]
        if _plain(map(json.loads, deployed)) != _plain(declared.filters):
            wanted = {"Filters": [{"Pattern": pattern} for pattern in sorted(_plain(declared.filters))]}
            yield _found(mapped, "its mapping lets other changes through than its handlers are for", {"FilterCriteria": wanted})


def _plain(filters: Iterable[Any]) -> set[str]:
    """Order means nothing: a record that passes any of them is delivered."""
    return {json.dumps(each, sort_keys=True, default=dict) for each in filters}


def _problem(mapped: Mapped) -> str | None:
    result = str(mapped.described.get("LastProcessingResult", ""))
    return f'its mapping\'s last result is "{result}"' if result.startswith("PROBLEM") else None


def _endless(mapped: Mapped) -> str | None:
    return "a batch that fails is tried again without end" if mapped.described.get("MaximumRetryAttempts") == -1 else None


def _too_old(mapped: Mapped) -> str | None:
    age = mapped.described.get("MaximumRecordAgeInSeconds")
    if age is None or 0 <= age < KEPT_SECONDS:
        return None
    return f"changes are tried until they are {f'{age:,} s' if age > 0 else 'forgotten'} old, and the stream keeps them {KEPT_SECONDS:,} s"


def _not_halved(mapped: Mapped) -> str | None:
    return "a batch that fails is not halved" if mapped.described.get("BisectBatchOnFunctionError") is False else None


def _all_again(mapped: Mapped) -> str | None:
    types = mapped.described.get("FunctionResponseTypes") or ()
    return None if "ReportBatchItemFailures" in types else "it cannot say which change of a batch failed"


def _from_now(mapped: Mapped) -> str | None:
    return "its mapping began with LATEST" if mapped.described.get("StartingPosition") == "LATEST" else None


def _uncounted(mapped: Mapped) -> str | None:
    counted = block(mapped.described, "MetricsConfig").get("Metrics") or ()
    return None if COUNTS in counted else f"its mapping sends no metrics of the group {COUNTS}"


_LAMBDA: Final = "Lambda developer guide"
_FAILING: Final = f"{_LAMBDA}, Using AWS Lambda with Amazon DynamoDB: Polling and batching streams; Handling errors"
_ARGUMENT: Final = "StreamConsumer(...) sets it; aws.lambda_.EventSourceMapping"

CHECKS: Final = (
    Check(
        "no-consumer",
        "error",
        "The declaration has a consumer, and no mapping reads the stream.",
        "Changes are handled by nobody, and the stream forgets them after 24 hours.",
        f"{_LAMBDA}, Using AWS Lambda with Amazon DynamoDB",
        "StreamConsumer(stream=..., table=...)",
        _nobody,
    ),
    Check(
        "disabled-mapping",
        "error",
        "The event source mapping is switched off.",
        "Changes wait, and the stream forgets them after 24 hours. The age of records cannot show it: it is silent when nothing is read.",
        f"{_LAMBDA}, Using AWS Lambda with Amazon DynamoDB",
        "aws.lambda_.EventSourceMapping(enabled=True)",
        _disabled,
    ),
    Check(
        "failing-mapping",
        "error",
        "The mapping cannot hand over what it reads.",
        "The shard stands still behind the batch that fails.",
        _FAILING,
        "Look at the function's errors in its log; the role needs to read the stream and to send to the failure queue",
        _each(_problem),
    ),
    Check(
        "other-filter",
        "warning",
        "The mapping's filter is not the declared one.",
        "Changes that a handler is for never reach it, or every other change is paid for as an invocation.",
        f"{_LAMBDA}, Control which events Lambda sends to your function",
        "StreamConsumer(stream=order_events.stream.definition()) sets it: deploy this code",
        _other_filter,
    ),
    Check(
        "old-stream",
        "warning",
        "A mapping reads a stream that the table had before.",
        "A stream that is switched on anew, or shows other images, is another stream: nothing new arrives in the old one.",
        "DynamoDB developer guide, Change data capture for DynamoDB Streams",
        "StreamConsumer(table=...) follows the stream; aws.lambda_.EventSourceMapping(event_source_arn=table.stream_arn)",
        _old_stream,
    ),
    Check(
        "many-readers",
        "warning",
        "More than two read the stream.",
        "More than two processes at a shard are throttled, each by the others.",
        "DynamoDB developer guide, Change data capture for DynamoDB Streams: Reading and processing a stream",
        "Let one consumer pass changes on (to a topic, to EventBridge), or use Kinesis Data Streams for the table",
        _many_readers,
    ),
    Check(
        "endless-retries",
        "warning",
        "A batch that fails is tried again until its changes are forgotten.",
        "One change that cannot be handled holds up its shard for a day; then what waited behind it is near its end too.",
        _FAILING,
        f"{_ARGUMENT}(maximum_retry_attempts={RETRIES})",
        _each(_endless, lambda _mapped: {"MaximumRetryAttempts": RETRIES}),
    ),
    Check(
        "unbounded-age",
        "warning",
        "Changes are tried for as long as the stream keeps them.",
        "What is given up then is already gone: the failure queue names its place in a stream that has forgotten it.",
        _FAILING,
        f"{_ARGUMENT}(maximum_record_age_in_seconds={AGE_SECONDS})",
        _each(_too_old, lambda _mapped: {"MaximumRecordAgeInSeconds": AGE_SECONDS}),
    ),
    Check(
        "whole-batches",
        "warning",
        "A batch that fails is tried again as a whole.",
        "Good changes beside a bad one are given up with it.",
        _FAILING,
        f"{_ARGUMENT}(bisect_batch_on_function_error=True)",
        _each(_not_halved, lambda _mapped: {"BisectBatchOnFunctionError": True}),
    ),
    Check(
        "unreported-failures",
        "note",
        "The function cannot say which change failed.",
        "Changes before the bad one are handled again. Switch it on only with a handler that returns batchItemFailures, as singletable's does.",
        f"{_LAMBDA}, Implementing partial batch responses",
        f"{_ARGUMENT}(function_response_types=['ReportBatchItemFailures'])",
        _each(_all_again),
    ),
    Check(
        "began-late",
        "note",
        "The mapping began with the newest change.",
        "What was written before it was active was never delivered; so it is with the next mapping that is made this way.",
        f"{_LAMBDA}, Using AWS Lambda with Amazon DynamoDB: Polling and stream starting positions",
        f"{_ARGUMENT}(starting_position='TRIM_HORIZON'): it makes a new mapping",
        _each(_from_now),
    ),
    Check(
        "uncounted-events",
        "warning",
        "The mapping sends no counts of its events.",
        "A change that is dropped, and a stream that nobody reads, cannot be seen: the alarms for them have no data.",
        f"{_LAMBDA}, Types of metrics for Lambda functions: Event source mapping metrics",
        f"{_ARGUMENT}(metrics_config={{'metrics': ['{COUNTS}']}})",
        _each(_uncounted, lambda _mapped: {"MetricsConfig": {"Metrics": [COUNTS]}}),
        safe=True,
    ),
)
