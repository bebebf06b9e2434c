"""Both tables of the CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data", and the rules written behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.alarms import MISSING
from monitoring.missing import judge

KEEP = None
POINTS = {"0": False, "X": True, "-": None}

# points, to be filled, then for missing, ignore, breaching, notBreaching
THREE_OF_THREE = [
    ("0 - X - X", 0, "OK", "OK", "OK", "OK"),
    ("0 - - - -", 2, "OK", "OK", "OK", "OK"),
    ("- - - - -", 3, "INSUFFICIENT_DATA", KEEP, "ALARM", "OK"),
    ("0 X X - X", 0, "ALARM", "ALARM", "ALARM", "ALARM"),
    ("- - X - -", 2, "ALARM", KEEP, "ALARM", "OK"),
]
TWO_OF_THREE = [
    ("0 - X - X", 0, "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0 0 X 0 X", 0, "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0 - X - -", 1, "OK", "OK", "ALARM", "OK"),
    ("- - - - 0", 2, "OK", "OK", "ALARM", "OK"),
    ("- - - X -", 2, "ALARM", KEEP, "ALARM", "OK"),
]


def points(text):
    return [POINTS[point] for point in text.split()]


def rows(table, datapoints):
    return [
        pytest.param(text, datapoints, filled, missing, state, id=f"{text} {datapoints} of 3 {missing}")
        for text, filled, *states in table
        for missing, state in zip(MISSING, states, strict=True)
    ]


@pytest.mark.parametrize(("text", "datapoints", "filled", "missing", "state"), rows(THREE_OF_THREE, 3) + rows(TWO_OF_THREE, 2))
def test_the_tables_of_the_user_guide(text, datapoints, filled, missing, state):
    verdict = judge(points(text), 3, datapoints, missing)
    assert (verdict.state, verdict.filled) == (state, filled)


@pytest.mark.parametrize("text", ["- - - - X", "- - - X -"])
def test_a_new_breach_after_a_gap_is_no_alarm_yet(text):
    """ "Avoiding premature transitions to alarm state": the next point may be good."""
    assert judge(points(text), 3, 3, "missing").state is KEEP


def test_an_old_breach_with_nothing_good_since_is_an_alarm_whatever_m_says():
    assert judge(points("- - X - -"), 3, 3, "missing").state == "ALARM"
    assert judge(points("- X - X -"), 3, 3, "missing").state == "ALARM"
    assert judge(points("X - - - -"), 3, 2, "missing").state == "ALARM"


def test_a_good_point_anywhere_among_too_few_is_ok():
    assert judge(points("0 - X - -"), 3, 3, "missing").state == "OK"


def test_older_points_stand_in_for_missing_ones():
    """So an alarm that treats missing points as good can still fire on old ones."""
    assert judge(points("X X - - X"), 3, 3, "notBreaching").state == "ALARM"


def test_without_gaps_the_newest_decide():
    assert judge(points("X X 0 0 0"), 3, 1, "missing").state == "OK"
    assert judge(points("X X 0 0 X"), 3, 1, "missing").used == (2, 3, 4)


RANGES = st.lists(st.sampled_from([True, False, None]), min_size=5, max_size=5)


@given(RANGES, st.integers(1, 3), st.sampled_from(MISSING))
def test_what_always_holds(given_points, datapoints, missing):
    verdict = judge(given_points, 3, datapoints, missing)
    real = [point for point in given_points if point is not None]
    breaching = sum(real[-3:])
    assert verdict.filled == max(3 - len(real), 0)
    if breaching >= datapoints:
        assert verdict.state == "ALARM"
    if real and not any(real) and missing != "breaching":
        assert verdict.state == "OK"
    if missing == "notBreaching" and breaching < datapoints:
        assert verdict.state == "OK"
    if len(real) >= 3:
        assert verdict == judge(given_points, 3, datapoints, "missing")
    assert not (verdict.state is KEEP and missing in ("breaching", "notBreaching"))
