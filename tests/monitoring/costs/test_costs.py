"""Bills by hand: prices of DynamoDB's and CloudWatch's price lists times what was used."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app import model
from monitoring import FunctionSubject, MonitoringError, Samples, Stack, TableSubject
from monitoring.costs import Calls, bill_for, declared_calls, measured_calls
from monitoring.costs.bill import GIGABYTE, Capacity, Watching
from monitoring.costs.deployed import covered
from monitoring.costs.text import text
from monitoring.live import Account, Deployed
from monitoring.prices import PRICES, SECONDS_A_MONTH, TablePrices
from singletable.review import review

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOBODY = Watching(0, 0, 0, 0)
PRICED = TablePrices(
    read_million_usd=1, write_million_usd=10, read_hour_usd=0.5, write_hour_usd=2, gigabyte_usd=3, recovery_gigabyte_usd=7, source="test"
)


def stack() -> Stack:
    definition = model.table.definition()
    api = FunctionSubject("api", "api", 20, definition.patterns, http=True, pattern_metrics=True)
    return Stack("shop", "dev", "eu-west-1", TableSubject(definition, "shop"), (api,))


def test_a_pattern_pays_for_the_units_of_its_calls() -> None:
    bill = bill_for([Calls("find_user", 2_000_000, 0.5, 0, "given"), Calls("add_user", 1_000_000, 0, 4, "given")], NOBODY, PRICED)
    assert {charge.what: charge.usd for charge in bill.of("pattern")} == {"find_user": 1.0, "add_user": 40.0}
    assert bill.usd == 41.0
    assert [each.pattern for each in bill.calls] == ["add_user", "find_user"], "dearest first"


def test_what_nobody_said_is_not_zero() -> None:
    bill = bill_for([Calls("find_user", None, 0.5, 0, "not said")], NOBODY, PRICED)
    assert bill.unknown == ("find_user",)
    assert bill.of("pattern")[0].usd is None
    assert bill.per_million(bill.calls[0]) == 0.5
    assert "1 of 1 patterns" in text(bill, "shop")


def test_provisioned_capacity_is_paid_for_whether_it_is_used_or_not() -> None:
    calls = [Calls("find_user", 2_000_000, 0.5, 0, "measured")]
    bill = bill_for(calls, NOBODY, PRICED, capacity=Capacity("provisioned", 10, 1))
    assert bill.of("pattern") == ()
    assert bill.of("table")[0].usd == (10 * 0.5 + 1 * 2) * 730


def test_requests_of_no_pattern_are_one_sum() -> None:
    calls = [Calls("find_user", 1_000_000, 2, 0, "measured")]
    bill = bill_for(calls, NOBODY, PRICED, capacity=Capacity("on-demand", 5_000_000, 1_000_000))
    assert bill.of("table")[0].usd == 3 * 1 + 1 * 10
    assert bill.usd == 5 * 1 + 1 * 10, "together what the table used"


def test_storage_and_recovery_by_the_gigabyte() -> None:
    bill = bill_for([], NOBODY, PRICED, bytes_stored=4 * GIGABYTE, bytes_of_table=3 * GIGABYTE)
    assert [charge.usd for charge in bill.of("table")] == [12.0, 21.0]


def test_watching_costs_by_the_metric() -> None:
    bill = bill_for([], Watching(alarm_metrics=20, composites=2, dashboards=1, series=10), PRICED)
    assert bill.usd == pytest.approx(20 * PRICES.alarm_metric_usd + 2 * 0.5 + 3 + 10 * 0.3)


def test_declared_rates_and_those_of_the_command_line() -> None:
    lines = review(model.table).lines
    found = {each.pattern: each for each in declared_calls(lines, {"find_user": 2.0})}
    assert found["find_user"].a_month == 2 * SECONDS_A_MONTH
    assert found["find_user"].read_units == 1, "one strongly consistent read of up to 4 KB"
    assert found["find_user"].how == "given"
    assert found["add_product"].how == "not said"
    assert found["register_user"].read_units == 0


def test_a_month_is_as_what_was_measured() -> None:
    samples = Samples()
    dimensions = {"TableName": "shop", "Pattern": "find_user"}
    for minute in range(60):
        at = START + timedelta(minutes=minute)
        samples.record("SingleTable", "Latency", dimensions, at, 3.0, count=10)
        samples.record("SingleTable", "ReadUnits", dimensions, at, 0.5, count=10)
    found = {each.pattern: each for each in measured_calls(stack(), samples, START, START + timedelta(hours=1))}
    assert found["find_user"] == Calls("find_user", 600 * 730, 0.5, 0, "measured")
    assert found["find_order"].a_month == 0, "the functions publish, so it was not called"


def test_a_month_is_as_the_time_in_which_the_table_was_there() -> None:
    """Of two days an hour and a half: the table was made then, and the last hour is half over."""
    now, end = START + timedelta(hours=1, minutes=30), START + timedelta(hours=2)
    made = Deployed(
        Account(lambda _: None, "eu-west-1"), {"TableName": "shop", "CreationDateTime": START}, None, (), frozenset(), (), (), ()
    )
    span = covered(made, end - timedelta(days=2), end, now)
    assert span == timedelta(minutes=90)
    assert covered(made, START + timedelta(hours=1), end, now) == timedelta(hours=1), "half an hour is taken for a whole one"
    samples = Samples()
    samples.record("SingleTable", "Latency", {"TableName": "shop", "Pattern": "find_user"}, START, 3.0, count=90)
    [found] = [each for each in measured_calls(stack(), samples, end - timedelta(days=2), end, span) if each.a_month]
    assert found.a_month == 60 * 730


def test_without_metrics_of_patterns_nothing_is_known_of_them() -> None:
    assert {each.how for each in measured_calls(stack(), Samples(), START, START + timedelta(hours=1))} == {"not measured"}


@pytest.mark.parametrize(
    "given",
    [[], {"read": 1}, {"read_million_usd": "1"}, {"read_million_usd": True}, {"read_million_usd": -1}, {"read_million_usd": float("nan")}],
)
def test_prices_that_are_none(given: object) -> None:
    with pytest.raises(MonitoringError, match=r"prices\.json: .*read_million_usd"):
        TablePrices.of(given, "prices.json")


def test_prices_of_another_region_keep_what_they_leave_out() -> None:
    assert TablePrices.of({"read_million_usd": 0.15}, "prices.json") == replace(TablePrices(), read_million_usd=0.15, source="prices.json")
