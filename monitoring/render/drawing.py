"""One chart as an SVG, through Vega-Lite. Every chart has the same gutters, so equal times stand below each other."""

import json
import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from monitoring.render.marks import BREAK, LETTERS, Axis, Layer, across, bars, line, nothing, points, spells, thresholds
from monitoring.render.palette import GRID, WEAK
from monitoring.render.readings import Reading, readings
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
_SPOKEN: Final = re.compile(r' (?:role|class|aria-[a-z]+|xmlns:xlink|version)="[^"]*"')
"""What Vega says of the parts of a picture: the whole has words of its own."""


def chart_svg(chart: Chart, view: View, width: int, height: int) -> str:
    """width, height: of the whole picture, in pixels."""
    return _svg(json.dumps(_chart(chart, readings(chart, view), view, width, height)))


def spark_svg(reading: Reading, view: View, width: int, height: int) -> str:
    """The course of one value, without axes."""
    top = max((reading.peak[1] if reading.peak else 0) * HEADROOM, 1e-9)
    dash = [1, 3] if reading.is_by_definition else [1, 0]
    x = across(view, axis=False)
    y: Axis = {"field": "v", "type": "quantitative", "axis": None, "scale": {"domain": [0, top], "nice": False}}
    spec: Layer = {
        "width": width - 4,
        "height": height - 4,
        "data": {"values": points(reading)},
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "area", "color": reading.colour, "opacity": 0.1, "invalid": BREAK}},
            {"mark": {"type": "line", "color": reading.colour, "strokeWidth": 1.2, "strokeDash": dash, "invalid": BREAK}},
        ],
        "config": {"view": {"stroke": None}, "background": None},
        "padding": 2,
    }
    return _svg(json.dumps(spec))


@cache
def _svg(spec: str) -> str:
    # Imported when something is drawn: it takes longer to load than all of this package.
    import vl_convert

    return _SPOKEN.sub("", vl_convert.vegalite_to_svg(spec, vl_version="5.20"))


def _chart(chart: Chart, given: Sequence[Reading], view: View, width: int, height: int) -> Layer:
    sides: list[Side] = ["left", "right"] if any(reading.line.side == "right" for reading in given) else ["left"]
    drawn: list[Layer] = []
    row = 0
    for side in sides:
        layers, row = _side(chart, given, view, side, row)
        drawn += layers
    if all(reading.is_empty for reading in given):
        drawn.append(nothing("no data in this time"))
    return {
        "width": width - LEFT - RIGHT,
        "height": height - TOP - BOTTOM,
        "padding": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
        "autosize": {"type": "none", "contains": "content"},
        "layer": [*spells(view.spells_on(chart), view), *drawn],
        "resolve": {"scale": {"y": "independent"}},
        "config": {
            "background": None,
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "labelFontSize": LETTERS,
                "labelColor": WEAK,
                "gridColor": GRID,
                "domainColor": GRID,
                "tickSize": 0,
                "labelPadding": 6,
                "title": None,
            },
        },
    }


def _side(chart: Chart, given: Sequence[Reading], view: View, side: Side, row: int) -> tuple[list[Layer], int]:
    """The lines of one axis with their thresholds. row: of the words at the top, the first that is free; also returned. Those of the right axis are
    drawn when they come near a threshold, whose words are their scale: else they would be a second picture over the first, of something that
    does not matter now. The legend has their values.
    """
    own = [reading for reading in given if reading.line.side == side]
    lines = [each for each in chart.thresholds if each.side == side]
    top = _top(chart, own, lines)
    shown = side == "left" or any(each.value <= top for each in lines)
    axis: Axis = {"orient": side, "tickCount": 3, "domain": False, "labelExpr": _label(top)}
    y: Axis = {"type": "quantitative", "axis": axis if side == "left" else None, "scale": {"domain": [0, top], "nice": False}}
    marks = [] if not shown else [bars(own, view, y)] if chart.stacked else [line(reading, view, y) for reading in own]
    words = [each for each in lines if not each.value or each.value > top]
    layers = [*marks, *thresholds(lines, {each: row + place for place, each in enumerate(words)}, own if shown else (), top, y, view)]
    return ([{"layer": layers}] if layers else []), row + len(words)


def _label(top: float) -> str:
    """A number at the axis: with commas; from a million on in short."""
    return f"datum.value ? format(datum.value, '{'~s' if top >= 1e6 else ',.4~r'}') : '0'"


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
