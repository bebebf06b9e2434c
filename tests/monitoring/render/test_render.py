"""The page, the picture and the text: what they say of a given hour, and that missing is never drawn as zero."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest

from monitoring import Alarm, CompositeAlarm, Dashboard, Samples, alarms_for, composites_for, dashboard_for, resolve
from monitoring.measures import latency, throttle_events
from monitoring.render import View, render_html, render_png, render_svg, render_text
from monitoring.render.answers import answer, sections, wrong_now
from monitoring.render.readings import readings
from monitoring.render.view import clause
from monitoring.widgets import Chart, Line
from tests.monitoring.conftest import START, names_for, stack_of

HOUR = timedelta(hours=1)
END = START + HOUR


@dataclass(frozen=True)
class Changed:
    at: datetime
    alarm: str
    new: str


def minute(number: int) -> datetime:
    return START + timedelta(minutes=number)


@pytest.fixture(scope="module")
def watched():
    """The alarms and the dashboard of the sample stack, with the names of a deployment."""
    stack = stack_of()
    alarms = alarms_for(stack)
    composites = composites_for(stack, alarms)
    dashboard = dashboard_for(stack, alarms, composites)
    names = names_for(dashboard, *alarms, *composites)
    return (
        Dashboard.from_body(dashboard.name, resolve(dashboard, names)),
        [
            *(Alarm.from_request(resolve(alarm, names)) for alarm in alarms),
            *(CompositeAlarm.from_request(resolve(alarm, names)) for alarm in composites),
        ],
        names,
    )


def view_of(watched, samples=None, history=(), start=START, end=END):
    dashboard, alarms, _ = watched
    return View.of("shop / dev", dashboard, alarms, samples or Samples(), history, start=start, end=end)


def named(watched, part: str):
    return next(alarm for alarm in watched[1] if part in alarm.name)


def table_name(watched):
    return next(text for ref, text in watched[2].items() if ref.key == "table")


def test_spells_are_read_open_first_then_pages_then_the_newest(watched) -> None:
    page, ticket, other = (
        named(watched, "page: GSI1 is throttled"),
        named(watched, "ticket: GSI1 has a hot key"),
        named(watched, "ticket: Query"),
    )
    history = [
        Changed(minute(1), page.name, "OK"),
        Changed(minute(10), page.name, "ALARM"),
        Changed(minute(12), other.name, "ALARM"),
        Changed(minute(20), page.name, "OK"),
        Changed(minute(21), other.name, "OK"),
        Changed(minute(50), ticket.name, "ALARM"),
    ]
    view = view_of(watched, history=history)
    assert [(spell.alarm.name, spell.is_open) for spell in view.spells] == [(ticket.name, True), (page.name, False), (other.name, False)]
    assert wrong_now(view) == "No page is open. One ticket is open. Two alarms cleared, the last 39 min ago."
    assert clause(page) == page.name.partition("page: ")[2]


def test_a_spell_before_the_hour_is_not_shown_and_one_into_it_is(watched) -> None:
    page = named(watched, "page: GSI1 is throttled")
    before = [Changed(START - timedelta(minutes=30), page.name, "ALARM"), Changed(START - timedelta(minutes=20), page.name, "OK")]
    into = [Changed(START - timedelta(minutes=5), page.name, "ALARM"), Changed(minute(3), page.name, "OK")]
    assert view_of(watched, history=before).spells == ()
    assert [spell.minutes(END) for spell in view_of(watched, history=into).spells] == [8]


@pytest.mark.parametrize("end", [START, START - HOUR, START + timedelta(hours=25)])
def test_a_span_that_cannot_be_drawn_is_refused(watched, end) -> None:
    with pytest.raises(ValueError, match="a page shows up to"):
        view_of(watched, end=end)


def test_missing_is_zero_only_where_the_catalogue_says_so(watched) -> None:
    """Throttle events are sent when they happen; latency only with calls. Source: DynamoDB developer guide, metrics and dimensions."""
    table = table_name(watched)
    view = view_of(watched)
    events, slow = throttle_events(table, "Read"), latency(table, "GetItem", "p99")
    chart = Chart("two", (Line(events, "throttled"), Line(slow, "p99")), "eu-west-1")
    throttled, p99 = readings(chart, view)
    assert set(throttled.values) == {0.0}
    assert throttled.on_event and throttled.silent
    assert p99.is_empty and p99.newest is None and p99.peak is None


def test_a_line_is_never_joined_across_a_gap(watched) -> None:
    table, samples = table_name(watched), Samples()
    for number in (*range(10), *range(20, 30)):
        samples.record("AWS/DynamoDB", "SuccessfulRequestLatency", {"TableName": table, "Operation": "GetItem"}, minute(number), 5.0)
    [reading] = readings(Chart("one", (Line(latency(table, "GetItem", "p99"), "p99"),), "eu-west-1"), view_of(watched, samples))
    assert [number for number, value in enumerate(reading.values) if value is None] == [*range(10, 20), *range(30, 60)]
    assert reading.peak == (START, 5.0)


def test_the_heading_answers_yes_not_now_and_no(watched) -> None:
    alarm = named(watched, "page: GSI1 is throttled")
    opened = [Changed(minute(50), alarm.name, "ALARM")]
    answers = {}
    for when, history in (("yes", opened), ("not now", [*opened, Changed(minute(55), alarm.name, "OK")]), ("no", [])):
        view = view_of(watched, history=history)
        answers[when] = answer(next(section for section in sections(view) if section.question.endswith("Refusing?")), view)
    assert answers == {
        "yes": f"Yes: {clause(alarm)}, since 14:50.",
        "not now": f"Not now. From 14:50 to 14:55: {clause(alarm)}.",
        "no": "No.",
    }


def test_no_has_a_size(watched) -> None:
    table, samples = table_name(watched), Samples()
    samples.record("AWS/DynamoDB", "SuccessfulRequestLatency", {"TableName": table, "Operation": "GetItem"}, minute(7), 6.0, 50)
    view = view_of(watched, samples)
    section = next(section for section in sections(view) if section.question.endswith("Slow?"))
    threshold = named(watched, "GetItem").threshold
    assert answer(section, view) == f"No. Nearest to its alarm: GetItem, 6 of {threshold:g} ms at 14:07."


def test_the_page_stands_alone_and_says_what_is_open(watched) -> None:
    alarm = named(watched, "page: GSI1 is throttled")
    html = render_html(view_of(watched, history=[Changed(minute(50), alarm.name, "ALARM")]))
    assert "<title>shop / dev: page open</title>" in html
    assert not re.findall(r'(?:src|href)="(?!#)[^"]*"|url\((?!#|&quot;)[^)]*\)|@import', html), "something is loaded from elsewhere"
    assert "no data in this time" in html
    assert html.count("<figure") == sum(isinstance(w.widget, Chart) and w.widget.view == "timeSeries" for w in watched[0].widgets)


def test_names_are_text_and_never_markup(watched) -> None:
    dashboard, alarms, _ = watched
    view = View.of("<script>alert(1)</script>", dashboard, alarms, Samples(), (), start=START, end=END)
    assert "<script>alert(1)" not in render_html(view)
    assert "<script>" not in render_svg(view)


def test_the_picture_is_a_png_of_a_valid_svg(watched) -> None:
    view = view_of(watched)
    drawn = ElementTree.fromstring(render_svg(view))
    assert drawn.get("width") == "1440"
    ids = [element.get("id") for element in drawn.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), "clip paths of two charts have one name"
    png = render_png(view)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png[16:20], "big") == 1440


def test_the_text_tells_zero_from_unknown(watched) -> None:
    text = render_text(view_of(watched))
    assert max(map(len, text.splitlines())) <= 110
    assert "1 Wrong now?  No page is open." in text
    rows = {line.split()[0]: line for line in text.splitlines() if "max" in line}
    assert "\N{MIDDLE DOT}" * 60 in rows["GSI1"] or "\N{MIDDLE DOT}" * 60 in text
    p99 = next(line for line in text.splitlines() if line.strip().startswith("GetItem p99"))
    assert "\N{LIGHT SHADE}" * 60 in p99
