"""TTL that deletes nothing: only asked where the application said how long that may be."""

from dataclasses import replace

import pytest

from monitoring import Options, Reading, alarms_for
from singletable.definition import TableDefinition
from tests.monitoring.conftest import clause, stack_of
from tests.monitoring.weather import TABLE, Weather, course, deployed

NAME = "nothing expires any more"


def watching(hours, stack=None):
    options = Options(ttl_silent_hours=hours)
    return [alarm for alarm in deployed(alarms_for(stack or stack_of(), options)) if clause(alarm) == NAME]


def expired(weather, minute):
    weather.dynamodb(minute, "TimeToLiveDeletedItemCount", TABLE, 4)


def test_nobody_is_told_unless_it_was_asked_for():
    assert not watching(None)
    stack = stack_of()
    without = TableDefinition.from_dict(stack.table.definition.to_dict() | {"ttl": None})
    assert not watching(24, replace(stack, table=replace(stack.table, definition=without)))


@pytest.mark.parametrize("reading", list(Reading))
def test_it_fires_after_so_many_hours_and_clears_with_the_next_deletion(reading):
    states = course(watching(3), Weather(calls=0), expired, reading, minutes=400, during=[*range(120), *range(360, 400)])[NAME]
    assert states[119] != "ALARM"
    # The last deletion is in minute 119: three full hours without one are over 180 minutes later.
    assert states.index("ALARM") == 119 + 180
    assert states[359:361] == ["ALARM", "OK"]


def test_a_deletion_now_and_then_is_enough():
    states = course(watching(3), Weather(calls=0), expired, minutes=600, during=range(0, 600, 170))[NAME]
    assert "ALARM" not in states


def test_a_new_table_has_time_until_its_first_items_expire():
    states = course(watching(5), Weather(), lambda *_: None, minutes=240)[NAME]
    assert "ALARM" not in states


def test_a_week_is_the_longest_that_an_alarm_looks_back():
    [alarm] = watching(168)
    assert alarm.period_seconds * alarm.evaluation_periods == 604_800
    assert alarm.datapoints_to_alarm == 168
