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
"""The optimistic lock: declared with the default 1, which a new item has, and one more with each update."""

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


MOST_EMAIL_CHARACTERS = 254
"""Of a path in SMTP, without its brackets (RFC 5321, section 4.5.3.1.3)."""


def normalise_email(address: str) -> str:
    """The form in which two spellings of one address are equal: NFC, no spaces around, case folded, IDNA domain.

    The local part is folded too, against the letter of RFC 5321: people do not know in which case they signed up.
    Raises InvalidValue for a text that is no address: without an @, with a space or a control character in it, or too long.
    """
    text = unicodedata.normalize("NFC", address.strip())
    local, _, domain = text.rpartition("@")
    refused = InvalidValue(f"{address!r} is not an e-mail address of at most {MOST_EMAIL_CHARACTERS} characters")
    if not (local and domain) or not text.isprintable() or " " in text:
        raise refused
    try:
        domain = domain.lower() if domain.isascii() else domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise InvalidValue(f"{address!r} has no valid domain") from None
    normal = f"{unicodedata.normalize('NFC', local.casefold())}@{domain}"
    if max(len(text), len(normal)) > MOST_EMAIL_CHARACTERS:
        raise refused
    return normal
