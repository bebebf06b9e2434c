"""Which source files a package needs: its own modules, and those of ours that they import, at the top or inside a function."""

import ast
import functools
import os
import sys
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from components.errors import MissingModule, UnexpectedFile

RUNTIME_PACKAGES = frozenset({"boto3", "botocore"})
"""What the Python runtime of Lambda brings (AWS Lambda developer guide, 'Building Lambda functions with Python')."""
LEFT_OUT = ("__pycache__", "tests", "py.typed", ".DS_Store")
"""Names of files and folders that are never part of a bundle and no reason to refuse it."""

AT_HOME = frozenset({"singletable.definition", "singletable.plans"})
"""Modules of the kit that describe a table to a stack, and price requests before they are sent. The kit imports them inside functions only,
which is not followed; an application that does either while it runs imports them itself, which is.
"""


@dataclass(frozen=True)
class Source:
    """module: "app.api". name: of the file in the bundle, "app/api.py"."""

    module: str
    name: str
    content: bytes

    @property
    def is_package(self) -> bool:
        return self.name.endswith("/__init__.py")


def locate(package: str) -> Path:
    """The folder of an importable top-level package, without importing it. Raises MissingModule."""
    if not package.isidentifier():
        raise MissingModule(f"{package!r} is not the name of a package: give the first word of the handler, such as app of app.api.handler")
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations or spec.origin is None:
        raise MissingModule(f"there is no package {package!r} to bundle: run this in the folder that holds it, or install it")
    return Path(spec.origin).parent


def read(package: str, folder: Path, excludes: Sequence[str] = ()) -> dict[str, Source]:
    """Every module of a package, by name. excludes: patterns of files and folders in it that are passed over.

    Raises UnexpectedFile for anything else that is not Python source: it could be a secret.
    """
    excluded = {str(path) for pattern in excludes for path in folder.glob(pattern)}
    if str(folder) in excluded:
        return {}
    return {source.module: source for source in _sources(package, str(folder), package, excluded)}


def _sources(package: str, folder: str, name: str, excluded: Set[str]) -> Iterator[Source]:
    """name: of the folder in the bundle. The files are read each time: one that has changed is never taken for what it was."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name in LEFT_OUT or entry.path in excluded:
            continue
        inside, (stem, _, suffix) = f"{name}/{entry.name}", entry.name.rpartition(".")
        if entry.is_dir(follow_symlinks=False):
            yield from _sources(package, entry.path, inside, excluded)
        elif suffix != "pyc":
            if entry.is_symlink() or suffix != "py" or not stem:
                kind = "a link" if entry.is_symlink() else "not Python source"
                raise UnexpectedFile(
                    f"{inside} is {kind}: a bundle takes .py files only, so that no secret travels in it; move it out of {package}/, or exclude it"
                )
            module = (name if stem == "__init__" else f"{name}/{stem}").replace("/", ".")
            # Line ends as Python reads them, so that a checkout with others gives the same bundle.
            yield Source(module, inside, Path(entry.path).read_bytes().replace(b"\r\n", b"\n"))


def needed(package: str, known: Mapping[str, Source], others: Set[str] = frozenset()) -> list[Source]:
    """All modules of the package, and those of `known` that they import, directly or not, sorted by name of the file.

    others: top-level modules that the function has from elsewhere.
    Raises MissingModule for an import that neither `known`, `others`, the standard library nor the function's runtime has.
    """
    return list(_needed(package, tuple(known.items()), frozenset(others)))


@functools.lru_cache(maxsize=16)
def _needed(package: str, modules: tuple[tuple[str, Source], ...], others: frozenset[str]) -> tuple[Source, ...]:
    """Followed once for all functions of a program that bundle the same. Of the content, as _imports."""
    known = dict(modules)
    ours = frozenset(module.partition(".")[0] for module in known)
    waiting = [module for module in known if module == package or module.startswith(f"{package}.")]
    found: dict[str, Source] = {}
    while waiting:
        module = waiting.pop()
        if module not in found:
            found[module] = known[module]
            waiting += _imports_of(known[module], known, ours, others)
    return tuple(sorted(found.values(), key=lambda source: source.name))


def _imports_of(source: Source, known: Mapping[str, Source], ours: frozenset[str], others: frozenset[str]) -> Iterator[str]:
    """ours: top-level packages of `known`."""
    for line, module, names in _imports(source):
        first = module.partition(".")[0]
        if not any(first in brought for brought in (ours, RUNTIME_PACKAGES, sys.stdlib_module_names, others)):
            allowed = ", ".join(sorted(ours | RUNTIME_PACKAGES | others))
            raise MissingModule(
                f"{source.name}:{line} imports {first}, which the function would not have: "
                f"allowed are the standard library, {allowed}; other packages need a layer"
            )
        if first not in ours or (module in AT_HOME and first == source.module.partition(".")[0]):
            continue
        steps = module.split(".")
        packages = [".".join(steps[:count]) for count in range(1, len(steps) + 1)]
        missing = [step for step in packages if step not in known]
        if missing:
            raise MissingModule(f"{source.name}:{line} imports {missing[0]}, which does not exist")
        yield from packages
        yield from (f"{module}.{name}" for name in names if f"{module}.{name}" in known)


@functools.lru_cache(maxsize=1024)
def _imports(source: Source) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    """Parsed once for all functions of a program that bundle it. Of the content, not of the file, which may change."""
    return tuple(_statements(source))


def _statements(source: Source) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Line, module and imported names of each import that is carried out. What only a type checker reads is not."""
    try:
        waiting: list[ast.AST] = [ast.parse(source.content, source.name)]
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise UnexpectedFile(f"{source.name}:{line} is not valid Python: {getattr(error, 'msg', error)}") from None
    while waiting:
        node = waiting.pop()
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                waiting += node.orelse
                continue
            case ast.Import():
                yield from ((node.lineno, alias.name, ()) for alias in node.names)
            case ast.ImportFrom():
                yield node.lineno, _absolute(source, node), tuple(alias.name for alias in node.names)
            case _:
                pass
        waiting += ast.iter_child_nodes(node)


def _absolute(source: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    steps = source.module.split(".") if source.is_package else source.module.split(".")[:-1]
    base = steps[: len(steps) - node.level + 1]
    return ".".join((*base, node.module) if node.module else base)
