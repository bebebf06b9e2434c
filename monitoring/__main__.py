"""`python -m monitoring COMMAND`: tools for alarms and dashboards, on any stack. Each command is a module in `monitoring.commands`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from monitoring.commands import COMMANDS
from monitoring.commands.command import INTERRUPTED, USAGE, Parser, UsageError
from singletable.console import modules_from_here, until_closed

DISTRIBUTION = "singletable"

LIBRARIES: Final = frozenset({"boto3", "botocore", "numpy", "vl_convert", "yaml"})
"""Top-level modules that the extra `monitoring` installs: whoever took the kit alone does not have them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status: 0, 1 when something was found, 2 when the command or its input cannot be used, 130 when interrupted."""
    return until_closed(lambda: _run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    options = parser().parse_args(arguments)
    try:
        with modules_from_here():
            return options.run(options)
    except UsageError as error:
        print(f"monitoring: {error}", file=sys.stderr)
        return USAGE
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in LIBRARIES:
            raise
        words = f"{missing} is not installed, and `{options.command}` needs it. Run pip install '{DISTRIBUTION}[monitoring]'."
        print(f"monitoring: missing-library: {words}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        # What was written so far stands; whoever pressed the keys needs no traceback.
        print("monitoring: interrupted", file=sys.stderr)
        return INTERRUPTED


def parser() -> Parser:
    made = Parser(
        prog="python -m monitoring",
        description="Tools for CloudWatch alarms and dashboards, on the stacks of this project and on any other.",
        epilog="`python -m monitoring COMMAND --help` explains a command with an example.",
    )
    made.add_argument("--version", action=_Version, nargs=0, help="say which version this is, and leave")
    # A command that speaks of the others asks this one.
    made.set_defaults(parser=made)
    subparsers = made.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for command in COMMANDS:
        command.add(subparsers)
    return made


class _Version(argparse.Action):
    """Looked up when it is asked for: it takes longer than everything else that a parser needs."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        print(f"{DISTRIBUTION} {version()}")
        parser.exit()


def version() -> str:
    """Of the installed distribution; of the project file beside this package where it runs from its sources."""
    import tomllib
    from importlib import metadata

    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        project = Path(__file__).parent.parent / "pyproject.toml"
        return tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"] if project.exists() else "of unknown version"


if __name__ == "__main__":
    sys.exit(main())
