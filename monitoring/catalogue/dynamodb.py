"""AWS/DynamoDB: all 44 metrics of the developer guide."""

from datetime import date
from typing import Final

from monitoring.catalogue.entry import Emission, Entry, Source

NAMESPACE: Final = "AWS/DynamoDB"

_METRICS: Final = Source("DynamoDB developer guide, DynamoDB metrics and dimensions", date(2026, 11, 24))
_THROTTLING: Final = Source("DynamoDB developer guide, CloudWatch metrics for throttling", date(2026, 11, 24))

_ACCOUNT: Final = (frozenset[str](),)
_TABLE: Final = (frozenset({"TableName"}),)
_INDEX: Final = (frozenset({"TableName", "GlobalSecondaryIndexName"}),)
_OPERATION: Final = (frozenset({"TableName", "Operation"}),)
_STREAM: Final = (frozenset({"TableName", "Operation", "StreamLabel"}),)
_REPLICA: Final = (frozenset({"TableName", "ReceivingRegion"}),)
_KINESIS: Final = (frozenset({"TableName", "DelegatedOperation"}),)

_COUNT: Final = frozenset({"Sum", "SampleCount"})
_GAUGE: Final = frozenset({"Maximum", "Average", "Minimum"})
_USE: Final = frozenset({"Sum", "Average", "Minimum", "Maximum"})
_SUM: Final = frozenset({"Sum"})

_CALLS: Final = "calls are counted by SampleCount of SuccessfulRequestLatency, by TableName + Operation"
_OWN: Final = "an index has its own series, by TableName + GlobalSecondaryIndexName: that of the table never includes it"


def _entry(
    name: str,
    dimensions: tuple[frozenset[str], ...],
    statistics: frozenset[str],
    emission: Emission,
    meaning: str,
    *,
    unit: str = "Count",
    period_seconds: int = 60,
    source: Source = _METRICS,
    hint: str = "",
) -> Entry:
    return Entry(NAMESPACE, name, dimensions, statistics, period_seconds, unit, emission, meaning, source, hint)


def _throttles(access: str) -> tuple[Entry, ...]:
    """All throttle events of reads or writes, then the four causes: each event is counted in the first and in one of the others."""
    causes = {
        "": "it was throttled: one event for each item of a batch, and for each index entry",
        "ProvisionedThroughput": "the provisioned capacity was used up: more capacity helps",
        "KeyRangeThroughput": "one key range got more than a partition serves: the keys must spread, more capacity does not help",
        "MaxOnDemandThroughput": "our own on-demand ceiling was reached",
        "AccountLimit": "the account's quota for one table was reached: Service Quotas",
    }
    return tuple(
        _entry(
            f"{access}{cause}ThrottleEvents",
            (*_TABLE, *_INDEX),  # the page names TableName alone for WriteAccountLimitThrottleEvents, which reads like an omission
            _COUNT,
            Emission.ON_EVENT,
            f"{access}s where {meaning}",
            source=_THROTTLING if cause else _METRICS,
            hint=_OWN,
        )
        for cause, meaning in causes.items()
    )


def _by_access(access: str) -> tuple[Entry, ...]:
    """The metrics that exist once for reads and once for writes."""
    return (
        _entry(
            f"Consumed{access}CapacityUnits",
            (*_TABLE, *_INDEX, frozenset({"TableName", "Source"})) if access == "Write" else (*_TABLE, *_INDEX),
            _USE,
            Emission.ALWAYS,
            "units used; a point is there without traffic too. Sum divided by the period is the rate",
            hint=f"{_CALLS}; {_OWN}",
        ),
        _entry(
            f"Provisioned{access}CapacityUnits",
            (*_TABLE, *_INDEX),
            _GAUGE,
            Emission.WHILE_ACTIVE,
            "units a second that are provisioned; only in provisioned mode",
            period_seconds=300,
            hint=_OWN,
        ),
        _entry(
            f"OnDemandMax{access}RequestUnits",
            (*_TABLE, *_INDEX),
            _GAUGE,
            Emission.WHILE_ACTIVE,
            "our own on-demand ceiling in units a second; only where one is set",
            period_seconds=300,
            hint=_OWN,
        ),
        _entry(
            f"AccountProvisioned{access}CapacityUtilization",
            _ACCOUNT,
            _GAUGE,
            Emission.WHILE_ACTIVE,
            "share of the account's provisioned capacity in use",
            unit="Percent",
            period_seconds=300,
        ),
        _entry(
            f"MaxProvisionedTable{access}CapacityUtilization",
            _ACCOUNT,
            _GAUGE,
            Emission.WHILE_ACTIVE,
            "share of the account's quota for one table that the highest provisioned table or index has",
            unit="Percent",
            period_seconds=300,
        ),
        *(
            _entry(
                name,
                _ACCOUNT,
                frozenset({"Maximum"}),
                Emission.ALWAYS,
                meaning,
                period_seconds=300,
            )
            for name, meaning in (
                (f"AccountMax{access}s", "the account's quota of provisioned units a second"),
                (f"AccountMaxTableLevel{access}s", "the account's quota of units a second for one table or index"),
            )
        ),
        *_throttles(access),
    )


_PER_OPERATION: Final = (
    _entry(
        "ThrottledRequests",
        _OPERATION,
        _COUNT,
        Emission.ON_EVENT,
        "requests with a throttled item; of a batch only when every item was",
        hint="needs Operation; use throttled_requests(table, operation) for each operation in use",
    ),
    _entry(
        "SystemErrors",
        _OPERATION,
        _COUNT,
        Emission.ON_EVENT,
        "requests answered with HTTP 500; retries usually hide them",
        hint="needs Operation; use system_errors(table, operation) for each operation in use",
    ),
    _entry(
        "SuccessfulRequestLatency",
        (*_OPERATION, *_STREAM),
        frozenset({"SampleCount", "Average", "Minimum", "Maximum", "p"}),
        Emission.WHILE_ACTIVE,
        "time inside DynamoDB of requests that were served; network, client and refused requests are not in it",
        unit="Milliseconds",
        hint="needs Operation; use latency(table, operation) for each operation in use",
    ),
    _entry(
        "ReturnedItemCount",
        _OPERATION,
        frozenset({"Sum", "SampleCount", "Average", "Minimum", "Maximum"}),
        Emission.WHILE_ACTIVE,
        "items returned by Query, Scan and ExecuteStatement",
        hint="needs Operation",
    ),
    _entry(
        "FaultInjectionServiceInducedErrors",
        _OPERATION,
        _COUNT,
        Emission.ON_EVENT,
        "errors made by an experiment of AWS Fault Injection Service",
    ),
)

_PER_TABLE: Final = (
    _entry(
        "ConditionalCheckFailedRequests",
        _TABLE,
        _COUNT,
        Emission.ON_EVENT,
        "writes whose condition was false: normal in optimistic locking",
    ),
    _entry("TransactionConflict", _TABLE, _COUNT, Emission.ON_EVENT, "items rejected because another request was writing them"),
    _entry("TimeToLiveDeletedItemCount", _TABLE, _SUM, Emission.ON_EVENT, "items deleted by time to live"),
    _entry(
        "OnlineIndexPercentageProgress",
        _INDEX,
        _GAUGE,
        Emission.WHILE_ACTIVE,
        "progress of a new index's backfill",
        unit="Percent",
        period_seconds=300,
    ),
    _entry(
        "OnlineIndexThrottleEvents",
        _INDEX,
        _COUNT,
        Emission.WHILE_ACTIVE,
        "expected to show 0: neither plot nor alarm",
        period_seconds=300,
    ),
    _entry(
        "OnlineIndexConsumedWriteCapacity",
        _INDEX,
        _USE,
        Emission.WHILE_ACTIVE,
        "expected to show 0: neither plot nor alarm",
        period_seconds=300,
    ),
)

_STREAMS: Final = (
    _entry("ReturnedBytes", _STREAM, _USE | _COUNT, Emission.WHILE_ACTIVE, "bytes returned by GetRecords", unit="Bytes"),
    _entry("ReturnedRecordsCount", _STREAM, _USE | _COUNT, Emission.WHILE_ACTIVE, "records returned by GetRecords"),
)

_REPLICATION: Final = (
    _entry(
        "ReplicationLatency",
        _REPLICA,
        _GAUGE,
        Emission.WHILE_ACTIVE,
        "from the write in one replica to its arrival in another",
        unit="Milliseconds",
        period_seconds=300,
    ),
    _entry(
        "PendingReplicationCount",
        _REPLICA,
        _GAUGE,
        Emission.WHILE_ACTIVE,
        "updates not yet in another replica; global tables of version 2017.11.29 only",
        period_seconds=300,
    ),
    _entry(
        "AgeOfOldestUnreplicatedRecord",
        _KINESIS,
        _GAUGE,
        Emission.WHILE_ACTIVE,
        "age of the oldest change not yet in the Kinesis stream",
        unit="Milliseconds",
        period_seconds=300,
    ),
    _entry(
        "ConsumedChangeDataCaptureUnits",
        _KINESIS,
        _USE,
        Emission.WHILE_ACTIVE,
        "units used to copy changes to Kinesis",
        period_seconds=300,
    ),
    _entry(
        "ThrottledPutRecordCount",
        _KINESIS,
        _USE | _COUNT,
        Emission.ON_EVENT,
        "changes throttled by Kinesis",
        period_seconds=300,
    ),
    _entry(
        "FailedToReplicateRecordCount",
        _KINESIS,
        _COUNT,
        Emission.ON_EVENT,
        "changes that never reached Kinesis",
        period_seconds=300,
    ),
)

_ACCOUNT_WIDE: Final = (
    _entry(
        "UserErrors",
        _ACCOUNT,
        _COUNT,
        Emission.ON_EVENT,
        "requests answered with HTTP 400, throttles and failed conditions apart",
        hint="it is counted for account and region only: no table has a series of its own",
    ),
)

ENTRIES: Final = (
    *_by_access("Read"),
    *_by_access("Write"),
    *_PER_OPERATION,
    *_PER_TABLE,
    *_STREAMS,
    *_REPLICATION,
    *_ACCOUNT_WIDE,
)
