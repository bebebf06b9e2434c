"""A11: do functions fail, are they refused, do they nearly time out."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitoring.alarms import Alarm
from monitoring.measures import of_function
from monitoring.options import Options
from monitoring.recipes.draft import Words, amount, draft, titles
from monitoring.subjects import FunctionSubject, Stack


@dataclass(frozen=True)
class Outcome:
    """What it means for others that a run ended in an error, or was refused."""

    failed: str
    refused: str


FED = Outcome("its batch is tried again and holds back the changes behind it", "changes wait in the stream")
CALLED = Outcome("the caller got an error without an explanation", "callers got HTTP 429")
OTHER = Outcome("what it was asked to do may not have been done", "whoever started it has to try again")


def functions(stack: Stack, options: Options) -> Iterable[Alarm]:
    fed = {stream.function for stream in stack.streams}
    for function in stack.functions:
        outcome = FED if function.label in fed else CALLED if function.http else OTHER
        yield from _errors(stack, options, function, outcome)
        yield from _throttles(stack, options, function, outcome)
        yield from _near_timeout(stack, options, function)


def _errors(stack: Stack, options: Options, function: FunctionSubject, outcome: Outcome) -> Iterable[Alarm]:
    words = Words(
        clause=f"{function.label} fails",
        what=f"{amount(options, 'function-errors', 'run', 'runs').capitalize()} of {function.label} ended in an error or timeout, in 3 of the "
        f"last 5 minutes: {outcome.failed}.",
        next_step=f'open the log group of {function.label} and filter for level "ERROR"; compare the first one with the last deployment, and '
        "with refused requests of the same minutes.",
        felt_by=titles(function.patterns),
    )
    yield from draft(stack, options, "function-errors", words, of_function("Errors", function.name))


def _throttles(stack: Stack, options: Options, function: FunctionSubject, outcome: Outcome) -> Iterable[Alarm]:
    words = Words(
        clause=f"{function.label} lacks concurrency",
        what=f"Lambda refused {amount(options, 'function-throttles', 'run', 'runs')} of {function.label} in a minute of the last 5: {outcome.refused}.",
        next_step="see who uses the account's concurrency; raise the reserved concurrency of the function or the quota. Capacity of the "
        "table will not help.",
        felt_by=titles(function.patterns),
    )
    yield from draft(stack, options, "function-throttles", words, of_function("Throttles", function.name))


def _near_timeout(stack: Stack, options: Options, function: FunctionSubject) -> Iterable[Alarm]:
    percent = options.threshold("function-near-timeout")
    words = Words(
        clause=f"{function.label} nearly times out",
        what=f"A run of {function.label} needed more than {percent:g}% of its {function.timeout_seconds} s, in 3 of the last 5 minutes. At "
        "100% it is cut off, and what it was doing may be half done outside a transaction.",
        next_step="compare with the latency of its operations and with throttles. A longer timeout only helps when nobody waits for it.",
        felt_by=titles(function.patterns),
    )
    source = of_function("Duration", function.name, "Maximum")
    yield from draft(stack, options, "function-near-timeout", words, source, function.timeout_seconds * 1000 * percent / 100)
