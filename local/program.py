"""Runs a real Pulumi program (`__main__.py`) in this process, through Pulumi's own SDK, without the CLI and without an engine.

The program runs in a thread of its own, so every run has fresh context variables and a fresh event loop: many runs in one process do not
see each other. Runs are serialised, because a program's directory has to be the current one while it runs.
"""

import asyncio
import contextlib
import os
import runpy
import sys
import threading
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pulumi.runtime
from pulumi.runtime import settings as pulumi_settings

from components.configuration import Configuration
from local.monitor import Create, Invoke, Monitor, ProgramError, Registration

_HERE: Final = Path(__file__).resolve().parent.parent
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Run:
    """What a program registered, in order, and what it exported. There are `failures` where it did not come to its end."""

    registrations: tuple[Registration, ...]
    outputs: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
    failures: tuple[BaseException, ...] = field(default=(), repr=False)


def run(directory: Path, configuration: Configuration, create: Create, invoke: Invoke, *, preview: bool = False) -> Run:
    """Run the program of the project in `directory`.

    `create` is called for each custom resource once all its inputs are known, one at a time, dependencies first. `preview`: outputs that
    `create` does not give are unknown. Failures are returned, not raised, together with what had been created before them: a
    `ProgramError` ("creating <urn> (<file>:<line>): ...") for each resource that could not be created, or else what the program raised.
    """
    directory = directory.resolve()
    program = directory / "__main__.py"
    if not program.exists():
        raise ProgramError(f"no program here: {program} does not exist")
    monitor = Monitor(configuration.project, configuration.stack, directory, create, invoke)
    raised: list[BaseException] = []

    def work() -> None:
        try:
            _run_in_thread(program, configuration, monitor, preview)
        except BaseException as error:  # also SystemExit of the program: reported by the caller's thread
            raised.append(error)

    with _one_at_a_time, _importing_from(directory):
        thread = threading.Thread(target=work, name=f"pulumi program {configuration.project}", daemon=True)
        thread.start()
        thread.join()
    return Run(monitor.registrations, monitor.outputs, tuple(monitor.warnings), tuple(monitor.failures) or tuple(raised))


def _run_in_thread(program: Path, configuration: Configuration, monitor: Monitor, preview: bool) -> None:
    # Everything that settings hold is a context variable, and a new thread starts with an empty context.
    pulumi.runtime.set_all_config(dict(configuration.values), sorted(configuration.secret_keys))
    pulumi_settings.ROOT.set(None)
    pulumi_settings.configure(
        pulumi_settings.Settings(
            project=configuration.project,
            stack=configuration.stack,
            monitor=monitor,
            engine=monitor,
            dry_run=preview,
            organization="organization",
            root_directory=str(program.parent),
        )
    )
    # One worker: resources are created one at a time and in the same order each time.
    with asyncio.Runner() as runner, ThreadPoolExecutor(max_workers=1) as executor:
        runner.get_loop().set_default_executor(executor)
        runner.get_loop().set_exception_handler(_unless_told)
        runner.run(pulumi.runtime.run_in_stack(lambda: _execute(program)))


def _unless_told(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """One failing resource leaves a future in each of its dependents that nobody awaits: asyncio would log a traceback for every one, whenever
    it is collected. What failed is among the failures of the run.
    """
    if not str(context.get("message")).endswith("never retrieved"):
        loop.default_exception_handler(context)


def _execute(program: Path) -> None:
    runpy.run_path(str(program), run_name="__main__")


@contextlib.contextmanager
def _importing_from(directory: Path) -> Generator[None]:
    """Make `directory` the current one and the first that modules are imported from.

    Where it is not our own checkout, modules of ours that would hide the program's (`components`, `app`, ...) are set aside meanwhile, and
    the program's are forgotten afterwards.
    """
    old_directory, old_path = Path.cwd(), list(sys.path)
    aside = _take(_HERE, {path.stem for path in directory.iterdir()} - {"local"}) if directory != _HERE else {}
    os.chdir(directory)
    sys.path.insert(0, str(directory))
    try:
        yield
    finally:
        os.chdir(old_directory)
        sys.path[:] = old_path
        if directory != _HERE:
            _take(directory, None)
        sys.modules.update(aside)


def _take(folder: Path, names: set[str] | None) -> dict[str, ModuleType]:
    """Remove the modules that came from `folder`, and not from an environment in it: those under these top-level names (None: all)."""
    return {
        name: sys.modules.pop(name)
        for name, module in list(sys.modules.items())
        if (names is None or name.partition(".")[0] in names) and _is_from(module, folder)
    }


def _is_from(module: ModuleType, folder: Path) -> bool:
    places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    return any(place is not None and folder in (path := Path(place)).parents and "site-packages" not in path.parts for place in places)
