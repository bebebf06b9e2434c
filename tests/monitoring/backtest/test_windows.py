"""Every window at once is held against one window after the other: `series_of`, which is held against AWS's texts."""

import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring import Alarm, Expression, Metric, Reading, Samples
from monitoring.backtest import replay
from monitoring.backtest.replay import Leaves, points_of
from monitoring.measured import series_of
from tests.monitoring.backtest.test_replay import MINUTE, one_by_one
from tests.monitoring.scenarios.conftest import MONDAY

LENGTH = 24
METRICS = {name: Metric("Shop", name, {"Service": "api"}) for name in "abc"}
SPARSE = st.lists(st.one_of(st.none(), st.none(), st.integers(-3, 9), st.sampled_from([0.1, 2.5, 1e-9])), min_size=LENGTH, max_size=LENGTH)


def measured(values):
    samples = Samples()
    for name, series in values.items():
        for minute, value in enumerate(series):
            if value is not None:
                samples.record("Shop", name, {"Service": "api"}, MONDAY + minute * MINUTE, value, 1 + minute % 3)
    return samples


NUMBERS = st.sampled_from(["0", "1", "2.5", "PERIOD(a)", "SUM(a)", "AVG(b)", "MIN(c)", "MAX(a)", "DATAPOINT_COUNT(b)"])
LISTS = st.sampled_from(["[a, b]", "METRICS()", "[c, b, a]", "FILL([a, c], 0)", '[FILL(b, REPEAT), METRICS("a")]'])
SIGNS = st.sampled_from(["+", "-", "*", "/", "<", ">", ">=", "<=", "==", "!=", "&&", "||"])


def _grown(inner):
    operand = inner | NUMBERS
    return st.one_of(
        st.tuples(inner, SIGNS, operand).map(" ".join).map("({})".format),
        st.tuples(operand, SIGNS, inner).map(" ".join).map("({})".format),
        st.tuples(inner, st.sampled_from(["0", "REPEAT", "LINEAR", "2", "b", "AVG(c)"])).map(lambda each: f"FILL({each[0]}, {each[1]})"),
        st.tuples(inner, operand).map(lambda each: f"IF({each[0]}, {each[1]})"),
        st.tuples(inner, operand, operand).map(lambda each: f"IF({each[0]}, {each[1]}, {each[2]})"),
        st.tuples(st.sampled_from(["ABS", "CEIL", "FLOOR", "DIFF", "RATE", "RUNNING_SUM", "-"]), inner).map(
            lambda each: f"{each[0]}({each[1]})"
        ),
        st.tuples(st.sampled_from(["SUM", "AVG", "MIN", "MAX", "DATAPOINT_COUNT"]), LISTS).map(lambda each: f"{each[0]}({each[1]})"),
    )


FORMULAS = st.recursive(st.sampled_from(["a", "b", "c"]), _grown, max_leaves=6)


def expression(text):
    """Everything is named in it, so that every formula has every id."""
    return Expression(f"{text} + 0 * FILL(a, 0) * FILL(b, 0) * FILL(c, 0)", METRICS)


@settings(max_examples=100, deadline=None)
@given(FORMULAS, st.fixed_dictionaries({name: SPARSE for name in METRICS}), st.sampled_from([60, 180]))
def test_any_formula_has_the_same_points_to_the_last_bit(text, values, period):
    metrics = {name: Metric("Shop", name, {"Service": "api"}, "Sum", period) for name in METRICS}
    source = Expression(expression(text).text, metrics)
    samples = measured(values)
    alarm = Alarm("it", "page", "", source, 3, evaluation_periods=2, datapoints_to_alarm=1)
    leaves = Leaves(samples, MONDAY, MONDAY + LENGTH * MINUTE)
    rows = points_of(alarm, leaves)
    for row in range(leaves.rows):
        at = MONDAY + (row + 1) * MINUTE
        times = [at - timedelta(seconds=period * back) for back in range(4, 0, -1)]
        expected = series_of(source, samples, times[0], at, period)
        found = {time: value for time, value in zip(times, rows[row].tolist(), strict=True) if not math.isnan(value)}
        assert found == expected, (text, at)


STATISTICS = st.sampled_from(["Sum", "Average", "Minimum", "Maximum", "SampleCount", "p90", "tm90", "WM(10%:90%)", "PR(:2)", "TM(1:3)"])
SOURCES = st.one_of(
    st.tuples(STATISTICS, st.sampled_from([60, 120])).map(lambda each: Metric("Shop", "a", {"Service": "api"}, *each)),
    FORMULAS.map(expression),
)


@settings(max_examples=100, deadline=None)
@given(
    SOURCES,
    st.fixed_dictionaries({name: SPARSE for name in METRICS}),
    st.sampled_from(["missing", "ignore", "breaching", "notBreaching"]),
    st.sampled_from(["GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"]),
    st.integers(1, 4),
    st.sampled_from(["evaluate", "ignore"]),
)
def test_any_alarm_changes_when_evaluate_says_so(source, values, missing, comparison, periods, low_samples):
    samples = measured(values)
    end = MONDAY + LENGTH * MINUTE
    alarm = Alarm(
        "it",
        "page",
        "",
        source,
        2,
        comparison=comparison,
        evaluation_periods=periods,
        datapoints_to_alarm=(periods + 1) // 2,
        missing=missing,
        low_samples=low_samples,
    )
    for reading in Reading:
        assert replay([alarm], [], samples, MONDAY, end, reading) == one_by_one(alarm, samples, MONDAY, end, reading)


@pytest.mark.parametrize("text", ["a ^ 2", "IF(SUM(a) > 3, a, 2)", "SELECT SUM(a) FROM Shop GROUP BY Service"])
def test_what_is_not_made_for_windows_is_evaluated_minute_by_minute(text):
    samples = measured({"a": [1, None, 3] * (LENGTH // 3)})
    end = MONDAY + LENGTH * MINUTE
    alarm = Alarm("it", "page", "", Expression(text, {} if "SELECT" in text else {"a": METRICS["a"]}), 1)
    changes = replay([alarm], [], samples, MONDAY, end, Reading.CONFIGURED)
    assert changes == one_by_one(alarm, samples, MONDAY, end, Reading.CONFIGURED)
    assert changes


def test_a_query_is_replayed_as_it_is_evaluated():
    samples = measured({"a": [1, None, 3, None, None, None, None, None] * (LENGTH // 8)})
    end = MONDAY + LENGTH * MINUTE
    alarm = Alarm("it", "page", "", Expression("SELECT SUM(a) FROM Shop", {}), 1, missing="notBreaching")
    changes = replay([alarm], [], samples, MONDAY, end)
    assert changes == one_by_one(alarm, samples, MONDAY, end, Reading.ALWAYS_IGNORE)
    assert {change.new for change in changes} == {"ALARM", "OK"}


def test_what_was_measured_before_the_span_counts_as_in_evaluate():
    samples = measured({"a": [9] * LENGTH})
    alarm = Alarm("it", "page", "", METRICS["a"], 5, evaluation_periods=3, datapoints_to_alarm=3)
    start, end = MONDAY + 10 * MINUTE, MONDAY + 12 * MINUTE
    assert replay([alarm], [], samples, start, end) == one_by_one(alarm, samples, start, end, Reading.ALWAYS_IGNORE)
    assert np.isfinite(points_of(alarm, Leaves(samples, start, end))).all()
