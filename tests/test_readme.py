"""The README's promises. Every command in it is run, or is a make target that is checked to exist and to do what is said, or needs an AWS
account and says so; every piece of Python is run, or is compared with the file that it is from.

`make demo` and `make test` are not started from here: the one is `.ci/run`'s, and tests/local/test_demo.py runs the demo; the other is this.
"""

import base64
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from singletable import CursorKeys
from tests.snippets import ROOT, Block, Program, blocks

ON_AWS = "needs an AWS account"
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    *(f"docs/{name}.md" for name in ("bundle", "data-layer", "engine", "local", "monitoring", "policy")),
)
SHELL = [(block, line) for page in PAGES for block in blocks(page, "sh") for line in block.code.splitlines()]
ACTIVATE = ". .venv/bin/activate"
HERE = [line for block, line in SHELL if block.mark != ON_AWS and line != ACTIVATE]
ELSEWHERE = [line for block, line in SHELL if block.mark == ON_AWS]
LONG = {"python -m local up": "tests/local/test_deploy_shop.py deploys the same stack"}
"""Commands whose work another test does: here only their --help is run."""


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """As a reader would from the root of the repository, with the environment that `make setup` made."""
    # What make tells its children would make this make another one's child.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{clean.get('PATH', '')}"
    return subprocess.run(command, cwd=ROOT, env={**clean, "PATH": path, **variables}, capture_output=True, text=True, timeout=120)


def commands(program: str) -> Iterator[str]:
    return (line for line in HERE if shlex.split(line)[0] == program)


FINDING = {
    "python -m monitoring lint tests/monitoring/lint/wall/described.json": 1,
    "python -m monitoring explain --scenario gsi-backpressure": 1,
}
"""Commands that are shown finding something: their exit code."""


def test_a_command_is_one_of_three_kinds() -> None:
    assert {shlex.split(line)[0] for line in HERE} == {"make", "python"}
    assert {shlex.split(line)[0] for line in ELSEWHERE} == {"pulumi"}
    assert len(HERE) > 5


@pytest.mark.parametrize("line", sorted(set(commands("python"))))
def test_a_python_command_runs(line: str, tmp_path: Path) -> None:
    words = shlex.split(line)
    if line in LONG:
        words = [*words, "--help"]
    result = run(*(str(tmp_path / word) if word.startswith("out/") else word for word in words))
    assert result.returncode == FINDING.get(line, 0), result.stderr
    assert result.stdout.strip()


@pytest.mark.parametrize("command", sorted(LONG))
def test_a_long_command_is_somewhere_in_the_guides(command: str) -> None:
    assert command in HERE


def test_the_environment_that_make_makes_is_entered_as_the_readme_says() -> None:
    assert ACTIVATE in [line for _, line in SHELL]
    if not (ROOT / ".venv/bin/activate").is_file():
        pytest.skip("no .venv: these tests run in another environment")
    entered = run("sh", "-c", f"{ACTIVATE} && python -c 'import sys; print(sys.prefix)'")
    assert Path(entered.stdout.strip()).samefile(ROOT / ".venv"), entered.stderr


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CONTRIBUTING.md"])
def test_a_page_with_commands_says_how_the_environment_is_entered(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert "make setup" in text
    assert ACTIVATE in text


def test_the_installed_commands_and_packages_are_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [said] = re.findall(r"^Installing brings .*?only\. Extras: [^\n]+", text, re.MULTILINE | re.DOTALL)
    installed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    named = set(re.findall(r"`([\w-]+)`", said))
    assert named == {*project["project"]["scripts"], *installed, *project["project"]["optional-dependencies"], "app", "policy", "local"}
    assert not {"app", "policy", "local"} & set(installed)


# --- make


def targets() -> list[str]:
    return re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_make_help_names_every_target() -> None:
    result = run("make", "--no-print-directory", "help")
    assert result.returncode == 0, result.stderr
    assert re.findall(r"^ +make ([a-z-]+) +\S", result.stdout, re.MULTILINE) == targets()
    assert run("make", "--no-print-directory").stdout == result.stdout, "make alone is make help"


@pytest.mark.parametrize("line", sorted({*commands("make"), "make serve", "make help"}))
def test_a_make_command_has_a_target_that_can_be_made(line: str) -> None:
    program, target = shlex.split(line)
    assert target in targets()
    result = run(program, "--no-print-directory", "--dry-run", target)
    assert result.returncode == 0, result.stderr


def recipe(*arguments: str) -> str:
    """The last command of a target."""
    return run("make", "--no-print-directory", "--dry-run", *arguments).stdout.strip().splitlines()[-1]


def test_the_two_commands_do_what_is_said() -> None:
    assert recipe("demo").endswith("python -m local demo --out out/demo")
    assert recipe("demo", "INPUT=some folder").endswith('python -m local demo --out out/demo --input "some folder"')
    assert "python -m pytest" in recipe("test")
    assert "8400" in run(sys.executable, "-m", "local", "serve", "--help").stdout


def test_the_demo_knows_what_make_gives_it() -> None:
    said = run(sys.executable, "-m", "local", "demo", "--help").stdout
    assert {"--out", "--input"} <= set(re.findall(r"--[a-z]+", said))


def test_the_checks_of_a_change_are_those_that_contributors_are_told() -> None:
    told = {line for block in blocks("CONTRIBUTING.md", "sh") for line in block.code.splitlines()}
    steps = re.findall(r"^step make --no-print-directory (\w+)", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)
    assert told == {f"make {step}" for step in steps}


# --- what needs an account


def test_the_configuration_that_is_set_is_declared() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]
    keys = [
        word for line in ELSEWHERE if "config set" in line for word in [next(w for w in shlex.split(line)[3:] if not w.startswith("--"))]
    ]
    named = [re.sub(r"\[\d+\]$", "", key) for key in keys if ":" not in key]
    assert named == ["cursorKeys", "pageEmails"]
    assert set(named) <= set(declared)
    without_default = [key for key, said in declared.items() if "default" not in said]
    assert without_default == ["cursorKeys"], "the README says that it is the only value without a default"


def test_the_command_that_makes_a_cursor_key_makes_one() -> None:
    [line] = [line for line in ELSEWHERE if "--secret" in line]
    [script] = re.findall(r"python3 -c '([^']+)'", line)
    made = run(sys.executable, "-c", script)
    assert repr(CursorKeys.parse(f"k1:{made.stdout.strip()}")) == "CursorKeys(k1)"


def test_the_policy_packs_folder_is_where_the_commands_look() -> None:
    folders = {shlex.split(line)[shlex.split(line).index("--policy-pack") + 1] for line in ELSEWHERE if "--policy-pack " in line}
    assert folders == {"policy"}
    assert (ROOT / "policy" / "PulumiPolicy.yaml").is_file()


# --- Python


def excerpts() -> list[Block]:
    return [block for block in blocks("README.md", "python") if block.mark.startswith("excerpt: ")]


@pytest.mark.parametrize("block", excerpts(), ids=str)
def test_an_excerpt_is_in_its_file(block: Block) -> None:
    path = block.mark.removeprefix("excerpt: ")
    source, at = (ROOT / path).read_text(encoding="utf-8"), 0
    for part in block.code.split("# ...\n"):
        found = source.find(part.rstrip("\n") + "\n", at)
        assert found >= 0, f"{path} has not, in this order:\n{part}"
        at = found + len(part)
    assert len([line for line in block.code.splitlines() if line.strip() and line != "# ..."]) <= 15, "the README says it in 15 lines"


def test_every_other_piece_of_python_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    program = Program("read_me")
    try:
        rest = [block for block in blocks("README.md", "python") if block not in excerpts()]
        for block in rest:
            program.run(block)
    finally:
        program.close()
    assert rest


# --- facts


def test_the_map_of_the_rooms_is_complete() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+)/` \|", text, re.MULTILINE))
    tracked = subprocess.run(["git", "ls-files", "*/__init__.py"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout: which folders are rooms is not known")
    rooms = {path.split("/")[0] for path in tracked if path.count("/") == 1}
    assert rooms - listed == {"tests"}
    assert listed <= rooms


def test_the_picture_is_a_picture() -> None:
    [path] = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert (ROOT / path).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_digest_of_the_bundle_is_lambdas() -> None:
    """docs/bundle.md: the report's SHA-256, in base64, is Lambda's CodeSha256."""
    from components.bundle.bundle import Bundle

    bundle = Bundle.of("app")
    archive = bundle.archive()
    digest = bytes.fromhex(bundle.report(archive).sha256)
    import hashlib

    assert base64.b64encode(digest) == base64.b64encode(hashlib.sha256(archive).digest())


def test_the_policy_configuration_of_the_guide_is_accepted() -> None:
    from policy.rules import POLICIES

    [block] = blocks("docs/policy.md", "json")
    known = {policy.name: policy.config_schema.properties if policy.config_schema else {} for policy in POLICIES}
    for name, properties in json.loads(block.code).items():
        assert properties.keys() <= known[name].keys()
