"""A11: do functions fail, do the callers of their URLs see it, are they refused, do they nearly time out."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitoring.alarms import Alarm
from monitoring.measures import LEAST_FAILED, failed_share, of_function, of_queue
from monitoring.names import Name
from monitoring.options import RECIPES, Options
from monitoring.recipes.draft import Words, amount, draft, titles
from monitoring.subjects import FunctionSubject, Stack


@dataclass(frozen=True)
class Outcome:
    """What it means for others that a run ended in an error, or was refused."""

    failed: str
    refused: str


FED = Outcome("its batch is tried again and holds back the changes behind it", "changes wait in the stream")
CALLED = Outcome("callers got HTTP 502", "callers got HTTP 429")
OTHER = Outcome("what it was asked to do may not have been done", "whoever started it has to try again")


def functions(stack: Stack, options: Options) -> Iterable[Alarm]:
    fed = {stream.function for stream in stack.streams}
    for function in stack.functions:
        outcome = FED if function.label in fed else CALLED if function.http else OTHER
        if function.http:
            yield from _failed_requests(stack, options, function)
        yield from _errors(stack, options, function, outcome)
        yield from _throttles(stack, options, function, outcome)
        yield from _near_timeout(stack, options, function)
        if function.failed_events:
            yield from _failed_events(stack, options, function, function.failed_events)


def _log_of(function: FunctionSubject) -> str:
    return f'open the log group of {function.label} and filter for level "ERROR"; compare the first one with the last deployment'


def _failed_requests(stack: Stack, options: Options, function: FunctionSubject) -> Iterable[Alarm]:
    """Of a URL. A function that answers its own failures has no Errors: only what callers were answered shows them."""
    label = function.label
    next_step = (
        f"look for an alarm that explains it: of a throttled table or index (callers get HTTP 503), or that {label} lacks concurrency. If "
        f"there is none, {_log_of(function)}, and go back to the version before if it began there."
    )
    many = Words(
        clause=f"many requests to {label} fail",
        what=f"More than {options.threshold('failed-requests'):g}% of the requests to {label}, and at least {LEAST_FAILED} a minute, were "
        f"answered with HTTP 5xx or refused for lack of concurrency, in {RECIPES['failed-requests'].minutes}. Callers are turned away.",
        next_step=next_step,
        felt_by=titles(function.patterns),
    )
    yield from draft(stack, options, "failed-requests", many, failed_share(function.name))
    some = Words(
        clause=f"requests to {label} fail",
        what=f"Callers of {label} got HTTP 5xx for {amount(options, 'lasting-failures', 'request', 'requests')} a minute, in "
        f"{RECIPES['lasting-failures'].minutes}: too long for chance. A large share has an alarm of its own.",
        next_step=next_step,
        felt_by=titles(function.patterns),
    )
    yield from draft(stack, options, "lasting-failures", some, of_function("Url5xxCount", function.name))


def _errors(stack: Stack, options: Options, function: FunctionSubject, outcome: Outcome) -> Iterable[Alarm]:
    words = Words(
        clause=f"{function.label} crashes or times out",
        what=f"{amount(options, 'function-errors', 'run', 'runs').capitalize()} of {function.label} ended in an error or timeout, in "
        f"{RECIPES['function-errors'].minutes}: {outcome.failed}.",
        next_step=f"{_log_of(function)}, and with refused requests of the same minutes.",
        felt_by=titles(function.patterns),
    )
    yield from draft(stack, options, "function-errors", words, of_function("Errors", function.name))


def _throttles(stack: Stack, options: Options, function: FunctionSubject, outcome: Outcome) -> Iterable[Alarm]:
    words = Words(
        clause=f"{function.label} lacks concurrency",
        what=f"Lambda refused {amount(options, 'function-throttles', 'run', 'runs')} of {function.label} in a minute of the last 5: "
        f"{outcome.refused}.",
        next_step="see who uses the account's concurrency; raise the reserved concurrency of the function or the quota. Capacity of the "
        "table will not help.",
        felt_by=titles(function.patterns),
    )
    yield from draft(stack, options, "function-throttles", words, of_function("Throttles", function.name))


def _near_timeout(stack: Stack, options: Options, function: FunctionSubject) -> Iterable[Alarm]:
    percent = options.threshold("function-near-timeout")
    words = Words(
        clause=f"{function.label} nearly times out",
        what=f"A run of {function.label} needed more than {percent:g}% of its {function.timeout_seconds} s, in "
        f"{RECIPES['function-near-timeout'].minutes}. At 100% it is cut off, and what it was doing may be half done outside a transaction.",
        next_step="compare with the latency of its operations and with throttles. A longer timeout only helps when nobody waits for it.",
        felt_by=titles(function.patterns),
    )
    source = of_function("Duration", function.name, "Maximum")
    yield from draft(stack, options, "function-near-timeout", words, source, function.timeout_seconds * 1000 * percent / 100)


def _failed_events(stack: Stack, options: Options, function: FunctionSubject, queue: Name) -> Iterable[Alarm]:
    """Events that it was sent without waiting. Those that were parked are counted as dropped too (AsyncEventsDropped), so the queue is asked."""
    label = function.label
    parked = Words(
        clause=f"{label} could not handle events",
        what=f"The queue for failed events of {label} holds {amount(options, 'failure-queue', 'message', 'messages')}: these events were given up "
        "after all retries, and whoever sent them was not told.",
        next_step="read the message: it has the event and the error. Mend the cause, send the event again, then delete the message: the alarm "
        "clears when the queue is empty.",
    )
    yield from draft(stack, options, "failure-queue", parked, of_queue("ApproximateNumberOfMessagesVisible", queue))
    lost = Words(
        clause=f"{label} lost events",
        what=f"Lambda gave up {amount(options, 'records-lost', 'event', 'events')} that {label} never handled and could not put into the queue "
        "for failed events either, in a minute of the last 5.",
        next_step=f"see why the queue refuses (the role of {label} needs sqs:SendMessage on it; its policy, its key), or nobody will hear of the "
        "next ones. Ask whoever sends events of that time to send them again: Lambda has them no more.",
        likely=False,
    )
    yield from draft(stack, options, "records-lost", lost, of_function("DestinationDeliveryFailures", function.name))
