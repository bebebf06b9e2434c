"""Thresholds from history: the smallest that is quiet enough, and none where a number would be no objective."""

from array import array
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring import RECIPES, Alarm, Expression, Metric, Options, alarms_for
from monitoring.backtest import Alarms, Incident, Observed, advise, backtest, generated
from monitoring.backtest.suggestion import rounded_up
from monitoring.live.question import Question
from monitoring.recordings import Recording
from monitoring.scenarios import SCENARIOS, named, play
from tests.monitoring.conftest import stack_of
from tests.monitoring.scenarios.conftest import MONDAY

MINUTE = timedelta(minutes=1)
WEEK = 7 * 24 * 60
VALUE = Metric("Shop", "Value", {}, "Maximum")


def alarm_of(threshold=10.0, severity="ticket", **more):
    return Alarm(f"{severity}: value", severity, "", VALUE, threshold, **more)


def advice_of(values, alarm, *spans, **more):
    recording = Recording(named(stack_of()), MONDAY, MONDAY + MINUTE * len(values), {Question.of(VALUE): array("d", values)})
    incidents = [Incident(MONDAY + MINUTE * start, MONDAY + MINUTE * end) for start, end in spans]
    return advise(backtest(Observed.recorded("shop", recording, incidents), Alarms((alarm,))), **more)


def suggested(*given, **more):
    [found] = advice_of(*given, **more).suggestions
    return found


def peaks(*heights, length=WEEK):
    """A base of 1, and a minute of each height, far from each other."""
    values = [1.0] * length
    for number, height in enumerate(heights):
        values[100 + 200 * number] = height
    return values


def test_a_ticket_may_fire_once_a_week():
    found = suggested(peaks(20.0, 30.0, 12.0), alarm_of())
    assert found.today == 3
    assert (found.threshold, found.per_week) == (20.0, 1)
    assert found.points == WEEK
    assert found.percentile == pytest.approx(100 * (1 - 1 / WEEK))


def test_a_page_may_fire_once_a_month_so_not_in_a_week():
    found = suggested(peaks(20.0, 30.0, 12.0), alarm_of(severity="page"))
    assert (found.threshold, found.per_week) == (30.0, 0)


def test_another_rate_can_be_asked_for():
    assert suggested(peaks(20.0, 30.0, 12.0), alarm_of(), most_per_week=2).threshold == 12.0


def test_incidents_do_not_count():
    found = suggested(peaks(20.0, 30.0, 12.0), alarm_of(), (290, 310), most_per_week=0)
    assert found.threshold == 20.0
    assert found.today == pytest.approx(2 * WEEK / (WEEK - 50))


def test_m_of_n_is_respected():
    """Three of five: single peaks never open it."""
    values = peaks(20.0, 30.0, 12.0)
    values[3000:3003] = [15.0, 16.0, 17.0]
    found = suggested(values, alarm_of(evaluation_periods=5, datapoints_to_alarm=3), most_per_week=0)
    assert found.threshold == 15.0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=60, max_size=60), st.integers(1, 3), st.integers(0, 3))
def test_it_is_quiet_enough_and_nothing_below_it_is_the_same(values, datapoints, allowed):
    """Held against the backtest itself, for an hour that stands for a week."""
    alarm = alarm_of(evaluation_periods=3, datapoints_to_alarm=datapoints)
    rate = allowed * WEEK / 60
    found = suggested([float(value) for value in values], alarm, most_per_week=rate)

    def fires(threshold):
        return round(
            suggested([float(value) for value in values], alarm_of(threshold, evaluation_periods=3, datapoints_to_alarm=datapoints)).today
            * 60
            / WEEK
        )

    assert fires(found.threshold) <= allowed
    if found.threshold > 1:
        assert fires(found.threshold - 1) > allowed or found.threshold - 1 < min(values)


@pytest.mark.parametrize(("value", "rounded"), [(12.31, 13), (0.0421, 0.043), (99.5, 100), (100, 100), (20.0, 20), (1234, 1300), (0, 0.01)])
def test_thresholds_have_two_digits(value, rounded):
    assert rounded_up(value) == pytest.approx(rounded)


def test_few_days_are_said_to_be_few():
    advice = advice_of(peaks(20.0, length=600), alarm_of())
    assert not advice.enough
    assert any(", few" in line for line in advice.lines())
    assert advice_of(peaks(20.0), alarm_of()).enough


def test_only_zeros_are_no_history():
    found = suggested([0.0] * 600, alarm_of())
    assert (found.threshold, found.why) == (None, "nothing was measured of it, or only 0")


@pytest.mark.parametrize(
    ("alarm", "why"),
    [
        (alarm_of(0.0), "fixed meaning: more than none"),
        (alarm_of(comparison="LessThanThreshold"), "for too little"),
        (Alarm("page: late", "page", "", VALUE, 10, recipe="stream-very-late"), "a quarter of the 24 hours"),
        (Alarm("page: silent", "page", "", VALUE, 0.5, recipe="stream-silent"), "yes and no"),
    ],
)
def test_some_thresholds_are_never_touched(alarm, why):
    found = suggested(peaks(20.0), alarm)
    assert found.threshold is None
    assert why in found.why


def plenty(advice):
    """The same suggestions, from as many points as a busier week has."""
    return tuple(replace(each, points=WEEK) for each in advice.suggestions)


@pytest.fixture(scope="module")
def shop_advice(shop):
    played = play(SCENARIOS["steady"], shop, MONDAY, days=0.3)
    return advise(backtest(played, generated(played.stack)))


def test_of_a_stack_every_alarm_is_spoken_of(shop_advice):
    for each in shop_advice.suggestions:
        assert (each.threshold is None) is bool(each.why)
        if RECIPES[each.recipe].threshold == 0:
            assert each.threshold is None, each.alarm.name


def test_a_few_hours_make_nothing_stricter(shop_advice):
    assert not shop_advice.enough
    assert shop_advice.snippet() == "Options()"


def test_the_options_can_be_used_as_they_are(shop_advice):
    options = eval(replace(shop_advice, enough=True, suggestions=plenty(shop_advice)).snippet(), {"Options": Options})
    assert options.latency_ms.keys() == {"GetItem", "Query", "PutItem", "UpdateItem", "TransactWriteItems"}
    assert options.thresholds == {}


def test_from_few_points_the_options_change_nothing():
    """Neither stricter nor blunter."""
    late = Alarm("ticket: late", "ticket", "", VALUE, 60_000, recipe="stream-late")
    advice = advice_of(peaks(*[90_000.0] * 2, length=600), late, most_per_week=0)
    assert advice.suggestions[0].threshold == 90_000
    assert advice.snippet() == "Options()"
    assert any("no options yet" in line for line in advice.lines())


def test_no_page_is_made_blunter_by_what_may_have_been_an_incident():
    late = Alarm("page: late", "page", "", VALUE, 60_000, recipe="stream-late")
    values = peaks(*[90_000.0] * 9, length=WEEK + 600)
    advice = advice_of(values, late, most_per_week=0)
    assert advice.snippet() == "Options()"
    assert any(line.strip().startswith("no incident was named") for line in advice.lines())
    named = advice_of(values, late, (WEEK - 60, WEEK - 50), most_per_week=0)
    assert named.snippet() == 'Options(thresholds={"stream-late": 90})'
    assert not any("no incident was named" in line for line in named.lines())


def test_a_noisy_share_is_said_in_the_unit_of_its_recipe():
    """The age of records is in ms, the recipe's threshold in seconds."""
    age = Metric("Shop", "Value", {}, "Maximum")
    late = Alarm("ticket: late", "ticket", "", age, 60_000, recipe="stream-late")
    values = peaks(*[90_000.0] * 9)
    advice = advice_of(values, late, most_per_week=0)
    assert advice.snippet() == 'Options(thresholds={"stream-late": 90})'


def test_a_deployed_alarm_with_another_threshold_is_read_in_the_same_unit():
    """Its stack says 120 seconds, so it compares with 120,000 ms; a unit does not follow a threshold."""
    stack = named(stack_of(), {})
    [late] = [each for each in alarms_for(stack) if each.recipe == "stream-late"]
    [metric] = late.metrics.values()
    values = peaks(*[150_000.0] * 9)
    recording = Recording(stack, MONDAY, MONDAY + MINUTE * WEEK, {Question.of(metric): array("d", values)})
    deployed = replace(late, threshold=120_000.0, recipe="", evaluation_periods=1, datapoints_to_alarm=1)
    advice = advise(backtest(Observed.recorded("shop", recording), Alarms((deployed,))), 0)
    assert advice.snippet() == 'Options(thresholds={"stream-late": 150})'


def test_a_share_is_never_to_exceed_the_whole():
    """All of the writes cannot be exceeded, so an alarm above it would be dead."""
    share = Alarm("ticket: share", "ticket", "", VALUE, 50, recipe="conditions-fail")
    found = suggested(peaks(*[100.0] * 9), share)
    assert found.threshold is None
    assert "100%" in found.why


def test_a_formula_has_a_level_too():
    doubled = Alarm("ticket: doubled", "ticket", "", Expression("2*m", {"m": VALUE}), 10)
    assert suggested(peaks(20.0, 30.0), doubled, most_per_week=0).threshold == 60.0
