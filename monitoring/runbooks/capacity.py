"""Runbooks of what is used, against what may be used."""

from typing import Final

from monitoring.runbooks import sources
from monitoring.runbooks.runbook import Cause, Runbook

CAPACITY: Final = (
    Runbook(
        "near-capacity",
        "Use comes near its limit",
        "The table or an index has used most of what it may, as a mean over five minutes; within them it was higher. Nothing is refused yet. "
        "The limit is the maximum of autoscaling or a fixed capacity, our own on-demand ceiling, or else the account's quota for one table.",
        (
            Cause("traffic grows", '"Near a limit?" rises over days, in step with requests'),
            Cause("a job in bulk", "it rises at the same time every day and falls again"),
            Cause("reads that return too much", '"Access patterns" shows more items returned by a call than before'),
            Cause("more changes of index entries", "writes of an index rise faster than those of the table"),
        ),
        (
            'Look at "Near a limit?": which of reads and writes, table or index, and since when?',
            (
                "Run `python -m monitoring explain TABLE` and compare with the last deployment: a pattern that became more expensive is cheaper "
                "to mend than capacity."
            ),
            "Raise the limit before it is met: capacity or `maximum`, `maxRead` or `maxWrite`, or the quota, which takes hours.",
        ),
        "A higher limit, where one key is hot: a partition has its own.",
        ("provisioned-exceeded", "ceiling-reached", "account-limit", "hot-key-range"),
        (
            sources.METRICS,
            sources.CAPACITY,
            sources.QUOTAS,
        ),
    ),
    Runbook(
        "unusual-use",
        "The table is used unlike other weeks",
        "Units used left the band that CloudWatch expects at this hour of this day of the week. Nothing is refused or slow because of it. It "
        "is a hint: of a campaign, of a loop, or of callers that stay away.",
        (
            Cause("something planned", "a campaign, a load, a holiday: ask whoever plans them"),
            Cause("a caller in a loop", "far above the band, and one pattern or one key rose alone"),
            Cause("callers that stay away", 'far below the band: look for HTTP errors before us, and at "Failing?"'),
            Cause("a band that has not learnt enough", "less than two weeks of data, or the last weeks were unusual themselves"),
        ),
        (
            "See on which side of the band it is, and since when.",
            'Compare with the requests under "Failing?" and with the last deployment: did callers change, or what a call costs?',
            "Above it: `python -m monitoring explain TABLE` names the busiest keys. Below it: look at whatever stands before the API.",
        ),
        "Capacity: nothing was short of it.",
        ("near-capacity", "failed-requests"),
        (sources.ANOMALIES,),
        clears="It also clears once the band has learnt the new use.",
    ),
)
