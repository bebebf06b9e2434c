"""Metric math by CloudWatch's user guide, "Metric math syntax and functions"."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring import MonitoringError
from monitoring.formulas import Scope, calculate, kind_of
from monitoring.syntax import ids_in, parse
from tests.monitoring.conftest import START

MINUTE = timedelta(minutes=1)
GAP = None


def series(*values):
    """A point a minute from START; None is a gap."""
    return {START + MINUTE * place: float(value) for place, value in enumerate(values) if value is not GAP}


def scope(period=60, minutes=5, **values):
    return Scope(values, list(values), [START + MINUTE * place for place in range(minutes)], period)


def of(text, **values):
    return calculate(text, scope(**values))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("2 ^ 3 ^ 2", 512),
        ("-2 ^ 2", 4),
        ("8 / 4 / 2", 1),
        ("1 + 1 == 2", 1),
        ("1 < 2 && 2 < 1", 0),
        ("1 < 2 AND 2 < 1 OR 1", 1),
        ("1 || 0 && 0", 1),
        ("1.5e2 + .5", 150.5),
        ("ABS(-3) + CEIL(1.2) + FLOOR(1.8)", 6),
        ("IF(1 > 2, 10, 20)", 20),
        ("PERIOD(m)", 60),
        ("SUM(m)", 6),
        ("AVG(m) + MIN(m) + MAX(m)", 6),
        ("DATAPOINT_COUNT(m)", 3),
    ],
)
def test_numbers(text, value):
    assert of(text, m=series(1, 2, 3)) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", series(11, 22, 3)),
        ("b - a", series(9, 18, -3)),
        ("a * 2", series(2, 4, 6)),
        ("a / b", series(0.1, 0.1)),
        ("b / a", series(10, 10, 0)),
        ("a > 1", series(0, 1, 1)),
        ("a >= 2 && b", series(0, 1, 0)),
        ("FILL(b, 0)", series(10, 20, 0, 0, 0)),
        ("FILL(b, REPEAT)", series(10, 20, 20, 20, 20)),
        ("FILL(gappy, LINEAR)", series(1, 2, 3, 4, 5)),
        ("FILL(gappy, a)", series(1, 2, 3, GAP, 5)),
        ("FILL(late, REPEAT)", series(GAP, GAP, 7, 7, 7)),
        ("FILL(late, LINEAR)", series(GAP, GAP, 7)),
        ("SUM([a, b])", series(11, 22, 3)),
        ("MAX([a, b])", series(10, 20, 3)),
        ("MIN([a, b])", series(1, 2, 3)),
        ("AVG([a, b])", series(5.5, 11, 1.5)),
        ("SUM(METRICS())", series(12, 22, 10, GAP, 5)),
        ('SUM(METRICS("gap"))', series(1, GAP, GAP, GAP, 5)),
        ("SUM(FILL([a, b], 1))", series(11, 22, 4, 2, 2)),
        ("DIFF(a)", series(GAP, 1, 1)),
        ("RATE(gappy)", series(GAP, GAP, GAP, GAP, 4 / 240)),
        ("RUNNING_SUM(a)", series(1, 3, 6)),
        ("IF(a > 1, b)", series(GAP, 20, 0)),
        ("IF(a > 1, b, 0)", series(0, 20, 0)),
        ("IF(a > 2, a, -a)", series(-1, -2, 3)),
        ("a / 0", {}),
        ("FILL(none, 0)", {}),
        ("FILL(none, 0) + 0*a", series(0, 0, 0)),
        ("none + none", {}),
    ],
)
def test_series(text, expected):
    values = {"a": series(1, 2, 3), "b": series(10, 20), "gappy": series(1, GAP, GAP, GAP, 5), "late": series(GAP, GAP, 7), "none": {}}
    used = values if "METRICS" in text else {name: values[name] for name in ids_in(parse(text))}
    assert {time: pytest.approx(value) for time, value in of(text, **used).items()} == expected


def test_a_rate_over_a_period():
    assert calculate("m/PERIOD(m)", Scope({"m": series(300)}, ["m"], [START], 300)) == series(1)


# "-" is no value; the tables of the user guide.
TABLES = [
    ("(metric1 < metric2)", "30 20 0 0", "20 - 20 -", "", "0 0 1 0"),
    ("(metric1 >= 30)", "30 20 0 0", "20 - 20 -", "", "1 0 0 0"),
    ("(metric1 > 15 AND metric2 > 15)", "30 20 0 0", "20 - 20 -", "", "1 0 0 0"),
    ("IF(metric1, metric2, metric3)", "1 1 0 0 -", "30 - 0 0 30", "0 0 20 - 20", "30 0 20 - -"),
    ("IF(metric1, metric2)", "1 1 0 0 -", "30 - 0 0 30", "", "30 0 - - -"),
]


def row(text):
    return series(*(GAP if value == "-" else float(value) for value in text.split()))


@pytest.mark.parametrize(("text", "first", "second", "third", "expected"), TABLES)
def test_the_tables_of_the_user_guide(text, first, second, third, expected):
    assert of(text, metric1=row(first), metric2=row(second), metric3=row(third)) == row(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IF(up > 2, 7, other)", "5 - 7"),
        ("IF(up > 2, 7, 8)", "8 8 7"),
        ("IF(up > 2, other, 8)", "8 8 0"),
        ("IF(1, up)", "1 2 3"),
        ("IF(0, up, other)", "5"),
        ("IF(up - 2, 1)", "1 - 1"),
    ],
)
def test_every_shape_of_if(text, expected):
    """ "Using IF expressions": any value but 0 is true, also a negative one."""
    assert of(text, up=row("1 2 3"), other=row("5")) == row(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DIFF_TIME(gappy)", "- - - - 240"),
        ("LOG(up)", "0 0.6931471805599453 1.0986122886681098"),
        ("LOG10(up * 10)", "1 1.3010299956639813 1.4771212547196624"),
        ("LOG(up - 1)", "- 0 0.6931471805599453"),
        ("up - STDDEV(pair)", "0 1 2"),
        ("STDDEV([up, pair])", "0 0.5 0"),
        ("up / METRIC_COUNT(METRICS())", "0.25 0.5 0.75"),
        ("FIRST(SORT(METRICS(), MAX, DESC))", "1 - - - 5"),
        ("LAST(SORT([gappy, up], AVG, DESC))", "1 2 3"),
        ("SUM(SORT(METRICS(), SUM, DESC, 2))", "2 2 3 - 5"),
        ("SUM(SLICE(SORT([gappy, up], MAX, ASC), 1))", "1 - - - 5"),
        ("SUM(SLICE(SORT([gappy, up], MAX, ASC), 0, 1))", "1 2 3"),
        ("AVG(REMOVE_EMPTY([up, none]))", "1 2 3"),
        ("TIME_SERIES(MAX(up))", "3 3 3 3 3"),
        ("MINUTE(gappy)", "0 1 2 3 4"),
        ("HOUR(none)", "14 14 14 14 14"),
        ("DAY(up)", "2 2 2 2 2"),
        ("DATE(up) + 100 * MONTH(up)", "1124 1124 1124 1124 1124"),
        ("IF(DAY(up) < 6, up)", "1 2 3 0 0"),
        ("YEAR(up) - 2000", "26 26 26 26 26"),
        ("EPOCH(up) - MIN(EPOCH(up))", "0 60 120 180 240"),
    ],
)
def test_further_functions(text, expected):
    """START is Tuesday, 24 November 2026, 14:00."""
    values = {"up": row("1 2 3"), "gappy": row("1 - - - 5"), "pair": row("1 3"), "none": {}}
    assert {time: pytest.approx(value) for time, value in of(text, **values).items()} == row(expected)


@pytest.mark.parametrize(
    "text", ["SORT(METRICS(), P99, ASC)", "SORT(METRICS(), SUM, 1)", "SLICE(METRICS(), a)", "FILL(a, SUM)", "TIME_SERIES(a)"]
)
def test_what_a_function_does_not_take(text):
    with pytest.raises(MonitoringError, match="invalid-formula"):
        of(text, a=row("1"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a value was expected before character 1, found the end"),
        ("a +", "a value was expected before character 4, found the end"),
        ("(a", '")" was expected before character 3, found the end'),
        ("a b", 'an operator or the end was expected before character 4, found "b"'),
        ("a ! b", '"!" means nothing in metric math'),
        ("LOG9(a)", "no function LOG9; there are SUM, AVG"),
        ("FILL(a)", "FILL takes 2 arguments, given 1"),
        ("IF(a)", "IF takes 2 to 3 arguments, given 1"),
        ("M1 + 1", '"M1" is no id: an id starts with a small letter'),
        ("SEARCH('x', 'Sum')", "a search or a query needs measurements to look in"),
        ("SEARCH(a, 'Sum')", "takes texts in quotes"),
        ("a" * 2049, "2049 characters; at most 2048 are allowed"),
        ("[a, 1]", "a list holds series, not numbers"),
        ("DIFF(1)", "a number has no course over time"),
        ("REPEAT + 1", "has no value of its own"),
        ("IF([a], 1, 2)", "IF decides over a series or number, not over a list"),
        ("[a] + [a, a]", "a list of 1 and a list of 2 series cannot be combined"),
        ("b + 1", 'no metric or expression has the id "b"'),
    ],
)
def test_what_is_no_formula_says_where(text, message):
    with pytest.raises(MonitoringError) as caught:
        of(text, a=series(1))
    assert caught.value.code == "invalid-formula"
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("a + 1", "series"), ("SUM(a)", "number"), ("[a, a]", "list"), ("SUM([a, a])", "series"), ("METRICS()", "list"), ("PERIOD(a)", "number"),
     ("SORT(METRICS(), SUM, ASC)", "list"), ("FIRST([a])", "series"), ("METRIC_COUNT([a])", "number"), ("HOUR(a)", "series"),
     ("TIME_SERIES(3)", "series"), ("SEARCH('x', 'Sum')", "list"), ("SUM(SEARCH('x', 'Sum'))", "series"),
     ("IF(a > 1, 1, 0)", "series"), ("FILL([a], 0)", "list"), ("-RATE(a)", "series")],
)  # fmt: skip
def test_the_kind_is_known_without_data(text, kind):
    assert kind_of(text, {"a": "series"}) == kind


# --- properties ------------------------------------------------------------------------------------------------------------------------

NUMBERS = st.integers(-1000, 1000)
ARITHMETIC = {sign: f"({{}} {sign} {{}})" for sign in ("+", "-", "*", "<", ">=", "==", "!=")}
LOGIC = {"&&": "(bool({}) and bool({}))", "||": "(bool({}) or bool({}))"}


def joined(left, sign, right):
    """A formula and the same in Python, whose own grammar and arithmetic say what it must be."""
    return f"({left[0]} {sign} {right[0]})", (ARITHMETIC | LOGIC)[sign].format(left[1], right[1])


FORMULAS = st.recursive(
    NUMBERS.map(lambda number: (f"({number})", f"({number})")) | st.sampled_from(["a", "b"]).map(lambda name: (name, name)),
    lambda inner: st.builds(joined, inner, st.sampled_from([*ARITHMETIC, *LOGIC]), inner),
    max_leaves=12,
)


@given(FORMULAS, NUMBERS, NUMBERS)
def test_arithmetic_is_that_of_python(formula, a, b):
    text, python = formula
    result = of(text, a=series(a), b=series(b))
    found = result if isinstance(result, float) else result[START]
    assert math.isclose(found, float(eval(python, {"a": a, "b": b})))


@given(FORMULAS)
def test_spacing_and_parentheses_around_do_not_matter(formula):
    text, _ = formula
    assert parse(text) == parse(text.replace(" ", "  ")) == parse(f" ( {text} ) ")


POINTS = st.lists(st.one_of(st.none(), st.integers(-100, 100)), min_size=1, max_size=5).map(lambda values: series(*values))


@given(POINTS, st.integers(-5, 5))
def test_filling_keeps_every_point_and_leaves_no_gap(points, filler):
    filled = of(f"FILL(m, {filler})", m=points)
    assert filled == ({**series(*[filler] * 5), **points} if points else {})


@given(POINTS, POINTS)
def test_a_sum_with_fill_is_the_sum_of_both(a, b):
    total = of("SUM([a, b])", a=a, b=b)
    assert total == {time: a.get(time, 0) + b.get(time, 0) for time in {*a, *b}}
    assert of("a + b", a=a, b=b) == total


@given(POINTS)
def test_differences_sum_up_to_the_whole_way(points):
    steps = of("DIFF(m)", m=points)
    if len(points) > 1:
        assert math.isclose(sum(steps.values()), points[max(points)] - points[min(points)], abs_tol=1e-9)
    else:
        assert steps == {}


@pytest.mark.parametrize(
    "text",
    [
        "ANOMALY_DETECTION_BAND(a)",
        "SERVICE_QUOTA(a)",
        "INSIGHT_RULE_METRIC('r', 'Sum')",
        "LAMBDA('f')",
        "DB_PERF_INSIGHTS('RDS', 'db', 'm')",
    ],
)
def test_what_needs_a_service_to_answer_is_refused(text):
    with pytest.raises(MonitoringError, match="invalid-formula"):
        of(text, a=series(1))
