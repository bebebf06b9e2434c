"""What a stack may change about its alarms, the alarms over alarms, and what all of them cost."""

import pytest

from monitoring import RECIPES, Billing, Ceiling, MonitoringError, Options, alarms_for, composites_for, evaluate_composite
from monitoring.measures import anchor
from monitoring.operations import FAMILIES
from monitoring.recipes import telling
from monitoring.subjects import FunctionSubject, Stack, StreamSubject, TableSubject
from tests.monitoring.conftest import clause, definition_of, pattern, stack_of

# --- options ---------------------------------------------------------------------------------------------------------------------------


def test_options_change_severity_threshold_and_objective():
    options = Options(
        severities={"slow-operation": "page"},
        thresholds={"near-capacity": 50, "stream-late": 5},
        latency_ms={"Query": 3},
        disabled=frozenset({"hot-key-range", "shop-dev ticket: requests to api fail"}),
    )
    alarms = {clause(alarm): alarm for alarm in alarms_for(stack_of(), options)}
    assert alarms["Query is slow"].name == "shop-dev page: Query is slow"
    assert alarms["Query is slow"].threshold == 3
    assert alarms["reads of GSI1 are near their limit"].threshold == 50
    assert alarms["order-events falls behind"].threshold == 5000
    assert not {"the table has a hot key range", "requests to api fail"} & set(alarms)


def test_a_description_says_the_threshold_that_was_chosen():
    options = Options(thresholds={"index-throttles": 25, "refused-requests": 1000})
    told = {clause(alarm): alarm.description for alarm in alarms_for(stack_of(), options)}
    assert told["GSI1 is throttled"].startswith("GSI1 throttled more than 25 items or entries in a minute of the last 5.")
    assert told["requests to the table are refused"].startswith("DynamoDB refused more than 1,000 requests (GetItem, Query")
    assert told["the table is throttled"].startswith("The table itself, without its indexes, throttled at least one item or entry")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"severities": {"nothing": "page"}}, 'no recipe is called "nothing"; there are refused-requests'),
        ({"severities": {"failure-queue": "loud"}}, 'failure-queue: severity "loud" is none of page, ticket, info'),
        ({"thresholds": {"slow-operation": 1}}, "slow-operation has no threshold of its own; objectives of operations are latency_ms"),
        ({"thresholds": {"near-capacity": -1}}, "near-capacity: -1 is below 0"),
        ({"thresholds": {"near-capacity": float("nan")}}, "near-capacity: nan is no number that anything can be above"),
        ({"latency_ms": {"Query": "20"}}, "Query: '20' is a str; give a number from 0 on"),
        ({"disabled": frozenset({"hot-key"})}, 'no recipe is called "hot-key"; there are refused-requests'),
        ({"latency_ms": {"Get": 1}}, 'no operation is called "Get"; there are GetItem'),
        ({"pattern_latency_ms": {"find_user": -1}}, "find_user: -1 is below 0"),
        ({"ttl_silent_hours": 0}, "ttl_silent_hours: 0 is not 1 to 168"),
        ({"ttl_silent_hours": 169}, "ttl_silent_hours: 169 is not 1 to 168"),
        ({"anomalies": frozenset({"near-capacity"})}, 'no recipe of anomalies is called "near-capacity"; there are unusual-use'),
    ],
)
def test_options_that_make_no_sense(options, message):
    with pytest.raises(MonitoringError) as caught:
        Options(**options)
    assert caught.value.code == "invalid-option"
    assert message in str(caught.value)


def test_subjects_must_fit_each_other():
    function = FunctionSubject("api", "api", 10)
    with pytest.raises(MonitoringError, match="each function needs its own label, given: api, api"):
        Stack("shop", "dev", "eu", TableSubject(definition_of()), (function, function))
    with pytest.raises(MonitoringError, match='the stream of "events" names no function; given are: api'):
        Stack("shop", "dev", "eu", TableSubject(definition_of()), (function,), (StreamSubject("events", "uuid", "queue"),))
    with pytest.raises(MonitoringError, match="a ceiling of 0 units a second: give 1 or more, or None where there is none"):
        Billing.on_demand(max_reads_per_second=0)
    with pytest.raises(MonitoringError, match="each index has one ceiling, given for: GSI1, GSI1"):
        Billing(indexes=(("GSI1", Ceiling(5)), ("GSI1", Ceiling(6))))


# --- composites and cost ---------------------------------------------------------------------------------------------------------------


def test_one_composite_for_each_severity():
    alarms = alarms_for(stack_of())
    page, ticket = composites_for(stack_of(), alarms)
    assert page.name == "shop-dev page: something needs you now"
    assert set(page.children) == {alarm.name for alarm in alarms if alarm.severity == "page"}
    assert set(ticket.children) == {alarm.name for alarm in alarms if alarm.severity == "ticket"}
    states = {alarm.name: "OK" for alarm in alarms}
    assert evaluate_composite(page, states) == "OK"
    assert evaluate_composite(page, states | {"shop-dev page: GSI1 is throttled": "ALARM"}) == "ALARM"
    assert evaluate_composite(ticket, states | {"shop-dev page: GSI1 is throttled": "ALARM"}) == "OK"


EVERYTHING = tuple(
    pattern(f"do_{name}", "Does it.", "one", (name,))
    for members in FAMILIES.values()
    for name in members
    if name != "BatchExecuteStatement"
)


def test_a_total_that_takes_several_alarms_has_one_that_tells_in_their_place():
    stack = stack_of(EVERYTHING)
    alarms = alarms_for(stack)
    wholes = [each for each in composites_for(stack, alarms) if each.instead]
    assert [each.name for each in wholes] == [
        "shop-dev page: requests to the table are refused (of any kind)",
        "shop-dev ticket: DynamoDB fails requests (of any kind)",
    ]
    for whole, recipe in zip(wholes, ("refused-requests", "system-errors"), strict=True):
        assert whole.children == tuple(alarm.name for alarm in alarms if alarm.recipe == recipe)
        assert len(whole.children) == 4
        assert " Next: " in whole.description
        states = {name: "OK" for name in whole.children}
        assert evaluate_composite(whole, states) == "OK"
        assert evaluate_composite(whole, states | {whole.children[2]: "ALARM"}) == "ALARM"
    assert not [each for each in composites_for(stack, alarms_for(stack, Options(strategy="insights"))) if each.instead]
    assert not [each for each in composites_for(stack_of(), alarms_for(stack_of())) if each.instead]


def test_who_tells():
    stack = stack_of(EVERYTHING)
    alarms = alarms_for(stack)
    composites = composites_for(stack, alarms)
    by_alarm = telling(alarms, composites, "alarms")
    assert len(by_alarm) == len(alarms) - 8 + 2
    assert {each.name for each in composites if each.instead} < set(by_alarm)
    assert telling(alarms, composites, "composites") == ("shop-dev page: something needs you now", "shop-dev ticket: something needs work")
    few = alarms_for(stack_of())
    assert telling(few, composites_for(stack_of(), few), "alarms") == tuple(alarm.name for alarm in few)


def test_composites_are_split_where_cloudwatch_ends():
    stack = stack_of(indexes=tuple(f"GSI{number}" for number in range(40)))
    pages = [each for each in composites_for(stack, alarms_for(stack)) if each.severity == "page"]
    assert [each.name.rpartition(" ")[0] for each in composites_for(stack, alarms_for(stack)) if each.severity == "ticket"] == [
        "shop-dev ticket: something needs work (1 of 2)".rpartition(" ")[0],
        "shop-dev ticket: something needs work (2 of 2)".rpartition(" ")[0],
    ]
    assert len(pages) == 1


def test_a_composite_says_what_it_watches_as_far_as_it_fits():
    stack = stack_of(indexes=tuple(f"GSI{number}" for number in range(20)))
    page, ticket = composites_for(stack, alarms_for(stack))
    assert page.description.startswith(
        "At least one page alarm of shop-dev is open; its own description says what to do. It watches: requests to"
    )
    assert len(ticket.description) <= 1024
    named, _, rest = ticket.description.partition("It watches: ")[2].removesuffix(" more.").rpartition(" and ")
    assert len(ticket.children) == named.count("; ") + 1 + int(rest)


def test_cost_is_a_tenth_of_a_dollar_for_each_metric():
    alarms = alarms_for(stack_of())
    assert sum(alarm.monthly_usd for alarm in alarms) == pytest.approx(0.1 * sum(len(alarm.metrics) for alarm in alarms))
    assert {each.monthly_usd for each in composites_for(stack_of(), alarms)} == {0.5}
    assert anchor("shop") in alarms_for(Stack("s", "d", "eu", TableSubject(definition_of(), "shop")))[0].metrics.values()


def test_every_recipe_is_made_at_once_or_says_what_for():
    made = {alarm.recipe for alarm in alarms_for(stack_of())}
    assert made == {recipe.key for recipe in RECIPES.values() if recipe.made_for in ("", "patterns with transactions")}
