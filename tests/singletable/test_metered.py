"""A store that reports each call of a pattern, and the line that CloudWatch makes metrics of."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from singletable import InvalidArguments, Secret, Throttled
from singletable.errors import AlreadyExists, ServiceError
from singletable.metered import Measurement, MeteredStore, metric_line
from singletable.testing import WRITTEN, Answer, RecordingTransport, found, listed, locked, refused
from tests.singletable.shop import model
from tests.singletable.shop.model import Credential, Order, User

START = datetime(2025, 1, 1, tzinfo=UTC)
ADA = User(id="u1", email="ada@example.org", name="Ada", created_at=START, updated_at=START)
HASH = Credential(user_id="u1", password_hash=Secret("argon2"))
ORDER = Order(id="o1", user_id="u1", total=100, created_at=START, updated_at=START)


def ticking() -> Callable[[], float]:
    """A quarter of a second between two looks at it."""
    times: Iterator[float] = (number / 4 for number in range(1000))
    return lambda: next(times)


def metered(*answers: Answer) -> tuple[MeteredStore, list[Measurement], RecordingTransport]:
    told: list[Measurement] = []
    transport = RecordingTransport(*answers)
    return MeteredStore(transport, "shop", told.append, clock=lambda: START, timer=ticking()), told, transport


def used(units: float) -> dict[str, Any]:
    return {"ConsumedCapacity": {"TableName": "shop", "CapacityUnits": units}}


def test_a_read_is_told_with_its_time_and_its_units() -> None:
    store, told, transport = metered(found(ADA) | used(0.5))
    assert store.get(model.find_user(id="u1")) == ADA
    assert told == [Measurement("find_user", 250.0, 0.5, 0.0, refused=False)]
    assert transport.requests[0].body["ReturnConsumedCapacity"] == "TOTAL"


def test_both_requests_of_a_look_up_through_a_lock_are_one_call() -> None:
    store, told, _ = metered(locked(ADA, "email") | used(1.0), found(ADA) | used(1.0))
    assert store.get(model.find_user_by_email(email="ada@example.org")) == ADA
    assert told == [Measurement("find_user_by_email", 250.0, 2.0, 0.0, refused=False)]


def test_a_transaction_names_what_each_table_used() -> None:
    store, told, _ = metered(WRITTEN | {"ConsumedCapacity": [{"TableName": "shop", "CapacityUnits": 6.0}]})
    store.write(model.register_user(ADA, HASH))
    assert told == [Measurement("register_user", 250.0, 0.0, 6.0, refused=False)]


def test_a_list_is_one_call_without_the_time_of_its_reader() -> None:
    store, told, transport = metered(listed(ORDER, more=True), listed(replace(ORDER, id="o2")))  # type: ignore[arg-type]
    items = store.all(model.list_orders(user_id="u1"))
    assert [item.id for item in items] == ["o1", "o2"]
    assert [each.pattern for each in told] == ["list_orders"]
    assert told[0].milliseconds == 250.0 * 3, "two items and the end, each a quarter of a second of this clock"
    assert len(transport.requests) == 2


def test_a_list_that_is_left_early_is_told_too() -> None:
    store, told, _ = metered(listed(ORDER, more=True))
    items = store.all(model.list_orders(user_id="u1"))
    next(items)
    items.close()  # type: ignore[attr-defined]
    assert [each.pattern for each in told] == ["list_orders"]


def test_a_throttled_call_has_no_time_and_counts_as_refused() -> None:
    store, told, _ = metered(refused("ThrottlingException"))
    with pytest.raises(Throttled):
        store.get(model.find_user(id="u1"))
    assert told == [Measurement("find_user", None, 0.0, 0.0, refused=True)]


def test_a_failure_of_the_service_is_no_answer() -> None:
    store, told, _ = metered(refused("InternalServerError"))
    with pytest.raises(ServiceError):
        store.get(model.find_user(id="u1"))
    assert told == [Measurement("find_user", None, 0.0, 0.0, refused=False)]


def test_a_condition_that_is_false_is_an_answer() -> None:
    store, told, _ = metered(refused("TransactionCanceledException", ("ConditionalCheckFailed", ADA), "None", "None"))
    with pytest.raises(AlreadyExists):
        store.write(model.register_user(ADA, HASH))
    assert told[0].milliseconds == 250.0


def test_what_was_never_sent_is_not_told() -> None:
    store, told, _ = metered()
    with pytest.raises(InvalidArguments):
        store.get(model.find_user)  # type: ignore[arg-type]
    assert told == []


def test_the_line_is_one_that_cloudwatch_reads() -> None:
    """User guide, "Specification: Embedded metric format": members, and that every metric and dimension named is a member of the root."""
    line = json.loads(json.dumps(metric_line("shop", Measurement("find_user", 12.3456, 0.5, 0.0, refused=False), START)))
    assert line["_aws"]["Timestamp"] == 1735689600000
    [meaning] = line["_aws"]["CloudWatchMetrics"]
    assert meaning["Namespace"] == "SingleTable"
    assert meaning["Dimensions"] == [["TableName", "Pattern"]]
    assert {each["Name"]: each["Unit"] for each in meaning["Metrics"]} == {"Latency": "Milliseconds", "ReadUnits": "Count"}
    assert {name: line[name] for name in line if name != "_aws"} == {
        "TableName": "shop",
        "Pattern": "find_user",
        "Latency": 12.346,
        "ReadUnits": 0.5,
    }


def test_a_refused_call_has_its_own_metric_only() -> None:
    line = metric_line("shop", Measurement("find_user", None, 0.0, 0.0, refused=True), START)
    assert [each["Name"] for each in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]] == ["Refused"]
    assert line["Refused"] == 1.0
