"""Key templates: `"ORDER#{created_at}#{id}"` to a key and back.

A template is one or more components joined by `#`; a component is a fixed word or exactly one field.
`render` and `parse` are inverse for every value, because a rendered component is never empty and never contains the separator.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any

from singletable.errors import DeclarationError, InvalidKey, InvalidValue
from singletable.fields import normalise_email
from singletable.values import value

SEPARATOR = "#"
PARTITION_KEY_BYTES = 2048
SORT_KEY_BYTES = 1024
"""Most bytes of a key value, in UTF-8, of the table and of an index (DynamoDB developer guide, "Quotas in Amazon DynamoDB")."""
AFTER_SEPARATOR = chr(ord(SEPARATOR) + 1)
"""Sorts directly behind every key that continues with the separator: the upper end of an inclusive range."""
AFTER_DIGITS = chr(ord("9") + 1)
"""Sorts directly behind every digit, with which each form that has ranges starts: the upper end of a range without one."""


def escape(value: str) -> str:
    """A text as one component: `%` and `#` become `%25` and `%23`. Raises InvalidKey for an empty text."""
    if value == "":
        raise InvalidKey("a key component cannot be empty: give it a value")
    return value.replace("%", "%25").replace(SEPARATOR, "%23")


def unescape(component: str) -> str:
    value = component.replace("%23", SEPARATOR).replace("%25", "%")
    if not value or escape(value) != component:
        raise InvalidKey(f"{component!r} is not an escaped key component")
    return value


def format_timestamp(value: datetime) -> str:
    """UTC, always 27 characters, so that text order is time order. Raises InvalidValue for a time without a zone."""
    if value.tzinfo is not UTC:
        if value.utcoffset() is None:
            raise InvalidValue(f"{value!r} has no time zone: make it aware, for example datetime.now(timezone.utc)")
        value = value.astimezone(UTC)
    text = value.isoformat()
    return f"{text[:26]}Z" if value.microsecond else f"{text[:19]}.000000Z"


def parse_timestamp(text: str) -> datetime:
    try:
        value = datetime.fromisoformat(text)
        if format_timestamp(value) == text:
            return value
    except (ValueError, OverflowError, InvalidValue):
        pass
    raise InvalidKey(f"{text!r} is not a timestamp of the form 2025-01-31T12:00:00.000000Z")


@value
class KeyForm:
    """How values of one type look inside a key.

    spelling: forms of the same spelling write equal values alike, as a text and an enum of texts do.
    ordered: text order is value order, so a range over the component is a range over the values.
    temporal: that order is time.
    length: the number of characters, where it is always the same.
    """

    name: str
    render: Callable[[Any], str]
    parse: Callable[[str], Any]
    spelling: str
    ordered: bool = False
    temporal: bool = False
    length: int | None = None

    def may_equal(self, word: str) -> bool:
        """Could a value of this form be written exactly like the fixed word?"""
        try:
            return self.render(self.parse(word)) == word
        except (InvalidKey, InvalidValue):
            return False

    def may_meet(self, other: "KeyForm") -> bool:
        """Could a value of this form be written exactly like a value of the other?"""
        return self.length is None or other.length is None or self.length == other.length


def _parse_email(component: str) -> str:
    value = unescape(component)
    if normalise_email(value) != value:
        raise InvalidKey(f"{component!r} is not a normalised e-mail address")
    return value


def _format_date(value: date) -> str:
    if isinstance(value, datetime):
        raise InvalidKey(f"{value!r} is a moment, not a date: declare the field as Timestamp")
    return value.isoformat()


def _parse_date(component: str) -> date:
    try:
        value = date.fromisoformat(component)
    except ValueError:
        raise InvalidKey(f"{component!r} is not a date of the form 2025-01-31") from None
    if value.isoformat() != component:
        raise InvalidKey(f"{component!r} is not a date of the form 2025-01-31")
    return value


TEXT = KeyForm("text", escape, unescape, "text")
EMAIL = KeyForm("email", lambda value: escape(normalise_email(value)), _parse_email, "email")
TIMESTAMP = KeyForm("timestamp", format_timestamp, parse_timestamp, "timestamp", ordered=True, temporal=True, length=27)
DATE = KeyForm("date", _format_date, _parse_date, "date", ordered=True, temporal=True, length=10)


@cache
def integer(width: int | None) -> KeyForm:
    """Whole numbers. With a width: zero-padded, not negative, in numeric order. Without: any number, for equality only."""

    def render(value: int) -> str:
        if width is None:
            return f"{value:d}"
        if value < 0 or value >= 10**width:
            raise InvalidKey(f"{value} does not fit into {width} digits: allowed are 0 to {10**width - 1}")
        return f"{value:0{width}d}"

    def parse(component: str) -> int:
        try:
            value = int(component)
        except ValueError:
            raise InvalidKey(f"{component!r} is not a number") from None
        if render(value) != component:
            raise InvalidKey(f"{component!r} is not a number in the form this key uses")
        return value

    name = f"integer of {width} digits" if width else "integer"
    return KeyForm(name, render, parse, name, ordered=width is not None, length=width)


@cache
def enumeration(members: type[Enum]) -> KeyForm:
    """By value. Raises InvalidKey for a member whose value is empty."""
    by_component = {escape(member.value): member for member in members}

    def render(member: Enum) -> str:
        if not isinstance(member, members):  # another enum may have the same values
            raise TypeError
        return escape(member.value)

    def parse(component: str) -> Enum:
        try:
            return by_component[component]
        except KeyError:
            raise InvalidKey(f"{component!r} is none of {sorted(by_component)}") from None

    return KeyForm(members.__name__, render, parse, "text")


@value
class Word:
    text: str

    def __str__(self) -> str:
        return self.text


@value
class Slot:
    field: str
    form: KeyForm

    def render(self, value: object) -> str:
        """Raises InvalidKey or InvalidValue, naming the field."""
        try:
            return self.form.render(value)
        except (InvalidKey, InvalidValue) as error:
            raise type(error)(f"{self.field}: {error}") from None
        except (TypeError, ValueError, AttributeError, OverflowError):
            raise InvalidKey(f"{self.field}: {value!r} is no {self.form.name}") from None

    def __str__(self) -> str:
        return f"{{{self.field}}}"


Part = Word | Slot


@value
class KeyTemplate:
    """most_bytes: of a whole key."""

    parts: tuple[Part, ...]
    most_bytes: int = PARTITION_KEY_BYTES

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(part.field for part in self.parts if isinstance(part, Slot))

    def __str__(self) -> str:
        return SEPARATOR.join(map(str, self.parts))

    def render(self, values: Mapping[str, object]) -> str:
        """The key of these values. Raises InvalidKey or InvalidValue for a value that has no place in a key."""
        return self.render_left(values, len(self.parts))

    def render_left(self, values: Mapping[str, object], count: int) -> str:
        """The first `count` components, closed by a separator when more follow, so that a prefix never cuts a component."""
        rendered = [part.text if isinstance(part, Word) else part.render(values[part.field]) for part in self.parts[:count]]
        if 0 < count < len(self.parts):
            rendered.append("")
        return self.fit(SEPARATOR.join(rendered))

    def fit(self, key: str) -> str:
        """The key, if DynamoDB takes one of its length. Raises InvalidKey, without the values in it."""
        if key.isascii() and len(key) <= self.most_bytes:
            return key
        try:
            size = len(key.encode())
        except UnicodeEncodeError:
            raise InvalidKey(f"a key of {self} has no form in UTF-8: it holds half of a surrogate pair") from None
        if size > self.most_bytes:
            raise InvalidKey(f"a key of {self} would have {size:,} bytes, DynamoDB takes {self.most_bytes:,}: shorten a field of it")
        return key

    def parse(self, key: str) -> dict[str, Any]:
        """The values of a key. Raises InvalidKey for a key that this template cannot have made."""
        components = key.split(SEPARATOR)
        values: dict[str, Any] = {}
        if len(components) != len(self.parts):
            raise InvalidKey(f"{key!r} was not made from {self}")
        for part, component in zip(self.parts, components):
            if isinstance(part, Slot):
                value = part.form.parse(component)
                if values.setdefault(part.field, value) != value:
                    raise InvalidKey(f"{key!r} was not made from {self}: it holds two values of {part.field}")
            elif component != part.text:
                raise InvalidKey(f"{key!r} was not made from {self}")
        return values


def parse_template(text: str, form_of: Callable[[str, int | None], KeyForm], most_bytes: int = PARTITION_KEY_BYTES) -> KeyTemplate:
    """A template from its text; `form_of(field, width)` knows how each field is written. Raises DeclarationError."""
    return KeyTemplate(tuple(_parse_part(text, component, form_of) for component in text.split(SEPARATOR)), most_bytes)


def _parse_part(text: str, component: str, form_of: Callable[[str, int | None], KeyForm]) -> Part:
    if component.startswith("{") and component.endswith("}"):
        field, colon, width = component[1:-1].partition(":")
        if not field.isidentifier() or (colon and not (width.isdecimal() and int(width) > 0)):
            raise DeclarationError(f"template {text!r}: {component!r} is neither {{field}} nor {{field:digits}}")
        return Slot(field, form_of(field, int(width) if colon else None))
    if not component.isascii() or not component.replace("_", "").replace("-", "").isalnum():
        raise DeclarationError(
            f"template {text!r}: {component!r} is neither a word of letters, digits, - and _, nor one {{field}}; separate them with {SEPARATOR!r}"
        )
    return Word(component)
