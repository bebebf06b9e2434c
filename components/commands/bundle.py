"""`bundle [PACKAGE] --out FILE`: writes the archive that the functions of a stack would run."""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from components.bundle.bundle import LIMIT_BYTES, UPLOAD_LIMIT_BYTES, Bundle
from components.bundle.packaging import ARCHITECTURE, MACHINES, RUNTIME, Packaging, Target
from monitoring.commands.command import DONE, FOUND, Subparsers

DESCRIPTION: Final = "Writes the archive that the functions of a stack would run, byte for byte, and says what is in it."
EPILOG: Final = """\
examples:
  $ python -m components bundle --out out/app.zip
  $ python -m components bundle shop --out out/shop.zip --exclude dev --exclude '**/*.md' --json
  $ python -m components bundle shop --out out/shop.zip --requirements requirements-function.txt --architecture arm64

exit status:
  0  written
  1  refused: the reason is on standard error, with its code
  2  wrong usage
"""


def add(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser(
        "bundle",
        help="write the archive that the functions would run",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("package", nargs="?", default="app", metavar="PACKAGE", help="the application's package (default: app)")
    parser.add_argument("--out", required=True, type=_file, metavar="FILE", help="where the archive is written")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--limit-bytes",
        type=_bytes,
        metavar="N",
        help=f"refuse a larger archive (default: {LIMIT_BYTES:,}; with --requirements what Lambda takes, {UPLOAD_LIMIT_BYTES:,})",
    )
    parser.add_argument("--exclude", action="append", default=[], metavar="PATTERN", help="leave these out of the package; may be repeated")
    parser.add_argument(
        "--requirements", metavar="FILE", help="pinned packages with hashes, whose wheels for the target are part of it (default: none)"
    )
    parser.add_argument(
        "--provided", action="append", default=[], metavar="MODULE", help="a module that a layer brings; may be repeated (default: none)"
    )
    parser.add_argument("--bytecode", action="store_true", help="compile the modules for the target")
    parser.add_argument("--runtime", default=RUNTIME, help=f"the target's version of Python (default: {RUNTIME})")
    parser.add_argument(
        "--architecture", default=ARCHITECTURE, choices=tuple(MACHINES), help=f"the target's processor (default: {ARCHITECTURE})"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    packaging = Packaging(options.exclude, options.requirements, options.provided, options.bytecode)
    bundle = Bundle.of(options.package, packaging, Target(options.runtime, options.architecture))
    limit = options.limit_bytes or (UPLOAD_LIMIT_BYTES if options.requirements else LIMIT_BYTES)
    try:
        report = bundle.report(bundle.write(options.out, limit))
    except OSError as error:
        sys.stderr.write(f"cannot write {options.out}: {error.strerror}\n")
        return FOUND
    text = json.dumps({"out": str(options.out), **report.to_dict()}, indent=2) if options.json else f"{options.out}: {report}"
    sys.stdout.write(f"{text}\n")
    return DONE


def _bytes(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no size: give a number of bytes from 1, such as {LIMIT_BYTES}")
    return int(text)


def _file(text: str) -> Path:
    if not text or Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is no file name: give one, such as out/app.zip")
    return Path(text)
