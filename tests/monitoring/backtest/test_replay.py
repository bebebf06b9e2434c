"""The replay is held against `evaluate`, which is held against AWS's own tables: state by state, for every minute."""

from datetime import timedelta

import pytest

from monitoring import INITIAL, Alarm, CompositeAlarm, Expression, Metric, Reading, Samples, evaluate
from monitoring.actions import WarmUp
from monitoring.backtest import Change, generated, replay
from monitoring.scenarios import SCENARIOS, play
from tests.monitoring.scenarios.conftest import MONDAY

END = MONDAY + timedelta(minutes=90)
MINUTE = timedelta(minutes=1)


def one_by_one(alarm, samples, start, end, reading, created=None):
    changes, state = [], INITIAL
    for number in range(1, (end - start) // MINUTE + 1):
        at = start + number * MINUTE
        new = evaluate(alarm, samples, at, state, reading, created).state
        if new != state:
            changes.append(Change(at, alarm.name, state, new))
        state = new
    return tuple(changes)


@pytest.mark.parametrize("reading", Reading)
@pytest.mark.parametrize("name", ["gsi-backpressure", "silent-death"])
def test_every_alarm_changes_when_evaluate_says_so(shop, name, reading):
    run = play(SCENARIOS[name], shop, MONDAY)
    for alarm in generated(run.stack).metric:
        expected = one_by_one(alarm, run.samples, run.start, run.end, reading)
        assert replay([alarm], [], run.samples, run.start, run.end, reading) == expected, alarm.name


CUSTOM = Metric("Shop", "Orders", {"Service": "api"})
OTHER = Metric("Shop", "Baskets", {"Service": "api"})
SLOW = Metric("Shop", "Time", {"Service": "api"}, "p99")
TABLE = Metric("AWS/DynamoDB", "WriteThrottleEvents", {"TableName": "shop"})


def alarm_of(source, **more):
    return Alarm("it", "page", "", source, 5, **{"evaluation_periods": 3, "datapoints_to_alarm": 2, **more})


@pytest.fixture(scope="module")
def gaps():
    """Series with gaps, bursts and long silence."""
    samples = Samples()
    for minute in range(90):
        at = MONDAY + minute * MINUTE
        if minute % 7 and not 30 <= minute < 50:
            samples.record("Shop", "Orders", {"Service": "api"}, at, 9 if minute % 11 < 4 else 1)
        if minute % 3 == 0:
            samples.record("Shop", "Baskets", {"Service": "api"}, at, minute % 13)
        if minute in (12, 13, 60, 61, 62):
            samples.record("AWS/DynamoDB", "WriteThrottleEvents", {"TableName": "shop"}, at, 1, 8)
        samples.record("Shop", "Time", {"Service": "api"}, at, 4 + minute % 5, 1 + minute % 40)
    return samples


@pytest.mark.parametrize("missing", ["missing", "ignore", "breaching", "notBreaching"])
@pytest.mark.parametrize(
    "source",
    [
        CUSTOM,
        TABLE,
        Metric("Shop", "Orders", {"Service": "api"}, "Average", 300),
        Expression("FILL(a,0)", {"a": CUSTOM}),
        Expression("FILL(a,REPEAT)", {"a": CUSTOM}),
        Expression("FILL(a,LINEAR) + b", {"a": CUSTOM, "b": OTHER}),
        Expression("IF(FILL(a,0) > 3, b, 6)", {"a": CUSTOM, "b": OTHER}),
        Expression("IF(a > 3, b, 6)", {"a": CUSTOM, "b": OTHER}),
        Expression("100*a/b", {"a": CUSTOM, "b": OTHER}),
        Expression("DIFF(a)", {"a": CUSTOM}),
        Expression("RUNNING_SUM(a)", {"a": CUSTOM}),
        Expression("a - AVG(a)", {"a": CUSTOM}),
        Expression("2*e", {"e": Expression("FILL(a,REPEAT)", {"a": CUSTOM})}),
    ],
    ids=lambda source: source.text if isinstance(source, Expression) else f"{source.name} {source.period_seconds}",
)
def test_anybodys_alarm_too_whatever_is_missing(gaps, source, missing):
    alarm = alarm_of(source, missing=missing)
    for reading in Reading:
        expected = one_by_one(alarm, gaps, MONDAY, END, reading)
        assert replay([alarm], [], gaps, MONDAY, END, reading) == expected


def test_a_percentile_that_waits_for_enough_measurements(gaps):
    alarm = alarm_of(SLOW, low_samples="ignore")
    assert replay([alarm], [], gaps, MONDAY, END) == one_by_one(alarm, gaps, MONDAY, END, Reading.ALWAYS_IGNORE)


def test_an_alarm_with_a_gap_that_counts_as_fine_fires_and_clears(gaps):
    """Bursts at minutes 12 to 13 and 60 to 62; 2 of 3 periods, so it fires with the second and clears when only one is left in three."""
    alarm = alarm_of(TABLE, missing="notBreaching")
    found = replay([alarm], [], gaps, MONDAY, END, Reading.CONFIGURED)
    assert [((each.at - MONDAY) // MINUTE, each.new) for each in found if "ALARM" in (each.old, each.new)] == [
        (14, "ALARM"),
        (18, "OK"),
        (62, "ALARM"),
        (67, "OK"),
    ]


def test_composites_change_with_their_alarms_and_on_each_other(gaps):
    alarm = alarm_of(CUSTOM, missing="notBreaching")
    upper = CompositeAlarm("upper", "page", "", 'ALARM("lower")')
    lower = CompositeAlarm("lower", "page", "", 'ALARM("it")')
    found = replay([alarm], [upper, lower], gaps, MONDAY, END)
    times = {name: [each.at for each in found if each.alarm == name and each.new == "ALARM"] for name in ("it", "lower", "upper")}
    assert times["it"]
    assert times["it"] == times["lower"] == times["upper"]


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("source", [CUSTOM, OTHER, Expression("a ^ 1", {"a": CUSTOM})], ids=["dense", "sparse", "minute by minute"])
def test_alarms_that_warm_up_as_evaluate_says(gaps, source, whole):
    alarm = alarm_of(source, missing="breaching", warm_up=WarmUp(20, whole))
    created = MONDAY + 5 * MINUTE
    expected = one_by_one(alarm, gaps, MONDAY, END, Reading.CONFIGURED, created)
    assert replay([alarm], [], gaps, MONDAY, END, Reading.CONFIGURED, created) == expected
    assert expected != one_by_one(alarm, gaps, MONDAY, END, Reading.CONFIGURED) or not whole
