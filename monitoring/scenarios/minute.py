"""What is different in a minute: an incident says it, the weather turns it into measurements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from monitoring.measures import Access, Cause

Place = tuple[Access, str | None]
"""Reads or writes, of an index; None is the table itself."""

USUAL_AGE_SECONDS: Final = 0.6
USUAL_RUN_MS: Final = 45.0
USUAL_COPY_MS: Final = 900.0


@dataclass
class Minute:
    """Starts as a usual one.

    traffic: times the usual rate. bulk: place -> units a second that somebody wants beside the functions. slowness: times the usual latency of
    DynamoDB. throttled: place -> share of the requests that need it and are refused for `cause`. system_errors: share of the requests that
    DynamoDB fails. false_conditions, conflicts: share of the writes whose condition is false, and that meet a transaction. turned_away: share
    of the requests to a function's URL that it answers with HTTP 5xx. crashes, refused_runs: runs of a function that answers callers, failed
    and refused for lack of concurrency. run_ms: the slowest run of such a function. polled: share of the stream's records that a consumer
    reads. age_seconds: of the oldest. consumer_errors: its failed runs. waiting: messages in its failure queue; None: nothing was ever sent to
    it. lost: records that were given up and reached no queue. copy_ms: from here to a replica; None: nothing arrives. expires: TTL deletes
    items.
    """

    traffic: float = 1.0
    bulk: Mapping[Place, float] = field(default_factory=dict[Place, float])
    slowness: float = 1.0
    throttled: Mapping[Place, float] = field(default_factory=dict[Place, float])
    cause: Cause = "KeyRangeThroughput"
    system_errors: float = 0.0
    false_conditions: float = 0.0
    conflicts: float = 0.0
    turned_away: float = 0.0
    crashes: int = 0
    refused_runs: int = 0
    run_ms: float = USUAL_RUN_MS
    polled: float = 1.0
    age_seconds: float = USUAL_AGE_SECONDS
    consumer_errors: int = 0
    waiting: int | None = None
    lost: int = 0
    copy_ms: float | None = USUAL_COPY_MS
    expires: bool = True
