"""Bundles with third-party packages, without parts of the application, and with bytecode. Wheels are made here: no index is asked."""

import base64
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from components.__main__ import main
from components.bundle.bundle import Bundle
from components.bundle.packaging import Packaging, Target
from components.bundle.wheels import wheels_of
from components.errors import InvalidArgument, MissingModule, MissingWheel, UnexpectedFile

ROOT = Path(__file__).parents[2]
HERE = f"python3.{sys.version_info.minor}"
ARM, X86 = Target("python3.13", "arm64"), Target("python3.13", "x86_64")
Package = Callable[[dict[str, str]], Path]


def wheel(folder: Path, name: str, tag: str, files: Mapping[str, str], requires: str = "") -> str:
    """Writes a wheel of version 1.0 and gives its hash."""
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{name}-1.0.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n" + (f"Requires-Dist: {requires}\n" if requires else "")
    content = {
        **files,
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: {tag}\n",
    }
    record = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text.encode())}"
        for path, text in content.items()
    ]
    path = folder / f"{name}-1.0-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for each, text in {**content, f"{info}/RECORD": "\n".join([*record, f"{info}/RECORD,,"])}.items():
            archive.writestr(zipfile.ZipInfo(each, (2024, 5, 1, 12, 0, 0)), text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    """One package with a wheel for each architecture, and what it needs."""
    index = tmp_path / "index"
    code = {"fast/__init__.py": "import plain\n", "fast-1.0.data/purelib/beside.py": "", "fast-1.0.data/scripts/fast": "#!python\n"}
    hashes = {
        machine: wheel(index, "fast", f"cp313-cp313-{tag}_{machine}", {**code, "fast/core.so": machine}, "plain")
        for machine, tag in (("aarch64", "manylinux2014"), ("x86_64", "manylinux_2_28"))
    }
    plain = wheel(index, "plain", "py3-none-any", {"plain.py": "", "plain-1.0.dist-info/entry_points.txt": ""})
    path = tmp_path / "requirements.txt"
    path.write_text(
        f"--no-index\n--find-links {index}\n"
        f"fast==1.0 --hash=sha256:{hashes['aarch64']} --hash=sha256:{hashes['x86_64']}\n"
        f"plain==1.0 --hash=sha256:{plain}\n"
    )
    return path


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is downloaded goes under the working directory."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def contents(archive: Path | bytes) -> dict[str, bytes]:
    import io

    with zipfile.ZipFile(archive if isinstance(archive, Path) else io.BytesIO(archive)) as packed:
        return {info.filename: packed.read(info) for info in packed.infolist()}


# --- third-party packages


@pytest.mark.parametrize(("target", "machine"), [(ARM, b"aarch64"), (X86, b"x86_64")])
def test_the_wheel_is_the_target_s_whichever_machine_builds(package: Package, requirements: Path, target: Target, machine: bytes) -> None:
    package({"api.py": "import fast, plain, beside\n"})

    found = contents(Bundle.of("shop", Packaging(requirements=requirements), target).archive())

    assert found["fast/core.so"] == machine
    assert {"fast/__init__.py", "plain.py", "beside.py", "plain-1.0.dist-info/METADATA", "shop/api.py"} <= set(found)
    assert [name for name in found if name.endswith(("RECORD", "/fast")) or ".data/" in name] == []
    assert list(found) == sorted(found)


def test_two_builds_for_arm64_are_the_same_bytes(package: Package, requirements: Path, tmp_path: Path) -> None:
    """Two processes, each with its own downloads, another place, another umask and another order of hashes."""
    package({"api.py": "import fast\n"})
    made = []
    for number, umask in enumerate((0o022, 0o077)):
        folder = tmp_path / f"run{number}"
        folder.mkdir()
        command = [sys.executable, "-m", "components", "bundle", "shop", "--out", str(folder / "x.zip"), "--architecture", "arm64"]
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}", "PYTHONHASHSEED": str(number + 1)}
        result = subprocess.run(
            [*command, "--requirements", str(requirements)], cwd=folder, env=environment, umask=umask, capture_output=True, text=True
        )
        assert result.returncode == 0, result.stderr
        made.append((folder / "x.zip").read_bytes())
    assert made[0] == made[1]
    assert contents(made[0])["fast/core.so"] == b"aarch64"


def test_what_was_downloaded_once_is_not_asked_for_again(package: Package, requirements: Path, tmp_path: Path) -> None:
    package({"api.py": "import fast\n"})
    first = Bundle.of("shop", Packaging(requirements=requirements), ARM).archive()
    for each in (tmp_path / "index").iterdir():
        each.unlink()

    assert Bundle.of("shop", Packaging(requirements=requirements), ARM).archive() == first


def test_what_was_changed_after_the_download_is_refused(package: Package, requirements: Path) -> None:
    (kept, *_) = wheels_of(requirements, ARM)
    kept.write_bytes(kept.read_bytes() + b"x")

    with pytest.raises(MissingWheel, match=r"fast-1\.0-.* is not what .*requirements\.txt names: its hash is another; remove "):
        wheels_of(requirements, ARM)


@pytest.mark.parametrize(
    ("change", "target", "message"),
    [
        (lambda text: text, Target("python3.12", "arm64"), r"the packages of .* cannot be had for python3\.12 on arm64: .*fast==1\.0"),
        (lambda text: text.split("plain==")[0], ARM, r"cannot be had for python3\.13 on arm64: .*plain"),
        (lambda text: text.replace("--hash=sha256:", "--hash=sha256:00"), ARM, r"cannot be had|has no --hash"),
        (lambda text: "fast==1.0\n", ARM, r"has no --hash=sha256: without hashes two bundles can differ"),
    ],
    ids=["no wheel for this Python", "a package that is not pinned", "another hash", "no hash"],
)
def test_packages_that_cannot_be_had(requirements: Path, change: Callable[[str], str], target: Target, message: str) -> None:
    requirements.write_text(change(requirements.read_text()))
    with pytest.raises(MissingWheel, match=message):
        wheels_of(requirements, target)
    assert not [each for each in Path("build/wheels").glob("*") if each.is_dir()]


def test_an_import_that_no_package_brings_is_still_refused(package: Package, requirements: Path) -> None:
    package({"api.py": "import fast, slow\n"})
    with pytest.raises(MissingModule, match=r"^shop/api\.py:1 imports slow"):
        Bundle.of("shop", Packaging(requirements=requirements), ARM)


def test_a_package_that_hides_the_application_is_refused(package: Package, tmp_path: Path) -> None:
    package({"api.py": ""})
    digest = wheel(tmp_path / "index", "other", "py3-none-any", {"shop/api.py": "stolen = 1\n"})
    (tmp_path / "r.txt").write_text(f"--no-index\n--find-links {tmp_path}/index\nother==1.0 --hash=sha256:{digest}\n")

    with pytest.raises(UnexpectedFile, match=r"^shop/api\.py comes from shop and from a package that it requires"):
        Bundle.of("shop", Packaging(requirements=tmp_path / "r.txt"), ARM)


def test_what_a_layer_brings_may_be_imported(package: Package) -> None:
    package({"api.py": "import requests\n"})
    assert [source.name for source in Bundle.of("shop", Packaging(provided=["requests"])).sources] == ["shop/__init__.py", "shop/api.py"]


@pytest.mark.parametrize(
    ("runtime", "newest", "beyond"),
    [
        ("python3.11", "manylinux_2_26_aarch64", "manylinux_2_28_aarch64"),
        ("python3.13", "manylinux_2_34_aarch64", "manylinux_2_35_aarch64"),
    ],
)
def test_wheels_for_a_newer_libc_than_the_runtime_s_are_not_taken(runtime: str, newest: str, beyond: str) -> None:
    """Amazon Linux 2 has glibc 2.26, Amazon Linux 2023 has 2.34 (AWS Lambda developer guide, "Lambda runtimes"; AL2023 user guide)."""
    platforms = Target(runtime, "arm64").platforms
    assert platforms[0] == newest
    assert beyond not in platforms
    assert {"manylinux2014_aarch64", "manylinux_2_17_aarch64"} <= set(platforms)


# --- what is left out


def test_excludes(package: Package) -> None:
    package({"api.py": "", "dev/seed.py": "import faker", "dev/notes.md": "x", "views/notes.md": "x", "views/page.py": ""})

    found = Bundle.of("shop", Packaging(excludes=["dev", "**/*.md"]))

    assert [source.name for source in found.sources] == ["shop/__init__.py", "shop/api.py", "shop/views/page.py"]


def test_what_is_excluded_cannot_be_imported(package: Package) -> None:
    package({"api.py": "from shop.dev import seed\n", "dev/__init__.py": "", "dev/seed.py": ""})
    with pytest.raises(MissingModule, match=r"^shop/api\.py:1 imports shop\.dev, which does not exist$"):
        Bundle.of("shop", Packaging(excludes=["dev"]))


# --- bytecode

SOURCE = "NAMES = frozenset({'a', 'b', 'c'})\n\ndef f(x):\n    return x in {'one', 'two', 'three'} and NAMES\n"


def test_bytecode_is_loaded_without_a_look_at_the_source(package: Package, tmp_path: Path) -> None:
    package({"api.py": SOURCE})
    archive = Bundle.of("shop", Packaging(bytecode=True), Target(HERE, "arm64")).archive()
    found = contents(archive)
    name = f"shop/__pycache__/api.cpython-3{sys.version_info.minor}.pyc"
    assert found["shop/api.py"] == SOURCE.encode()
    # PEP 552: the second word says how the file is valid; 1 is by hash, and unchecked.
    assert found[name][4:8] == (1).to_bytes(4, "little")

    for each, content in found.items():
        path = tmp_path / "task" / each
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "task" / "shop" / "api.py").write_text("NAMES = 'from the source'\n")
    program = f"import sys; sys.path.insert(0, {str(tmp_path / 'task')!r}); import shop.api; print(sorted(shop.api.NAMES))"
    result = subprocess.run([sys.executable, "-I", "-B", "-c", program], capture_output=True, text=True)
    assert result.stdout == "['a', 'b', 'c']\n", result.stderr


def test_bytecode_is_the_same_from_each_process(package: Package) -> None:
    """The compiler runs in a process of its own with a random order of sets: ten runs would differ if that showed."""
    package({"api.py": SOURCE})
    made = {Bundle.of("shop", Packaging(bytecode=True), Target(HERE, "arm64")).archive() for _ in range(10)}
    assert len(made) == 1


def test_bytecode_for_another_python_than_there_is(package: Package, monkeypatch: pytest.MonkeyPatch) -> None:
    package({"api.py": ""})
    monkeypatch.setenv("PATH", "/nowhere")
    other = "python3.13" if sys.version_info.minor != 13 else "python3.12"
    with pytest.raises(InvalidArgument, match=f"^bytecode is for {other}, which is not on PATH, and this is Python 3"):
        Bundle.of("shop", Packaging(bytecode=True), Target(other, "arm64"))


# --- arguments


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Packaging(excludes="dev"), "excludes is 'dev': give a list of texts"),
        (lambda: Packaging(excludes=["../other"]), "excludes has '../other': a pattern is relative to the application's package"),
        (lambda: Packaging(provided=["my-package"]), "provided has 'my-package': name the module that is imported, such as requests"),
        (
            lambda: Packaging(requirements="no.txt"),
            "there is no file 'no.txt' with requirements: give its path from where the program runs",
        ),
        (lambda: Target("python3.13", "arm"), "the architecture is 'arm': allowed are arm64, x86_64"),  # type: ignore[arg-type]
        (lambda: Target("nodejs22.x", "arm64"), "the runtime is 'nodejs22.x': one such as python3.13 is needed"),
    ],
)
def test_refusals(build: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        build()
    assert str(caught.value) == message


def test_wheels_and_bytecode_need_a_target(package: Package) -> None:
    package({})
    with pytest.raises(InvalidArgument, match=r"^requirements and bytecode are for one machine: give the target"):
        Bundle.of("shop", Packaging(bytecode=True))


def test_the_report_counts_packages(package: Package, requirements: Path) -> None:
    package({"api.py": "import fast\n"})
    made = Bundle.of("shop", Packaging(requirements=requirements), ARM)
    report = json.loads(json.dumps(made.report(made.archive()).to_dict()))
    assert {"fast/", "plain-1.0.dist-info/", "shop/"} <= {folder["name"] for folder in report["folders"]}


# --- the command


def test_the_bundle_command_has_the_options_of_a_packaging(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine" / "dev").mkdir(parents=True)
    (tmp_path / "mine" / "__init__.py").write_text("import numpy\n")
    (tmp_path / "mine" / "dev" / "seed.csv").write_text("x")
    monkeypatch.syspath_prepend(str(tmp_path))
    out = str(tmp_path / "x.zip")

    assert main(["bundle", "mine", "--out", out]) == 1
    assert capsys.readouterr().err.startswith("unexpected-file: mine/dev/seed.csv")
    assert main(["bundle", "mine", "--out", out, "--exclude", "dev"]) == 1
    assert capsys.readouterr().err.startswith("missing-module: mine/__init__.py:1 imports numpy")
    assert main(["bundle", "mine", "--out", out, "--exclude", "dev", "--provided", "numpy"]) == 0
    assert main(["bundle", "mine", "--out", out, "--requirements", "nothing.txt"]) == 1
    assert capsys.readouterr().err.startswith("invalid-argument: there is no file 'nothing.txt' with requirements")
