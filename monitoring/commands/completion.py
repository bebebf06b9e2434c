"""`python -m monitoring completion`: lets a shell complete commands, options and their values."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import Final

from monitoring.commands.command import DONE, Subparsers

SHELLS: Final = ("bash", "zsh", "fish")
PROGRAM: Final = "singletable-monitoring"
"""The console script."""

DESCRIPTION: Final = """\
Prints a script for a shell that completes commands, options, their values and files. It is made from what the commands
say of themselves, so make it anew after an update."""

EXAMPLE: Final = """\
example:
  $ source <(singletable-monitoring completion bash)
  $ singletable-monitoring completion zsh > ~/.zfunc/_monitoring          # with ~/.zfunc in fpath
  $ singletable-monitoring completion fish > ~/.config/fish/completions/singletable-monitoring.fish

  without the console script:
  $ alias monitoring='python -m monitoring'
  $ source <(python -m monitoring completion bash --program monitoring)

exit status:
  0  printed
  2  the command cannot be used; the message says what to do"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "completion",
        help="a script with which bash, zsh or fish completes these commands",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("shell", choices=SHELLS, help="for which shell")
    parser.add_argument(
        "--program", metavar="NAME", default=PROGRAM, help=f"how the program is called when it is typed; default: {PROGRAM}"
    )
    parser.add_argument("--json", action="store_true", help="what the script is made from, as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from monitoring.completion import SCRIPTS, words_of

    words = words_of(options.parser)
    if options.json:
        sys.stdout.write(json.dumps([asdict(each) for each in words], indent=2) + "\n")
    else:
        sys.stdout.write(SCRIPTS[options.shell](options.program, words))
    return DONE
