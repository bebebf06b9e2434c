"""One execution environment: a process that runs one event at a time behind its own Runtime API on loopback.

The thread that invokes also serves the Runtime API, reads the log and watches the clock, so nothing runs in the background: an
idle environment is frozen, as Lambda's are. Contract: Lambda guide, "Using the Lambda runtime API for custom runtimes".
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from pathlib import Path

from local.functions.exchange import Connection, Request
from local.functions.outcome import FunctionError, LogLine, Outcome, log_lines
from local.functions.settings import FunctionSettings

START_LIMIT_SECONDS = 10.0  # Lambda guide, "Understanding the Lambda execution environment lifecycle": the init phase
MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100  # the limit that Lambda's own error names; the quota is 6 MB
KEPT_LOG_BYTES = 256 * 1024
_LOOK_SECONDS = 0.02  # how soon a dead process is noticed that left its connection open
_AFTERWARDS_SECONDS = 1.0  # a runtime asks for the next event at once; one that does not is ended
_ACCEPTED = b'{"status":"OK"}'


class Ended(Enum):
    """Why a process brought no answer."""

    TIMEOUT = "timeout"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start the process of a function."""

    command: tuple[str, ...]
    root: Path
    variables: Mapping[str, str]


class _Log:
    """A bounded copy of what the process printed."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._kept = bytearray()
        self._dropped_bytes = 0

    def read(self) -> bool:
        """What is in the pipe now. False at its end."""
        while True:
            try:
                chunk = os.read(self._descriptor, 65536)
            except BlockingIOError:
                return True
            if not chunk:
                return False
            room = max(0, KEPT_LOG_BYTES - len(self._kept))
            self._kept += chunk[:room]
            self._dropped_bytes += max(0, len(chunk) - room)

    def take(self) -> tuple[LogLine, ...]:
        text = self._kept.decode(errors="replace")
        if self._dropped_bytes:
            text += f"\n[{self._dropped_bytes} bytes of log dropped]"
        self._kept.clear()
        self._dropped_bytes = 0
        return log_lines(text)


class _Process:
    """A started process with its Runtime API."""

    def __init__(self, launch: Launch) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self._child = subprocess.Popen(
            launch.command,
            env={**launch.variables, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}"},
            cwd=launch.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that a kill reaches what the handler started too
        )
        assert self._child.stdout is not None
        self._output = self._child.stdout
        self.log = _Log(self._output.fileno())
        self._connections: set[Connection] = set()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._output, selectors.EVENT_READ)
        self.waiting: Connection | None = None

    def serve(self, deadline: float) -> tuple[Connection, Request] | Ended:
        """The next request of the runtime, until `deadline` on the monotonic clock."""
        gone = False
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return Ended.TIMEOUT
            ready = self._selector.select(0 if gone else min(left, _LOOK_SECONDS))
            if not ready and gone:
                return Ended.EXIT
            if not ready:
                gone = self._child.poll() is not None
            for key, _ in ready:
                if key.fileobj is self._listener:
                    connection = Connection(self._listener.accept()[0])
                    self._connections.add(connection)
                    self._selector.register(connection, selectors.EVENT_READ)
                elif key.fileobj is self._output:
                    if not self.log.read():
                        self._selector.unregister(self._output)
                elif isinstance(key.fileobj, Connection) and (request := self._read(key.fileobj, deadline)):
                    return key.fileobj, request

    def _read(self, connection: Connection, deadline: float) -> Request | None:
        try:
            request = connection.read(max(0.001, deadline - time.monotonic()))
        except (OSError, ValueError):
            request = None
        if request is None:
            self._selector.unregister(connection)
            self._connections.discard(connection)
            connection.close()
        return request

    def end(self) -> int:
        """Kills the process and everything it started; its exit status, negative for a signal."""
        status = self._child.poll()
        with suppress(ProcessLookupError, PermissionError):  # the whole group is gone; macOS says so with PermissionError
            os.killpg(self._child.pid, signal.SIGKILL)
        killed = self._child.wait()
        self.log.read()
        self._selector.close()
        for connection in self._connections:
            connection.close()
        self._output.close()
        self._listener.close()
        return killed if status is None else status

    def settle(self) -> int | None:
        """The exit status of a process that is ending by itself; None when it is not."""
        try:
            return self._child.wait(_AFTERWARDS_SECONDS)
        except subprocess.TimeoutExpired:
            return None

    def peak_memory_mb(self) -> int | None:
        """None where the system does not tell (Linux does)."""
        try:
            status = Path(f"/proc/{self._child.pid}/status").read_text(encoding="ascii")
        except OSError:
            return None
        peak = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")), None)
        return None if peak is None else int(peak) // 1024


class Environment:
    """Not thread safe: one caller at a time. `launch` is asked before each start of a process; `close()` ends the process."""

    def __init__(self, settings: FunctionSettings, launch: Callable[[], Launch]) -> None:
        self._settings = settings
        self._launch = launch
        self._process: _Process | None = None

    def invoke(self, request_id: str, event: bytes) -> Outcome:
        """Runs one event; every failure is in the outcome. A failed process is replaced at the next event."""
        started = time.monotonic()
        start_milliseconds = None
        process = self._process
        if process is None or process.waiting is None:
            process = self._process = _Process(self._launch())
            failure = self._start(process, request_id)
            start_milliseconds = _since(started)
            if failure is not None:
                return self._outcome(process, request_id, failure, 0.0, start_milliseconds)
        dispatched = time.monotonic()
        answer = self._run(process, request_id, event, dispatched + self._settings.timeout_seconds)
        return self._outcome(process, request_id, answer, _since(dispatched), start_milliseconds)

    def _start(self, process: _Process, request_id: str) -> FunctionError | None:
        served = process.serve(time.monotonic() + START_LIMIT_SECONDS)
        if isinstance(served, Ended):
            return self._ended(process, request_id, served, START_LIMIT_SECONDS, "Sandbox.Timedout")
        connection, request = served
        if request.path.endswith("/invocation/next"):
            process.waiting = connection
            return None
        connection.answer(HTTPStatus.ACCEPTED, _ACCEPTED, {}, _AFTERWARDS_SECONDS)
        process.settle()
        self._stop(process)
        return FunctionError.from_payload(request.body)

    def _run(self, process: _Process, request_id: str, event: bytes, deadline: float) -> bytes | FunctionError:
        settings = self._settings
        assert process.waiting is not None
        connection, process.waiting = process.waiting, None
        headers = {
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + settings.timeout_seconds) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": settings.arn,
            "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Sampled=0",
        }
        try:
            connection.answer(HTTPStatus.OK, event, headers, max(0.001, deadline - time.monotonic()))
            served = process.serve(deadline)
        except TimeoutError:
            served = Ended.TIMEOUT
        except OSError:
            served = Ended.EXIT
        if isinstance(served, Ended):
            return self._ended(process, request_id, served, settings.timeout_seconds, "Sandbox.Timedout")
        connection, request = served
        if request.path.endswith("/response") and len(request.body) > MAX_RESPONSE_BYTES:
            self._stop(process)
            return _too_large(len(request.body))
        connection.answer(HTTPStatus.ACCEPTED, _ACCEPTED, {}, _AFTERWARDS_SECONDS)
        return request.body if request.path.endswith("/response") else FunctionError.from_payload(request.body)

    def _outcome(
        self, process: _Process, request_id: str, answer: bytes | FunctionError, milliseconds: float, start_milliseconds: float | None
    ) -> Outcome:
        memory_mb = process.peak_memory_mb() if self._process is not None else None
        if self._process is not None:
            # The runtime asks for the next event: all that this one printed is in the pipe.
            served = process.serve(time.monotonic() + _AFTERWARDS_SECONDS)
            if isinstance(served, Ended):
                self._stop(process)
            else:
                process.waiting = served[0]
                process.log.read()
        settings = self._settings
        if memory_mb is not None and memory_mb > settings.memory_mb:
            if self._process is not None:
                self._stop(process)
            answer = FunctionError("Runtime.OutOfMemory", f"RequestId: {request_id} Error: Runtime exited with error: signal: killed")
        error = answer if isinstance(answer, FunctionError) else None
        payload = b"" if isinstance(answer, FunctionError) else answer
        return Outcome(settings.name, request_id, payload, error, process.log.take(), milliseconds, start_milliseconds, memory_mb)

    def _ended(self, process: _Process, request_id: str, why: Ended, limit_seconds: float, kind: str) -> FunctionError:
        if why is Ended.TIMEOUT:
            self._stop(process)
            return FunctionError(kind, f"RequestId: {request_id} Error: Task timed out after {limit_seconds:.2f} seconds")
        status = process.settle()
        self._stop(process)
        how = "no status" if status is None else f"exit status {status}" if status >= 0 else f"signal: {signal.Signals(-status).name}"
        return FunctionError("Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited with error: {how}")

    def _stop(self, process: _Process) -> None:
        process.end()
        self._process = None

    def close(self) -> None:
        if self._process is not None:
            self._stop(self._process)


def _since(started: float) -> float:
    return (time.monotonic() - started) * 1000


def _too_large(size: int) -> FunctionError:
    message = f"Response payload size ({size} bytes) exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
    return FunctionError("Function.ResponseSizeTooLarge", message)
