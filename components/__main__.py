"""python -m components bundle [PACKAGE] --out FILE: writes the archive that the functions of a stack would run."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from components.bundle import LIMIT_BYTES, Bundle
from components.errors import ComponentError
from singletable.console import modules_from_here, until_closed


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0 written, 1 refused (the reason is on standard error), 2 wrong usage."""
    return until_closed(lambda: _run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    options = _parser().parse_args(arguments)
    try:
        with modules_from_here():
            bundle = Bundle.of(options.package)
            report = bundle.report(bundle.write(options.out, options.limit_bytes))
    except ComponentError as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"cannot write {options.out}: {error.strerror}", file=sys.stderr)
        return 1
    print(json.dumps({"out": str(options.out), **report.to_dict()}, indent=2) if options.json else f"{options.out}: {report}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m components", description="Pulumi components for a single-table application.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    bundle = commands.add_parser(
        "bundle",
        help="write the archive that the functions would run",
        description="Writes the archive that the functions of a stack would run, byte for byte, and says what is in it.",
        epilog="Exit code: 0 written, 1 refused (the reason is on standard error), 2 wrong usage.",
    )
    bundle.add_argument("package", nargs="?", default="app", metavar="PACKAGE", help="the application's package (default: app)")
    bundle.add_argument("--out", required=True, type=_file, metavar="FILE", help="where the archive is written")
    bundle.add_argument("--json", action="store_true", help="print the report as JSON")
    bundle.add_argument(
        "--limit-bytes", type=int, default=LIMIT_BYTES, metavar="N", help=f"refuse a larger archive (default: {LIMIT_BYTES:,})"
    )
    return parser


def _file(text: str) -> Path:
    if not text or Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is no file name: give one, such as out/app.zip")
    return Path(text)


if __name__ == "__main__":
    sys.exit(main())
