"""What a function's process may import: its own zip, and one folder with only what Lambda's Python runtime brings."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections import deque
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

AWS_CLIENT = "awslambdaric"
CHILD = Path(__file__).with_name("child.py")
# Lambda's managed Python runtimes bring boto3 with its dependencies (Lambda guide, "Runtime version of the SDK").
BROUGHT = ("boto3", "botocore")
_START = (
    "import sys; sys.path[:0] = [sys.argv.pop(1)]; sys.path.append(sys.argv.pop(1)); from awslambdaric.__main__ import main; main(sys.argv)"
)


class Runtime:
    """A folder of links to the installed distributions that Lambda brings, made once, shared by every function.

    `folder` must exist and be empty. `aws_client` True: AWS's own runtime client runs the handler (it decides the shape of errors,
    numbers and log lines); False, and where it is not installed (no wheel for macOS and Windows): the child in this package.
    """

    def __init__(self, folder: Path, *, aws_client: bool | None = None) -> None:
        self.folder = folder
        self.aws_client = _installed(AWS_CLIENT) if aws_client is None else aws_client
        names = (*BROUGHT, AWS_CLIENT) if self.aws_client else BROUGHT
        for found in _closure(names):
            _link(found, folder)

    def command(self, root: Path, handler: str) -> list[str]:
        """The process that runs `handler` of the code in `root`.

        `-I` ignores PYTHON* and the user's folder, `-S` leaves out the site-packages of the environment that runs us.
        """
        if self.aws_client:
            return [sys.executable, "-I", "-S", "-X", "utf8", "-c", _START, str(root), str(self.folder), handler]
        return [sys.executable, "-I", "-S", "-X", "utf8", str(CHILD), str(root), str(self.folder), handler]


def unpack(code: bytes, root: Path) -> None:
    """The uploaded zip, as Lambda lays it out under LAMBDA_TASK_ROOT. Raises ValueError for bytes that are no zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(code)) as archive:
            archive.extractall(root)
    except zipfile.BadZipFile as error:
        raise ValueError(f"the function's code is not a zip file ({len(code)} bytes: {error})") from error


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _closure(names: tuple[str, ...]) -> list[Distribution]:
    waiting, seen, found = deque(names), set[str](), list[Distribution]()
    while waiting:
        name = waiting.popleft()
        if name.lower() in seen:
            continue
        seen.add(name.lower())
        found.append(distribution(name))
        # A requirement is "name (versions) ; marker"; what only an extra or another platform asks for is not installed here.
        needed = (re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in found[-1].requires or () if "extra ==" not in line)
        waiting.extend(one for one in needed if _installed(one))
    return found


def _link(found: Distribution, folder: Path) -> None:
    for top in {file.parts[0] for file in found.files or () if file.parts[0] not in {"..", "__pycache__"}}:
        target = Path(str(found.locate_file(top)))
        if target.exists() and not (folder / top).exists():
            (folder / top).symlink_to(target.resolve(), target_is_directory=target.is_dir())
