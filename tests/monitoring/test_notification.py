"""The scenarios of CloudWatch's user guide: "How alarm mute rules work" and "Suppressing composite alarm actions". t is in minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from monitoring import Actions, Alarm, CompositeAlarm
from monitoring.actions import Suppressor, WarmUp
from monitoring.measures import of_function
from monitoring.mute import MuteRule, MuteWindow
from monitoring.notification import notices
from tests.monitoring.conftest import START

MINUTE = timedelta(minutes=1)
TOLD = Actions(alarm=("topic",), ok=("topic",))


@dataclass(frozen=True)
class Changed:
    at: datetime
    alarm: str
    new: str


def metric(**more):
    return Alarm(
        **{"name": "it", "severity": "page", "description": "", "source": of_function("Errors", "api"), "threshold": 0, "actions": TOLD}
        | more
    )


def composite(wait=0, extension=0):
    suppressor = Suppressor("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:deploy", wait * 60, extension * 60)
    return CompositeAlarm("it", "page", "", 'ALARM("child")', TOLD, suppressor)


def course(text, name="it"):
    """ "2 ALARM, 7 OK": changes of state by their minute."""
    return [Changed(START + int(minute) * MINUTE, name, state) for minute, state in (each.split() for each in text.split(", ") if each)]


def window(begin, end, alarms=("it",)):
    at = START + begin * MINUTE
    return MuteRule("quiet", MuteWindow(f"at({at:%Y-%m-%dT%H:%M})", f"PT{end - begin}M"), alarms)


def told(alarm, own, suppressor="", rules=(), created=None):
    """ "5 ALARM" where somebody was told, "2 ALARM muted" where not."""
    changes = sorted([*course(own), *course(suppressor, "deploy")], key=lambda change: change.at)
    found = notices([alarm], changes, rules, until=START + timedelta(hours=2), created=created)
    return [f"{(each.at - START) / MINUTE:g} {each.state}" + (f" {each.withheld}" if each.withheld else "") for each in found]


def test_without_anything_in_the_way_every_change_is_told():
    assert told(metric(), "0 OK, 2 ALARM, 4 OK") == ["0 OK", "2 ALARM", "4 OK"]


# --- mute rules ------------------------------------------------------------------------------------------------------------------------


def test_an_alarm_that_is_over_when_the_window_ends_is_never_told():
    """OK at t0, window from t1 to t5, ALARM at t2, OK at t4."""
    assert told(metric(), "0 OK, 2 ALARM, 4 OK", rules=[window(1, 5)]) == ["0 OK", "2 ALARM muted"]


def test_an_alarm_that_stays_is_told_when_the_window_ends():
    assert told(metric(), "0 OK, 2 ALARM", rules=[window(1, 5)]) == ["0 OK", "2 ALARM muted", "5 ALARM"]


def test_of_overlapping_windows_the_last_end_counts():
    assert told(metric(), "0 OK, 2 ALARM", rules=[window(1, 5), window(3, 9)]) == ["0 OK", "2 ALARM muted", "9 ALARM"]


def test_a_window_mutes_every_state():
    assert told(metric(), "0 ALARM, 2 OK", rules=[window(1, 5)]) == ["0 ALARM", "2 OK muted", "5 OK"]


def test_a_window_is_for_the_alarms_that_it_names():
    assert told(metric(), "0 OK, 2 ALARM", rules=[window(1, 5, ("another",))]) == ["0 OK", "2 ALARM"]


# --- suppressors -----------------------------------------------------------------------------------------------------------------------


def test_after_the_wait_period_the_actions_are_performed_if_the_suppressor_did_not_fire():
    assert told(composite(wait=6), "0 OK, 2 ALARM") == ["0 OK", "2 ALARM waiting", "8 ALARM"]


def test_a_suppressor_that_fires_within_the_wait_period_suppresses():
    assert told(composite(wait=6), "0 OK, 2 ALARM", "4 ALARM") == ["0 OK", "2 ALARM waiting"]


def test_a_suppressor_in_alarm_suppresses_at_once():
    assert told(composite(wait=6), "0 OK, 2 ALARM", "1 ALARM") == ["0 OK", "2 ALARM suppressed"]


def test_a_composite_that_recovers_within_the_extension_period_is_never_told():
    """Suppressor in ALARM from t1 to t6, extension to t9, composite in ALARM from t2 to t7."""
    assert told(composite(2, 3), "0 OK, 2 ALARM, 7 OK", "1 ALARM, 6 OK") == ["0 OK", "2 ALARM suppressed"]


def test_a_composite_that_stays_is_told_after_the_extension_period():
    assert told(composite(2, 3), "0 OK, 2 ALARM", "1 ALARM, 6 OK") == ["0 OK", "2 ALARM suppressed", "9 ALARM"]


def test_a_composite_that_fires_within_the_extension_period_waits_for_its_end():
    assert told(composite(0, 3), "0 OK, 7 ALARM", "1 ALARM, 6 OK") == ["0 OK", "7 ALARM extended", "9 ALARM"]


def test_a_suppressor_that_fires_again_within_the_extension_period_goes_on_suppressing():
    assert told(composite(0, 3), "0 OK, 2 ALARM", "1 ALARM, 6 OK, 8 ALARM") == ["0 OK", "2 ALARM suppressed"]


def test_a_suppressor_that_was_never_in_alarm_has_nothing_to_extend():
    assert told(composite(0, 3), "0 OK, 7 ALARM", "5 INSUFFICIENT_DATA, 6 OK") == ["0 OK", "7 ALARM"]


def test_the_wait_period_is_for_alarms():
    assert told(composite(wait=6), "0 ALARM, 9 OK") == ["0 ALARM waiting", "6 ALARM", "9 OK"]


# --- the rest --------------------------------------------------------------------------------------------------------------------------


def test_actions_that_are_switched_off_stay_so():
    off = Actions(alarm=("topic",), enabled=False)
    assert told(metric(actions=off), "0 OK, 2 ALARM, 4 OK") == ["2 ALARM disabled"]


def test_a_state_without_actions_tells_nobody():
    assert told(metric(actions=Actions(alarm=("topic",))), "0 OK, 2 ALARM, 4 OK") == ["2 ALARM"]


@pytest.mark.parametrize(("whole", "expected"), [(True, ["2 ALARM warming up", "4 OK warming up"]), (False, ["2 ALARM", "4 OK"])])
def test_an_alarm_that_warms_up_does_nothing(whole, expected):
    """One that may begin before its time has a state only when it has begun."""
    assert told(metric(warm_up=WarmUp(30, whole)), "2 ALARM, 4 OK", created=START) == expected
