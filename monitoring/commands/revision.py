"""The same command in another revision of the project: git checks it out beside this one, for as long as it is asked."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from monitoring.commands.command import UsageError


@dataclass(frozen=True)
class Revision:
    """name: as it was asked for. commit: in short. directory: where this command's working directory is in it. here: this repository."""

    name: str
    commit: str
    directory: Path
    here: Path

    def __str__(self) -> str:
        return f"{self.name} ({self.commit})"

    def ask(self, arguments: Sequence[str]) -> str:
        """Raises UsageError "unusable-revision"."""
        if not self.directory.is_dir():
            raise _unusable(f"{self} does not have this directory")
        # What is here must not be taken for what is there.
        paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if not Path(path).is_relative_to(self.here)]
        return ask(arguments, str(self), self.directory, {**os.environ, "PYTHONPATH": os.pathsep.join(paths)})


@contextmanager
def checked_out(name: str) -> Generator[Revision]:
    """A worktree of its own, which is gone afterwards. Raises UsageError "no-git" or "unknown-revision"."""
    here = Path(_git("rev-parse", "--show-toplevel").rstrip("\n"))
    inside = _git("rev-parse", "--show-prefix").rstrip("\n")
    # A name is no option, whatever it begins with.
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", unless=_unknown(name)).strip()
    with tempfile.TemporaryDirectory(prefix="monitoring-preview-") as temporary:
        tree = Path(temporary, "tree")
        try:
            _git("worktree", "add", "--detach", "--quiet", str(tree), commit)
            yield Revision(name, commit[:9], tree / inside, here)
        finally:
            # Also where it was only half made: what git knows of it is forgotten with its directory.
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], capture_output=True, check=False)


def ask(arguments: Sequence[str], what: str, directory: Path | None = None, environment: Mapping[str, str] | None = None) -> str:
    """What `python -m monitoring` with these arguments prints in a process of its own. what: where, in words. directory: Default: this one.

    Raises UsageError "unusable-revision".
    """
    command = [sys.executable, "-m", "monitoring", *arguments]
    result = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        last = (result.stderr.strip().splitlines() or ["it says nothing"])[-1].removeprefix("monitoring: ")
        raise _unusable(f"{what}: `python -m monitoring {' '.join(arguments)}` does not work there: {last.rstrip('.')}")
    return result.stdout


def _unusable(why: str) -> UsageError:
    return UsageError("unusable-revision", f"{why}. Choose a revision that has this command and the model, or say which with --model.")


def _unknown(name: str) -> UsageError:
    return UsageError("unknown-revision", f'git knows no revision "{name}" here. Give a commit, a branch, a tag, or one like HEAD~1.')


def _git(*arguments: str, unless: UsageError | None = None) -> str:
    """unless: what is raised where git refuses, instead of its own words."""
    command = ["git", "-c", "core.hooksPath=/dev/null", *arguments]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise UsageError(
            "no-git", "a revision is read with git, which is not on PATH. Install git, or compare files with --alarms."
        ) from None
    if result.returncode and "not a git repository" in result.stderr:
        raise UsageError("no-git", f"{Path.cwd()} is in no git repository. Start in the project, or compare files with --alarms.")
    if result.returncode:
        said = (result.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise unless or UsageError("no-git", f"git {arguments[0]} failed: {said}. Mend it, or compare files with --alarms.")
    return result.stdout
