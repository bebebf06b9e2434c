"""Single values between Python and the wire, for what has no spelling of its own in the generated code. Each raises InvalidValue, or a
TypeError or ValueError that the codec turns into an error with the name of the field.
"""

from base64 import b64decode
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from singletable.errors import InvalidValue
from singletable.numbers import decimal_text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Concealed(dict[str, Any]):
    """The wire form of a secret: sent like any other, and not shown by the repr of the request that holds it."""

    def __repr__(self) -> str:
        return "{'***'}"


def text(value: object) -> str:
    """Not str(value): of an enum of texts that is the name of the member."""
    if not isinstance(value, str):
        raise TypeError
    return str.__str__(value)


def name(value: object) -> str:
    """Of an entry of a map."""
    if value == "":
        raise InvalidValue("a name inside a map has at least one character")
    return text(value)


def stranger(value: object) -> Any:
    """For a member of another enum, and whatever else is none of the declared one."""
    raise TypeError


def integer(value: object) -> str:
    """For what is not plainly an int of up to 38 digits: some larger ones still fit, with zeros at the end."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return decimal_text(Decimal(value))


def boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def binary(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError
    return value


def day(value: object) -> str:
    """A moment is a date to Python, and would lose its time."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError
    return value.isoformat()


def moment(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError
    return value


def raw(value: bytes | str) -> bytes:
    """Bytes come as such from botocore, and in base64 in a stream event."""
    return value if isinstance(value, bytes) else b64decode(value)


def collection(values: object) -> Collection[Any]:
    if not isinstance(values, Collection) or isinstance(values, str | bytes | Mapping):
        raise TypeError
    return cast("Collection[Any]", values)


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
