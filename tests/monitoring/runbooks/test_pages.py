"""The pages of the runbooks: of everything there is, and of one stack with its own alarms."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from monitoring import RECIPES, Options, alarms_for
from monitoring.account_alarms import ACCOUNT_RECIPES, account_alarms
from monitoring.alarms import Alarm
from monitoring.runbooks import RUNBOOKS, page_address
from monitoring.runbooks.facts import clearing, counted, felt_by, firing, firing_of
from monitoring.runbooks.pages import EVERY_RECIPE, INDEX, pages, pages_of
from tests.monitoring.conftest import clause, stack_of
from tests.monitoring.weather import INCIDENT, INCIDENTS, Weather, course, deployed

MADE_BY = "Written by a test."


def links(text: str) -> set[str]:
    return set(re.findall(r"\]\(([^)]+)\)", text))


def test_every_recipe_has_a_page_and_the_index_leads_to_it() -> None:
    found = pages(MADE_BY)
    assert found.keys() == {INDEX, *(f"{recipe}.md" for recipe in RUNBOOKS)}
    assert links(found[INDEX]) == found.keys() - {INDEX}


@pytest.mark.parametrize("recipe", RUNBOOKS)
def test_a_page_says_all_that_the_runbook_has(recipe: str) -> None:
    text, runbook = pages(MADE_BY)[f"{recipe}.md"], RUNBOOKS[recipe]
    assert text.startswith(f"<!-- {MADE_BY} -->\n# {runbook.title}\n**{EVERY_RECIPE[recipe].severity}**")
    for number, step in enumerate(runbook.steps, 1):
        assert f"\n{number}. {step}\n" in text
    for cause in runbook.causes:
        assert f"| {cause.what} | {cause.sign.replace('|', chr(92) + '|')} |" in text
    assert all(part in text for part in (runbook.means, runbook.useless, runbook.clears, *(page.title for page in runbook.sources)))
    addresses = {page.address for page in runbook.sources if page.address}
    assert links(text) == {INDEX, *(f"{name}.md" for name in runbook.related), *addresses}


def test_the_pages_of_a_stack_are_of_its_own_alarms() -> None:
    stack = stack_of()
    alarms = (*alarms_for(stack, Options(thresholds={"index-throttles": 25}, severities={"near-capacity": "info"})), *account_alarms())
    found = pages_of(stack, alarms, MADE_BY)
    assert found.keys() == {INDEX, *(f"{alarm.recipe}.md" for alarm in alarms)}
    for name, text in found.items():
        assert {link for link in links(text) if not link.startswith("https://docs.aws.amazon.com/")} <= found.keys(), name
    for alarm in alarms:
        assert f"### {alarm.name}\n" in found[f"{alarm.recipe}.md"]
    index = found["index-throttles.md"]
    assert "Fires above 25 events a minute in 1 of the last 5 minutes." in index
    assert "| `find_order` | One order by id. | Query | `GSI1PK=ORDER#{id}` |" in index
    assert "find_user" not in index
    assert found["near-capacity.md"].partition("\n# ")[2].splitlines()[1].startswith("**info**: when there is time.")
    assert "replication-late.md" not in found


def test_the_link_of_an_alarm_leads_to_a_page() -> None:
    stack = stack_of()
    alarms = alarms_for(stack, Options(runbook_url="https://example.com/runbooks"))
    published = {page_address("https://example.com/runbooks", name.removesuffix(".md")) for name in pages_of(stack, alarms, MADE_BY)}
    assert {alarm.description.rpartition(" Runbook: ")[2] for alarm in alarms} <= published


def named(alarms: Sequence[Alarm], words: str) -> Alarm:
    return next(alarm for alarm in alarms if clause(alarm) == words)


@pytest.mark.parametrize(
    ("words", "patterns"),
    [
        ("GSI1 is throttled", {"find_order", "place_order"}),
        ("GetItem is slow (find_user)", {"find_user"}),
        ("Query is slow", {"find_order", "list_orders"}),
        ("requests to the table are refused", {"find_user", "find_order", "list_orders", "place_order", "set_order_status"}),
        ("api crashes or times out", {"find_user", "find_order", "list_orders", "place_order", "set_order_status"}),
        ("order-events falls behind", set()),
        ("order-events could not handle changes", set()),
    ],
)
def test_who_feels_an_alarm(words: str, patterns: set[str]) -> None:
    stack = stack_of()
    assert {each.name for each in felt_by(stack, named(alarms_for(stack), words))} == patterns


@pytest.mark.parametrize(
    ("words", "fires"),
    [
        ("GSI1 is throttled", "above 0 events a minute in 1 of the last 5 minutes"),
        ("GSI1 has been throttled for 5 minutes", "above 0 events a minute in each of 5 minutes"),
        ("Query is slow", "above 20 ms in 3 of the last 5 minutes"),
        ("order-events falls behind", "above 1 min in 3 of the last 5 minutes"),
        ("api nearly times out", "above 8,000 ms in 3 of the last 5 minutes"),
        ("reads of GSI1 are near their limit", "above 80% in 2 of the last 3 spans of 5 minutes"),
        ("order-events could not handle changes", "above 0 messages in the last minute"),
    ],
)
def test_when_an_alarm_fires_in_words(words: str, fires: str) -> None:
    alarm = named(alarms_for(stack_of()), words)
    assert firing_of(alarm, RECIPES[alarm.recipe]) == fires


def test_a_number_has_the_unit_that_the_alarm_compares_with() -> None:
    """Not the recipe's: of 90% of 1,000 runs an alarm knows 900. Full minutes are said as such."""
    claimed = named(account_alarms(), "functions have nearly used up the account's concurrency")
    assert firing_of(claimed, ACCOUNT_RECIPES[claimed.recipe]) == "above 900 runs at one time in each of 10 minutes"
    stack = stack_of()
    late = named(alarms_for(replace(stack, table=replace(stack.table, replicas=("eu-central-1",)))), "changes reach eu-central-1 late")
    assert firing_of(late, RECIPES[late.recipe]) == "above 3 min in each of 3 spans of 5 minutes"


def test_a_recipe_without_a_threshold_of_its_own_says_so() -> None:
    assert firing(RECIPES["slow-operation"]) == "beyond its own threshold in 3 of the last 5 minutes"
    assert firing(RECIPES["expiry-silent"]) == "when it is so for as long as the options say"
    assert firing(RECIPES["stream-silent"]) == "when it is so in each of 3 spans of 5 minutes"
    assert firing(RECIPES["failed-requests"]) == "beyond 10% in 3 of the last 5 minutes"


@pytest.mark.parametrize(
    ("words", "said", "minutes"),
    [
        ("GSI1 is throttled", "By itself, 5 minutes after the last one that was beyond the threshold.", 5),
        ("GSI1 has been throttled for 5 minutes", "By itself, with the first minute that is not beyond the threshold.", 1),
        ("DynamoDB fails requests", "By itself, once fewer than 3 of the last 15 minutes are beyond the threshold.", 13),
    ],
)
def test_an_alarm_clears_when_its_page_says(words: str, said: str, minutes: int) -> None:
    [alarm] = [each for each in deployed(alarms_for(stack_of())) if clause(each) == words]
    assert clearing(alarm.datapoints_to_alarm, alarm.evaluation_periods, alarm.period_seconds) == said
    states = course([alarm], Weather(), INCIDENTS[words])[words]
    last = INCIDENT[-1]
    assert states[last : last + minutes + 1] == ["ALARM"] * minutes + ["OK"]


def test_counts_in_words() -> None:
    assert counted(1, 1, 60) == "in the last minute"
    assert counted(72, 72, 3600) == "in each of 72 hours"
    assert clearing(2, 3, 300) == "By itself, once fewer than 2 of the last 3 spans of 5 minutes are beyond the threshold."
