"""What goes into a bundle beside the application's own modules, and for which machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from components.errors import InvalidArgument

Architecture = Literal["arm64", "x86_64"]
RUNTIME, ARCHITECTURE = "python3.13", "arm64"
"""Of a function, where nothing else is said."""
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
"""Lambda's name of an architecture, and that of wheels."""
NEWEST_LIBC = {11: 26}
"""Minor version of Python -> minor version of glibc 2 in the runtime: Amazon Linux 2 up to Python 3.11, Amazon Linux 2023 from 3.12 on
(AWS Lambda developer guide, "Lambda runtimes")."""
LIBC = 34
OLDEST_LIBC = 5
LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
"""The other name of a tag, still in use (PEP 600, "Legacy manylinux tags"). No wheel is for an older glibc than 2.5."""


@dataclass(frozen=True)
class Target:
    """The machine that runs a bundle. runtime: "python3.13". The builder's own may be another."""

    runtime: str
    architecture: Architecture

    def __post_init__(self) -> None:
        if cast("object", self.architecture) not in get_args(Architecture):
            raise InvalidArgument(f"the architecture is {self.architecture!r}: allowed are {', '.join(get_args(Architecture))}")
        if (
            not isinstance(cast("object", self.runtime), str)
            or not self.runtime.startswith("python3.")
            or not self.python_version.removeprefix("3.").isdecimal()
        ):
            raise InvalidArgument(f"the runtime is {self.runtime!r}: one such as python3.13 is needed")

    @property
    def python_version(self) -> str:
        """ "3.13" """
        return self.runtime.removeprefix("python")

    @property
    def platforms(self) -> tuple[str, ...]:
        """Tags of wheels that run there, the newest first (PEP 600)."""
        newest = NEWEST_LIBC.get(int(self.python_version.partition(".")[2]), LIBC)
        machine = MACHINES[self.architecture]
        versions = range(newest, OLDEST_LIBC - 1, -1)
        names = [name for minor in versions for name in (f"manylinux_2_{minor}", LEGACY.get(minor)) if name]
        return tuple(f"{name}_{machine}" for name in names)

    def __str__(self) -> str:
        return f"{self.runtime} on {self.architecture}"


@dataclass(frozen=True)
class Packaging:
    """excludes: patterns of files and folders in the application's package that are left out, such as "dev" or "**/*.md": `*` within one name,
    `**/` for any folder. Default: nothing. requirements: a file in pip's format that pins every package, those that others need too, with
    hashes (`pip-compile --generate-hashes`); their wheels for the function's Python and architecture are unpacked into the bundle.
    Default: none. provided: top-level modules that a layer brings. Default: none. bytecode: the modules are compiled when the bundle is made,
    which needs the function's own version of Python here, and checked against nothing when they are loaded. Default: False.

    Raises InvalidArgument.
    """

    excludes: Sequence[str] = ()
    requirements: str | Path | None = None
    provided: Sequence[str] = ()
    bytecode: bool = False

    def __post_init__(self) -> None:
        for what, given in (("excludes", self.excludes), ("provided", self.provided)):
            listed = isinstance(cast("object", given), Sequence) and not isinstance(given, str)
            if not listed or not all(isinstance(cast("object", each), str) and each for each in given):
                raise InvalidArgument(f"{what} is {given!r}: give a list of texts")
        for pattern in self.excludes:
            if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
                raise InvalidArgument(f"excludes has {pattern!r}: a pattern is relative to the application's package")
        for name in self.provided:
            if not name.isidentifier():
                raise InvalidArgument(f"provided has {name!r}: name the module that is imported, such as requests")
        if not isinstance(cast("object", self.bytecode), bool):
            raise InvalidArgument(f"bytecode is {self.bytecode!r}: True or False is allowed")
        if not isinstance(cast("object", self.requirements), str | Path | None):
            raise InvalidArgument(
                f"the requirements are of type {type(self.requirements).__name__}: give the path of a file in pip's format"
            )
        if self.requirements is not None and not Path(self.requirements).is_file():
            raise InvalidArgument(
                f"there is no file {str(self.requirements)!r} with requirements: give its path from where the program runs"
            )


PLAIN = Packaging()
"""The application and what it needs of the kit: the same bundle for every Python and architecture."""
