"""The page for on-call: one file without anything from elsewhere, light and dark, from a phone to a wall.

Its order is that of the questions somebody asks who was woken up; each heading is the answer.
"""

import json
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Final

from monitoring.alarms import SEVERITIES, Alarm
from monitoring.render.answers import Section, answer, sections, spans, values
from monitoring.render.controls import Controls
from monitoring.render.drawing import BOTTOM, LEFT, RIGHT, TOP
from monitoring.render.figure import figures, value
from monitoring.render.figures import clock
from monitoring.render.heading import heading
from monitoring.render.markdown import inline, to_html
from monitoring.render.palette import variables
from monitoring.render.patterns import patterns, said
from monitoring.render.strip import now
from monitoring.render.usage import uses
from monitoring.render.view import View

KEYS: Final = (
    ("j, k", "next and previous alarm or section"),
    ("\N{LEFTWARDS ARROW} \N{RIGHTWARDS ARROW} Page Up, Page Down, Home, End", "on a chart: the minute that all numbers show; Escape: now"),
    ("/", "find an access pattern"),
    ("d", "dark or light"),
    ("?", "this list"),
)
LIVE_KEYS: Final = (
    ("t", "the next time range; with Shift the one before"),
    ("[ ] n", "earlier, later, now"),
    ("s", "choose the scenario or stack"),
    ("p", "pause and go on"),
)
"""Of a page that asks for news."""


def render_html(view: View, controls: Controls | None = None) -> str:
    """One HTML file that loads nothing. controls: of a live page, which asks its own address for news. Default: it shows one moment."""
    parts = sections(view)
    minutes = round((view.end - view.start).total_seconds() / 60)
    every = controls.every_seconds if controls else 0
    known = json.dumps({"minutes": minutes, "start": int(view.start.timestamp() * 1000), "every": every, "live": controls is not None})
    links = "".join(f'<a href="#s{place}">{escape(_short(part.question))}</a>' for place, part in enumerate(parts))
    refresh = f'<noscript><meta http-equiv="refresh" content="{every}"></noscript>' if every else ""
    return "\n".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy(live=controls is not None)}">',
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">{refresh}',
            f"<title>{escape(_title(view, controls))}</title>",
            f"<style>{variables()}{_gutters()}{_asset('page.css')}</style></head><body>",
            '<a class="skip" href="#now">To the alarms</a>',
            f'<header><div class="top"><h1>{escape(view.title)}</h1><nav aria-label="Sections"><a href="#now">Wrong now</a>{links}</nav>',
            f'<span class="when">{view.start:%Y-%m-%d} <span id="when">{clock(view.start)} to {clock(view.end)} UTC</span></span>',
            '<button id="theme" type="button">Theme: auto</button><button id="help" type="button" aria-label="Keys">?</button></div>',
            f'<div id="controls">{controls.html() if controls else ""}</div></header>',
            '<div id="news" class="sr" role="status" aria-live="polite"></div><main>',
            now(view),
            f'<div class="kpis" id="values">{"".join(value(chart, view) for chart in values(view))}</div>',
            *(_section(part, place, view) for place, part in enumerate(parts)),
            _key(),
            f'<script type="application/json" id="span">{known}</script></main>',
            _help(live=controls is not None),
            "<footer>Generated from the stack's declaration. Times are UTC. CloudWatch's metrics arrive one to two minutes late.</footer>",
            f"<script>{_asset('page.js')}</script></body></html>",
        )
    )


def policy(*, live: bool) -> str:
    """What the page may load: nothing but what it brings, and news from where it came."""
    script = b64encode(sha256(_asset("page.js").encode()).digest()).decode()
    connect = "connect-src 'self'; form-action 'self'; " if live else "form-action 'none'; "
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'; img-src data:; {connect}base-uri 'none'"


@cache
def _asset(name: str) -> str:
    return files("monitoring.render").joinpath(name).read_text("utf-8")


def _title(view: View, controls: Controls | None) -> str:
    """What is open, first: a tab shows no more than a few words."""
    opened = [spell for spell in view.spells if spell.is_open and isinstance(spell.alarm, Alarm)]
    counts = [(severity, sum(spell.alarm.severity == severity for spell in opened)) for severity in SEVERITIES]
    words = ", ".join(f"{count} {severity}{'s' if count > 1 else ''}" for severity, count in counts if count)
    stale = "(old) " if controls and controls.problem else ""
    return f"{stale}{f'{words} open' if words else 'nothing open'}: {view.title}"


def _gutters() -> str:
    return f".plot{{padding:{TOP}px {RIGHT}px {BOTTOM}px {LEFT}px;--left:{LEFT}px;--gutters:{LEFT + RIGHT}px}}"


def _short(question: str) -> str:
    return re.sub(r"^\d+ ", "", question).split("?")[0]


def _section(section: Section, place: int, view: View) -> str:
    """A section without charts and tables has nothing but its note to say: the note is its answer then."""
    bare = not section.charts and not section.texts
    how = f'<p class="how">{inline(section.note)}</p>' if section.note and not bare else ""
    used = uses(view) if section.lists_patterns else ()
    texts = patterns(used, view) if used else "".join(to_html(text.markdown) for text in section.texts)
    charts = "".join(figures(section.charts, view))
    grid = f'<div class="g">{charts}</div>' if charts else ""
    told = section.note if bare else said(used) if used else answer(section, view)
    return f'<section id="s{place}" tabindex="-1">{heading(section.question, told, spans(section, view))}{how}{texts}{grid}</section>'


def _key() -> str:
    marks = (
        "Solid line: measured.",
        "Dotted line at zero: zero by definition, nothing is sent while nothing happens.",
        "A break in a line, a dash instead of a number: nothing was measured. Grey ground: though it is sent always.",
        "Orange below a latency: calls were refused, which are not in it.",
        "Tint with a cap: an alarm of this chart was open.",
        "Thin line with words: the threshold of an alarm; with an arrow it lies above the picture.",
    )
    return (
        '<section class="key" id="key" tabindex="-1" aria-label="How to read the charts">'
        f"{''.join(f'<span>{mark}</span>' for mark in marks)}</section>"
    )


def _help(*, live: bool) -> str:
    rows = "".join(f"<dt>{escape(keys)}</dt><dd>{escape(what)}</dd>" for keys, what in (*KEYS, *(LIVE_KEYS if live else ())))
    return f'<dialog id="keys" aria-label="Keys"><h2>Keys</h2><dl>{rows}</dl><form method="dialog"><button>Close</button></form></dialog>'
