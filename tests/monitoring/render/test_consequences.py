"""What follows from what: both must be open together, and the one must be able to cause the other."""

from dataclasses import replace

import pytest

from monitoring.alarms import Alarm
from monitoring.backtest.replay import Change
from monitoring.options import RECIPES
from monitoring.render.answers import answer, sections, wrong_now
from monitoring.render.consequences import CAUSES, MOST_CLEARED, in_order, most_urgent, recipes_of
from monitoring.render.view import clause
from tests.monitoring.conftest import stack_of
from tests.monitoring.render.conftest import minute, named, view_of

INDEX = "page: GSI1 is throttled"
TABLE = "page: the table is throttled"
REFUSED = "page: requests to the table are refused"
FAILED = "page: many requests to api fail"
HOT = "ticket: GSI1 has a hot key range"
LASTING = "ticket: GSI1 has been throttled"
SLOW = "ticket: Query is slow"


def told(watched, *spells):
    """spells: part of a name, minute of the beginning, minute of the end or None."""
    changes = []
    for part, since, until in spells:
        name = named(watched, part).name
        changes.append(Change(minute(since), name, "OK", "ALARM"))
        if until is not None:
            changes.append(Change(minute(until), name, "ALARM", "OK"))
    view = view_of(watched, history=sorted(changes, key=lambda change: change.at))
    return [(clause(each.spell.alarm), each.words) for each in in_order(view)]


@pytest.fixture
def watched(watched):
    """With the recipes, as the stack's own alarms have them."""
    dashboard, alarms, names = watched
    recipes = recipes_of(stack_of())
    return dashboard, [replace(each, recipe=recipes[clause(each)]) if isinstance(each, Alarm) else each for each in alarms], names


def test_a_chain_stands_under_its_cause(watched) -> None:
    assert told(watched, (FAILED, 33, None), (REFUSED, 31, None), (INDEX, 31, None), (LASTING, 35, None)) == [
        ("GSI1 is throttled", ""),
        ("requests to the table are refused", "Follows from: GSI1 is throttled."),
        ("many requests to api fail", "Follows from: requests to the table are refused."),
        ("GSI1 has been throttled for 5 minutes", "Same cause as: GSI1 is throttled."),
    ]


def test_the_alarm_that_says_why_stands_above_what_is_throttled(watched) -> None:
    """Though it opens later and is less urgent."""
    assert told(watched, (REFUSED, 31, None), (INDEX, 31, None), (HOT, 33, None)) == [
        ("GSI1 has a hot key range", ""),
        ("GSI1 is throttled", "Follows from: GSI1 has a hot key range."),
        ("requests to the table are refused", "Follows from: GSI1 is throttled."),
    ]


def test_the_answer_of_a_section_names_the_cause_first(watched) -> None:
    history = [Change(minute(at), named(watched, part).name, "OK", "ALARM") for at, part in ((31, INDEX), (31, REFUSED), (33, HOT))]
    view = view_of(watched, history=history)
    refusing = next(section for section in sections(view) if section.question.startswith("3 "))
    assert answer(refusing, view).startswith("Yes: GSI1 has a hot key range, GSI1 is throttled and 1 more, since ")


def test_what_was_over_before_is_no_cause(watched) -> None:
    assert [words for _, words in told(watched, (INDEX, 5, 10), (REFUSED, 30, None))] == ["", ""]


def test_what_began_long_after_is_no_cause(watched) -> None:
    assert [words for _, words in told(watched, (REFUSED, 10, None), (INDEX, 30, None))] == ["", ""]


def test_a_rule_that_fires_later_by_its_datapoints_still_is_the_cause(watched) -> None:
    assert (
        dict(told(watched, (REFUSED, 10, None), (INDEX, 13, None)))["requests to the table are refused"]
        == "Follows from: GSI1 is throttled."
    )


def test_a_hot_key_of_an_index_says_nothing_of_the_table(watched) -> None:
    assert [words for _, words in told(watched, (TABLE, 10, None), (HOT, 12, None))] == ["", ""]


def test_what_can_not_be_caused_stands_for_itself(watched) -> None:
    assert [words for _, words in told(watched, (INDEX, 10, None), (SLOW, 12, None))] == ["", ""]


def test_a_group_stands_where_its_most_urgent_member_would(watched) -> None:
    order = [name for name, _ in told(watched, (HOT, 11, None), (INDEX, 10, None), (SLOW, 30, None))]
    assert order == ["GSI1 has a hot key range", "GSI1 is throttled", "Query is slow"]


def test_what_is_open_is_read_before_everything_that_is_over(watched) -> None:
    """Also where its cause is over: then it stands for itself."""
    order = told(watched, (INDEX, 10, 20), (REFUSED, 11, None), (HOT, 12, 20), (SLOW, 30, None))
    assert [name for name, _ in order] == [
        "requests to the table are refused",
        "Query is slow",
        "GSI1 has a hot key range",
        "GSI1 is throttled",
    ]


def test_what_is_over_is_folded_where_it_is_much(watched) -> None:
    changes = [
        Change(minute(at), each.name, "OK" if state == "ALARM" else "ALARM", state)
        for number, each in enumerate(watched[1][:20])
        for at, state in ((number, "ALARM"), (number + 1, "OK"))
    ]
    told = in_order(view_of(watched, history=sorted(changes, key=lambda change: change.at)))
    assert len(most_urgent(told)) == MOST_CLEARED < len(told)
    assert len(most_urgent(told[: MOST_CLEARED + 1])) == MOST_CLEARED + 1


def test_open_alarms_with_one_cause_are_one_sentence(watched) -> None:
    history = [Change(minute(at), named(watched, part).name, "OK", "ALARM") for at, part in ((10, INDEX), (11, REFUSED), (12, HOT))]
    assert wrong_now(view_of(watched, history=history)) == "Two pages and one ticket are open, with one cause: GSI1 has a hot key range."
    history.append(Change(minute(30), named(watched, SLOW).name, "OK", "ALARM"))
    assert wrong_now(view_of(watched, history=history)) == "Two pages and two tickets are open."


def test_causes_are_recipes_without_a_circle() -> None:
    assert set(CAUSES) | {cause for causes in CAUSES.values() for cause in causes} <= set(RECIPES)

    def reached(recipe: str, seen: tuple[str, ...] = ()) -> bool:
        return recipe in seen or any(reached(cause, (*seen, recipe)) for cause in CAUSES.get(recipe, ()))

    assert not [recipe for recipe in CAUSES if reached(recipe)]
