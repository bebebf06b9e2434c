"""Incidents in what was observed: what they explain, and how much time is left without one."""

from array import array
from datetime import timedelta

import pytest

from monitoring import Alarm, Metric, Reading
from monitoring.backtest import Alarms, Incident, Observed, backtest, contradictions
from monitoring.live.question import Question
from monitoring.measures import of_table
from monitoring.recordings import Recording
from monitoring.scenarios import SCENARIOS, named, play
from tests.monitoring.conftest import stack_of
from tests.monitoring.scenarios.conftest import MONDAY

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
VALUE = Metric("Shop", "Value", {}, "Maximum")
PAGE = Alarm("page: value", "page", "", VALUE, 10)


def recording_of(values, metric=VALUE):
    return Recording(named(stack_of()), MONDAY, MONDAY + MINUTE * len(values), {Question.of(metric): array("d", values)})


def observed_of(values, *spans):
    incidents = [Incident(MONDAY + MINUTE * start, MONDAY + MINUTE * end, label=str(start)) for start, end in spans]
    return Observed.recorded("shop", recording_of(values), incidents)


def test_a_played_scenario_keeps_its_incident(shop):
    played = play(SCENARIOS["gsi-backpressure"], shop, MONDAY)
    observed = Observed.of(played)
    [incident] = observed.incidents
    assert (incident.start, incident.end) == played.incident
    assert observed.quiet == played.quiet
    for minutes in range(0, 160, 10):
        at = MONDAY + MINUTE * minutes
        assert (observed.incident_at(at) is not None) is played.felt(at)


@pytest.mark.parametrize(
    ("spans", "minutes"),
    [
        ((), 600),
        (((60, 90),), 540),  # felt for half an hour after its end
        (((60, 90), (100, 110)), 520),  # the second begins while the first is felt
        (((60, 200), (70, 80)), 430),  # one within the other
        (((590, 700),), 590),
    ],
)
def test_quiet_is_the_time_without_an_incident(spans, minutes):
    assert observed_of([0.0] * 600, *spans).quiet == MINUTE * minutes


def test_time_to_detect_is_told_for_each_incident():
    values = [0.0] * 600
    values[105:110] = values[303:310] = [20.0] * 7
    values[500] = 20.0
    result = backtest(observed_of(values, (100, 110), (300, 320), (400, 410)), Alarms((PAGE,)))
    first, second, unnoticed = result.observed.incidents
    assert result.detected("page", first).after == 6 * MINUTE
    assert result.detected("page", second).after == 4 * MINUTE
    assert result.detected("page", unnoticed) is None
    [noise] = result.noise
    assert noise.fired == MONDAY + MINUTE * 501
    assert result.noise_per_week("page") == pytest.approx(timedelta(days=7) / result.observed.quiet)


def test_each_firing_clears_when_it_really_does():
    """Not with the clearing of an earlier one."""
    values = [0.0, 20.0, 0.0, 20.0, 20.0, 0.0, 0.0, 20.0]
    spells = [(each.fired, each.cleared) for each in backtest(observed_of(values), Alarms((PAGE,))).firings]
    at = [MONDAY + MINUTE * (minute + 1) for minute in range(8)]
    assert spells == [(at[1], at[2]), (at[3], at[5]), (at[7], None)]


def test_both_readings_differ_where_points_are_missing():
    """AWS/DynamoDB without a fill: ignored, the alarm stays open; as configured, it clears (both of AWS's own texts)."""
    metric = of_table("WriteThrottleEvents", "shop")
    values = [float("nan")] * 60
    values[10] = 5.0
    alarm = Alarm("page: sticks", "page", "", metric, 0, missing="notBreaching")
    calm = Alarm("page: calm", "page", "", metric, 100, missing="notBreaching")
    observed = Observed.recorded("shop", recording_of(values, metric))
    both = [[backtest(observed, Alarms((alarm, calm)), reading)] for reading in Reading]
    assert contradictions(*both) == {"shop": (alarm,)}
    assert contradictions(both[0], both[0]) == {}
