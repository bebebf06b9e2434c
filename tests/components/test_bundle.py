"""The archive: the same bytes from every checkout, and a function can import it with nothing else."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import components
from components.__main__ import main
from components.bundle.bundle import LIMIT_BYTES, Bundle
from components.errors import BundleTooLarge

ROOT = Path(__file__).parents[2]
Package = Callable[[dict[str, str]], Path]


def checkout(folder: Path, umask: int, moment: int) -> Path:
    """The sources as another person has them: elsewhere, with other modes and times, with what a run leaves behind."""
    for room in ("app", "singletable", "components", "monitoring"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"), copy_function=shutil.copyfile)
    for path in folder.rglob("*"):
        path.chmod((0o777 if path.is_dir() else 0o666) & ~umask)
        os.utime(path, (moment, moment))
    return folder


def bundle(folder: Path, out: Path, umask: int, hash_seed: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "components", "bundle", "--out", str(out), *options]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "Asia/Tokyo" if umask else "UTC"}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(command, cwd=folder, env=environment, umask=umask, capture_output=True, text=True)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "app.zip"
    Bundle.of("app").write(path)
    return path


def test_two_checkouts_give_the_same_bytes(tmp_path: Path) -> None:
    one = checkout(tmp_path / "one", 0o022, 1_000_000_000)
    two = checkout(tmp_path / "some where" / "deeper" / "two", 0o077, 1_700_000_001)
    (two / "app" / "__pycache__").mkdir()
    (two / "app" / "__pycache__" / "api.cpython-310.pyc").write_bytes(b"left behind")

    results = [bundle(one, tmp_path / "one.zip", 0o022, "1"), bundle(two, tmp_path / "two.zip", 0o077, "2")]

    assert [result.returncode for result in results] == [0, 0], results
    content = (tmp_path / "one.zip").read_bytes()
    assert content == (tmp_path / "two.zip").read_bytes()
    assert len(content) < 100_000
    assert oct((tmp_path / "two.zip").stat().st_mode & 0o777) == "0o644"


def test_another_line_end_gives_the_same_bytes(package: Package) -> None:
    folder = package({"api.py": "a = 1\nb = 2\n"})
    unix = Bundle.of("shop").archive()
    (folder / "api.py").write_bytes(b"a = 1\r\nb = 2\r\n")
    assert Bundle.of("shop").archive() == unix


def test_another_source_gives_other_bytes(package: Package) -> None:
    folder = package({"api.py": "a = 1\n"})
    before = Bundle.of("shop").archive()
    (folder / "api.py").write_text("a = 2\n")
    assert Bundle.of("shop").archive() != before


def test_entries(archive: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        assert packed.testzip() is None
        infos = packed.infolist()
    names = [info.filename for info in infos]
    assert names == sorted(names)
    assert all(name.endswith(".py") and name.split("/")[0] in ("app", "singletable") for name in names)
    assert {"app/api.py", "app/order_events.py", "app/model.py", "singletable/__init__.py"} <= set(names)
    assert not {"singletable/__main__.py", "singletable/review.py"} & set(names)
    for info in infos:
        assert (info.date_time, info.external_attr >> 16, info.create_system) == ((1980, 1, 1, 0, 0, 0), 0o644, 3)
        assert (info.compress_type, info.extra, info.comment) == (zipfile.ZIP_DEFLATED, b"", b"")


def test_a_function_can_import_it_with_the_standard_library_alone(archive: Path) -> None:
    """As in Lambda: the bundle is the only thing on the path, no environment, no development packages. Both handlers are there."""
    program = f"""
import sys
sys.path.insert(0, {str(archive)!r})
import app.api, app.order_events
assert callable(app.api.handler) and callable(app.order_events.handler)
ours = [m for m in sys.modules.values() if m.__name__.partition(".")[0] in ("app", "singletable")]
assert all(m.__file__.startswith({str(archive)!r}) for m in ours), ours
foreign = {{name.partition(".")[0] for name in sys.modules}} - set(sys.stdlib_module_names) - {{"app", "singletable", "__main__"}}
assert not foreign, foreign
"""
    result = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, env={})
    assert result.returncode == 0, result.stderr


def test_everything_in_it_can_be_imported(archive: Path) -> None:
    """Also what is imported late, inside a function: no module of the bundle may need another that stayed behind."""
    program = f"""
import sys, zipfile, importlib
sys.path.insert(0, {str(archive)!r})
for name in zipfile.ZipFile({str(archive)!r}).namelist():
    importlib.import_module(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
"""
    result = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, env={})
    assert result.returncode == 0, result.stderr


def test_report(package: Package, tmp_path: Path) -> None:
    package({"big.py": "".join(f"name_{number} = {number}\n" for number in range(500)), "views/small.py": "a = 1\n"})
    made = Bundle.of("shop")
    content = made.archive()
    report = made.report(content)

    assert report.bytes == len(content)
    assert report.sha256 == hashlib.sha256(content).hexdigest()
    assert [(entry.name, entry.bytes) for entry in report.folders] == [("shop/", 7_280), ("shop/views/", 6)]
    assert [entry.name for entry in report.largest][:2] == ["shop/big.py", "shop/views/small.py"]
    assert (report.files, report.unpacked_bytes) == (3, 7_286)
    assert "shop/views/" in str(report) and f"{len(content):,} bytes, 3 files" in str(report)


def test_too_large_is_refused_and_nothing_is_written(package: Package, tmp_path: Path) -> None:
    package({"noise.py": "x = '" + base64.b85encode(hashlib.shake_128(b"noise").digest(4_000)).decode().replace("'", " ") + "'\n"})
    made = Bundle.of("shop")
    with pytest.raises(BundleTooLarge) as caught:
        made.write(tmp_path / "out" / "x.zip", limit_bytes=1_000)
    size = len(made.archive())
    largest = made.report(made.archive()).largest[0]
    assert str(caught.value) == (
        f"the bundle of shop has {size:,} bytes, allowed are 1,000; the largest file is shop/noise.py with {largest.packed_bytes:,}: "
        "move data out of the code, or raise the limit"
    )
    assert not (tmp_path / "out").exists()
    assert LIMIT_BYTES == 100_000


# --- the command


def test_command_writes_and_reports(package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package({"api.py": "a = 1\n"})
    out = tmp_path / "new" / "x.zip"

    assert main(["bundle", "shop", "--out", str(out), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["out"] == str(out)
    assert printed["bytes"] == out.stat().st_size
    assert printed["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()

    assert main(["bundle", "shop", "--out", str(out)]) == 0
    assert capsys.readouterr().out.startswith(f"{out}: {printed['bytes']:,} bytes, 2 files")
    assert [path.name for path in out.parent.iterdir()] == ["x.zip"]


@pytest.mark.parametrize(
    ("files", "options", "message"),
    [
        ({".env": "TOKEN=x"}, [], "unexpected-file: shop/.env is not Python source"),
        ({"api.py": "import requests"}, [], "missing-module: shop/api.py:1 imports requests"),
        ({"api.py": ""}, ["--limit-bytes", "10"], "bundle-too-large: the bundle of shop has"),
    ],
)
def test_command_refuses(
    package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], options: list[str], message: str
) -> None:
    package(files)
    assert main(["bundle", "shop", "--out", str(tmp_path / "x.zip"), *options]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(message)
    assert not (tmp_path / "x.zip").exists()


def test_command_cannot_write(package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package({})
    (tmp_path / "file").write_text("")
    assert main(["bundle", "shop", "--out", str(tmp_path / "file" / "x.zip")]) == 1
    assert capsys.readouterr().err == f"cannot write {tmp_path}/file/x.zip: File exists\n"


def test_what_cannot_be_put_in_place_leaves_nothing_behind(package: Package, tmp_path: Path) -> None:
    package({})
    (tmp_path / "out" / "x.zip" / "in the way").mkdir(parents=True)
    with pytest.raises(OSError, match="x.zip"):
        Bundle.of("shop").write(tmp_path / "out" / "x.zip")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["x.zip"]


@pytest.mark.parametrize("name", ["shop.api", "nowhere.api", ".", "", "shop/api", "shop.zip"])
def test_command_takes_a_package_s_name_only(package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    package({"api.py": ""})
    assert main(["bundle", name, "--out", str(tmp_path / "x.zip")]) == 1
    assert capsys.readouterr().err == (
        f"missing-module: {name!r} is not the name of a package: give the first word of the handler, such as app of app.api.handler\n"
    )


def test_the_installed_command_bundles_what_is_where_the_user_stands(tmp_path: Path) -> None:
    """A console script starts with its own folder on the path, not with the user's."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "__init__.py").write_text("")
    program = "import sys; from components.__main__ import main; sys.exit(main())"
    command = [sys.executable, "-P", "-c", program, "bundle", "mine", "--out", "x.zip"]
    result = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert zipfile.ZipFile(tmp_path / "x.zip").namelist()[0] == "mine/__init__.py"


def test_a_file_that_is_already_the_same_is_left_alone_and_another_is_replaced(tmp_path, package):
    path, folder = tmp_path / "app.zip", package({"api.py": "x = 1\n"})
    first = Bundle.of("shop").write(path)
    before = path.stat()
    assert Bundle.of("shop").write(path) == first
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)

    (folder / "api.py").write_text("x = 2\n")
    assert Bundle.of("shop").write(path) == path.read_bytes() != first


def test_the_command_needs_no_pulumi_and_a_component_says_that_it_does(tmp_path: Path) -> None:
    """The wheel depends on nothing: `pip install` alone brings the command, and neither pulumi nor pulumi_aws."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "__init__.py").write_text("")
    program = """
import sys
sys.modules |= {"pulumi": None, "pulumi_aws": None}
import components
from components.__main__ import main
assert main(["bundle", "mine", "--out", "x.zip"]) == 0
try:
    from components import SingleTable
except ImportError as error:
    print(error, file=sys.stderr)
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stderr == "SingleTable needs Pulumi, which is not installed: pip install 'singletable[pulumi]'\n"


def test_every_public_name_is_there_and_no_other() -> None:
    assert all(getattr(components, name).__name__ == name for name in components.__all__)
    with pytest.raises(AttributeError, match=r"^module 'components' has no attribute 'Singletable'$"):
        _ = components.Singletable


@pytest.mark.parametrize("out", ["", "."])
def test_command_needs_a_file_to_write(package: Package, capsys: pytest.CaptureFixture[str], out: str) -> None:
    package({})
    with pytest.raises(SystemExit) as caught:
        main(["bundle", "shop", "--out", out])
    assert caught.value.code == 2
    assert f"{out!r} is no file name: give one, such as out/app.zip" in capsys.readouterr().err


@pytest.mark.parametrize("size", ["-1", "0", "x"])
def test_a_limit_is_a_number_of_bytes(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bundle", "--out", "x.zip", f"--limit-bytes={size}"])
    assert ended.value.code == 2
    assert f"{size!r} is no size: give a number of bytes from 1" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["bundle"], 2), (["bundel"], 2), (["bundle", "--help"], 0), (["--help"], 0)])
def test_command_usage(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == code
    shown = capsys.readouterr()
    assert "usage: python -m components" in (shown.err if code else shown.out)
