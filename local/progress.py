"""How far the demo is: a moving bar on a terminal, a line every ten minutes of simulated time elsewhere."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from local.demo.agenda import Tally
from local.demo.report import COLOURS, MARKS
from local.demo.run import Teller
from local.watch import StateChange

EVERY_MINUTES = 10


@contextmanager
def telling(console: Console, minutes: int) -> Generator[Teller]:
    """For the time of a run."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=None), TextColumn("{task.fields[words]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield _Bar(progress, progress.add_task("--:--", total=minutes, words=""))


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console

    def minute(self, minute: int, at: datetime, tally: Tally, changes: Sequence[StateChange]) -> None:
        for change in _told(changes):
            self._console.print(f"{at:%H:%M} {change.severity} {_word(change)}: {change.alarm}", highlight=False, markup=False)
        if (minute + 1) % EVERY_MINUTES == 0:
            self._console.print(f"{at:%H:%M} {tally.requests:,} requests, {tally.retries:,} retries", highlight=False)

    def note(self, at: datetime, words: str) -> None:
        self._console.print(f"{at:%H:%M} {words}", highlight=False, markup=False)


class _Bar:
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def minute(self, minute: int, at: datetime, tally: Tally, changes: Sequence[StateChange]) -> None:
        for change in _told(changes):
            colour = COLOURS.get(change.severity, "white") if change.new == "ALARM" else "green"
            mark = MARKS.get(change.severity, "●")
            self._progress.console.print(
                f"  [dim]{at:%H:%M}[/dim]  [{colour}]{mark} {_word(change):7}[/{colour}] {change.alarm}", highlight=False
            )
        words = f"{tally.requests:,} requests, {tally.retries:,} retries"
        self._progress.update(self._task, completed=minute + 1, description=f"{at:%H:%M}", words=words)

    def note(self, at: datetime, words: str) -> None:
        self._progress.console.print(f"  [dim]{at:%H:%M}[/dim]  [magenta]{words}[/magenta]", highlight=False)


def _told(changes: Sequence[StateChange]) -> list[StateChange]:
    """The first OK of every alarm says nothing."""
    return [change for change in changes if "ALARM" in {change.old, change.new}]


def _word(change: StateChange) -> str:
    return "fired" if change.new == "ALARM" else "cleared"
