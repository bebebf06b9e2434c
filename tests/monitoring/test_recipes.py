"""The alarms of a stack: which there are, what they say, and that each fires and clears on what AWS would report."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitoring import (
    Billing,
    Ceiling,
    Expression,
    Options,
    Reading,
    alarms_for,
    dashboard_for,
    series_of,
)
from monitoring.boards import consumer_dashboard
from monitoring.subjects import FunctionSubject, Stack, TableSubject
from tests.monitoring.conftest import PATTERNS, START, clause, definition_of, pattern, stack_of
from tests.monitoring.weather import API, GSI1, INCIDENT, INCIDENTS, TABLE, Weather, course, deployed, operation, throttled_index


def by_clause(stack, options=None):
    return {clause(alarm): alarm for alarm in deployed(alarms_for(stack, options))}


ALARMS = by_clause(stack_of())


def test_every_alarm_has_an_incident():
    assert set(INCIDENTS) == set(ALARMS)


@pytest.mark.parametrize("reading", list(Reading))
@pytest.mark.parametrize("name", list(INCIDENTS))
def test_every_alarm_fires_and_clears(name, reading):
    alarm = ALARMS[name]
    states = course([alarm], Weather(), INCIDENTS[name], reading)[name]
    assert states[25:40] == ["OK"] * 15
    assert "ALARM" in states[40:60]
    assert states[-1] == "OK"
    assert states[59] == "ALARM"


def test_a_page_opens_in_the_first_minute_and_clears_five_minutes_after_the_last():
    states = course([ALARMS["GSI1 is throttled"]], Weather(), throttled_index)["GSI1 is throttled"]
    assert states[39:41] == ["OK", "ALARM"]
    assert states[59 + 4 : 59 + 6] == ["ALARM", "OK"]


def test_a_throttled_index_fires_what_it_should_and_nothing_else():
    states = course(list(ALARMS.values()), Weather(), throttled_index)
    assert {name for name, known in states.items() if "ALARM" in known} == {
        "requests to the table are refused",
        "GSI1 is throttled",
        "GSI1 has been throttled for 5 minutes",
        "GSI1 has a hot key range",
    }


@pytest.mark.parametrize("reading", list(Reading))
def test_an_ordinary_day_and_a_silent_night_are_quiet(reading):
    for calls in (100, 0):
        states = course(list(ALARMS.values()), Weather(calls=calls), lambda *_: None, reading)
        assert {name for name, known in states.items() if known[-1] != "OK" or "ALARM" in known} == set()


@pytest.mark.parametrize("reading", list(Reading))
def test_an_alarm_clears_when_all_traffic_stops_with_the_incident(reading):
    """The trap of every error metric: after the last failure it is silent, and an alarm that ignores silence stays open."""
    for name in (
        "requests to the table are refused",
        "GSI1 is throttled",
        "DynamoDB fails requests",
        "Query is slow",
        "api crashes or times out",
    ):
        weather = Weather()

        def incident(w, minute, name=name):
            INCIDENTS[name](w, minute)
            w.calls = 0 if minute == INCIDENT[-1] else w.calls

        states = course([ALARMS[name]], weather, incident, reading)[name]
        assert states[59] == "ALARM"
        assert states[-1] == "OK"


def test_slowness_of_a_few_calls_is_not_judged():
    weather = Weather(calls=5)
    states = course([ALARMS["Query is slow"]], weather, INCIDENTS["Query is slow"])["Query is slow"]
    assert set(states) == {"OK"}


# --- which alarms there are ------------------------------------------------------------------------------------------------------------


def test_names_carry_stack_and_severity():
    alarms = alarms_for(stack_of())
    assert len({alarm.name for alarm in alarms}) == len(alarms) == 33
    assert all(alarm.name.startswith(f"shop-dev {alarm.severity}: ") for alarm in alarms)
    assert {alarm.severity for alarm in alarms} == {"page", "ticket"}


def test_every_description_names_the_next_step_and_fits_a_phone():
    for alarm in alarms_for(stack_of(), Options(runbook_url="https://example.com/runbooks")):
        assert " Next: " in alarm.description
        assert alarm.description.endswith(f" Runbook: https://example.com/runbooks/{alarm.recipe}.md")
        assert len(alarm.description) <= 1024


def test_a_description_names_who_feels_it():
    told = {clause(alarm): alarm.description for alarm in alarms_for(stack_of())}
    assert "Felt by: find_order (one order by id), place_order (places an order)." in told["GSI1 is throttled"]
    assert "find_user" not in told["GSI1 is throttled"]
    assert "Felt by: find_user (one user)." in told["GetItem is slow (find_user)"]
    assert "more capacity will not help" in told["GSI1 is throttled"]


def test_a_failing_function_says_what_that_means_for_others():
    told = {clause(alarm): alarm.description for alarm in alarms_for(stack_of())}
    assert told["api crashes or times out"].startswith(
        "At least one run of api ended in an error or timeout, in 3 of the last 15 minutes: callers got HTTP 502"
    )
    assert "holds back the changes behind it" in told["order-events crashes or times out"]
    nightly = Stack("s", "d", "eu", TableSubject(definition_of(), "shop"), (FunctionSubject("nightly", "nightly", 60),))
    assert "may not have been done" in next(
        alarm.description for alarm in alarms_for(nightly) if clause(alarm) == "nightly crashes or times out"
    )


@pytest.mark.parametrize(
    ("calls", "failed", "refused", "pages"),
    [
        (100, 10, 0, False),  # 10% and not more
        (100, 11, 0, True),
        (100, 6, 6, True),  # refused for lack of concurrency: HTTP 429, which no 5xx shows
        (2, 2, 0, False),  # all of two requests: the ticket's
        (3, 3, 0, True),
    ],
)
def test_an_api_that_answers_its_own_failures_pages_by_their_share(calls, failed, refused, pages):
    """Errors of the function stay 0: Lambda counts a run that answers HTTP 500 as a good one."""

    def incident(weather, minute):
        weather.function(minute, "Url5xxCount", API, 1, failed)
        if refused:
            weather.function(minute, "Throttles", API, 1, refused)

    watching = [ALARMS[name] for name in ("many requests to api fail", "requests to api fail", "api crashes or times out")]
    states = course(watching, Weather(calls=calls), incident)
    assert [name for name, known in states.items() if "ALARM" in known] == ["many requests to api fail"] * pages + ["requests to api fail"]
    assert states["requests to api fail"].index("ALARM") == INCIDENT[2]
    assert {known[-1] for known in states.values()} == {"OK"}


def test_a_failure_every_five_minutes_is_seen_also_at_night():
    """One request in five minutes, and each of them fails: nobody is woken, and nobody overlooks it."""

    def incident(weather, minute):
        if minute % 5 == 0:
            for name in ("Url5xxCount", "Errors"):
                weather.function(minute, name, API, 1, 1)

    watching = [ALARMS[name] for name in ("many requests to api fail", "requests to api fail", "api crashes or times out")]
    states = course(watching, Weather(calls=0), incident)
    assert "ALARM" not in states["many requests to api fail"]
    assert states["requests to api fail"].index("ALARM") == states["api crashes or times out"].index("ALARM") == INCIDENT[10]
    assert {known[-1] for known in states.values()} == {"OK"}


def test_writes_that_change_nothing_do_not_call_the_stream_silent():
    """A write whose condition is false uses units, and nothing comes out of the stream (developer guide, "Condition expressions")."""
    watching = ALARMS["nobody reads the stream for order-events"]
    refused = course([watching], Weather(calls=0, polled=False), lambda w, m: w.dynamodb(m, "ConsumedWriteCapacityUnits", TABLE, 7))
    assert set(refused[clause(watching)]) == {"OK"}


def test_a_stack_that_knows_of_no_writes_goes_by_the_units_that_were_used():
    reading = [each for each in PATTERNS if each.operations in (("GetItem",), ("Query",))]
    watching = by_clause(stack_of(reading))["nobody reads the stream for order-events"]
    weather = Weather(calls=0, polled=False)
    states = course([watching], weather, lambda w, m: w.dynamodb(m, "ConsumedWriteCapacityUnits", TABLE, 7))[clause(watching)]
    assert (states[39], states[59], states[-1]) == ("OK", "ALARM", "OK")


def test_only_functions_with_a_url_have_callers_to_fail():
    assert not [each for each in ALARMS if each.endswith("requests to order-events fail")]


def test_many_patterns_still_fit_a_description():
    many = [
        pattern(f"find_thing_number_{number}", "A thing with a long title that says a lot.", "one", ("GetItem",)) for number in range(200)
    ]
    for alarm in alarms_for(stack_of(many)):
        assert len(alarm.description) <= 1024
        assert " more. " in alarm.description or "find_thing" not in alarm.description


def test_only_operations_in_use_are_watched():
    refused = next(alarm for alarm in alarms_for(stack_of()) if alarm.recipe == "refused-requests")
    operations = {metric.dimensions["Operation"] for metric in refused.metrics.values() if metric.name == "ThrottledRequests"}
    assert operations == {"GetItem", "Query", "UpdateItem", "TransactWriteItems"}


EVERYTHING = (
    "GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactGetItems",
    "TransactWriteItems", "ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction",
)  # fmt: skip


@pytest.mark.parametrize(("count", "alarms"), [(9, 1), (10, 3), (13, 4)])
def test_more_operations_than_an_alarm_can_hold_become_families(count, alarms):
    patterns = [pattern(f"do_{name}", "Does it.", "one", (name,)) for name in EVERYTHING[:count]]
    made = [alarm for alarm in alarms_for(stack_of(patterns)) if alarm.recipe == "refused-requests"]
    assert len(made) == alarms
    watched = [metric.dimensions["Operation"] for alarm in made for metric in alarm.metrics.values() if "Operation" in metric.dimensions]
    assert sorted(watched) == sorted(EVERYTHING[:count])
    assert all(len(alarm.metrics) <= 10 for alarm in made)


def test_each_index_has_its_own_alarms():
    clauses = {clause(alarm) for alarm in alarms_for(stack_of(indexes=("GSI1", "GSI2")))}
    assert {"GSI2 is throttled", "GSI2 has been throttled for 5 minutes", "GSI2 has a hot key range"} < clauses
    assert "reads of GSI2 are near their limit" not in clauses


@pytest.mark.parametrize(
    ("billing", "watched"),
    [
        (Billing.on_demand(), set()),
        (Billing.on_demand(indexes={"GSI2": Ceiling(writes_per_second=5)}), {"writes"}),
        (Billing.provisioned(), {"reads", "writes"}),
    ],
)
def test_an_index_that_no_pattern_speaks_of_is_watched_where_it_has_a_limit_of_its_own(billing, watched):
    """One that is beside the declaration is written with the table: when it refuses, so does the table."""
    clauses = {clause(alarm) for alarm in alarms_for(stack_of(indexes=("GSI1", "GSI2"), billing=billing))}
    assert {each.partition(" ")[0] for each in clauses if each.endswith("of GSI2 are near their limit")} == watched


def test_an_index_that_is_only_read_has_no_write_limit():
    reading = [each for each in PATTERNS if each.kind != "transaction"]
    clauses = {clause(alarm) for alarm in alarms_for(stack_of(reading))}
    assert "reads of GSI1 are near their limit" in clauses
    assert "writes of GSI1 are near their limit" not in clauses


@pytest.mark.parametrize(
    ("billing", "metric", "dimensions", "words"),
    [
        (Billing.on_demand(), "AccountMaxTableLevelWrites", {}, "Service Quotas"),
        (Billing.on_demand(max_writes_per_second=500), "OnDemandMaxWriteRequestUnits", GSI1, "raise our own ceiling"),
        (Billing.provisioned(), "ProvisionedWriteCapacityUnits", GSI1, "raise the capacity of GSI1"),
    ],
)
def test_the_limit_depends_on_how_capacity_is_paid_for(billing, metric, dimensions, words):
    name = "writes of GSI1 are near their limit"
    alarm = by_clause(stack_of(billing=billing))[name]
    assert {each.name for each in alarm.metrics.values()} == {"ConsumedWriteCapacityUnits", metric}
    assert words in alarm.description
    limit = 500
    weather = Weather(limits=((metric, dimensions, limit),))
    states = course([alarm], weather, lambda w, m: w.dynamodb(m, "ConsumedWriteCapacityUnits", GSI1, 0.9 * limit * 60))[name]
    assert (states[35], states[59], states[-1]) == ("OK", "ALARM", "OK")


def near(billing, where):
    return by_clause(stack_of(billing=billing))[f"writes of {where} are near their limit"]


def test_an_index_with_a_ceiling_of_its_own_has_that_limit():
    """DynamoDB publishes OnDemandMaxWriteRequestUnits where a maximum is set, and not elsewhere (developer guide, "Metrics and dimensions")."""
    of_the_index = Billing.on_demand(indexes={"GSI1": Ceiling(writes_per_second=50)})
    lifted = Billing.on_demand(max_writes_per_second=500, indexes={"GSI1": Ceiling()})
    limits = {"the table": ({"AccountMaxTableLevelWrites"}, {"OnDemandMaxWriteRequestUnits"})}
    limits["GSI1"] = limits["the table"][::-1]
    for where, expected in limits.items():
        for billing, limit in zip((of_the_index, lifted), expected, strict=True):
            assert {each.name for each in near(billing, where).metrics.values()} - {"ConsumedWriteCapacityUnits"} == limit


SCALED = Billing.provisioned(max_writes_per_second=400, indexes={"GSI1": Ceiling(writes_per_second=100)})


@pytest.mark.parametrize(("where", "place", "most"), [("the table", TABLE, 400), ("GSI1", GSI1, 100)])
@pytest.mark.parametrize("share", [0.7, 0.9])
def test_near_the_limit_of_autoscaling_is_near_its_maximum_whatever_it_gave_so_far(where, place, most, share):
    """Of its target of 90 percent, a table that scales is used all day."""
    alarm = near(SCALED, where)
    weather = Weather(limits=(("ProvisionedWriteCapacityUnits", place, share * most / 0.9),))
    states = course([alarm], weather, lambda w, m: w.dynamodb(m, "ConsumedWriteCapacityUnits", place, share * most * 60))
    assert ("ALARM" in states["writes of " + where + " are near their limit"]) == (share > 0.8)
    assert f"raise the maximum of autoscaling of {where}" in alarm.description


def test_a_capacity_beside_autoscaling_that_nothing_scales_is_its_own_limit():
    billing = Billing.provisioned(max_writes_per_second=400, indexes={"GSI1": Ceiling()})
    assert "ProvisionedWriteCapacityUnits" in {each.name for each in near(billing, "GSI1").metrics.values()}


def test_a_stack_without_functions_is_watched_by_the_patterns_of_its_table():
    bare = Stack("shop", "dev", "eu-west-1", TableSubject(definition_of(), "shop"))
    clauses = {clause(alarm) for alarm in alarms_for(bare)}
    assert "Query is slow" in clauses
    assert not [each for each in clauses if "order-events" in each]


def test_a_table_without_patterns_is_watched_for_throttles():
    bare = Stack("shop", "dev", "eu-west-1", TableSubject(definition_of(()), "shop"))
    assert {alarm.recipe for alarm in alarms_for(bare)} == {
        "table-throttles",
        "index-throttles",
        "lasting-throttles",
        "hot-key-range",
        "account-limit",
    }
    limited = replace(bare, table=replace(bare.table, billing=Billing.provisioned()))
    assert {alarm.recipe for alarm in alarms_for(limited)} - {alarm.recipe for alarm in alarms_for(bare)} == {
        "near-capacity",
        "provisioned-exceeded",
    }


EVALUATION = {
    "refused-requests": (1, 5, 60),
    "table-throttles": (1, 5, 60),
    "index-throttles": (1, 5, 60),
    "lasting-throttles": (5, 5, 60),  # as AWS recommends for Read- and WriteThrottleEvents
    "hot-key-range": (3, 5, 60),
    "account-limit": (1, 5, 60),
    "system-errors": (3, 15, 60),
    "slow-operation": (3, 5, 60),
    "conditions-fail": (5, 5, 60),
    "transaction-conflicts": (5, 5, 60),
    "near-capacity": (2, 3, 300),
    "stream-late": (3, 5, 60),
    "stream-very-late": (1, 5, 60),
    "stream-silent": (3, 3, 300),
    "failure-queue": (1, 1, 60),
    "records-lost": (1, 5, 60),
    "failed-requests": (3, 5, 60),
    "lasting-failures": (3, 15, 60),
    "function-errors": (3, 15, 60),
    "function-throttles": (1, 5, 60),
    "function-near-timeout": (3, 5, 60),
}


def test_how_long_each_waits():
    found = {alarm.recipe: (alarm.datapoints_to_alarm, alarm.evaluation_periods, alarm.period_seconds) for alarm in alarms_for(stack_of())}
    assert found == EVALUATION


def test_paging_alarms_with_fill_are_never_one_of_one():
    """A newest minute that is late is filled with 0: one of one would never see it."""
    for alarm in alarms_for(stack_of()):
        if alarm.severity == "page" and isinstance(alarm.source, Expression):
            assert alarm.evaluation_periods > 1


@pytest.mark.parametrize(("calls", "state"), [(19, "OK"), (20, "ALARM")])
def test_the_fewest_calls_that_are_judged(calls, state):
    weather = Weather(calls=0)
    states = course(
        [ALARMS["Query is slow"]], weather, lambda w, m: w.dynamodb(m, "SuccessfulRequestLatency", operation("Query"), 80, calls)
    )
    assert states["Query is slow"][59] == state


def test_a_limit_that_was_not_reported_lately_still_counts():
    weather = Weather(limits=())
    weather.dynamodb(0, "AccountMaxTableLevelReads", {}, 100)
    for minute in range(15):
        weather.dynamodb(minute, "ConsumedReadCapacityUnits", TABLE, 50 * 60)
    source = ALARMS["reads of the table are near their limit"].source
    assert list(series_of(source, weather.samples, START, START + timedelta(minutes=15)).values()) == [50, 50, 50]


def test_a_consumer_without_a_failure_queue_has_no_alarm_on_one():
    stack = stack_of()
    [stream] = stack.streams
    without = {alarm.recipe for alarm in alarms_for(replace(stack, streams=(replace(stream, queue=""),)))}
    assert {alarm.recipe for alarm in alarms_for(stack)} - without == {"failure-queue"}
    assert "records-lost" in without, "what such a mapping gives up is lost, and its own alarm says so"


def test_the_text_about_lost_changes_names_no_queue_that_is_not_there():
    stack = stack_of()
    [stream] = stack.streams
    bare = by_clause(replace(stack, streams=(replace(stream, queue=""),)))["order-events lost changes"].description
    assert "has no failure queue for" in bare
    assert "sqs:SendMessage" not in bare
    assert "sqs:SendMessage" in ALARMS["order-events lost changes"].description


def parking():
    """The stack with a function that parks the events that it could not handle."""
    stack = stack_of()
    [api, consumer] = stack.functions
    return replace(stack, functions=(replace(api, failed_events="api-failed-events"), consumer))


def test_events_that_failed_are_watched_where_they_are_parked():
    """AWS counts what it parked under AsyncEventsDropped too (Types of metrics for Lambda functions): that alone does not say that it is lost."""
    found = {clause(alarm): alarm for alarm in alarms_for(parking())}
    assert set(found) - set(ALARMS) == {"api could not handle events", "api lost events"}
    parked, lost = found["api could not handle events"], found["api lost events"]
    assert (parked.recipe, parked.severity, parked.source.identity()["Dimensions"]) == (
        "failure-queue",
        "page",
        [{"Name": "QueueName", "Value": "api-failed-events"}],
    )
    assert parked.source.name == "ApproximateNumberOfMessagesVisible"
    assert (lost.recipe, lost.source.name) == ("records-lost", "DestinationDeliveryFailures")


def test_events_that_failed_are_on_the_board():
    stack = parking()
    body = str(dashboard_for(stack, alarms_for(stack), ()).body())
    assert "Failed events of api" in body and "api-failed-events" in body
    bare = stack_of()
    assert "Failed events" not in str(dashboard_for(bare, alarms_for(bare), ()).body())


def test_hours_are_said_as_hours():
    assert "more than 6 hours after they were made" in ALARMS["order-events is hours behind"].description
    assert "more than 60 s after they were made" in ALARMS["order-events falls behind"].description


def test_the_boards_of_a_consumer_without_a_failure_queue_show_none():
    """CloudWatch takes no dimension without a value, and refuses a whole board for one."""
    stack = stack_of()
    [stream] = stack.streams
    bare = replace(stream, queue="")
    stack = replace(stack, streams=(bare,))
    alarms = alarms_for(stack)
    for board in (dashboard_for(stack, alarms, ()), consumer_dashboard(stack, bare, alarms)):
        assert "AWS/SQS" not in str(board.body())
