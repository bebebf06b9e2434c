"""Third-party packages of a bundle: the wheels that fit the function's machine, whichever machine builds it."""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from components.bundle.packaging import Target
from components.bundle.sources import Source
from components.errors import MissingWheel, UnexpectedFile

FOLDER = Path("build/wheels")
"""In the project's folder. What is in it can be removed at any time."""
_LEFT_OUT = re.compile(
    r"[^/]+\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json)|(.*/)?__pycache__/.*|[^/]+\.data/(scripts|headers|data)/.*"
)
"""What an installation writes, what is for another machine, and what a function has no use for."""
_IN_DATA = re.compile(r"[^/]+\.data/(purelib|platlib)/")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def wheels_of(requirements: Path, target: Target, folder: Path = FOLDER) -> list[Path]:
    """Downloaded once for each content of the file and each target; afterwards nothing is asked of an index.

    Raises MissingWheel where pip refuses: a package without a hash or without a wheel for the target, or with another hash.
    """
    text = requirements.read_text(encoding="utf-8")
    known = set(_HASH.findall(text))
    if not known:
        raise MissingWheel(
            f"{requirements} has no --hash=sha256: without hashes two bundles can differ; `pip-compile --generate-hashes` adds them"
        )
    key = hashlib.sha256("\n".join((text, str(target), *target.platforms)).encode()).hexdigest()[:16]
    kept = folder / key
    if not kept.is_dir():
        _download(requirements, target, kept)
    found = sorted(kept.glob("*.whl"))
    for wheel in found:
        if hashlib.sha256(wheel.read_bytes()).hexdigest() not in known:
            raise MissingWheel(f"{wheel} is not what {requirements} names: its hash is another; remove {kept} and try again")
    return found


def _download(requirements: Path, target: Target, kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as part:
        platforms = [word for tag in target.platforms for word in ("--platform", tag)]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes"]
        command += ["--only-binary=:all:", "--implementation", "cp", "--python-version", target.python_version, *platforms]
        command += ["--dest", part, "--requirement", str(requirements)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            said = [line for line in result.stderr.splitlines() if line.strip()] or ["pip says nothing"]
            raise MissingWheel(f"the packages of {requirements} cannot be had for {target}: {' '.join(said[-3:])}")
        if not kept.is_dir():  # nobody else was faster
            shutil.move(part, kept)
            Path(part).mkdir()  # for the context that removes it


def unpacked(wheels: Sequence[Path]) -> list[Source]:
    """The files of wheels as they would be installed, sorted. Raises UnexpectedFile where two bring the same file."""
    found: dict[str, Source] = {}
    for wheel in wheels:
        for name, content in _files(wheel):
            if name in found and found[name].content != content:
                raise UnexpectedFile(f"{wheel.name} brings {name}, which another package brings too: leave one of them out")
            found[name] = Source("", name, content)
    return [found[name] for name in sorted(found)]


def _files(wheel: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(wheel) as archive:
        for info in archive.infolist():
            if not info.is_dir() and not _LEFT_OUT.fullmatch(info.filename):
                yield _IN_DATA.sub("", info.filename), archive.read(info)


def modules_of(files: Sequence[Source]) -> frozenset[str]:
    """The top-level names that can be imported from them."""
    first = {source.name.partition("/")[0] for source in files}
    return frozenset(name.partition(".")[0] for name in first if not name.endswith((".dist-info", ".data")))
