"""What a scenario measures is what AWS would send: dimensions and emission by the catalogue, which is compared with AWS's pages elsewhere."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitoring import Billing, Ceiling, Metric, Stack, TableSubject
from monitoring.catalogue import Emission, entry
from monitoring.commands.scenario import NAMES
from monitoring.scenarios import SCENARIOS, named, play
from tests.monitoring.conftest import definition_of, stack_of
from tests.monitoring.scenarios.conftest import MONDAY

TABLE = {"TableName": "shop"}


def total(played, name, dimensions, start, end, namespace="AWS/DynamoDB", statistic="Sum"):
    metric = Metric(namespace, name, dimensions, statistic, entry(namespace, name).period_seconds)
    return sum(played.samples.statistics(metric, start, end).values())


@pytest.fixture(scope="module")
def played(shop):
    return {name: play(scenario, shop, MONDAY) for name, scenario in SCENARIOS.items()}


def in_incident(played, name, dimensions, **more):
    return total(played, name, dimensions, *played.incident, **more)


def before(played, name, dimensions, **more):
    return total(played, name, dimensions, played.start, played.incident[0], **more)


def test_the_command_line_knows_every_scenario():
    assert tuple(SCENARIOS) == NAMES


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_series_is_one_of_the_catalogue_by_dimensions_that_it_has(played, name):
    for namespace, metric, dimensions in played[name].samples.metrics():
        known = entry(namespace, metric)
        assert known is not None
        assert frozenset(dimensions) in known.dimensions, metric


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_sent_always_is_there_in_every_period(played, name):
    """DynamoDB developer guide: the units of table and index, also where they are 0."""
    run = played[name]
    for metric in ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"):
        assert entry("AWS/DynamoDB", metric).emission is Emission.ALWAYS
        for dimensions in (TABLE, TABLE | {"GlobalSecondaryIndexName": "GSI1"}):
            points = run.samples.statistics(Metric("AWS/DynamoDB", metric, dimensions), run.start, run.end)
            assert len(points) == (run.end - run.start) // timedelta(minutes=1)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_sent_on_an_event_is_never_sent_as_0(played, name):
    run = played[name]
    for namespace, metric, dimensions in run.samples.metrics():
        known = entry(namespace, metric)
        if known.emission is Emission.ON_EVENT and "Sum" in known.statistics:
            points = run.samples.statistics(Metric(namespace, metric, dimensions, "Sum", known.period_seconds), run.start, run.end)
            assert 0 not in points.values(), metric


def test_the_same_seed_gives_the_same_samples_and_another_one_others(shop):
    steady = SCENARIOS["steady"]
    a, b, c = (play(steady, shop, MONDAY, days=0.2, seed=seed) for seed in (1, 1, 2))
    metric = Metric("AWS/DynamoDB", "ConsumedReadCapacityUnits", TABLE)
    one, two, three = (run.samples.statistics(metric, run.start, run.end) for run in (a, b, c))
    assert one == two != three


def test_a_steady_day_is_throttled_nowhere_and_as_long_as_asked_for(shop):
    run = play(SCENARIOS["steady"], shop, MONDAY, days=2)
    assert run.end - run.start == timedelta(days=2)
    assert run.incident is None
    assert not [name for _, name, _ in run.samples.metrics() if "Throttle" in name and name != "Throttles"]


def test_an_incident_is_never_cut_and_begins_later_in_a_longer_time(shop):
    short = play(SCENARIOS["deploy"], shop, MONDAY, days=0.001)
    long = play(SCENARIOS["deploy"], shop, MONDAY, days=1)
    assert short.incident[0] - short.start >= timedelta(minutes=90)
    assert short.end > short.incident[1]
    assert long.incident[0] > short.incident[0]
    assert long.end - long.start == timedelta(days=1)


def test_a_hot_partition_throttles_the_table_by_key_range_and_no_index(played):
    run = played["hot-partition"]
    assert in_incident(run, "WriteKeyRangeThroughputThrottleEvents", TABLE) == in_incident(run, "WriteThrottleEvents", TABLE) > 0
    assert before(run, "WriteThrottleEvents", TABLE) == 0
    assert in_incident(run, "WriteThrottleEvents", TABLE | {"GlobalSecondaryIndexName": "GSI1"}) == 0


def test_back_pressure_throttles_the_index_alone_and_refuses_writes_alone(played):
    run = played["gsi-backpressure"]
    assert in_incident(run, "WriteThrottleEvents", TABLE | {"GlobalSecondaryIndexName": "GSI1"}) > 0
    assert in_incident(run, "WriteThrottleEvents", TABLE) == 0
    assert in_incident(run, "ThrottledRequests", TABLE | {"Operation": "TransactWriteItems"}) > 0
    assert in_incident(run, "ThrottledRequests", TABLE | {"Operation": "Query"}) == 0


def test_at_a_ceiling_the_cause_is_the_ceiling_and_no_more_is_used(played):
    run = played["on-demand-cap"]
    ceiling = run.stack.table.billing.table.writes_per_second
    metric = Metric("AWS/DynamoDB", "ConsumedWriteCapacityUnits", TABLE)
    assert max(run.samples.statistics(metric, run.start, run.end).values()) == pytest.approx(ceiling * 60, rel=0.01)
    assert in_incident(run, "WriteMaxOnDemandThroughputThrottleEvents", TABLE) == in_incident(run, "WriteThrottleEvents", TABLE) > 0
    limit = Metric("AWS/DynamoDB", "OnDemandMaxWriteRequestUnits", TABLE, "Maximum", 300)
    assert set(run.samples.statistics(limit, run.start, run.end).values()) == {ceiling}


def test_a_ceiling_that_the_stack_has_is_kept(shop):
    own = Stack("shop", "dev", "eu-west-1", TableSubject(shop.table.definition, billing=Billing.on_demand(max_writes_per_second=5)))
    assert play(SCENARIOS["on-demand-cap"], own, MONDAY).stack.table.billing == own.table.billing


def test_a_stalled_stream_is_read_and_grows_old(played):
    run = played["stream-stall"]
    age = Metric("AWS/Lambda", "IteratorAge", {"FunctionName": "order-events"}, "Maximum")
    points = run.samples.statistics(age, *run.incident)
    assert len(points) == 480
    assert max(points.values()) > 6 * 3_600_000
    assert run.samples.statistics(age, run.end - timedelta(minutes=1), run.end).popitem()[1] < 2000


def test_a_poison_record_ends_in_the_failure_queue_and_nowhere_before(played):
    run = played["poison-record"]
    waiting = Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": "order-events"}, "Maximum")
    begin, end = run.incident
    assert not run.samples.statistics(waiting, run.start, begin + timedelta(minutes=6))
    assert set(run.samples.statistics(waiting, begin + timedelta(minutes=6), end).values()) == {1}


def test_a_silent_death_has_writes_and_neither_runs_nor_age(played):
    run = played["silent-death"]
    function, mapping = {"FunctionName": "order-events"}, {"EventSourceMappingUUID": "order-events"}
    assert in_incident(run, "ConsumedWriteCapacityUnits", TABLE) > 0
    for name, dimensions in (("Invocations", function), ("Errors", function), ("PolledEventCount", mapping)):
        metric = Metric("AWS/Lambda", name, dimensions)
        assert run.samples.statistics(metric, run.start, run.incident[0])
        assert not run.samples.statistics(metric, *run.incident)


def test_regional_errors_are_of_every_operation(played):
    run = played["regional-errors"]
    for operation in ("GetItem", "Query", "PutItem", "UpdateItem", "TransactWriteItems"):
        assert in_incident(run, "SystemErrors", TABLE | {"Operation": operation}) > 5


def test_ttl_stops_and_the_rest_goes_on(played):
    run = played["ttl-stop"]
    assert before(run, "TimeToLiveDeletedItemCount", TABLE) > 0
    assert in_incident(run, "TimeToLiveDeletedItemCount", TABLE) == 0
    assert in_incident(run, "ConsumedWriteCapacityUnits", TABLE) > 0


def test_a_deployment_fails_a_few_runs_and_calls_slow_ones(played):
    run = played["deploy"]
    api = {"FunctionName": "api"}
    assert 0 < in_incident(run, "Errors", api, namespace="AWS/Lambda") < 5
    duration = Metric("AWS/Lambda", "Duration", api, "Maximum")
    assert max(run.samples.statistics(duration, *run.incident).values()) > 1000


@pytest.mark.parametrize(
    ("name", "stack", "lacks"),
    [
        ("gsi-backpressure", stack_of(indexes=(), patterns=()), "an index"),
        ("stream-stall", stack_of(streams=False), "a stream"),
        ("silent-death", stack_of(streams=False), "a stream"),
        ("on-demand-cap", stack_of(billing=Billing.provisioned()), "on-demand billing"),
    ],
)
def test_a_scenario_says_what_a_stack_lacks_for_it(name, stack, lacks):
    assert SCENARIOS[name].lacks(stack) == lacks
    assert SCENARIOS[name].lacks(stack_of()) is None


def test_provisioned_capacity_is_reported_and_limits(shop):
    stack = stack_of(billing=Billing.provisioned())
    run = play(SCENARIOS["launch-spike"], stack, MONDAY)
    metric = Metric("AWS/DynamoDB", "ProvisionedWriteCapacityUnits", TABLE, "Average", 300)
    assert run.samples.statistics(metric, run.start, run.end)
    assert in_incident(run, "WriteProvisionedThroughputThrottleEvents", TABLE) > 0


def test_an_index_is_limited_by_its_own_ceiling():
    run = play(SCENARIOS["launch-spike"], stack_of(billing=Billing.on_demand(indexes={"GSI1": Ceiling(writes_per_second=1)})), MONDAY)
    assert in_incident(run, "WriteMaxOnDemandThroughputThrottleEvents", TABLE | {"GlobalSecondaryIndexName": "GSI1"}) > 0
    assert in_incident(run, "WriteMaxOnDemandThroughputThrottleEvents", TABLE) == 0


def test_a_deployed_name_is_kept_and_the_others_are_made():
    stack = named(stack_of())
    assert (stack.table.name, stack.function("api").name, stack.streams[0].queue) == ("shop", "api", "order-events")
    assert named(Stack("shop", "dev", "eu-west-1", TableSubject(definition_of(), "shop-1a2b3c4"))).table.name == "shop-1a2b3c4"


def test_the_guide_lists_every_scenario_with_what_it_needs():
    rows = (Path(__file__).parents[3] / "docs/backtest.md").read_text().splitlines()
    listed = {cells[1].strip(" `"): cells[3].strip() for row in rows if len(cells := row.split("|")) == 5}
    assert {name: scenario.needs or "" for name, scenario in SCENARIOS.items()} == {
        name: needs for name, needs in listed.items() if name in SCENARIOS
    }
