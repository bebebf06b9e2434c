"""How changes are delivered to a function: batches, retries, and where reading starts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

import pulumi

from components.checks import check_flag, check_whole
from components.errors import InvalidArgument
from components.moments import rfc3339

BATCH_SIZE = range(1, 10_001)
WINDOW_SECONDS = range(301)
PARALLELIZATION = range(1, 11)
RETRIES = range(10_001)
TUMBLING_SECONDS = range(1, 901)
"""What CreateEventSourceMapping takes of a stream; 0 seconds of a tumbling window is none."""
OLDEST_SECONDS = 60
MAXIMUM_AGE_SECONDS = 22 * 3600
"""Older changes go to the failure queue. A stream forgets after 24 hours, without a trace: two are left to notice and to read them."""

Position = Literal["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"]


@dataclass(frozen=True)
class Start:
    """Made by trim_horizon(), latest() or at(). It holds for the first time that a mapping reads a stream; afterwards it goes on where it was,
    whatever is said here.
    """

    position: Position
    because: str = ""
    moment: datetime | None = None

    @classmethod
    def trim_horizon(cls) -> "Start":
        """With the oldest change that the stream still has: nothing is lost, and up to a day of changes comes when a mapping is made anew."""
        return cls("TRIM_HORIZON")

    @classmethod
    def latest(cls, because: str) -> "Start":
        """With what is written once the mapping reads, some minutes after its creation. What was written before, and whenever the mapping or
        the stream is replaced what is written meanwhile, is never delivered. because: why that does no harm. Raises InvalidArgument without it.
        """
        if not isinstance(cast("object", because), str) or not because.strip():
            raise InvalidArgument(
                "Start.latest() loses what is written until the mapping reads: say why that does no harm, or use Start.trim_horizon()"
            )
        return cls("LATEST", because)

    @classmethod
    def at(cls, moment: datetime) -> "Start":
        """With the first change since a moment, to the second: of a stream of Kinesis only. Raises InvalidArgument for one without a zone."""
        if not isinstance(cast("object", moment), datetime):
            raise InvalidArgument(f"the start is of type {type(moment).__name__}: give a datetime, for example datetime.now(timezone.utc)")
        if moment.tzinfo is None:
            raise InvalidArgument(f"the start {moment.isoformat()} has no time zone: make it aware, for example datetime.now(timezone.utc)")
        return cls("AT_TIMESTAMP", moment=moment)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Options of the mapping from a stream to a function (AWS Lambda developer guide, "Lambda parameters for Amazon DynamoDB event source
    mappings").

    batch_size: most changes of one call, 1 to 10000. Default: 100. window_seconds: how long a call waits for its batch to fill, up to 300.
    Default: 0, no wait. parallelization: batches of a shard at a time, 1 to 10; above 1, order holds for one item only. Default: 1.
    bisect: a batch that fails is halved, until the change that cannot be handled is alone. Default: True. retries: 0 to 10000. Default: 10.
    maximum_age_seconds: older changes are not tried any more, from 60. Default: 22 hours. partial_failures: the function says where in a batch
    it stopped, as handlers of this kit do. Default: True. tumbling_window_seconds: calls of one window hand on a state, which the function has
    to return, so that parallelization is 1; handlers of this kit return none. Default: no windows. start: default, Start.trim_horizon().
    filter_key_arn: a KMS key that encrypts the filter, whose policy lets lambda.amazonaws.com decrypt. Default: Lambda's own.
    enabled: default True; a mapping that is not reads nothing, and loses changes older than the stream keeps.

    Without limit is not offered: one change that cannot be handled would hold up its shard until it expires. Raises InvalidArgument.
    """

    batch_size: int = 100
    window_seconds: int = 0
    parallelization: int = 1
    bisect: bool = True
    retries: int = 10
    maximum_age_seconds: int = MAXIMUM_AGE_SECONDS
    partial_failures: bool = True
    tumbling_window_seconds: int | None = None
    start: Start = Start("TRIM_HORIZON")
    filter_key_arn: pulumi.Input[str] | None = None
    enabled: bool = True

    def __post_init__(self) -> None:
        check_whole("batch_size", self.batch_size, BATCH_SIZE)
        check_whole("window_seconds", self.window_seconds, WINDOW_SECONDS)
        check_whole("parallelization", self.parallelization, PARALLELIZATION)
        check_whole("retries", self.retries, RETRIES)
        if self.tumbling_window_seconds is not None:
            check_whole("tumbling_window_seconds", self.tumbling_window_seconds, TUMBLING_SECONDS)
            if self.parallelization > 1:
                raise InvalidArgument(
                    f"tumbling_window_seconds is {self.tumbling_window_seconds}, and parallelization {self.parallelization}: a window's state is "
                    "handed on from batch to batch of a shard, one at a time; leave one of them out"
                )
        for what, given in (("bisect", self.bisect), ("partial_failures", self.partial_failures), ("enabled", self.enabled)):
            check_flag(what, given)
        if not isinstance(cast("object", self.start), Start):
            raise InvalidArgument(
                f"the start is {self.start!r}: give Start.trim_horizon(), Start.latest(because=...) or, of Kinesis, Start.at(moment)"
            )

    def arguments(self) -> dict[str, Any]:
        """Of aws.lambda_.EventSourceMapping, beside source, function, filter and failure destination."""
        moment = {"starting_position_timestamp": rfc3339(self.start.moment)} if self.start.moment else {}
        return {
            "starting_position": self.start.position,
            **moment,
            "batch_size": self.batch_size,
            "parallelization_factor": self.parallelization,
            "bisect_batch_on_function_error": self.bisect,
            **({"function_response_types": ["ReportBatchItemFailures"]} if self.partial_failures else {}),
            "maximum_retry_attempts": self.retries,
            "maximum_record_age_in_seconds": self.maximum_age_seconds,
            # Without these there is no metric for a change that was dropped.
            "metrics_config": {"metrics": ["EventCount"]},
            **({"maximum_batching_window_in_seconds": self.window_seconds} if self.window_seconds else {}),
            **({"tumbling_window_in_seconds": self.tumbling_window_seconds} if self.tumbling_window_seconds else {}),
            **({"kms_key_arn": self.filter_key_arn} if self.filter_key_arn is not None else {}),
            **({} if self.enabled else {"enabled": False}),
        }
