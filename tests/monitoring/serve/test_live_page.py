"""The live page in a real browser: news without losing one's place, ranges and scenarios by key and by hand, and what it says while it has
no news.
"""

import pytest

from monitoring.serve import Server
from tests.chromium import BROWSER, MISSING, chromium

pytestmark = pytest.mark.skipif(BROWSER is None, reason=MISSING)

WHEN = "document.getElementById('when').textContent"
ANSWER = "document.querySelector('#now [data-answer]').textContent"
NEWS = "load(location.search)"
"""What the page's own timer does."""


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def server(site):
    with Server(site, 0) as running:
        yield running


@pytest.fixture
def page(tab, server):
    tab.size(1440)
    tab.open(server.url)
    tab.problems.clear()
    tab.requests.clear()
    return tab


def test_news_comes_without_a_new_page_and_is_announced(page, clock) -> None:
    assert page.run("document.title") == "nothing open: shop / dev: gsi-backpressure"
    clock.pass_minutes(5 + 10)
    page.run(f"window.mark = 1, {NEWS}")
    assert page.run("window.mark") == 1
    assert page.run("document.title").startswith("3 pages, ")
    assert page.run(ANSWER).startswith("Three pages and three tickets are open, with one cause: GSI1 has a hot key range.")
    assert "page: GSI1 is throttled" in page.run("document.getElementById('news').textContent")
    assert page.run("document.getElementById('news').getAttribute('aria-live')") == "polite"
    assert page.problems == []


def test_news_leaves_focus_place_search_and_minute_where_they_are(page, clock) -> None:
    page.run("document.getElementById('quiet').open = true")
    page.press("/", *"order")
    page.run("document.getElementById('c-getitem-user-find-user').focus()")
    page.press("ArrowLeft", "ArrowLeft")
    minute = page.run(WHEN)
    top = "Math.round(document.activeElement.getBoundingClientRect().top)"
    before = page.run(top)
    clock.pass_minutes(5 + 10)
    page.run(NEWS)
    assert page.run("document.activeElement.id") == "c-getitem-user-find-user"
    assert page.run("document.getElementById('quiet').open")
    assert page.run("document.getElementById('find').value") == "order"
    assert page.run(WHEN) == minute
    assert abs(page.run(top) - before) <= 2


def test_another_minute_is_not_now(page, server) -> None:
    current = "document.getElementById('latest').getAttribute('aria-current')"
    assert page.run(current) == "true"
    page.open(f"{server.url}?minute=37")
    assert page.run(current) is None
    page.run("show(null)")
    assert page.run(current) == "true"


def test_ranges_and_time_by_keys(page) -> None:
    shown = []
    for key in ("t", "T", "T", "[", "n"):
        page.press(key)
        page.wait("!document.querySelector('[aria-busy]')")
        shown.append((page.run("location.search"), page.run(WHEN)))
    assert shown == [
        ("?range=12h", "14:00 to 15:25 UTC"),
        ("", "14:00 to 15:25 UTC"),
        ("?range=1h", "14:25 to 15:25 UTC"),
        ("?range=1h&end=2026-11-24T15%3A00Z", "14:00 to 15:00 UTC"),
        ("?range=1h", "14:25 to 15:25 UTC"),
    ]
    assert page.problems == []


def test_the_way_back_of_the_browser_goes_back(page) -> None:
    page.press("T")
    page.wait("!document.querySelector('[aria-busy]')")
    page.run("new Promise((done) => { addEventListener('popstate', done, { once: true }); history.back(); })")
    page.wait(f"!document.querySelector('[aria-busy]') && {WHEN} === '14:00 to 15:25 UTC'")
    assert page.run("location.search") == ""


def test_a_scenario_is_chosen_with_s_and_a_letter(page) -> None:
    page.press("s")
    assert page.run("document.activeElement.id") == "scenario"
    page.run("Object.assign(document.activeElement, { value: 'stream-stall' }).dispatchEvent(new Event('change', { bubbles: true }))")
    page.wait("!document.querySelector('[aria-busy]')")
    assert page.run("document.querySelector('h1').textContent") == "shop / dev: stream-stall"
    assert page.run("new URLSearchParams(location.search).get('scenario')") == "stream-stall"


def test_a_pause_stops_the_news_and_lets_them_go_on(page, clock) -> None:
    page.press("p")
    assert page.run("[document.getElementById('pause').textContent, timer !== null && paused]") == ["Go on", True]
    clock.pass_minutes(1)
    page.press("p")
    page.wait(f"{WHEN} === '14:00 to 15:26 UTC'")
    assert page.run("document.getElementById('pause').getAttribute('aria-pressed')") == "false"


def test_without_news_the_page_says_since_when_and_tries_again(page) -> None:
    page.offline(True)
    page.run(NEWS)
    told = page.run("document.getElementById('problem').textContent")
    assert told.startswith("Could not load news (") and "What you see was loaded at" in told
    assert page.run("document.title").startswith("(old) ")
    assert page.run(ANSWER) == "No page is open."
    page.offline(False)
    page.run(NEWS)
    assert page.run("document.getElementById('problem')") is None
    assert page.run("document.title").startswith("nothing open")


def test_it_asks_for_nothing_but_its_own_address(page, server) -> None:
    page.press("t")
    page.wait("!document.querySelector('[aria-busy]')")
    page.run(NEWS)
    assert page.requests and all(each.startswith(server.url) for each in page.requests)
    assert page.problems == []


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_nothing_is_wider_than_the_screen_during_an_incident(tab, server, clock, width) -> None:
    tab.size(width)
    tab.open(server.url)
    clock.pass_minutes(5 + 10)
    tab.run(NEWS)
    assert tab.run("document.querySelectorAll('.al.open').length") > 3
    assert tab.run("document.documentElement.scrollWidth") <= width
