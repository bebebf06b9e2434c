"""The archive that a function runs: the same bytes wherever, whenever and by whomever it is built from the same sources.

Names are sorted; time, mode and compression are fixed; what the host or its user leaves in a folder is not taken. Two machines can differ in
one thing only, the library that compresses: the archive then has other bytes and the same content.

No bytecode is shipped unless it is asked for. A `.pyc` is valid for one minor version of Python, and the builder's is rarely the runtime's: it
would be dead weight, and the bundle would depend on who builds it. The price is compiling at each cold start, about 30 ms of CPU for this much
code (71 against 40 ms to import it, Python 3.11, one core of a server).

Of the kit, only modules that the application imports travel; its command line and its review do not.
"""

import functools
import hashlib
import io
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.bundle.bytecode import compiled
from components.bundle.packaging import PLAIN, Packaging, Target
from components.bundle.sources import Source, locate, needed, read
from components.bundle.wheels import modules_of, unpacked, wheels_of
from components.errors import BundleTooLarge, InvalidArgument, UnexpectedFile

KIT = "singletable"
LIMIT_BYTES = 100_000
"""What the command allows by default: our own code stays below it, so that a stowaway is noticed."""
UPLOAD_LIMIT_BYTES = 50_000_000
"""What Lambda takes in a direct upload (Lambda developer guide, "Lambda quotas"). A component refuses more before anything is sent."""
UNPACKED_LIMIT_BYTES = 262_144_000
"""What Lambda unpacks, layers included (the same page)."""
TIME = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can hold."""
MODE = 0o644
UNIX = 3
LEVEL = 9
LARGEST = 10


@dataclass(frozen=True)
class Entry:
    """One file of a bundle. packed_bytes: its share of the archive, without headers."""

    name: str
    bytes: int
    packed_bytes: int


@dataclass(frozen=True)
class Report:
    """What a bundle holds. sha256: of the archive, in hexadecimal; Lambda's CodeSha256 is the same in base64."""

    bytes: int
    unpacked_bytes: int
    sha256: str
    folders: tuple[Entry, ...]
    largest: tuple[Entry, ...]
    files: int

    def to_dict(self) -> dict[str, Any]:
        def plain(entries: Sequence[Entry]) -> list[dict[str, Any]]:
            return [{"name": entry.name, "bytes": entry.bytes, "packed_bytes": entry.packed_bytes} for entry in entries]

        return {
            "bytes": self.bytes,
            "unpacked_bytes": self.unpacked_bytes,
            "sha256": self.sha256,
            "files": self.files,
            "folders": plain(self.folders),
            "largest": plain(self.largest),
        }

    def __str__(self) -> str:
        lines = [f"{self.bytes:,} bytes, {self.files} files, {self.unpacked_bytes:,} bytes unpacked, sha256 {self.sha256}"]
        for title, entries in (("folder", self.folders), ("largest files", self.largest)):
            width = max(len(title), *(len(entry.name) for entry in entries))
            lines += ["", f"{title:<{width}}  {'packed':>9}  {'unpacked':>9}"]
            lines += [f"{entry.name:<{width}}  {entry.packed_bytes:>9,}  {entry.bytes:>9,}" for entry in entries]
        return "\n".join(lines)


@dataclass(frozen=True)
class Bundle:
    """Sources, and what was added to them: files of third-party packages, bytecode. Each sorted by name."""

    package: str
    sources: tuple[Source, ...]
    added: tuple[Source, ...] = ()

    @classmethod
    def of(cls, package: str, packaging: Packaging = PLAIN, target: Target | None = None) -> "Bundle":
        """An application's package and what it needs of the kit, as they would be imported here, and what else the packaging asks for.

        target: the machine that runs it, which wheels and bytecode are for. Default: any.
        Raises UnexpectedFile for anything but Python source in either, MissingModule for an import that a function could not carry out,
        MissingWheel for a package that cannot be had, InvalidArgument for what needs a target and has none.
        """
        wheels, bytecode = [], []
        if packaging.requirements is not None:
            wheels = unpacked(wheels_of(Path(packaging.requirements), _needed_target(target)))
        known = {
            module: source
            for name, excludes in {package: packaging.excludes, KIT: ()}.items()
            for module, source in read(name, locate(name), excludes).items()
        }
        sources = needed(package, known, modules_of(wheels) | set(packaging.provided))
        twice = {source.name for source in sources} & {source.name for source in wheels}
        if twice:
            raise UnexpectedFile(f"{min(twice)} comes from {package} and from a package that it requires: call one of them something else")
        if packaging.bytecode:
            bytecode = compiled([*sources, *wheels], _needed_target(target))
        return cls(package, tuple(sources), tuple(sorted([*wheels, *bytecode], key=lambda source: source.name)))

    def archive(self, limit_bytes: int = LIMIT_BYTES) -> bytes:
        """The zip. Raises BundleTooLarge."""
        made = _packed((*self.sources, *self.added))
        unpacked_bytes = sum(len(source.content) for source in (*self.sources, *self.added))
        if unpacked_bytes > UNPACKED_LIMIT_BYTES:
            raise BundleTooLarge(
                f"the bundle of {self.package} has {unpacked_bytes:,} bytes when it is unpacked, Lambda takes {UNPACKED_LIMIT_BYTES:,}: "
                "require fewer packages"
            )
        if len(made) > limit_bytes:
            largest = self.report(made).largest[0]
            raise BundleTooLarge(
                f"the bundle of {self.package} has {len(made):,} bytes, allowed are {limit_bytes:,}; "
                f"the largest file is {largest.name} with {largest.packed_bytes:,}: move data out of the code, or raise the limit"
            )
        return made

    def write(self, path: Path, limit_bytes: int = LIMIT_BYTES) -> bytes:
        """Writes the zip, whole or not at all, and returns it. A file that is already the same is left alone."""
        made = self.archive(limit_bytes)
        if path.is_file() and path.read_bytes() == made:
            return made
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            try:
                file.write(made)
                file.flush()
                temporary.chmod(MODE)
                temporary.replace(path)
            except OSError:
                temporary.unlink()
                raise
        return made

    def report(self, archive: bytes) -> Report:
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            entries = [Entry(info.filename, info.file_size, info.compress_size) for info in packed.infolist()]
        folders: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            folders[str(Path(entry.name).parent)].append(entry)
        return Report(
            bytes=len(archive),
            unpacked_bytes=sum(entry.bytes for entry in entries),
            sha256=hashlib.sha256(archive).hexdigest(),
            folders=tuple(
                Entry(f"{name}/", sum(each.bytes for each in inside), sum(each.packed_bytes for each in inside))
                for name, inside in sorted(folders.items())
            ),
            largest=tuple(sorted(entries, key=lambda entry: (-entry.packed_bytes, entry.name))[:LARGEST]),
            files=len(entries),
        )


@functools.lru_cache(maxsize=4)
def _packed(sources: tuple[Source, ...]) -> bytes:
    """Compressed once for all functions of a program that share it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for source in sorted(sources, key=lambda source: source.name):
            info = zipfile.ZipInfo(source.name, TIME)
            info.create_system, info.external_attr = UNIX, MODE << 16
            archive.writestr(info, source.content, zipfile.ZIP_DEFLATED, LEVEL)
    return buffer.getvalue()


def _needed_target(target: Target | None) -> Target:
    if target is None:
        raise InvalidArgument("requirements and bytecode are for one machine: give the target, such as Target('python3.13', 'arm64')")
    return target
