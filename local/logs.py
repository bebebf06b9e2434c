"""Keeps the functions' log lines in their deployed log groups, written as Lambda does: with the permissions of the function's role."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from local.functions import FunctionSettings, Outcome

MAX_EVENTS = 10_000
MAX_BYTES = 1024 * 1024  # CloudWatch Logs API reference, PutLogEvents; each event counts 26 bytes more
MAX_LINE_BYTES = 256 * 1024
_EVENT_OVERHEAD_BYTES = 26


class FunctionLog:
    """One log stream of one function. Thread safe; lines wait for `flush`. `client` signs as the function's role, made when it is needed.
    `before`: the log of the function as it was before a change, which had a stream of its own.

    `problem` says why the last flush could not write: a function without these permissions runs on, but nobody sees what it said.
    """

    def __init__(
        self, settings: FunctionSettings, client: Callable[[], Any], now: Callable[[], datetime], before: FunctionLog | None = None
    ) -> None:
        self.problem: str | None = None
        self.number: int = before.number + 1 if before else 1
        self.stream = f"{now():%Y/%m/%d}/[$LATEST]{settings.name[-32:]}{f'-{self.number}' if before else ''}"
        self._group = settings.log_group
        self._client = client
        self._now = now
        self._waiting: list[tuple[int, str]] = []
        self._created = False
        self._lock = threading.Lock()

    def add(self, outcome: Outcome) -> None:
        at = int(self._now().timestamp() * 1000)
        with self._lock:
            self._waiting += [(at, line.text) for line in outcome.log]

    def flush(self) -> None:
        """Writes what is waiting; what cannot be written is dropped, as Lambda does."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        try:
            client = self._client()
            if not self._created:
                client.create_log_stream(logGroupName=self._group, logStreamName=self.stream)
                self._created = True
            for batch in _batches(waiting):
                answer = client.put_log_events(logGroupName=self._group, logStreamName=self.stream, logEvents=batch)
                if refused := answer.get("rejectedLogEventsInfo"):
                    raise ValueError(f"lines were not taken: {refused}")
        except Exception as error:  # the log must not stop the function, on AWS it does not either
            self.problem = f"cannot write the log of {self._group}: {error}"
        else:
            self.problem = None


def _batches(lines: list[tuple[int, str]]) -> list[list[dict[str, Any]]]:
    batches: list[list[dict[str, Any]]] = [[]]
    size = 0
    for at, text in lines:
        cut = text.encode()[:MAX_LINE_BYTES].decode(errors="ignore")
        more = len(cut.encode()) + _EVENT_OVERHEAD_BYTES
        if batches[-1] and (size + more > MAX_BYTES or len(batches[-1]) == MAX_EVENTS):
            batches.append([])
            size = 0
        batches[-1].append({"timestamp": at, "message": cut})
        size += more
    return batches
