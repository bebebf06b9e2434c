"""The commands of `python -m monitoring`: each a module with `add(subparsers)`, which sets `run(options) -> int` for its own options.

What a command needs beyond the parser is imported when it runs.
"""

from types import ModuleType
from typing import Final

from monitoring.commands import (
    backtest,
    catalogue,
    completion,
    cost,
    doctor,
    drill,
    explain,
    lint,
    preview,
    record,
    render,
    runbooks,
    serve,
)

__all__ = ["COMMANDS"]

COMMANDS: Final[tuple[ModuleType, ...]] = (
    lint,
    catalogue,
    preview,
    render,
    serve,
    record,
    backtest,
    doctor,
    drill,
    explain,
    cost,
    runbooks,
    completion,
)
"""In the order of the help."""
