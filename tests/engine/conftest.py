"""A stage for a scenario: a program that is rewritten between commands of the real CLI, and the embedded AWS that it deploys into."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from local.engine import Session
from tests.local.programs import write

ROOT = Path(__file__).parent.parent.parent
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """One line for all of them, where a mark on each would be a line each."""
    if shutil.which("pulumi") is None:
        pytest.skip("there is no `pulumi` on PATH: no scenario is run on the real engine")


class Stage:
    """`run` fails a scenario where a command ends otherwise than it should; what the command printed is the message."""

    def __init__(self, session: Session, program: Path) -> None:
        self.session = session
        self.program = program

    def write(self, program: str) -> None:
        write(self.program, program)

    def run(self, *words: str, fails: bool = False) -> str:
        done = self.session.pulumi(*words, "--non-interactive", "--color=never", capture=True)
        shown = done.stdout + done.stderr
        assert bool(done.returncode) is fails, f"pulumi {' '.join(words)} ended with {done.returncode}:\n{shown}"
        return shown

    def up(self, *, fails: bool = False) -> str:
        return self.run("up", "--yes", "--skip-preview", fails=fails)

    def destroy(self, *, fails: bool = False) -> str:
        return self.run("destroy", "--yes", "--skip-preview", fails=fails)

    def planned(self) -> dict[str, str]:
        """Logical name -> what a preview would do with it; what stays as it is left out."""
        done = self.session.pulumi("preview", "--json", "--non-interactive", capture=True)
        assert done.returncode == 0, done.stdout + done.stderr
        steps: list[dict[str, Any]] = json.loads(done.stdout)["steps"]
        return {step["urn"].rpartition("::")[2]: step["op"] for step in steps if step["op"] != "same"}

    def outputs(self, *words: str) -> dict[str, Any]:
        return json.loads(self.session.pulumi("stack", "output", "--json", *words, capture=True).stdout)

    def state(self) -> str:
        """As the backend has it, secrets encrypted."""
        return self.session.pulumi("stack", "export", capture=True).stdout

    def table(self, name: str) -> dict[str, Any]:
        return self.session.aws.client("dynamodb").describe_table(TableName=name)["Table"]

    def tables(self) -> list[str]:
        return self.session.aws.client("dynamodb").list_tables()["TableNames"]


Begin = Callable[..., Stage]


@pytest.fixture
def begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Begins with this program; `config` is of Pulumi.yaml."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # so that a program finds the components
    with ExitStack() as exits:

        def start(program: str, *, config: str = "") -> Stage:
            folder = write(tmp_path / "program", program, config=config, stack="config:\n  aws:region: eu-west-1\n")
            return Stage(exits.enter_context(Session(folder, "dev", tmp_path)), folder)

        yield start


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The checkout's own program, deployed once."""
    with Session(ROOT, "dev", tmp_path_factory.mktemp("shop")) as session:
        stage = Stage(session, ROOT)
        stage.up()
        yield stage
