"""Runbooks of what all stacks of an account and region share."""

from typing import Final

from monitoring.runbooks import sources
from monitoring.runbooks.runbook import Cause, Runbook

ACCOUNT: Final = (
    Runbook(
        "account-capacity",
        "The account's provisioned capacity is nearly used up",
        "All provisioned tables and indexes of the region together come near the account's quota. At 100% no table can be given more, and "
        "autoscaling stops where it is, for every stack.",
        (
            Cause("many tables grew", "the utilisation rises over weeks"),
            Cause("one table with a very large capacity", "it rose at once, with a deployment or an autoscaling maximum"),
            Cause("tables nobody uses", "`aws dynamodb list-tables` has names that no stack knows"),
        ),
        (
            "Ask for a higher quota now, it can take hours: `aws service-quotas list-service-quotas --service-code dynamodb` shows its code.",
            "Find the largest: provisioned tables, then their indexes; an index counts like a table.",
            "Move tables with low or unsteady use to on demand: they do not count here.",
        ),
        "Autoscaling: it asks for more of what is short.",
        ("account-table-capacity",),
        (sources.QUOTAS, sources.METRICS),
    ),
    Runbook(
        "account-table-capacity",
        "One table's provisioned capacity nears the quota for a table",
        "The largest provisioned table or index of the region comes near what one table may have. At 100% it cannot be given more.",
        (
            Cause("its autoscaling follows traffic", "the utilisation follows the hours of the day"),
            Cause("a capacity that was set by hand", "it rose at once and has not moved since"),
        ),
        (
            "Find the table: the one with the largest provisioned capacity; the metric does not name it.",
            "Ask for a higher quota for one table in Service Quotas now; it can take hours.",
            "See whether it needs so much: a hot key or a scan uses capacity that better keys would not.",
        ),
        "The account's quota for all tables: this one is another.",
        ("account-capacity", "near-capacity"),
        (sources.QUOTAS, sources.METRICS),
    ),
    Runbook(
        "account-user-errors",
        "Callers send requests that DynamoDB cannot take",
        "For ten minutes, requests to DynamoDB in this region were answered with HTTP 400: badly formed, for a table that is not there, or "
        "transactions in conflict. Throttles and false conditions are not among them. The metric names no table, so it may be anybody's.",
        (
            Cause("a deployment with a wrong table name or key", "ResourceNotFoundException or ValidationException in one function's log"),
            Cause("transactions in conflict", "the alarm of a stack's transaction conflicts is open too"),
            Cause("a script or a console of somebody", "it stops in the evening; CloudTrail has the caller where data events are on"),
        ),
        (
            "See which stack was deployed when it began, and look into its functions' logs for ValidationException.",
            "Compare with the transaction conflicts of the stacks: they are counted here as well.",
            (
                "Nobody's: `aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventSource,AttributeValue=dynamodb.amazonaws.com` shows "
                "who works on tables; data events show the calls."
            ),
        ),
        "Capacity, retries: a wrong request stays wrong.",
        ("transaction-conflicts", "function-errors"),
        (sources.METRICS, sources.ERRORS),
    ),
    Runbook(
        "account-concurrency",
        "The account's concurrency is nearly used up",
        "Functions of this region claim most of the runs that the account may have at one time, reserved ones included. At the quota runs are "
        "refused, of every function without a reserve, whoever caused it.",
        (
            Cause("one function grew or became slow", "its ConcurrentExecutions rose; slow runs take more of them for the same traffic"),
            Cause("a loop between functions and queues", "runs double within minutes and nobody asked for them"),
            Cause("reserves that are too large", "claimed concurrency is far above the runs there are"),
        ),
        (
            "Sort ConcurrentExecutions by function in CloudWatch and find the one that rose.",
            "Give it a ceiling: `aws lambda put-function-concurrency --function-name FUNCTION --reserved-concurrent-executions N`. Of a loop: 0.",
            "Ask for a higher quota in Service Quotas where the traffic is wanted; it takes hours.",
        ),
        "Memory, timeouts, capacity of tables.",
        ("function-throttles", "failed-requests"),
        (sources.SCALING, sources.CONCURRENCY),
    ),
)
