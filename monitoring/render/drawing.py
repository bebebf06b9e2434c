"""One chart as an SVG. It is drawn once and fits every width: lines are stretched, words and strokes are not.

Every chart has the same gutters, so equal times stand below each other.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from monitoring.render.marks import area, bars, grid, line, moments, nothing, rug, spells, thresholds, times, unknown
from monitoring.render.readings import Reading, readings
from monitoring.render.scale import STRETCHED, Scale
from monitoring.render.survivors import refused
from monitoring.render.view import View
from monitoring.widgets import Chart, Side, Threshold

LEFT, RIGHT, TOP, BOTTOM = 46, 10, 15, 22
"""Gutters in pixels."""
FONT: Final = "Inter, Liberation Sans, Arial, sans-serif"
HEADROOM: Final = 1.18
"""Above the data, with room for one row of words."""
WORDS_ROOM: Final = 0.1
FAR: Final = 4
"""A threshold this many times above the data is written at the top, so that it does not flatten the line."""


def chart_svg(chart: Chart, view: View, height: int, width: int | None = None) -> str:
    """height, width: of the whole picture with its gutters, in pixels. Default: as wide as what it stands in, whose gutters are padding."""
    inner = height - TOP - BOTTOM
    across = width - LEFT - RIGHT if width else STRETCHED
    return _svg("".join(_parts(chart, readings(chart, view), view, inner, across)), inner, width)


def spark_svg(reading: Reading, view: View, width: int, height: int) -> str:
    """The course of one value, without axes."""
    top = max((reading.peak[1] if reading.peak else 0) * HEADROOM, 1e-9)
    scale = Scale(view.start, view.end, top, height - 4, width)
    drawn = _stretched(area(reading, scale) + line(reading, scale), scale)
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" overflow="visible">{drawn}</svg>'


def _svg(drawn: str, height: float, width: int | None) -> str:
    """In a picture it is moved by its gutters; on a page these are padding around it."""
    if width is None:
        return f'<svg width="100%" height="{height}" overflow="visible" aria-hidden="true">{drawn}</svg>'
    inner = f'<svg x="{LEFT}" y="{TOP}" width="{width - LEFT - RIGHT}" height="{height}" overflow="visible">{drawn}</svg>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height + TOP + BOTTOM}">{inner}</svg>'


def _stretched(drawn: str, scale: Scale) -> str:
    box = f'viewBox="0 0 {scale.width:g} {scale.height:g}" preserveAspectRatio="none" overflow="visible"'
    return f'<svg width="100%" height="{scale.height:g}" {box}>{drawn}</svg>'


def _parts(chart: Chart, given: Sequence[Reading], view: View, height: float, width: float) -> Iterator[str]:
    sides: list[Side] = ["left", "right"] if any(reading.line.side == "right" for reading in given) else ["left"]
    scales = {side: _scale(chart, given, view, side, height, width) for side in sides}
    yield from spells(view.spells_on(chart), view, scales["left"])
    if not chart.stacked:
        yield from unknown(given, scales["left"])
    yield from grid(scales["left"])
    yield from times(scales["left"])
    yield from rug(refused(chart, view), scales["left"])
    yield from moments(chart.marks, scales["left"])
    row = 0
    for side in sides:
        lines = [each for each in chart.thresholds if each.side == side]
        yield from _side(chart, [reading for reading in given if reading.line.side == side], lines, scales[side], row)
        row += sum(_in_words(each, scales[side]) for each in lines)
    if all(reading.is_empty for reading in given):
        yield nothing(_why_nothing(given), scales["left"])


def _why_nothing(given: Sequence[Reading]) -> str:
    """A metric that is sent only while something goes on says with its silence that nothing did."""
    if any(not reading.is_recorded for reading in given):
        return "not in this recording"
    idle = all(reading.while_active for reading in given)
    return "no traffic in this time" if given and idle else "no data in this time"


def _side(chart: Chart, own: Sequence[Reading], lines: Sequence[Threshold], scale: Scale, row: int) -> Iterator[str]:
    """The lines of one axis with their thresholds. row: of the words at the top, the first that is free. Those of the right axis are drawn
    when they come near a threshold, whose words are their scale: else they would be a second picture over the first, of something that does
    not matter now. The legend has their values.
    """
    shown = any(reading.line.side == "left" for reading in own) or any(each.value <= scale.top for each in lines)
    if shown and chart.stacked and any(any(reading.values) for reading in own):
        yield from bars(own, scale)
    elif shown:
        # Where nothing happened at all, the first line stands for all.
        drawn = own[:1] if chart.stacked else own
        yield _stretched("".join(line(reading, scale) for reading in drawn), scale)
    words = [each for each in lines if _in_words(each, scale)]
    yield from thresholds(lines, {each: row + place for place, each in enumerate(words)}, own if shown else (), scale)


def _in_words(threshold: Threshold, scale: Scale) -> bool:
    return not threshold.value or threshold.value > scale.top


def _scale(chart: Chart, given: Sequence[Reading], view: View, side: Side, height: float, width: float) -> Scale:
    own = [reading for reading in given if reading.line.side == side]
    lines = [each for each in chart.thresholds if each.side == side]
    return Scale(view.start, view.end, _top(chart, own, lines), height, width)


def _top(chart: Chart, given: Sequence[Reading], lines: Sequence[Threshold]) -> float:
    """The upper end of the axis: above the data, and above every threshold that is not far away."""
    if chart.stacked:
        columns = zip(*(reading.values for reading in given), strict=True) if given else ()
        peak = max((sum(value or 0 for value in column) for column in columns), default=0.0)
    else:
        peak = max((reading.peak[1] for reading in given if reading.peak), default=0.0)
    near = [each.value for each in lines if 0 < each.value <= max(peak, 1e-9) * FAR]
    rows = len(lines) - len(near)
    return max(peak, *near, 0.0) * (HEADROOM + WORDS_ROOM * max(0, rows - 1)) or 4.0
