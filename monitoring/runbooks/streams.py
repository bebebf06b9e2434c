"""Runbooks of the table's stream and the functions that read it, and of what functions gave up."""

from typing import Final

from monitoring.runbooks import sources
from monitoring.runbooks.runbook import Cause, Runbook

_MAPPING: Final = (
    "`aws lambda list-event-source-mappings --function-name FUNCTION` shows the mapping: "
    "State, LastProcessingResult and StateTransitionReason"
)

_BEHIND: Final = (
    Cause("one batch that fails again and again", '"Is the stream behind?" shows tries that fail, and the age rises by a minute a minute'),
    Cause("a consumer slower than the writes", "no failures; its time is near the timeout, or each run takes as long as a batch lasts"),
    Cause("no concurrency left", '"Failing?" shows refused runs of the function'),
    Cause("a burst of writes", "writes of the table rose before the age did, and it falls again by itself"),
)

STREAMS: Final = (
    Runbook(
        "stream-late",
        "The stream's consumer falls behind",
        "Changes of the table reach the consumer more than a minute after they were made. What it does for others is as late. Nothing is lost "
        "before a record is 24 hours old.",
        _BEHIND,
        (
            'Look at "Is the stream behind?": do tries fail, or is it only slow?',
            'They fail: open the log group of the consumer, filter for level "ERROR" and read the first one since the age began to rise.',
            "It is slow: raise the parallelization factor or the batch size of the mapping, or give the function more memory.",
        ),
        "Capacity of the table. Disabling the mapping: it only makes the consumer later.",
        ("function-errors", "function-throttles", "stream-very-late", "failure-queue"),
        (sources.READING, sources.FUNCTION_METRICS),
    ),
    Runbook(
        "stream-very-late",
        "The stream's consumer is hours behind",
        "The oldest change that was handled had waited for a quarter of the time that a stream keeps its records. After 24 hours they are gone "
        "for the consumer, without an error.",
        _BEHIND,
        (
            "Count the hours that are left: 24 less the age. Decide now who works on it until then.",
            f'Tries that fail: read the first "ERROR" in the log of the consumer. {_MAPPING}.',
            (
                "A single batch holds all back: deploy the fix, or lower the retries of the mapping so that it goes to the failure queue and the "
                "rest moves on."
            ),
        ),
        "Capacity of the table. Making the mapping anew: it would start elsewhere in the stream and skip or repeat changes.",
        ("stream-late", "function-errors", "failure-queue", "records-lost"),
        (sources.STREAMS, sources.READING),
    ),
    Runbook(
        "stream-silent",
        "Nobody reads the stream",
        "The table was written and the event source mapping has read nothing for 15 minutes. Age, errors and duration cannot show this: they "
        "are silent when nothing runs.",
        (
            Cause("the mapping is disabled", "its State is Disabled or Disabling; somebody or a deployment did it"),
            Cause("its role may no longer read the stream", "LastProcessingResult says so; a policy or a KMS key has changed"),
            Cause("the stream was replaced", "the table has another LatestStreamArn than the mapping reads"),
            Cause("its event counts are off", "the function runs all the same: the mapping's metrics were switched off by hand"),
            Cause(
                "writes that change nothing",
                "the same values are written again and nothing else: such a write leaves no record in the stream",
            ),
        ),
        (
            f"{_MAPPING}.",
            "Disabled: `aws lambda update-event-source-mapping --uuid UUID --enabled`. Another stream: deploy the stack again.",
            "Run `python -m monitoring doctor TABLE`: it compares stream, mapping, permissions and metrics, and says what to mend.",
        ),
        "Restarting or redeploying the function alone: nobody calls it.",
        ("stream-late", "stream-very-late", "records-lost"),
        (sources.READING, sources.STREAMS),
    ),
    Runbook(
        "failure-queue",
        "A function gave changes or events up",
        "What failed as often as it may, or grew too old, was put into a queue. The failure queue of a consumer has places in the stream, not "
        "changes: they can be read from there for 24 hours after they were made. The queue for failed events of another function has what it was "
        "sent without waiting, whole, and the error.",
        (
            Cause("a change or event that the code cannot handle", "one message, and one ERROR in the log of the function for each try"),
            Cause("something the function calls was down", "several messages within some minutes, with timeouts in the log"),
            Cause("a deployment that broke the function", "the first message came minutes after it"),
        ),
        (
            (
                "Look without taking away: `aws sqs receive-message --queue-url QUEUE --max-number-of-messages 10 --visibility-timeout 0`. A "
                "consumer's message has shard and sequence numbers, an event's has the event as requestPayload."
            ),
            "Read the ERROR of that time in the log of the function, mend what failed, deploy.",
            (
                "Changes: `python -m components redrive --queue QUEUE`, while the stream has them. Events: send the requestPayload again, `aws "
                "lambda invoke --invocation-type Event`, then delete the message."
            ),
        ),
        "Redriving the queue of a consumer with SQS: the function takes changes, not messages about them. Purging the queue.",
        ("function-errors", "records-lost", "stream-late"),
        (sources.READING, sources.EVENTS, sources.QUEUES),
        clears="It is open as long as the queue holds a message, on purpose: somebody has to look.",
    ),
    Runbook(
        "records-lost",
        "Changes or events were lost",
        "What was given up could be told to nobody: there is no queue for it, or the queue refused the message. The function will never see it.",
        (
            Cause("the queue refuses", "the role of the function may not send to it, or its KMS key refuses"),
            Cause("the mapping has no failure queue", "`doctor` says so; somebody changed it by hand"),
            Cause("records older than the mapping takes", "the consumer had been late for hours before"),
        ),
        (
            (
                "Write down the minutes: the changes of that time, as far as 24 hours back, can still be read from the stream. Events can not: ask "
                "whoever sent them to send them again."
            ),
            f"{_MAPPING}. Run `python -m monitoring doctor TABLE` for queue and permissions.",
            "Mend the queue first, so that no more is lost. Then handle the items that changed in those minutes, as they are now.",
        ),
        "Trying again: Lambda has moved on.",
        ("failure-queue", "stream-very-late"),
        (sources.READING, sources.EVENTS, sources.FUNCTION_METRICS),
        clears="What was lost stays lost until somebody handles it.",
    ),
)
