"""`watch-index TABLE INDEX`: the backfill of an index until it is over."""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from monitoring.commands.command import DONE, FOUND, Subparsers, UsageError, passing
from monitoring.commands.live import account_of, add_account
from monitoring.errors import MonitoringError

if TYPE_CHECKING:
    from components.index_plan.watch import Look

DESCRIPTION: Final = """\
Watches an index while it is built, until it can be read: its status, how far the backfill is, how long that has taken
and will take, the write units and the throttled writes of the index. Only reads: Ctrl-C stops nothing but the watching,
and whoever starts it again goes on where the backfill is."""
EPILOG: Final = """\
examples:
  $ python -m components watch-index shop-1a2b3c GSI2
  $ python -m components watch-index shop-1a2b3c GSI2 --every 300 --longest 48 --most-throttles 1000
  $ python -m components watch-index shop-1a2b3c GSI2 --json

exit status:
  0  the index is ACTIVE
  1  it is being deleted or gone, was throttled more often than allowed, or is not ACTIVE in time
  2  the command cannot be used; the message says what to do
"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "watch-index",
        help="watch an index while it is built, until it can be read",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("table", metavar="TABLE", help="the name of the table, as deployed")
    parser.add_argument("index", metavar="INDEX", help="the name of the global index")
    add_account(parser)
    group = parser.add_argument_group("the watch")
    group.add_argument("--every", metavar="SECONDS", type=_count, default=30, help="between two looks; default: 30")
    group.add_argument("--longest", metavar="HOURS", type=_count, default=24, help="to watch; default: 24")
    group.add_argument(
        "--most-throttles", metavar="N", type=_count, help="throttled writes of the index, beyond which to give up; default: never"
    )
    group.add_argument("--json", action="store_true", help="print each look as a line of JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, NoSuchIndex."""
    import time

    return watched(options, clock=lambda: datetime.now(UTC), wait=time.sleep)


def watched(options: argparse.Namespace, *, clock: Callable[[], datetime], wait: Callable[[float], object]) -> int:
    """As run does, on a clock of one's own."""
    from components.index_plan.watch import ACTIVE, NoSuchIndex, Watch

    watch = Watch(account_of(options), options.table, options.index, every_seconds=options.every, clock=clock, wait=wait)
    began, told = clock(), ""
    try:
        for look in watch.looks():
            told = _tell(options, look, told)
            if look.status == ACTIVE:
                return DONE
            if reason := _enough(options, look, look.at - began):
                sys.stderr.write(f"components: {options.index} of {options.table} {reason}\n")
                return FOUND
    except NoSuchIndex as error:
        raise UsageError(error.code, str(error)) from None
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None
    finally:
        passing("")
    return FOUND


def _enough(options: argparse.Namespace, look: "Look", watched: timedelta) -> str:
    """Why not to go on; empty where there is no reason."""
    throttles = look.measured.throttles if look.measured else 0
    if look.over:
        return f"is {look.status}"
    if options.most_throttles is not None and throttles > options.most_throttles:
        return f"was throttled {throttles:,.0f} times: more than --most-throttles {options.most_throttles}. Give it more write capacity."
    if watched >= timedelta(hours=options.longest):
        return f"is {look.status} after --longest {options.longest} h. It goes on; watch it again."
    return ""


def _tell(options: argparse.Namespace, look: "Look", told: str) -> str:
    """What was told: on a terminal the line is replaced, elsewhere one is written where status or percent are others."""
    if options.json:
        sys.stdout.write(f"{json.dumps(look.to_dict())}\n")
        sys.stdout.flush()
        return ""
    line, news = f"{options.index}: {look}", f"{look.status} {look.backfilling} {look.percent}"
    if look.over or (news != told and not sys.stderr.isatty()):
        passing("")
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    else:
        passing(line)
    return news


def _count(given: str) -> int:
    if not given.isascii() or not given.isdigit() or int(given) < 1:
        raise argparse.ArgumentTypeError(f"{given!r}: give a number above 0")
    return int(given)
