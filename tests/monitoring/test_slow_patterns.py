"""Objectives of access patterns, by what their functions publish (namespace SingleTable)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitoring import MonitoringError, Options, alarms_for
from tests.monitoring.conftest import START, clause, stack_of
from tests.monitoring.weather import TABLE, Weather, course, deployed

NAME = "find_order is slow for its callers"
OPTIONS = Options(pattern_latency_ms={"find_order": 80})


def measured():
    stack = stack_of()
    api, events = stack.functions
    return replace(stack, functions=(replace(api, pattern_metrics=True), events))


def watching(options=OPTIONS):
    return [alarm for alarm in deployed(alarms_for(measured(), options)) if clause(alarm) == NAME]


def of_find_order(weather, minute, milliseconds, calls):
    where = TABLE | {"Pattern": "find_order"}
    weather.samples.record("SingleTable", "Latency", where, START + timedelta(minutes=minute), milliseconds, calls)


@pytest.mark.parametrize(("milliseconds", "calls", "fires"), [(80, 50, False), (81, 50, True), (5000, 19, False), (81, 20, True)])
def test_it_is_slow_beyond_its_objective_where_there_are_enough_calls(milliseconds, calls, fires):
    states = course(watching(), Weather(), lambda w, m: of_find_order(w, m, milliseconds, calls))[NAME]
    assert ("ALARM" in states, states[-1]) == (fires, "OK")


def test_it_names_the_pattern_by_its_title():
    [alarm] = watching()
    assert "1 in 100 calls of find_order (one order by id) needed more than 80 ms" in alarm.description


@pytest.mark.parametrize(
    ("stack", "known"),
    [
        (measured(), "measured are find_user, find_order, list_orders, place_order, set_order_status"),
        (stack_of(), "measured are none, because no function has pattern_metrics"),
    ],
)
def test_a_pattern_that_nobody_measures_is_refused(stack, known):
    """Its alarm would never have data."""
    with pytest.raises(MonitoringError) as caught:
        alarms_for(stack, Options(pattern_latency_ms={"find_invoice": 80}))
    assert caught.value.code == "invalid-option"
    assert 'no function measures a pattern called "find_invoice"' in caught.value.message
    assert known in caught.value.message
