"""The copies of a global table, as AWS reports them: a latency every five minutes, for changes that arrived."""

from dataclasses import replace

import pytest

from monitoring import Reading, alarms_for
from tests.monitoring.conftest import clause, stack_of
from tests.monitoring.weather import TABLE, Weather, course, deployed

LATE, SILENT = "changes reach eu-central-1 late", "nothing reaches eu-central-1"
FRANKFURT = TABLE | {"ReceivingRegion": "eu-central-1"}


def of_replication(regions=("eu-central-1",)):
    stack = stack_of()
    made = alarms_for(replace(stack, table=replace(stack.table, replicas=regions)))
    return deployed(alarm for alarm in made if alarm.recipe.startswith("replication"))


def arriving(weather, minute, milliseconds):
    if minute % 5 == 0:
        weather.dynamodb(minute, "ReplicationLatency", FRANKFURT, milliseconds)


def states_of(usual_ms, incident, weather=None, reading=Reading.ALWAYS_IGNORE):
    """Replication as usual outside the incident."""

    def minute(w, m):
        incident(w, m) if m in range(40, 60) else usual_ms and arriving(w, m, usual_ms)

    return course(of_replication(), weather or Weather(), minute, reading, during=range(90))


@pytest.mark.parametrize("reading", list(Reading))
@pytest.mark.parametrize(("seconds", "fires"), [(180, False), (181, True)])
def test_more_than_three_minutes_for_fifteen_are_late(seconds, fires, reading):
    """Developer guide: above 3 minutes is a cause for investigation; AWS recommends to wait for 15 minutes of it."""
    states = states_of(900, lambda w, m: arriving(w, m, seconds * 1000), reading=reading)
    assert ("ALARM" in states[LATE], states[LATE][-1]) == (fires, "OK")
    assert "ALARM" not in states[SILENT]


@pytest.mark.parametrize("reading", list(Reading))
def test_a_replication_that_stopped_is_silent_and_not_late(reading):
    states = states_of(900, lambda w, m: None, reading=reading)
    assert "ALARM" in states[SILENT]
    assert "ALARM" not in states[LATE]
    assert states[SILENT][-1] == "OK"


def test_one_that_falls_behind_and_then_stops_never_looks_well():
    def incident(weather, minute):
        if minute < 60:
            arriving(weather, minute, 400_000)

    states = course(of_replication(), Weather(), incident, during=range(40, 90))
    first = states[LATE].index("ALARM")
    assert first < 60
    assert all("ALARM" in (states[LATE][minute], states[SILENT][minute]) for minute in range(first, 90))


def test_a_region_that_writes_nothing_itself_copies_nothing():
    """What it gets from elsewhere uses units here, and is not sent on."""
    weather = Weather(calls=0)
    states = states_of(None, lambda w, m: w.dynamodb(m, "ConsumedWriteCapacityUnits", TABLE, 50), weather)
    assert {state for known in states.values() for state in known} <= {"OK", "INSUFFICIENT_DATA"}


def test_each_replica_is_watched():
    clauses = {clause(alarm) for alarm in of_replication(("eu-central-1", "us-east-1"))}
    assert clauses == {LATE, SILENT, "changes reach us-east-1 late", "nothing reaches us-east-1"}
    assert not of_replication(())
