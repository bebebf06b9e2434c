"""Runbooks of requests that fail, are slow or collide."""

from typing import Final

from monitoring.runbooks import sources
from monitoring.runbooks.runbook import Cause, Runbook

_SLOWNESS: Final = (
    Cause("throttling at the same time", '"Refusing?" is not empty: retries are the client\'s time, and the figures here leave them out'),
    Cause("larger items or pages", '"Access patterns" shows more items returned by a call'),
    Cause("conflicts between transactions", '"Access patterns" shows conflicts; TransactWriteItems and UpdateItem are slow together'),
    Cause("DynamoDB itself", "every operation is slower at once, on other tables too; the AWS Health Dashboard may say so"),
)

REQUESTS: Final = (
    Runbook(
        "system-errors",
        "DynamoDB fails requests",
        "DynamoDB answered with an error of its own (HTTP 500), in several minutes. Single ones are usual and every client retries them. A "
        "write that was answered so may or may not have happened.",
        (
            Cause("an event of AWS in this region", "the AWS Health Dashboard, or other tables of the account fail too"),
            Cause("one partition that is being moved", "few errors, one operation, gone within minutes"),
            Cause("a fault injection experiment", "somebody runs AWS FIS against this account"),
        ),
        (
            "Open the AWS Health Dashboard for this region and account.",
            'See under "Failing?" whether callers feel it: retries hide most of it. If they do, say so to them.',
            "Repeat by hand only what is safe twice: reads, and writes with a condition or a client token.",
        ),
        "Changes of code, capacity or keys. Deployments while it lasts.",
        ("failed-requests", "slow-operation"),
        (sources.ERRORS, sources.METRICS),
    ),
    Runbook(
        "slow-operation",
        "An operation is slow inside DynamoDB",
        "One in a hundred calls of the operation needed longer than its objective, inside DynamoDB. The network, the client and its retries "
        "come on top. Refused calls are not in it: while something is throttled this looks better than it is.",
        _SLOWNESS,
        (
            'Look at "Refusing?" for the same minutes first. If it is not empty, follow that alarm and leave this one.',
            'Compare the operations under "Slow?": one of them points to its patterns and items, all of them to DynamoDB.',
            "One of them: see which pattern of it has changed, what it returns, and how large its items have become.",
        ),
        "Capacity, where nothing is refused: it does not make a call faster. A longer timeout hides it.",
        ("slow-pattern", "function-near-timeout", "transaction-conflicts"),
        (sources.LATENCY, sources.METRICS),
        clears="An objective that is too low is an option: `latency_ms`.",
    ),
    Runbook(
        "slow-pattern",
        "An access pattern is slow for its callers",
        "One in a hundred calls of this access pattern needed longer than its objective, as the functions that make them measured it: the "
        "network, retries and the waits between them are in it.",
        (
            Cause("refused requests that are retried", '"Refusing?" is not empty; inside DynamoDB the operation is as fast as ever'),
            Cause("the operation itself is slow", 'its chart under "Slow?" has risen as well'),
            Cause("larger items or more pages", '"Access patterns" shows more items returned by a call'),
            Cause("a function short of memory", "nothing else has risen; Lambda gives processor time by memory"),
        ),
        (
            'Look at "Refusing?" for the same minutes first. If it is not empty, follow that alarm and leave this one.',
            'Compare with its operation under "Slow?": slower there too, follow that; as fast as ever, it is the function or what it returns.',
            "Run `python -m singletable review app.model`: is the pattern one request with a bounded answer? Then try more memory.",
        ),
        "Capacity, where nothing is refused.",
        ("slow-operation", "refused-requests", "function-near-timeout"),
        (sources.LATENCY,),
    ),
    Runbook(
        "conditions-fail",
        "Most writes are turned down by their condition",
        "For five minutes a large share of the writes found their condition false. Optimistic locking lives on single ones; this many means "
        "that somebody repeats what can never succeed, or that many write one item. Each try uses write units and changes nothing.",
        (
            Cause("a caller that repeats without reading again", "conditions fail at a steady rate, long after one deployment"),
            Cause("many writers of one item", "transactions conflict too, and one key is busy"),
            Cause("a message delivered again and again", '"Is the stream behind?" shows tries that fail, or a queue is redriven'),
            Cause("a create of what is already there", "an import or a replay runs; the condition is that the item does not exist"),
        ),
        (
            'Look at "Access patterns": did refused conditions rise with all writes, or alone?',
            "Look into the log of the writing function for `version-conflict`, `already-exists` and `not-found`, and count by pattern.",
            "Stop the repetition: read, decide, write again, with a pause. An import that starts over may run to its end.",
        ),
        "Capacity, a quota, taking the condition away: it is what protects the data.",
        ("transaction-conflicts", "function-errors", "unusual-conditions"),
        (sources.METRICS, sources.CONDITIONS),
    ),
    Runbook(
        "transaction-conflicts",
        "Transactions collide",
        "Many transactional requests were cancelled, for five minutes, because another request was writing one of their items. The kit "
        "reports it as `transaction-conflict`; a caller may try again.",
        (
            Cause("one item that every transaction touches", "a counter or a total; conflicts rise with the number of writers"),
            Cause("retries without a pause", "conflicts rise faster than requests"),
            Cause("a job that walks the items users change", "it begins with the job and ends with it"),
        ),
        (
            'Look at "Access patterns": did conflicts rise with transactions, or faster than they?',
            "Find the item: the log of the writing function has `transaction-conflict` with the pattern. It is the one that all of them share.",
            "Let the job wait, or give retries a growing pause with chance in it. Then take the shared item out of the transaction.",
        ),
        "Capacity. Larger transactions: they collide more.",
        ("conditions-fail", "slow-operation"),
        (sources.TRANSACTIONS, sources.METRICS),
    ),
    Runbook(
        "unusual-conditions",
        "Conditions fail unlike other weeks",
        "More writes were turned down by their condition than CloudWatch expects at this hour of this day of the week. It is a hint and needs "
        "nobody at night.",
        (
            Cause("a deployment that writes otherwise", "it began with a deployment"),
            Cause("a caller that repeats without reading again", "the rate is steady and does not follow the requests"),
            Cause("more users of the same items", "it follows the requests, and transactions conflict too"),
        ),
        (
            'Look at "Access patterns" and see when it began; compare with the deployments.',
            "Count `version-conflict`, `already-exists` and `not-found` in the log of the writing function, by pattern.",
            "Mend the caller. If this is the new usual, do nothing: the band learns it.",
        ),
        "Capacity. A wider band, before the reason is known.",
        ("conditions-fail",),
        (sources.ANOMALIES, sources.METRICS),
        clears="It also clears once the band has learnt the new count.",
    ),
)
