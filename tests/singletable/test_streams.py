"""Changes reach the handlers that asked for them, in order, and what fails is reported or parked."""

import copy
import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from singletable import (
    Change,
    DeclarationError,
    Id,
    InvalidArguments,
    Key,
    MalformedItem,
    Secret,
    Stream,
    Table,
    Timestamp,
    Version,
    entity,
    entity_of,
)
from singletable.testing import stream_event
from tests.singletable.shop import model, order_events
from tests.singletable.shop.model import Credential, Order, OrderItem, OrderStatus, User

AT = datetime(2025, 6, 1, 12, tzinfo=UTC)
NONE_FAILED: dict[str, list[Any]] = {"batchItemFailures": []}
ADA = User(id="u1", email="ada@example.org", name="Ada")
PLACED = Order(id="o1", user_id="u1", total=5, created_at=AT, updated_at=AT)
PAID = replace(PLACED, status=OrderStatus.PAID, version=2)
SENT = replace(PLACED, status=OrderStatus.SENT, version=3)
CONTEXT = object()


def failed(number: int) -> dict[str, list[dict[str, str]]]:
    return {"batchItemFailures": [{"itemIdentifier": str(number)}]}


class Log:
    """A stream whose handlers write down what they are given, and fail where they are told to."""

    def __init__(self) -> None:
        self.stream, self.calls, self.fail_on = Stream(), list[tuple[Any, ...]](), set[str]()
        self.stream.on_change(Order, "status")(lambda old, new, change: self.add("changed", old, new, change))
        self.stream.on_create(Order)(lambda new, change: self.add("created", new, change))
        self.stream.on_delete(Order)(lambda old, change: self.add("deleted", old, change))

    def add(self, name: str, *given: Any) -> None:
        change: Change = given[-1]
        if change.sequence_number in self.fail_on:
            raise RuntimeError("no network")
        self.calls.append((name, *given[:-1]))


def test_each_change_reaches_its_handler_with_both_sides() -> None:
    log = Log()
    assert log.stream.handler()(stream_event((None, PLACED), (PLACED, PAID), (PAID, None)), CONTEXT) == NONE_FAILED
    assert log.calls == [("created", PLACED), ("changed", PLACED, PAID), ("deleted", PAID)]


def test_what_nobody_asked_for_is_passed_over() -> None:
    """Another entity, an entity of another program, a lock, a change of another field."""
    log = Log()
    event = stream_event((ADA, replace(ADA, name="A")), (None, PLACED), (None, PLACED), (PLACED, replace(PLACED, total=6, version=2)))
    event["Records"][1]["dynamodb"]["NewImage"]["_type"] = {"S": "Invoice"}
    lock = {"PK": {"S": "UNIQUE#User#email#a"}, "SK": {"S": "LOCK"}, "owner": {"M": {}}}
    event["Records"][2]["dynamodb"]["NewImage"] = lock
    assert log.stream.handler()(event, CONTEXT) == NONE_FAILED
    assert log.calls == []


def test_a_change_says_when_and_which() -> None:
    seen: list[Change] = []
    stream = Stream()
    stream.on_change(Order)(lambda old, new, change: seen.append(change))
    stream.handler()(stream_event((PLACED, PAID), (PAID, SENT), at=AT), CONTEXT)
    assert seen == [Change("event-1", "1", AT), Change("event-2", "2", AT)]


def test_a_removal_by_time_to_live_is_told_apart() -> None:
    seen: list[bool] = []
    stream = Stream()
    stream.on_delete(Order)(lambda old, change: seen.append(change.expired))
    stream.handler()(stream_event((PLACED, None)), CONTEXT)
    stream.handler()(stream_event((PLACED, None), expired=True), CONTEXT)
    by_somebody = stream_event((PLACED, None))
    by_somebody["Records"][0]["userIdentity"] = {"type": "Service", "principalId": "replication.dynamodb.amazonaws.com"}
    stream.handler()(by_somebody, CONTEXT)
    assert seen == [False, True, False]


def test_the_first_failure_stops_the_batch_and_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    """What follows is delivered again after it, so that the changes of an item keep their order."""
    log = Log()
    log.fail_on = {"2"}
    with caplog.at_level(logging.ERROR, "singletable.streams"):
        assert log.stream.handler()(stream_event((None, PLACED), (PLACED, PAID), (PAID, SENT)), CONTEXT) == failed(2)
    assert log.calls == [("created", PLACED)]
    assert caplog.messages == ["stopped at change 2 (event event-2): RuntimeError: no network"]


def broken(image: str = "NewImage") -> dict[str, Any]:
    event = stream_event((None, PLACED), (PLACED, PAID), (PAID, SENT))
    del event["Records"][1]["dynamodb"][image]["total"]
    return event


@pytest.mark.parametrize("image", ["OldImage", "NewImage"])
def test_a_malformed_item_is_parked_and_the_rest_goes_on(image: str) -> None:
    log, parked = Log(), list[tuple[str, str]]()
    event = broken(image)
    handler = log.stream.handler(park=lambda record, error: parked.append((record["eventID"], str(error))))
    assert handler(event, CONTEXT) == NONE_FAILED
    assert parked == [("event-2", "Order.total: the attribute is missing")]
    assert log.calls == [("created", PLACED), ("changed", PAID, SENT)]


def test_a_malformed_item_is_reported_where_nothing_parks_it() -> None:
    log = Log()
    assert log.stream.handler()(broken(), CONTEXT) == failed(2)


def test_a_failure_that_may_pass_is_never_parked() -> None:
    log, parked = Log(), list[Any]()
    log.fail_on = {"1"}
    assert log.stream.handler(park=lambda record, error: parked.append(record))(stream_event((None, PLACED)), CONTEXT) == failed(1)
    assert parked == []


def test_a_record_that_cannot_be_parked_is_reported() -> None:
    def park(record: Any, error: Exception) -> None:
        raise RuntimeError("the queue is not there")

    assert Log().stream.handler(park=park)(broken(), CONTEXT) == failed(2)


@pytest.mark.parametrize("missing", ["OldImage", "NewImage"])
def test_a_stream_of_half_images_is_a_wrong_declaration(missing: str) -> None:
    event, errors = stream_event((PLACED, PAID)), list[Exception]()
    del event["Records"][0]["dynamodb"][missing]
    Log().stream.handler(park=lambda record, error: errors.append(error))(event, CONTEXT)
    assert [type(error) for error in errors] == [DeclarationError]
    assert "set its view type to NEW_AND_OLD_IMAGES" in str(errors[0])


@pytest.mark.parametrize("change", [(None, PLACED), (PLACED, PAID), (PAID, None)])
def test_a_stream_without_images_is_a_wrong_declaration_and_not_silence(change: Any) -> None:
    """View types KEYS_ONLY, and OLD_IMAGE or NEW_IMAGE where the item is on the other side."""
    event, log, errors = stream_event(change), Log(), list[Exception]()
    for image in ("OldImage", "NewImage"):
        event["Records"][0]["dynamodb"].pop(image, None)
    log.stream.handler(park=lambda record, error: errors.append(error))(event, CONTEXT)
    assert [type(error) for error in errors] == [DeclarationError] and log.calls == []


def test_the_log_holds_no_value_of_an_item(caplog: pytest.LogCaptureFixture) -> None:
    event = broken()
    event["Records"][1]["dynamodb"]["NewImage"]["total"] = {"S": "confidential"}
    Log().stream.handler()(event, CONTEXT)
    assert "Order.total" in caplog.text and "confidential" not in caplog.text


def test_an_event_of_another_kind_is_refused() -> None:
    with pytest.raises(InvalidArguments, match="this is no event of a DynamoDB stream: it has requestContext where Records were expected"):
        Log().stream.handler()({"requestContext": {}}, CONTEXT)


def test_an_empty_batch_is_done() -> None:
    assert Log().stream.handler()({"Records": []}, CONTEXT) == NONE_FAILED


def test_a_handler_sees_equal_values_as_unchanged() -> None:
    """DynamoDB may spell an equal set in another order."""
    table, seen = Table(key=Key("PK", "SK")), list[object]()

    @entity(table, key=("POST#{id}", "POST"))
    class Post:
        id: Id
        tags: frozenset[str]
        text: str = ""

    stream = table.stream()
    stream.on_change(Post, "tags")(lambda old, new, change: seen.append(new.tags))
    post = Post(id="1", tags=frozenset(["a", "b"]))
    event = stream_event((post, replace(post, text="x")), (post, replace(post, tags=frozenset(["a"]))))
    event["Records"][0]["dynamodb"]["NewImage"]["tags"]["SS"].reverse()
    stream.handler()(event, CONTEXT)
    assert seen == [frozenset(["a"])]


def test_handlers_of_one_change_run_in_the_order_of_their_declaration() -> None:
    stream, seen = Stream(), list[str]()
    stream.on_change(Order, "status")(lambda old, new, change: seen.append("first"))
    stream.on_change(Order)(lambda old, new, change: seen.append("second"))
    stream.handler()(stream_event((PLACED, PAID)), CONTEXT)
    assert seen == ["first", "second"]


def test_the_shop_is_told_of_status_changes() -> None:
    order_events.sent.clear()
    order_events.handler(stream_event((PLACED, PAID), (PAID, replace(PAID, total=9))), CONTEXT)
    assert order_events.sent == ["o1: placed to paid"]


# --- what is let through


def test_the_filter_lets_through_what_a_handler_takes() -> None:
    stream = Stream()
    stream.on_change(Order, "status")(lambda old, new, change: None)
    stream.on_change(Order, "total")(lambda old, new, change: None)
    stream.on_change(User)(lambda old, new, change: None)
    stream.on_create(OrderItem)(lambda new, change: None)
    stream.on_delete(OrderItem)(lambda old, change: None)
    assert stream.filters() == [
        {"eventName": ["MODIFY"], "dynamodb": {"NewImage": {"_type": {"S": ["Order", "User"]}}}},
        {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"_type": {"S": ["OrderItem"]}}}},
        {"eventName": ["REMOVE"], "dynamodb": {"OldImage": {"_type": {"S": ["OrderItem"]}}}},
    ]
    assert Stream().filters() == []


def passes(pattern: Any, record: Any) -> bool:
    """Lambda's rule: each key of the pattern is there and fits; a list holds the values that fit ("Lambda event filtering")."""
    if isinstance(pattern, dict):
        return isinstance(record, dict) and all(name in record and passes(part, record[name]) for name, part in pattern.items())
    return record in pattern


def test_credentials_and_locks_are_let_through_by_no_filter() -> None:
    event = stream_event((None, Credential(user_id="u1", password_hash=Secret("argon2"))), (PLACED, PAID), (None, PLACED), (PAID, None))
    lock = copy.deepcopy(event["Records"][0])
    lock["dynamodb"]["NewImage"] = {"PK": {"S": "UNIQUE#User#email#a"}, "SK": {"S": "LOCK"}}
    through = [
        record["eventID"]
        for record in (*event["Records"], lock)
        if any(passes(pattern, record) for pattern in order_events.stream.filters())
    ]
    assert through == ["event-2"]


@pytest.mark.parametrize(
    "hint",
    [Secret[str], Secret[str] | None, list[Secret[str]], dict[str, Secret[str]], "inner"],
    ids=["direct", "maybe", "list", "map", "inner"],
)
def test_no_handler_sees_a_secret(hint: Any) -> None:
    from dataclasses import make_dataclass

    hint = make_dataclass("Inner", [("secret", Secret[str])]) if hint == "inner" else hint
    cls = entity(Table(key=Key("PK", "SK")), key=("A#{id}", "A"))(type("Holder", (), {"__annotations__": {"id": Id, "held": hint}}))
    for register in (Stream().on_create, Stream().on_change, Stream().on_delete):
        with pytest.raises(DeclarationError, match="Holder has a secret: no stream handler may see it"):
            register(cls)


def test_a_handler_names_fields_that_there_are() -> None:
    with pytest.raises(DeclarationError, match="Order has no field state: its fields are id, user_id, total"):
        model.table.stream().on_change(Order, "state")
    with pytest.raises(DeclarationError, match="int is not an entity"):
        model.table.stream().on_create(int)


# --- an event as AWS documents it

EVENT = json.loads(Path(__file__).with_name("stream_event.json").read_text())


def test_an_event_as_lambda_sends_it() -> None:
    """The envelope of stream_event.json is that of the Lambda developer guide, "Using AWS Lambda with Amazon DynamoDB"."""
    table, seen = Table(key=Key("PK", "SK"), ttl="until"), list[Any]()

    @entity(table, key=("SESSION#{id}", "SESSION"))
    class Session:
        id: Id
        blob: bytes
        until: Timestamp
        version: Version = 1

    stream = table.stream()
    stream.on_change(Session, "blob")(lambda old, new, change: seen.append((old.blob, new.blob, change)))
    stream.on_delete(Session)(lambda old, change: seen.append((old.blob, change)))
    assert stream.handler()(EVENT, CONTEXT) == NONE_FAILED
    changed = Change("c4ca4238a0b923820dcc509a6f75849b", "4421584500000000017450439091", datetime(2025, 1, 1, tzinfo=UTC))
    removed = Change(
        "c81e728d9d4c2f636f067f89cc14862c", "4421584500000000017450439092", datetime(2025, 1, 1, 0, 1, tzinfo=UTC), expired=True
    )
    assert seen == [(b"one", b"two", changed), (b"two", removed)]
    with pytest.raises(MalformedItem):
        entity_of(Session).codec.decode({**EVENT["Records"][0]["dynamodb"]["NewImage"], "blob": {"S": "two"}})
