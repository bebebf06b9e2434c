"""`python -m monitoring serve`: the page for on-call, live at 127.0.0.1."""

import argparse
import json
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from monitoring.commands.command import DONE, Subparsers, UsageError
from monitoring.commands.scenario import NAMES, START
from monitoring.commands.source import add_source, named_sources
from monitoring.commands.subject import stack_of
from monitoring.errors import MonitoringError

if TYPE_CHECKING:
    from monitoring.serve import Source

PORT: Final = 8410
SPEED: Final = 20
FASTEST: Final = 600

DESCRIPTION: Final = """\
Shows a live page at 127.0.0.1: what is wrong now, the charts, the access patterns; of deployed tables, of recordings,
or of a scenario. It only looks; nothing is changed anywhere."""

EXAMPLE: Final = """\
examples:
  $ python -m monitoring serve --scenario gsi-backpressure
  $ python -m monitoring serve shop-1a2b3c4 other-5d6e7f8
  $ python -m monitoring serve --recording shop.recording --port 0

Without a table and a recording it plays the scenarios that fit the stack, as the page asks for them: 20 minutes pass in
one minute, or as many as --speed says; 1 is real time. A deployed table is asked once a minute while somebody looks,
however many do; the page says what that costs, about US$ 0.05 an hour. Ctrl-C ends it.

needs, of a deployed table: cloudwatch:GetMetricData, ListMetrics, DescribeAlarms and DescribeAlarmHistory;
dynamodb:DescribeTable and DescribeTimeToLive; lambda:ListFunctions, ListEventSourceMappings, GetFunctionUrlConfig
and GetFunctionEventInvokeConfig; sqs:GetQueueUrl and GetQueueAttributes;
application-autoscaling:DescribeScalableTargets where capacity is provisioned.

exit status:
  0  served until Ctrl-C
  2  the command or its input cannot be used; the message says what to do"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "serve",
        help="a live page at 127.0.0.1",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--scenario", metavar="NAME", choices=NAMES, help=f"shown first: one of {', '.join(NAMES)}")
    parser.add_argument("--speed", metavar="MINUTES", type=_speed, default=SPEED, help=f"of a scenario that pass in one; default: {SPEED}")
    parser.add_argument("--seed", metavar="NUMBER", type=int, default=1, help="of what is left to chance; default: 1")
    parser.add_argument("--port", metavar="NUMBER", type=_port, default=PORT, help=f"0 takes a free one; default: {PORT}")
    parser.add_argument("--json", action="store_true", help="say the address as JSON, in one line")
    add_source(parser, several=True)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Raises UsageError."""
    if options.scenario and (options.deployed or options.recording):
        raise UsageError("contradicting-options", "--scenario plays what never happened: give it, or tables and recordings.")
    return serve(named_sources(options) or [played_source(options)], options.port, as_json=options.json)


def serve(sources: "Sequence[Source]", port: int, until: threading.Event | None = None, *, as_json: bool = False) -> int:
    """until: ends it when it is set. Default: Ctrl-C does. Raises UsageError."""
    from monitoring.serve import Server, Site

    try:
        server = Server(Site(sources), port)
    except MonitoringError as error:
        raise UsageError(error.code, error.message) from None
    with server:
        sys.stdout.write((json.dumps({"url": server.url}) if as_json else f"{server.url}  Ctrl-C ends it") + "\n")
        sys.stdout.flush()
        try:
            (until or threading.Event()).wait()
        except KeyboardInterrupt:
            sys.stdout.write("\n")
    return DONE


def played_source(options: argparse.Namespace) -> "Source":
    """Raises UsageError."""
    from monitoring.scenarios import SCENARIOS
    from monitoring.serve import PlayedSource

    stack = stack_of(options)
    fitting = [scenario for scenario in SCENARIOS.values() if not scenario.lacks(stack)]
    if options.scenario:
        first = SCENARIOS[options.scenario]
        if lacks := first.lacks(stack):
            raise UsageError("scenario-does-not-fit", f"{first.name} needs {lacks}, and {stack.label} has none. Choose another scenario.")
        fitting.sort(key=lambda scenario: scenario is not first)
    return PlayedSource(stack, fitting, START, speed=options.speed, seed=options.seed)


def _port(given: str) -> int:
    if not (given.isascii() and given.isdigit() and int(given) < 65_536):
        raise argparse.ArgumentTypeError(f"{given!r} is no port: give 0 to 65535")
    return int(given)


def _speed(given: str) -> float:
    try:
        speed = float(given)
    except ValueError:
        speed = 0
    if not 0 < speed <= FASTEST:
        raise argparse.ArgumentTypeError(f"{given!r}: give how many minutes pass in one, above 0 and up to {FASTEST}")
    return speed
