"""What came of the demo: as data for programs, and as a page of text that a person enjoys."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from local.demo.agenda import Tally
from local.demo.checks import Check, Figures
from local.demo.shop import Problem
from local.watch import StateChange

if TYPE_CHECKING:
    from rich.console import Console

MARKS = {"page": "■", "ticket": "▲", "info": "●"}
COLOURS = {"page": "red", "ticket": "yellow", "info": "blue"}


@dataclass(frozen=True, slots=True)
class Report:
    """`throttled`: from when until when the index was. `files`: what was written beside the report."""

    title: str
    start: datetime
    end: datetime
    throttled: tuple[datetime, datetime]
    figures: Figures
    checks: tuple[Check, ...]
    problems: tuple[Problem, ...]
    history: tuple[StateChange, ...]
    alarms_total: int
    resources: int
    tally: Tally
    unused_grants: Mapping[str, Sequence[tuple[str, str]]]
    deploy_seconds: float
    duration_seconds: float
    files: list[Path] = field(default_factory=list[Path])

    @property
    def ok(self) -> bool:
        """Every check holds and every line of the input was good."""
        return all(check.holds for check in self.checks) and not self.problems

    def to_dict(self) -> dict[str, Any]:
        figures = self.figures
        return {
            "ok": self.ok,
            **asdict(figures.read),
            "sent": asdict(figures.sent),
            "orders_sent_twice": figures.placed_again,
            "notifications": figures.notifications,
            "notifications_duplicated": figures.notifications_duplicated,
            "notifications_lost": figures.notifications_lost,
            "alarms_fired": list(figures.fired),
            "alarms_cleared": list(figures.cleared),
            "alarms_open": list(figures.open_pages),
            "alarms_total": self.alarms_total,
            "alarm_messages": figures.alarm_messages,
            "index_alarms": list(figures.index_alarms),
            "resources": self.resources,
            "unexpected": [*figures.failures, *figures.unexpected],
            "unused_grants": {role: [" on ".join(pair) for pair in pairs] for role, pairs in self.unused_grants.items()},
            "mistakes": {one.name: one.answered for one in figures.mistakes},
            "requests": self.tally.requests,
            "retries": self.tally.retries,
            "refused": figures.refused,
            "answers": {str(status): count for status, count in sorted(self.tally.statuses.items())},
            "checks": [{"holds": check.holds, "says": check.says} for check in self.checks],
            "problems": [str(problem) for problem in self.problems],
            "history": [
                {"at": change.at.isoformat(), "alarm": change.alarm, "severity": change.severity, "old": change.old, "new": change.new}
                for change in self.history
            ],
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "deploy_seconds": round(self.deploy_seconds, 1),
            "duration_seconds": round(self.duration_seconds, 1),
            "files": [str(path) for path in self.files],
        }

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def show(report: Report, console: Console) -> None:
    """The report as text. On a terminal with colours; a pipe gets the same words."""
    figures = report.figures
    console.print()
    console.rule(f"[bold]{report.title}[/bold], {report.start:%H:%M} to {report.end:%H:%M} UTC", align="left")
    _figures(report, console)
    _story(report, console)
    _checked(report, console)
    if report.unused_grants:
        console.print("\n[bold]Granted and never used[/bold]")
        for role, pairs in report.unused_grants.items():
            for action, resource in pairs:
                _entry(console, "  ", f"{action} on {_short(resource)}  [dim]{role}[/dim]")
    if report.problems:
        count = len(report.problems)
        console.print(f"\n[bold red]Left out: {count} {'line' if count == 1 else 'lines'} of the input[/bold red]")
        for problem in report.problems:
            _entry(console, "  ", escape(str(problem)))
    console.print()
    for path in report.files:
        console.print(f"  {path}", highlight=False, markup=False, soft_wrap=True)
    broken = [check for check in report.checks if not check.holds]
    if broken:
        console.print(f"\n[bold red]{len(broken)} of {len(report.checks)} checks failed.[/bold red]")
    elif report.problems:
        console.print("\n[bold yellow]Everything that could be read went well; some lines could not be read.[/bold yellow]")
    else:
        console.print(f"\n[bold green]All {len(report.checks)} checks hold.[/bold green] {figures.read.orders:,} orders, nothing lost.")


def _figures(report: Report, console: Console) -> None:
    from rich.table import Table

    read = report.figures.read
    table = Table.grid(padding=(0, 3))
    values = (f"{read.customers:,}", f"{read.products:,}", f"{read.orders:,}", f"{read.order_lines:,}", f"${read.total_cents / 100:,.2f}")
    table.add_row(*(f"[bold]{value}[/bold]" for value in (*values, f"{read.shipped:,}")))
    table.add_row(*(f"[dim]{name}[/dim]" for name in ("customers", "products", "orders", "order lines", "sold", "shipped")))
    console.print(table)
    tally = report.tally
    minutes = (report.end - report.start).total_seconds() / 60
    console.print(
        f"\n{report.resources} resources deployed in {report.deploy_seconds:.1f} s, {tally.requests:,} requests to the function's URL, "
        f"{tally.retries:,} of them retries; {minutes:.0f} simulated minutes in {report.duration_seconds:.0f} s.",
        highlight=False,
    )


def _story(report: Report, console: Console) -> None:
    """What on-call would have seen, in the order in which it happened."""
    began, ended = report.throttled
    refused = report.figures.refused
    lines = [
        (
            began,
            f"[magenta]writes to {report.figures.index} are throttled on purpose[/magenta] until {ended:%H:%M}; {refused:,} requests refused",
        ),
        (ended, f"[magenta]the throttling of {report.figures.index} ends[/magenta]"),
    ]
    since: dict[str, datetime] = {}
    for change in report.history:
        colour, mark = COLOURS.get(change.severity, "white"), MARKS.get(change.severity, "●")
        if change.new == "ALARM":
            since[change.alarm] = change.at
            lines.append((change.at, f"[{colour}]{mark} fired  [/{colour}] {change.alarm}"))
        elif change.old == "ALARM":
            minutes = (change.at - since.get(change.alarm, change.at)).total_seconds() / 60
            lines.append((change.at, f"[green]{mark} cleared[/green] {change.alarm} [dim]({minutes:.0f} min)[/dim]"))
    console.print("\n[bold]What on-call saw[/bold]")
    for at, line in sorted(lines, key=lambda entry: entry[0]):
        _entry(console, f"  [dim]{at:%H:%M}[/dim]  ", line)
    quiet = report.alarms_total - len(report.figures.fired)
    console.print(f"  [dim]{quiet} of {report.alarms_total} alarms stayed quiet.[/dim]", highlight=False)


def _checked(report: Report, console: Console) -> None:
    console.print("\n[bold]What was checked[/bold]")
    for check in report.checks:
        mark = "[green]✓[/green]" if check.holds else "[bold red]✗[/bold red]"
        _entry(console, f"  {mark} ", escape(check.says))


def _entry(console: Console, mark: str, markup: str) -> None:
    """One line, or on a narrow terminal some, broken between words and set under the first."""
    from rich.text import Text

    first, text = Text.from_markup(mark), Text.from_markup(markup)
    lines = text.wrap(console, max(20, console.width - first.cell_len)) if console.is_terminal else [text]
    for line in lines:
        line.rstrip()
        console.print(first + line, highlight=False, soft_wrap=True)
        first = Text(" " * first.cell_len)


def _short(resource: str) -> str:
    return resource.split(":", 5)[-1] if resource.startswith("arn:") else resource
