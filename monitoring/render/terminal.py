"""The page as text, for a terminal or a message: the same order, the same answers, a line of blocks for a line of a chart."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final

from monitoring.render.advice import next_step
from monitoring.render.answers import Section, answer, sections, wrong_now
from monitoring.render.consequences import Traced, in_order, most_urgent
from monitoring.render.figures import clock, span
from monitoring.render.icons import LETTERS
from monitoring.render.legend import Entry, legend
from monitoring.render.patterns import SHARED, figures_of, said
from monitoring.render.readings import Reading, readings
from monitoring.render.told import Told
from monitoring.render.usage import Use, uses
from monitoring.render.view import View, clause
from monitoring.widgets import Chart

WIDTH: Final = 100
NAMES: Final = 22
COURSE: Final = 60
"""Characters of a line of blocks; an hour is one a minute."""
_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_ZERO, _BY_DEFINITION, _UNKNOWN = "_", "·", "░"


def render_text(view: View) -> str:
    """Plain text, 100 columns, no colours."""
    return "\n".join(line.rstrip() for line in _lines(view)) + "\n"


def _lines(view: View) -> Iterator[str]:
    when = f"{view.start:%Y-%m-%d} {clock(view.start)} to {clock(view.end)} UTC"
    yield f"{view.title}{when:>{WIDTH - len(view.title)}}"
    yield "─" * WIDTH
    yield from _heading("1 Wrong now?", wrong_now(view))
    told = in_order(view)
    shown = most_urgent(told)
    for each in shown:
        yield from _spell(each, view)
    if len(told) > len(shown):
        yield f"  {len(told) - len(shown)} more alarms cleared before."
    yield f"  ● {len(view.alarms) - len({each.spell.alarm.name for each in told})} alarms were quiet in this time."
    for section in sections(view):
        charts = [placed.widget for placed in section.charts if isinstance(placed.widget, Chart)]
        used = uses(view) if section.lists_patterns else ()
        if charts or used:
            yield ""
            yield from _section(section, charts, used, view)
    yield ""
    yield f"{_ZERO} zero, reported   {_BY_DEFINITION} zero, sent only when it happens   {_UNKNOWN} nothing measured   █ the highest of its chart"


def _heading(question: str, said: str) -> Iterator[str]:
    yield from wrap(f"{question}  {said}", WIDTH, subsequent_indent="   ") or [question]


def _spell(traced: Traced, view: View) -> Iterator[str]:
    """What to do is said while it is open; of a consequence, its cause."""
    spell = traced.spell
    state = "OPEN   " if spell.is_open else "cleared"
    said = f"  {LETTERS[spell.alarm.severity]} {state} {spell.alarm.severity}: {clause(spell.alarm)}"
    when = span(spell.since, spell.until, view.end)
    yield f"{said}  {when:>{max(0, WIDTH - len(said) - 2)}}"
    if traced.under:
        yield f"{' ' * 12}{traced.words}"
    elif spell.is_open:
        told = Told.of(spell.alarm.description)
        for words in filter(None, (told.what, next_step(traced, view), told.runbook)):
            yield from wrap(words, WIDTH, initial_indent=" " * 12, subsequent_indent=" " * 12, break_long_words=False)


def _section(section: Section, charts: list[Chart], used: Sequence[Use], view: View) -> Iterator[str]:
    yield from _heading(section.question, said(used) if used else answer(section, view))
    for use in used:
        calls, latency, units, refused = figures_of(use)
        yield f"  {use.pattern.name:<{NAMES + 4}} {use.operation:<18} {calls:>8}  {latency:<15} {units:<10} {refused}"
    if any(use.shared_with for use in used):
        yield f"  {SHARED}"
    for chart in charts:
        given = readings(chart, view)
        unit = f", {chart.unit}" if chart.unit else ""
        yield f"  {chart.title.partition(': ')[0]}{unit}"
        tops = {
            side: max((each.peak[1] for each in given if each.peak and each.line.side == side), default=0.0) for side in ("left", "right")
        }
        for entry in legend(given):
            yield _line(entry, tops[entry.readings[0].line.side])


def _line(entry: Entry, top: float) -> str:
    label = entry.label if len(entry.label) <= NAMES else f"{entry.label[: NAMES - 1]}\N{HORIZONTAL ELLIPSIS}"
    peak = f" max {entry.peak}" if entry.peak else ""
    return f"    {label:<{NAMES}} {_course(entry.readings[0], top)} {entry.now:>6}{peak}"


def _course(reading: Reading, top: float) -> str:
    """The highest value of each of the line's slices."""
    points = reading.values
    count = min(COURSE, len(points))
    slices = [points[len(points) * place // count : len(points) * (place + 1) // count] for place in range(count)]
    stretched = [slices[place * count // COURSE] for place in range(COURSE)] if count else []
    return "".join(_block([value for value in part if value is not None], top, reading) for part in stretched)


def _block(known: list[float], top: float, reading: Reading) -> str:
    if not known:
        return _UNKNOWN
    if max(known) <= 0:
        return _BY_DEFINITION if reading.on_event else _ZERO
    return _BLOCKS[min(len(_BLOCKS) - 1, int(max(known) / top * len(_BLOCKS)))]
