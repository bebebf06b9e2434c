"""Writes that are refused leave nothing behind and say which condition failed; locks, transactions, tokens, races."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from singletable import (
    AlreadyExists,
    IdempotentParameterMismatch,
    InvalidArguments,
    ItemTooLarge,
    NotFound,
    ServiceError,
    Store,
    TransactionConflict,
    TransactionTooLarge,
    VersionConflict,
)
from singletable.testing import wire
from tests.conformance import model
from tests.conformance.conftest import NOW
from tests.conformance.endpoints import Endpoint
from tests.conformance.model import LogLine, Member, Ticket

THREADS = 32
ADA = Member(id="1", email="Ada@Example.org", shirt=7, joined_at=NOW, updated_at=NOW)
EVE = replace(ADA, id="2", email="eve@example.org", shirt=8)
TICKET = Ticket(id="t")


def locks(items: list[dict[str, Any]]) -> dict[str, str]:
    """Which locks there are, and who holds each."""
    return {item["PK"]["S"]: item["owner"]["M"]["PK"]["S"] for item in items if "owner" in item}


# --- locks


def test_a_value_is_found_through_its_lock_by_any_spelling(store: Store, contents: Any) -> None:
    store.write(model.join(ADA))
    assert locks(contents()) == {"UNIQUE#Member#email#ada@example.org": "MEMBER#1", "UNIQUE#Member#team+shirt#a#7": "MEMBER#1"}
    assert store.get(model.find_member_by_email(email=" ADA@example.ORG ")) == ADA
    assert store.get(model.find_member_by_shirt(team="a", shirt=7)) == ADA
    assert store.get(model.find_member_by_shirt(team="b", shirt=7)) is None


@pytest.mark.parametrize(
    ("other", "field"),
    [
        (replace(EVE, email="ada@EXAMPLE.org"), "email"),
        (replace(EVE, shirt=7), "team+shirt"),
        (replace(ADA, email="other@example.org", shirt=None), None),
    ],
    ids=["a unique field", "two that are unique together", "the item itself"],
)
def test_what_is_taken_is_named_and_nothing_is_written(store: Store, contents: Any, other: Member, field: str | None) -> None:
    store.write(model.join(ADA))
    before = contents()
    with pytest.raises(AlreadyExists) as taken:
        store.write(model.join(other))
    assert (taken.value.entity, taken.value.field) == ("Member", field)
    assert contents() == before


def test_locks_come_move_and_go_with_their_item(store: Store, contents: Any) -> None:
    store.write(model.join(replace(ADA, shirt=None)))
    assert locks(contents()) == {"UNIQUE#Member#email#ada@example.org": "MEMBER#1"}
    dressed = store.update(model.change_shirt(replace(ADA, shirt=None), shirt=7))
    moved = store.update(model.change_team(dressed, team="b"))
    renamed = store.update(model.change_email(moved, email="ada@new.example"))
    assert locks(contents()) == {"UNIQUE#Member#email#ada@new.example": "MEMBER#1", "UNIQUE#Member#team+shirt#b#7": "MEMBER#1"}
    respelled = store.update(model.change_email(renamed, email="ADA@new.example"))
    assert (respelled.email, respelled.version) == ("ADA@new.example", 5)
    store.write(model.join(replace(EVE, email="ada@example.org", shirt=7)))
    before = contents()
    with pytest.raises(AlreadyExists, match="Member.email is taken"):
        store.update(model.change_email(respelled, email="Ada@example.org"))
    with pytest.raises(AlreadyExists, match=r"Member.team\+shirt is taken"):
        store.update(model.change_team(respelled, team="a"))
    with pytest.raises(VersionConflict):
        store.update(model.change_email(renamed, email="ada@third.example"))
    assert contents() == before
    bare = store.update(model.change_shirt(respelled, shirt=None))
    assert set(locks(contents())) == {
        "UNIQUE#Member#email#ada@example.org", "UNIQUE#Member#email#ada@new.example", "UNIQUE#Member#team+shirt#a#7",
    }  # fmt: skip
    with pytest.raises(VersionConflict):
        store.write(model.leave(respelled))
    store.write(model.leave(bare))
    assert set(locks(contents()).values()) == {"MEMBER#2"}
    with pytest.raises(NotFound):
        store.write(model.leave(bare))


# --- transactions


def test_a_transaction_writes_all_of_it_or_nothing(store: Store, contents: Any) -> None:
    store.write(model.open_ticket(TICKET))
    with pytest.raises(NotFound) as missing:
        store.write(model.take_over(model.find_member(id="1"), model.assign(TICKET, assignee="1")))
    assert missing.value.entity == "Member"
    assert contents() == [wire(TICKET)]
    store.write(model.join(ADA))
    store.write(model.take_over(model.find_member(id="1"), model.assign(TICKET, assignee="1")))
    assert store.get(model.find_ticket(id="t")) == replace(TICKET, assignee="1", version=2)
    before = contents()
    with pytest.raises(VersionConflict) as stale:
        store.write(model.take_over(ADA, model.assign(TICKET, assignee="2")))
    assert stale.value.entity == "Ticket"
    with pytest.raises(NotFound) as missing:
        store.write(model.take_over(ADA, model.assign(Ticket(id="none"), assignee="1")))
    assert missing.value.entity == "Ticket"
    assert contents() == before


def test_a_check_can_hold_the_version(store: Store, contents: Any) -> None:
    store.write(model.open_ticket(TICKET))
    store.write(model.join(ADA))
    moved = store.update(model.change_team(ADA, team="b"))
    before = contents()
    with pytest.raises(VersionConflict) as stale:
        store.write(model.hand_over(ADA, model.assign(TICKET, assignee="1")))
    assert stale.value.entity == "Member"
    with pytest.raises(NotFound):
        store.write(model.hand_over(EVE, model.assign(TICKET, assignee="2")))
    assert contents() == before
    store.write(model.hand_over(moved, model.assign(TICKET, assignee="1")))
    assert store.get(model.find_ticket(id="t")) == replace(TICKET, assignee="1", version=2)


def test_a_hundred_actions_are_one_transaction(store: Store) -> None:
    lines = [LogLine(log="l", number=number) for number in range(100)]
    store.write(model.write_lines(lines))
    assert list(store.all(model.list_lines(log="l"))) == lines
    with pytest.raises(AlreadyExists):
        store.write(model.write_lines([LogLine(log="l", number=100), lines[50]]))
    assert list(store.all(model.list_lines(log="l"))) == lines


def put(table: str, item: dict[str, Any]) -> dict[str, Any]:
    return {"Put": {"TableName": table, "Item": item}}


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ([LogLine(log="l", number=number) for number in range(101)], TransactionTooLarge),
        ([LogLine(log="l", number=number, text="x" * 399_000) for number in range(11)], TransactionTooLarge),
        ([LogLine(log="l", number=0), LogLine(log="l", number=1, text="x" * 409_600)], ItemTooLarge),
        ([LogLine(log="l", number=0), LogLine(log="l", number=0, text="x")], InvalidArguments),
    ],
    ids=["101 actions", "over 4 MB", "an item over 400 KB", "two actions on one item"],
)
def test_what_the_kit_does_not_send_the_service_would_refuse(
    endpoint: Endpoint, table: str, store: Store, lines: list[LogLine], error: type[Exception]
) -> None:
    with pytest.raises(error):
        store.write(model.write_lines(lines))
    with pytest.raises(endpoint.client.exceptions.ClientError) as refused:
        endpoint.client.transact_write_items(TransactItems=[put(table, wire(line)) for line in lines])
    assert refused.value.response["Error"]["Code"] in ("ValidationException", "TransactionCanceledException")
    assert endpoint.contents(table) == []


def test_a_transaction_of_four_megabytes_is_taken(store: Store) -> None:
    lines = [LogLine(log="l", number=number, text="x" * 380_000) for number in range(11)]
    store.write(model.write_lines(lines))
    assert len(list(store.all(model.list_lines(log="l")))) == 11


def test_a_table_that_is_not_there_is_an_error_of_the_service(endpoint: Endpoint) -> None:
    nowhere = Store(endpoint.transport, "not-there")
    for act in (
        lambda: nowhere.write(model.open_ticket(TICKET)),
        lambda: nowhere.write(model.join(ADA)),
        lambda: nowhere.update(model.rewrite(TICKET, text="t")),
        lambda: nowhere.get(model.find_ticket(id="t")),
        lambda: nowhere.page(model.list_lines(log="l")),
    ):
        with pytest.raises(ServiceError) as refused:
            act()
        assert refused.value.name == "ResourceNotFoundException"
        assert not refused.value.retryable


# --- tokens


def test_a_request_sent_again_with_its_token_is_carried_out_once(store: Store, contents: Any) -> None:
    store.write(model.join(ADA), token="once")
    store.write(model.join(ADA), token="once")
    with pytest.raises(AlreadyExists):
        store.write(model.join(ADA), token="twice")
    store.write(model.leave(ADA))
    store.write(model.join(ADA), token="once")
    assert contents() == [], "an answer of then, not another member"


def test_a_token_belongs_to_one_request(store: Store, contents: Any) -> None:
    store.write(model.open_ticket(TICKET), token="x" * 36)
    before = contents()
    with pytest.raises(IdempotentParameterMismatch):
        store.write(model.open_ticket(Ticket(id="other")), token="x" * 36)
    assert contents() == before


def test_a_token_of_a_refused_request_can_be_used_again(store: Store) -> None:
    store.write(model.join(ADA))
    with pytest.raises(AlreadyExists):
        store.write(model.join(replace(EVE, shirt=7)), token="refused first")
    store.update(model.change_shirt(ADA, shirt=9))
    store.write(model.join(replace(EVE, shirt=7)), token="refused first")
    assert store.get(model.find_member(id="2")) == replace(EVE, shirt=7)


# --- races


def at_once(function: Any) -> Counter[str]:
    """What comes of calling it with 0 to 31, all released at the same moment. A conflict is tried again, as the kit asks for."""
    barrier = Barrier(THREADS)

    def one(number: int) -> str:
        barrier.wait()
        while True:
            try:
                function(number)
            except TransactionConflict:
                continue
            except Exception as error:
                return type(error).__name__
            return "done"

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(one, range(THREADS)))


def test_one_address_is_one_members_whoever_is_fastest(store: Store, contents: Any) -> None:
    spellings = ["ada@example.org", "ADA@Example.ORG", " Ada@example.org "]

    def register(number: int) -> None:
        store.write(model.join(Member(id=f"{number}", email=spellings[number % 3], shirt=number)))

    assert at_once(register) == {"done": 1, "AlreadyExists": THREADS - 1}
    assert len(contents()) == 3, "one member and the two locks"
    assert store.get(model.find_member_by_email(email="ada@example.org"))


def test_no_update_is_lost(store: Store) -> None:
    store.write(model.open_ticket(TICKET))

    def write_one_letter(_: int) -> None:
        while True:
            try:
                ticket = store.get(model.find_ticket(id="t"))
                store.update(model.rewrite(ticket, text=ticket.text + "x"))
            except VersionConflict:
                continue
            return

    assert at_once(write_one_letter) == {"done": THREADS}
    assert store.get(model.find_ticket(id="t")) == replace(TICKET, text="x" * THREADS, version=1 + THREADS)


def test_of_transactions_on_one_item_each_succeeds_or_leaves_nothing(store: Store, contents: Any) -> None:
    for number in range(THREADS):
        store.write(model.join(Member(id=f"{number}", email=f"m{number}@example.org")))

    def wish(number: int) -> None:
        store.update(model.change_email(store.get(model.find_member(id=f"{number}")), email="wanted@example.org"))

    assert at_once(wish) == {"done": 1, "AlreadyExists": THREADS - 1}
    held = locks(contents())
    winner = held.pop("UNIQUE#Member#email#wanted@example.org")
    assert len(held) == THREADS - 1
    assert winner not in held.values()


def test_a_token_is_carried_out_once_also_at_the_same_moment(store: Store, contents: Any) -> None:
    lines = [LogLine(log="l", number=number) for number in range(3)]
    assert at_once(lambda _: store.write(model.write_lines(lines), token="same")) == {"done": THREADS}
    assert len(contents()) == 3
