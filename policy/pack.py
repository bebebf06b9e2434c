"""`python -m policy.pack --out FOLDER`: the pack with everything that it needs in one folder, to publish or to lie beside any stack."""

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any, Final

import yaml

_HERE: Final = Path(__file__).resolve().parent
ROOMS: Final = ("policy", "monitoring", "singletable")
"""Folders of modules that the rules are made from."""
ENVIRONMENT: Final = "venv"
_PROJECT: Final = "PulumiPolicy.yaml"
_MARK: Final = "Made by `python -m policy.pack`"
"""Every version of this command writes it, so that a later one knows the folder."""
_START: Final = f"""\
\"\"\"The pack as Pulumi starts it. {_MARK}: change nothing here.\"\"\"

from policy.start import start

start()
"""


class PackRefused(Exception):
    """The folder holds something else."""

    code = "pack-refused"


def write_pack(out: Path) -> str:
    """Makes the folder, or makes it anew, and gives the version of the pack. What else lies in it (its environment) stays.

    Raises PackRefused where it holds anything that is no pack of ours.
    """
    if out.exists() and any(out.iterdir()) and not _is_ours(out):
        raise PackRefused(f"{out} holds something else, and would be written over: give a new folder, or one that this command made")
    out.mkdir(parents=True, exist_ok=True)
    for room in ROOMS:
        shutil.rmtree(out / room, ignore_errors=True)
        shutil.copytree(_HERE.parent / room, out / room, ignore=shutil.ignore_patterns("__pycache__", "__main__.py", _PROJECT))
    project: dict[str, Any] = yaml.safe_load((_HERE / _PROJECT).read_text(encoding="utf-8"))
    project["runtime"]["options"]["virtualenv"] = ENVIRONMENT
    (out / "__main__.py").write_text(_START, encoding="utf-8")
    (out / ".gitignore").write_text(f"{ENVIRONMENT}/\n__pycache__/\n", encoding="utf-8")
    shutil.move(out / "policy" / "requirements.txt", out / "requirements.txt")
    (out / _PROJECT).write_text(yaml.safe_dump(project, sort_keys=False, width=1000), encoding="utf-8")
    return str(project["version"])


def _is_ours(folder: Path) -> bool:
    start = folder / "__main__.py"
    return start.is_file() and _MARK in start.read_text(encoding="utf-8")


_EPILOG: Final = """\
example:
  python -m policy.pack --out singletable-policy
  cd singletable-policy && pulumi install && cd ..
  pulumi preview --policy-pack singletable-policy

exit status:
  0  the folder is made
  2  it holds something else, or the arguments are wrong
"""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m policy.pack",
        description="Put the policy pack and everything that it needs into one folder: for `pulumi policy publish`, or for `--policy-pack` "
        "beside a stack in any language.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new folder, or one that this command made")
    parser.add_argument("--json", action="store_true", help="say what was made as JSON")
    options = parser.parse_args(arguments)
    try:
        version = write_pack(options.out)
    except PackRefused as error:
        print(f"{error.code}: {error}", file=sys.stderr)  # noqa: T201 - a command
        return 2
    told = {"folder": str(options.out), "version": version}
    print(json.dumps(told) if options.json else f"{options.out}: version {version}; once in it: pulumi install")  # noqa: T201 - a command
    return 0


if __name__ == "__main__":
    sys.exit(main())
