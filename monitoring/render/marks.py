"""The marks of a chart as layers of Vega-Lite.

A solid line was measured; a dotted one is zero by definition; a tint with a cap is the time during which an alarm on this chart was open; a
thin line with words is a threshold. A line is never joined across a gap.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from monitoring.alarms import SEVERITIES, Severity
from monitoring.colours import SEVERITY
from monitoring.measured import period_of
from monitoring.render.palette import BACKGROUND, WEAK
from monitoring.render.readings import Reading
from monitoring.render.view import Spell, View
from monitoring.widgets import Threshold

Layer = dict[str, Any]
Axis = dict[str, Any]

LETTERS: Final = 11
"""Size of words, in pixels."""
BREAK: Final = "break-paths-filter-domains"
_CAP: Final = 3
_NEAR: Final = 0.14
"""Words need so much of the height: where a line comes nearer, they are written at the other end."""


def time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def across(view: View, *, axis: bool = True) -> Axis:
    """The time axis."""
    shown = {"format": "%H:%M", "grid": False, "values": _ticks(view), "labelFlush": True} if axis else None
    domain = [time(view.start), time(view.end)]
    return {"field": "t", "type": "temporal", "axis": shown, "scale": {"domain": domain, "type": "utc", "nice": False}}


def _ticks(view: View) -> list[int]:
    """Full thirds of an hour, or full hours, as milliseconds since 1970."""
    step = 1200 if view.end - view.start <= timedelta(minutes=90) else 3600 if view.end - view.start <= timedelta(hours=6) else 4 * 3600
    first, last = int(view.start.timestamp()), int(view.end.timestamp())
    return [second * 1000 for second in range(-(-first // step) * step, last + 1, step)]


def line(reading: Reading, view: View, y: Axis) -> Layer:
    mark: Layer = {"type": "line", "color": reading.colour, "strokeWidth": 1.5, "strokeJoin": "round", "invalid": BREAK}
    if reading.is_by_definition:
        mark |= {"strokeDash": [1, 4], "strokeCap": "round"}
    elif _lonely(reading):
        mark["point"] = {"filled": True, "size": 12}
    return {"data": {"values": points(reading)}, "mark": mark, "encoding": {"x": across(view), "y": {"field": "v", **y}}}


def points(reading: Reading) -> list[dict[str, Any]]:
    return [{"t": time(at), "v": value} for at, value in zip(reading.times, reading.values, strict=True)]


def _lonely(reading: Reading) -> bool:
    """A point between two gaps has no line."""
    known = [value is not None for value in reading.values]
    return any(here and not before and not after for before, here, after in zip([False, *known], known, [*known[1:], False], strict=False))


def bars(given: Sequence[Reading], view: View, y: Axis) -> Layer:
    """One on the other, each as wide as its period; where nothing happened at all, the first line stands for all."""
    if not any(any(reading.values) for reading in given):
        return {"layer": [line(reading, view, y) for reading in given[:1]]}
    data: list[dict[str, Any]] = []
    foot: dict[datetime, float] = {}
    for reading in given:
        step = timedelta(seconds=period_of(reading.line.source))
        for at, value in zip(reading.times, reading.values, strict=True):
            low = foot.get(at, 0.0)
            foot[at] = low + (value or 0)
            if value:
                end = min(at + step, view.end)
                data.append({"t": time(at), "e": time(end), "v": low, "w": foot[at], "s": reading.line.label})
    colours = {"domain": [each.line.label for each in given], "range": [each.colour for each in given]}
    return {
        "data": {"values": data},
        "mark": {"type": "rect", "stroke": BACKGROUND, "strokeWidth": 0.5},
        "encoding": {
            "x": across(view),
            "x2": {"field": "e"},
            "y": {"field": "v", **y},
            "y2": {"field": "w"},
            "color": {"field": "s", "type": "nominal", "scale": colours, "legend": None},
        },
    }


def thresholds(
    lines: Sequence[Threshold], rows: Mapping[Threshold, int], given: Sequence[Reading], top: float, y: Axis, view: View
) -> Iterator[Layer]:
    """A line with its words. rows: those that are only words at the top, with their row: one above the picture, which has an arrow, and one
    at zero, which would lie on the axis.
    """
    for each in lines:
        colour = each.color or WEAK
        if each in rows:
            words = f"{each.label} \N{UPWARDS ARROW}" if each.value > top else each.label
            yield from _words(words, colour, top, {"baseline": "top", "dy": 1 + 13 * rows[each]}, y, view, at_end=True)
        else:
            yield {
                "data": {"values": [{"v": each.value}]},
                "mark": {"type": "rule", "color": colour, "strokeWidth": 1},
                "encoding": {"y": {"field": "v", **y}},
            }
            at_end = _free(given, each.value, top, at_end=True) or not _free(given, each.value, top, at_end=False)
            yield from _words(each.label, colour, each.value, {"baseline": "bottom", "dy": -3}, y, view, at_end=at_end)


def _words(text: str, colour: str, value: float, place: Layer, y: Axis, view: View, *, at_end: bool) -> Iterator[Layer]:
    """Twice, the first time as a halo: a line may pass behind."""
    data = {"values": [{"t": time(view.end if at_end else view.start), "v": value}]}
    mark = {"type": "text", "text": text, "fontSize": LETTERS, "align": "right" if at_end else "left", "dx": -2 if at_end else 2, **place}
    halo = {"color": BACKGROUND, "stroke": BACKGROUND, "strokeWidth": 3, "strokeJoin": "round"}
    for look in (halo, {"color": colour}):
        yield {"data": data, "mark": mark | look, "encoding": {"x": across(view), "y": {"field": "v", **y}}}


def _free(given: Sequence[Reading], value: float, top: float, *, at_end: bool) -> bool:
    """Whether no line passes through the words above `value`, at the end of the picture or at its beginning."""
    order = slice(None, None, -1) if at_end else slice(None)
    parts = [reading.values[order][: len(reading.values) // 3 + 1] for reading in given]
    return not any(part is not None and -0.02 < (part - value) / top < _NEAR for values in parts for part in values)


def spells(given: Sequence[Spell], view: View) -> Iterator[Layer]:
    """A tint for the highest severity alone, and a cap for each: what is open twice is not twice as bad."""
    severities: list[Severity] = [severity for severity in SEVERITIES if any(spell.alarm.severity == severity for spell in given)]
    for row, severity in enumerate(severities):
        spans = list(_spans([spell for spell in given if spell.alarm.severity == severity], view))
        top = -4 - _CAP - row * (_CAP + 1)
        yield _span(spans, severity, view, {"y": {"value": top}, "y2": {"value": top + _CAP}}, 1)
        if not row:
            yield _span(spans, severity, view, {}, 0.085)


def _spans(given: Sequence[Spell], view: View) -> Iterator[dict[str, str]]:
    """Those that overlap as one."""
    start, end = None, None
    for since, until in sorted((max(spell.since, view.start), spell.until or view.end) for spell in given):
        if start is None or end is None or since > end:
            if start is not None and end is not None:
                yield {"a": time(start), "b": time(end)}
            start, end = since, until
        end = max(end, until)
    if start is not None and end is not None:
        yield {"a": time(start), "b": time(end)}


def _span(spans: list[dict[str, str]], severity: Severity, view: View, y: Layer, opacity: float) -> Layer:
    x = {"x": {**across(view), "field": "a"}, "x2": {"field": "b"}}
    return {
        "data": {"values": spans},
        "mark": {"type": "rect", "color": SEVERITY[severity], "opacity": opacity},
        "encoding": {**x, **y},
    }


def nothing(words: str) -> Layer:
    """Words in the middle, where there is nothing to draw."""
    return {
        "data": {"values": [{}]},
        "mark": {"type": "text", "text": words, "color": WEAK, "fontSize": LETTERS},
        "encoding": {"x": {"value": {"expr": "width/2"}}, "y": {"value": {"expr": "height/2"}}},
    }
