"""The page in a real browser: the minute by pointer and keyboard, the walk, the theme, and that nothing is wider than a phone."""

from dataclasses import replace

import pytest

from monitoring import Samples
from monitoring.render import render_html
from monitoring.scenarios import named as known
from tests.chromium import BROWSER, MISSING, chromium
from tests.monitoring.conftest import stack_of
from tests.monitoring.render.conftest import Changed, minute, named, table_name, view_of

pytestmark = pytest.mark.skipif(BROWSER is None, reason=MISSING)

WHEN = "document.getElementById('when').textContent"
LINES = "document.querySelectorAll('u.on').length"
GETITEM = "[...document.querySelectorAll('figure')].find((each) => each.textContent.startsWith('GetItem'))"
FOCUS = "document.activeElement.id"


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def file(watched, tmp_path_factory) -> str:
    """An hour in which GetItem takes as many milliseconds as minutes have passed, and one page opens at 14:50."""
    samples, table = Samples(), table_name(watched)
    for number in range(60):
        at = minute(number)
        samples.record("AWS/DynamoDB", "SuccessfulRequestLatency", {"TableName": table, "Operation": "GetItem"}, at, float(number), 50)
    alarm = named(watched, "page: GSI1 is throttled")
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(render_html(view_of(watched, samples, [Changed(minute(50), alarm.name, "ALARM")])), "utf-8")
    return path.as_uri()


@pytest.fixture
def page(tab, file):
    tab.size(1440)
    tab.open(file)
    tab.problems.clear()
    return tab


def test_keys_on_a_chart_choose_the_minute_of_everything(page) -> None:
    marks = page.run("document.querySelectorAll('.plot, .tl').length")
    assert marks > 20
    page.run(f"{GETITEM}.querySelector('.plot').focus()")
    shown = {}
    for key in ("ArrowLeft", "PageUp", "Home", "End", "Escape"):
        page.press(key)
        shown[key] = (page.run(WHEN), page.run("document.activeElement.getAttribute('aria-valuenow')"), page.run(LINES))
    assert shown == {
        "ArrowLeft": ("14:59 UTC", "59", marks),
        "PageUp": ("14:49 UTC", "49", marks),
        "Home": ("14:00 UTC", "0", marks),
        "End": ("14:59 UTC", "59", marks),
        "Escape": ("14:00 to 15:00 UTC", "59", 0),
    }
    assert page.problems == []


def test_the_pointer_chooses_the_minute_too(page) -> None:
    x, y = page.run(
        f"{GETITEM}.scrollIntoView(), (() => {{ const box = {GETITEM}.querySelector('.plot > svg').getBoundingClientRect(); "
        "return [box.left + box.width / 2 + 1, box.top + 20]; })()"
    )
    page.point(x, y)
    assert page.run(WHEN) == "14:30 UTC"
    assert page.run(f"{GETITEM}.querySelector('[data-values]').textContent") == "30"
    page.point(x, 2)
    assert page.run(WHEN) == "14:00 to 15:00 UTC"
    assert page.run(f"{GETITEM}.querySelector('[data-values]').textContent") == "59"


def test_the_answers_are_those_of_the_chosen_minute(page) -> None:
    """Of a minute before the page, and of one while it is open; the slow one by its own number against its alarm."""

    def answers() -> tuple[str, str, str]:
        said = page.run(
            "Object.fromEntries([...document.querySelectorAll('[data-answer]')].map((each) =>"
            " [each.previousSibling.textContent.trim(), each.textContent]))"
        )
        return said["Wrong now?"], said["Refusing?"], said["Slow?"]

    page.run(f"{GETITEM}.querySelector('.plot').focus()")
    page.press("Home", "PageDown", "ArrowRight", "ArrowRight")
    assert answers() == (
        "At 14:12: nothing open.",
        "At 14:12, no.",
        "At 14:12, no. Nearest to its alarm: GetItem, 12 of 15 ms.",
    )
    page.press("End")
    assert answers()[:2] == ("At 14:59: 1 page open.", "At 14:59, yes: GSI1 is throttled.")
    page.press("Escape")
    assert answers()[0] == "One page is open."


def test_j_and_k_walk_over_alarms_and_sections(page) -> None:
    places = []
    for key in ("j", "j", "j", "k"):
        page.press(key)
        places.append(page.run(FOCUS))
    assert places == ["now", "a-shop-dev-page-gsi1-is-throttled-1450", "s0", "a-shop-dev-page-gsi1-is-throttled-1450"]


def test_a_slash_finds_patterns_and_escape_shows_all(watched, tab, tmp_path) -> None:
    path = tmp_path / "page.html"
    path.write_text(render_html(replace(view_of(watched), stack=known(stack_of()))), "utf-8")
    tab.open(path.as_uri())
    visible = "[...document.querySelectorAll('.patterns tbody tr')].filter((row) => !row.hidden).map((row) => row.id)"
    every = tab.run(visible)
    assert len(every) == 5
    tab.press("/")
    assert tab.run(FOCUS) == "find"
    tab.press(*"order gsi1")
    assert tab.run(visible) == ["p-find-order", "p-place-order"]
    assert tab.run("document.getElementById('found').textContent") == "2 of 5"
    tab.press("Escape")
    assert tab.run(visible) == every
    assert tab.run(FOCUS) == ""


def test_the_theme_is_the_readers(page) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    page.prefer(prefers_color_scheme="dark")
    assert page.run(background) == "rgb(15, 19, 23)"
    page.press("d")
    assert page.run(background) == "rgb(255, 255, 255)"
    page.run("document.getElementById('theme').click()")
    assert page.run(background) == "rgb(15, 19, 23)"
    page.prefer(prefers_color_scheme="light")


def test_a_question_mark_lists_the_keys_and_escape_closes_them(page) -> None:
    page.press("?")
    assert page.run("document.getElementById('keys').open")
    page.press("j")
    assert page.run("document.activeElement.closest('dialog') !== null")
    page.press("Escape")
    assert not page.run("document.getElementById('keys').open")


@pytest.mark.parametrize("width", [360, 390, 500, 768, 900, 1181, 1440, 1920])
def test_nothing_is_wider_than_the_screen_and_words_keep_their_size(page, file, width) -> None:
    page.size(width)
    page.open(file)
    assert page.run("document.documentElement.scrollWidth") <= width
    heights = page.run("[...new Set([...document.querySelectorAll('.plot text')].map((each) => getComputedStyle(each).fontSize))]")
    assert heights == ["11px"]
    cut = page.run(
        "[...document.querySelectorAll('h2, .nm, .why, .leg, .kpi, .how')].filter((each) => each.scrollWidth > each.clientWidth + 1)"
        ".map((each) => each.textContent)"
    )
    assert cut == []


def test_it_asks_for_nothing_and_the_console_is_empty(page, file) -> None:
    page.requests.clear()
    page.problems.clear()
    page.open(file)
    page.press("j", "d", "/", "Escape", "?", "Escape")
    assert page.requests == [file]
    assert page.problems == []
