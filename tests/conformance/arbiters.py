"""Other DynamoDBs on this machine, each a process of its own on a free port of 127.0.0.1. `.ci/arbiters` makes what they need."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).parents[2] / "build" / "arbiters"
START_SECONDS = 30
STOP_SECONDS = 10
RETRY_SECONDS = 0.02


@dataclass(frozen=True)
class Arbiter:
    """program: what `.ci/arbiters` leaves behind. command, environment: how to start it on a port."""

    name: str
    program: Path
    command: Callable[[int], list[str]]
    environment: Callable[[int], Mapping[str, str]] = lambda _: {}

    @property
    def missing(self) -> str | None:
        """Why it cannot be started, in one line."""
        return None if self.program.exists() else f"{self.name} is not on this machine: run .ci/arbiters"


ARBITERS = (
    Arbiter(
        "ministack",
        HOME / "ministack" / "bin" / "ministack",
        lambda _: [str(HOME / "ministack" / "bin" / "python"), "-m", "ministack"],
        # By default it listens on every interface, and offers forty services.
        lambda port: {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "SERVICES": "dynamodb,dynamodbstreams", "LOG_LEVEL": "ERROR"},
    ),
    Arbiter(
        "dynoxide",
        HOME / "bin" / "dynoxide",
        lambda port: [str(HOME / "bin" / "dynoxide"), "serve", "--host", "127.0.0.1", "--port", str(port), "--log", "quiet"],
    ),
)


@contextmanager
def running(arbiter: Arbiter, directory: Path) -> Iterator[str]:
    """Its endpoint. directory: where it may write. Raises RuntimeError with the end of its output where it does not start."""
    port = _free_port()
    environment = {**os.environ, "TMPDIR": str(directory), "PYTHONDONTWRITEBYTECODE": "1", **arbiter.environment(port)}
    output = directory / f"{arbiter.name}.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            arbiter.command(port), env=environment, cwd=directory, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(process, port, output)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    """Neither program tells which port it was given, so that it cannot be asked to take any."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int, output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            # Nobody tells when a program listens. Until the next try this waits for the one thing that can be waited for: that it ends.
            with suppress(subprocess.TimeoutExpired):
                process.wait(RETRY_SECONDS)
    raise RuntimeError(f"{process.args} does not answer on port {port}: {output.read_text(errors='replace')[-500:]}")
