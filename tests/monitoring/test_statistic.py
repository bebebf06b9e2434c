import math
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring import MonitoringError
from monitoring.statistic import parse_statistic

COUNTED = st.dictionaries(st.integers(-1000, 1000).map(float), st.integers(1, 50), min_size=1, max_size=30)


def spread(values):
    return sorted(value for value, count in values.items() for _ in range(count))


@given(COUNTED)
def test_counted_measurements_are_the_same_as_listed_ones(values):
    listed = spread(values)
    assert parse_statistic("Sum").of(values) == sum(listed)
    assert parse_statistic("SampleCount").of(values) == len(listed)
    assert math.isclose(parse_statistic("Average").of(values), mean(listed), abs_tol=1e-9)
    assert parse_statistic("Minimum").of(values) == listed[0]
    assert parse_statistic("Maximum").of(values) == listed[-1]


@given(COUNTED, st.integers(1, 99))
def test_a_percentile_has_its_share_at_or_below_it_and_no_smaller_one_has(values, percent):
    listed = spread(values)
    found = parse_statistic(f"p{percent}").of(values)
    needed = len(listed) * percent / 100
    assert sum(value <= found for value in listed) >= needed
    assert sum(value < found for value in listed) < needed


@given(COUNTED)
def test_a_trimmed_mean_lies_between_its_borders(values):
    trimmed = parse_statistic("TM(10%:90%)").of(values)
    assert parse_statistic("Minimum").of(values) - 1e-9 <= trimmed <= parse_statistic("Maximum").of(values) + 1e-9
    assert math.isclose(parse_statistic("TM(0%:100%)").of(values), parse_statistic("Average").of(values), abs_tol=1e-6)


def test_a_trimmed_mean_leaves_the_outlier_out():
    values = {1.0: 9, 1000.0: 1}
    assert parse_statistic("tm90").of(values) == 1
    assert parse_statistic("Average").of(values) == 100.9


def test_iqm_is_the_mean_of_the_middle_half():
    assert parse_statistic("IQM").of({1.0: 1, 2.0: 1, 3.0: 1, 100.0: 1}) == 2.5


@pytest.mark.parametrize(("statistic", "least"), [("p99", 1000), ("p90", 100), ("p50", 20), ("p10", 100), ("Average", 0), ("tm99", 0)])
def test_percentiles_need_as_many_measurements_as_the_user_guide_says(statistic, least):
    """ "Percentile-based alarms and low data samples": 10/(1-p) from the 50th on, 10/p below."""
    assert math.isclose(parse_statistic(statistic).least_samples, least)


@pytest.mark.parametrize("spelling", ["P99", "p101", "avg", "TM(90%:10%)", "p", ""])
def test_what_is_no_statistic(spelling):
    with pytest.raises(MonitoringError, match="impossible-statistic"):
        parse_statistic(spelling)
