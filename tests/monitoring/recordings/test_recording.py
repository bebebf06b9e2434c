"""What a recording answers, and what it refuses to answer."""

import math
from array import array
from datetime import UTC, datetime, timedelta

import pytest

from monitoring import Alarm, Expression, Metric, MonitoringError, Samples
from monitoring.live.question import Question
from monitoring.measures import consumed, latency
from monitoring.recordings import Recording, needs_of
from monitoring.scenarios import named
from tests.monitoring.conftest import stack_of

START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STATISTICS = ("Sum", "SampleCount", "Minimum", "Maximum", "Average")
ORDERS = Metric("Shop", "Orders", {"Shop": "one"})


def by(statistic, period_seconds=60):
    return Metric("Shop", "Orders", {"Shop": "one"}, statistic, period_seconds)


def recording_of(series, minutes=20):
    return Recording(
        named(stack_of()), START, START + MINUTE * minutes, {Question.of(metric): array("d", values) for metric, values in series.items()}
    )


@pytest.fixture(scope="module")
def samples():
    """Twenty minutes with gaps, and a different number of measurements in each."""
    made = Samples()
    for minute in range(20):
        for number in range(minute % 4):
            made.record("Shop", "Orders", {"Shop": "one"}, START + MINUTE * minute, float(minute * 3 % 7 + number))
    return made


@pytest.fixture(scope="module")
def recording(samples):
    """By the minute, without the average."""
    series = {}
    for statistic in STATISTICS[:-1]:
        points = samples.statistics(by(statistic), START, START + MINUTE * 20)
        series[by(statistic)] = [points.get(START + MINUTE * minute, math.nan) for minute in range(20)]
    return recording_of(series)


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("period", [60, 120, 300, 420])
@pytest.mark.parametrize("begins", [0, 1, 3])
def test_longer_periods_are_what_the_measurements_give(samples, recording, statistic, period, begins):
    span = START + MINUTE * begins, START + MINUTE * 20
    assert recording.statistics(by(statistic, period), *span) == pytest.approx(samples.statistics(by(statistic, period), *span))


@pytest.mark.parametrize("period", [60, 300])
def test_counts_are_those_of_the_measurements(samples, recording, period):
    assert recording.counts(ORDERS, START, START + MINUTE * 20, period) == samples.counts(ORDERS, START, START + MINUTE * 20, period)


def test_seconds_do_not_matter(recording):
    assert recording.statistics(ORDERS, START + timedelta(seconds=59), START + MINUTE * 20) == recording.statistics(
        ORDERS, START, START + MINUTE * 20
    )


def test_outside_of_it_nothing_was_measured(samples, recording):
    wide = recording.statistics(by("Sum", 300), START - timedelta(minutes=18), START + timedelta(hours=1))
    assert wide == samples.statistics(by("Sum", 300), START + MINUTE * 2, START + MINUTE * 20)
    assert recording.statistics(ORDERS, START - timedelta(hours=2), START) == {}


def test_a_percentile_of_longer_periods_is_not_made_up():
    recording = recording_of({latency("orders", "GetItem"): [4.0] * 20})
    assert recording.statistics(latency("orders", "GetItem"), START, START + MINUTE) == {START: 4.0}
    for asked, period in (("p99", 300), ("p95", 60)):
        metric = latency("orders", "GetItem", asked)
        with pytest.raises(MonitoringError) as error:
            recording.statistics(metric, START, START + timedelta(hours=1), period)
        assert error.value.code == "not-recorded"
        assert error.value.message.startswith(
            f"SuccessfulRequestLatency of GetItem, orders: {asked} by {period} s is not in this recording."
        )


def test_a_percentile_of_five_minutes_begins_at_any_minute():
    recording = recording_of({Metric("Shop", "Orders", {}, "p99", 300): [float(minute) for minute in range(20)]})
    metric = Metric("Shop", "Orders", {}, "p99", 300)
    found = recording.statistics(metric, START + MINUTE * 3, START + MINUTE * 14)
    assert found == {START + MINUTE * 3: 3.0, START + MINUTE * 8: 8.0}


def test_series_without_points_are_not_listed():
    recording = recording_of({ORDERS: [math.nan] * 20, consumed("orders", "Read"): [0.0] * 20})
    assert recording.metrics() == [("AWS/DynamoDB", "ConsumedReadCapacityUnits", {"TableName": "orders"})]
    assert recording.points == 20


def test_it_says_what_it_lacks_for_an_alarm(recording):
    def alarm(source, **more):
        return Alarm("a", "page", "", source, 1.0, **more)

    assert recording.lacks(needs_of(alarm(by("Average", 300)))) == ()
    assert recording.lacks(needs_of(alarm(Expression("a / b", {"a": by("Sum"), "b": by("SampleCount")})))) == ()
    [lacked] = recording.lacks(needs_of(alarm(by("p99"))))
    assert lacked == Question.of(by("p99"))


def test_a_percentile_that_cares_for_its_samples_needs_their_number():
    cares = Alarm("a", "page", "", by("p99"), 1.0, low_samples="ignore")
    assert Question.of(by("SampleCount")) not in needs_of(Alarm("a", "page", "", by("p99"), 1.0))
    assert {each.statistic for each in needs_of(cares)} <= {"p99", "SampleCount"}


def test_a_query_needs_every_series_that_it_matches():
    query = Expression('SELECT AVG(Orders) FROM "Shop"', {}, period_seconds=60)
    alarm = Alarm("a", "page", "", query, 1.0)
    listed = [("Shop", "Orders", {"Shop": "one"}), ("Shop", "Other", {}), ("Shop", "Orders", {"Shop": "two"})]
    needed = needs_of(alarm, lambda: listed)
    assert {(each.name, dict(each.dimensions)["Shop"]) for each in needed} == {("Orders", "one"), ("Orders", "two")}
    assert {each.statistic for each in needed} >= {"Average"}
