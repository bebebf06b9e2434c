"""Where a table sends its changes beside its own stream."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import pulumi

from components import arns
from components.errors import InvalidArgument

Precision = Literal["MILLISECOND", "MICROSECOND"]


@dataclass(frozen=True)
class KinesisDestination:
    """A Kinesis data stream: kept up to a year, more than two readers. Records may come twice and out of order, unlike those of the table's own stream.

    stream_arn: in the table's account and region. precision: of the time of each change. Default: "MILLISECOND". Another stream or precision
    takes this destination away before the other one comes, since a table has one: changes in between are not sent.
    """

    stream_arn: pulumi.Input[str]
    precision: Precision = "MILLISECOND"

    def __post_init__(self) -> None:
        if not arns.KINESIS_STREAM.fits(self.stream_arn):
            raise InvalidArgument(f"the stream {self.stream_arn!r} is no ARN of Kinesis: {arns.KINESIS_STREAM.shown} is needed")
        if self.precision not in get_args(Precision):
            raise InvalidArgument(f"the precision is {self.precision!r}: {' or '.join(get_args(Precision))} is allowed")

    def arguments(self) -> dict[str, Any]:
        """Of aws.dynamodb.KinesisStreamingDestination, beside the table's name."""
        return {"stream_arn": self.stream_arn, "approximate_creation_date_time_precision": self.precision}
