"""The repository as others meet it: pins that are exact and enough, a wheel that installs and starts, no trace of one machine."""

import ast
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions, version
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = ("singletable", "app", "components", "monitoring", "policy", "local")
IN_THE_FUNCTION = {"boto3", "botocore"}
"""What Lambda's Python runtime brings, imported inside functions of `app` and `singletable` only."""


# --- pins


@cache
def providers() -> Mapping[str, list[str]]:
    """Top-level module -> the installed distributions that it is from."""
    return packages_distributions()


def requirements(file: str) -> list[Requirement]:
    """The file's own lines, without those of the files that it includes."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / file).read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-r ")]


def names(found: list[Requirement]) -> set[str]:
    return {canonicalize_name(each.name) for each in found}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "policy/requirements.txt"])
def test_every_requirement_is_pinned(file: str) -> None:
    loose = [str(each) for each in requirements(file) if [part.operator for part in each.specifier] != ["=="] or "*" in str(each.specifier)]
    assert not loose


def test_the_development_environment_holds_everything() -> None:
    included = re.findall(r"^-r (\S+)", (ROOT / "requirements-dev.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert included == ["requirements.txt", "policy/requirements.txt"]
    used = {name for room in (*ROOMS, "tests", "__main__.py") for name in third_party(room)}
    assert_covered(used, "requirements-dev.txt", *included)


def test_what_pulumi_up_needs_is_pinned_and_nothing_else() -> None:
    """Imports at the top of modules, followed from the program: what is loaded when the CLI runs it."""
    program = "import sys; before = set(sys.modules); import app.api, app.order_events, components; print(*(sys.modules.keys() - before))"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    files = {ROOT / f"{name.replace('.', '/')}{end}" for name in loaded for end in (".py", "/__init__.py")}
    ours = {name for file in (*files, ROOT / "__main__.py") if file.is_file() for name in third_party(str(file.relative_to(ROOT)))}
    used = {name for name in ours if name in loaded}
    assert {canonicalize_name(each) for name in used for each in providers()[name]} == names(requirements("requirements.txt"))
    assert_covered({name.partition(".")[0] for name in loaded if outside(name.partition(".")[0])}, "requirements.txt")


def third_party(room: str) -> set[str]:
    """Top-level names that the room imports anywhere and that are neither ours nor of the standard library."""
    path = ROOT / room
    found: set[str] = set()
    for file in [path] if path.is_file() else path.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.partition(".")[0])
    return {name for name in found if outside(name)}


def outside(name: str) -> bool:
    return name not in sys.stdlib_module_names and name in providers() and not (ROOT / name).is_dir()


def assert_covered(modules: set[str], *files: str) -> None:
    """Each module is of a distribution that the files pin, or that one of those brings."""
    pinned = {each for file in files for each in closure(requirements(file))}
    missing = {name: providers()[name] for name in modules if not pinned.intersection(map(canonicalize_name, providers()[name]))}
    assert not missing, f"imported and pinned nowhere in {', '.join(files)}: {missing}"


def closure(found: list[Requirement]) -> set[str]:
    known: set[str] = set()
    waiting = [(each, extra) for each in found for extra in ("", *each.extras)]
    done: set[tuple[str, str]] = set()
    while waiting:
        each, extra = waiting.pop()
        name = canonicalize_name(each.name)
        if (name, extra) in done:
            continue
        done.add((name, extra))
        try:
            needs = [Requirement(line) for line in distribution(name).requires or ()]
        except PackageNotFoundError:  # of another platform
            continue
        known.add(name)
        environment = {**default_environment(), "extra": extra}
        waiting += [(need, more) for need in needs if not need.marker or need.marker.evaluate(environment) for more in ("", *need.extras)]
    return known


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "policy/requirements.txt"])
def test_the_tests_run_with_what_is_pinned(file: str) -> None:
    for each in requirements(file):
        if each.marker is None or each.marker.evaluate():
            assert each.specifier.contains(version(each.name), prereleases=True), (
                f"{each} is pinned, {version(each.name)} is installed: make setup"
            )


# --- the distribution


def test_ranges_allow_what_is_pinned() -> None:
    pins = {canonicalize_name(each.name): each for file in ("requirements.txt", "requirements-dev.txt") for each in requirements(file)}
    for extra, lines in PROJECT["project"]["optional-dependencies"].items():
        for each in map(Requirement, lines):
            found = version(each.name)
            assert each.specifier.contains(found), f"the extra {extra} asks for {each}, the tests run with {found}"
            assert canonicalize_name(each.name) in pins or each.name == "botocore", f"{each} of the extra {extra} is pinned nowhere"


def test_an_extra_brings_what_its_room_imports_and_nothing_else() -> None:
    rooms = {"store": "singletable", "monitoring": "monitoring", "pulumi": "components"}
    extras = PROJECT["project"]["optional-dependencies"]
    assert extras.keys() == rooms.keys()
    for extra, room in rooms.items():
        asked, imported = list(map(Requirement, extras[extra])), third_party(room)
        brought = closure(asked)
        missing = [name for name in imported if not brought.intersection(map(canonicalize_name, providers()[name]))]
        assert not missing, f"{room} imports {missing}, which its extra {extra} does not bring"
        idle = names(asked) - {canonicalize_name(each) for name in imported for each in providers()[name]}
        assert not idle, f"nothing in {room} imports {sorted(idle)} of its extra {extra}"


def built(out: Path, kind: str = "wheel", source: Path = ROOT) -> Path:
    command = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", str(out), str(source)]
    result = subprocess.run(command, cwd=out, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    [made] = out.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("dist"))


def test_two_wheels_of_one_commit_are_identical(wheel: Path, tmp_path: Path) -> None:
    again = built(tmp_path)
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


def test_the_source_archive_holds_what_the_wheel_is_made_of_and_nothing_else(wheel: Path, tmp_path: Path) -> None:
    archive = built(tmp_path, "sdist")
    with tarfile.open(archive) as packed:
        held = {name.partition("/")[2] for name in packed.getnames()}
        packed.extractall(tmp_path, filter="data")
    rooms = {name for name in held if name.split("/")[0] in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]}
    assert held - rooms == {"README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml", "PKG-INFO", ".gitignore"}
    again = built(tmp_path, source=tmp_path / archive.name.removesuffix(".tar.gz"))
    assert again.read_bytes() == wheel.read_bytes()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel alone, in a folder of its own: its dependencies are those of the environment."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(folder), str(wheel)]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return folder


def test_the_wheel_holds_its_packages_whole(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        licences = [name for name in archive.namelist() if name.endswith("LICENSE")]
    packages = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert held == {name for name in (*tracked_files(), *new_files()) if name.split("/")[0] in packages and (ROOT / name).exists()}
    assert licences


@pytest.mark.parametrize("package", PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
def test_a_package_of_the_wheel_tells_type_checkers_that_it_is_typed(wheel: Path, package: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert f"{package}/py.typed" in archive.namelist()


@pytest.mark.parametrize("script", sorted(PROJECT["project"]["scripts"]))
def test_a_console_script_starts(installed: Path, script: str, tmp_path: Path) -> None:
    result = start(installed, tmp_path, script, "--help")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("usage: ")


def test_console_scripts_find_the_application_where_they_are_started(installed: Path, tmp_path: Path) -> None:
    """Unlike `python -m`, a script does not look for modules in the working directory by itself."""
    for command in (["singletable", "review", "app.model"], ["singletable-components", "bundle", "--out", str(tmp_path / "app.zip")]):
        result = start(installed, ROOT, *command)
        assert result.returncode == 0, result.stderr


def start(installed: Path, directory: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(
        [sys.executable, str(installed / "bin" / script), *arguments], cwd=directory, env=environment, capture_output=True, text=True
    )


# --- no trace of one machine


def tracked_files() -> list[str]:
    """What belongs to the project. Only git knows: skips in an unpacked archive, and fails where git cannot read its own checkout."""
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout: which files belong to the project is not known")
    return subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def new_files() -> list[str]:
    """What is about to belong to it, while somebody works on it."""
    command = ["git", "ls-files", "--others", "--exclude-standard"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def texts() -> Iterator[tuple[str, str]]:
    for name in tracked_files():
        path = ROOT / name
        if name != str(Path(__file__).relative_to(ROOT)) and path.suffix != ".png" and path.exists():
            yield name, path.read_text(encoding="utf-8")


TRACES = {
    "a folder of one machine": r"(?<![\w.])/(?:work|root|home|Users)/",
    "a package index": r"pypi\.org|pythonhosted\.org|registry\.npmjs|npmmirror|index-url|PIP_INDEX",
    "notes that are not part of the project": r"\.library\b|shared/(?!data/northwind)(?:facts|prototypes|design|sketch|style|seed|mock)",
}


@pytest.mark.parametrize("what", TRACES)
def test_no_file_names(what: str) -> None:
    found = [f"{name}: {match[0]}" for name, text in texts() for match in re.finditer(TRACES[what], text)]
    assert not found, f"{what}: {found}"


def test_only_tests_look_beside_the_repository() -> None:
    assert not [name for name, text in texts() if "../shared" in text and not name.startswith("tests/")]


def test_no_module_is_longer_than_can_be_read_in_one_sitting() -> None:
    long = {
        name: lines
        for name, text in texts()
        if name.endswith(".py") and not name.startswith("tests/") and (lines := text.count("\n")) > 400
    }
    assert not long
