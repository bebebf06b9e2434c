"""Where the next page starts, as a text that only this store can make and that shows nothing.

A cursor holds the components of the last item's keys that the call does not already give: the partition and the prefix of a list come from
its parameters again, so neither can be moved by whoever holds the cursor. It is authenticated with HMAC-SHA256 and bound to the table, the
pattern with its key condition and order, and the caller if one is named; changing anything makes another tag.

It is also hidden, because a key may carry an e-mail address and base64 hides nothing: the text is combined with a key stream that
HMAC-SHA256 makes from a second key and the tag. That is the synthetic IV construction of RFC 5297 (tag first, the tag starts the cipher),
with HMAC in the place of AES, which the standard library does not have. Equal pages have equal cursors.

    base64url( version | length of the key id | key id | tag, 32 bytes | hidden JSON list of components )
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from typing import Any, cast

from singletable.codec import Item
from singletable.entity import Path
from singletable.errors import InvalidArguments, InvalidCursor, InvalidKey, InvalidValue, MalformedItem
from singletable.keys import KeyForm, Slot
from singletable.patterns import BoundMany
from singletable.reads import condition

VERSION = 1
TAG_BYTES = 32
LEAST_KEY_BYTES = 32
MOST_CHARACTERS = 16_384
"""Well above the longest: four keys of at most 2,048 and 1,024 bytes, in JSON and base64."""
MOST_ID_CHARACTERS = 32


class CursorKeys:
    """Secrets that sign cursors. The first signs, all verify: put a new one in front, and drop the old one when no cursor of it is in use.

    Not shown by repr, not in any error.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """keys: by key id, the signing one first. Raises InvalidArguments."""
        for name, key in keys.items():
            if not (name.isascii() and name.replace("-", "").replace("_", "").isalnum() and len(name) <= MOST_ID_CHARACTERS):
                raise InvalidArguments(f"a key id has at most {MOST_ID_CHARACTERS} letters, digits, - and _, which {name[:40]!r} has not")
            if len(key) < LEAST_KEY_BYTES:
                raise InvalidArguments(f"the cursor key {name} has {len(key)} bytes, it takes at least {LEAST_KEY_BYTES} random ones")
        if not keys:
            raise InvalidArguments("there is no cursor key: give at least one, as id:base64")
        self._keys = {name: (_mac(key, b"authenticate"), _mac(key, b"hide")) for name, key in keys.items()}
        self._signing = next(iter(keys))

    @classmethod
    def parse(cls, text: str) -> "CursorKeys":
        """From "k2:BASE64,k1:BASE64", each at least 32 random bytes, in either alphabet of base64. Raises InvalidArguments.

        A single key may come without its id. Make one with `python -c "import secrets; print(secrets.token_urlsafe(32))"`.
        """
        keys: dict[str, bytes] = {}
        entries = [entry.strip() for entry in text.split(",")]
        for number, entry in enumerate(entries, 1):
            name, colon, encoded = entry.rpartition(":")
            if not name and (colon or len(entries) > 1):
                raise InvalidArguments(f"cursor key {number} of {len(entries)} has no id: write id:base64")
            key = _decode(encoded.rstrip("=").replace("+", "-").replace("/", "_"))
            if key is None:
                raise InvalidArguments(f"cursor key {number} of {len(entries)} is not base64")
            if name in keys:
                raise InvalidArguments(f"the cursor key id {name[:40]!r} is there twice")
            keys[name or "k1"] = key
        return cls(keys)

    def __repr__(self) -> str:
        return f"CursorKeys({', '.join(self._keys)})"

    def sign(self, text: bytes, context: bytes) -> str:
        authenticate, hide = self._keys[self._signing]
        name = self._signing.encode()
        head = bytes((VERSION, len(name))) + name
        tag = _mac(authenticate, _framed(head, context, text))
        return urlsafe_b64encode(head + tag + _hidden(text, hide, tag)).decode().rstrip("=")

    def verify(self, cursor: str, context: bytes) -> bytes:
        """The text that was signed in this context. Raises InvalidCursor."""
        raw = _decode(cursor) if len(cursor) <= MOST_CHARACTERS else None
        if raw is None or len(raw) < 2 or len(raw) < 2 + raw[1] + TAG_BYTES:
            raise InvalidCursor("this is not a cursor")
        if raw[0] != VERSION:
            raise InvalidCursor(f"this cursor has the form {raw[0]}, this program reads {VERSION}")
        head, tag, text = raw[: 2 + raw[1]], raw[2 + raw[1] : 2 + raw[1] + TAG_BYTES], raw[2 + raw[1] + TAG_BYTES :]
        keys = self._keys.get(head[2:].decode("ascii", "replace"))
        if keys is None:
            raise InvalidCursor("this cursor was signed with a key that is no longer in use")
        authenticate, hide = keys
        text = _hidden(text, hide, tag)
        if not _equal(tag, _mac(authenticate, _framed(head, context, text))):
            raise InvalidCursor("this cursor was changed, or was made for another list, another order or another caller")
        return text


def cursor_of(keys: CursorKeys, table: str, bound: BoundMany[Any], key: Item, caller: str | None) -> str:
    """The cursor of the page that starts behind the item with these key attributes."""
    values: dict[str, object] = {}
    for path in _paths(bound):
        for attribute, template in path.attributes.items():
            try:
                values |= template.parse(key[attribute]["S"])
            except (InvalidKey, InvalidValue, KeyError):
                entity = bound.pattern.entity.name
                raise MalformedItem(f"{entity}.{attribute}: the key was not made from {template}, no page can follow it") from None
    components = [form.render(values[field]) for field, form in _open_slots(bound).items()]
    return keys.sign(json.dumps(components, ensure_ascii=False, separators=(",", ":")).encode(), _context(table, bound, caller))


def start_of(keys: CursorKeys, table: str, bound: BoundMany[Any], cursor: str, caller: str | None) -> Item:
    """The key attributes behind which the page starts. Raises InvalidCursor."""
    components = cast("list[str]", json.loads(keys.verify(cursor, _context(table, bound, caller))))
    slots = _open_slots(bound)
    key: Item = {}
    try:
        values = {**bound.values, **{field: form.parse(text) for (field, form), text in zip(slots.items(), components)}}
        for path in _paths(bound):
            key |= path.key_of(values)
    except (InvalidKey, InvalidValue):
        raise InvalidCursor("this cursor is older than the declaration of its keys") from None
    return key


def _paths(bound: BoundMany[Any]) -> Sequence[Path]:
    return (bound.pattern.access.path, bound.pattern.entity.primary)


def _open_slots(bound: BoundMany[Any]) -> dict[str, KeyForm]:
    """Fields of the keys that the call does not bind, each in one of the forms in which it is written."""
    templates = [template for path in _paths(bound) for template in path.attributes.values()]
    slots = [part for template in templates for part in template.parts if isinstance(part, Slot)]
    return {slot.field: slot.form for slot in slots if slot.field not in bound.pattern.want.by}


def _context(table: str, bound: BoundMany[Any], caller: str | None) -> bytes:
    """What a cursor is bound to. The condition stands for the parameters: it holds all of them, in one spelling."""
    pattern = bound.pattern
    keys = [str(path) for path in _paths(bound)]
    asked = condition(pattern.access, bound.values, pattern.want.within)
    return json.dumps([table, pattern.name, keys, pattern.want.newest_first, asked, caller], sort_keys=True).encode()


def _mac(key: bytes, text: bytes) -> bytes:
    import hmac  # late: it loads OpenSSL, a tenth of the kit's own start, and only a list needs it

    return hmac.digest(key, text, "sha256")


def _equal(one: bytes, two: bytes) -> bool:
    """In constant time."""
    import hmac

    return hmac.compare_digest(one, two)


def _framed(*texts: bytes) -> bytes:
    """Each text behind its length, so that no two lists of texts are one."""
    return b"".join(len(text).to_bytes(8, "big") + text for text in texts)


def _hidden(text: bytes, key: bytes, tag: bytes) -> bytes:
    """Hides and shows: the text combined with a key stream that the tag starts."""
    blocks = range((len(text) + TAG_BYTES - 1) // TAG_BYTES)
    stream = b"".join(_mac(key, tag + block.to_bytes(4, "big")) for block in blocks)[: len(text)]
    return (int.from_bytes(text, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(text), "big")


def _decode(text: str) -> bytes | None:
    """Strict: one spelling for each sequence of bytes."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError):
        return None
    return raw if urlsafe_b64encode(raw).decode().rstrip("=") == text else None
