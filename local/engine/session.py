"""A world with nothing in it, the provider in front of its AWS, and a backend for the state: what any number of `pulumi` commands need.

with Session(Path("."), "dev", Path("out/engine")) as session:
    session.pulumi("up", "--yes")
    session.pulumi("preview", "--expect-no-changes")    # no difference: the AWS is still there
"""

import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from components.configuration import Configuration, load_configuration
from local.aws import EmbeddedAws
from local.engine.project import is_written_here, write_project
from local.engine.provider import serve_provider
from local.realtime import this_minute
from local.world import World

_PROGRAM: Final = "pulumi"
CHECKOUT: Final = Path(__file__).parents[2]
_DECIDED: Final = ("--yes", "--skip-preview")
STEPS: Final[Mapping[str, tuple[str, ...]]] = {"up": _DECIDED, "preview": ("--diff",), "refresh": _DECIDED, "destroy": _DECIDED}
"""Commands of the CLI that need nobody to answer, with the words that make it so."""


class NoEngine(Exception):
    """There is no Pulumi CLI on this machine."""

    code = "no-engine"


class EngineFailed(Exception):
    """A session could not begin: a command of the CLI failed, or its folder holds what no session made."""

    code = "engine-failed"


def find_engine() -> str:
    """The path of the `pulumi` on PATH. Raises NoEngine."""
    path = shutil.which(_PROGRAM)
    if path is None:
        raise NoEngine("there is no `pulumi` on PATH: install the Pulumi CLI, or deploy without it: python -m local up")
    return path


class Session:
    """A context manager. The state begins empty, as the embedded AWS does: what an earlier session left in `out` is removed.

    `program`: the folder of the Pulumi program; `config`: values over those of the stack's file. `out`: where the session's project file, its
    stack file and its state are. Raises NoEngine, EngineFailed and ConfigurationError.
    """

    def __init__(self, program: Path, stack: str, out: Path, *, config: Mapping[str, Any] | None = None) -> None:
        self._program = program.resolve()
        self._stack = stack
        self._config = dict(config or {})
        self.folder = (out / "project").resolve()
        """Where `pulumi` is run."""
        self._state = (out / "state").resolve()
        self._passphrase = secrets.token_urlsafe(16)
        self._exits = ExitStack()
        self.world = World(self._program, stack, config=self._config, start=this_minute(), empty=True)
        self._port = 0

    def __enter__(self) -> Self:
        find_engine()
        configuration = load_configuration(self._program, self._stack, self._config)
        plain = {key: value for key, value in self._config.items() if key not in _names(configuration)}
        self._clear()
        write_project(self._program, self._stack, self.folder, plain)
        self._state.mkdir(parents=True)
        with ExitStack() as exits:
            exits.enter_context(self.world)
            self._port = exits.enter_context(serve_provider(self.aws, self._program))
            self._begin("stack", "init", self._stack, "--no-select")
            for key in sorted(configuration.secret_keys):
                self._begin("config", "set", "--secret", key, given=configuration.values[key])
            self._exits = exits.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._exits.close()

    def _clear(self) -> None:
        there = [folder for folder in (self.folder, self._state) if folder.exists()]
        if there and not is_written_here(self.folder):
            raise EngineFailed(f"{there[0]} was not made by a session, and would be removed: give another --out")
        for folder in there:
            shutil.rmtree(folder)

    @property
    def aws(self) -> EmbeddedAws:
        """What the commands deploy into."""
        return self.world.aws

    @property
    def environment(self) -> dict[str, str]:
        """What `pulumi` has to find in its environment, beside what is there."""
        return {
            "PULUMI_BACKEND_URL": self._state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": self._passphrase,
            "PULUMI_DEBUG_PROVIDERS": f"aws:{self._port}",
            "PULUMI_STACK": self._stack,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # A program that lies elsewhere finds the components too, and so do the tools in another terminal.
            "PYTHONPATH": os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH")))),
            **self.aws.environment(),
        }

    def run(self, step: str) -> int:
        """One of STEPS, with what it needs to ask nobody. Its exit status."""
        return self.pulumi(step, *STEPS[step]).returncode

    def pulumi(self, *words: str, capture: bool = False, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """One command of the CLI, in the session's folder and environment. `capture`: keep what it prints. `given`: its input."""
        return subprocess.run(
            [find_engine(), *words],
            cwd=self.folder,
            env=os.environ | self.environment,
            capture_output=capture,
            input=given,
            text=True,
            check=False,
        )

    def _begin(self, *words: str, given: str | None = None) -> None:
        done = self.pulumi(*words, "--non-interactive", capture=True, given=given)
        if done.returncode:
            raise EngineFailed(f"pulumi {' '.join(words)} ended with {done.returncode}: {(done.stderr or done.stdout).strip()}")


def _names(configuration: Configuration) -> set[str]:
    """Of the secrets, with and without the project's namespace."""
    return {name for key in configuration.secret_keys for name in (key, key.removeprefix(f"{configuration.project}:"))}
