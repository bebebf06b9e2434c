"""The page, the picture and the text: what they say of a given hour, and that missing is never drawn as zero."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from monitoring import CompositeAlarm, Metric, MonitoringError, Samples
from monitoring.colours import NEUTRAL, SERIES
from monitoring.measures import latency, throttle_events
from monitoring.metrics import Expression
from monitoring.render import View, render_html, render_png, render_svg, render_text
from monitoring.render.answers import answer, sections, wrong_now
from monitoring.render.drawing import chart_svg
from monitoring.render.figures import span
from monitoring.render.legend import spoken
from monitoring.render.readings import readings
from monitoring.render.view import clause
from monitoring.widgets import Chart, Line
from tests.monitoring.conftest import START
from tests.monitoring.render.conftest import END, HOUR, Changed, minute, named, table_name, view_of


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


def test_composites_are_no_further_alarms(watched) -> None:
    """They only repeat what their alarms say."""
    page, other = named(watched, "page: GSI1 is throttled"), named(watched, "ticket: Query")
    composites = [alarm for alarm in watched[1] if isinstance(alarm, CompositeAlarm)]
    history = [Changed(minute(10), alarm.name, "ALARM") for alarm in (page, other, composites[0])]
    history += [Changed(minute(20), alarm.name, "OK") for alarm in (page, other, composites[0])]
    said = "No page is open. Two alarms cleared, the last 40 min ago."
    assert wrong_now(view_of(watched, history=history)) == said
    history = sorted([*history, Changed(minute(11), composites[1].name, "ALARM")], key=lambda change: change.at)
    assert wrong_now(view_of(watched, history=history)) == said


def test_page_and_text_show_the_date(watched) -> None:
    view = view_of(watched)
    assert '<span class="when">2026-11-24 <span id="when">14:00 to 15:00 UTC</span></span>' in render_html(view)
    assert render_text(view).splitlines()[0].endswith(" 2026-11-24 14:00 to 15:00 UTC")


def test_a_spell_before_the_hour_is_not_shown_and_one_into_it_is(watched) -> None:
    page = named(watched, "page: GSI1 is throttled")
    before = [Changed(START - timedelta(minutes=30), page.name, "ALARM"), Changed(START - timedelta(minutes=20), page.name, "OK")]
    into = [Changed(START - timedelta(minutes=5), page.name, "ALARM"), Changed(minute(3), page.name, "OK")]
    assert view_of(watched, history=before).spells == ()
    [spell] = view_of(watched, history=into).spells
    assert span(spell.since, spell.until, END) == "13:55 to 14:03, 8 min"


@pytest.mark.parametrize("end", [START, START - HOUR, START + timedelta(hours=25)])
def test_a_span_that_cannot_be_drawn_is_refused(watched, end) -> None:
    with pytest.raises(MonitoringError, match="invalid-view: from .* a page shows more than nothing and at most 1 day"):
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


SUM = 'SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName)'


def errors_of(**functions: int) -> Samples:
    samples = Samples()
    for name, count in functions.items():
        samples.record("AWS/Lambda", "Errors", {"FunctionName": name}, minute(5), float(count))
    return samples


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (f"{SUM} GROUP BY FunctionName", ["api", "consumer"]),
        ("SEARCH('{AWS/Lambda,FunctionName} MetricName=\"Errors\"', 'Sum', 60)", ["Errors api", "Errors consumer"]),
    ],
)
def test_a_query_with_groups_and_a_search_are_a_line_for_each_series(watched, text, labels) -> None:
    """What was not measured is not known to be nothing: which metrics are meant is only known by what is there."""
    chart = Chart("errors", (Line(Expression(text, {}), "errors"),), "eu-west-1")
    found = readings(chart, view_of(watched, errors_of(api=3, consumer=4)))
    assert [each.line.label for each in found] == labels
    assert [each.peak for each in found] == [(minute(5), 3.0), (minute(5), 4.0)]
    assert [sum(value is None for value in each.values) for each in found] == [59, 59]
    [empty] = readings(chart, view_of(watched, Samples()))
    assert (empty.line.label, empty.is_empty, empty.is_by_definition) == ("errors", True, False)


def coloured(samples, watched, order="ORDER BY SUM() DESC", lines=()):
    chart = Chart("errors", (Line(Expression(f"{SUM} GROUP BY FunctionName {order}", {}), "errors"), *lines), "eu-west-1")
    return {each.line.label: each.colour for each in readings(chart, view_of(watched, samples))}


def test_each_series_of_a_group_has_a_colour_and_keeps_it_when_the_order_changes(watched) -> None:
    found = coloured(errors_of(api=3, consumer=4, job=5), watched)
    assert list(found) == ["job", "consumer", "api"]
    assert len(set(found.values())) == 3
    assert set(found.values()) <= set(SERIES)
    assert coloured(errors_of(api=5, consumer=4, job=3), watched) == found


def test_a_colour_that_was_asked_for_is_kept_beside_them(watched) -> None:
    errors = Metric("AWS/Lambda", "Errors", {"FunctionName": "api"})
    found = coloured(errors_of(api=3, consumer=4), watched, lines=(Line(errors, "all of api", NEUTRAL),))
    assert found["all of api"] == NEUTRAL
    assert len(set(found.values())) == 3


def test_one_series_alone_needs_no_colour_of_its_own(watched) -> None:
    assert coloured(errors_of(api=3), watched) == {"api": NEUTRAL}


def test_more_series_than_colours_are_all_drawn(watched) -> None:
    assert len(coloured(errors_of(**{f"f{number}": 1 for number in range(2 * len(SERIES))}), watched)) == 2 * len(SERIES)


def test_a_query_without_groups_is_one_line_with_what_was_measured(watched) -> None:
    [found] = readings(Chart("errors", (Line(Expression(SUM, {}), "errors"),), "eu-west-1"), view_of(watched, errors_of(api=3, consumer=4)))
    assert (found.line.label, found.peak) == ("errors", (minute(5), 7.0))


def test_a_chart_of_a_search_is_drawn(watched) -> None:
    chart = Chart("errors", (Line(Expression(f"{SUM} GROUP BY FunctionName", {}), "errors"),), "eu-west-1")
    view = view_of(watched, errors_of(api=3, consumer=4))
    assert ElementTree.fromstring(chart_svg(chart, view, 200)).tag.endswith("svg")
    assert spoken(readings(chart, view)) == "api —, at most 3; consumer —, at most 4"


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
    assert "<title>1 page open: shop / dev</title>" in html
    assert not re.findall(r'(?:src|href)="(?!#|data:,")[^"]*"|url\((?!#|&quot;)[^)]*\)|@import', html), "something is loaded from elsewhere"
    assert "no traffic in this time" in html
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
    lines = text.splitlines()
    throttled = lines[lines.index("  GSI1 throttle events by cause, events/min") + 1]
    assert throttled.split() == ["all", "four", "\N{MIDDLE DOT}" * 60, "0"]
    slow = lines[lines.index("  GetItem, ms") + 1]
    assert slow.split() == ["p99", "\N{LIGHT SHADE}" * 60, "\N{EM DASH}"]


def test_the_text_says_what_to_do_while_an_alarm_is_open(watched) -> None:
    page = named(watched, "page: GSI1 is throttled")
    opened = render_text(view_of(watched, history=[Changed(minute(50), page.name, "ALARM")]))
    assert "Do what the alarm of its cause says" in opened
    cleared = render_text(view_of(watched, history=[Changed(minute(50), page.name, "ALARM"), Changed(minute(55), page.name, "OK")]))
    assert "Do what the alarm of its cause says" not in cleared


def test_a_latency_says_when_refused_calls_are_not_in_it(watched) -> None:
    """Source: DynamoDB developer guide, SuccessfulRequestLatency is of successful requests."""
    table, samples = table_name(watched), Samples()
    for operation in ("GetItem", "UpdateItem"):
        for number in range(60):
            at = minute(number)
            samples.record("AWS/DynamoDB", "SuccessfulRequestLatency", {"TableName": table, "Operation": operation}, at, 5.0, 50)
    for number in (20, 21, 22, 40):
        samples.record("AWS/DynamoDB", "ThrottledRequests", {"TableName": table, "Operation": "UpdateItem"}, minute(number), 1.0, 9)
    html = render_html(view_of(watched, samples))
    assert re.findall(r'<p class="note">(.*?)</p>', html) == [
        "Looks faster than it was 14:20 to 14:23, 14:40 to 14:41: refused calls are not in it."
    ]
