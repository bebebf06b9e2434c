"""The marks of a chart as parts of an SVG.

A solid line was measured; a dotted one is zero by definition; a tint with a cap is the time during which an alarm on this chart was open; a
thin line with words is a threshold. A line is never joined across a gap.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Final

from monitoring.alarms import SEVERITIES, Severity
from monitoring.colours import SEVERITY, TROUBLE
from monitoring.render.figures import clock, short
from monitoring.render.palette import BACKGROUND, GRID, WEAK
from monitoring.render.readings import Reading
from monitoring.render.scale import Scale
from monitoring.render.view import Spell, View
from monitoring.widgets import Mark, Threshold

LETTERS: Final = 11
"""Size of words, in pixels."""
_CAP: Final = 3
_NEAR: Final = 0.14
"""Words need so much of the height: where a line comes nearer, they are written at the other end."""
_HALO: Final = f'stroke="{BACKGROUND}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"'
"""Around words: a line may pass behind."""


def _share(share: float) -> str:
    return f"{share * 100:.2f}%"


def _text(words: str, x: str, y: float, colour: str, anchor: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y:.1f}" fill="{colour}" font-size="{LETTERS}" text-anchor="{anchor}"{more}>{escape(words)}</text>'


def grid(scale: Scale) -> Iterator[str]:
    """Lines at round values, with their numbers on the left."""
    for value in scale.values():
        y = scale.down(value)
        yield f'<line x2="100%" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>'
        yield _text(short(value), "-6", y + 4, WEAK, "end")


def times(scale: Scale) -> Iterator[str]:
    """Below the picture. The first and the last stay inside of it."""
    for at in scale.times():
        share = scale.across(at)
        anchor = "start" if share < 0.06 else "end" if share > 0.94 else "middle"
        yield _text(clock(at), _share(share), scale.height + 16, WEAK, anchor)


def line(reading: Reading, scale: Scale) -> str:
    """In the stretched drawing. A point between two gaps is a dot."""
    dash = ' stroke-dasharray="1 4"' if reading.is_by_definition else ""
    look = f'stroke="{reading.colour}" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"{dash}'
    drawn = "".join(f"M{_joined(run)}" if len(run) > 1 else f"M{run[0]}h0" for run in _runs(reading, scale))
    return f'<path d="{drawn}" fill="none" {look} vector-effect="non-scaling-stroke"/>'


def area(reading: Reading, scale: Scale) -> str:
    """What is below a line, in the stretched drawing."""
    foot = f"{scale.height:.1f}"
    drawn = "".join(f"M{run[0].partition(' ')[0]} {foot}L{_joined(run)}V{foot}Z" for run in _runs(reading, scale) if len(run) > 1)
    return f'<path d="{drawn}" fill="{reading.colour}" opacity="0.1"/>'


def _joined(run: Sequence[str]) -> str:
    return "L".join(run)


def _runs(reading: Reading, scale: Scale) -> Iterator[list[str]]:
    """The points from gap to gap, each in the middle of its period."""
    run: list[str] = []
    for at, value in zip(reading.times, reading.values, strict=True):
        if value is None:
            if run:
                yield run
            run = []
        else:
            run.append(f"{scale.across(at + reading.step / 2) * scale.width:.1f} {scale.down(value):.1f}")
    if run:
        yield run


def bars(given: Sequence[Reading], scale: Scale) -> Iterator[str]:
    """One on the other, each as wide as its period."""
    foot: dict[datetime, float] = {}
    for reading in given:
        for at, value in zip(reading.times, reading.values, strict=True):
            if not value:
                continue
            low = foot.get(at, 0.0)
            foot[at] = low + value
            left, right = scale.across(at), scale.across(at + reading.step)
            y, height = scale.down(low + value), value / scale.top * scale.height
            place = f'x="{_share(left)}" y="{y:.1f}" width="{_share(right - left)}" height="{height:.1f}"'
            yield f'<rect {place} fill="{reading.colour}" stroke="{BACKGROUND}" stroke-width="0.5"/>'


def thresholds(lines: Sequence[Threshold], rows: Mapping[Threshold, int], given: Sequence[Reading], scale: Scale) -> Iterator[str]:
    """A line with its words. rows: those that are only words at the top, with their row: one above the picture, which has an arrow, and one
    at zero, which would lie on the axis.
    """
    for each in lines:
        colour = each.color or WEAK
        if each in rows:
            words = f"{each.label} \N{UPWARDS ARROW}" if each.value > scale.top else each.label
            yield _words(words, colour, LETTERS + 13 * rows[each], at_end=True)
        else:
            y = scale.down(each.value)
            yield f'<line x2="100%" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}"/>'
            at_end = _free(given, each.value, scale.top, at_end=True) or not _free(given, each.value, scale.top, at_end=False)
            yield _words(each.label, colour, y - 4, at_end=at_end)


def _words(words: str, colour: str, y: float, *, at_end: bool) -> str:
    return _text(words, "100%" if at_end else "0", y, colour, "end" if at_end else "start", f' dx="{-2 if at_end else 2}" {_HALO}')


def _free(given: Sequence[Reading], value: float, top: float, *, at_end: bool) -> bool:
    """Whether no line passes through the words above `value`, at the end of the picture or at its beginning."""
    order = slice(None, None, -1) if at_end else slice(None)
    parts = [reading.values[order][: len(reading.values) // 3 + 1] for reading in given]
    return not any(part is not None and -0.02 < (part - value) / top < _NEAR for values in parts for part in values)


def spells(given: Sequence[Spell], view: View, scale: Scale) -> Iterator[str]:
    """A tint for the highest severity alone, and a cap for each: what is open twice is not twice as bad."""
    severities: list[Severity] = [severity for severity in SEVERITIES if any(spell.alarm.severity == severity for spell in given)]
    for row, severity in enumerate(severities):
        for since, until in _spans([spell for spell in given if spell.alarm.severity == severity], view):
            left, right = scale.across(since), scale.across(until)
            place = f'x="{_share(left)}" width="{_share(right - left)}" fill="{SEVERITY[severity]}"'
            yield f'<rect {place} y="{-4 - _CAP - row * (_CAP + 1)}" height="{_CAP}"/>'
            if not row:
                yield f'<rect {place} height="{scale.height:.1f}" opacity="0.085"/>'


def _spans(given: Sequence[Spell], view: View) -> Iterator[tuple[datetime, datetime]]:
    """Those that overlap as one."""
    span: tuple[datetime, datetime] | None = None
    for since, until in sorted((max(spell.since, view.start), spell.until or view.end) for spell in given):
        if span and since <= span[1]:
            span = (span[0], max(span[1], until))
            continue
        if span:
            yield span
        span = (since, until)
    if span:
        yield span


def unknown(given: Sequence[Reading], scale: Scale) -> Iterator[str]:
    """A tint over the times in which no line of the chart has a point, though one is sent always and has some: a break alone is easily
    missed. What is sent only while something goes on says nothing with its silence.
    """
    known = [reading for reading in given if not reading.is_empty and not reading.while_active]
    if not known:
        return
    first = known[0]
    begin: datetime | None = None
    for place, at in enumerate((*first.times, scale.end)):
        gap = place < len(first.times) and all(reading.values[place] is None for reading in known if reading.times == first.times)
        if gap:
            begin = at if begin is None else begin
        elif begin is not None:
            left, right = scale.across(begin), scale.across(at)
            yield f'<rect x="{_share(left)}" width="{_share(right - left)}" height="{scale.height:.1f}" fill="{WEAK}" opacity="0.07"/>'
            begin = None


def rug(spans: Sequence[tuple[datetime, datetime]], scale: Scale) -> Iterator[str]:
    """Below the picture: times in which calls were refused, which are not in what is drawn above."""
    for since, until in spans:
        left, right = scale.across(since), scale.across(until)
        yield f'<rect x="{_share(left)}" width="{_share(right - left)}" y="{scale.height + 1:.1f}" height="3" fill="{TROUBLE}"/>'


def moments(marks: Sequence[Mark], scale: Scale) -> Iterator[str]:
    """A line down the picture at each time to remember, such as a deployment, with its words at the foot."""
    for each in marks:
        if scale.start <= each.at <= scale.end:
            share = scale.across(each.at)
            x, to_the_left = _share(share), share > 0.6
            yield f'<line x1="{x}" x2="{x}" y2="{scale.height:.1f}" stroke="{WEAK}" stroke-dasharray="3 2"/>'
            place = f' dx="{-4 if to_the_left else 4}" {_HALO}'
            yield _text(each.label, x, scale.height - 6, WEAK, "end" if to_the_left else "start", place)


def nothing(words: str, scale: Scale) -> str:
    """Words in the middle, where there is nothing to draw."""
    return _text(words, "50%", scale.height / 2 + 4, WEAK, "middle")
