"""`python -m monitoring explain`: what is wrong with a stack, why, and what to do next, in one paragraph."""

import argparse
import json
import shutil
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from monitoring.commands.command import DONE, FOUND, Subparsers, UsageError
from monitoring.commands.live import account_of, add_account, deployed_of
from monitoring.commands.record import moment
from monitoring.commands.scenario import NAMES, played
from monitoring.commands.subject import add_subject
from monitoring.errors import MonitoringError

if TYPE_CHECKING:
    from monitoring.explain import Explanation
    from monitoring.live import Deployed, LiveMeasured
    from monitoring.metrics import Metric

MOST_HOURS: Final = 24

DESCRIPTION: Final = """\
Says in one paragraph what is wrong with a stack now, or was last: which alarm says it, why, whose access patterns feel
it, which key is busy and what it means, what was changed before; then the next step. Changes nothing."""

EXAMPLE: Final = """\
example:
  $ python -m monitoring explain shop-1a2b3c4
  $ python -m monitoring explain shop-1a2b3c4 --at 2026-03-02T10:45 --hours 2
  $ python -m monitoring explain --scenario gsi-backpressure

It evaluates the alarms that the stack would have, so a table without any is explained as well. Keys come from
Contributor Insights, where it is on; they can hold personal data: --no-keys leaves them out.

exit status:
  0  no alarm was open in that time
  1  something is wrong, or was
  2  the command or its input cannot be used; the message says what to do"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "explain",
        help="what is wrong with a stack, why, and what to do next",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("deployed", metavar="TABLE", nargs="?", help="the name of a table, as deployed")
    parser.add_argument("--scenario", metavar="NAME", choices=NAMES, help=f"instead of TABLE, one of {', '.join(NAMES)}")
    parser.add_argument("--seed", metavar="NUMBER", type=int, default=1, help="of what is left to chance in a scenario; default: 1")
    parser.add_argument("--at", metavar="TIME", type=_time, help="the end of what is explained; UTC without a zone; default: now")
    parser.add_argument("--hours", metavar="N", type=_hours, default=3, help=f"how far back is looked, 1 to {MOST_HOURS}; default: 3")
    parser.add_argument("--no-keys", action="store_true", help="ask for no keys and show none")
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    add_account(parser)
    add_subject(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0: no alarm was open. 1: something is wrong, or was. Raises UsageError."""
    from monitoring.explain.text import text

    if bool(options.deployed) is bool(options.scenario):
        raise UsageError("contradicting-options", "what is to be explained? Give the name of a deployed TABLE, or --scenario NAME.")
    explanation = _of_scenario(options) if options.scenario else _of_deployed(options)
    if options.json:
        sys.stdout.write(json.dumps(explanation.to_dict(), indent=2, ensure_ascii=False) + "\n")
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 120
        sys.stdout.write(text(explanation, min(width, 120)))
    return FOUND if explanation.recipe else DONE


def _time(given: str) -> datetime:
    return moment(given).astimezone(UTC).replace(second=0, microsecond=0)


def _hours(given: str) -> int:
    if not given.isdecimal() or not 1 <= int(given) <= MOST_HOURS:
        raise argparse.ArgumentTypeError(f"{given!r}: give 1 to {MOST_HOURS} hours")
    return int(given)


def _of_scenario(options: argparse.Namespace) -> "Explanation":
    """At the end of its incident; of one without, at its own."""
    from monitoring.explain import explain

    play = played(options)
    end = options.at or (play.incident[1] if play.incident else play.end)
    if not play.start < end <= play.end:
        raise UsageError("invalid-option", f"--at {end:%Y-%m-%dT%H:%M}: {options.scenario} is played from {play.start} to {play.end}.")
    return explain(play.stack, play.samples, max(play.start, end - timedelta(hours=options.hours)), end)


def _of_deployed(options: argparse.Namespace) -> "Explanation":
    from monitoring.explain import Context, Counted, explain
    from monitoring.explain.contributors import busiest_keys
    from monitoring.live import LiveMeasured

    account = account_of(options)
    deployed = deployed_of(options, account=account)
    end = options.at or datetime.now(UTC).replace(second=0, microsecond=0)
    start = end - timedelta(hours=options.hours)
    measured = LiveMeasured(account, deployed.stack)
    try:
        _load(deployed, measured, start, end)

        def busiest(since: datetime, until: datetime) -> Counted:
            return Counted(why="--no-keys") if options.no_keys else busiest_keys(deployed, since, until)

        return explain(deployed.stack, measured, start, end, Context(busiest, deployed.deployments))
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None


def _load(deployed: "Deployed", measured: "LiveMeasured", start: datetime, end: datetime) -> None:
    """Everything in few calls. An alarm with a longer period looks at one that begins at any minute."""
    from monitoring.explain.throttling import metrics_of_throttling
    from monitoring.recipes import alarms_for

    metrics = {metric for alarm in alarms_for(deployed.stack) for metric in alarm.metrics.values()}
    by_period: dict[int, set[Metric]] = {}
    for metric in (*metrics, *metrics_of_throttling(deployed.stack)):
        by_period.setdefault(metric.period_seconds, set()).add(metric)
    for period, asked in by_period.items():
        for minute in range(period // 60):
            measured.load(asked, start + timedelta(minutes=minute), end)
