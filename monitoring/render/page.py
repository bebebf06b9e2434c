"""The page for on-call: one file without anything from elsewhere, light and dark, from a phone to a wall.

Its order is that of the questions somebody asks who was woken up; each heading is the answer.
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Final

from monitoring.alarms import Alarm
from monitoring.render.answers import Section, answer, sections, values, wrong_now
from monitoring.render.drawing import LEFT, RIGHT, chart_svg, legend, spark_svg
from monitoring.render.figures import clock, first_sentence, number, span
from monitoring.render.markdown import inline, to_html
from monitoring.render.palette import dark_theme, themed
from monitoring.render.readings import Reading, readings
from monitoring.render.view import Spell, View, clause, severity_of
from monitoring.widgets import Chart, Placed

COLUMN_PIXELS: Final = 58
CHART_PIXELS: Final = 190

_ICONS: Final = {
    "page": "M3.6 .5h4.8l3.1 3.1v4.8l-3.1 3.1H3.6L.5 8.4V3.6Z",
    "ticket": "M6 .8 11.6 11H.4Z",
    "info": "M6 .6 11.4 6 6 11.4 .6 6Z",
}
"""A severity has a shape and a word, never a colour alone."""


def render_html(view: View, *, refresh_seconds: int | None = None) -> str:
    """One HTML file. refresh_seconds: a live page loads itself again so often. Default: never."""
    parts = sections(view)
    state = severity_of(view.spells)
    refresh = f'<meta http-equiv="refresh" content="{refresh_seconds}">' if refresh_seconds else ""
    minutes = round((view.end - view.start).total_seconds() / 60)
    known = json.dumps({"left": LEFT, "right": RIGHT, "minutes": minutes, "start": int(view.start.timestamp() * 1000)})
    shown = f"{clock(view.start)} to {clock(view.end)}"
    links = "".join(f'<a href="#s{place}">{escape(_short(part.question))}</a>' for place, part in enumerate(parts))
    return "\n".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{refresh}',
            f"<title>{escape(view.title)}: {state + ' open' if state else 'nothing is open'}</title>",
            f"<style>{_asset('page.css')}{dark_theme()}</style></head><body>",
            f'<header><div class="top"><b>{escape(view.title)}</b><nav aria-label="Sections"><a href="#now">Wrong now</a>{links}</nav>',
            f'<span class="when"><span id="when">newest minute {clock(view.end)} UTC</span> &middot; {shown}</span>',
            '<button id="theme" type="button">Theme: auto</button></div></header><main>',
            _now(view),
            _values(view),
            *(_section(part, place, view) for place, part in enumerate(parts)),
            _key(),
            "</main><footer>Generated from the stack's declaration. Times are UTC. CloudWatch's metrics arrive one to two minutes late.</footer>",
            f'<script type="application/json" id="span">{known}</script>',
            f"<script>{_asset('page.js')}</script></body></html>",
        )
    )


@cache
def _asset(name: str) -> str:
    return files("monitoring.render").joinpath(name).read_text("utf-8")


def _short(question: str) -> str:
    return re.sub(r"^\d+ ", "", question).split("?")[0]


def _heading(question: str, said: str) -> str:
    place, _, words = question.partition(" ") if question[:1].isdigit() else ("", "", question)
    return f"<h2>{f'<i>{place}</i>' if place else ''}{escape(words)} <span>{escape(said)}</span></h2>"


def _now(view: View) -> str:
    spells = [spell for spell in view.spells if isinstance(spell.alarm, Alarm)]
    touched = {spell.alarm.name for spell in spells}
    quiet = [alarm for alarm in view.alarms if alarm.name not in touched]
    listed = "".join(f"<li>{escape(alarm.severity)}: {escape(clause(alarm))}</li>" for alarm in quiet)
    rows = "".join(_alarm(spell, view) for spell in spells)
    rest = (
        f'<details class="rest"><summary><span class="ok">&#9679;</span> {len(quiet)} '
        f"{'other ' if spells else ''}alarms were quiet in this time.</summary><ul>{listed}</ul></details>"
    )
    rows = f'<ul class="alarms">{rows}</ul>' if rows else ""
    return f'<section id="now">{_heading("1 Wrong now?", wrong_now(view))}{rows}{rest}</section>'


def _alarm(spell: Spell, view: View) -> str:
    state = "open" if spell.is_open else "cleared"
    whole = (view.end - view.start).total_seconds()
    left = max(0.0, (spell.since - view.start).total_seconds()) / whole * 100
    right = ((spell.until or view.end) - view.start).total_seconds() / whole * 100
    severity = spell.alarm.severity
    what, rest = first_sentence(spell.alarm.description)
    return (
        f'<li class="al {severity} {state}"><div class="st">{_icon(severity)}<b>{state.capitalize()}</b></div>'
        f'<div class="nm"><b>{escape(severity)}: {escape(clause(spell.alarm))}</b><span>{span(spell.since, spell.until, view.end)}</span></div>'
        f'<p class="why"><b>{inline(what)}</b> {inline(rest)}</p>'
        f'<div class="tl" role="img" aria-label="{span(spell.since, spell.until, view.end)}">'
        f'<s style="left:{left:.2f}%;width:{right - left:.2f}%"></s></div></li>'
    )


def _icon(severity: str) -> str:
    return f'<svg class="ic" viewBox="0 0 12 12" aria-hidden="true"><path d="{_ICONS[severity]}" fill="currentColor"/></svg>'


def _values(view: View) -> str:
    return f'<div class="kpis">{"".join(_value(chart, view) for chart in values(view))}</div>'


def _value(chart: Chart, view: View) -> str:
    reading = readings(chart, view)[0]
    peak = f"peak {number(reading.peak[1])} at {clock(reading.peak[0])}" if reading.peak and reading.peak[1] else "none in this time"
    said = "no data" if reading.is_empty else peak
    name, _, unit = chart.title.partition(", ")
    course = themed(spark_svg(reading, view, 148, 28))
    return f'<div class="kpi"><span>{escape(name)}</span><b>{_readout(reading)}<i>{escape(unit)}</i></b>{course}<em>{said}</em></div>'


def _readout(reading: Reading) -> str:
    points = escape(json.dumps([number(value) for value in reading.values]))
    return f'<b data-values="{points}">{number(reading.newest)}</b>'


def _section(section: Section, place: int, view: View) -> str:
    how = f'<p class="how">{inline(section.note)}</p>' if section.note else ""
    texts = "".join(to_html(text.markdown) for text in section.texts)
    charts = "".join(_figures(section.charts, view))
    grid = f'<div class="g">{charts}</div>' if charts else ""
    return f'<section id="s{place}">{_heading(section.question, answer(section, view))}{how}{texts}{grid}</section>'


def _figures(charts: Sequence[Placed], view: View) -> Iterator[str]:
    for placed in charts:
        if isinstance(placed.widget, Chart):
            yield _figure(placed.widget, placed.width, view)


def _figure(chart: Chart, columns: int, view: View) -> str:
    given = readings(chart, view)
    width = columns * COLUMN_PIXELS
    heading, _, subtitle = chart.title.partition(": ")
    below = f'<em title="{escape(subtitle)}">{escape(subtitle)}</em>' if subtitle else ""
    marks = "".join(
        f'<span><i class="{"zero" if zero else ""}" style="background:{colour};border-color:{colour}"></i>{escape(label)} '
        f"{_readout(reading)} max {peak}</span>"
        for reading, (colour, label, _, peak, zero) in zip(given, legend(given), strict=True)
    )
    svg = chart_svg(chart, view, width, CHART_PIXELS)
    return (
        f'<figure style="grid-column:span {columns}"><figcaption>{escape(heading)}<span>{escape(chart.unit)}</span>{below}</figcaption>'
        f'<div class="leg">{themed(marks)}</div><div class="plot" tabindex="0" data-width="{width}" role="img" '
        f'aria-label="{escape(_spoken(chart, given))}">{themed(svg)}<u></u></div></figure>'
    )


def _spoken(chart: Chart, given: Sequence[Reading]) -> str:
    """The chart for who cannot see it."""
    lines = (f"{label} now {now}, at most {peak}" for _, label, now, peak, _ in legend(given))
    return f"{chart.title}, {chart.unit}: {'; '.join(lines)}"


def _key() -> str:
    marks = (
        "Solid line: measured.",
        "Dotted line at zero: zero by definition, nothing is sent while nothing happens.",
        "A break in a line, or a dash instead of a number: nothing was measured.",
        "Tint with a cap: an alarm of this chart was open.",
        "Thin line with words: the threshold of an alarm; with an arrow it lies above the picture.",
    )
    return f'<section class="key" aria-label="How to read the charts">{"".join(f"<span>{mark}</span>" for mark in marks)}</section>'
