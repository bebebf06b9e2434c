"""`python -m components COMMAND`: tools for stacks of these components. Each command is a module in `components.commands`."""

import sys
from collections.abc import Sequence
from typing import Final

from components.commands import COMMANDS
from components.errors import ComponentError
from monitoring.commands.command import FOUND, INTERRUPTED, USAGE, Parser, UsageError
from singletable.console import UsageError as NothingToLookAt
from singletable.console import modules_from_here, until_closed

LIBRARIES: Final = ("pulumi", "pulumi_aws", "yaml")
"""Of the extra `pulumi`: the distribution itself brings none."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 refused or bad news, 2 the command or its input cannot be used, 130 interrupted. Reasons are on standard error."""
    return until_closed(lambda: _run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    options = parser().parse_args(arguments)
    try:
        with modules_from_here():
            return options.run(options)
    except ComponentError as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        return FOUND
    except (UsageError, NothingToLookAt) as error:
        print(f"components: {error}", file=sys.stderr)
        return USAGE
    except ModuleNotFoundError as error:
        if not error.name or error.name.partition(".")[0] not in LIBRARIES:
            raise
        print(
            f"components: missing-library: this needs {error.name}, which is not installed. Run pip install 'singletable[pulumi]'.",
            file=sys.stderr,
        )
        return USAGE
    except KeyboardInterrupt:
        print("components: interrupted", file=sys.stderr)
        return INTERRUPTED


def parser() -> Parser:
    made = Parser(
        prog="python -m components",
        description="Tools for stacks of these components.",
        epilog="`python -m components COMMAND --help` explains a command with an example.",
    )
    subparsers = made.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for command in COMMANDS:
        command.add(subparsers)
    return made


if __name__ == "__main__":
    sys.exit(main())
