"""The field of the table's TTL attribute is a number of seconds, as "Using time to live (TTL) in DynamoDB" wants it."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singletable import (
    BotocoreTransport,
    DeclarationError,
    Id,
    InvalidValue,
    Key,
    MalformedItem,
    Store,
    Table,
    Timestamp,
    create,
    entity,
    entity_of,
)

table = Table(key=Key("PK", "SK"), ttl="expires_at")


@entity(table, key=("SESSION#{id}", "SESSION"))
class Session:
    id: Id
    expires_at: Timestamp | None = None
    seen_at: Timestamp | None = None


@entity(table, key=("CODE#{id}", "CODE"))
class Code:
    id: Id
    expires_at: Timestamp


codec, code_codec = entity_of(Session).codec, entity_of(Code).codec
NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
zones = st.builds(timezone, st.timedeltas(min_value=timedelta(hours=-23), max_value=timedelta(hours=23)))
moments = st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=zones)


def test_only_the_fields_of_that_name_are_numbers() -> None:
    item = codec.encode(Session(id="1", expires_at=NOON, seen_at=NOON))
    assert (item["expires_at"], item["seen_at"]) == ({"N": "1748779200"}, {"S": "2025-06-01T12:00:00.000000Z"})
    assert code_codec.encode(Code(id="1", expires_at=NOON))["expires_at"] == {"N": "1748779200"}
    assert "expires_at" not in codec.encode(Session(id="1"))


@given(moments)
def test_whole_seconds_come_back(moment: datetime) -> None:
    back = codec.decode(codec.encode(Session(id="1", expires_at=moment))).expires_at
    assert back == moment.astimezone(UTC).replace(microsecond=0) and back.tzinfo is UTC


def test_an_item_without_it_never_expires() -> None:
    assert codec.decode(codec.encode(Session(id="1"))) == Session(id="1")
    with pytest.raises(MalformedItem, match="Code.expires_at: the attribute is missing"):
        code_codec.decode({name: value for name, value in code_codec.encode(Code(id="1", expires_at=NOON)).items() if name != "expires_at"})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (datetime(2025, 1, 1), "Session.expires_at: .* has no time zone"),
        (date(2025, 1, 1), r"Session.expires_at: takes datetime \| None, not date$"),
        (1748779200, r"Session.expires_at: takes datetime \| None, not int$"),
    ],
)
def test_what_is_no_moment_is_refused(value: Any, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        codec.encode(Session(id="1", expires_at=value))


@pytest.mark.parametrize("stored", [{"S": "2025-06-01T12:00:00.000000Z"}, {"N": "noon"}, {"N": "1e99"}])
def test_another_form_in_the_table_is_refused(stored: dict[str, str]) -> None:
    with pytest.raises(MalformedItem, match="Session.expires_at: the attribute is not of the declared type"):
        codec.decode({**codec.encode(Session(id="1")), "expires_at": stored})


def test_it_can_be_changed_and_taken_away(client: Any) -> None:
    store = Store(BotocoreTransport(client), "shop")
    extend, find = table.update(Session, "expires_at"), table.one(Session, by="id")
    store.write(table.transaction(create(Session))(Session(id="1", expires_at=NOON)))
    session = store.update(extend(Session(id="1", expires_at=NOON), expires_at=NOON + timedelta(hours=1)))
    assert store.get(find(id="1")) == session
    store.update(extend(session, expires_at=None))
    assert store.get(find(id="1")) == Session(id="1")


@pytest.mark.parametrize(
    ("hints", "key", "message"),
    [
        ({"id": Id, "expires_at": int}, ("A#{id}", "A"), "Thing.expires_at is the table's TTL attribute: declare it as Timestamp | None"),
        ({"id": Id, "expires_at": date}, ("A#{id}", "A"), "Thing.expires_at is the table's TTL attribute"),
        ({"id": Id, "expires_at": str | None}, ("A#{id}", "A"), "Thing.expires_at is the table's TTL attribute"),
        ({"id": Id, "expires_at": Timestamp}, ("A#{id}", "A#{expires_at}"), "Thing.expires_at cannot be in a key"),
    ],
)
def test_a_field_of_that_name_has_that_type(hints: dict[str, Any], key: tuple[str, str], message: str) -> None:
    with pytest.raises(DeclarationError) as refusal:
        entity(Table(key=Key("PK", "SK"), ttl="expires_at"), key=key)(type("Thing", (), {"__annotations__": hints}))
    assert message in str(refusal.value)


@pytest.mark.parametrize("ttl", ["PK", "GSI1SK"])
def test_a_key_attribute_is_no_ttl_attribute(ttl: str) -> None:
    with pytest.raises(DeclarationError, match=f"'{ttl}' cannot be a key attribute: it has another meaning"):
        Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK")}, ttl=ttl)
