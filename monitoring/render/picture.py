"""The dashboard as one picture, for a message, a pull request or a README: SVG, and PNG without a browser."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from textwrap import wrap
from typing import Final

from monitoring.alarms import Alarm
from monitoring.colours import SEVERITY
from monitoring.render.answers import answer, sections, values, wrong_now
from monitoring.render.drawing import FONT, GRID, INK, WEAK, chart_svg, legend, spark_svg
from monitoring.render.figures import clock, first_sentence, number, span
from monitoring.render.readings import readings
from monitoring.render.view import Spell, View, clause
from monitoring.widgets import Chart, Placed

WIDTH: Final = 1440
MARGIN: Final = 32
INNER: Final = WIDTH - 2 * MARGIN
CHART_HEIGHT: Final = 176
MOST_SPELLS: Final = 12
_SHAPES: Final = {
    "page": "M3.6 .5h4.8l3.1 3.1v4.8l-3.1 3.1H3.6L.5 8.4V3.6Z",
    "ticket": "M6 .8 11.6 11H.4Z",
    "info": "M6 .6 11.4 6 6 11.4 .6 6Z",
}


def render_png(view: View, *, scale: float = 1.0) -> bytes:
    """1,440 pixels wide times scale, as high as it needs to be."""
    import vl_convert

    return vl_convert.svg_to_png(render_svg(view), scale=scale)


def render_svg(view: View) -> str:
    sheet = _Sheet()
    _header(sheet, view)
    _spells(sheet, view)
    _values(sheet, view)
    for section in sections(view):
        charts = [placed for placed in section.charts if isinstance(placed.widget, Chart)]
        if charts:
            sheet.rule()
            sheet.text(section.question, size=16, weight=600, then=answer(section, view))
            _charts(sheet, charts, view)
    return sheet.svg()


class _Sheet:
    """Elements from the top down. y: the next free pixel."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.y = 20.0

    def text(
        self,
        words: str,
        *,
        x: float = MARGIN,
        size: int = 13,
        weight: int = 400,
        colour: str = INK,
        then: str = "",
        small: int | None = None,
        height: float | None = None,
    ) -> None:
        """One line. then: goes on in the weaker colour, in size `small`. Default: the same size. height: down to the next line. Default: one
        and a half times the size; 0 stays on the line.
        """
        rest = f'<tspan dx="6" font-weight="400" font-size="{small or size}" fill="{WEAK}">{escape(then)}</tspan>' if then else ""
        place = f'x="{x:.1f}" y="{self.y + size:.1f}" font-size="{size}" font-weight="{weight}" fill="{colour}"'
        self.parts.append(f"<text {place}>{escape(words)}{rest}</text>")
        self.y += size * 1.5 if height is None else height

    def rule(self) -> None:
        self.y += 14
        self.parts.append(f'<path d="M{MARGIN} {self.y}H{WIDTH - MARGIN}" stroke="{GRID}"/>')
        self.y += 14

    def nested(self, svg: str, x: float, y: float) -> None:
        # Clip paths are named by number in every drawing: made unique, or the first one would clip all.
        unique = re.sub(r'(id="|url\(#|href="#)(\w+)', rf"\1d{len(self.parts)}_\2", svg)
        self.parts.append(unique.replace("<svg ", f'<svg x="{x:.1f}" y="{y:.1f}" ', 1))

    def svg(self) -> str:
        height = self.y + 24
        body = "\n".join(self.parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{WIDTH}" height="{height:.0f}" '
            f'viewBox="0 0 {WIDTH} {height:.0f}" font-family="{FONT}"><rect width="100%" height="100%" fill="#ffffff"/>{body}</svg>'
        )


def _header(sheet: _Sheet, view: View) -> None:
    sheet.text(view.title, size=14, weight=600, then=f"{view.start:%Y-%m-%d} {clock(view.start)} to {clock(view.end)} UTC")
    sheet.rule()
    sheet.text("1 Wrong now?", size=20, weight=600, then=wrong_now(view))
    sheet.y += 6


def _spells(sheet: _Sheet, view: View) -> None:
    spells = [spell for spell in view.spells if isinstance(spell.alarm, Alarm)]
    for spell in spells[:MOST_SPELLS]:
        _spell(sheet, spell, view)
    quiet = len(view.alarms) - len({spell.alarm.name for spell in spells})
    more = f"{len(spells) - MOST_SPELLS} more alarms were open. " if len(spells) > MOST_SPELLS else ""
    sheet.text(f"{more}{quiet} {'other ' if spells else ''}alarms were quiet in this time.", size=12, colour=WEAK)


def _spell(sheet: _Sheet, spell: Spell, view: View) -> None:
    colour = SEVERITY[spell.alarm.severity]
    top = sheet.y
    sheet.parts.append(f'<path transform="translate({MARGIN} {top + 3})" d="{_SHAPES[spell.alarm.severity]}" fill="{colour}"/>')
    sheet.text("Open" if spell.is_open else "Cleared", x=MARGIN + 20, colour=colour if spell.is_open else WEAK, height=0)
    sheet.text(f"{spell.alarm.severity}: {clause(spell.alarm)}", x=MARGIN + 90, weight=600, height=0)
    whole, track, width = (view.end - view.start).total_seconds(), WIDTH - MARGIN - 200, 200
    since = max(0.0, (spell.since - view.start).total_seconds()) / whole * width
    until = ((spell.until or view.end) - view.start).total_seconds() / whole * width
    sheet.parts.append(f'<rect x="{track}" y="{top + 5}" width="{width}" height="7" rx="2" fill="#dfe3e7"/>')
    sheet.parts.append(
        f'<rect x="{track + since:.1f}" y="{top + 5}" width="{max(2, until - since):.1f}" height="7" rx="2" fill="{colour}"/>'
    )
    sheet.text(span(spell.since, spell.until, view.end), x=track - 190, size=12, colour=WEAK, height=20)
    what, rest = first_sentence(spell.alarm.description)
    for words in (*wrap(what, 160)[:1], *wrap(rest[rest.find("Next: ") :], 160)[:1]):
        sheet.text(words, x=MARGIN + 90, size=12, colour=WEAK, height=17)
    sheet.y += 8


def _values(sheet: _Sheet, view: View) -> None:
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
        sheet.nested(spark_svg(reading, view, int(width) - 24, 28), x, sheet.y)
    sheet.y += 34


def _charts(sheet: _Sheet, charts: Sequence[Placed], view: View) -> None:
    for row in _rows(charts):
        top = sheet.y + 8
        for placed, columns in row:
            sheet.y = top
            _chart(sheet, placed, MARGIN + columns * INNER / 24, view)
        sheet.y = top + CHART_HEIGHT + 58


def _rows(charts: Sequence[Placed]) -> Iterator[list[tuple[Placed, int]]]:
    """Charts side by side, with the column at which each begins."""
    row: list[tuple[Placed, int]] = []
    column = 0
    for placed in charts:
        if column + placed.width > 24:
            yield row
            row, column = [], 0
        row.append((placed, column))
        column += placed.width
    if row:
        yield row


def _chart(sheet: _Sheet, placed: Placed, x: float, view: View) -> None:
    chart = placed.widget
    if not isinstance(chart, Chart):
        return
    width = int(placed.width * INNER / 24) - 16
    letters = width // 7
    heading, _, subtitle = chart.title.partition(": ")
    sheet.text(heading[:letters], x=x, weight=600, then=chart.unit)
    sheet.text(subtitle if len(subtitle) <= letters else f"{subtitle[: letters - 1]}\N{HORIZONTAL ELLIPSIS}", x=x, size=12, colour=WEAK)
    column = x
    for colour, label, now, _, _ in legend(readings(chart, view)):
        words = f"{label} {now}"
        if column + len(words) * 6.2 + 16 > x + width:
            break
        sheet.parts.append(f'<rect x="{column:.1f}" y="{sheet.y + 3:.1f}" width="9" height="9" rx="2" fill="{colour}"/>')
        sheet.text(words, x=column + 13, size=11, colour=WEAK, height=0)
        column += len(words) * 6.2 + 26
    sheet.nested(chart_svg(chart, view, width, CHART_HEIGHT), x, sheet.y + 16)
