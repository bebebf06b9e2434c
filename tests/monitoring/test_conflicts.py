"""Conditions that fail and transactions that conflict, as shares of the requests."""

import pytest

from monitoring import Options, alarms_for
from tests.monitoring.conftest import PATTERNS, clause, pattern, stack_of
from tests.monitoring.weather import TABLE, Weather, course, deployed, operation

CONDITIONS, TRANSACTIONS = "most writes fail their condition", "transactions conflict"


def watching(name, patterns=PATTERNS, options=None):
    return [alarm for alarm in deployed(alarms_for(stack_of(patterns), options)) if clause(alarm) == name]


def met(minute, weather, served, failed):
    if served:
        weather.dynamodb(minute, "SuccessfulRequestLatency", operation("UpdateItem"), 9, served)
    if failed:
        weather.dynamodb(minute, "ConditionalCheckFailedRequests", TABLE, 1, failed)


@pytest.mark.parametrize(
    ("served", "failed", "fires"),
    [
        (50, 50, False),  # half and not more
        (49, 51, True),
        (0, 20, True),  # all of the fewest that are judged
        (0, 19, False),
        (1000, 400, False),
    ],
)
def test_conditions_are_judged_by_their_share_of_enough_writes(served, failed, fires):
    """A write whose condition is false is answered with HTTP 400, so it is none of the served ones (developer guide, "Metrics")."""
    states = course(watching(CONDITIONS), Weather(calls=0), lambda w, m: met(m, w, served, failed))[CONDITIONS]
    assert ("ALARM" in states) is fires
    assert states[-1] == "OK"


def test_four_minutes_of_it_are_none_and_it_clears_when_all_calls_stop():
    short = course(watching(CONDITIONS), Weather(calls=0), lambda w, m: met(m, w, 0, 50), during=range(40, 44))[CONDITIONS]
    assert "ALARM" not in short
    long = course(watching(CONDITIONS), Weather(calls=0), lambda w, m: met(m, w, 0, 50))[CONDITIONS]
    assert (long[59], long[-1]) == ("ALARM", "OK")


@pytest.mark.parametrize(("requests", "items", "fires"), [(25, 1, False), (26, 1, True), (20, 10, False)])
def test_conflicts_are_counted_by_request_and_not_by_item(requests, items, fires):
    """SampleCount is the number of requests, Sum that of their items. 100 served writes; 20% and not more."""

    def incident(weather, minute):
        weather.dynamodb(minute, "SuccessfulRequestLatency", operation("TransactWriteItems"), 14, 100)
        weather.dynamodb(minute, "TransactionConflict", TABLE, items, requests)

    assert ("ALARM" in course(watching(TRANSACTIONS), Weather(calls=0), incident)[TRANSACTIONS]) is fires


def test_only_transactions_can_conflict():
    assert not watching(TRANSACTIONS, [each for each in PATTERNS if each.kind != "transaction"])
    assert not watching(CONDITIONS, [each for each in PATTERNS if each.kind in ("one", "many")])


def test_a_batch_has_no_condition_and_can_conflict():
    batch = pattern("load", "Loads.", "update", ("BatchWriteItem",))

    def watched(name):
        return {each.dimensions.get("Operation") for each in watching(name, (*PATTERNS, batch))[0].metrics.values()} - {None}

    assert watched(CONDITIONS) == {"UpdateItem", "TransactWriteItems"}
    assert watched(TRANSACTIONS) == {"UpdateItem", "TransactWriteItems", "BatchWriteItem"}


def test_share_and_fewest_requests_are_options():
    options = Options(thresholds={"conditions-fail": 5}, minimum_calls=3)
    alarm = watching(CONDITIONS, options=options)
    assert "more than 5% of the writes" in alarm[0].description
    assert "ALARM" in course(alarm, Weather(calls=0), lambda w, m: met(m, w, 9, 1))[CONDITIONS]
