"""`python -m monitoring record`: what was measured of a deployed stack, in a file that outlives CloudWatch's minutes."""

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from monitoring.commands.command import DONE, Subparsers, UsageError, passing
from monitoring.commands.live import add_deployed, deployed_of
from monitoring.errors import MonitoringError

if TYPE_CHECKING:
    from monitoring.live import Deployed
    from monitoring.recordings import Recorded, Recording

DAYS: Final = 14

DESCRIPTION: Final = """\
Saves what the alarms and the dashboard of a deployed stack need of what CloudWatch measured, by the minute, and the
alarms as they are with their history: for `backtest --recording FILE`. CloudWatch keeps minutes for 15 days; a
recording keeps them, and the same command again adds what was measured since. Changes nothing in the account."""

EXAMPLE: Final = """\
needs: cloudwatch:GetMetricData, ListMetrics, DescribeAlarms and DescribeAlarmHistory; dynamodb:DescribeTable and
DescribeTimeToLive; lambda:ListFunctions, ListEventSourceMappings, GetFunctionUrlConfig and
GetFunctionEventInvokeConfig; sqs:GetQueueUrl and GetQueueAttributes; application-autoscaling:DescribeScalableTargets
where capacity is provisioned. GetMetricData costs US$ 0.01 for 1,000 metrics requested; it says how many these were.

example:
  $ python -m monitoring record shop-1a2b3c4 --out shop.recording
  $ python -m monitoring backtest --recording shop.recording

exit status:
  0  recorded
  2  the command or its input cannot be used, or AWS refuses; the message says what to do"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "record",
        help="save what was measured of a deployed stack to a file",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="where to; a recording that is there is completed")
    parser.add_argument("--days", metavar="N", type=_days, help=f"how far back; default: {DAYS}, or as far as the recording that is there")
    parser.add_argument(
        "--since", metavar="TIME", type=moment, help="instead of --days: from when on, as 2026-11-24T14:00Z; UTC without a zone"
    )
    parser.add_argument("--until", metavar="TIME", type=moment, help="until when; default: now, without the newest 5 minutes")
    parser.add_argument("--json", action="store_true", help="the summary as JSON")
    add_deployed(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Raises UsageError."""
    from monitoring.recordings import write_recording

    if options.days and options.since:
        raise UsageError("contradicting-options", "--days and --since both say from when on. Give one of them.")
    before = before_in(options.out)
    deployed = deployed_of(options)
    until: datetime = options.until or datetime.now(UTC)
    since: datetime = options.since or (before.start if before and not options.days else until - timedelta(days=options.days or DAYS))
    try:
        recorded = recorded_of(deployed, since, until, before)
        size = write_recording(recorded.recording, options.out)
    except OSError as error:
        raise UsageError("unwritable-file", f"{options.out}: {error.strerror or error}. Give a file in a folder that exists.") from None
    told = summary(recorded, size)
    sys.stdout.write(
        json.dumps({"file": str(options.out), **told}, indent=2) + "\n" if options.json else _text(recorded, options.out, size)
    )
    return DONE


def moment(given: str) -> datetime:
    """An ISO 8601 time; UTC where it has no zone."""
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{given!r}: give a time such as 2026-11-24T14:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _days(given: str) -> float:
    try:
        days = float(given)
    except ValueError:
        days = 0
    if not 0 < days <= 15:
        raise argparse.ArgumentTypeError(f"{given!r}: give a number of days above 0 and up to 15, for which CloudWatch keeps minutes")
    return days


def before_in(path: Path) -> "Recording | None":
    """The recording that is there. None: nothing is. Raises UsageError."""
    from monitoring.recordings import read_recording

    try:
        return read_recording(path) if path.exists() else None
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None


def recorded_of(deployed: "Deployed", since: datetime, until: datetime, before: "Recording | None" = None) -> "Recorded":
    """With progress on a terminal. Raises UsageError."""
    from monitoring.recordings import record

    try:
        return record(deployed, since, until, before, progress=_progress)
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None
    finally:
        passing("")


def _progress(done: int, every: int) -> None:
    if done == every or done % 10 == 0:
        passing(f"reading {done} of {every} series")


def summary(recorded: "Recorded", size: int) -> dict[str, Any]:
    """As --json shows it. lost_minutes: between the recording that was there and what CloudWatch still keeps."""
    recording = recorded.recording
    return {
        "table": recording.stack.table.name,
        "region": recording.stack.region,
        "start": recording.start.isoformat(),
        "end": recording.end.isoformat(),
        "series": len(recording.series),
        "points": recording.points,
        "alarms": len(recording.alarms) + len(recording.composites),
        "changes_of_state": len(recording.history),
        "bytes": size,
        "metrics_requested": recorded.requested,
        "usd": round(recorded.usd, 5),
        "lost_minutes": recorded.lost // timedelta(minutes=1),
    }


def _text(recorded: "Recorded", path: Path, size: int) -> str:
    recording = recorded.recording
    stack, alarms = recording.stack, len(recording.alarms) + len(recording.composites)
    lines = [
        f"{path}: {stack.table.name} in {stack.region}, {recording.start:%d %b %H:%M} to {recording.end:%d %b %H:%M} UTC",
        f"  {len(recording.series)} series with {recording.points:,} points, {size:,} bytes",
        f"  {alarms} alarms with {len(recording.history)} changes of state",
        f"  {recorded.requested:,} metrics requested: US$ {recorded.usd:.4f}",
    ]
    if recorded.lost:
        lines.append(f"  {recorded.lost} are lost: CloudWatch kept the minutes for 15 days, and nobody recorded them")
    return "\n".join(lines) + "\n"
