"""What a stack wants of its alarms: the Options that its program gives to Monitoring, where a module holds them."""

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from monitoring.commands.command import UsageError

if TYPE_CHECKING:
    from monitoring.options import Options
    from monitoring.subjects import Stack


def add_wanted(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--options",
        dest="wanted",
        metavar="MODULE.NAME",
        help="the Options that the stack gives to Monitoring, such as app.alarms.OPTIONS; default: those of monitoring",
    )


def wanted(options: argparse.Namespace) -> "Options":
    """Raises UsageError "invalid-option"."""
    from monitoring.options import Options
    from singletable import console
    from singletable.errors import SingleTableError

    if options.wanted is None:
        return Options()
    module, _, name = options.wanted.rpartition(".")
    instead = "Give the variable that the stack gives to Monitoring, such as app.alarms.OPTIONS."
    try:
        found = getattr(console.load_module(module), name, None) if module else None
    except (console.UsageError, SingleTableError) as error:
        raise UsageError("invalid-option", f"--options {options.wanted}: {error}. {instead}") from None
    if not isinstance(found, Options):
        raise UsageError("invalid-option", f"--options {options.wanted}: is a {type(found).__name__}, not Options. {instead}")
    return found


def measuring(stack: "Stack", chosen: "Options") -> "Stack":
    """Objectives of patterns are wanted where the functions measure them, which a declaration does not say."""
    if not chosen.pattern_latency_ms:
        return stack
    return replace(stack, functions=tuple(replace(each, pattern_metrics=True) for each in stack.functions))
