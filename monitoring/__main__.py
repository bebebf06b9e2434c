"""`python -m monitoring COMMAND`: tools for alarms and dashboards, on any stack. Each command is a module in `monitoring.commands`."""

import argparse
import sys
from collections.abc import Sequence

from monitoring.commands import COMMANDS
from monitoring.commands.command import USAGE, UsageError
from singletable.console import modules_from_here, until_closed


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status: 0, 1 when something was found, 2 when the command or its input cannot be used."""
    return until_closed(lambda: _run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    options = parser().parse_args(arguments)
    try:
        with modules_from_here():
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
