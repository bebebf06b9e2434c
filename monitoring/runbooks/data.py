"""Runbooks of what happens to the data by itself: copies in other regions, and items that expire."""

from typing import Final

from monitoring.runbooks import sources
from monitoring.runbooks.runbook import Cause, Runbook

DATA: Final = (
    Runbook(
        "replication-late",
        "A copy in another region is late",
        "Changes need more than three minutes to reach the other region, for a quarter of an hour. Readers there see old data; if this region "
        "were lost now, so would be what has not arrived.",
        (
            Cause("the copy is throttled", "its table or an index in the other region throttles writes"),
            Cause("an event of AWS", "the AWS Health Dashboard of either region"),
            Cause("a load", "writes here are far above the usual, and it falls again afterwards"),
        ),
        (
            "Look at the throttles of the copy, in its own region: a copy needs the write capacity of the table it follows.",
            "Open the AWS Health Dashboard for both regions.",
            "Slow down loads and jobs. Do not move readers or writers to the other region while it is late.",
        ),
        "Capacity in this region. Deleting and adding the copy: it is filled from the start.",
        ("replication-silent", "table-throttles"),
        (sources.GLOBAL_TABLES, sources.METRICS),
    ),
    Runbook(
        "replication-silent",
        "Nothing is copied to another region",
        "The table is written and the latency of copying has no measurements: nothing arrives there. A latency that is not measured looks "
        "healthy on every chart.",
        (
            Cause("the copy was removed", "`aws dynamodb describe-table --table-name TABLE` lists no such replica"),
            Cause("the copy cannot be written", "its ReplicaStatus is INACCESSIBLE_ENCRYPTION_CREDENTIALS or REGION_DISABLED"),
            Cause("the stack names a region without a copy", "the alarm has never been clear since it was made"),
        ),
        (
            "`aws dynamodb describe-table --table-name TABLE`: look at ReplicaStatus of each replica.",
            "Encryption: mend the KMS key of the copy at once. After 20 hours without it DynamoDB makes the copy a table of its own.",
            "No replica: find who removed it. If nobody needs it, take the region out of `replicas`.",
        ),
        "Waiting.",
        ("replication-late",),
        (sources.GLOBAL_TABLES,),
    ),
    Runbook(
        "expiry-silent",
        "Expired items are no longer removed",
        "For longer than the stack expects, time to live deleted nothing. Items stay and are paid for, and readers that rely on it see what "
        "should be gone. DynamoDB deletes within days of expiry and promises no time.",
        (
            Cause("time to live is off, or on another attribute", "`aws dynamodb describe-time-to-live --table-name TABLE`"),
            Cause("the attribute is no number of seconds", "items were written with milliseconds, or as text: they never expire"),
            Cause("nothing is due", "few items have the attribute, or their times are far away"),
            Cause("a time that is long past", "it is more than five years old: such items are left alone"),
        ),
        (
            "`aws dynamodb describe-time-to-live --table-name TABLE`: ENABLED, and on the attribute of the declaration?",
            "Read some items that should be gone and look at the attribute: a number, seconds since 1970, in the past.",
            "Mend the writer, then write the attribute of the old items anew. Where nothing is due, raise `ttl_silent_hours`.",
        ),
        "Deleting by hand first: it costs write units, and the writer goes on.",
        (),
        (sources.EXPIRY, sources.METRICS),
        clears="It clears with the first item that time to live deletes.",
    ),
)
