"""`python -m monitoring doctor`: what is wrong with a deployed table and what watches it, and how it is mended."""

import argparse
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from monitoring.commands.command import DONE, FOUND, Subparsers, UsageError, passing, style_of
from monitoring.commands.live import account_of, add_deployed, deployed_of
from monitoring.commands.subject import streams_of
from monitoring.errors import MonitoringError

if TYPE_CHECKING:
    from monitoring.doctor import Examined, Finding, Report

LEVELS: Final = ("error", "warning", "note")
"""The parser must not wait for the checks. A test compares them."""

DESCRIPTION: Final = """\
Reads what is deployed around a table (settings, functions, stream, failure queue, alarms, topics, subscriptions,
dashboard) and says what is wrong with it: what was found, why it matters, and how it is mended. Works on any table.
Changes nothing, unless --fix is given."""

EXAMPLE: Final = """\
example:
  $ python -m monitoring doctor shop-1a2b3c
  shop-1a2b3c in eu-west-1: on demand, class STANDARD, a key of DynamoDB, 1 index, 2 functions, ...

  error deletable-table
    shop-1a2b3c: deletion protection is off.
    why: One call of DeleteTable, by hand or by a program that replaces the table, takes all data with it. ...
    do: SingleTable(disposable=False), aws.dynamodb.Table(deletion_protection_enabled=True).
    or: aws dynamodb update-table --table-name shop-1a2b3c --deletion-protection-enabled --region eu-west-1

  $ python -m monitoring doctor shop-1a2b3c --fix --dry-run      # what --fix would call; it asks before each

exit status:
  0  no finding of at least --min-severity
  1  findings; with --fix, findings that are left
  2  the command cannot be used; the message says what to do"""

DRIFT: Final = (
    "What Pulumi, CloudFormation or Terraform manages should be changed in the program: what is changed here shows as drift, and the next "
    "deployment takes it back unless the program says the same."
)


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "doctor",
        help="what is wrong with a deployed table and what watches it, and how it is mended",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--checks", action=_Checks, nargs=0, help="print the documentation of all checks as Markdown, and ask nobody")
    add_deployed(parser)
    parser.add_argument("--json", action="store_true", help="findings as JSON")
    parser.add_argument("--min-severity", choices=LEVELS, default="warning", help="show, and fail for, this and worse; default: warning")
    group = parser.add_argument_group("mending")
    group.add_argument("--fix", action="store_true", help="offer to mend what is safe to mend, one call after the other")
    group.add_argument("--yes", action="store_true", help="with --fix: do not ask")
    group.add_argument("--dry-run", action="store_true", help="with --fix: show the calls and make none")
    parser.set_defaults(run=run)


class _Checks(argparse.Action):
    """Needs no table."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from monitoring.doctor.output import page

        sys.stdout.write(page())
        parser.exit(DONE)


def run(options: argparse.Namespace) -> int:
    """0: nothing found. 1: findings. Raises UsageError."""
    if (options.yes or options.dry_run) and not options.fix:
        raise UsageError("no-input", "--yes and --dry-run belong to --fix, which was not given. Add --fix, or leave them out.")
    try:
        examined, report = _examined(options)
        if options.fix and _mended(options, examined, report):
            examined, report = _examined(options)
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None
    shown = report.at_least(options.min_severity)
    _write(options, examined, report, shown)
    return FOUND if shown else DONE


def _examined(options: argparse.Namespace) -> "tuple[Examined, Report]":
    from monitoring.doctor import Examined, examine

    passing("reading what is deployed")
    try:
        deployed = deployed_of(options, account=account_of(options))
        examined = Examined(deployed, datetime.now(UTC), streams_of(options) if deployed.declared else {})
        return examined, examine(examined, lambda theme: passing(f"checking: {theme}"))
    finally:
        passing("")


def _mended(options: argparse.Namespace, examined: "Examined", report: "Report") -> bool:
    """Whether anything was changed. What AWS refuses is said, and the next one is offered. Raises UsageError "unconfirmed"."""
    offered = [finding for finding in report.findings if finding.safe]
    if not offered:
        sys.stderr.write("nothing is safe to mend from here\n")
        return False
    if not (options.yes or options.dry_run or sys.stdin.isatty()):
        raise UsageError(
            "unconfirmed", "--fix asks before each change, and nobody can answer here. Give --yes, or --dry-run to see the calls."
        )
    sys.stderr.write(f"{DRIFT}\n\n")
    return bool(sum([_mend(options, examined, finding) for finding in offered]))


def _mend(options: argparse.Namespace, examined: "Examined", finding: "Finding") -> bool:
    from monitoring.live import CallRefused

    if finding.call is None:
        return False
    sys.stderr.write(f"{finding.about}: {finding.message}\n  {finding.call.command(examined.account.region)}\n")
    if options.dry_run or not (options.yes or _agreed()):
        return False
    try:
        finding.call.make(examined.account)
    except CallRefused as error:
        sys.stderr.write(f"  not done: {error.message}\n")
        return False
    return True


def _agreed() -> bool:
    sys.stderr.write("  do it? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _write(options: argparse.Namespace, examined: "Examined", report: "Report", shown: "tuple[Finding, ...]") -> None:
    from monitoring.doctor.output import report as as_json
    from monitoring.doctor.output import text

    if options.json:
        sys.stdout.write(json.dumps(as_json(examined, report, shown), indent=2, ensure_ascii=False, default=str) + "\n")
    else:
        sys.stdout.write(text(examined, report, shown, style_of(sys.stdout)))
