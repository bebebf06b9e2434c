"""`python -m monitoring preview`: what the monitoring of a stack will be, what it costs, and how it differs from what it was."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from monitoring.commands.command import DONE, Subparsers, UsageError, progress, width_of
from monitoring.commands.scenario import NAMES
from monitoring.commands.subject import add_subject, stack_of
from monitoring.commands.wanted import add_wanted, measuring, wanted
from monitoring.errors import MonitoringError

if TYPE_CHECKING:
    from monitoring.commands.revision import Revision
    from monitoring.preview import Difference, Listing

FORMATS: Final = ("text", "markdown", "json")

SCENARIO: Final = "hot-partition"
"""What pictures show."""

Pictures = Sequence[tuple[str, Path]]

DESCRIPTION: Final = """\
Lists the alarms and the dashboard that a stack will get, with severity, threshold and monthly cost: for a terminal, for
a pull request (--format markdown) or for a program. With --diff, what changes since another revision of the project
and what that costs. Asks nothing of AWS."""

EXAMPLE: Final = """\
example:
  $ python -m monitoring preview
  $ python -m monitoring preview --model app.model --max-writes 1000 --format markdown
  $ python -m monitoring preview --options app.alarms.OPTIONS
  $ python -m monitoring preview --diff origin/main > comment.md
  $ python -m monitoring preview --diff HEAD~1 --pictures pictures
  $ pulumi preview --json > after.json
  $ python -m monitoring preview --alarms after.json --diff before.json

A revision is checked out beside the working directory with git, asked by the same command, and removed again: both
must have the model. Costs are list prices of alarms and dashboards, without what an account has free.

exit status:
  0  listed, whether anything changes or not
  2  the command or its input cannot be used; the message says what to do"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "preview",
        help="the alarms and the dashboard that a stack will get, what changes, and their monthly cost",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--format", choices=FORMATS, help="default: text; with --diff: markdown")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.add_argument("--diff", metavar="REV", help="what changes since this revision of git; with --alarms: since this file")
    parser.add_argument(
        "--alarms", metavar="FILE", help="alarms of a file instead of the stack's own: whatever `lint` reads; - is standard input"
    )
    parser.add_argument(
        "--pictures", metavar="DIR", type=Path, help="with --diff: draws the dashboard before and after there, and links it"
    )
    parser.add_argument("--scenario", metavar="NAME", choices=NAMES, help=f"with --pictures: what they show; default: {SCENARIO}")
    add_wanted(parser)
    add_subject(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Raises UsageError."""
    from monitoring.preview.words import markdown, text

    _check(options)
    if options.diff:
        return _difference(options)
    found = _listed(options)
    if options.format == "json":
        _write_json(found)
    else:
        _write(markdown(found) if options.format == "markdown" else text(found, width_of(sys.stdout)))
    return DONE


def _check(options: argparse.Namespace) -> None:
    for name, needed in (("pictures", "diff"), ("scenario", "pictures")):
        if getattr(options, name) and not getattr(options, needed):
            raise UsageError("missing-option", f"--{name} belongs to --{needed}, which was not given. Add it, or leave --{name} out.")
    if options.alarms and options.wanted:
        raise UsageError("contradicting-options", "--alarms names the alarms, and --options what they should be. Leave one of them out.")
    if options.alarms and options.pictures:
        raise UsageError("missing-option", "--pictures shows the stack's own dashboard, and --alarms names a file. Leave one of them out.")


def _listed(options: argparse.Namespace) -> "Listing":
    from monitoring.preview import listing

    if options.alarms:
        return _of_file(options.alarms)
    chosen = wanted(options)
    try:
        return listing(measuring(stack_of(options), chosen), chosen)
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None


def _of_file(path: str) -> "Listing":
    from monitoring.lint import InputError, read_file
    from monitoring.preview import listing_of_alarms

    try:
        return listing_of_alarms(path, read_file(path))
    except InputError as error:
        raise UsageError(error.code, error.message) from None


# --- what changes


def _difference(options: argparse.Namespace) -> int:
    from monitoring.preview import difference

    after = _listed(options)
    if options.alarms:
        _write_difference(difference(_of_file(options.diff), after, options.diff), (), options)
        return DONE
    from monitoring.commands.revision import checked_out

    progress(f"reading {options.diff}")
    with checked_out(options.diff) as revision:
        more = ["--options", options.wanted] if options.wanted else []
        before: Listing = json.loads(revision.ask(["preview", "--json", *_subject_arguments(options), *more]))
        pictures = _pictures(options, revision) if options.pictures else ()
    _write_difference(difference(before, after, str(revision)), pictures, options)
    return DONE


def _subject_arguments(options: argparse.Namespace) -> list[str]:
    """Which stack, as it was typed."""
    parser = argparse.ArgumentParser()
    add_subject(parser)
    chosen = {name: getattr(options, name) for name, default in vars(parser.parse_args([])).items() if getattr(options, name) != default}
    given = [(name, text) for name, value in chosen.items() for text in _typed(value)]
    return [word for name, text in given for word in (f"--{name.replace('_', '-')}", text)]


def _typed(value: object) -> list[str]:
    """Of an option that may be repeated, each time."""
    return [str(each) for each in cast("list[object]", value)] if isinstance(value, list) else [str(value)]


def _pictures(options: argparse.Namespace, revision: "Revision") -> Pictures:
    """Of the dashboard in a scenario, drawn by the code of each side."""
    from monitoring.commands.revision import ask

    scenario = options.scenario or SCENARIO
    before, after = (options.pictures / f"{side}.png" for side in ("before", "after"))

    def arguments(path: Path) -> list[str]:
        return ["render", "--scenario", scenario, "--png", str(path.absolute()), *_subject_arguments(options)]

    revision.ask(arguments(before))
    ask(arguments(after), "the working directory")
    return [(f"before: {scenario}", before), (f"after: {scenario}", after)]


def _write_difference(found: "Difference", pictures: Pictures, options: argparse.Namespace) -> None:
    from monitoring.preview.words import difference_markdown, difference_text

    if options.format == "json":
        more: dict[str, Any] = {"monthly_usd_more": found.monthly_usd_more, "pictures": [str(path) for _, path in pictures]}
        _write_json({**asdict(found), **more})
    elif options.format == "text":
        _write(difference_text(found, width_of(sys.stdout)))
    else:
        _write(difference_markdown(found, pictures))


def _write(lines: Iterable[str]) -> None:
    sys.stdout.write("\n".join(lines) + "\n")


def _write_json(found: Any) -> None:
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
