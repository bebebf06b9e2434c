"""What the addresses of a page answer: which time, which scenario, and what cannot be asked for."""

import json
import re
from datetime import timedelta

import pytest

from monitoring import MonitoringError
from monitoring.serve import Asked
from monitoring.serve.window import window
from tests.monitoring.conftest import START

MINUTE = timedelta(minutes=1)


def state(site, query=""):
    answer = site.answer("/state.json", query)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def test_a_scenario_begins_before_its_incident_and_moves_with_the_clock(site, clock) -> None:
    """It begins five minutes before the incident, which begins after 90 quiet minutes."""
    before = state(site)
    assert before["end"] == (START + 85 * MINUTE).isoformat()
    assert [alarm["name"] for alarm in before["alarms"]] == []
    clock.pass_minutes(5 + 10)
    during = state(site)
    assert during["end"] == (START + 100 * MINUTE).isoformat()
    opened = {alarm["name"]: alarm for alarm in during["alarms"] if alarm["open"]}
    assert opened["shop-dev page: GSI1 is throttled"]["follows_from"] == "GSI1 has a hot key range"
    assert opened["shop-dev ticket: GSI1 has a hot key range"]["follows_from"] is None
    assert opened["shop-dev page: requests to the table are refused"]["follows_from"] == "GSI1 is throttled"


def test_a_scenario_begins_again_when_it_is_over(site, clock) -> None:
    state(site)
    clock.pass_minutes(5 + 30 + 30)
    assert state(site)["end"] == (START + 85 * MINUTE).isoformat()


def test_time_passes_from_when_a_scenario_is_first_asked_for(site, clock) -> None:
    clock.pass_minutes(500)
    assert state(site, "scenario=stream-stall")["end"] == (START + 85 * MINUTE).isoformat()


def test_a_time_that_is_over_stays_and_asks_for_no_news(site, clock) -> None:
    state(site)
    clock.pass_minutes(40)
    query = "range=15m&end=2026-11-24T15:40Z"
    found = state(site, query)
    assert (found["start"], found["end"]) == ("2026-11-24T15:25:00+00:00", "2026-11-24T15:40:00+00:00")
    page = site.answer("/", query).body.decode()
    assert '"every": 0' in page and 'id="pause"' not in page
    assert '"every": 60' in site.answer("/", "").body.decode()


def test_a_page_offers_each_range_a_way_back_and_the_scenarios(site) -> None:
    page = site.answer("/", "range=15m").body.decode()
    assert re.findall(r'<a href="([^"]*)"[^>]*>(?:15 min|1 h|3 h|12 h|24 h)</a>', page) == [
        "?range=15m",
        "?range=1h",
        "?",
        "?range=12h",
        "?range=24h",
    ]
    earlier = re.search(r'id="earlier" href="([^"]*)"', page)
    assert earlier
    back = state(site, earlier[1].replace("&amp;", "&").removeprefix("?"))
    assert back["end"] == (START + 77 * MINUTE).isoformat()
    [choice] = re.findall(r'<select name="scenario".*?</select>', page)
    assert re.findall(r'<option value="([^"]*)"', choice) == ["gsi-backpressure", "stream-stall", "steady"]


@pytest.mark.parametrize(
    ("path", "query", "status", "said"),
    [
        ("/nothing", "", 404, "nothing is at /nothing; there is / and /state.json"),
        ("/", "range=2h", 400, "the range &quot;2h&quot; is none of 15m, 1h, 3h, 12h, 24h"),
        ("/", "end=yesterday", 400, "the end &quot;yesterday&quot; is no time in UTC like 2026-11-24T14:37Z"),
        ("/", "scenario=nope", 400, "the scenario &quot;nope&quot; is none of gsi-backpressure, stream-stall, steady"),
        ("/<script>", "", 404, "nothing is at /&lt;script&gt;"),
    ],
)
def test_what_cannot_be_answered_says_why(site, path, query, status, said) -> None:
    answer = site.answer(path, query)
    assert answer.status == status
    assert said in answer.body.decode()
    assert "script-src" not in answer.headers["content-security-policy"]


def test_a_program_is_answered_in_json(site) -> None:
    answer = site.answer("/state.json", "range=2h")
    assert (answer.status, answer.headers["content-type"]) == (400, "application/json")
    assert json.loads(answer.body)["error"]["code"] == "invalid-view"


def test_names_that_nobody_knows_are_passed_over(site) -> None:
    assert state(site, "stack=other&utm=1") == state(site)


def test_who_looks_at_the_same_minute_sees_the_same_drawing(site) -> None:
    assert site.answer("/", "") is site.answer("/", "")
    assert site.answer("/", "") is not site.answer("/", "range=1h")


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        (Asked(), (60, 240)),
        (Asked(range="15m"), (225, 240)),
        (Asked(range="24h"), (0, 240)),
        (Asked(range="1h", end=START + 100 * MINUTE), (40, 100)),
        (Asked(range="1h", end=START - 900 * MINUTE), (0, 5)),
        (Asked(range="1h", end=START + 900 * MINUTE), (180, 240)),
    ],
)
def test_a_time_is_shown_within_what_there_is(asked, span) -> None:
    start, end = window(asked, START, START + 240 * MINUTE)
    assert ((start - START) // MINUTE, (end - START) // MINUTE) == span


def test_a_long_time_ends_at_full_five_minutes() -> None:
    """So that in the next minute the same points are asked for."""
    _, end = window(Asked(range="12h"), START, START + 1003 * MINUTE)
    assert (end - START) // MINUTE == 1000


def test_an_address_says_only_what_is_not_usual() -> None:
    asked = Asked.of("range=1h&end=2026-11-24T14:37Z&stack=shop-dev")
    assert Asked.of(asked.address.removeprefix("?")) == asked
    assert Asked.of("").address == "?"
    with pytest.raises(MonitoringError, match="invalid-view"):
        Asked.of("end=2026-13-01T00:00Z")


def test_another_dashboard_of_the_stack_is_chosen(site) -> None:
    page = site.answer("/", "").body.decode()
    assert re.findall(r'<select name="board".*?</select>', page) == [
        '<select name="board" id="board"><option value="" selected>on call</option><option value="order-events">order-events</option></select>'
    ]
    other = site.answer("/", "board=order-events").body.decode()
    assert '<option value="order-events" selected>' in other
    assert "<figcaption>GetItem<" in page and "<figcaption>GetItem<" not in other
    assert "<figcaption>Oldest record of order-events<" in other
    assert 'href="?board=order-events&amp;range=1h"' in other
    assert "Oldest record" in site.answer("/", "board=nothing").body.decode()
