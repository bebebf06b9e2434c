"""Charts, their legends and the values at the top, as parts of the page."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from monitoring.render.anchors import anchor
from monitoring.render.answers import limit_of
from monitoring.render.drawing import chart_svg, spark_svg
from monitoring.render.figures import clock, number
from monitoring.render.legend import Entry, legend, spoken
from monitoring.render.palette import themed
from monitoring.render.readings import Reading, readings
from monitoring.render.survivors import refused
from monitoring.render.view import View
from monitoring.widgets import Chart, Placed

CHART_PIXELS: Final = 190
SPARK_PIXELS: Final = (148, 28)


def figures(charts: Sequence[Placed], view: View) -> Iterator[str]:
    for placed in charts:
        if isinstance(placed.widget, Chart):
            yield _figure(placed.widget, placed.width, view)


def value(chart: Chart, view: View) -> str:
    """A number of now with its course."""
    reading = readings(chart, view)[0]
    peak = f"peak {number(reading.peak[1])} at {clock(reading.peak[0])}" if reading.peak and reading.peak[1] else "none in this time"
    said = "no data in this time" if reading.is_empty else peak
    name, _, unit = chart.title.partition(", ")
    course = themed(spark_svg(reading, view, *SPARK_PIXELS))
    return f'<div class="kpi"><span>{escape(name)}</span><b>{readout(reading, view)}<i>{escape(unit)}</i></b>{course}<em>{said}</em></div>'


def readout(reading: Reading, view: View, more: str = "") -> str:
    """The number of now; of another minute where the page asks for it."""
    points = " ".join(number(value) for value in reading.values)
    step = round(reading.step.total_seconds() / 60)
    first = round((reading.times[0] - view.start).total_seconds() / 60) if reading.times else 0
    return f'<b data-values="{points}" data-step="{step}" data-first="{first}"{more}>{number(reading.newest)}</b>'


def _figure(chart: Chart, columns: int, view: View) -> str:
    given = readings(chart, view)
    heading, _, subtitle = chart.title.partition(": ")
    below = f'<em title="{escape(subtitle)}">{escape(subtitle)}</em>' if subtitle else ""
    entries = "".join(_entry(entry, chart, view) for entry in legend(given))
    return (
        f'<figure style="--columns:{columns}"><figcaption>{escape(heading)}<span>{escape(chart.unit)}</span>{below}</figcaption>'
        f'<div class="leg">{entries}</div>{_plot(chart, given, view)}{_survivors(chart, view)}</figure>'
    )


def _survivors(chart: Chart, view: View) -> str:
    spans = refused(chart, view)
    if not spans:
        return ""
    when = ", ".join(f"{clock(since)} to {clock(until)}" for since, until in spans[:2]) + (" and later" if len(spans) > 2 else "")
    return f'<p class="note">Looks faster than it was {when}: refused calls are not in it.</p>'


def _entry(entry: Entry, chart: Chart, view: View) -> str:
    """Those that are put together have no readout of their own: they are 0 in every minute."""
    reading = entry.readings[0]
    now = readout(reading, view, _limit(chart, reading)) if len(entry.readings) == 1 else f"<b>{entry.now}</b>"
    mark = f'<i class="{"zero" if entry.dotted else ""}" style="color:{themed(escape(entry.colour))}"></i>'
    names = "" if len(entry.readings) == 1 else f' title="{escape(", ".join(each.line.label for each in entry.readings))}"'
    return f"<span{names}>{mark}{escape(entry.label)} {now}{f' max {entry.peak}' if entry.peak else ''}</span>"


def _limit(chart: Chart, reading: Reading) -> str:
    """For the answer at another minute: what comes nearest to its alarm."""
    threshold = limit_of(chart, reading)
    if not threshold:
        return ""
    unit = chart.right_unit if reading.line.side == "right" else chart.unit
    name = escape(chart.title.partition(":")[0])
    return f' data-limit="{threshold.value:g}" data-name="{name}" data-unit="{escape(unit)}"'


def _plot(chart: Chart, given: Sequence[Reading], view: View) -> str:
    """The time is chosen as on a slider, with the same keys."""
    last = round((view.end - view.start).total_seconds() / 60) - 1
    return (
        f'<div class="plot" id="{anchor("c", chart.title)}" tabindex="0" role="slider" aria-label="{escape(chart.title)}, {escape(chart.unit)}" '
        f'aria-valuemin="0" aria-valuemax="{last}" aria-valuenow="{last}" '
        f'aria-valuetext="{clock(view.end)}: {escape(spoken(given))}">{themed(chart_svg(chart, view, CHART_PIXELS))}<u></u></div>'
    )
