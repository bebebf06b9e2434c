"""The page as text, for a terminal or a message: the same order, the same answers, a line of blocks for a chart."""

from collections.abc import Iterator
from typing import Final

from monitoring.alarms import Alarm
from monitoring.render.answers import Section, answer, sections, wrong_now
from monitoring.render.figures import clock, number, span
from monitoring.render.readings import Reading, readings
from monitoring.render.view import Spell, View, clause
from monitoring.widgets import Chart

WIDTH: Final = 100
COURSE: Final = 60
"""Characters of a line of blocks; an hour is one a minute."""
_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_ICONS: Final = {"page": "■", "ticket": "▲", "info": "◆"}
_ZERO, _BY_DEFINITION, _UNKNOWN = "_", "·", "░"


def render_text(view: View) -> str:
    """Plain text, 100 columns, no colours."""
    return "\n".join(_lines(view)) + "\n"


def _lines(view: View) -> Iterator[str]:
    when = f"{clock(view.start)} to {clock(view.end)} UTC"
    yield f"{view.title}{when:>{WIDTH - len(view.title)}}"
    yield "─" * WIDTH
    yield f"1 Wrong now?  {wrong_now(view)}"
    spells = [spell for spell in view.spells if isinstance(spell.alarm, Alarm)]
    for spell in spells:
        yield from _spell(spell, view)
    yield f"  ● {len(view.alarms) - len({spell.alarm.name for spell in spells})} alarms were quiet in this time."
    for section in sections(view):
        charts = [placed.widget for placed in section.charts if isinstance(placed.widget, Chart)]
        if charts:
            yield ""
            yield from _section(section, charts, view)
    yield ""
    yield f"{_ZERO} zero, reported   {_BY_DEFINITION} zero, sent only when it happens   {_UNKNOWN} nothing measured   █ the highest of its line"


def _spell(spell: Spell, view: View) -> Iterator[str]:
    state = "OPEN   " if spell.is_open else "cleared"
    said = f"  {_ICONS[spell.alarm.severity]} {state} {spell.alarm.severity}: {clause(spell.alarm)}"
    when = span(spell.since, spell.until, view.end)
    yield f"{said}  {when:>{max(0, WIDTH - len(said) - 2)}}"


def _section(section: Section, charts: list[Chart], view: View) -> Iterator[str]:
    yield f"{section.question}  {answer(section, view)}".rstrip()
    for chart in charts:
        for reading in readings(chart, view):
            name = f"{chart.title.partition(':')[0]} {reading.line.label}"
            peak = number(reading.peak[1]) if reading.peak else number(None)
            yield f"  {name[:27]:<27} {_course(reading)} {number(reading.newest):>6} max {peak}"


def _course(reading: Reading) -> str:
    """The highest value of each of the line's slices."""
    points = reading.values
    count = min(COURSE, len(points))
    slices = [points[len(points) * place // count : len(points) * (place + 1) // count] for place in range(count)]
    top = reading.peak[1] if reading.peak else 0
    stretched = [slices[place * count // COURSE] for place in range(COURSE)] if count else []
    return "".join(_block([value for value in part if value is not None], top, reading) for part in stretched)


def _block(known: list[float], top: float, reading: Reading) -> str:
    if not known:
        return _UNKNOWN
    if max(known) <= 0:
        return _BY_DEFINITION if reading.on_event else _ZERO
    return _BLOCKS[min(len(_BLOCKS) - 1, int(max(known) / top * len(_BLOCKS)))]
