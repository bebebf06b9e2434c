"""Rules of composite alarms by the API reference of PutCompositeAlarm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring import CompositeAlarm, MonitoringError, evaluate_composite
from monitoring.rules import any_of, children_of, holds, size_of

STATES = {"CPU": "ALARM", "Disk": "OK", "Net": "INSUFFICIENT_DATA", "shop-dev page: GSI1 is throttled": "ALARM"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ALARM(CPU) AND ALARM(Disk)", False),
        ("ALARM(CPU) AND NOT ALARM(Disk)", True),
        ("(ALARM(CPU) OR ALARM(Disk)) AND OK(Net)", False),
        ("INSUFFICIENT_DATA(Net)", True),
        ('ALARM("shop-dev page: GSI1 is throttled")', True),
        ("ALARM(arn:aws:cloudwatch:eu-west-1:123456789012:alarm:CPU)", True),
        ("TRUE", True),
        ("FALSE OR NOT TRUE", False),
        ("TRUE OR TRUE AND FALSE", True),
        ("(TRUE OR TRUE) AND FALSE", False),
        ("NOT NOT ALARM(CPU)", True),
        ("NOT (ALARM(CPU) AND OK(Disk))", False),
        ("alarm(CPU) and ok(Disk)", True),
        ("AT_LEAST(1, ALARM, (CPU, Disk, Net))", True),
        ("AT_LEAST(2, ALARM, (CPU, Disk, Net))", False),
        ("AT_LEAST(2, NOT OK, (CPU, Disk, Net))", True),
        ("AT_LEAST(66%, NOT OK, (CPU, Disk, Net))", True),
        ("AT_LEAST(67%, NOT OK, (CPU, Disk, Net))", False),
        ('AT_LEAST(2, ALARM, (arn:aws:cloudwatch:eu-west-1:123456789012:alarm:CPU, "shop-dev page: GSI1 is throttled"))', True),
        ("NOT AT_LEAST(50%, OK, (Disk, Net)) OR FALSE", False),
    ],
)
def test_rules(rule, expected):
    assert holds(rule, STATES) is expected


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "ALARM(CPU) ALARM(Disk)",
        "ALARM(CPU) AND",
        "(ALARM(CPU)",
        "ALARM()",
        "FIRE(CPU)",
        "NOT",
        "ALARM(CPU))",
        "AT_LEAST(2, ALARM, (CPU))",
        "AT_LEAST(0, ALARM, (CPU))",
        "AT_LEAST(101%, ALARM, (CPU))",
        "AT_LEAST(1, ALARM, ())",
        "AT_LEAST(1, (CPU))",
    ],
)
def test_what_is_no_rule(rule):
    with pytest.raises(MonitoringError, match="invalid-rule"):
        holds(rule, STATES)


def test_an_unknown_alarm_is_named():
    with pytest.raises(MonitoringError) as caught:
        holds("ALARM(Gone)", STATES)
    assert str(caught.value) == 'unknown-alarm: no alarm is named "Gone"'


def test_children_and_elements():
    rule = '(ALARM("a b") OR OK(c)) AND NOT (ALARM("a b") AND TRUE)'
    assert children_of(rule) == ("a b", "c")
    assert size_of(rule) == 8
    assert children_of('AT_LEAST(1, OK, ("a b", c)) OR ALARM(d)') == ("a b", "c", "d")


def test_a_composite_is_in_alarm_or_ok():
    composite = CompositeAlarm("x", "page", "", any_of(["CPU", "Disk"]))
    assert evaluate_composite(composite, STATES) == "ALARM"
    assert evaluate_composite(composite, {"CPU": "OK", "Disk": "INSUFFICIENT_DATA"}) == "OK"


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (any_of([f"a{number}" for number in range(101)]), "101 alarms in its rule; at most 100"),
        (any_of(["x" * 255 for _ in range(45)]), "characters in its rule; at most 10240"),
        ("(" * 251 + "TRUE" + ")" * 251, "503 elements in its rule; at most 500"),
    ],
)
def test_limits_of_a_rule(rule, message):
    with pytest.raises(MonitoringError, match=message):
        CompositeAlarm("x", "page", "", rule)


ATOMS = st.sampled_from(["TRUE", "FALSE", "ALARM(CPU)", "OK(CPU)", "ALARM(Disk)"])
RULES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        inner.map(lambda rule: f"NOT ({rule})"),
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda each: f"({' '.join(each)})"),
    ),
    max_leaves=10,
)


@given(RULES)
def test_rules_mean_what_they_mean_in_python(rule):
    python = rule.replace("ALARM(CPU)", "TRUE").replace("OK(CPU)", "FALSE").replace("ALARM(Disk)", "FALSE")
    for word, same in (("AND", "and"), ("OR", "or"), ("NOT", "not"), ("TRUE", "True"), ("FALSE", "False")):
        python = python.replace(word, same)
    assert holds(rule, STATES) is eval(python)
