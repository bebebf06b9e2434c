"""A8 to A10: is the stream behind, does anybody read it, did anything fall out of it."""

from collections.abc import Iterable

from monitoring.alarms import Alarm
from monitoring.measures import ANCHOR, consumed, of_function, of_mapping, of_queue, served
from monitoring.metrics import Expression, Metric
from monitoring.operations import WRITES, operations_of
from monitoring.options import RECIPES, Options
from monitoring.recipes.draft import Words, amount, draft
from monitoring.subjects import Stack, StreamSubject


def streams(stack: Stack, options: Options) -> Iterable[Alarm]:
    for stream in stack.streams:
        yield from _late(stack, options, stream)
        yield from _silent(stack, options, stream)
        yield from _failed(stack, options, stream)


def _late(stack: Stack, options: Options, stream: StreamSubject) -> Iterable[Alarm]:
    """A8. Silent when nothing is invoked: then the alarm of the silent stream speaks."""
    name = stream.function
    age = of_function("IteratorAge", stack.function(name).name, "Maximum")
    for recipe, clause, how_long in (("stream-late", "falls behind", "3 of"), ("stream-very-late", "is hours behind", "one of")):
        seconds = options.threshold(recipe)
        words = Words(
            clause=f"{name} {clause}",
            what=f"{name} handled changes of the table more than {_long(seconds)} after they were made, in {how_long} the last 5 minutes. What "
            "is older than 24 hours is lost for it.",
            next_step=f"look at errors and duration of {name}: one batch that fails is tried again and holds back all behind it. If it is "
            "only slow, raise the parallelization factor or the batch size. More capacity of the table will not help.",
        )
        yield from draft(stack, options, recipe, words, age, seconds * 1000)


def _long(seconds: float) -> str:
    """ "60 s", "6 hours"."""
    return f"{seconds / 3600:,.3g} hours" if seconds >= 7200 else f"{seconds:,g} s"


def _silent(stack: Stack, options: Options, stream: StreamSubject) -> Iterable[Alarm]:
    """A9. By what the mapping reads, not by what the function gets: a filter may leave everything out. By the writes that were served, not
    by the units they used: one whose condition is false uses units too, and changes nothing that could be read.
    """
    seconds = RECIPES["stream-silent"].period_seconds
    anchor = consumed(stack.table.name, "Write", period_seconds=seconds)
    written = writes_of(stack, seconds)
    source = Expression(
        f"IF(FILL(polled,0) + 0*{ANCHOR} > 0, 0, IF({any_of(written)} > 0, 1, 0))",
        {"polled": of_mapping("PolledEventCount", stream.mapping, seconds), **written, ANCHOR: anchor},
        "written and not read",
    )
    words = Words(
        clause=f"nobody reads the stream for {stream.function}",
        what=f"The table is written and the event source mapping of {stream.function} has read nothing for 15 minutes. The age of records "
        "cannot show this: it is silent when nothing is read.",
        next_step="see whether the mapping is enabled, what its last processing result says, and whether its role may read the stream. The "
        "stream keeps records for 24 hours: nothing is lost until then.",
    )
    yield from draft(stack, options, "stream-silent", words, source)


def writes_of(stack: Stack, period_seconds: int) -> dict[str, Metric]:
    """The served writes of the patterns, by the id of their operation."""
    return served(stack.table.name, [each for each in operations_of(stack.patterns) if each in WRITES], period_seconds)


def any_of(written: dict[str, Metric]) -> str:
    """All writes; where no pattern is known that writes, the units that somebody used."""
    return " + ".join([*(f"FILL({name},0)" for name in written), f"0*{ANCHOR}"]) if written else ANCHOR


def _failed(stack: Stack, options: Options, stream: StreamSubject) -> Iterable[Alarm]:
    """A10, and records that were dropped: of a mapping without a queue, every one that is given up."""
    name = stream.function
    parked = Words(
        clause=f"{name} could not handle changes",
        what=f"The failure queue of {name} holds {amount(options, 'failure-queue', 'message', 'messages')}: these changes were given up after "
        "all retries. Later ones go on.",
        next_step="read the message: it names shard and sequence numbers, not the data, and the stream forgets that after 24 hours. Mend the "
        "cause, send the changes again, then delete the message: the alarm clears when the queue is empty.",
    )
    if stream.queue:
        yield from draft(stack, options, "failure-queue", parked, of_queue("ApproximateNumberOfMessagesVisible", stream.queue))
    lost = Words(
        clause=f"{name} lost changes",
        what=f"Lambda gave up {amount(options, 'records-lost', 'change', 'changes')} of the table that {name} never handled and "
        f"{'could not put into the failure queue either' if stream.queue else 'has no failure queue for'}, in a minute of the last 5.",
        next_step=f"{_heard(stream)}, or nobody will hear of the next ones. The stream keeps the changes for 24 hours: read them from there. "
        "After that only the table knows.",
    )
    yield from draft(stack, options, "records-lost", lost, of_mapping("DroppedEventCount", stream.mapping))


def _heard(stream: StreamSubject) -> str:
    if not stream.queue:
        return f"give the event source mapping of {stream.function} a failure queue"
    return f"see why the queue refuses (the role of {stream.function} needs sqs:SendMessage on it; its policy, its key)"
