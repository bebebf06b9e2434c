"""What the commands do: the demo, once or as the beginning of a world that goes on, and the real engine's session."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from local.demo.generated import generate
from local.demo.reading import read_shop
from local.demo.report import Report, show
from local.demo.run import Play, first_index
from local.demo.shop import Problem, Shop
from local.incidents import INCIDENTS, MINUTES, Incidents
from local.page import view
from local.progress import telling
from local.realtime import RealTime, this_minute
from local.serve import Served
from local.visitors import Visitors
from local.world import World


class MachineRefused(Exception):
    """This machine does not give what the run needs: a folder that can be written, space for files, a process more."""

    code = "machine-refused"


def demo(options: argparse.Namespace, console: Console) -> int:
    """0: all is well. 1: a check does not hold, or a line of the input is bad. Raises InputMissing, MachineRefused and what `deploy` raises."""
    started = time.monotonic()
    shop, problems = shop_of(options, console)
    prepare(options.out)
    with World(options.project, options.stack, most=options.workers) as world:
        report = played(world, shop, problems, options, console, started)
    if options.json:
        sys.stdout.write(json.dumps(report.to_dict(), indent=2, ensure_ascii=False) + "\n")
    else:
        show(report, console)
    return 0 if report.ok else 1


def serve(options: argparse.Namespace, console: Console) -> int:
    """Until Ctrl-C; then 0, or 1 where the demo before it went wrong. Raises PortTaken and what `demo` raises."""
    started = time.monotonic()
    shop, problems = shop_of(options, console)
    prepare(options.out)
    # So that the hour of the demo ends now, and what happens afterwards happens when the wall says so.
    start = this_minute() - timedelta(minutes=options.minutes)
    with ExitStack() as exits:
        world = exits.enter_context(World(options.project, options.stack, most=options.workers, start=start))
        incidents = Incidents(world.throttling, first_index(world))
        served = exits.enter_context(Served(world, options.port, incidents))
        console.print(f"[bold]{served.url}[/bold]  dashboard", highlight=False)
        console.print(f"{served.url}alarms.json  states of the alarms", highlight=False)
        console.print(f"{served.url}api/  the deployed API, for example api/products?category=Beverages", highlight=False)
        report = played(world, shop, problems, options, console, started)
        if not options.json:
            show(report, console)
        console.print(f"\n{served.url} goes on in real time. Ctrl-C ends it. In another terminal:\n", highlight=False)
        exports(world, console)
        console.print(f"python -m monitoring doctor {world.output('tableName')}", highlight=False, soft_wrap=True)
        console.print(f"\nSomething to find: curl -X POST {served.url}incidents/{next(iter(INCIDENTS))}", highlight=False, soft_wrap=True)
        for name in options.incident:
            incidents.start(name, world.clock.now())
            console.print(f"{name}: {INCIDENTS[name].what}, for {MINUTES} minutes", highlight=False)
        try:
            RealTime(world).run(Visitors(world).come)
        except KeyboardInterrupt:
            console.print("\nstopped")
    return 0 if report.ok else 1


def engine(options: argparse.Namespace, console: Console) -> int:
    """The steps, then until Ctrl-C. 0, or 1 where a step failed. Raises NoEngine and EngineFailed."""
    from local.engine import Session, find_engine

    find_engine()
    prepare(options.out)
    console.print(f"An embedded AWS for stack {options.stack}, empty, and a state of its own in {options.out}", highlight=False)
    with Session(options.project, options.stack, options.out) as session:
        for step in options.steps:
            console.print(f"\n[bold]pulumi {step}[/bold]", highlight=False)
            if session.run(step):
                return 1
        if options.once:
            return 0
        console.print("\nIt stays until Ctrl-C. In another terminal, any `pulumi` command:\n", highlight=False)
        console.print(f"cd {shlex.quote(str(session.folder))}", highlight=False, soft_wrap=True, markup=False)
        print_exports(session.environment, console)
        console.print("pulumi preview", highlight=False)
        try:
            RealTime(session.world).run()
        except KeyboardInterrupt:
            console.print("\nstopped: the embedded AWS is gone, and its state with it")
    return 0


def exports(world: World, console: Console) -> None:
    """The environment in which the AWS CLI, SDKs and the monitoring tools talk to this world."""
    print_exports(world.aws.environment(), console)


def print_exports(environment: Mapping[str, str], console: Console) -> None:
    """A line of shell for each variable."""
    for name, value in environment.items():
        console.print(f"export {name}={shlex.quote(value)}", highlight=False, soft_wrap=True, markup=False)


def shop_of(options: argparse.Namespace, console: Console) -> tuple[Shop, Sequence[Problem]]:
    """The input's shop, or a generated one. Raises InputMissing."""
    if options.input is None:
        return generate(options.seed), ()
    shop, problems = read_shop(options.input)
    for problem in problems:
        console.print(f"{problem}", style="red", markup=False, highlight=False)
    return shop, problems


def prepare(folder: Path) -> None:
    """Before anything runs: makes the folder of the results. Raises MachineRefused where nothing can be written in it."""
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass


@contextmanager
def _writing(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise MachineRefused(f"{folder} cannot be written ({error.strerror}): make room, or give another --out") from error


def played(world: World, shop: Shop, problems: Sequence[Problem], options: argparse.Namespace, console: Console, started: float) -> Report:
    """Plays the demo in a world that was just deployed, and writes the report and the pages. Raises MachineRefused."""
    deploy_seconds = time.monotonic() - started
    console.print(f"{len(world.deployment.resources)} resources deployed in {deploy_seconds:.1f} s", highlight=False)
    play = Play(world, shop, minutes=options.minutes, workers=options.workers)
    with telling(console, options.minutes) as teller:
        play.run(teller)
    report = play.report(f"shop/{options.stack}", problems, deploy_seconds=deploy_seconds, started=started)
    report.files.extend(options.out / name for name in ("report.json", "dashboard.html", "dashboard.png"))
    with _writing(options.out):
        report.write(report.files[0])
        _draw(world, *report.files[1:])
    return report


def _draw(world: World, page: Path, picture: Path) -> None:
    from monitoring.render import render_html, render_png

    shown = view(world, start=world.clock.start)
    page.write_text(render_html(shown), encoding="utf-8")
    picture.write_bytes(render_png(shown))
