"""`python -m monitoring runbooks`: what to do about each alarm of a stack, on the terminal or as pages to publish."""

import argparse
import json
import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from monitoring.commands.command import DONE, Subparsers, UsageError
from monitoring.commands.subject import add_subject, stack_of
from monitoring.nearest import did_you_mean

if TYPE_CHECKING:
    from monitoring.alarms import Alarm
    from monitoring.subjects import Stack

WIDEST: Final = 110
MADE_BY: Final = "Written by `python -m monitoring runbooks --out DIR`: do not edit."

DESCRIPTION: Final = """\
What to do about each alarm that a stack will get: what it means, the first three steps, likely causes and how to
recognise them, what will not help. Lists them; prints the one that is named, by its recipe or by the name of an alarm;
or writes all of them as Markdown pages (--out), whose published address is the option `runbook_url` (`runbookUrl` of
the stack): each alarm then ends with a link to its page. Asks nothing of AWS."""

EXAMPLE: Final = """\
example:
  $ python -m monitoring runbooks
  $ python -m monitoring runbooks index-throttles
  $ python -m monitoring runbooks "shop-dev page: GSI1 is throttled"
  $ python -m monitoring runbooks --out out/runbooks

exit status:
  0  listed, printed or written
  2  the command or its input cannot be used; the message says what to do"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "runbooks",
        help="what to do about each alarm of a stack, on the terminal or as pages",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="a recipe, or the name of an alarm; default: list all")
    parser.add_argument("--out", metavar="DIR", type=Path, help="write a page for each, and an index, into this folder")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    add_subject(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Raises UsageError."""
    if options.name and options.out:
        raise UsageError("contradicting-options", "--out writes every page, and NAME asks for one. Leave one of them out.")
    stack = stack_of(options)
    alarms = _alarms(stack)
    if options.out:
        lines = _written(options.out, stack, alarms)
    elif options.json:
        found = runbooks(stack, alarms)
        lines = [json.dumps(_named(options.name, alarms, found) if options.name else list(found.values()), indent=2, ensure_ascii=False)]
    elif options.name:
        lines = _text(_named(options.name, alarms, runbooks(stack, alarms)))
    else:
        lines = _listed(runbooks(stack, alarms))
    sys.stdout.write("\n".join(lines) + "\n")
    return DONE


def runbooks(stack: "Stack", alarms: "list[Alarm]") -> dict[str, dict[str, Any]]:
    """Recipe -> its runbook with the stack's alarms, as JSON has it, in the order of triage."""
    from dataclasses import asdict

    from monitoring.runbooks import RUNBOOKS
    from monitoring.runbooks.facts import felt_by, firing_of
    from monitoring.runbooks.pages import EVERY_RECIPE, alarms_by_recipe, ending

    made = alarms_by_recipe(alarms)
    return {
        recipe: {
            **asdict(runbook),
            "severity": made[recipe][0].severity,
            "clears": ending(runbook, EVERY_RECIPE[recipe]),
            "alarms": [
                {
                    "name": alarm.name,
                    "fires": firing_of(alarm, EVERY_RECIPE[recipe]),
                    "felt_by": [{"pattern": each.name, "title": each.title, "key": each.access} for each in felt_by(stack, alarm)],
                }
                for alarm in made[recipe]
            ],
        }
        for recipe, runbook in RUNBOOKS.items()
        if recipe in made
    }


def _alarms(stack: "Stack") -> "list[Alarm]":
    """Those of the stack, and those that its account should have once."""
    from monitoring.account_alarms import account_alarms
    from monitoring.recipes import alarms_for

    return [*alarms_for(stack), *account_alarms()]


def _named(name: str, alarms: "list[Alarm]", found: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    from monitoring.alarms import clause_of

    # By what its name says, so that an alarm of another stage or severity is found too.
    recipe = next((alarm.recipe for alarm in alarms if clause_of(alarm.name) == clause_of(name)), name)
    if recipe not in found:
        meant = did_you_mean(name, (*found, *(clause_of(alarm.name) for alarm in alarms)))
        words = f'no alarm of this stack is called "{name}" or comes from such a recipe; recipes are {", ".join(found)}.{meant}'
        raise UsageError("unknown-runbook", words)
    return found[recipe]


def _written(folder: Path, stack: "Stack", alarms: "list[Alarm]") -> Iterator[str]:
    from monitoring.runbooks.pages import INDEX, pages_of

    made = pages_of(stack, alarms, MADE_BY)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError("unwritable-file", f"{folder}: {error.strerror or error}. Give a folder that can be written with --out.") from None
    yield f"{len(made)} pages; begin with {folder / INDEX}"


def _listed(found: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    width = max(map(len, found))
    for recipe, runbook in found.items():
        yield f"{runbook['severity']:<6}  {recipe:<{width}}  {runbook['title']}"


def _text(runbook: Mapping[str, Any]) -> Iterator[str]:
    yield f"{runbook['title']} ({runbook['severity']}, {runbook['recipe']})"
    yield ""
    yield from _wrapped(runbook["means"])
    yield "\nDo first"
    for number, step in enumerate(runbook["steps"], 1):
        yield from _wrapped(step, f"  {number}. ")
    yield "\nLikely causes"
    for cause in runbook["causes"]:
        yield from _wrapped(f"{cause['what']}: {cause['sign']}", "  - ")
    yield "\nWhat will not help"
    yield from _wrapped(runbook["useless"], "  ")
    yield "\nWhen it clears"
    yield from _wrapped(runbook["clears"], "  ")
    yield "\nAlarms"
    for alarm in runbook["alarms"]:
        yield from _wrapped(f"{alarm['name']}: {alarm['fires']}", "  - ")
    if runbook["related"]:
        yield "\nLook at as well"
        yield from _wrapped(", ".join(runbook["related"]), "  ")


def _wrapped(text: str, lead: str = "") -> list[str]:
    """Commands stay whole: they are copied."""
    width = min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)
    return textwrap.wrap(
        text, width, initial_indent=lead, subsequent_indent=" " * len(lead), break_long_words=False, break_on_hyphens=False
    )
