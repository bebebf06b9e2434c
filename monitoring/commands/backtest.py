"""`python -m monitoring backtest`: when each alarm would have fired and cleared, and whether every scenario trips what it must."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from monitoring.commands.command import DONE, FOUND, Subparsers, UsageError
from monitoring.commands.scenario import START, add_one
from monitoring.commands.subject import add_subject, stack_of

if TYPE_CHECKING:
    from monitoring.backtest import Alarms, Coverage, Result
    from monitoring.scenarios import Scenario
    from monitoring.subjects import Stack

ALL: Final = "all"

DESCRIPTION: Final = """\
Plays scenarios on a stack and evaluates alarms minute by minute, as CloudWatch does: when each would have fired and
cleared, how long an incident stays unnoticed, what pages for nothing. Asks nothing of AWS."""

EXAMPLE: Final = """\
which alarms:
  those that the recipes make of the stack, or --alarms FILE: whatever `lint` reads, such as
  aws cloudwatch describe-alarms --alarm-types MetricAlarm CompositeAlarm

coverage file (TOML, or JSON where its name ends with .json): scenario -> alarms that must fire and clear. An alarm is
called by its name or by what stands in it behind the severity. Any other page is a failure.
  gsi-backpressure = ["GSI1 is throttled", "many requests to api fail"]
  steady = []

example:
  $ python -m monitoring backtest --scenario gsi-backpressure
  $ python -m monitoring backtest --scenario all --coverage coverage.toml
  $ python -m monitoring backtest --scenario steady --days 14

exit status:
  0  played; with --coverage: as the file says
  1  not as the coverage file says
  2  the command or its input cannot be used; the message says what to do"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "backtest",
        help="when each alarm would have fired and cleared in a scenario, and whether it must",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_one(parser, ALL)
    parser.add_argument("--days", metavar="N", type=_days, help="at least so long; default: the incident and some time around it, or a day")
    parser.add_argument("--alarms", metavar="FILE", help="alarms to test instead of the stack's own; - is standard input")
    parser.add_argument("--coverage", metavar="FILE", type=Path, help="which scenario must trip which alarm")
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    add_subject(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0: played, and as the coverage file says. 1: not so. Raises UsageError."""
    from monitoring.backtest.report import report, text

    coverage = _coverage(options.coverage)
    stack, alarms = _subject(stack_of(options), options.alarms)
    chosen, skipped = _scenarios(options.scenario, stack)
    results = _play(chosen, stack, alarms, options)
    failures = {each.played.scenario.name: coverage.failures(each) for each in results} if coverage else None
    if options.json:
        sys.stdout.write(json.dumps(report(results, skipped, failures), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(text(results, skipped, failures))
    return FOUND if failures and any(failures.values()) else DONE


def _days(given: str) -> float:
    try:
        days = float(given)
    except ValueError:
        days = 0
    if not 0 < days <= 31:
        raise argparse.ArgumentTypeError(f"{given!r}: give a number of days above 0 and up to 31")
    return days


def _coverage(path: Path | None) -> "Coverage | None":
    from monitoring.backtest import CoverageError, read_coverage

    try:
        return read_coverage(path) if path else None
    except CoverageError as error:
        raise UsageError(error.code, error.message) from None


def _subject(stack: "Stack", file: str | None) -> "tuple[Stack, Alarms | None]":
    """The stack by the names that the file's alarms use, and these alarms."""
    from monitoring.backtest import read_alarms
    from monitoring.backtest.given import names_from
    from monitoring.lint import InputError
    from monitoring.scenarios import named

    if file is None:
        return stack, None
    try:
        alarms = read_alarms(file)
    except InputError as error:
        raise UsageError(error.code, error.message) from None
    return named(stack, names_from(stack, alarms.metric)), alarms


def _scenarios(name: str, stack: "Stack") -> "tuple[list[Scenario], dict[str, str]]":
    """Those to play, and those that the stack has nothing for, with what it lacks."""
    from monitoring.scenarios import SCENARIOS

    wanted = list(SCENARIOS.values()) if name == ALL else [SCENARIOS[name]]
    skipped = {each.name: lacks for each in wanted if (lacks := each.lacks(stack))}
    if name in skipped:
        raise UsageError("scenario-does-not-fit", f"{name} needs {skipped[name]}, and {stack.label} has none. Choose another scenario.")
    return [each for each in wanted if each.name not in skipped], {name: str(lacks) for name, lacks in skipped.items()}


def _play(chosen: "Sequence[Scenario]", stack: "Stack", alarms: "Alarms | None", options: argparse.Namespace) -> "list[Result]":
    from monitoring.backtest import backtest, generated
    from monitoring.scenarios import play

    results: list[Result] = []
    for scenario in chosen:
        if sys.stderr.isatty():
            sys.stderr.write(f"\rplaying {scenario.name} ...\x1b[K")
        played = play(scenario, stack, START, days=options.days, seed=options.seed)
        results.append(backtest(played, alarms or generated(played.stack)))
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    return results
