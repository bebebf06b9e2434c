"""Runbooks of the functions that use the table."""

from typing import Final

from monitoring.runbooks import sources
from monitoring.runbooks.runbook import Cause, Runbook

_LOG: Final = 'Open the log group of the function, filter for level "ERROR", and read the first one, not the last.'

_FAILED: Final = (
    Cause("the table or an index is throttled", '"Refusing?" is not empty, and callers get HTTP 503'),
    Cause("a deployment", "it began with one; the log has an error that was not there before"),
    Cause("runs that crash or time out", '"Failing?" shows failed runs, and callers get HTTP 502'),
    Cause("no concurrency left", '"Failing?" shows refused runs, and callers get HTTP 429'),
)

FUNCTIONS: Final = (
    Runbook(
        "failed-requests",
        "Many requests fail",
        "A tenth or more of what callers asked was answered with HTTP 5xx or refused, for minutes. Users see it.",
        _FAILED,
        (
            'Look for an alarm that explains it: throttles of the table or an index, or refused runs. "Refusing?" and "Failing?" show both.',
            f"None does: {_LOG[0].lower()}{_LOG[1:]}",
            "It began with a deployment: deploy the version before it, then look for the reason. Tell those who ask when it will be over.",
        ),
        "More memory or a longer timeout, before the log has been read.",
        ("refused-requests", "function-throttles", "function-errors", "lasting-failures"),
        (sources.URLS,),
    ),
    Runbook(
        "lasting-failures",
        "Some requests keep failing",
        "Callers got HTTP 5xx in several minutes: too few to wake somebody, too long for chance. Often it is one route, one user or one item.",
        (
            Cause("one item that cannot be read or written", "the log has `malformed-item` or `invalid-value`, always with the same key"),
            Cause("a route that few use", "all errors have one route; it may have been broken for long"),
            *_FAILED[:2],
        ),
        (
            _LOG,
            "Count the errors by `code` and route: one of them is the cause, the others are its company.",
            "Mend the item or the route; a bad item comes back until its writer is mended.",
        ),
        "Retries of the callers: the same request fails again.",
        ("failed-requests", "function-errors"),
        (sources.URLS,),
    ),
    Runbook(
        "function-errors",
        "Runs crash or time out",
        "Runs of the function ended without an answer: an error nobody caught, the timeout, or no memory left. A caller gets HTTP 502; a batch "
        "of changes is tried again and holds back those behind it.",
        (
            Cause("an error in the code", "the log has a traceback with level ERROR"),
            Cause("the timeout", '"Slow?" shows its time at the timeout; the log ends with "Task timed out"'),
            Cause("no memory left", 'the log has "Runtime exited" or REPORT lines with Max Memory Used at the limit'),
            Cause("a start that fails", "every run fails since a deployment: a module, a variable or a permission is missing"),
        ),
        (
            _LOG,
            "Compare the minute it began with the last deployment and with the alarms of refused requests.",
            "Since a deployment: deploy the version before it. Otherwise mend what the traceback names.",
        ),
        "Capacity of the table, where nothing is refused.",
        ("function-near-timeout", "failed-requests", "stream-late", "refused-requests"),
        (sources.FUNCTION_METRICS,),
    ),
    Runbook(
        "function-throttles",
        "Runs are refused",
        "Lambda did not start the function because no concurrency was left: of its own reserve, or of the account in this region. Callers of "
        "a URL get HTTP 429; changes wait in the stream.",
        (
            Cause("another function uses the account's concurrency", "its runs rose before this one's were refused"),
            Cause("a reserve that is too small", "the function has reserved concurrency and sits at it"),
            Cause("runs that take longer", '"Slow?" rose first: the same traffic needs more runs at one time'),
            Cause("a burst", "runs rose within seconds; Lambda adds 1,000 every 10 seconds for each function and no more"),
        ),
        (
            "Ask for the limits: `aws lambda get-account-settings` and `aws lambda get-function-concurrency --function-name FUNCTION`.",
            "The reserve is used up: raise it. The account's is: find the function that grew, and give it a reserve as its ceiling.",
            "The quota itself is too low: ask for more in Service Quotas; it takes hours.",
        ),
        "Capacity of the table, a longer timeout.",
        ("account-concurrency", "failed-requests", "stream-late"),
        (sources.SCALING, sources.FUNCTION_METRICS),
    ),
    Runbook(
        "function-near-timeout",
        "Runs nearly time out",
        "The longest run of several minutes came near the time at which Lambda cuts it off. What is cut off may be half done, outside a "
        "transaction.",
        (
            Cause("the table is throttled", '"Refusing?" is not empty: the time is the client\'s retries'),
            Cause("slow operations", '"Slow?" shows the operations rise with the function'),
            Cause("something else it calls", "the operations are as fast as ever; the log shows where the time goes"),
            Cause("a batch that is too large", "a consumer of the stream: its time rises with the records of a batch"),
        ),
        (
            'Look at "Refusing?", then at "Slow?": is it the table, or the function?',
            "The function: find the longest run in its log by the REPORT lines, and read what it did last.",
            "A consumer: lower the batch size. An API: answer earlier and do the rest behind a queue.",
        ),
        "A longer timeout, where somebody waits for the answer. More capacity, where nothing is refused.",
        ("slow-operation", "function-errors", "refused-requests"),
        (sources.FUNCTION_METRICS, sources.TIMEOUT),
    ),
)
