"""The state of an alarm at a moment: how gaps, late points, percentiles and both readings of AWS's DynamoDB rule change it."""

from datetime import timedelta

import pytest

from monitoring import Alarm, Expression, Metric, MonitoringError, Reading, Samples, evaluate
from monitoring.actions import WarmUp
from monitoring.measures import anchor, filled_sum, latency, of_function, throttle_events, throttled_requests
from tests.monitoring.conftest import START

MINUTE = timedelta(minutes=1)
ERRORS = of_function("Errors", "api")
REFUSED = throttled_requests("shop", "Query")


def alarm(source=ERRORS, **changes):
    return Alarm(**{"name": "x", "severity": "page", "description": "", "source": source, "threshold": 0.0} | changes)


def record(samples, metric, *values):
    """A point a minute from START; None is a gap."""
    for place, value in enumerate(values):
        if value is not None:
            samples.record(metric.namespace, metric.name, dict(metric.dimensions), START + MINUTE * place, value)
    return samples


def after(minutes):
    return START + MINUTE * minutes


def test_a_new_alarm_has_too_little_data():
    found = evaluate(alarm(), Samples(), after(5))
    assert (found.state, found.changed) == ("INSUFFICIENT_DATA", False)
    assert found.reason == "Insufficient Data: 1 datapoint was unknown."


def test_fires_and_clears_in_cloudwatchs_words():
    samples = record(Samples(), ERRORS, 0, 12, 0)
    quiet = evaluate(alarm(), samples, after(1))
    assert quiet.state == "OK"
    fired = evaluate(alarm(), samples, after(2), quiet.state)
    assert (fired.state, fired.changed) == ("ALARM", True)
    assert fired.reason == (
        "Threshold Crossed: 1 out of the last 1 datapoints [12.0 (24/11/26 14:01:00)] was greater than the threshold (0.0) "
        "(minimum 1 datapoint for OK -> ALARM transition)."
    )
    cleared = evaluate(alarm(), samples, after(3), fired.state)
    assert cleared.state == "OK"
    assert cleared.reason == (
        "Threshold Crossed: 1 out of the last 1 datapoints [0.0 (24/11/26 14:02:00)] was not greater than the threshold (0.0) "
        "(minimum 1 datapoint for ALARM -> OK transition)."
    )


def test_the_minute_that_is_not_over_does_not_count():
    samples = record(Samples(), ERRORS, 0, 12)
    assert evaluate(alarm(), samples, after(1) + timedelta(seconds=59)).state == "OK"
    assert evaluate(alarm(), samples, after(2)).state == "ALARM"


def test_m_of_n():
    three_of_five = alarm(evaluation_periods=5, datapoints_to_alarm=3)
    samples = record(Samples(), ERRORS, 1, 0, 1, 0, 1, 0, 0)
    states = [evaluate(three_of_five, samples, after(minute)).state for minute in range(5, 8)]
    assert states == ["ALARM", "OK", "OK"]
    fired = evaluate(three_of_five, samples, after(5))
    assert fired.reason.startswith(
        "Threshold Crossed: 3 out of the last 5 datapoints [1.0 (24/11/26 14:04:00), 1.0 (24/11/26 14:02:00), 1.0"
    )


@pytest.mark.parametrize(
    ("missing", "state", "reason"),
    [
        ("missing", "INSUFFICIENT_DATA", "Insufficient Data: 2 datapoints were unknown."),
        ("ignore", "ALARM", "Missing data: the state is kept."),
        (
            "breaching",
            "ALARM",
            "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].",
        ),
        (
            "notBreaching",
            "OK",
            "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [NonBreaching].",
        ),
    ],
)
def test_silence(missing, state, reason):
    found = evaluate(alarm(evaluation_periods=2, datapoints_to_alarm=2, missing=missing), Samples(), after(9), "ALARM")
    assert (found.state, found.reason) == (state, reason)


def test_the_two_readings_differ_for_dynamodb_and_for_nothing_else():
    """An error metric is silent when nothing fails: by the API reference this alarm stays in ALARM for ever."""
    for source, stuck in ((REFUSED, True), (ERRORS, False)):
        samples = record(Samples(), source, 5)
        naive = alarm(source, missing="notBreaching")
        assert evaluate(naive, samples, after(1)).state == "ALARM"
        later = {reading: evaluate(naive, samples, after(9), "ALARM", reading).state for reading in Reading}
        assert later == {Reading.ALWAYS_IGNORE: "ALARM" if stuck else "OK", Reading.CONFIGURED: "OK"}


@pytest.mark.parametrize("reading", list(Reading))
def test_fill_and_an_anchor_make_both_readings_agree(reading):
    samples = record(Samples(), anchor("shop"), *[0] * 20)
    record(samples, REFUSED, None, None, None, None, None, None, 5)
    made = alarm(filled_sum({"query": REFUSED}, anchor("shop")), evaluation_periods=5, datapoints_to_alarm=1, missing="notBreaching")
    state, states = "INSUFFICIENT_DATA", []
    for minute in range(3, 15):
        state = evaluate(made, samples, after(minute), state, reading).state
        states.append(state)
    assert states == ["OK"] * 4 + ["ALARM"] * 5 + ["OK"] * 3


def test_fill_over_a_metric_that_never_was_has_no_points_without_an_anchor():
    found = evaluate(alarm(filled_sum({"query": REFUSED}), missing="notBreaching"), Samples(), after(5), "OK")
    assert [point.value for point in found.datapoints] == [None] * 3


def test_one_of_five_sees_a_point_that_came_a_minute_late():
    """FILL has put 0 in its place by then: one of one would never see it."""
    samples = record(Samples(), anchor("shop"), *[0] * 20)
    source = filled_sum({"query": REFUSED}, anchor("shop"))
    strict, patient = alarm(source), alarm(source, evaluation_periods=5)
    record(samples, REFUSED, 1)
    states = {"strict": [], "patient": []}
    for minute in range(5, 9):
        if minute == 7:  # the measurement of minute 5 arrives
            record(samples, REFUSED, *[None] * 5, 9)
        states["strict"].append(evaluate(strict, samples, after(minute)).state)
        states["patient"].append(evaluate(patient, samples, after(minute)).state)
    assert states == {"strict": ["OK"] * 4, "patient": ["ALARM", "OK", "ALARM", "ALARM"]}


def test_too_few_measurements_for_a_percentile_keep_the_state():
    slow = latency("shop", "Query", "p99")
    samples = record(Samples(), slow, *[500] * 3)
    careful = alarm(slow, low_samples="ignore", threshold=20.0)
    kept = evaluate(careful, samples, after(3), "OK")
    assert (kept.state, kept.reason) == ("OK", "Too few measurements for the percentile: the state is kept.")
    assert evaluate(alarm(slow, threshold=20.0), samples, after(3), "OK").state == "ALARM"
    for _ in range(999):
        samples.record(slow.namespace, slow.name, dict(slow.dimensions), after(2), 500)
    assert evaluate(careful, samples, after(3), "OK").state == "ALARM"


def test_longer_periods_slide_by_the_minute():
    samples = record(Samples(), ERRORS, *[0] * 7, 3, 0, 0)
    five_minutes = alarm(Metric("AWS/Lambda", "Errors", {"FunctionName": "api"}, "Sum", 300))
    found = evaluate(five_minutes, samples, after(8))
    assert found.state == "ALARM"
    assert [(point.at, point.value) for point in found.datapoints][-1] == (after(3), 3)


def test_an_index_and_its_table_are_watched_apart():
    samples = record(Samples(), throttle_events("shop", "Write", index="GSI1"), 7)
    assert evaluate(alarm(throttle_events("shop", "Write", index="GSI1")), samples, after(1)).state == "ALARM"
    assert evaluate(alarm(throttle_events("shop", "Write")), samples, after(1)).state == "INSUFFICIENT_DATA"


def test_a_reason_says_what_was_filled_in():
    samples = record(Samples(), ERRORS, 0, None, 3, None, None)
    made = alarm(evaluation_periods=3, datapoints_to_alarm=2, missing="breaching")
    assert evaluate(made, samples, after(5)).reason == (
        "Threshold Crossed: 1 out of the last 3 datapoints [3.0 (24/11/26 14:02:00)] was greater than the threshold (0.0) "
        "and 1 missing datapoint was treated as [Breaching] (minimum 2 datapoints for OK -> ALARM transition)."
    )


# --- queries ---------------------------------------------------------------------------------------------------------------------------

THROTTLED = """SELECT SUM(ThrottledRequests) FROM SCHEMA("AWS/DynamoDB", TableName, Operation) WHERE TableName = 'shop'"""


def throttled(samples, operation, *counts):
    for place, count in enumerate(counts):
        if count is not None:
            samples.record(
                "AWS/DynamoDB", "ThrottledRequests", {"TableName": "shop", "Operation": operation}, START + MINUTE * place, 1, count
            )
    return samples


def test_an_alarm_over_a_query_sees_one_series():
    samples = throttled(throttled(Samples(), "Query", 2, None), "PutItem", 3, 4)
    watched = alarm(Expression(THROTTLED, {}), threshold=4.0)
    assert [point.value for point in evaluate(watched, samples, after(2)).datapoints] == [None, 5, 4]
    assert evaluate(watched, samples, after(1)).state == "ALARM"
    assert evaluate(watched, samples, after(2)).state == "OK"


def test_a_query_over_dynamodb_is_a_dynamodb_alarm_in_both_readings():
    watched = alarm(Expression(THROTTLED, {}), missing="notBreaching")
    samples = throttled(Samples(), "Query", 5)
    states = {reading: evaluate(watched, samples, after(9), "ALARM", reading).state for reading in Reading}
    assert states == {Reading.ALWAYS_IGNORE: "ALARM", Reading.CONFIGURED: "OK"}


def test_an_alarm_over_several_series_is_in_alarm_when_one_is_and_names_it():
    samples = throttled(throttled(Samples(), "Query", 1), "PutItem", 9)
    watched = alarm(Expression(f"{THROTTLED} GROUP BY Operation", {}), threshold=4.0)
    found = evaluate(watched, samples, after(1))
    assert (found.state, found.contributors) == ("ALARM", ("PutItem",))
    assert found.reason == "1 out of 2 time series evaluated to ALARM"
    assert [point.value for point in found.datapoints] == [None, None, 9]
    calm = evaluate(alarm(watched.source, threshold=9.0), samples, after(1))
    assert (calm.state, calm.contributors) == ("OK", ())


def test_an_alarm_over_several_series_without_any_has_no_data():
    watched = alarm(Expression('SELECT SUM(Errors) FROM "AWS/Lambda" GROUP BY FunctionName', {}))
    assert evaluate(watched, Samples(), after(5)).state == "INSUFFICIENT_DATA"
    assert evaluate(alarm(watched.source, missing="notBreaching"), Samples(), after(5)).state == "OK"


def test_an_alarm_cannot_search():
    found = "SUM(SEARCH('{AWS/Lambda,FunctionName} errors', 'Sum'))"
    with pytest.raises(MonitoringError, match="an alarm cannot search"):
        alarm(Expression(f"m + {found}", {"m": ERRORS}))


def test_a_query_is_sent_with_its_period_and_read_back():
    watched = alarm(Expression(THROTTLED, {}, period_seconds=300))
    assert watched.request()["Metrics"] == [{"Id": "result", "Expression": THROTTLED, "Period": 300, "ReturnData": True}]
    assert Alarm.from_request(watched.request()).source == watched.source


# --- warm-up ---------------------------------------------------------------------------------------------------------------------------


def test_warm_up_ends_with_the_first_full_range_or_with_its_time():
    """ "Alarm warm-up periods": evaluation begins as soon as enough data fills the evaluation window."""
    new = alarm(evaluation_periods=3, datapoints_to_alarm=1, missing="breaching", warm_up=WarmUp(10))
    samples = record(Samples(), ERRORS, 5, 5, 5)
    states = [evaluate(new, samples, after(minute), created=START).state for minute in (1, 2, 3)]
    assert states == ["INSUFFICIENT_DATA", "INSUFFICIENT_DATA", "ALARM"]
    quiet = [evaluate(new, Samples(), after(minute), created=START).state for minute in (1, 9, 10)]
    assert quiet == ["INSUFFICIENT_DATA", "INSUFFICIENT_DATA", "ALARM"]
    assert evaluate(new, Samples(), after(1)).state == "ALARM"


def test_a_whole_warm_up_waits_for_its_time():
    new = alarm(warm_up=WarmUp(10, whole=True))
    samples = record(Samples(), ERRORS, *[5] * 12)
    states = [evaluate(new, samples, after(minute), created=START).state for minute in (1, 9, 10)]
    assert states == ["INSUFFICIENT_DATA", "INSUFFICIENT_DATA", "ALARM"]
