"""The heading of a section is its answer: a computed sentence, so that reading the headings is reading the page."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitoring.alarms import SEVERITIES
from monitoring.render.consequences import in_order
from monitoring.render.figures import clock, in_words, number, with_unit
from monitoring.render.readings import Reading, readings
from monitoring.render.view import Spell, View, clause
from monitoring.widgets import Chart, Placed, Text, Threshold


@dataclass(frozen=True)
class Section:
    """question: "2 Refusing?". note: how to read it. charts: with their places; what else it holds as text."""

    question: str
    note: str
    charts: tuple[Placed, ...]
    texts: tuple[Text, ...]

    @property
    def lists_patterns(self) -> bool:
        """Whether its text is the table of access patterns."""
        return any(text.markdown.startswith("| pattern |") for text in self.texts)


def sections(view: View) -> tuple[Section, ...]:
    """The dashboard cut at its headings. What stands before the first one, the title and the alarms, is the page's own; charts there have
    the title for a heading.
    """
    found: list[tuple[str, str, list[Placed], list[Text]]] = []
    title, note = "", ""
    for placed in view.dashboard.widgets:
        match placed.widget:
            case Text(markdown) if markdown.startswith("# "):
                title, _, note = markdown.removeprefix("# ").partition("\n")
            case Chart(view="timeSeries") if not found:
                found.append((title.rpartition(": ")[2], note, [placed], []))
            case Text(markdown) if markdown.startswith("## "):
                heading, _, below = markdown.removeprefix("## ").partition("\n")
                table = below.startswith("|")
                found.append((heading, "" if table else below, [], [Text(below)] if table else []))
            case Text() as text if found:
                found[-1][3].append(text)
            case Chart() if found:
                found[-1][2].append(placed)
            case _:
                pass
    return tuple(Section(heading, note, tuple(charts), tuple(texts)) for heading, note, charts, texts in found)


def values(view: View) -> tuple[Chart, ...]:
    """The numbers at the top, for the first glance."""
    charts = (placed.widget for placed in view.dashboard.widgets if isinstance(placed.widget, Chart))
    return tuple(chart for chart in charts if chart.view == "singleValue")


def wrong_now(view: View) -> str:
    """ "One page is open. Two alarms cleared, the last 14 min ago." """
    told = in_order(view)
    spells = [each.spell for each in told]
    opened, cleared = [spell for spell in spells if spell.is_open], [spell for spell in spells if not spell.is_open]
    words: list[str] = []
    counts = [(severity, sum(spell.alarm.severity == severity for spell in opened)) for severity in SEVERITIES]
    if not counts[0][1]:
        words.append("No page is open.")
    if some := [_count(count, severity) for severity, count in counts if count]:
        roots = [each.spell.alarm for each in told if not each.under and each.spell.is_open]
        cause = f", with one cause: {clause(roots[0])}" if len(opened) > 1 and len(roots) == 1 else ""
        words.append(f"{_and(some)} {'is' if len(opened) == 1 else 'are'} open{cause}.")
    if cleared:
        newest = max(spell.until for spell in cleared if spell.until)
        words.append(f"{_count(len(cleared), 'alarm')} cleared, the last {round((view.end - newest).total_seconds() / 60)} min ago.")
    return " ".join((*words, *drills(view)))


def drills(view: View) -> tuple[str, ...]:
    """ "A drill fired 34 alarms at 19:05, all were put back." One sentence for each that ended in this time."""
    words: list[str] = []
    for drill in dict.fromkeys(spell.drill for spell in view.drilled):
        fired = [spell for spell in (*view.drilled, *view.spells) if spell.drill == drill]
        still = sum(spell.is_open for spell in fired)
        count = f"{len(fired)} alarm{'s' if len(fired) > 1 else ''}"
        put_back = "all were put back" if len(fired) > 1 else "it was put back"
        left = f"{still} {'are' if still > 1 else 'is'} still open" if still else put_back
        words.append(f"A drill fired {count} at {clock(min(spell.since for spell in fired))}, {left}.")
    return tuple(words)


def answer(section: Section, view: View) -> str:
    """Empty for a section whose charts no alarm watches."""
    charts = [placed.widget for placed in section.charts if isinstance(placed.widget, Chart)]
    spells = _spells_on(charts, view)
    if opened := [spell for spell in spells if spell.is_open]:
        return f"Yes: {_clauses(opened)}, since {clock(min(spell.since for spell in opened))}."
    if spells:
        until = max(spell.until for spell in spells if spell.until)
        return f"Not now. From {clock(min(spell.since for spell in spells))} to {clock(until)}: {_clauses(spells)}."
    nearest = _nearest(charts, view)
    watched = any(chart.thresholds for chart in charts)
    return f"No. {nearest}" if nearest else "No." if watched else ""


def spans(section: Section, view: View) -> str:
    """For a page that answers for another minute: when which alarm of this section was open, in minutes from the start, as JSON. Empty where
    no alarm watches it.
    """
    charts = [placed.widget for placed in section.charts if isinstance(placed.widget, Chart)]
    if not any(chart.thresholds for chart in charts):
        return ""
    spells = _spells_on(charts, view)
    return json.dumps([[_minute(spell.since, view), _minute(spell.until or view.end, view), clause(spell.alarm)] for spell in spells])


def _spells_on(charts: Sequence[Chart], view: View) -> list[Spell]:
    """A cause before what follows from it: of many, only the first are named."""
    found = {id(spell) for chart in charts for spell in view.spells_on(chart)}
    return [each.spell for each in in_order(view) if id(each.spell) in found]


def _minute(at: datetime, view: View) -> int:
    return round((at - view.start).total_seconds() / 60)


def _clauses(spells: Sequence[Spell]) -> str:
    names = list(dict.fromkeys(clause(spell.alarm) for spell in spells))
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def _nearest(charts: Sequence[Chart], view: View) -> str:
    """Which line came nearest to its threshold, so that "no" has a size."""
    best: tuple[float, str] = (0.0, "")
    for chart in charts:
        for reading in readings(chart, view):
            threshold = limit_of(chart, reading)
            if threshold and reading.peak and (ratio := reading.peak[1] / threshold.value) > best[0]:
                unit = chart.right_unit if reading.line.side == "right" else chart.unit
                at, peak = reading.peak
                name = chart.title.partition(":")[0]
                of = with_unit(number(threshold.value), unit)
                best = (ratio, f"Nearest to its alarm: {name}, {number(peak)} of {of} at {clock(at)}.")
    return best[1]


def limit_of(chart: Chart, reading: Reading) -> Threshold | None:
    """The lowest above zero on the side of the line; only the first line of a side is what an alarm watches."""
    first = next(line for line in chart.lines if line.side == reading.line.side)
    lines = sorted((each for each in chart.thresholds if each.side == reading.line.side and each.value > 0), key=lambda each: each.value)
    return lines[0] if lines and reading.line is first else None


def _and(counts: Sequence[str]) -> str:
    """ "One page, two tickets and one info"."""
    said = [counts[0], *(each.lower() for each in counts[1:])]
    return " and ".join(filter(None, (", ".join(said[:-1]), said[-1])))


def _count(count: int, what: str) -> str:
    return f"{in_words(count).capitalize()} {what}{'s' if count > 1 else ''}"
