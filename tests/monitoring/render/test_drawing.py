"""The marks of a chart: what is drawn where, in which colour, and what stays away so that the rest can be read."""

import math
import re
from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from monitoring import Metric, Samples
from monitoring.alarms import SEVERITIES
from monitoring.colours import CAUSE, MUTED, NEUTRAL, OPERATION, SERIES, SEVERITY, SOFT, TROUBLE
from monitoring.measures import latency
from monitoring.render.drawing import chart_svg
from monitoring.render.icons import ICONS, LETTERS
from monitoring.render.legend import legend
from monitoring.render.palette import THEMES, themed, variables
from monitoring.render.readings import readings
from monitoring.render.scale import Scale
from monitoring.render.sheet import length, lines
from monitoring.render.told import Told
from monitoring.widgets import Chart, Line, Mark, Threshold
from tests.monitoring.render.conftest import Changed, minute, named, table_name, view_of

TICKET = SEVERITY["ticket"]


def errors(name: str) -> Metric:
    return Metric("AWS/Lambda", "Errors", {"FunctionName": name})


def drawn(watched, points, thresholds=(), right=()):
    """The svg of a chart with one line for each list of points, and the view it was drawn for."""
    samples = Samples()
    for name, known in {**points, **dict(right)}.items():
        for number, value in enumerate(known):
            samples.record("AWS/Lambda", "Errors", {"FunctionName": name}, minute(number), value)
    lines_of = [*(Line(errors(name), name) for name in points), *(Line(errors(name), name, side="right") for name in dict(right))]
    chart, view = Chart("a chart", tuple(lines_of), "eu-west-1", tuple(thresholds), right_unit="%"), view_of(watched, samples)
    return chart_svg(chart, view, 190, 348), chart, view


def words(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_a_threshold_in_reach_is_a_line_and_one_far_away_is_words_with_an_arrow(watched) -> None:
    near, far = Threshold(20, "ticket above 20", TICKET), Threshold(9_000, "page above 9,000", SEVERITY["page"])
    svg, _, _ = drawn(watched, {"a": [10.0] * 60}, (near, far))
    assert f'stroke="{TICKET}"' in svg and f'stroke="{SEVERITY["page"]}"' not in svg
    assert "page above 9,000 \N{UPWARDS ARROW}" in words(svg)
    axis = [float(each) for each in words(svg) if each.isdigit()]
    assert max(axis) <= 30


def test_a_threshold_at_zero_does_not_paint_the_axis(watched) -> None:
    svg, _, _ = drawn(watched, {"a": [0.0] * 60}, (Threshold(0, "page above 0", SEVERITY["page"]),))
    assert "page above 0" in words(svg)
    assert f'stroke="{SEVERITY["page"]}"' not in svg


@pytest.mark.parametrize(("course", "anchor"), [([1.0] * 40 + [11.0] * 20, "start"), ([11.0] * 20 + [1.0] * 40, "end")])
def test_the_words_of_a_threshold_keep_out_of_the_way_of_the_line(watched, course, anchor) -> None:
    svg, _, _ = drawn(watched, {"a": course}, (Threshold(10, "ticket above 10", TICKET),))
    label = next(each for each in re.findall(r"<text[^>]*>ticket above 10</text>", svg))
    assert f'text-anchor="{anchor}"' in label


@pytest.mark.parametrize(("share", "shown"), [(0.01, False), (40.0, True)])
def test_a_share_is_drawn_when_it_matters(watched, share, shown) -> None:
    limit = Threshold(80, "ticket above 80%", TICKET, "right")
    both, _, _ = drawn(watched, {"used": [5.0] * 60}, (limit,), {"share": [share] * 60})
    assert both.count('stroke-width="1.5"') == 1 + shown
    assert (f'stroke="{TICKET}"' in both) is shown
    assert any(each.startswith("ticket above 80%") for each in words(both))


def test_spells_that_overlap_are_one_tint_and_a_cap_for_each_severity(watched) -> None:
    """Twice open is not twice as bad."""
    samples = Samples()
    names = [named(watched, part).name for part in ("page: GSI1 is throttled", "GSI1 has been throttled", "GSI1 has a hot key")]
    history = [Changed(minute(10 + place), name, "ALARM") for place, name in enumerate(names)]
    view = view_of(watched, samples, history)
    chart = next(
        placed.widget
        for placed in view.dashboard.widgets
        if isinstance(placed.widget, Chart) and placed.widget.title.startswith("GSI1 throttle")
    )
    assert len(view.spells_on(chart)) == 3
    svg = chart_svg(chart, view, 190, 348)
    assert svg.count('opacity="0.085"') == 1
    assert [svg.count(f'fill="{SEVERITY[severity]}"') for severity in SEVERITIES[:2]] == [3, 1]  # tint, cap and words; a cap


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        (errors("a"), "no traffic in this time"),
        (Metric("AWS/DynamoDB", "ConsumedWriteCapacityUnits", {"TableName": "t"}), "no data in this time"),
    ],
)
def test_nothing_measured_says_so(watched, metric, said) -> None:
    """Errors are sent while a function runs, consumed units always. Source: the pages in the catalogue."""
    assert said in words(chart_svg(Chart("a chart", (Line(metric, "a"),), "eu-west-1"), view_of(watched), 190, 348))


def test_the_legend_puts_together_what_did_not_happen(watched) -> None:
    _, chart, view = drawn(watched, {"a": [0.0] * 60, "b": [1.0] * 59 + [7.0], "c": [0.0] * 60, "d": [3.0] * 30 + [9.0] * 30})
    told = [(each.label, each.now, each.peak) for each in legend(readings(chart, view))]
    assert told == [("b", "7", ""), ("d", "9", ""), ("two others", "0", "")]
    _, chart, view = drawn(watched, {"a": [0.0] * 60, "b": [0.0] * 60, "c": [0.0] * 60})
    assert [each.label for each in legend(readings(chart, view))] == ["all three"]
    _, chart, view = drawn(watched, {"a": [0.0] * 60, "b": [], "c": [5.0] + [2.0] * 59})
    assert [(each.label, each.now, each.peak) for each in legend(readings(chart, view))] == [
        ("a", "0", ""),
        ("b", "\N{EM DASH}", ""),
        ("c", "2", "5"),
    ]


def test_a_picture_has_no_ids_that_two_charts_could_share(watched) -> None:
    svg, _, _ = drawn(watched, {"a": [1.0] * 60}, (Threshold(2, "ticket above 2", TICKET),))
    assert not re.findall(r'\bid="|url\(#', svg)
    assert "aria-" not in svg


# --- colours ---------------------------------------------------------------------------------------------------------------------------


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio"."""

    def luminance(colour: str) -> float:
        channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_colour_of_a_dashboard_has_one_for_dark_and_can_be_seen_there() -> None:
    themes = dict(THEMES.values())
    for colour in (*OPERATION.values(), *CAUSE.values(), *SEVERITY.values(), NEUTRAL, MUTED, SOFT, TROUBLE, *SERIES):
        assert contrast(themes[colour], THEMES["background"][1]) >= 3


BLINDNESS = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), severity 1.0."""


def seen(colour: str, blindness: str) -> tuple[float, float, float]:
    """CIE L*a*b* of D65, of what somebody sees."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    red, green, blue = (min(1, max(0, sum(a * b for a, b in zip(row, linear, strict=True)))) for row in BLINDNESS[blindness])
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    x, y, z = (value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("dark", [False, True])
def test_series_are_told_apart_from_each_other_and_from_severities(blindness, dark) -> None:
    """A difference of 2.3 is just noticeable (CIE 1976); side by side in thin lines it takes many times that."""
    themes = dict(THEMES.values())

    def shown(colours):
        return [seen(themes[each] if dark else each, blindness) for each in colours]

    assert min(math.dist(one, other) for one, other in combinations(shown(SERIES), 2)) > 25
    if blindness == "none":
        assert min(math.dist(one, other) for one in shown(SERIES) for other in shown(SEVERITY.values())) > 20


@pytest.mark.parametrize("name", ["ink", "weak", "link", "page", "ticket", "ok"])
def test_words_can_be_read_in_both_themes(name) -> None:
    for place in (0, 1):
        assert contrast(THEMES[name][place], THEMES["background"][place]) >= 4.5


def test_drawn_colours_become_variables_that_the_page_has() -> None:
    used = re.findall(r"var\((--[a-z-]+)\)", themed(f'<path stroke="{NEUTRAL}" fill="{TICKET}"/><path stroke="#123456"/>'))
    assert used == ["--neutral", "--ticket"]
    assert all(f"{name}:light-dark(" in variables() for name in used)


def test_a_severity_is_a_shape_and_a_word() -> None:
    for shapes in (ICONS, LETTERS):
        assert list(shapes) == list(SEVERITIES)
        assert len(set(shapes.values())) == len(SEVERITIES)


# --- words -----------------------------------------------------------------------------------------------------------------------------


def test_a_line_never_ends_within_a_word() -> None:
    text = "Find the busiest key with Contributor Insights and spread it over several partition keys."
    for width in range(60, 600, 20):
        for most in (1, 2, 3):
            shown = list(lines(text, width, 12, most))
            assert len(shown) <= most
            assert all(length(each, 12) <= width + 20 or " " not in each for each in shown)
            said = " ".join(shown).removesuffix(" \N{HORIZONTAL ELLIPSIS}")
            assert text.startswith(said)
            assert said == text.rstrip(".") or said == text or text[len(said)] in " .,"


def test_a_description_is_told_in_its_parts() -> None:
    told = Told.of("It broke. It may again. Felt by: a, b. Next: mend it. Then test. Runbook: https://example.com/r#x")
    assert told == Told("It broke.", "Mend it. Then test.", "It may again. Felt by: a, b.", "https://example.com/r#x")
    assert Told.of("Somebody else's words") == Told("Somebody else's words", "", "", "")


def test_latency_is_broken_where_nothing_was_called(watched) -> None:
    table, samples = table_name(watched), Samples()
    for number in (*range(10), *range(20, 30)):
        samples.record("AWS/DynamoDB", "SuccessfulRequestLatency", {"TableName": table, "Operation": "GetItem"}, minute(number), 5.0)
    chart = Chart("one", (Line(latency(table, "GetItem"), "p99", NEUTRAL),), "eu-west-1")
    svg = chart_svg(chart, view_of(watched, samples), 348, 190)
    path = next(
        each for each in re.findall(r'<path[^>]* d="([^"]*)"[^>]*/>|<path d="([^"]*)"[^>]*/>', svg) if "".join(each).count("L") > 10
    )
    assert "".join(path).count("M") == 2


def test_times_of_all_charts_stand_below_each_other(watched) -> None:
    """Whatever stands at the axis or above the picture."""
    few, _, _ = drawn(watched, {"a": [1.0] * 60})
    many, _, _ = drawn(watched, {"a": [123_456.0] * 60}, (Threshold(200_000, "ticket above 200,000", TICKET),))
    places = [re.findall(r'<text x="([\d.]+%)"[^>]*>(\d\d:\d\d)</text>', svg) for svg in (few, many)]
    assert places[0] == places[1]
    assert places[0][:2] == [("0.00%", "14:00"), ("33.33%", "14:20")]


def test_a_chart_on_a_page_fits_every_width(watched) -> None:
    """Places across are shares; only lines are stretched, with strokes that are not."""
    _, chart, view = drawn(watched, {"a": [1.0] * 60}, (Threshold(2, "ticket above 2", TICKET),))
    svg = chart_svg(chart, view, 190)
    assert 'preserveAspectRatio="none"' in svg and 'vector-effect="non-scaling-stroke"' in svg
    across = re.findall(r'<(?:text|rect|line)[^>]* x2?="([^"]+)"', svg)
    assert across and all(each.endswith("%") or each in ("-6", "0") for each in across)


def test_a_longer_time_is_drawn_in_steps_of_five_minutes(watched) -> None:
    samples = Samples()
    for number in range(24 * 60):
        samples.record("AWS/Lambda", "Errors", {"FunctionName": "a"}, minute(number), 1.0)
    chart = Chart("a", (Line(errors("a"), "a"),), "eu-west-1")
    [reading] = readings(chart, view_of(watched, samples, end=minute(24 * 60)))
    assert (len(reading.values), set(reading.values)) == (288, {5.0})


@pytest.mark.parametrize(
    ("top", "values"), [(4, [0, 1, 2, 3, 4]), (11.8, [0, 5, 10]), (0.7, [0, 0.2, 0.4, 0.6]), (29_500, [0, 10_000, 20_000])]
)
def test_numbers_at_the_axis_are_round(top, values) -> None:
    assert list(Scale(minute(0), minute(60), top, 153).values()) == pytest.approx(values)


@pytest.mark.parametrize(("minutes", "step"), [(15, 5), (60, 20), (180, 60), (720, 180), (1440, 360)])
def test_times_at_the_axis_are_full_steps_of_the_clock(minutes, step) -> None:
    shown = list(Scale(minute(0), minute(minutes), 1, 153).times())
    assert {(later - earlier).total_seconds() / 60 for earlier, later in pairwise(shown)} == {step}
    assert all((at.hour * 60 + at.minute) % step == 0 for at in shown)


def test_a_time_to_remember_is_a_line_with_its_words_where_it_is_shown(watched) -> None:
    _, chart, view = drawn(watched, {"a": [1.0] * 60})
    marked = replace(chart, marks=(Mark(minute(30), "api deployed"), Mark(minute(-5), "before")))
    svg = chart_svg(marked, view, 190, 348)
    assert "api deployed" in words(svg) and "before" not in words(svg)
    assert '<line x1="50.00%" x2="50.00%"' in svg
