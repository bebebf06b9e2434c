"""A drill changes states though nothing is wrong: its changes are one sentence, and what really happened stays as it was."""

from monitoring.backtest.replay import Change
from monitoring.render.answers import wrong_now
from monitoring.render.consequences import in_order
from monitoring.render.figures import clock
from monitoring.render.view import clause
from tests.monitoring.render.conftest import minute, named, view_of

INDEX = "page: GSI1 is throttled"
REFUSED = "page: requests to the table are refused"
DRILL = "3f9a"


def view_with(watched, *changes):
    """changes: part of a name, minute, new state, id of the drill."""
    old = {"ALARM": "OK", "OK": "ALARM"}
    return view_of(
        watched, history=[Change(minute(at), named(watched, part).name, old[new], new, drill) for part, at, new, drill in changes]
    )


def spells(view):
    return [(clause(each.spell.alarm), each.spell.since, each.spell.until) for each in in_order(view)]


def test_what_a_drill_fired_and_put_back_is_one_sentence(watched) -> None:
    view = view_with(watched, (INDEX, 5, "ALARM", DRILL), (REFUSED, 6, "ALARM", DRILL), (INDEX, 7, "OK", DRILL), (REFUSED, 7, "OK", ""))
    assert spells(view) == []
    assert wrong_now(view) == f"No page is open. A drill fired 2 alarms at {clock(minute(5))}, all were put back."


def test_an_alarm_that_was_open_before_is_open_since_then(watched) -> None:
    """A drill sets it to OK and fires it again, because only a change tells anybody."""
    view = view_with(watched, (INDEX, 2, "ALARM", ""), (INDEX, 5, "OK", DRILL), (INDEX, 5, "ALARM", DRILL))
    assert spells(view) == [("GSI1 is throttled", minute(2), None)]
    over = view_with(watched, (INDEX, 2, "ALARM", ""), (INDEX, 5, "OK", DRILL), (INDEX, 5, "ALARM", DRILL), (INDEX, 9, "OK", ""))
    assert spells(over) == [("GSI1 is throttled", minute(2), minute(9))]


def test_what_is_still_open_is_shown_whoever_opened_it(watched) -> None:
    view = view_with(watched, (INDEX, 5, "ALARM", DRILL), (REFUSED, 6, "ALARM", DRILL), (REFUSED, 7, "OK", DRILL))
    assert spells(view) == [("GSI1 is throttled", minute(5), None)]
    assert wrong_now(view).endswith("A drill fired 2 alarms at " + clock(minute(5)) + ", 1 is still open.")


def test_a_drill_causes_nothing(watched) -> None:
    view = view_with(watched, (INDEX, 5, "ALARM", DRILL), (REFUSED, 6, "ALARM", ""), (INDEX, 7, "OK", DRILL))
    assert [each.words for each in in_order(view)] == [""]
