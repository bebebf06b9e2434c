"""The time that AWS writes down is the time of the request that it handles, not of this machine.

Only where it is written and read back: alarms, tables and their streams, logs, notifications, the sending time of messages. Timers of SQS
(visibility, long polling) stay with the machine's time, since a clock that stands still would never let them end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from local.calls import current_call
from local.patches import Patch, Repair


def now() -> datetime:
    """The time of the request that this thread handles; the machine's outside of one."""
    call = current_call()
    return call.at if call is not None else datetime.now(UTC)


def _utcnow(_: object) -> Callable[[], datetime]:
    """moto's times are UTC without a zone."""
    return lambda: now().astimezone(UTC).replace(tzinfo=None)


def _iso_milliseconds(_: object) -> Callable[[], str]:
    return lambda: now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _mark_sent(original: Callable[..., None]) -> Callable[..., None]:
    def mark_sent(message: Any, delay_seconds: int | None = None) -> None:
        original(message, delay_seconds)
        message.sent_timestamp = int(now().timestamp() * 1000)

    return mark_sent


def _within_retention(_: object) -> Callable[..., bool]:
    def is_message_valid_based_on_retention_period(backend: Any, queue_name: str, message: Any) -> bool:
        # Asked for each message: from the queue itself, since all its attributes include counts of all its messages.
        kept_seconds = backend.get_queue(queue_name).message_retention_period
        return message.sent_timestamp / 1000 + kept_seconds > now().timestamp()

    return is_message_valid_based_on_retention_period


def _patches() -> Sequence[Patch]:
    from moto.cloudwatch import models as cloudwatch
    from moto.dynamodb.models import table
    from moto.logs import models as logs
    from moto.sns import models as sns
    from moto.sqs.models import Message, SQSBackend

    return (
        Patch(cloudwatch, "utcnow", _utcnow),
        Patch(table, "utcnow", _utcnow),
        Patch(logs, "utcnow", _utcnow),
        Patch(sns, "iso_8601_datetime_with_milliseconds", _iso_milliseconds),
        Patch(Message, "mark_sent", _mark_sent),
        Patch(SQSBackend, "is_message_valid_based_on_retention_period", _within_retention),
    )


CLOCK = Repair("clock", "moto's times are those of the machine; in a simulated hour everything must carry the simulated time", _patches)
