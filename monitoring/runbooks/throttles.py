"""Runbooks of what DynamoDB refuses, and why."""

from typing import Final

from monitoring.runbooks import sources
from monitoring.runbooks.runbook import Cause, Runbook

_EXPLAIN: Final = (
    "Run `python -m monitoring explain TABLE`: it names the cause, the index and, where Contributor Insights sees them, the busiest keys."
)

_CAUSES: Final = (
    Cause("a hot key", '"Refusing?" shows key range throttles: one key got more than 3,000 read or 1,000 write units a second'),
    Cause("too little provisioned capacity", '"Refusing?" shows provisioned throttles, and "Near a limit?" a line at 100%'),
    Cause("our own on-demand ceiling", '"Refusing?" shows on-demand max throttles: the ceiling guards the bill and was reached'),
    Cause("the account's quota for one table", '"Refusing?" shows account throttles; nothing in this stack has changed'),
)
"""The four that CloudWatch tells apart, in the order in which they are seen most."""

THROTTLES: Final = (
    Runbook(
        "refused-requests",
        "Requests to the table are refused",
        "DynamoDB turned whole requests away. The client retries a few times; what is still refused then becomes an error, and the API "
        "answers its callers with HTTP 503. A batch counts only when every item of it was refused, so this is the least that happened.",
        _CAUSES,
        (
            'Open "Refusing?" on the dashboard: see whether the table or an index is throttled, and by which of the four causes.',
            _EXPLAIN,
            (
                "Do what that cause asks for: its own alarm has opened in the same minutes and has a runbook. Then see under "
                '"Failing?" whether callers still get errors.'
            ),
        ),
        "Restarting functions, longer timeouts, more memory. More retries make it worse. More capacity does not help a hot key.",
        ("table-throttles", "index-throttles", "hot-key-range", "failed-requests"),
        (sources.METRICS, sources.THROTTLED),
    ),
    Runbook(
        "table-throttles",
        "The table itself is throttled",
        "Reads or writes of single items were held back by the table, without its indexes. Items of a batch are counted one by one, so this "
        "speaks where refused requests stay silent.",
        _CAUSES,
        (
            'Open the chart of the table under "Refusing?" and read the cause off its colours.',
            _EXPLAIN,
            (
                "Hot key: find who calls and slow it down. Provisioned: raise capacity. Our ceiling: raise it if the traffic is wanted. "
                "Account: ask Service Quotas."
            ),
        ),
        "Capacity of an index. For a hot key, any capacity at all.",
        ("refused-requests", "hot-key-range", "provisioned-exceeded", "ceiling-reached", "account-limit"),
        (sources.METRICS, sources.THROTTLING, sources.THROTTLED),
    ),
    Runbook(
        "index-throttles",
        "An index is throttled",
        "The index could not keep up. For writes that is felt far away: a write of the table that changes an entry of the index is refused "
        "with it, though the table has room. Finds through the index still answer, with what it knew before.",
        (
            Cause(
                "a hot key of the index",
                '"Refusing?" shows key range throttles of the index: many items share one value of its partition key',
            ),
            Cause(
                "the index has less capacity than the table", '"Refusing?" shows provisioned throttles of the index and none of the table'
            ),
            Cause("a load or backfill that changes many entries", '"Near a limit?" shows writes of the index rise with those of the table'),
            Cause("our own on-demand ceiling", '"Refusing?" shows on-demand max throttles: the ceiling counts for each index too'),
        ),
        (
            'Open the chart of the index under "Refusing?": reads or writes, and by which cause.',
            _EXPLAIN,
            (
                "Writes: slow down whatever writes most (a load, a job, a replay), or raise the capacity of this index. A hot key of the index "
                "needs more values in its partition key, which is a change of the model."
            ),
        ),
        "Capacity of the table. Contributor Insights for the keys: it does not see throttled writes of an index.",
        ("refused-requests", "hot-key-range", "near-capacity"),
        (sources.METRICS, sources.THROTTLED, sources.BACK_PRESSURE),
    ),
    Runbook(
        "lasting-throttles",
        "Throttling has lasted for five minutes",
        "This is no burst that retries even out: in each of five minutes items were held back. Partitions that can be split have been split by "
        "now; what lasts is one key, or a limit.",
        _CAUSES,
        (
            _EXPLAIN,
            'Compare with "Near a limit?": a line at 100% asks for capacity or a higher ceiling, a line far below it means a hot key.',
            "See what changed when it began: a deployment, a job, a new caller. Stop or slow that first; then mend the limit.",
        ),
        "Waiting, once it has lasted this long. Retries with shorter pauses.",
        ("table-throttles", "index-throttles", "hot-key-range"),
        (sources.THROTTLING, sources.THROTTLED),
    ),
    Runbook(
        "hot-key-range",
        "A key range is hot",
        "One partition got more than it serves (3,000 read or 1,000 write units a second), for minutes. Others with the same limit have room. "
        "DynamoDB splits busy partitions within minutes, but never one key.",
        (
            Cause("one customer, one product, one counter", "Contributor Insights names a key far above the others"),
            Cause("a key that is the same for all of an hour", "it begins on the hour or at midnight, and a date is in the key"),
            Cause("an index whose partition key has few values", "only the index is throttled: a status, a kind, a flag"),
            Cause("a scan or export that walks one range", '"Slow?" shows many items returned by Query or Scan'),
        ),
        (
            _EXPLAIN,
            (
                "No keys there: `aws dynamodb update-contributor-insights --table-name TABLE --contributor-insights-action ENABLE`, wait some "
                "minutes, ask again. It shows keys in plain text, and costs by the event."
            ),
            "Slow the caller of that key, or cache what it reads. Then spread the key in the model: a suffix for writes, a read for each suffix.",
        ),
        "More capacity, on demand instead of provisioned, a higher ceiling or quota: the limit belongs to the partition.",
        ("table-throttles", "index-throttles", "refused-requests"),
        (sources.KEYS, sources.THROTTLING, sources.INSIGHTS),
    ),
    Runbook(
        "provisioned-exceeded",
        "Provisioned capacity is exceeded",
        "More units were asked for than are provisioned, and the burst of the last five minutes is used up. Autoscaling follows within "
        "minutes, up to its maximum and not further.",
        (
            Cause(
                "traffic above the maximum of autoscaling", '"Near a limit?" stays at 100%, and the provisioned line is flat at its maximum'
            ),
            Cause("a jump faster than autoscaling", '"Near a limit?" falls again once the provisioned line has risen'),
            Cause("a job that reads or writes in bulk", "it begins at the same minute every day, or with a deployment"),
            Cause("autoscaling that no longer acts", "the provisioned line does not move though use is far above its target"),
        ),
        (
            'Look at "Near a limit?": is the provisioned line at its maximum, still rising, or not moving at all?',
            (
                "At its maximum: raise `maximum` in the billing setting and deploy. Not moving: "
                "`aws application-autoscaling describe-scaling-activities --service-namespace dynamodb --resource-id table/TABLE`."
            ),
            "A job in bulk: slow it down, it can wait. Demand that nobody can foresee is what on-demand billing is for.",
        ),
        "Capacity of the table for a throttled index, and the other way round: each has its own.",
        ("near-capacity", "table-throttles", "index-throttles"),
        (sources.THROTTLING, sources.AUTOSCALING),
    ),
    Runbook(
        "ceiling-reached",
        "Our own on-demand ceiling is reached",
        "The maximum that this stack sets for its on-demand table was reached, and what is above it is refused. The ceiling guards the bill; "
        "DynamoDB itself would have served more.",
        (
            Cause("wanted traffic that has outgrown the ceiling", "requests of all callers rise together, over days"),
            Cause("a loop, a retry storm or a scraper", "one caller or one pattern rises alone, within minutes"),
            Cause("a load or replay", "writes rise with a deployment or a job, and the failure queue empties"),
        ),
        (
            'Look at "Near a limit?" and at the requests under "Failing?": has everything grown, or one caller?',
            "Wanted: raise `maxRead` or `maxWrite` in the billing setting and deploy; it takes effect within minutes.",
            "Unwanted: stop the caller. `python -m monitoring explain TABLE` names the busiest keys, which say whose they are.",
        ),
        "Service Quotas, key design, more functions.",
        ("near-capacity", "table-throttles", "refused-requests"),
        (sources.THROTTLING, sources.CEILING),
    ),
    Runbook(
        "account-limit",
        "The account's quota for one table is reached",
        "The table or an index used all that the account may have for a single table: 40,000 read and 40,000 write units a second by default. "
        "No setting of the stack raises it.",
        (
            Cause("growth that nobody asked a quota for", '"Near a limit?" has been climbing for weeks'),
            Cause("a loop or a load without a ceiling", "it rose within minutes, and no on-demand maximum is set"),
            Cause("a new account or region", "quotas were raised elsewhere and not here"),
        ),
        (
            (
                "Ask for more at once, it can take hours: `aws service-quotas list-service-quotas --service-code dynamodb` shows the code of the "
                "quota, and the console or RequestServiceQuotaIncrease asks."
            ),
            "Meanwhile slow down what can wait: loads, jobs, exports, replays.",
            "Set `maxRead` and `maxWrite` below the quota afterwards, so that the next loop meets our ceiling first.",
        ),
        "Key design, capacity settings, autoscaling: the limit stands above them.",
        ("near-capacity", "table-throttles"),
        (sources.QUOTAS, sources.THROTTLING),
    ),
)
