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
from monitoring.render.drawing import LEFT, RIGHT, chart_svg, spark_svg
from monitoring.render.figures import clock, number, span
from monitoring.render.icons import ICONS
from monitoring.render.legend import Entry, legend, spoken
from monitoring.render.markdown import inline, to_html
from monitoring.render.palette import themed, variables
from monitoring.render.readings import Reading, readings
from monitoring.render.told import Told
from monitoring.render.view import Spell, View, clause, worst
from monitoring.widgets import Chart, Placed

COLUMN_PIXELS: Final = 58
CHART_PIXELS: Final = 190
NARROW_COLUMNS: Final = 6
"""A chart of this width is legible on a phone; a wider one is drawn a second time in it."""


def render_html(view: View, *, refresh_seconds: int | None = None) -> str:
    """One HTML file. refresh_seconds: a live page loads itself again so often. Default: never."""
    parts = sections(view)
    state = worst(view.spells)
    refresh = f'<meta http-equiv="refresh" content="{refresh_seconds}">' if refresh_seconds else ""
    minutes = round((view.end - view.start).total_seconds() / 60)
    known = json.dumps({"left": LEFT, "right": RIGHT, "minutes": minutes, "start": int(view.start.timestamp() * 1000)})
    links = "".join(f'<a href="#s{place}">{escape(_short(part.question))}</a>' for place, part in enumerate(parts))
    return "\n".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">{refresh}',
            f"<title>{escape(view.title)}: {state + ' open' if state else 'nothing is open'}</title>",
            f"<style>{variables()}{_asset('page.css')}</style></head><body>",
            f'<header><div class="top"><h1>{escape(view.title)}</h1><nav aria-label="Sections"><a href="#now">Wrong now</a>{links}</nav>',
            f'<span class="when">{view.start:%Y-%m-%d} <span id="when">{clock(view.start)} to {clock(view.end)} UTC</span></span>',
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
    rest = (
        f'<details class="rest"><summary><span class="ok">&#9679;</span> {len(quiet)} '
        f"{'other ' if spells else ''}alarms were quiet in this time.</summary><ul>{listed}</ul></details>"
    )
    scale = f'<div class="scale" aria-hidden="true"><span>{clock(view.start)}</span><span>{clock(view.end)}</span></div>'
    rows = f'{scale}<ul class="alarms">{"".join(_alarm(spell, view) for spell in spells)}</ul>' if spells else ""
    return f'<section id="now">{_heading("1 Wrong now?", wrong_now(view))}{rows}{rest}</section>'


def _alarm(spell: Spell, view: View) -> str:
    state = "open" if spell.is_open else "cleared"
    whole = (view.end - view.start).total_seconds()
    left = max(0.0, (spell.since - view.start).total_seconds()) / whole * 100
    right = ((spell.until or view.end) - view.start).total_seconds() / whole * 100
    severity = spell.alarm.severity
    return (
        f'<li class="al {severity} {state}"><div class="st">{_icon(severity)}<b>{state.capitalize()}</b></div>'
        f'<div class="nm"><b>{escape(severity)}: {escape(clause(spell.alarm))}</b><span>{span(spell.since, spell.until, view.end)}</span></div>'
        f'<div class="why">{_said(Told.of(spell.alarm.description), is_open=spell.is_open)}</div>'
        f'<div class="tl" aria-hidden="true"><s style="left:{left:.2f}%;width:{right - left:.2f}%"></s><u></u></div></li>'
    )


def _said(told: Told, *, is_open: bool) -> str:
    """What happened and what to do; of an alarm that has cleared, the first step of it. The rest is one step away."""
    runbook = f' <a href="{escape(told.runbook)}">Runbook</a>' if told.runbook.startswith("https://") else ""
    step, stop, further = told.next_step.partition(". ")
    first, later = (told.next_step, "") if is_open else (f"{step}{stop.strip()}", further)
    next_step = f"<p>{inline(first)}{runbook}</p>" if first or runbook else ""
    rest = "".join(f"<p>{inline(words)}</p>" for words in (later, told.rest) if words)
    more = f"<details><summary>More</summary>{rest}</details>" if rest else ""
    return f"<p><b>{inline(told.what)}</b></p>{next_step}{more}"


def _icon(severity: str) -> str:
    return f'<svg class="ic" viewBox="0 0 12 12" aria-hidden="true"><path d="{ICONS[severity]}" fill="currentColor"/></svg>'


def _values(view: View) -> str:
    return f'<div class="kpis">{"".join(_value(chart, view) for chart in values(view))}</div>'


def _value(chart: Chart, view: View) -> str:
    reading = readings(chart, view)[0]
    peak = f"peak {number(reading.peak[1])} at {clock(reading.peak[0])}" if reading.peak and reading.peak[1] else "none in this time"
    said = "no data in this time" if reading.is_empty else peak
    name, _, unit = chart.title.partition(", ")
    course = themed(spark_svg(reading, view, 148, 28))
    return f'<div class="kpi"><span>{escape(name)}</span><b>{_readout(reading)}<i>{escape(unit)}</i></b>{course}<em>{said}</em></div>'


def _readout(reading: Reading) -> str:
    points = " ".join(number(value) for value in reading.values)
    return f'<b data-values="{points}">{number(reading.newest)}</b>'


def _section(section: Section, place: int, view: View) -> str:
    """A section without charts and tables has nothing but its note to say: the note is its answer then."""
    bare = not section.charts and not section.texts
    how = f'<p class="how">{inline(section.note)}</p>' if section.note and not bare else ""
    texts = "".join(to_html(text.markdown) for text in section.texts)
    charts = "".join(_figures(section.charts, view))
    grid = f'<div class="g">{charts}</div>' if charts else ""
    said = section.note if bare else answer(section, view)
    return f'<section id="s{place}">{_heading(section.question, said)}{how}{texts}{grid}</section>'


def _figures(charts: Sequence[Placed], view: View) -> Iterator[str]:
    for placed in charts:
        if isinstance(placed.widget, Chart):
            yield _figure(placed.widget, placed.width, view)


def _figure(chart: Chart, columns: int, view: View) -> str:
    given = readings(chart, view)
    heading, _, subtitle = chart.title.partition(": ")
    below = f'<em title="{escape(subtitle)}">{escape(subtitle)}</em>' if subtitle else ""
    entries = "".join(_entry(entry) for entry in legend(given))
    plots = _plot(chart, given, columns, view, "")
    if columns > NARROW_COLUMNS:
        plots = _plot(chart, given, columns, view, " wide") + _plot(chart, given, NARROW_COLUMNS, view, " narrow")
    return (
        f'<figure style="grid-column:span {columns}"><figcaption>{escape(heading)}<span>{escape(chart.unit)}</span>{below}</figcaption>'
        f'<div class="leg">{entries}</div>{plots}</figure>'
    )


def _entry(entry: Entry) -> str:
    """Those that are put together have no readout of their own: they are 0 in every minute."""
    now = _readout(entry.readings[0]) if len(entry.readings) == 1 else f"<b>{entry.now}</b>"
    mark = f'<i class="{"zero" if entry.dotted else ""}" style="color:{themed(escape(entry.colour))}"></i>'
    names = "" if len(entry.readings) == 1 else f' title="{escape(", ".join(each.line.label for each in entry.readings))}"'
    return f"<span{names}>{mark}{escape(entry.label)} {now}{f' max {entry.peak}' if entry.peak else ''}</span>"


def _plot(chart: Chart, given: Sequence[Reading], columns: int, view: View, kind: str) -> str:
    """The time is chosen as on a slider, with the same keys."""
    width = columns * COLUMN_PIXELS
    minutes = round((view.end - view.start).total_seconds() / 60)
    return (
        f'<div class="plot{kind}" tabindex="0" data-width="{width}" role="slider" aria-label="{escape(chart.title)}, {escape(chart.unit)}" '
        f'aria-valuemin="0" aria-valuemax="{minutes - 1}" aria-valuenow="{minutes - 1}" '
        f'aria-valuetext="{clock(view.end)}: {escape(spoken(given))}">{themed(chart_svg(chart, view, width, CHART_PIXELS))}<u></u></div>'
    )


def _key() -> str:
    marks = (
        "Solid line: measured.",
        "Dotted line at zero: zero by definition, nothing is sent while nothing happens.",
        "A break in a line, or a dash instead of a number: nothing was measured.",
        "Tint with a cap: an alarm of this chart was open.",
        "Thin line with words: the threshold of an alarm; with an arrow it lies above the picture.",
    )
    return f'<section class="key" aria-label="How to read the charts">{"".join(f"<span>{mark}</span>" for mark in marks)}</section>'
