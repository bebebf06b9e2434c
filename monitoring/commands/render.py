"""`python -m monitoring render`: what on-call would see of a stack in a scenario."""

import argparse
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from monitoring.commands.command import DONE, Subparsers, UsageError
from monitoring.commands.scenario import add_one, played
from monitoring.commands.subject import add_subject

if TYPE_CHECKING:
    from monitoring.render import View
    from monitoring.scenarios import Played

LONGEST: Final = timedelta(hours=3)
"""What a dashboard shows when it is opened."""

DESCRIPTION: Final = """\
Draws a stack's dashboard as it would be in a scenario: its alarms, its charts, what to do. Asks nothing of AWS."""

EXAMPLE: Final = """\
example:
  $ python -m monitoring render --scenario hot-partition --out dashboard.html --png dashboard.png
  $ python -m monitoring render --scenario silent-death --text

It shows the scenario at the last minute of its incident, or --at so many minutes after its start; at most three hours.

exit status:
  0  drawn
  2  the command or its input cannot be used; the message says what to do"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "render",
        help="the dashboard of a stack in a scenario, as a page, a picture or text",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_one(parser)
    parser.add_argument("--at", metavar="MINUTES", type=int, help="from the start of the incident, or of the scenario where there is none")
    parser.add_argument("--out", metavar="FILE", type=Path, help="the page: one file of HTML that loads nothing")
    parser.add_argument("--png", metavar="FILE", type=Path, help="a picture")
    parser.add_argument("--svg", metavar="FILE", type=Path, help="a picture")
    parser.add_argument("--text", action="store_true", help="the dashboard as text; default where no file is asked for")
    parser.add_argument("--json", action="store_true", help="which alarms were open, and every line of every chart, as JSON")
    add_subject(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Raises UsageError."""
    from monitoring.render import render_html, render_png, render_svg, render_text

    view = _view(played(options), options.at)
    # With --json, standard output holds nothing else.
    told = sys.stderr if options.json else sys.stdout
    if options.out:
        _write(options.out, render_html(view).encode(), told)
    if options.svg:
        _write(options.svg, render_svg(view).encode(), told)
    if options.png:
        _write(options.png, render_png(view), told)
    if options.json:
        from monitoring.render.data import as_data

        sys.stdout.write(json.dumps(as_data(view), indent=2, ensure_ascii=False) + "\n")
    elif options.text or not (options.out or options.svg or options.png):
        sys.stdout.write(render_text(view))
    return DONE


def _view(played: "Played", at: int | None) -> "View":
    from monitoring.render.playback import Playback

    end = _end(played, at)
    return Playback.of_played(played).view(max(played.start, end - LONGEST), end)


def _end(played: "Played", at: int | None) -> datetime:
    begin, last = played.incident or (played.start, played.end)
    end = last if at is None else begin + timedelta(minutes=at)
    if not played.start < end <= played.end:
        least, most = ((time - begin) // timedelta(minutes=1) for time in (played.start, played.end))
        raise UsageError(
            "invalid-time", f"--at {at}: {played.scenario.name} is measured from minute {least} to minute {most} of its incident"
        )
    return end


def _write(path: Path, content: bytes, told: TextIO) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise UsageError("unwritable-file", f"{path}: {error.strerror or error}. Name a file that can be written.") from None
    told.write(f"written: {path}\n")
