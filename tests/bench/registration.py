"""100 full WebAppTables registered in one program, against the same resources written plainly; and whether the time of each stays the same.

Each is a table of the shop: its API with a URL, its stream consumer, a topic for each severity, subscriptions, alarms, composites, dashboard.

Counted for both: the program and all that the SDK does until every resource is registered with its mocks. Ours is counted with the components
(six more registrations for each table), the stash of the replacement guard (which a plain program does not have), every check of the arguments,
the derived alarms and dashboards, and the bundle. For the plain program the bundle is there. Not counted: imports, and what the SDK does once
in a process, because each process runs the plain program for one table before. Each program runs in a process of its own, so that none inherits
the other's memory, and the two at the same time, so that both are disturbed alike.

Both give the event loop one turn before they end. Otherwise the SDK finds no call under way and waits by looking at every output again whenever
one is known: the more, the slower the answers are, which is a measure of the mocks and not of the program.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.bench import plain
from tests.bench.mocked import Run, run
from tests.bench.outcome import Outcome

TABLES, FEW = 100, 25
TIMES = 3
MOST = 1.2
MOST_GROWTH = 1.3
"""From 25 to 100 tables. The plain program grows too: the more objects are alive, the more there is for the collector of garbage to look at."""
ROOT = Path(__file__).parents[2]

IMPORTED = ("app.api", "app.model", "app.order_events", "components")

Program = Callable[[Sequence[str]], None]


def names(count: int) -> list[str]:
    return [f"shop-{number}" for number in range(count)]


def ours(tables: Sequence[str]) -> None:
    """The program as somebody with our components would write it."""
    from app import api, model, order_events
    from components import Handler, WebAppTable

    definition = model.table.definition()
    handlers = {
        "api": Handler("app.api.handler", patterns=api.patterns, url="AWS_IAM", environment={api.CURSOR_KEYS: "k" * 32}),
        "order-events": Handler(
            "app.order_events.handler",
            patterns=order_events.patterns,
            stream=order_events.stream.definition(),
            environment={order_events.TOPIC_ARN: "arn:aws:sns:eu-west-1:123456789012:order-status"},
        ),
    }
    emails = {"page": ["oncall@example.com"], "ticket": ["team@example.com"]}
    for name in tables:
        WebAppTable(name, table=definition, handlers=handlers, emails=emails, owner="shop team", tags={"application": "shop"})


def written() -> str:
    """The plain program for the same."""
    return plain.source(plain.recorded(lambda: ours(names(1))))


def read(source: str) -> Program:
    scope: dict[str, Any] = {}
    exec(compile(source, "plain.py", "exec"), scope)
    return scope["main"]


def measure() -> Outcome:
    mine, theirs = _compared(TABLES)
    same = mine.digest == theirs.digest
    what = f"{theirs.resources:,} resources equal, to the last input" if same else "THE RESOURCES DIFFER"
    note = f"against the same written plainly; {what}; {mine.registrations:,} registrations against {theirs.registrations:,}"
    return Outcome(f"{TABLES} WebAppTables registered", mine.seconds, theirs.seconds, 1 / MOST, note, same)


def growth() -> Outcome:
    """other: what as many tables would take, each as long as one of few."""
    many, few = _compared(TABLES), _compared(FEW)
    share = TABLES / FEW
    note = f"against {share:g} times {FEW} of them; the plain program: {many[1].seconds / few[1].seconds / share:.2f} times"
    return Outcome(f"{TABLES} WebAppTables, growth", many[0].seconds, few[0].seconds * share, 1 / MOST_GROWTH, note)


@cache
def _compared(count: int) -> tuple[Run, Run]:
    """Ours, and the plain program, each in a process of its own and at the same time: of each the fastest, since what disturbs adds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plain.py"
        command = [sys.executable, "-m", "tests.bench.registration"]
        subprocess.run([*command, "write", str(path)], cwd=ROOT, check=True)
        pairs = [_pair([*command, "{kind}", str(path), str(count)]) for _ in range(TIMES)]
    mine, theirs = (min(runs, key=lambda run: run.seconds) for runs in zip(*pairs, strict=True))
    return mine, theirs


def _pair(command: Sequence[str]) -> tuple[Run, Run]:
    running = [
        subprocess.Popen([word.format(kind=kind) for word in command], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for kind in ("ours", "plain")
    ]
    mine, theirs = (Run(**json.loads(process.communicate()[0])) for process in running)
    return mine, theirs


def main(kind: str, path: Path, count: int = 1) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # where the bundle is written
        if kind == "write":
            path.write_text(written())
        else:
            theirs = read(path.read_text())
            for module in IMPORTED:  # by both, so that neither is counted with them
                import_module(module)
            run(lambda: theirs(names(1)))
            program = ours if kind == "ours" else theirs
            print(json.dumps(asdict(run(lambda: program(names(count))))))
        os.chdir(ROOT)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))
