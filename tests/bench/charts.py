"""30 charts as SVG, against matplotlib with the same points, at the same size."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

from monitoring.render.drawing import chart_svg
from monitoring.render.playback import Playback
from monitoring.render.readings import readings
from monitoring.render.view import View
from monitoring.scenarios import SCENARIOS, play
from monitoring.widgets import Chart
from tests.bench.backtests import large_stack
from tests.bench.outcome import Outcome, timed

CHARTS = 30
LEAST = 2
WIDTH, HEIGHT = 680, 176
START = datetime(2026, 3, 2, tzinfo=UTC)


def drawn() -> tuple[View, list[Chart]]:
    """Three hours around an incident. Where a dashboard has fewer charts, it begins again."""
    played = play(SCENARIOS["gsi-backpressure"], large_stack(), START)
    assert played.incident
    end = played.incident[1]
    view = Playback.of_played(played).view(end - timedelta(hours=3), end)
    charts = [placed.widget for placed in view.dashboard.widgets if isinstance(placed.widget, Chart)]
    return view, [charts[number % len(charts)] for number in range(CHARTS)]


def with_matplotlib(chart: Chart, view: View) -> bytes:
    """Lines or a stack, thresholds, a title and a legend: what a chart of ours has too."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100)
    axes = figure.add_subplot()
    given = readings(chart, view)
    if chart.stacked and given:
        values = [[value or 0.0 for value in reading.values] for reading in given]
        axes.stackplot(given[0].times, values, labels=[reading.line.label for reading in given])
    for reading in () if chart.stacked else given:
        values = [float("nan") if value is None else value for value in reading.values]
        axes.plot(reading.times, values, label=reading.line.label, linewidth=1.5)
    for threshold in chart.thresholds:
        axes.axhline(threshold.value, linestyle="--", linewidth=1)
    axes.set_title(chart.title, fontsize=9)
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=7)
    picture = BytesIO()
    figure.savefig(picture, format="svg")
    return picture.getvalue()


def measure() -> Outcome:
    """matplotlib is imported, has drawn once and knows its fonts before the time is taken; the points are read before, for both."""
    view, charts = drawn()
    for chart in charts:
        readings(chart, view)
    with_matplotlib(charts[0], view)
    pictures, ours = timed(lambda: [chart_svg(chart, view, HEIGHT, WIDTH) for chart in charts], times=3)
    others, other = timed(lambda: [with_matplotlib(chart, view) for chart in charts])
    sizes = f"{sum(map(len, pictures)) // 1024} KB against {sum(map(len, others)) // 1024} KB"
    return Outcome(f"{CHARTS} charts as SVG", ours, other, LEAST, f"against matplotlib's savefig; {sizes}")
