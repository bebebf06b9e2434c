"""`python -m monitoring backtest`: when each alarm would have fired and cleared, and whether every scenario trips what it must."""

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from monitoring.commands.command import DONE, FOUND, Subparsers, UsageError, passing
from monitoring.commands.live import add_account
from monitoring.commands.observed import ALL, DEPLOYED, recorded_in, scenarios_of
from monitoring.commands.record import DAYS, moment
from monitoring.commands.scenario import add_one
from monitoring.commands.subject import add_subject
from monitoring.errors import MonitoringError

if TYPE_CHECKING:
    from monitoring.backtest import Alarms, Coverage, Observed, Report, Result
    from monitoring.evaluation import Reading

READINGS: Final = ("ignore", "configured", "both")

DESCRIPTION: Final = """\
Evaluates alarms minute by minute, as CloudWatch does, over a scenario, over a recording or over what CloudWatch
measured of a deployed stack: when each would have fired and cleared, how long an incident stays unnoticed, what pages
for nothing, and which thresholds the stack's own history suggests. Without --deployed it asks nothing of AWS."""

EXAMPLE: Final = """\
which alarms:
  those that the recipes make of the stack, or --alarms FILE: whatever `lint` reads, such as
  aws cloudwatch describe-alarms --alarm-types MetricAlarm CompositeAlarm
  With a recording or a deployed table also --alarms deployed: those of the stack as they were. What a recording holds
  of the stack is used unless --model or --definition names another declaration.

coverage file (TOML, or JSON where its name ends with .json): scenario, or file name of a recording -> alarms that must
fire and clear. An alarm is called by its name or by what stands in it behind the severity. Any other page is a failure.
  gsi-backpressure = ["GSI1 is throttled", "many requests to api fail"]
  steady = []

example:
  $ python -m monitoring backtest --scenario gsi-backpressure
  $ python -m monitoring backtest --scenario all --coverage coverage.toml
  $ python -m monitoring backtest --recording shop.recording --incident 2026-11-20T14:00Z/2026-11-20T14:40Z=outage
  $ python -m monitoring backtest --deployed shop-1a2b3c4 --alarms deployed --suggest

exit status:
  0  evaluated; with --coverage: as the file says
  1  not as the coverage file says
  2  the command or its input cannot be used, or AWS refuses; the message says what to do"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "backtest",
        help="when each alarm would have fired and cleared, and whether it must; thresholds from history",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    over = parser.add_mutually_exclusive_group(required=True)
    add_one(parser, ALL, group=over)
    over.add_argument("--recording", metavar="FILE", type=Path, help="what `record` saved")
    over.add_argument("--deployed", metavar="TABLE", help="a deployed table: what CloudWatch measured of its stack")
    parser.add_argument(
        "--days", metavar="N", type=_days, help=f"a scenario: at least so long; a deployed table: so far back, default: {DAYS}, at most 15"
    )
    parser.add_argument(
        "--incident",
        metavar="START/END[=LABEL]",
        type=_span,
        action="append",
        default=[],
        help="when something was wrong, in a recording or of a deployed table; UTC without a zone; may be given again",
    )
    parser.add_argument(
        "--alarms", metavar="FILE", help=f'alarms to test instead of those of the recipes; - is standard input; or "{DEPLOYED}"'
    )
    parser.add_argument("--coverage", metavar="FILE", type=Path, help="which scenario must trip which alarm")
    parser.add_argument(
        "--reading",
        choices=READINGS,
        default="ignore",
        help="missing data of AWS/DynamoDB, where AWS's texts disagree: ignore it always (default), as configured, or both, with what differs",
    )
    parser.add_argument("--suggest", action="store_true", help="thresholds that the history of a recording or a deployed table suggests")
    parser.add_argument(
        "--most-per-week",
        metavar="N",
        type=_rate,
        help="how often an alarm may fire for nothing; default: a page once a month, a ticket once a week",
    )
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    add_subject(parser)
    add_account(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0: evaluated, and as the coverage file says. 1: not so. Raises UsageError."""
    _check(options)
    coverage = _coverage(options.coverage)
    skipped: dict[str, str] = {}
    observed = scenarios_of(options, skipped) if options.scenario else recorded_in(options)
    report = _report(list(observed), options, coverage, skipped)
    sys.stdout.write(json.dumps(report.to_dict(), indent=2, ensure_ascii=False) + "\n" if options.json else report.text())
    return FOUND if report.failures and any(report.failures.values()) else DONE


def _check(options: argparse.Namespace) -> None:
    """What only a recording or a deployed table has."""
    for given, name in (
        (options.incident, "--incident"),
        (options.suggest, "--suggest"),
        (options.alarms == DEPLOYED, "--alarms deployed"),
    ):
        if given and options.scenario:
            raise UsageError(
                "contradicting-options", f"{name} needs what was measured: give --recording or --deployed instead of --scenario."
            )
    if options.recording and options.days:
        raise UsageError("contradicting-options", "--days means nothing for a recording, which is as long as it is. Leave it out.")
    if options.most_per_week is not None and not options.suggest:
        raise UsageError("contradicting-options", "--most-per-week is about what is suggested. Give --suggest too.")


def _days(given: str) -> float:
    days = _number(given)
    if not 0 < days <= 31:
        raise argparse.ArgumentTypeError(f"{given!r}: give a number of days above 0 and up to 31")
    return days


def _rate(given: str) -> float:
    rate = _number(given)
    if not 0 <= rate <= 1000:
        raise argparse.ArgumentTypeError(f"{given!r}: give a number from 0 to 1000")
    return rate


def _number(given: str) -> float:
    try:
        return float(given)
    except ValueError:
        return -1


def _span(given: str) -> tuple[datetime, datetime, str]:
    times, _, label = given.partition("=")
    start, slash, end = times.partition("/")
    if not slash or moment(start) >= moment(end):
        raise argparse.ArgumentTypeError(f"{given!r}: give start and end, such as 2026-11-20T14:00Z/2026-11-20T14:40Z=outage")
    return moment(start), moment(end), label


def _coverage(path: Path | None) -> "Coverage | None":
    from monitoring.backtest import CoverageError, read_coverage

    try:
        return read_coverage(path) if path else None
    except CoverageError as error:
        raise UsageError(error.code, error.message) from None


def _report(
    observed: "list[tuple[Observed, Alarms]]", options: argparse.Namespace, coverage: "Coverage | None", skipped: dict[str, str]
) -> "Report":
    from monitoring.backtest import Report, advise, contradictions, departures
    from monitoring.evaluation import Reading
    from monitoring.recordings import Recording

    first = Reading.CONFIGURED if options.reading == "configured" else Reading.ALWAYS_IGNORE
    results = _evaluated(observed, first)
    differing = contradictions(results, _evaluated(observed, Reading.CONFIGURED)) if options.reading == "both" else None
    if options.suggest:
        passing("looking for thresholds")
    advice = advise(results[0], options.most_per_week, first) if options.suggest else None
    passing("")
    failures = {each.observed.name: coverage.failures(each) for each in results} if coverage else None
    recording = results[0].observed.measured if results else None
    history = departures(results[0], recording) if options.alarms == DEPLOYED and isinstance(recording, Recording) else None
    return Report(tuple(results), skipped, failures, differing, history, advice)


def _evaluated(observed: "list[tuple[Observed, Alarms]]", reading: "Reading") -> "list[Result]":
    from monitoring.backtest import backtest

    results: list[Result] = []
    for source, alarms in observed:
        passing(f"evaluating {source.name}")
        try:
            results.append(backtest(source, alarms, reading))
        except MonitoringError as error:
            raise UsageError(error.code, error.message) from None
    return results
