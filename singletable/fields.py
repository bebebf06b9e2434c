"""What a field means, beyond its Python type. A type checker sees the plain type; the kit sees the mark."""

import unicodedata
from dataclasses import field
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Annotated, Generic, TypeVar, cast

from singletable.errors import InvalidValue

T = TypeVar("T")


class Mark(Enum):
    ID = auto()
    EMAIL = auto()
    VERSION = auto()


Id = Annotated[str, Mark.ID]
"""The entity's own identifier, unique by construction. Refer to another entity with a plain `str`."""

Email = Annotated[str, Mark.EMAIL]
"""An e-mail address. Keys and locks use its normal form; the attribute keeps what was given."""

Version = Annotated[int, Mark.VERSION]
"""The optimistic lock: 0 before the item is stored, 1 when created, one more with each update."""

Timestamp = datetime
"""A moment, with a time zone. Stored in UTC with microseconds and a fixed width."""


class Secret(Generic[T]):
    """A value that does not show itself: not in repr, not in str, not in a format string, not in JSON."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == cast("Secret[object]", other)._value

    def __hash__(self) -> int:
        return hash(("Secret", self._value))


def utc_now() -> datetime:
    return datetime.now(UTC)


CREATED = "created"
STAMPED = "stamped"


def created() -> datetime:
    """The default of a timestamp: the moment the object was made."""
    return field(default_factory=utc_now, metadata={CREATED: True})


def updated() -> datetime:
    """The default of a timestamp that the store renews with every update."""
    return field(default_factory=utc_now, metadata={CREATED: True, STAMPED: True})


def normalise_email(address: str) -> str:
    """The form in which two spellings of one address are equal: NFC, no spaces around, case folded, IDNA domain.

    The local part is folded too, against the letter of RFC 5321: people do not know in which case they signed up.
    Raises InvalidValue for a text that is no address.
    """
    text = unicodedata.normalize("NFC", address.strip())
    local, at, domain = text.rpartition("@")
    if not (local and at and domain) or len(text) > 254:
        raise InvalidValue(f"{address!r} is not an e-mail address of at most 254 characters")
    try:
        domain = domain.lower() if domain.isascii() else domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise InvalidValue(f"{address!r} has no valid domain") from None
    return f"{unicodedata.normalize('NFC', local.casefold())}@{domain}"
