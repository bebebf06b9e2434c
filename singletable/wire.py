"""Single values between Python and the wire, for what has no spelling of its own in the generated code. Each raises InvalidValue, or a
TypeError that the codec turns into one.
"""

from base64 import b64decode
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from singletable.errors import InvalidValue

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return str(value)


def boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def binary(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError
    return value


def raw(value: bytes | str) -> bytes:
    """Bytes come as such from botocore, and in base64 in a stream event."""
    return value if isinstance(value, bytes) else b64decode(value)


def filled(values: Collection[Any]) -> Collection[Any]:
    if not values:
        raise InvalidValue("an empty set has no form inside a list or map")
    return values


def epoch_seconds(value: datetime) -> str:
    """Whole seconds since 1970, the rest cut off: the form of a TTL attribute."""
    if value.utcoffset() is None:
        raise InvalidValue(f"{value!r} has no time zone: make it aware, for example datetime.now(timezone.utc)")
    return str((value - EPOCH) // SECOND)


def from_epoch(seconds: str) -> datetime:
    return EPOCH + int(seconds) * SECOND
