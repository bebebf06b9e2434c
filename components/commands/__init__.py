"""The commands of `python -m components`: each a module with `add(subparsers)`, which sets `run(options) -> int` for its own options.

What a command needs beyond the parser is imported when it runs: `bundle` needs no Pulumi.
"""

from types import ModuleType
from typing import Final

from components.commands import access, bundle, plan_index_change, redrive, restore_drill, watch_index

__all__ = ["COMMANDS"]

COMMANDS: Final[tuple[ModuleType, ...]] = (bundle, access, plan_index_change, watch_index, redrive, restore_drill)
"""In the order of the help."""
