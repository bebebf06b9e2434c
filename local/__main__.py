"""python -m local: deploy the stack on an embedded AWS, play an hour of the shop in it, or keep it running."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from pathlib import Path

from rich.console import Console

from components.configuration import ConfigurationError, check_stack
from local.commands import MachineRefused, demo, engine, exports, serve
from local.demo.reading import InputMissing
from local.demo.sales import SHORTEST_MINUTES
from local.deployed import UnsupportedFunction
from local.engine.session import STEPS, EngineFailed, NoEngine
from local.incidents import INCIDENTS
from local.mapping import UnsupportedMapping
from local.monitor import ProgramError
from local.realtime import RealTime, this_minute
from local.serve import PortTaken
from local.world import MissingOutput, World

ROOT = Path(__file__).resolve().parent.parent
PORT = 8400
REFUSED = (
    ConfigurationError,
    ProgramError,
    UnsupportedFunction,
    UnsupportedMapping,
    InputMissing,
    MachineRefused,
    PortTaken,
    MissingOutput,
    NoEngine,
    EngineFailed,
)
"""What somebody who runs this can cause and mend; each has a code."""


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give 0 to 65535")
    return int(text)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__.split(": ", 1)[1] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser(
        "up", help="deploy the stack and show what was made", description="Deploys the stack on an embedded AWS and shows it."
    )
    up.add_argument("--keep", action="store_true", help="keep the embedded AWS running in real time until Ctrl-C, for the AWS CLI and SDKs")
    demo = commands.add_parser(
        "demo",
        help="play an hour of the shop and check everything",
        description="Deploys the stack, plays an hour of the shop through the deployed functions, throttles an index and checks it all. "
        "Exit 0: every check holds; 1: one does not, or a line of the input is bad; 2: it could not start.",
    )
    serve = commands.add_parser(
        "serve",
        help="the demo, then the dashboard, alarms and API over HTTP",
        description="Plays the demo, then keeps the world going in real time and serves it at 127.0.0.1 until Ctrl-C. It prints the "
        "environment in which the AWS CLI and `python -m monitoring` talk to it.",
    )
    serve.add_argument("--port", type=_port, default=PORT, help=f"port on 127.0.0.1, 0 for a free one (default: {PORT})")
    serve.add_argument(
        "--incident",
        action="append",
        default=[],
        choices=list(INCIDENTS),
        help="begins when the demo is over, for 10 minutes; can be given several times (default: none)",
    )
    engine = commands.add_parser(
        "engine",
        help="the real `pulumi` against the embedded AWS",
        description="Serves the embedded AWS as Pulumi's provider `aws`, with a state of its own, and runs these commands of the `pulumi` on "
        "PATH against it, in order, until one fails. Then it stays for more until Ctrl-C, and prints what another terminal needs.",
        epilog="example:\n  $ python -m local engine up preview\n\nexit status: 0 done; 1 a step failed; 2 it could not start",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    engine.add_argument("steps", nargs="*", metavar="STEP", help="up, preview, refresh or destroy; can be several (default: none)")
    engine.add_argument("--once", action="store_true", help="end after the steps (default: stay until Ctrl-C)")
    engine.add_argument("--out", type=Path, default=Path("out/engine"), metavar="DIR", help="where its files are (default: out/engine)")
    for command in (up, demo, serve, engine):
        command.add_argument("--stack", default="dev", help="whose configuration is used: Pulumi.STACK.yaml (default: dev)")
        command.add_argument(
            "--project",
            type=Path,
            default=ROOT,
            metavar="DIR",
            help="the folder of the Pulumi program that is deployed (default: the shop, beside this package)",
        )
    for command in (up, demo, serve):
        command.add_argument("--json", action="store_true", help="the result as JSON on standard output, progress on standard error")
    for command in (demo, serve):
        command.add_argument(
            "--input", type=Path, metavar="DIR", help="customers.jsonl, products.jsonl, orders.jsonl (default: a generated shop)"
        )
        command.add_argument("--out", type=Path, default=Path("out/demo"), metavar="DIR", help="where to write (default: out/demo)")
        command.add_argument("--seed", type=int, default=1, help="of the generated shop (default: 1)")
        command.add_argument("--workers", type=int, default=8, choices=range(1, 65), metavar="N", help="clients at one time (default: 8)")
        command.add_argument("--minutes", type=int, default=60, help=f"of simulated time, {SHORTEST_MINUTES} or more (default: 60)")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """The exit code. Progress goes to standard error when the result is JSON."""
    parser = _arguments()
    options = parser.parse_args(arguments)
    console = Console(stderr=getattr(options, "json", False))
    console.soft_wrap = not console.is_terminal  # a pipe gets whole lines, a person whole words
    if getattr(options, "minutes", SHORTEST_MINUTES) < SHORTEST_MINUTES:
        parser.error(f"--minutes {options.minutes}: an alarm needs time to fire and to clear, give {SHORTEST_MINUTES} or more")
    for step in getattr(options, "steps", []):
        if step not in STEPS:
            parser.error(f"{step!r} is no step: give {', '.join(STEPS)}")
    try:
        check_stack(options.project, options.stack)
        if options.project == ROOT and not ROOT.samefile(".") and Path("Pulumi.yaml").is_file():
            words = f"deploying the program in {ROOT}; give --project . for the one in this folder"
            console.print(words, markup=False, highlight=False, soft_wrap=True)
        return {"up": _up, "demo": demo, "serve": serve, "engine": engine}[options.command](options, console)
    except REFUSED as error:
        return _refused(console, error.code, error)
    except OSError as error:
        return _refused(console, MachineRefused.code, error)
    except KeyboardInterrupt:
        console.print("\nstopped")
        return 130


def _refused(console: Console, code: str, error: Exception) -> int:
    console.print(f"[bold red]{code}[/bold red]: ", end="")
    console.print(str(error), markup=False, highlight=False)
    return 2


def _up(options: argparse.Namespace, console: Console) -> int:
    started = time.monotonic()
    with World(options.project, options.stack, start=this_minute()) as world:
        deployment = world.deployment
        seconds = time.monotonic() - started
        if options.json:
            resources = [{"urn": one.urn, "type": one.type, "name": one.name, "id": one.id} for one in deployment.resources]
            made = {"stack": options.stack, "endpoint": world.aws.endpoint, "outputs": dict(world.outputs), "resources": resources}
            sys.stdout.write(json.dumps(made, indent=2, default=str) + "\n")
        else:
            for one in deployment.resources:
                console.print(f"  [dim]{one.type.split(':')[-1]:20}[/dim] {one.id}", highlight=False, soft_wrap=True)
            console.print(
                f"\n[bold]{len(deployment.resources)} resources[/bold] of stack {options.stack} in {seconds:.1f} s", highlight=False
            )
            for name, value in sorted(world.outputs.items()):
                console.print(f"  {name}: {value}", highlight=False, markup=False, soft_wrap=True)
        if options.keep:
            console.print("\nIt goes on in real time. Ctrl-C ends it. In another terminal:\n", highlight=False)
            exports(world, console)
            RealTime(world).run()  # a signal ends it
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended as by Ctrl-C: processes and temporary files go too
    sys.exit(main())
