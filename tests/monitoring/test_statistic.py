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


HUNDRED = {float(value): 1 for value in range(1, 101)}


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        ("p95", 95),
        ("tm90", 45.5),
        ("TM(2%:98%)", 50.5),
        ("TM(:95%)", 48),
        ("TM(10%:)", 55.5),
        ("TM(20:30)", 25.5),
        ("IQM", 50.5),
        ("TM(25%:75%)", 50.5),
        ("wm98", (sum(range(1, 99)) + 2 * 98) / 100),
        ("WM(10%:90%)", (sum(range(11, 91)) + 10 * 10 + 10 * 90) / 100),
        ("WM(20:30)", (sum(range(21, 31)) + 20 * 20 + 70 * 30) / 100),
        ("PR(:30)", 30),
        ("PR(10:20)", 10),
        ("PR(99:)", 1),
        ("tc90", 90),
        ("TC(20:30)", 10),
        ("TC(:0.5)", 0),
        ("TC(80%:)", 20),
        ("ts90", sum(range(1, 91))),
        ("TS(80%:)", sum(range(81, 101))),
        ("TS(20:30)", sum(range(21, 31))),
    ],
)
def test_the_statistics_of_the_user_guide_over_the_numbers_from_1_to_100(spelling, value):
    """Between two values, the lower border is left out and the upper one is in."""
    assert parse_statistic(spelling).of(HUNDRED) == pytest.approx(value)


@given(COUNTED)
def test_the_bins_of_percentile_rank_make_a_histogram(values):
    bins = ["PR(:1)", "PR(1:5)", "PR(5:10)", "PR(10:)"]
    assert math.isclose(sum(parse_statistic(each).of(values) for each in bins), 100)


@given(COUNTED, st.integers(1, 100))
def test_a_trimmed_sum_is_the_trimmed_mean_times_the_trimmed_count(values, percent):
    mean, count, total = (parse_statistic(f"{kind}{percent}").of(values) for kind in ("tm", "tc", "ts"))
    assert math.isclose(mean * count, total, abs_tol=1e-6)


def test_a_mean_of_nothing_is_no_point():
    assert parse_statistic("TM(150:1000)").of({1.0: 3}) is None


STATISTICS = ["Sum", "SampleCount", "Minimum", "Maximum", "Average", "p90", "tm90", "wm90", "PR(:5)", "TC(1:5)"]


@given(st.lists(COUNTED, min_size=1, max_size=5), st.sampled_from(STATISTICS))
def test_minutes_together_are_as_all_their_measurements(minutes, spelling):
    together = {}
    for values in minutes:
        for value, count in values.items():
            together[value] = together.get(value, 0) + count
    statistic = parse_statistic(spelling)
    assert math.isclose(statistic.over(minutes), statistic.of(together), abs_tol=1e-9)
    if combine := statistic.together:
        assert math.isclose(combine([statistic.of(values) for values in minutes]), statistic.of(together), abs_tol=1e-9)


@pytest.mark.parametrize(
    "spelling",
    ["P99", "p101", "avg", "TM(90%:10%)", "p", "", "TM(10%:90)", "TM(:)", "PR(10%:20%)", "pr90", "TM(10%:101%)", "tm(10%:90%)", "PR(5:5)"],
)
def test_what_is_no_statistic(spelling):
    with pytest.raises(MonitoringError, match="impossible-statistic"):
        parse_statistic(spelling)
