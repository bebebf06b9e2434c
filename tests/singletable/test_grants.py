"""Permissions are exact: everything that a store sends for a pattern is granted, and nothing is granted that it never sends.

What an operation needs comes from AWS's Service Authorization Reference for DynamoDB, written down here by hand.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest

from singletable import Email, Id, Key, Store, Table, Timestamp, Version, check, create, delete, entity
from singletable.grants import Grant, all_grants, grants_of, operations_of, touches_of

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
table = Table(key=Key("PK", "SK"), indexes={"GSI1": Key("GSI1PK", "GSI1SK"), "GSI2": Key("GSI2PK")})


@entity(table, key=("USER#{id}", "METADATA"), GSI1=("EMAIL#{email}", "USER#{id}"), unique=["email"])
class User:
    id: Id
    email: Email
    name: str = "Ann"
    version: Version = 1


@entity(table, key=("USER#{user_id}", "ORDER#{created_at}#{id}"), GSI1=("ORDER#{id}", "USER#{user_id}"), GSI2=("STATUS#{status}",))
class Order:
    id: Id
    user_id: str
    status: str = "placed"
    version: Version = 1
    created_at: Timestamp = NOW


@entity(table, key=("ORDER#{order_id}", "LINE#{id}"), unique=["label"])
class Line:
    """Its lock is optional: a line without a label claims nothing."""

    id: Id
    order_id: str
    label: str | None = None


find_user = table.one(User, by="id")
find_user_by_email = table.one(User, by="email")
find_order = table.one(Order, by="id")
list_orders = table.many(Order, by="user_id")
list_by_status = table.many(Order, by="status")
set_status = table.update(Order, "status")
change_email = table.update(User, "email")
rename = table.update(User, "name")
register = table.transaction(create(User))
add_order = table.transaction(create(Order))
add_line = table.transaction(create(Line))
place = table.transaction(check(User), create(Order), create(Line, up_to=9))
append = table.transaction(create(Order), create(Line, up_to=9))
touch = table.transaction(check(User), create(Line, up_to=9))
remove = table.transaction(delete(User))
clear = table.transaction(delete(Order, up_to=5), delete(Line, up_to=5))
move = table.transaction(change_email, set_status)
readdress = table.transaction(change_email)

ANN, ORDER = User(id="1", email="ann@example.com"), Order(id="7", user_id="1")
BARE, NAMED = Line(id="1", order_id="7"), Line(id="2", order_id="7", label="two")
SAME, OTHER = change_email(ANN, "ANN@example.com"), change_email(ANN, "bob@example.com")

CALLS: list[tuple[Any, list[Any]]] = [
    (find_user, [find_user("1")]),
    (find_user_by_email, [find_user_by_email("ann@example.com")]),
    (find_order, [find_order("7")]),
    (list_orders, [list_orders("1")]),
    (list_by_status, [list_by_status("placed")]),
    (set_status, [set_status(ORDER, "paid")]),
    (change_email, [SAME, OTHER]),
    (rename, [rename(ANN, "Anna")]),
    (register, [register(ANN)]),
    (add_order, [add_order(ORDER)]),
    (add_line, [add_line(BARE), add_line(NAMED)]),
    (place, [place(ANN, ORDER, []), place(find_user("1"), ORDER, [BARE, NAMED])]),
    (append, [append(ORDER, []), append(ORDER, [BARE, NAMED])]),
    (touch, [touch(ANN, [NAMED])]),
    (remove, [remove(ANN)]),
    (clear, [clear([ORDER], []), clear([], [BARE]), clear([ORDER], [BARE, NAMED])]),
    (move, [move(SAME, set_status(ORDER, "paid")), move(OTHER, set_status(ORDER, "paid"))]),
    (readdress, [readdress(SAME), readdress(OTHER)]),
]
"""Every pattern with the calls that make a difference to what is sent."""


class Recorder:
    """A transport that writes down what it is given. Every lock is held by Ann, so that a look-up goes on to the item."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Mapping[str, Any]]] = []

    def call(self, operation: str, request: Mapping[str, Any], /) -> dict[str, Any]:
        self.sent.append((operation, request))
        if operation == "GetItem" and request["Key"]["SK"] == {"S": "LOCK"}:
            return {"Item": {"owner": {"M": {"PK": {"S": "USER#1"}, "SK": {"S": "METADATA"}}}}}
        return {"Items": []} if operation == "Query" else {}


PATTERNS = [pattern for pattern, _ in CALLS]


def sent(pattern: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """All that a store sends for the calls of a pattern, writes with and without a token."""
    recorder = Recorder()
    store = Store(recorder, "shop", clock=lambda: NOW)
    kind = type(pattern).__name__
    for bound in next(calls for called, calls in CALLS if called is pattern):
        run: dict[str, Callable[[Any], Any]] = {"One": store.get, "Many": store.page, "Update": store.update, "Transaction": store.write}
        run[kind](bound)
        if kind == "Transaction":
            store.write(bound, token="t")
    return recorder.sent


ITEM_ACTIONS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}


def needed(operation: str, request: Mapping[str, Any]) -> set[Grant]:
    if operation == "TransactWriteItems":
        return {Grant(ITEM_ACTIONS[action]) for part in request["TransactItems"] for action in part}
    return {Grant(f"dynamodb:{operation}", request.get("IndexName"))}


def name(pattern: Any) -> str:
    return pattern.name


def test_every_pattern_is_called() -> None:
    assert table.patterns == PATTERNS


@pytest.mark.parametrize("pattern", PATTERNS, ids=name)
def test_operations_are_exactly_those_that_are_sent(pattern: Any) -> None:
    assert set(operations_of(pattern)) == {operation for operation, _ in sent(pattern)}
    assert len(set(operations_of(pattern))) == len(operations_of(pattern))


@pytest.mark.parametrize("pattern", PATTERNS, ids=name)
def test_grants_are_exactly_what_the_requests_need(pattern: Any) -> None:
    assert set(grants_of(pattern)) == set().union(*(needed(*request) for request in sent(pattern)))
    assert len(set(grants_of(pattern))) == len(grants_of(pattern))


@pytest.mark.parametrize("pattern", PATTERNS, ids=name)
def test_requests_are_of_the_api(pattern: Any) -> None:
    model = botocore.session.get_session().get_service_model("dynamodb")
    for operation, request in sent(pattern):
        assert set(request) <= set(model.operation_model(operation).input_shape.members)


def test_a_query_of_an_index_is_granted_on_the_index_only() -> None:
    assert grants_of(find_order) == (Grant("dynamodb:Query", "GSI1"),)
    assert grants_of(list_orders) == (Grant("dynamodb:Query", None),)


def test_a_transaction_is_never_granted_by_its_own_name() -> None:
    assert not [grant for grant in all_grants(PATTERNS) if "Transact" in grant.action]


def test_grants_of_several_patterns_are_each_there_once() -> None:
    assert all_grants([place, append, find_order, find_user, find_user_by_email]) == (
        Grant("dynamodb:ConditionCheckItem"),
        Grant("dynamodb:GetItem"),
        Grant("dynamodb:PutItem"),
        Grant("dynamodb:Query", "GSI1"),
    )


@pytest.mark.parametrize(
    ("pattern", "indexes"),
    [
        (find_order, ()),
        (list_by_status, ()),
        (register, ("GSI1",)),
        (place, ("GSI1", "GSI2")),
        (add_line, ()),
        (set_status, ("GSI1", "GSI2")),
        (rename, ("GSI1",)),
        (touch, ()),
        (move, ("GSI1", "GSI2")),
        (clear, ("GSI1", "GSI2")),
    ],
    ids=lambda part: getattr(part, "name", ""),
)
def test_writes_touch_the_indexes_of_the_items_they_write(pattern: Any, indexes: tuple[str, ...]) -> None:
    """Every index holds whole items here, so that a change of any attribute changes the entry; a lock and a check change none."""
    assert touches_of(pattern) == indexes
