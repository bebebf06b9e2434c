"""Where a function reads the table's changes: the table's own stream, or a stream of Kinesis that the table sends them to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components import arns
from components.checks import check_whole
from components.errors import InvalidArgument
from components.functions.delivery import OLDEST_SECONDS, Delivery
from components.permissions.access import Access, kinesis_access, stream_access
from components.tables.table import SingleTable


@dataclass(frozen=True)
class TableStream:
    longest_seconds = 24 * 3600
    positions = ("TRIM_HORIZON", "LATEST")

    def arn(self, table: SingleTable) -> pulumi.Input[str]:
        return table.stream_arn

    def access(self, table: SingleTable, queue_arn: pulumi.Input[str]) -> list[Access]:
        return stream_access(table.stream_arn, queue_arn)

    def pattern(self, declared: Mapping[str, Any]) -> Mapping[str, Any]:
        """A filter of Lambda."""
        return declared

    def __str__(self) -> str:
        return "the table's stream"


@dataclass(frozen=True)
class KinesisStream:
    stream_arn: pulumi.Input[str]
    longest_seconds = 7 * 24 * 3600
    positions = ("TRIM_HORIZON", "LATEST", "AT_TIMESTAMP")

    def __post_init__(self) -> None:
        if not arns.KINESIS_STREAM.fits(self.stream_arn):
            raise InvalidArgument(
                f"the source is {self.stream_arn!r}: the ARN of a stream of Kinesis is needed, {arns.KINESIS_STREAM.shown}"
            )

    def arn(self, table: SingleTable) -> pulumi.Input[str]:
        return self.stream_arn

    def access(self, table: SingleTable, queue_arn: pulumi.Input[str]) -> list[Access]:
        return kinesis_access(self.stream_arn, queue_arn)

    def pattern(self, declared: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"data": declared}

    def __str__(self) -> str:
        return "a stream of Kinesis"


AnySource = TableStream | KinesisStream


class Source:
    @staticmethod
    def table() -> TableStream:
        """The table's own stream: each change once and in the order of its item, for 24 hours, to at most two functions."""
        return TableStream()

    @staticmethod
    def kinesis(stream_arn: pulumi.Input[str]) -> KinesisStream:
        """The stream that SingleTable(kinesis=...) sends changes to: up to a year, more readers, and a change may come twice or late.

        Raises InvalidArgument.
        """
        return KinesisStream(stream_arn)


def check_delivery(delivery: object, source: object, filters: Sequence[object]) -> None:
    """Raises InvalidArgument."""
    if not isinstance(source, TableStream | KinesisStream):
        raise InvalidArgument(f"the source is of type {type(source).__name__}: give Source.table() or Source.kinesis(arn)")
    if not isinstance(delivery, Delivery):
        raise InvalidArgument(f"the delivery is of type {type(delivery).__name__}: give Delivery(...)")
    check_whole(f"maximum_age_seconds of {source}", delivery.maximum_age_seconds, range(OLDEST_SECONDS, source.longest_seconds + 1))
    if delivery.start.position not in source.positions:
        raise InvalidArgument(f"the start is {delivery.start.position}: of {source}, {' and '.join(source.positions)} are allowed")
    if delivery.filter_key_arn is not None and not filters:
        raise InvalidArgument(
            "filter_key_arn is given, and there is no filter to encrypt: leave it out, or declare handlers of some entities"
        )
