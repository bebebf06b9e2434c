"""What the commands of all rooms do alike: leave when their reader has left, look for modules where they are started, find a table."""

import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from singletable.errors import SingleTableError
from singletable.table import Table


class UsageError(Exception):
    """What was asked for cannot be looked at."""


def until_closed(command: Callable[[], int]) -> int:
    """The exit status of the command; 0 when whoever reads its output (`| head`) has seen enough."""
    try:
        try:
            return command()
        finally:
            # Also on the way out of --help, which ends by SystemExit.
            sys.stdout.flush()
    except BrokenPipeError:
        # What is still in the buffer must not be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


@contextmanager
def modules_from_here() -> Generator[None, None, None]:
    """Modules are found in the working directory: a console script, unlike `python -m`, does not look there by itself."""
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        yield
    finally:
        sys.path.remove(here)


def load_module(name: str) -> ModuleType:
    """Raises UsageError, and SingleTableError for a declaration that contradicts itself."""
    if "/" in name or name.endswith(".py"):
        raise UsageError(f"{name} is a file: name the module, such as {name.removesuffix('.py').strip('./').replace('/', '.')}")
    try:
        return import_module(name)
    except SingleTableError:
        raise
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise UsageError(f"there is no module {error.name}: start where `import {name}` works") from None
        raise UsageError(f"{name} cannot be imported: {error}") from error
    except Exception as error:
        # Whatever a module does when it is imported.
        raise UsageError(f"{name} cannot be imported: {type(error).__name__}: {error}") from error


def tables_of(module: str, name: str | None) -> dict[str, Table]:
    """The tables among the module's variables, or the one that is asked for. Raises as load_module."""
    variables: dict[str, Any] = vars(load_module(module))
    found = {variable: held for variable, held in variables.items() if isinstance(held, Table)}
    if name:
        if name not in found:
            raise UsageError(f"{module} has no table {name}: it has {', '.join(found) or 'none'}")
        return {name: found[name]}
    if not found:
        raise UsageError(f"{module} has no table: name the module with `table = Table(...)`, or import the table there")
    # A table under two names is one table, called by the first.
    return {variable: held for variable, held in found.items() if variable == next(name for name in found if found[name] is held)}


def the_table_of(module: str, name: str | None) -> Table:
    """The only one, or the one that is asked for. Raises as load_module."""
    tables = tables_of(module, name)
    if len(tables) > 1:
        raise UsageError(f"{module} has the tables {', '.join(tables)}: say which with --table")
    return next(iter(tables.values()))
