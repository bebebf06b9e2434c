"""Which room may import which. The table is the design's; docs/decisions/0001 records it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS: dict[str, set[str]] = {
    "singletable": set(),
    "app": {"singletable"},
    "monitoring": {"singletable"},
    "components": {"singletable", "monitoring"},
    "policy": {"singletable", "monitoring"},
    "local": {"singletable", "app", "monitoring", "components", "policy"},
    "__main__.py": {"components", "app"},
}
"""Each room, and the rooms beside itself that it may import."""

ONLY_IN = {
    "pulumi_aws": {"components", "local", "__main__.py"},
    "pulumi": {"components", "local", "__main__.py"},
    "pulumi_policy": {"policy"},
    "moto": {"local"},
}
"""Libraries that tie a room to one engine, and where they may be. `local` reads the SDK's own types to check what a program registers."""


def files(room: str) -> list[Path]:
    path = ROOT / room
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and first word of each absolute import, wherever it stands in the file."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.lineno, node.module.partition(".")[0]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_the_design_allows(room: str) -> None:
    ours = set(ROOMS) - {"__main__.py"} | {"tests", "migrate"}
    forbidden = ours - ROOMS[room] - {room}
    found = [
        f"{path.relative_to(ROOT)}:{line}: {room} may not import {name}"
        for path in files(room)
        for line, name in imports(path)
        if name in forbidden or room not in ONLY_IN.get(name, {room})
    ]
    assert not found, "\n".join(found)


def modules(room: str) -> dict[str, Path]:
    """By dotted name. A package goes by its own, without `__init__`."""
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in files(room)}


def imported(path: Path, known: dict[str, Path]) -> set[str]:
    """Modules of the room that a module names anywhere in its file: late imports and those for types too."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text(), str(path))) if isinstance(node, ast.Import | ast.ImportFrom)]
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            named |= {name if name in known else node.module for name in inner}
    return named & known.keys()


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "__main__.py"])
def test_no_module_imports_itself_by_way_of_others(room: str) -> None:
    known = modules(room)
    try:
        order = [*TopologicalSorter({name: imported(path, known) for name, path in known.items()}).static_order()]
    except CycleError as error:
        pytest.fail(f"a circle: {' <- '.join(error.args[1])}")
    assert set(order) == known.keys()


LAYERS = ("permissions", "bundle", "tables", "functions", "watching")
"""Rooms of `components`, from the ground up (docs/decisions/0022): each imports those before it and what lies in no room."""


@pytest.mark.parametrize("room", LAYERS)
def test_a_room_of_the_components_imports_those_below_it(room: str) -> None:
    known = modules("components")
    above = {"plugin", "commands", "restore", "index_plan", *LAYERS[LAYERS.index(room) + 1 :]}
    found = {name: imported(path, known) for name, path in known.items() if name.startswith(f"components.{room}.")}
    assert found
    upward = [(name, other) for name, others in found.items() for other in others if other.split(".")[1:2] and other.split(".")[1] in above]
    assert not upward, upward


@pytest.mark.parametrize("room", ["singletable", "app"])
def test_what_a_function_ships_needs_the_standard_library_only(room: str) -> None:
    """Imported as a function would: isolated, without site-packages, every module that the handlers load."""
    modules = {"singletable": ["singletable"], "app": ["app.api", "app.order_events"]}[room]
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {', '.join(modules)}"
    result = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_the_table_names_every_room() -> None:
    """A new folder with Python code is a new room: it must be entered in the table."""
    known = set(ROOMS) | {"tests", "examples", "migrate", "docs"}
    rooms = {path.parent.name for path in ROOT.glob("*/*.py") if not path.parent.name.startswith(".")} - {"out", "build", "dist"}
    assert rooms <= known, f"not in the table: {sorted(rooms - known)}"
