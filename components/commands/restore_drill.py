"""`restore-drill TABLE`: restores a copy of a table, proves that it holds what the table holds, and deletes it again."""

import argparse
import signal
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from monitoring.commands.command import DONE, FOUND, Subparsers, UsageError, passing
from monitoring.commands.live import account_of, add_account
from monitoring.errors import MonitoringError

if TYPE_CHECKING:
    from collections.abc import Generator

    from components.restore import Record, Source
    from monitoring.live import Account

DESCRIPTION: Final = """\
Restores a table beside itself, from its continuous backups or one backup, waits, compares settings and items with the
table, says how long it took and what a restore does not bring back, and deletes the copy, whatever happens. The table
is only read. A restore is paid for by its size: it asks before."""
EPILOG: Final = """\
examples:
  $ python -m components restore-drill shop-1a2b3c
  $ python -m components restore-drill shop-1a2b3c --at 2026-03-02T14:00:00Z --reapply --out drill.md
  $ python -m components restore-drill shop-1a2b3c --yes --json \\
      --backup arn:aws:dynamodb:eu-west-1:123456789012:table/shop-1a2b3c/backup/01772442000000-1a2b3c4d

exit status:
  0  the copy holds what the table holds
  1  it does not, or that was not proven, or there is nothing to restore from
  2  the command cannot be used; the message says what to do
"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "restore-drill",
        help="prove that a table can be restored: a copy is restored, compared and deleted",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("table", metavar="TABLE", help="the name of the table, as deployed")
    add_account(parser)
    group = parser.add_argument_group("the drill")
    which = group.add_mutually_exclusive_group()
    which.add_argument(
        "--at", metavar="TIME", type=_time, help="the state to restore, ISO 8601 with a time zone; default: the latest there is"
    )
    which.add_argument("--backup", metavar="ARN", type=_backup, help="a backup on demand, instead of continuous backups")
    group.add_argument(
        "--reapply", action="store_true", help="also set on the copy what a restore does not bring: tags, TTL, recovery, stream"
    )
    group.add_argument("--keep", action="store_true", help="leave the copy there; it is paid for until somebody deletes it")
    group.add_argument("--yes", action="store_true", help="do not ask")
    group.add_argument(
        "--max-items",
        metavar="N",
        type=_count,
        default=10_000,
        help="items to read of each; all are compared where there are fewer; default: 10000",
    )
    group.add_argument(
        "--tolerate",
        metavar="PERCENT",
        type=_percent,
        default=0.0,
        help="of items that may differ, since the table is written to; default: 0",
    )
    group.add_argument("--longest", metavar="HOURS", type=_count, default=24, help="to wait for the copy; default: 24")
    group.add_argument("--json", action="store_true", help="print the result as JSON")
    group.add_argument("--out", metavar="FILE", type=Path, help="also write the result as Markdown, to be kept")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, NoRecovery."""
    import secrets
    import time

    from components.restore import Drill, read_source
    from components.restore.drill import Options

    account = account_of(options)
    asked = Options(options.at, options.keep, options.reapply, options.max_items, options.tolerate, timedelta(hours=options.longest))
    try:
        source = read_source(account, options.table, options.backup)
        _check(options, source)
        _tell_left(account)
        drill = Drill(account, source, asked, id=secrets.token_hex(3), clock=lambda: datetime.now(UTC), wait=time.sleep, told=passing)
        with _ended_as_by_ctrl_c():
            record = drill.run()
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None
    finally:
        passing("")
    _write(options, record)
    return DONE if record.good else FOUND


def _check(options: argparse.Namespace, source: "Source") -> None:
    """Raises UsageError "invalid-time", "unconfirmed", "unwritable-file"."""
    if options.at and not (source.earliest or options.at) <= options.at <= source.latest:
        begin = f"{source.earliest:%Y-%m-%dT%H:%M:%SZ}" if source.earliest else "its beginning"
        raise UsageError(
            "invalid-time",
            f"{options.at.isoformat()} cannot be restored: {begin} to {source.latest:%Y-%m-%dT%H:%M:%SZ} can. Give --at in between.",
        )
    if options.out and not options.out.absolute().parent.is_dir():
        raise UsageError("unwritable-file", f"{options.out}: its folder does not exist. Give another --out.")
    if options.yes:
        return
    what = f"about {source.items:,} items, {source.gigabytes:.3f} GB, would be restored for about ${source.usd:.2f}"
    if not sys.stdin.isatty():
        raise UsageError("unconfirmed", f"{what}, and nobody can answer here. Give --yes.")
    sys.stderr.write(f"{what}, beside {source.name} and {'left there' if options.keep else 'deleted afterwards'}. Go on? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("unconfirmed", "nothing was restored.")


def _tell_left(account: "Account") -> None:
    """Copies of earlier drills, which are paid for."""
    from components.restore.drill import drills_left
    from monitoring.live import CallRefused

    try:
        for name in drills_left(account):
            sys.stderr.write(f"an earlier drill left {name}: aws dynamodb delete-table --table-name {name}\n")
    except CallRefused:
        return  # who may not list tables is not told of others


def _write(options: argparse.Namespace, record: "Record") -> None:
    """Raises UsageError "unwritable-file", after the result is shown."""
    from components.restore import markdown, report, text

    sys.stdout.write(report(record) if options.json else text(record))
    if options.out:
        try:
            options.out.write_text(markdown(record), encoding="utf-8")
        except OSError as error:
            raise UsageError("unwritable-file", f"{options.out}: {error.strerror or error}. Give another --out.") from None


@contextmanager
def _ended_as_by_ctrl_c() -> "Generator[None]":
    """What takes the copy away must also run where a build is cancelled, which sends SIGTERM."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _backup(given: str) -> str:
    from components.arns import BACKUP

    if not BACKUP.fits(given):
        raise argparse.ArgumentTypeError(f"{given!r}: give the ARN of a backup, {BACKUP.shown}")
    return given


def _time(given: str) -> datetime:
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{given!r}: give a time with a zone, such as 2026-03-02T14:00:00Z")
    return found.astimezone(UTC)


def _count(given: str) -> int:
    if not given.isascii() or not given.isdigit() or int(given) < 1:
        raise argparse.ArgumentTypeError(f"{given!r}: give a number above 0")
    return int(given)


def _percent(given: str) -> float:
    try:
        found = float(given)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 100:
        raise argparse.ArgumentTypeError(f"{given!r}: give 0 to 100 percent")
    return found
