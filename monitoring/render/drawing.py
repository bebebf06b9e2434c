"""One chart as an SVG, through Vega-Lite. Every chart has the same gutters, so equal times stand below each other.

What the marks mean: a solid line was measured; a dotted one is zero by definition; a hatched plot should have reported and did not; a tint
with a cap is the time during which an alarm on this chart was open; a thin line with words is a threshold.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from monitoring.colours import MUTED, NEUTRAL, SEVERITY
from monitoring.render.figures import number
from monitoring.render.readings import Reading, readings
from monitoring.render.view import Spell, View
from monitoring.samples import period_of
from monitoring.widgets import Chart, Side, Threshold

LEFT, RIGHT, TOP, BOTTOM = 44, 36, 14, 20
"""Gutters in pixels."""
FONT: Final = "Inter, Liberation Sans, Arial, sans-serif"
INK, GRID, WEAK = "#15181c", "#e3e6ea", "#5b6470"
HEADROOM: Final = 1.18
FAR: Final = 4
"""A threshold this many times above the data is written at the top, so that it does not flatten the line."""


def chart_svg(chart: Chart, view: View, width: int, height: int) -> str:
    """width, height: of the whole picture, in pixels."""
    return _svg(json.dumps(_chart(chart, readings(chart, view), view, width, height)))


def spark_svg(reading: Reading, view: View, width: int, height: int) -> str:
    """The course of one value, without axes."""
    data = [{"t": _time(time), "v": value} for time, value in zip(reading.times, reading.values, strict=True)]
    top = max((reading.peak[1] if reading.peak else 0) * HEADROOM, 1e-9)
    dash = [1, 3] if reading.silent and reading.on_event else [1, 0]
    spec = {
        "width": width - 4,
        "height": height - 4,
        "data": {"values": data},
        "mark": {"type": "line", "color": reading.line.color or NEUTRAL, "strokeWidth": 1.2, "strokeDash": dash, "invalid": BREAK},
        "encoding": {"x": _x(view, axis=False), "y": {"field": "v", "type": "quantitative", "axis": None, "scale": {"domain": [0, top]}}},
        "config": {"view": {"stroke": None}, "background": None},
        "padding": 2,
    }
    return _svg(json.dumps(spec))


BREAK: Final = "break-paths-filter-domains"


@cache
def _svg(spec: str) -> str:
    # Imported when something is drawn: it takes longer to load than all of this package.
    import vl_convert

    return vl_convert.vegalite_to_svg(spec, vl_version="5.20")


def _chart(chart: Chart, given: Sequence[Reading], view: View, width: int, height: int) -> dict[str, Any]:
    spells = view.spells_on(chart)
    sides: list[Side] = ["left", "right"] if any(line.side == "right" for line in chart.lines) else ["left"]
    groups = [_side(chart, [reading for reading in given if reading.line.side == side], view, side) for side in sides]
    background = [*(_spell(spell, view) for spell in spells), *_gap(chart, given)]
    return {
        "width": width - LEFT - RIGHT,
        "height": height - TOP - BOTTOM,
        "padding": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
        "autosize": {"type": "none", "contains": "content"},
        "layer": [*background, *groups],
        "resolve": {"scale": {"y": "independent"}},
        "config": {
            "background": None,
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "labelFontSize": 11,
                "labelColor": WEAK,
                "gridColor": GRID,
                "domainColor": GRID,
                "tickColor": GRID,
                "tickSize": 0,
                "labelPadding": 6,
                "title": None,
            },
        },
    }


def _side(chart: Chart, given: Sequence[Reading], view: View, side: Side) -> dict[str, Any]:
    lines = [each for each in chart.thresholds if each.side == side]
    top = _top(chart, given, lines)
    layers: list[dict[str, Any]] = []
    axis: dict[str, Any] = {
        "orient": side,
        "tickCount": 3,
        "format": "~s" if top >= 10_000 else ",.4~r",
        "domain": False,
        "grid": side == "left",
    }
    y = {"type": "quantitative", "axis": axis, "scale": {"domain": [0, top], "nice": False}}
    if chart.stacked:
        layers.append(_bars(given, view, y))
    else:
        layers += [_line(reading, view, y) for reading in given]
    far = [line for line in lines if line.value > top]
    layers += [layer for line in lines for layer in _threshold(line, far.index(line) if line in far else None, top, y, view)]
    return {"layer": layers}


def _top(chart: Chart, given: Sequence[Reading], lines: Sequence[Threshold]) -> float:
    """The upper end of the axis: above the data, and above every threshold that is not far away."""
    if chart.stacked:
        columns = zip(*(reading.values for reading in given), strict=True) if given else ()
        peak = max((sum(value or 0 for value in column) for column in columns), default=0.0)
    else:
        peak = max((reading.peak[1] for reading in given if reading.peak), default=0.0)
    near = [line.value for line in lines if line.value <= max(peak, 1e-9) * FAR]
    return max([peak * HEADROOM, *(value * HEADROOM for value in near)]) or 4.0


def _line(reading: Reading, view: View, y: dict[str, Any]) -> dict[str, Any]:
    data = [{"t": _time(time), "v": value} for time, value in zip(reading.times, reading.values, strict=True)]
    zero = reading.on_event and reading.silent
    mark: dict[str, Any] = {"type": "line", "color": reading.line.color or NEUTRAL, "strokeWidth": 1.5, "invalid": BREAK}
    if zero:
        mark |= {"strokeDash": [1, 4], "strokeCap": "round"}
    elif _lonely(reading):
        mark["point"] = {"filled": True, "size": 12}
    return {"data": {"values": data}, "mark": mark, "encoding": {"x": _x(view), "y": {"field": "v", **y}}}


def _lonely(reading: Reading) -> bool:
    """A point between two gaps has no line."""
    known = [value is not None for value in reading.values]
    return any(here and not before and not after for before, here, after in zip([False, *known], known, [*known[1:], False], strict=False))


def _bars(given: Sequence[Reading], view: View, y: dict[str, Any]) -> dict[str, Any]:
    if all(reading.silent or not any(reading.values) for reading in given):
        shown = given[:1]
        return {"layer": [_line(reading, view, y) for reading in shown]}
    data: list[dict[str, Any]] = []
    foot: dict[datetime, float] = {}
    for reading in given:
        for time, value in zip(reading.times, reading.values, strict=True):
            low = foot.get(time, 0.0)
            foot[time] = low + (value or 0)
            if value:
                end = min(time + _step(reading), view.end)
                data.append({"t": _time(time), "e": _time(end), "v": low, "w": foot[time], "s": reading.line.label})
    colours = {"domain": [each.line.label for each in given], "range": [each.line.color or NEUTRAL for each in given]}
    return {
        "data": {"values": data},
        "mark": {"type": "rect", "stroke": "#ffffff", "strokeWidth": 0.5},
        "encoding": {
            "x": _x(view),
            "x2": {"field": "e"},
            "y": {"field": "v", **y},
            "y2": {"field": "w"},
            "color": {"field": "s", "type": "nominal", "scale": colours, "legend": None},
        },
    }


def _step(reading: Reading) -> timedelta:
    return timedelta(seconds=period_of(reading.line.source))


def _threshold(line: Threshold, above: int | None, top: float, y: dict[str, Any], view: View) -> list[dict[str, Any]]:
    """above: it lies above the picture, as the so many-th of such lines, from 0; its words are then written at the top."""
    far = above is not None
    text = f"{line.label} \N{UPWARDS ARROW}" if far else line.label
    label = {
        "data": {"values": [{"t": _time(view.end), "v": min(top, line.value)}]},
        "mark": {
            "type": "text",
            "align": "right",
            "baseline": "top" if far else "bottom",
            "dy": -2 if above is None else 1 + 13 * above,
            "dx": -2,
            "text": text,
            "fontSize": 11,
            "color": line.color or WEAK,
            "font": FONT,
        },
        "encoding": {"x": _x(view), "y": {"field": "v", **y}},
    }
    rule = {
        "data": {"values": [{"v": line.value}]},
        "mark": {"type": "rule", "color": line.color or MUTED, "strokeWidth": 1},
        "encoding": {"y": {"field": "v", **y}},
    }
    return [label] if far else [rule, label]


def _spell(spell: Spell, view: View) -> dict[str, Any]:
    colour = SEVERITY[spell.alarm.severity]
    data = [{"a": _time(max(spell.since, view.start)), "b": _time(spell.until or view.end)}]
    across = {"x": {**_x(view), "field": "a"}, "x2": {"field": "b"}}
    return {
        "data": {"values": data},
        "layer": [
            {"mark": {"type": "rect", "color": colour, "opacity": 0.085}, "encoding": across},
            {"mark": {"type": "rect", "color": colour}, "encoding": {**across, "y": {"value": -6}, "y2": {"value": -3}}},
        ],
    }


def _gap(chart: Chart, given: Sequence[Reading]) -> list[dict[str, Any]]:
    """Words where nothing at all was measured."""
    if not all(reading.is_empty for reading in given):
        return []
    return [
        {
            "data": {"values": [{}]},
            "mark": {"type": "text", "text": "no data in this time", "color": WEAK, "fontSize": 11, "font": FONT},
            "encoding": {"x": {"value": {"expr": "width/2"}}, "y": {"value": {"expr": "height/2"}}},
        }
    ]


def _x(view: View, *, axis: bool = True) -> dict[str, Any]:
    shown = {"format": "%H:%M", "grid": False, "values": _ticks(view), "labelFlush": True} if axis else None
    domain = [_time(view.start), _time(view.end)]
    return {"field": "t", "type": "temporal", "axis": shown, "scale": {"domain": domain, "type": "utc", "nice": False}}


def _ticks(view: View) -> list[int]:
    """Full thirds of an hour, or full hours, as milliseconds since 1970."""
    step = 1200 if view.end - view.start <= timedelta(minutes=90) else 3600 if view.end - view.start <= timedelta(hours=6) else 4 * 3600
    first, last = int(view.start.timestamp()), int(view.end.timestamp())
    return [second * 1000 for second in range(-(-first // step) * step, last + 1, step)]


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def legend(given: Sequence[Reading]) -> list[tuple[str, str, str, str, bool]]:
    """Colour, label, newest value, highest value, and whether it is zero by definition: the legend is the readout."""
    return [
        (
            reading.line.color or NEUTRAL,
            reading.line.label,
            number(reading.newest),
            number(reading.peak[1]) if reading.peak else number(None),
            reading.silent and reading.on_event,
        )
        for reading in given
    ]
