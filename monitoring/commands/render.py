"""`python -m monitoring render`: what on-call sees of a stack, or would see in a scenario."""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from monitoring.commands.command import DONE, Subparsers, UsageError
from monitoring.commands.record import moment
from monitoring.commands.scenario import add_one, played
from monitoring.commands.source import add_source, named_sources
from monitoring.errors import MonitoringError
from monitoring.ranges import RANGES, USUAL

if TYPE_CHECKING:
    from monitoring.render import View
    from monitoring.scenarios import Played
    from monitoring.serve import Source

DESCRIPTION: Final = """\
Draws a stack's dashboard: its alarms, its charts, its access patterns, what to do. As it is now, as it was recorded, or
as it would be in a scenario; only of a deployed table is anything asked of AWS."""

EXAMPLE: Final = """\
examples:
  $ python -m monitoring render --scenario hot-partition --out dashboard.html --png dashboard.png
  $ python -m monitoring render --scenario silent-death --text
  $ python -m monitoring render --recording shop.recording --at 2026-11-24T14:37Z --range 1h --png incident.png
  $ python -m monitoring render shop-1a2b3c4 --out now.html

A scenario is shown at the last minute of its incident, or --at so many minutes after its start; a recording at its end
and a deployed table now, or both --at a time in UTC.

exit status:
  0  drawn
  2  the command or its input cannot be used; the message says what to do"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "render",
        help="the dashboard of a stack, live, recorded or in a scenario, as a page, a picture or text",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_one(parser, required=False)
    parser.add_argument("--at", metavar="WHEN", help="what is shown ends then: minutes of a scenario, else a time; see below")
    parser.add_argument("--range", choices=tuple(RANGES), default=USUAL, help=f"how long a time is shown; default: {USUAL}")
    parser.add_argument("--out", metavar="FILE", type=Path, help="the page: one file of HTML that loads nothing")
    parser.add_argument("--png", metavar="FILE", type=_picture(".png"), help="a picture")
    parser.add_argument("--svg", metavar="FILE", type=_picture(".svg"), help="a picture")
    parser.add_argument("--text", action="store_true", help="the dashboard as text; default where no file is asked for")
    parser.add_argument("--json", action="store_true", help="which alarms were open, and every line of every chart, as JSON")
    add_source(parser, several=False)
    parser.set_defaults(run=run)


def _picture(suffix: str) -> Callable[[str], Path]:
    """A file of another kind would not be what its name says."""

    def picture(given: str) -> Path:
        if not given.lower().endswith(suffix):
            raise argparse.ArgumentTypeError(f"{given!r}: give a name that ends with {suffix}")
        return Path(given)

    return picture


def run(options: argparse.Namespace) -> int:
    """Raises UsageError."""
    from monitoring.render import render_html, render_png, render_svg, render_text

    view = _view(options)
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


def _view(options: argparse.Namespace) -> "View":
    given = sum(map(bool, (options.scenario, options.recording, options.deployed)))
    if given != 1 or len(options.recording) > 1:
        raise UsageError("contradicting-options", "what is to be drawn? Give one of --scenario NAME, --recording FILE and TABLE.")
    return _in_scenario(played(options), options) if options.scenario else _measured(named_sources(options)[0], options)


def _in_scenario(played: "Played", options: argparse.Namespace) -> "View":
    from monitoring.render.playback import Playback

    end = _end(played, options.at)
    return Playback.of_played(played).view(max(played.start, end - RANGES[options.range]), end)


def _measured(source: "Source", options: argparse.Namespace) -> "View":
    from monitoring.serve import Asked

    try:
        end = _time(options.at) if options.at else None
        return source.shown(Asked(range=options.range, end=end)).view
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None


def _time(given: str) -> datetime:
    try:
        return moment(given)
    except argparse.ArgumentTypeError as error:
        raise UsageError("invalid-time", f"--at {error}") from None


def _end(played: "Played", given: str | None) -> datetime:
    begin, last = played.incident or (played.start, played.end)
    least, most = ((time - begin) // timedelta(minutes=1) for time in (played.start, played.end))
    measured = f"{played.scenario.name} is measured from minute {least} to minute {most} of its incident"
    if given is None:
        return last
    if not given.removeprefix("-").isdecimal():
        raise UsageError("invalid-time", f"--at {given}: give minutes; {measured}")
    end = begin + timedelta(minutes=int(given))
    if not played.start < end <= played.end:
        raise UsageError("invalid-time", f"--at {given}: {measured}")
    return end


def _write(path: Path, content: bytes, told: TextIO) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise UsageError("unwritable-file", f"{path}: {error.strerror or error}. Name a file that can be written.") from None
    told.write(f"written: {path}\n")
