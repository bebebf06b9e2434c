"""What goes in comes out: every type, secrets, empty and missing values, sparse indexes, expiry."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from singletable import AlreadyExists, InvalidValue, ItemTooLarge, NotFound, Secret, Store, VersionConflict
from singletable.sizing import ITEM_LIMIT_BYTES, item_bytes
from singletable.testing import RecordingTransport, wire
from tests.conformance import model
from tests.conformance.conftest import NOW
from tests.conformance.endpoints import Endpoint
from tests.conformance.model import Address, Colour, Member, Session, Thing, Ticket

MEMBER = Member(id="1", email="Ada@Example.org", shirt=7, joined_at=NOW, updated_at=NOW)
FULL = Thing(
    id="all of it #%/é",
    text="line\nbreak, \x00, \u2028, \U0001f600 and é",
    whole=-(10**38) + 1,
    exact=Decimal("-1.2345678901234567890123456789012345678E-90"),
    flag=True,
    raw=bytes(range(256)),
    moment=datetime(2025, 1, 31, 13, 0, 0, 5, tzinfo=timezone(timedelta(hours=2))),
    day=date(1999, 12, 31),
    colour=Colour.BLUE,
    address=Address(street="Main #1", floor=0, lines=("a", "")),
    texts=frozenset({"a", "b #", "é"}),
    numbers=frozenset({-1, 0, 10**37}),
    sequence=("", None, "x"),
    mapping={"#": Decimal("0.10"), "k": Decimal(-3)},
    secret=Secret("hush"),
    nothing="something",
)


@pytest.mark.parametrize("thing", [FULL, Thing(id="nothing", moment=NOW)], ids=["everything", "nothing but defaults"])
def test_an_item_comes_back_as_it_was(store: Store, thing: Thing) -> None:
    store.write(model.add_thing(thing))
    found = store.get(model.find_thing(id=thing.id, colour=thing.colour))
    assert found == thing
    assert found.secret.reveal() == thing.secret.reveal()
    assert "hush" not in repr(found)


@pytest.mark.parametrize(
    "exact",
    [
        Decimal(text)
        for text in ("0", "-0", "1.50", "1E+3", "1E-130", "9.9999999999999999999999999999999999999E+125", "-9.9E+125", "123.456", "1E+125")
    ],
    ids=str,
)
def test_numbers_are_exact(store: Store, exact: Decimal) -> None:
    store.write(model.add_thing(Thing(id="n", exact=exact, mapping={"n": exact})))
    found = store.get(model.find_thing(id="n", colour=Colour.RED))
    assert found
    assert (found.exact, found.mapping) == (exact, {"n": exact})


@pytest.mark.parametrize(
    "exact",
    [
        "1E+126",
        "1" * 39,
        "9E-131",
        "NaN",
        "Infinity",
    ],
)
def test_numbers_that_dynamodb_cannot_hold_are_refused_by_both(endpoint: Endpoint, table: str, store: Store, exact: str) -> None:
    """The kit refuses exactly what the service would: nothing that it would take, and nothing is rounded."""
    with pytest.raises(InvalidValue):
        store.write(model.add_thing(Thing(id="n", exact=Decimal(exact))))
    item = {"PK": {"S": "p"}, "SK": {"S": "s"}, "n": {"N": exact}}
    with pytest.raises(endpoint.client.exceptions.ClientError, match="ValidationException"):
        endpoint.client.put_item(TableName=table, Item=item)
    assert endpoint.contents(table) == []


@pytest.mark.deviates("ministack", "takes empty names inside a map")
def test_a_name_inside_a_map_has_at_least_one_character(endpoint: Endpoint, table: str) -> None:
    """Developer guide, "Naming rules": as any attribute's."""
    item = {"PK": {"S": "p"}, "SK": {"S": "s"}, "mapping": {"M": {"": {"N": "1"}}}}
    with pytest.raises(endpoint.client.exceptions.ClientError, match="Empty attribute name"):
        endpoint.client.put_item(TableName=table, Item=item)


def test_an_empty_name_inside_a_map_is_refused_before_it_is_sent() -> None:
    with pytest.raises(InvalidValue, match="mapping"):
        Store(RecordingTransport(), "none").write(model.add_thing(Thing(id="n", mapping={"": Decimal(1)})))


def test_none_and_empty_sets_are_left_out_and_taken_away(store: Store, contents: Any) -> None:
    store.write(model.add_thing(replace(FULL, nothing=None, texts=frozenset())))
    (item,) = contents()
    assert {"nothing", "texts"}.isdisjoint(item)
    read = store.get(model.find_thing(id=FULL.id, colour=FULL.colour))
    filled = store.update(model.change_thing(read, text="t", texts=frozenset("ab"), mapping={}, nothing="n"))
    assert store.get(model.find_thing(id=FULL.id, colour=FULL.colour)) == filled
    emptied = store.update(model.change_thing(filled, text="", texts=frozenset(), mapping=None, nothing=None))
    (item,) = contents()
    assert {"nothing", "texts", "mapping"}.isdisjoint(item)
    assert item["text"] == {"S": ""}
    assert store.get(model.find_thing(id=FULL.id, colour=FULL.colour)) == emptied
    assert (emptied.texts, emptied.mapping, emptied.nothing) == (frozenset(), None, None)


def test_what_is_not_there_is_none(store: Store) -> None:
    assert store.get(model.find_member(id="1")) is None
    assert store.get(model.find_member_by_email(email="a@b.example")) is None
    assert store.page(model.list_team(team="nobody")).items == ()
    assert list(store.all(model.list_assigned(assignee="nobody"))) == []


# --- sparse index


def test_an_item_is_in_a_sparse_index_only_with_the_field(store: Store) -> None:
    store.write(model.open_ticket(Ticket(id="1")))
    store.write(model.open_ticket(Ticket(id="2", assignee="ada")))
    ticket = store.get(model.find_ticket(id="1"))
    assert [found.id for found in store.all(model.list_assigned(assignee="ada"))] == ["2"]
    taken = store.update(model.assign(ticket, assignee="ada"))
    assert sorted(found.id for found in store.all(model.list_assigned(assignee="ada"))) == ["1", "2"]
    moved = store.update(model.assign(taken, assignee="eve"))
    assert [found.id for found in store.all(model.list_assigned(assignee="ada"))] == ["2"]
    assert store.page(model.list_assigned(assignee="eve")).items == (moved,)
    freed = store.update(model.assign(moved, assignee=None))
    assert store.page(model.list_assigned(assignee="eve")).items == ()
    assert store.get(model.find_ticket(id="1")) == freed
    assert (freed.version, freed.assignee) == (4, None)


# --- expiry


def test_the_time_of_expiry_is_a_number_of_seconds(endpoint: Endpoint, table: str, store: Store, contents: Any) -> None:
    specification = {"Enabled": True, "AttributeName": model.table.ttl}
    endpoint.client.update_time_to_live(TableName=table, TimeToLiveSpecification=specification)
    expires = datetime(2099, 1, 1, 12, 30, 15, 999999, tzinfo=UTC)
    store.write(model.start_session(Session(id="1", expires_at=expires)))
    store.write(model.start_session(Session(id="2")))
    first, second = contents()
    assert first["expires_at"] == {"N": str(int(expires.timestamp()))}
    assert "expires_at" not in second
    assert store.get(model.find_session(id="1")) == Session(id="1", expires_at=expires.replace(microsecond=0))
    assert store.get(model.find_session(id="2")) == Session(id="2")


# --- size


def of_size(size_bytes: int) -> Thing:
    """With a text that makes it exactly that large."""
    thing = Thing(id="large", moment=NOW)
    return replace(thing, text="x" * (size_bytes - item_bytes(wire(thing))))


def test_the_largest_item_is_taken(store: Store) -> None:
    largest = of_size(ITEM_LIMIT_BYTES)
    store.write(model.add_thing(largest))
    assert store.get(model.find_thing(id="large", colour=Colour.RED)) == largest


def test_an_item_one_byte_larger_is_refused_by_both(endpoint: Endpoint, table: str, store: Store) -> None:
    too_large = of_size(ITEM_LIMIT_BYTES + 1)
    with pytest.raises(ItemTooLarge) as refused:
        store.write(model.add_thing(too_large))
    assert refused.value.details["bytes"] == 409_601
    with pytest.raises(endpoint.client.exceptions.ClientError, match="Item size has exceeded the maximum allowed size"):
        endpoint.client.put_item(TableName=table, Item=wire(too_large))
    assert endpoint.contents(table) == []


def test_an_update_that_would_make_an_item_too_large_is_refused(store: Store, contents: Any) -> None:
    thing = Thing(id="large", moment=NOW)
    store.write(model.add_thing(thing))
    with pytest.raises(ItemTooLarge):
        store.update(model.change_thing(thing, text="x" * ITEM_LIMIT_BYTES, texts=frozenset(), mapping=None, nothing=None))
    assert contents() == [wire(thing)]


# --- versions


def test_an_update_writes_what_it_returns(store: Store) -> None:
    store.write(model.join(MEMBER))
    moved = store.update(model.change_team(MEMBER, team="b"))
    assert (moved.team, moved.version, moved.updated_at) == ("b", 2, NOW)
    assert store.get(model.find_member(id="1")) == moved
    assert store.page(model.list_team(team="a")).items == ()
    assert store.page(model.list_team(team="b")).items == (moved,)


def test_what_was_changed_meanwhile_is_not_overwritten(store: Store, contents: Any) -> None:
    ticket = Ticket(id="1")
    store.write(model.open_ticket(ticket))
    with pytest.raises(AlreadyExists, match="this Ticket exists already"):
        store.write(model.open_ticket(replace(ticket, text="another")))
    store.update(model.rewrite(ticket, text="mine"))
    after = contents()
    with pytest.raises(VersionConflict):
        store.update(model.rewrite(ticket, text="theirs"))
    with pytest.raises(VersionConflict):
        store.write(model.close_ticket(ticket))
    assert contents() == after
    store.write(model.close_ticket(store.get(model.find_ticket(id="1"))))
    assert contents() == []


def test_what_is_gone_is_not_found(store: Store, contents: Any) -> None:
    ticket = Ticket(id="1")
    with pytest.raises(NotFound):
        store.update(model.rewrite(ticket, text="t"))
    with pytest.raises(NotFound):
        store.write(model.close_ticket(ticket))
    assert contents() == []
