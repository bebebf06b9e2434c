"""Every recipe against the scenarios: each is tripped by at least one, and a steady fortnight trips none."""

from dataclasses import replace

import pytest

from monitoring import RECIPES, Options
from monitoring.backtest import backtest, generated
from monitoring.options import ANOMALIES
from monitoring.scenarios import SCENARIOS, play
from tests.monitoring.scenarios.conftest import MONDAY

OPTIONS = Options(ttl_silent_hours=2, pattern_latency_ms={"find_user": 20, "find_order": 30, "register_user": 60})
NEVER = {*ANOMALIES}
"""CloudWatch learns a band from weeks of a metric: nothing here does."""


@pytest.fixture(scope="module")
def everything(shop):
    """The shop with all that it may ask for: functions that measure their patterns, a replica."""
    functions = tuple(replace(each, pattern_metrics=True) for each in shop.functions)
    return replace(shop, functions=functions, table=replace(shop.table, replicas=("eu-central-1",)))


def fired(stack, name, **options):
    run = play(SCENARIOS[name], stack, MONDAY, **options)
    return {firing.alarm.recipe for firing in backtest(run, generated(run.stack, OPTIONS)).firings}


def test_every_recipe_is_tripped_by_a_scenario(everything):
    assert set().union(*(fired(everything, name) for name in SCENARIOS)) == set(RECIPES) - NEVER


def test_a_steady_week_trips_none_of_them(everything):
    assert fired(everything, "steady", days=7) == set()


@pytest.mark.parametrize(
    ("scenario", "recipe"),
    [("ttl-stop", "expiry-silent"), ("regional-errors", "slow-pattern"), ("replication-lag", "replication-late")],
)
def test_what_is_asked_for_is_told(everything, scenario, recipe):
    assert recipe in fired(everything, scenario)
    assert recipe not in fired(everything, "deploy")
