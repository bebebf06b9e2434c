"""The dashboard as one picture, for a message, a pull request or a README: SVG, and PNG without a browser."""

from collections.abc import Iterator, Sequence
from typing import Final

from monitoring.colours import SEVERITY
from monitoring.render.advice import next_step
from monitoring.render.answers import answer, sections, values, wrong_now
from monitoring.render.consequences import Traced, in_order
from monitoring.render.drawing import chart_svg, spark_svg
from monitoring.render.figures import clock, number, span
from monitoring.render.icons import ICONS
from monitoring.render.legend import Entry, legend
from monitoring.render.palette import INK, TRACK, WEAK
from monitoring.render.patterns import SHARED, figures_of, said
from monitoring.render.readings import readings
from monitoring.render.sheet import INNER, MARGIN, WIDTH, Sheet, length, lines
from monitoring.render.told import Told
from monitoring.render.usage import Use, uses
from monitoring.render.view import View, clause
from monitoring.widgets import Chart, Placed

CHART_HEIGHT: Final = 176
GAP: Final = 16
PATTERN_HEIGHT: Final = 19
PATTERN_COLUMNS: Final = (0, 175, 375, 435, 520, 600)
"""Left edges of name, operation, calls, latency, units, refusals."""
MOST_SPELLS: Final = 12
TRACK_WIDTH: Final = 200
CHILD: Final = 18
WORDS: Final = MARGIN + 90
"""Where the words of an alarm begin."""


def render_png(view: View, *, scale: float = 1.0) -> bytes:
    """1,440 pixels wide times scale, as high as it needs to be."""
    import vl_convert

    return vl_convert.svg_to_png(render_svg(view), scale=scale)


def render_svg(view: View) -> str:
    sheet = Sheet()
    sheet.text(view.title, size=14, weight=600, then=f"{view.start:%Y-%m-%d} {clock(view.start)} to {clock(view.end)} UTC")
    sheet.rule()
    sheet.text("1 Wrong now?", size=20, weight=600, then=wrong_now(view))
    _spells(sheet, view)
    _values(sheet, view)
    for section in sections(view):
        charts = [placed for placed in section.charts if isinstance(placed.widget, Chart)]
        used = uses(view) if section.lists_patterns else ()
        if charts or used:
            sheet.rule()
            sheet.text(section.question, size=16, weight=600, then=said(used) if used else answer(section, view))
            sheet.paragraph(section.note, x=MARGIN, width=INNER, most=2)
            _patterns(sheet, used)
            for row in _rows(charts):
                _row(sheet, row, view)
    return sheet.svg()


def _spells(sheet: Sheet, view: View) -> None:
    spells = in_order(view)
    sheet.y += 8
    for each in spells[:MOST_SPELLS]:
        _spell(sheet, each, view)
    quiet = len(view.alarms) - len({each.spell.alarm.name for each in spells})
    more = f"{len(spells) - MOST_SPELLS} more alarms were open. " if len(spells) > MOST_SPELLS else ""
    sheet.text(f"{more}{quiet} {'other ' if spells else ''}alarms were quiet in this time.", size=12, colour=WEAK)


def _spell(sheet: Sheet, traced: Traced, view: View) -> None:
    """Of a consequence, its cause instead of what it says."""
    spell = traced.spell
    colour = SEVERITY[spell.alarm.severity]
    sheet.icon(ICONS[spell.alarm.severity], colour, MARGIN)
    sheet.text("Open" if spell.is_open else "Cleared", x=MARGIN + 20, colour=colour if spell.is_open else WEAK, height=0)
    sheet.text(f"{spell.alarm.severity}: {clause(spell.alarm)}", x=WORDS + CHILD * traced.under, weight=600, height=0)
    whole, track = (view.end - view.start).total_seconds(), WIDTH - MARGIN - TRACK_WIDTH
    since = max(0.0, (spell.since - view.start).total_seconds()) / whole * TRACK_WIDTH
    until = ((spell.until or view.end) - view.start).total_seconds() / whole * TRACK_WIDTH
    sheet.bar(TRACK, track, TRACK_WIDTH)
    sheet.bar(colour, track + since, max(2.0, until - since))
    sheet.text(span(spell.since, spell.until, view.end), x=track - 160, size=12, colour=WEAK, height=20)
    told = Told.of(spell.alarm.description)
    for words in (traced.words,) if traced.under else (told.what, next_step(traced, view)):
        sheet.paragraph(words, x=WORDS + CHILD * traced.under, width=track - WORDS - GAP, most=2 if spell.is_open else 1)
    sheet.y += 10


def _values(sheet: Sheet, view: View) -> None:
    charts = values(view)
    if not charts:
        return
    sheet.rule()
    top, width = sheet.y, INNER / len(charts)
    for place, chart in enumerate(charts):
        sheet.y, x = top, MARGIN + place * width
        reading = readings(chart, view)[0]
        name, _, unit = chart.title.partition(", ")
        sheet.text(name, x=x, size=12, colour=WEAK)
        sheet.text(number(reading.newest), x=x, size=20, weight=600, then=unit, small=12)
        sheet.nested(spark_svg(reading, view, int(width) - 24, 28), x)
    sheet.y += 34


def _patterns(sheet: Sheet, used: Sequence[Use]) -> None:
    """Two columns of them: name, operation, and the numbers of now."""
    top, half = sheet.y + 4, -(-len(used) // 2)
    for place, use in enumerate(used):
        column, row = divmod(place, half)
        sheet.y = top + row * PATTERN_HEIGHT
        left = MARGIN + column * INNER / 2
        words = (use.pattern.name, " or ".join(use.pattern.operations), *figures_of(use))
        for at, each in zip(PATTERN_COLUMNS, words, strict=True):
            sheet.text(each, x=left + at, size=12, weight=500 if not at else 400, colour=WEAK if at else INK, height=0)
    if used:
        sheet.y = top + half * PATTERN_HEIGHT
        if any(use.shared_with for use in used):
            sheet.text(f"{SHARED}.", size=12, colour=WEAK)


def _rows(charts: Sequence[Placed]) -> Iterator[list[tuple[Chart, float, int]]]:
    """Charts side by side, each with its left edge and width in pixels."""
    row: list[tuple[Chart, float, int]] = []
    column = 0
    for placed in charts:
        if not isinstance(placed.widget, Chart):
            continue
        if column + placed.width > 24:
            yield row
            row, column = [], 0
        row.append((placed.widget, MARGIN + column * INNER / 24, int(placed.width * INNER / 24) - GAP))
        column += placed.width
    if row:
        yield row


def _row(sheet: Sheet, row: Sequence[tuple[Chart, float, int]], view: View) -> None:
    """Words of different height, then the plots on one line."""
    top = sheet.y + 8
    below = top
    for chart, x, width in row:
        sheet.y = top
        _head(sheet, chart, x, width, view)
        below = max(below, sheet.y)
    for chart, x, width in row:
        sheet.y = below
        sheet.nested(chart_svg(chart, view, CHART_HEIGHT, width), x)
    sheet.y = below + CHART_HEIGHT


def _head(sheet: Sheet, chart: Chart, x: float, width: int, view: View) -> None:
    heading, _, subtitle = chart.title.partition(": ")
    sheet.text(next(lines(heading, width - length(chart.unit, 13), 13, 1)), x=x, weight=600, then=chart.unit)
    sheet.paragraph(subtitle, x=x, width=width - GAP, most=2)
    column = x
    for entry in legend(readings(chart, view)):
        words = _words(entry)
        if column > x and column + length(words, 11) + 13 > x + width:
            sheet.y += 17
            column = x
        sheet.square(entry.colour, column)
        sheet.text(words, x=column + 13, size=11, colour=WEAK, height=0)
        column += length(words, 11) + 27
    sheet.y += 20


def _words(entry: Entry) -> str:
    return f"{entry.label} {entry.now}" + (f" max {entry.peak}" if entry.peak else "")
