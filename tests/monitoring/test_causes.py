"""Throttles by cause: one alarm for each cause that can happen, as AWS reports causes and as capacity is paid for."""

import pytest

from monitoring import Billing, Ceiling, Options, alarms_for
from tests.monitoring.conftest import clause, stack_of
from tests.monitoring.weather import GSI1, TABLE, Weather, course, deployed

CAUSES = ("hot-key-range", "provisioned-exceeded", "ceiling-reached", "account-limit")


def by_cause(billing, options=None):
    return {clause(alarm): alarm for alarm in deployed(alarms_for(stack_of(billing=billing), options)) if _cause(alarm)}


def _cause(alarm):
    return {each.name for each in alarm.metrics.values() if each.name.endswith("ThrottleEvents")} - {
        "ReadThrottleEvents",
        "WriteThrottleEvents",
    }


HOT = ["the table has a hot key range", "GSI1 has a hot key range"]
QUOTA = ["the table has reached the account's quota", "GSI1 has reached the account's quota"]


@pytest.mark.parametrize(
    ("billing", "clauses"),
    [
        (Billing.on_demand(), []),
        (
            Billing.on_demand(max_writes_per_second=500),
            ["the table has reached our own ceiling", "GSI1 has reached our own ceiling"],
        ),
        (Billing.on_demand(indexes={"GSI1": Ceiling(reads_per_second=500)}), ["GSI1 has reached our own ceiling"]),
        (Billing.on_demand(max_writes_per_second=500, indexes={"GSI1": Ceiling()}), ["the table has reached our own ceiling"]),
        (Billing.provisioned(), ["the table has used up its provisioned capacity", "GSI1 has used up its provisioned capacity"]),
        (
            Billing.provisioned(max_writes_per_second=500),
            ["the table has used up its provisioned capacity", "GSI1 has used up its provisioned capacity"],
        ),
    ],
)
def test_only_causes_that_can_happen_are_watched(billing, clauses):
    assert set(by_cause(billing)) == {*HOT, *QUOTA, *clauses}


@pytest.mark.parametrize("access", ["Read", "Write"])
@pytest.mark.parametrize("where", [TABLE, GSI1])
@pytest.mark.parametrize(
    ("billing", "cause", "words", "opens"),
    [
        (Billing.on_demand(), "KeyRangeThroughput", "has a hot key range", 3),
        (Billing.on_demand(), "AccountLimit", "has reached the account's quota", 1),
        (Billing.on_demand(max_reads_per_second=9, max_writes_per_second=9), "MaxOnDemandThroughput", "has reached our own ceiling", 1),
        (Billing.provisioned(), "ProvisionedThroughput", "has used up its provisioned capacity", 1),
    ],
)
def test_a_cause_opens_its_own_alarm_and_no_other(access, where, billing, cause, words, opens):
    watching = by_cause(billing)
    states = course(list(watching.values()), Weather(), lambda w, m: w.dynamodb(m, f"{access}{cause}ThrottleEvents", where, 1, 7))
    expected = f"{'GSI1' if where is GSI1 else 'the table'} {words}"
    assert [name for name, known in states.items() if "ALARM" in known] == [expected]
    assert states[expected].index("ALARM") == 40 + opens - 1
    assert states[expected][-1] == "OK"


def test_a_ceiling_of_writes_alone_is_watched_for_writes_alone():
    alarm = by_cause(Billing.on_demand(max_writes_per_second=9))["GSI1 has reached our own ceiling"]
    assert _cause(alarm) == {"WriteMaxOnDemandThroughputThrottleEvents"}


def test_each_cause_says_what_helps_and_what_does_not():
    told = {
        name: alarm.description
        for billing in (Billing.on_demand(max_reads_per_second=9), Billing.provisioned())
        for name, alarm in by_cause(billing).items()
    }
    assert "More capacity will not help" in told["GSI1 has a hot key range"]
    assert "raise the ceiling of GSI1" in told["GSI1 has reached our own ceiling"]
    assert "raise the capacity of GSI1" in told["GSI1 has used up its provisioned capacity"]
    assert "Service Quotas" in told["GSI1 has reached the account's quota"]


@pytest.mark.parametrize("billing", [Billing.on_demand(), Billing.on_demand(max_reads_per_second=9), Billing.provisioned()])
def test_a_page_points_to_the_alarms_of_its_causes_that_there_are(billing):
    page = next(alarm for alarm in alarms_for(stack_of(billing=billing)) if clause(alarm) == "the table is throttled")
    assert ("our own ceiling" in page.description) == bool(billing.table.reads_per_second)
    assert ("provisioned capacity" in page.description) == (billing.mode == "provisioned")
    assert "a hot key range" in page.description
    assert "the account's quota" in page.description


def test_a_page_of_an_index_points_to_its_own_causes_and_a_page_of_all_to_each():
    billing = Billing.on_demand(indexes={"GSI1": Ceiling(writes_per_second=9)})
    said = {clause(alarm): "our own ceiling" in alarm.description for alarm in alarms_for(stack_of(billing=billing))}
    assert (said["the table is throttled"], said["GSI1 is throttled"], said["requests to the table are refused"]) == (False, True, True)


def test_an_index_that_throttles_is_named_as_back_pressure():
    page = next(alarm for alarm in alarms_for(stack_of()) if clause(alarm) == "GSI1 is throttled")
    assert "held back with it, even where the table itself has room (back-pressure)" in page.description


@pytest.mark.parametrize("recipe", CAUSES)
def test_a_cause_can_be_switched_off(recipe):
    for billing in (Billing.on_demand(max_reads_per_second=9), Billing.provisioned()):
        assert recipe not in {alarm.recipe for alarm in alarms_for(stack_of(billing=billing), Options(disabled=frozenset({recipe})))}
