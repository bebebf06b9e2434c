"""A cursor works for the list and the caller it was made for, and for nothing else; it shows nothing."""

import hmac
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from singletable import (
    Between,
    BotocoreTransport,
    CursorKeys,
    Email,
    Id,
    InvalidArguments,
    InvalidCursor,
    Key,
    MalformedItem,
    Store,
    Table,
    Timestamp,
    create,
    entity,
)
from singletable.cursors import cursor_of, start_of
from singletable.testing import RecordingTransport, listed, wire

table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})
START = datetime(2025, 1, 1, tzinfo=UTC)


@entity(table, key=("TEAM#{team}", "MEMBER#{joined}#{id}"), GSI1=("ROLE#{role}", "{email}#{level:4}"))
class Member:
    id: Id
    team: str
    role: str
    email: Email
    level: int = 0
    joined: Timestamp = START


by_team = table.many(Member, by="team", page=2)
by_team_newest = table.many(Member, by="team", newest_first=True, page=2)
by_role = table.many(Member, by="role", page=2)


@table.many(Member, page=2)
def joined_between(team: str, joined: Between[Timestamp]) -> None: ...


KEYS = CursorKeys({"k1": bytes(range(32))})
OLD_AND_NEW = CursorKeys({"k2": bytes(range(1, 33)), "k1": bytes(range(32))})
NEW = CursorKeys({"k2": bytes(range(1, 33))})
MEMBER = Member(id="7", team="blue", role="admin", email="Ada@Example.org")
MANY = tuple(Member(id=str(number), team="blue", role="admin", email=f"a{number}@x.io") for number in range(3))
CURSOR = cursor_of(KEYS, "people", by_role(role="admin"), wire(MEMBER), "u1")

texts = st.text(st.one_of(st.sampled_from('#%235$ !"\0'), st.characters(codec="utf-8")), min_size=1, max_size=20)
members = st.builds(
    Member,
    id=texts,
    team=texts,
    role=texts,
    email=st.sampled_from(["a@x.io", "Ada@Bücher.example", "ä#%@x.io"]),
    level=st.integers(0, 9999),
    joined=st.datetimes(timezones=st.just(UTC)),
)
bindings = st.sampled_from(
    [
        lambda member: by_team(team=member.team),
        lambda member: by_team_newest(team=member.team),
        lambda member: by_role(role=member.role),
        lambda member: joined_between(team=member.team, joined=Between(None, member.joined)),
    ]
)


@settings(max_examples=200)
@given(members, bindings, st.none() | texts)
def test_a_cursor_gives_back_the_key_it_was_made_from(member: Member, bind: Any, caller: str | None) -> None:
    bound, item = bind(member), wire(member)
    names = {name for path in (bound.pattern.access.path, bound.pattern.entity.primary) for name in path.attributes}
    start = start_of(KEYS, "people", bound, cursor_of(KEYS, "people", bound, item, caller), caller)
    assert start == {name: item[name] for name in names}


@settings(max_examples=200)
@given(st.text() | st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
def test_junk_is_refused(junk: str) -> None:
    with pytest.raises(InvalidCursor):
        start_of(KEYS, "people", by_role(role="admin"), junk, "u1")


@settings(max_examples=200)
@given(st.integers(0, len(CURSOR) - 1), st.characters(codec="ascii"))
def test_one_changed_character_is_refused(position: int, character: str) -> None:
    assume(CURSOR[position] != character)
    with pytest.raises(InvalidCursor):
        start_of(KEYS, "people", by_role(role="admin"), CURSOR[:position] + character + CURSOR[position + 1 :], "u1")


@pytest.mark.parametrize("change", [lambda text: text[:-1], lambda text: text + "A", lambda text: text + "=", lambda text: f" {text}"])
def test_a_longer_or_shorter_cursor_is_refused(change: Any) -> None:
    with pytest.raises(InvalidCursor):
        start_of(KEYS, "people", by_role(role="admin"), change(CURSOR), "u1")


FOREIGN = "this cursor was changed, or was made for another list, another order or another caller: start again with the first page"


@pytest.mark.parametrize(
    ("name", "bound", "caller"),
    [
        ("other parameters", by_role(role="user"), "u1"),
        ("other pattern", by_team(team="admin"), "u1"),
        ("other caller", by_role(role="admin"), "u2"),
        ("no caller", by_role(role="admin"), None),
    ],
)
def test_a_cursor_belongs_to_its_list_and_caller(name: str, bound: Any, caller: str | None) -> None:
    assert start_of(KEYS, "people", by_role(role="admin"), CURSOR, "u1")
    with pytest.raises(InvalidCursor) as refusal:
        start_of(KEYS, "people", bound, CURSOR, caller)
    assert (str(refusal.value), refusal.value.code) == (FOREIGN, "invalid-cursor")


def test_a_cursor_belongs_to_its_table() -> None:
    with pytest.raises(InvalidCursor, match="made for another list"):
        start_of(KEYS, "other-people", by_role(role="admin"), CURSOR, "u1")


def test_a_cursor_belongs_to_its_order_and_range() -> None:
    cursor = cursor_of(KEYS, "people", by_team(team="blue"), wire(MEMBER), None)
    ranged = cursor_of(KEYS, "people", joined_between("blue", Between(START)), wire(MEMBER), None)
    with pytest.raises(InvalidCursor):
        start_of(KEYS, "people", by_team_newest(team="blue"), cursor, None)
    with pytest.raises(InvalidCursor):
        start_of(KEYS, "people", joined_between("blue", Between(START + timedelta(days=1))), ranged, None)


def test_another_spelling_of_a_parameter_is_the_same_list() -> None:
    shops = Table(key=Key("PK", "SK"))

    @entity(shops, key=("OWNER#{email}", "SHOP#{id}"))
    class Shop:
        id: Id
        email: Email

    of_owner = shops.many(Shop, by="email")
    cursor = cursor_of(KEYS, "t", of_owner(email="Ada@Example.org"), wire(Shop(id="1", email="ada@example.org")), None)
    assert start_of(KEYS, "t", of_owner(email=" ada@EXAMPLE.org"), cursor, None)["SK"] == {"S": "SHOP#1"}


def test_a_cursor_shows_nothing() -> None:
    raw = urlsafe_b64decode(CURSOR + "=" * (-len(CURSOR) % 4))
    for shown in (b"ada", b"example", b"admin", b"blue", b"people", b"MEMBER", b"2025-01", b"@", b'["'):
        assert shown not in raw


def test_only_what_the_call_does_not_give_is_inside() -> None:
    """The form of the module's docstring, taken apart with nothing but the key."""
    raw = urlsafe_b64decode(CURSOR + "=" * (-len(CURSOR) % 4))
    tag, hidden = raw[4:36], raw[36:]
    stream_key = hmac.digest(bytes(range(32)), b"hide", "sha256")
    stream = b"".join(hmac.digest(stream_key, tag + block.to_bytes(4, "big"), "sha256") for block in range(9))
    text = bytes(a ^ b for a, b in zip(hidden, stream))
    assert raw[:4] == b"\x01\x02k1"
    assert text == b'["ada@example.org","0000","blue","2025-01-01T00:00:00.000000Z","7"]'


def test_keys_rotate() -> None:
    bound = by_role(role="admin")
    assert start_of(OLD_AND_NEW, "people", bound, CURSOR, "u1") == start_of(KEYS, "people", bound, CURSOR, "u1")
    signed_anew = cursor_of(OLD_AND_NEW, "people", bound, wire(MEMBER), "u1")
    assert start_of(NEW, "people", bound, signed_anew, "u1")
    for keys, cursor in ((NEW, CURSOR), (KEYS, signed_anew)):
        with pytest.raises(InvalidCursor, match="signed with a key that is no longer in use: start again"):
            start_of(keys, "people", bound, cursor, "u1")


def test_a_key_under_the_same_name_is_another_key() -> None:
    with pytest.raises(InvalidCursor, match="was changed"):
        start_of(CursorKeys({"k1": bytes(32)}), "people", by_role(role="admin"), CURSOR, "u1")


@pytest.mark.parametrize("version", [0, 2, 255])
def test_another_version_is_named(version: int) -> None:
    raw = urlsafe_b64decode(CURSOR + "=" * (-len(CURSOR) % 4))
    other = urlsafe_b64encode(bytes([version]) + raw[1:]).decode().rstrip("=")
    with pytest.raises(InvalidCursor, match=f"has the form {version}, this program reads 1"):
        start_of(KEYS, "people", by_role(role="admin"), other, "u1")


def test_a_declaration_that_changed_refuses_older_cursors() -> None:
    """The key templates are part of what a cursor is bound to."""
    later = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")})

    @entity(later, key=("TEAM#{team}", "MEMBER#{id}"), GSI1=("ROLE#{role}", "{email}"))
    class Member:
        id: Id
        team: str
        role: str
        email: Email

    with pytest.raises(InvalidCursor):
        start_of(KEYS, "people", later.many(Member, by="role")(role="admin"), CURSOR, "u1")


SECRET = b64encode(bytes(range(200, 232))).decode()
"""With + and /, so that both alphabets of base64 differ."""


def test_keys_are_read_from_text_in_either_alphabet() -> None:
    urlsafe = SECRET.replace("+", "-").replace("/", "_").rstrip("=")
    assert "/" in SECRET or "+" in SECRET
    context = b"context"
    signed = CursorKeys.parse(f"k2:{SECRET}, k1:{b64encode(bytes(32)).decode()}").sign(b"text", context)
    assert CursorKeys.parse(f"k2:{urlsafe}").verify(signed, context) == b"text"
    assert CursorKeys.parse(urlsafe).verify(CursorKeys.parse(SECRET).sign(b"text", context), context) == b"text"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has 0 bytes, it takes at least 32"),
        ("k1:", "the cursor key k1 has 0 bytes"),
        (f"k1:{b64encode(bytes(31)).decode()}", "has 31 bytes, it takes at least 32 random ones"),
        (f"k1:{SECRET},{SECRET}", "cursor key 2 of 2 has no id: write id:base64"),
        (f":{SECRET}", "cursor key 1 of 1 has no id"),
        (f"k1:{SECRET},k1:{SECRET}", "the cursor key id 'k1' is there twice"),
        ("k1:not base64!", "cursor key 1 of 1 is not base64"),
        (f"k 1:{SECRET}", "a key id has at most 32 letters"),
        (f"{'k' * 33}:{SECRET}", "a key id has at most 32 letters"),
    ],
)
def test_keys_that_cannot_be_used_are_refused_without_showing_them(text: str, message: str) -> None:
    with pytest.raises(InvalidArguments, match=message) as refusal:
        CursorKeys.parse(text)
    assert SECRET not in str(refusal.value) and "not base64!" not in str(refusal.value)


def test_keys_do_not_show_themselves() -> None:
    keys = CursorKeys.parse(f"k2:{SECRET},k1:{b64encode(bytes(32)).decode()}")
    assert f"{keys} {keys!r} {[keys]}" == "CursorKeys(k2, k1) CursorKeys(k2, k1) [CursorKeys(k2, k1)]"
    with pytest.raises(InvalidArguments, match="there is no cursor key"):
        CursorKeys({})


# --- pages


def test_a_page_goes_on_where_the_last_one_ended() -> None:
    transport = RecordingTransport(listed(*MANY), listed(MANY[2]))
    store = Store(transport, "people", cursors=KEYS)
    first = store.page(by_role(role="admin"), limit=2, caller="u1")
    second = store.page(by_role(role="admin"), limit=2, cursor=first.cursor, caller="u1")
    assert (first.items, second.items, second.cursor) == (MANY[:2], (MANY[2],), None)
    item = wire(MANY[1])
    assert transport.requests[1].body["ExclusiveStartKey"] == {name: item[name] for name in ("GSI1PK", "GSI1SK", "PK", "SK")}


def test_a_short_answer_is_filled_up() -> None:
    """A Query stops at 1 MB, so that a page can take several requests."""
    transport = RecordingTransport(listed(MANY[0], more=True), listed(MANY[1], more=True), listed(MANY[2]))
    page = Store(transport, "people", cursors=KEYS).page(by_role(role="admin"))
    assert page.items == MANY[:2] and page.cursor
    assert [request.body["Limit"] for request in transport.requests] == [3, 2, 1]


def test_a_store_without_keys_has_no_cursors() -> None:
    store = Store(RecordingTransport(listed(*MANY)), "people")
    with pytest.raises(InvalidArguments, match="by_role goes on behind this page, and this store has no keys for cursors"):
        store.page(by_role(role="admin"), limit=2)
    with pytest.raises(InvalidArguments, match="no keys for cursors"):
        store.page(by_role(role="admin"), cursor=CURSOR)
    assert Store(RecordingTransport(listed(*MANY)), "people").page(by_role(role="admin"), limit=3).cursor is None


def test_all_needs_no_cursor() -> None:
    transport = RecordingTransport(listed(*MANY[:2], more=True), listed(MANY[2]))
    assert tuple(Store(transport, "people").all(by_role(role="admin"))) == MANY
    assert transport.requests[1].body["ExclusiveStartKey"]["GSI1PK"] == {"S": "ROLE#admin"}


@pytest.mark.parametrize("limit", [0, -1, 1001, "5"])
def test_a_page_has_a_size(limit: Any) -> None:
    with pytest.raises(InvalidArguments, match="a page has 1 to 1,000 items"):
        Store(RecordingTransport(), "people").page(by_role(role="admin"), limit=limit)


@pytest.mark.parametrize("cursor", ["", "x", 7, b"x", "A" * 20_000])
def test_a_refused_cursor_sends_nothing(cursor: Any) -> None:
    transport = RecordingTransport()
    with pytest.raises(InvalidCursor, match="this is not a cursor: start again with the first page"):
        Store(transport, "people", cursors=KEYS).page(by_role(role="admin"), cursor=cursor)
    assert transport.requests == []


def test_no_page_follows_a_key_of_another_form() -> None:
    broken = {**wire(MANY[1]), "GSI1SK": {"S": "a1@x.io"}}
    transport = RecordingTransport({"Items": [wire(MANY[0]), broken, wire(MANY[2])]})
    with pytest.raises(MalformedItem, match="Member.GSI1SK: the key was not made from {email}#{level}, no page can follow it"):
        Store(transport, "people", cursors=KEYS).page(by_role(role="admin"), limit=2)


def test_cursors_work_on_a_real_query(client: Any) -> None:
    store = Store(BotocoreTransport(client), "shop", cursors=KEYS)
    add = table.transaction(create(Member))
    for number in range(5):
        store.write(add(Member(id=str(number), team="blue", role="r", email="a@x.io", joined=START + timedelta(days=number))))
    for bound in (by_team(team="blue"), by_team_newest(team="blue"), by_role(role="r"), joined_between("blue", Between(START))):
        found, cursor = [], None
        while True:
            page = store.page(bound, cursor=cursor)
            found += [member.id for member in page]
            cursor = page.cursor
            if cursor is None:
                break
        assert sorted(found) == ["0", "1", "2", "3", "4"]
