from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from monitoring import Expression, Metric, MonitoringError, Ref, Samples, series_of
from monitoring.measures import consumed, latency, throttle_events
from tests.monitoring.conftest import START

MINUTE = timedelta(minutes=1)
QUERY = {"TableName": "shop", "Operation": "Query"}


def measured():
    samples = Samples()
    for place in range(10):
        samples.record("AWS/DynamoDB", "ConsumedWriteCapacityUnits", {"TableName": "shop"}, START + MINUTE * place, 6.0, 10)
    return samples


def test_sums_by_period():
    samples = measured()
    assert samples.statistics(consumed("shop", "Write"), START, START + 2 * MINUTE) == {START: 60, START + MINUTE: 60}
    assert samples.statistics(consumed("shop", "Write"), START, START + 10 * MINUTE, 300) == {START: 300, START + 5 * MINUTE: 300}


def test_a_period_that_is_not_over_has_no_point():
    assert list(measured().statistics(consumed("shop", "Write"), START, START + 9 * MINUTE, 300)) == [START]


def test_dimensions_are_exact():
    samples = measured()
    samples.record("AWS/DynamoDB", "ConsumedWriteCapacityUnits", {"TableName": "shop", "GlobalSecondaryIndexName": "GSI1"}, START, 1)
    assert samples.statistics(consumed("shop", "Write", index="GSI1"), START, START + MINUTE) == {START: 1}
    assert samples.statistics(consumed("shop", "Write"), START, START + MINUTE) == {START: 60}
    assert [dimensions for _, _, dimensions in samples.metrics()] == [
        {"GlobalSecondaryIndexName": "GSI1", "TableName": "shop"},
        {"TableName": "shop"},
    ]


def test_percentiles_and_counts_come_from_the_measurements_themselves():
    samples = Samples()
    for place in range(100):
        samples.record("AWS/DynamoDB", "SuccessfulRequestLatency", QUERY, START, place + 1)
    end = START + MINUTE
    assert samples.statistics(latency("shop", "Query", "p99"), START, end) == {START: 99}
    assert samples.statistics(latency("shop", "Query", "p50"), START, end) == {START: 50}
    assert samples.statistics(latency("shop", "Query", "SampleCount"), START, end) == {START: 100}
    assert samples.statistics(latency("shop", "Query", "tm90"), START, end) == {START: 45.5}


def test_threads_lose_nothing():
    samples = Samples()

    def work(_):
        for _ in range(500):
            samples.record("AWS/DynamoDB", "SuccessfulRequestLatency", QUERY, START, 1.0)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert samples.statistics(latency("shop", "Query", "SampleCount"), START, START + MINUTE) == {START: 4000}


@pytest.mark.parametrize(("at", "count"), [(datetime(2026, 11, 24), 1), (START, 0)])
def test_a_sample_needs_a_zone_and_a_count(at, count):
    with pytest.raises(MonitoringError, match="invalid-sample"):
        Samples().record("AWS/DynamoDB", "X", {}, at, 1.0, count)


def test_an_unresolved_name_is_refused():
    with pytest.raises(MonitoringError, match='unresolved-name: "table" is known only after deployment'):
        Samples().statistics(consumed(Ref("table"), "Write"), START, START + MINUTE)


def test_nested_formulas_are_worked_out_from_the_inside():
    rate = Expression("m/PERIOD(m)", {"m": consumed("shop", "Write")})
    nested = Expression("100*rate/limit + 0*limit", {"rate": rate, "limit": consumed("shop", "Write")})
    assert series_of(nested, measured(), START, START + MINUTE) == {START: pytest.approx(100 / 60)}


def test_a_formula_that_is_one_number_is_flat():
    flat = Expression("MAX(m)", {"m": consumed("shop", "Write")})
    assert series_of(flat, measured(), START, START + 2 * MINUTE) == {START: 60, START + MINUTE: 60}


def test_a_formula_must_result_in_one_series():
    many = Expression("FILL(METRICS(), 0)", {"m": consumed("shop", "Write"), "n": throttle_events("shop", "Read")})
    with pytest.raises(MonitoringError, match="results in 2 series: take SUM, MAX, MIN or AVG of them"):
        series_of(many, measured(), START, START + MINUTE)


def test_metrics_of_other_namespaces_are_welcome():
    samples = Samples()
    samples.record("Shop", "Orders", {}, START, 3)
    assert samples.statistics(Metric("Shop", "Orders"), START, START + MINUTE) == {START: 3}


@pytest.mark.parametrize("statistic", ["Sum", "Average", "Maximum", "SampleCount", "p90"])
def test_periods_that_begin_at_any_minute_are_those_of_every_phase(statistic):
    samples = Samples()
    for place in (0, 1, 2, 5, 6, 7, 8, 9, 13):
        samples.record("Shop", "Time", {}, START + MINUTE * place, place % 4, 1 + place % 3)
    metric, end = Metric("Shop", "Time", {}, statistic), START + 15 * MINUTE
    phases = {}
    for minute in range(5):
        phases |= samples.statistics(metric, START + MINUTE * minute, end, 300)
    assert samples.sliding(metric, START, end, 300) == phases
    assert list(phases)
