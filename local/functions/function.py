"""A deployed function: its code unpacked once, and as many execution environments as there are events at the same time."""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local.aws import RoleCredentials
from local.functions.environment import Environment, Launch
from local.functions.outcome import FunctionError, Outcome
from local.functions.package import Runtime, unpack
from local.functions.settings import FunctionSettings
from local.repairs.invocations import MAX_EVENT_BYTES


class Throttled(Exception):
    """Lambda's TooManyRequestsException: the function's reserved concurrency is in use."""

    code = "function-throttled"

    def __init__(self, function: str, limit: int) -> None:
        super().__init__(f"TooManyRequestsException: Rate Exceeded: {function} already runs {limit} events, its reserved concurrency")


class Function:
    """Invokes a function as Lambda does, from any thread. `close()` ends its processes and removes its files. Raises ValueError for no zip.

    `most` environments run at a time, a further caller waits for one (default 8: the demo's workers). `credentials` are asked for
    before each start of a process. `observer` is told of every outcome, with the number of events running at that moment.
    """

    def __init__(
        self,
        settings: FunctionSettings,
        runtime: Runtime,
        credentials: Callable[[], RoleCredentials],
        *,
        endpoint: str | None = None,
        most: int = 8,
        observer: Callable[[Outcome, int], None] | None = None,
        request_ids: random.Random | None = None,
    ) -> None:
        self.settings = settings
        self._runtime = runtime
        self._credentials = credentials
        self._endpoint = endpoint
        self._observer = observer
        self._random = request_ids
        self._root = Path(tempfile.mkdtemp(prefix=f"function-{settings.name[:40]}-"))
        try:
            unpack(settings.code, self._root)
        except ValueError:
            shutil.rmtree(self._root)
            raise
        self._idle: list[Environment] = []
        self._all: list[Environment] = []
        self._running = 0
        self._lock = threading.Lock()
        self._free = threading.Semaphore(most)

    def invoke(self, event: Any) -> Outcome:
        """Runs the handler with `event` (anything JSON can express). Raises Throttled beyond the reserved concurrency.

        What Lambda would answer with an error payload is in the outcome's `error`; an event over 6 MB is refused with
        RequestTooLargeException before any process sees it.
        """
        payload = json.dumps(event, separators=(",", ":")).encode()
        request_id = str(uuid.UUID(int=self._random.getrandbits(128), version=4) if self._random else uuid.uuid4())
        if len(payload) > MAX_EVENT_BYTES:
            message = f"{len(payload)} byte payload is too large for the RequestResponse invocation type (limit {MAX_EVENT_BYTES} bytes)"
            return self._tell(Outcome(self.settings.name, request_id, b"", _refused(message), (), 0.0, None, None), 1)
        with self._free:
            environment, running = self._take()
            try:
                outcome = environment.invoke(request_id, payload)
            finally:
                with self._lock:
                    self._running -= 1
                    self._idle.append(environment)
        return self._tell(outcome, running)

    def _take(self) -> tuple[Environment, int]:
        with self._lock:
            limit = self.settings.reserved_concurrency
            if limit is not None and self._running >= limit:
                raise Throttled(self.settings.name, limit)
            self._running += 1
            if not self._idle:
                self._all.append(Environment(self.settings, self._launch))
                self._idle.append(self._all[-1])
            return self._idle.pop(), self._running

    def _tell(self, outcome: Outcome, running: int) -> Outcome:
        if self._observer is not None:
            self._observer(outcome, running)
        return outcome

    def _launch(self) -> Launch:
        variables = _variables(self.settings, self._credentials(), self._endpoint, self._root)
        return Launch(tuple(self._runtime.command(self._root, self.settings.handler)), self._root, variables)

    def close(self) -> None:
        with self._lock:
            for environment in self._all:
                environment.close()
            self._all.clear()
            self._idle.clear()
        shutil.rmtree(self._root, ignore_errors=True)


def _refused(message: str) -> FunctionError:
    return FunctionError("RequestTooLargeException", message)


def _variables(settings: FunctionSettings, credentials: RoleCredentials, endpoint: str | None, root: Path) -> Mapping[str, str]:
    """The whole environment of the process (Lambda guide, "Defined runtime environment variables"), made from nothing.

    The endpoint variables are the only ones that AWS would not set.
    """
    variables = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "HOME": str(root),
        "LAMBDA_TASK_ROOT": str(root),
        "_HANDLER": settings.handler,
        "AWS_LAMBDA_FUNCTION_NAME": settings.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(settings.memory_mb),
        "AWS_LAMBDA_LOG_GROUP_NAME": settings.log_group or f"/aws/lambda/{settings.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_LAMBDA_LOG_FORMAT": "JSON" if settings.json_logs else "Text",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
    }
    variables |= credentials.environment()
    if endpoint is not None:
        # Without the second, botocore puts the account into the host name of DynamoDB and leaves the endpoint.
        variables |= {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled"}
    return {**variables, **settings.environment}
