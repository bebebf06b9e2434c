"""`python -m monitoring COMMAND`: tools for alarms and dashboards, on any stack. Each command is a module in `monitoring.commands`."""

import argparse
import os
import sys
from collections.abc import Sequence

from monitoring.commands import COMMANDS
from monitoring.commands.command import DONE, USAGE, UsageError


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status: 0, 1 when something was found, 2 when the command or its input cannot be used."""
    try:
        try:
            return _run(arguments)
        finally:
            # Also on the way out of --help, which ends by SystemExit.
            sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has seen enough. What is still in the buffer must not be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _run(arguments: Sequence[str] | None) -> int:
    options = parser().parse_args(arguments)
    try:
        return options.run(options)
    except UsageError as error:
        print(f"monitoring: {error}", file=sys.stderr)
        return USAGE


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m monitoring",
        description="Tools for CloudWatch alarms and dashboards, on the stacks of this project and on any other.",
        epilog="`python -m monitoring COMMAND --help` explains a command with an example.",
    )
    subparsers = made.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(subparsers)
    return made


if __name__ == "__main__":
    sys.exit(main())
