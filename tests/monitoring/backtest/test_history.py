"""CloudWatch's own history beside what was evaluated."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitoring.backtest import Alarms, Observed, backtest, departures
from monitoring.recordings import Happened
from tests.monitoring.backtest.test_observed import PAGE, recording_of
from tests.monitoring.scenarios.conftest import MONDAY

FIRES = MONDAY + timedelta(minutes=11)


def seen(*minutes, alarm=PAGE.name, new="ALARM"):
    """What differs, where the alarm fires at minute 11 and the history has these minutes after it."""
    values = [0.0] * 60
    values[10] = 20.0
    history = tuple(Happened(FIRES + timedelta(minutes=each), alarm, "OK", new) for each in minutes)
    recording = replace(recording_of(values), history=history)
    return departures(backtest(Observed.recorded("shop", recording), Alarms((PAGE,))), recording)


@pytest.mark.parametrize("minutes", [0, 0.7, 5, -4])
def test_some_minutes_are_no_difference(minutes):
    assert seen(minutes) == {}


@pytest.mark.parametrize(
    ("minutes", "only_there", "only_here"),
    [((), 0, 1), ((0, 30), 1, 0), ((20,), 1, 1), ((0, 2), 0, 0)],
)
def test_what_only_one_of_both_has_is_counted(minutes, only_there, only_here):
    assert seen(*minutes).get(PAGE.name, (0, 0)) == (only_there, only_here)


def test_other_states_and_alarms_that_were_not_evaluated_are_left_out():
    assert seen(0, 20, new="OK") == {PAGE.name: (0, 1)}
    assert seen(20, alarm="other") == {PAGE.name: (0, 1)}


def test_what_was_open_before_the_recording_began_is_no_difference():
    """It fires here with the first measurement; its own change came earlier and is not in the history."""
    recording = recording_of([20.0] * 10 + [0.0] * 50)
    assert departures(backtest(Observed.recorded("shop", recording), Alarms((PAGE,))), recording) == {}
