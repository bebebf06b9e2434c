"""What a coverage file asks for, and that the shop's is kept."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from monitoring import Alarm, Metric, Options
from monitoring.backtest import Alarms, Coverage, CoverageError, backtest, generated, never_fired, read_coverage, silent
from monitoring.scenarios import SCENARIOS, play
from tests.monitoring.scenarios.conftest import MONDAY

SHOP = Path(__file__).with_name("shop.toml")
BACK_PRESSURE = ("requests to the table are refused", "GSI1 is throttled", "many requests to api fail")
"""Its pages."""


def run_of(shop, name, alarms=None, **options):
    run = play(SCENARIOS[name], shop, MONDAY, **options)
    return backtest(run, alarms or generated(run.stack))


@pytest.fixture(scope="module")
def back_pressure(shop):
    return run_of(shop, "gsi-backpressure")


def test_the_file_of_the_shop_speaks_of_every_scenario():
    assert read_coverage(SHOP).scenarios.keys() == SCENARIOS.keys()


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_scenario_trips_what_the_shop_names_and_no_other_page(shop, name, seed):
    assert read_coverage(SHOP).failures(run_of(shop, name, seed=seed)) == ()


def test_nothing_at_all_fires_on_a_steady_day(shop):
    assert run_of(shop, "steady").firings == ()


@pytest.mark.slow
def test_nothing_at_all_fires_in_two_steady_weeks(shop):
    result = run_of(shop, "steady", days=14)
    assert result.observed.end - result.observed.start == timedelta(days=14)
    assert result.firings == ()


def test_what_is_expected_and_comes_is_no_failure(back_pressure):
    assert Coverage({"gsi-backpressure": BACK_PRESSURE}).failures(back_pressure) == ()


def test_full_names_are_understood_too(back_pressure):
    names = tuple(f"shop-dev page: {clause}" for clause in BACK_PRESSURE)
    assert Coverage({"gsi-backpressure": names}).failures(back_pressure) == ()


def test_an_alarm_that_stays_quiet_is_a_failure(back_pressure):
    coverage = Coverage({"gsi-backpressure": (*BACK_PRESSURE, "the table has a hot key range")})
    assert coverage.failures(back_pressure) == ('"the table has a hot key range" did not fire',)


def test_an_alarm_that_is_not_there_is_a_failure(back_pressure):
    coverage = Coverage({"gsi-backpressure": (*BACK_PRESSURE, "GSI2 is throttled")})
    assert coverage.failures(back_pressure) == ('no alarm is called "GSI2 is throttled"',)


def test_a_page_that_is_not_named_is_a_failure(back_pressure):
    assert Coverage({"gsi-backpressure": BACK_PRESSURE[:2]}).failures(back_pressure) == (
        '"many requests to api fail" paged at 02 Mar 10:33',
    )


def test_in_a_scenario_that_is_not_named_every_page_is_a_failure(back_pressure):
    assert len(Coverage({"steady": ()}).failures(back_pressure)) == len(BACK_PRESSURE)


def test_a_ticket_that_is_not_named_is_none(shop):
    tickets = Options(severities={recipe: "ticket" for recipe in ("refused-requests", "index-throttles", "failed-requests")})
    run = play(SCENARIOS["gsi-backpressure"], shop, MONDAY)
    assert Coverage({"steady": ()}).failures(backtest(run, generated(run.stack, tickets))) == ()


def test_an_alarm_that_does_not_clear_is_a_failure(shop):
    """Event metrics are silent afterwards, and an alarm of AWS/DynamoDB without a fill keeps its state then."""
    index = {"TableName": "shop", "GlobalSecondaryIndexName": "GSI1"}
    sticks = Alarm("page: sticks", "page", "", Metric("AWS/DynamoDB", "WriteThrottleEvents", index), 0)
    assert Coverage({"gsi-backpressure": ("sticks",)}).failures(run_of(shop, "gsi-backpressure", Alarms((sticks,)))) == (
        '"sticks" fired at 10:31 and did not clear',
    )


def test_a_page_outside_the_incident_is_noise_and_does_not_count(shop):
    nervous = Alarm("page: nervous", "page", "", Metric("AWS/DynamoDB", "ConsumedWriteCapacityUnits", {"TableName": "shop"}), 1)
    result = run_of(shop, "gsi-backpressure", Alarms((nervous,)))
    assert result.detected("page") is None
    assert result.noise_per_week("page") == pytest.approx(7 * 24 / 1.5)
    assert Coverage({"gsi-backpressure": ("nervous",)}).failures(result) == (
        '"nervous" did not fire',
        '"nervous" paged at 02 Mar 09:01, outside the incident',
    )


def test_time_to_detect_is_from_the_start_of_the_incident(back_pressure):
    assert back_pressure.detected("page").after == timedelta(minutes=1)
    assert back_pressure.detected("ticket").after == timedelta(minutes=3)
    assert back_pressure.detected("info") is None


def test_an_alarm_on_something_else_is_told_from_one_that_stayed_quiet(shop):
    elsewhere = Alarm("elsewhere", "page", "", Metric("AWS/DynamoDB", "WriteThrottleEvents", {"TableName": "other"}), 0)
    quiet = Alarm("quiet", "page", "", Metric("AWS/DynamoDB", "ConsumedReadCapacityUnits", {"TableName": "shop"}), 1e12)
    results = [run_of(shop, "deploy", Alarms((elsewhere, quiet)))]
    assert silent(results) == (elsewhere,)
    assert never_fired(results) == (quiet,)


def test_json_says_the_same(tmp_path):
    path = tmp_path / "coverage.json"
    path.write_text(json.dumps({name: list(alarms) for name, alarms in read_coverage(SHOP).scenarios.items()}))
    assert read_coverage(path) == read_coverage(SHOP)


@pytest.mark.parametrize(
    ("name", "text", "code", "said"),
    [
        ("a.toml", "stedy = []", "unknown-scenario", 'no scenario is called "stedy"; there are steady, launch-spike'),
        ("a.toml", 'steady = "x"', "unreadable-coverage", "\"steady\" must be a list of names of alarms, given 'x'"),
        ("a.toml", "steady = [1]", "unreadable-coverage", '"steady" must be a list of names of alarms, given [1]'),
        ("a.toml", "steady = [", "unreadable-coverage", "Write TOML, or JSON in a file that ends with .json."),
        ("a.toml", "", "unreadable-coverage", "names no scenario."),
        ("a.json", "[]", "unreadable-coverage", "names no scenario."),
        ("a.json", "{", "unreadable-coverage", "Write TOML, or JSON in a file that ends with .json."),
    ],
)
def test_a_file_that_says_something_else_is_refused(tmp_path, name, text, code, said):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(CoverageError) as refused:
        read_coverage(path)
    assert refused.value.code == code
    assert said in refused.value.message


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CoverageError, match="unreadable-coverage: .*No such file"):
        read_coverage(tmp_path / "nothing.toml")
