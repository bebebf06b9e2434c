"""The part of HTTP/1.1 that a Lambda runtime speaks to its Runtime API, on a socket and without threads.

`http.server` needs a thread per connection; here the thread that invokes also serves, so that a deadline, a dead process and a
log line are noticed in one place.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    body: bytes


class Connection:
    """One keep-alive connection of a runtime. Every read and write ends by the timeout that was set."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connected
        self._reader = connected.makefile("rb")

    def fileno(self) -> int:
        return self._socket.fileno()

    def read(self, timeout_seconds: float) -> Request | None:
        """The next request; None when the runtime closed. Raises OSError (a timeout is one) and ValueError for what is not HTTP."""
        self._socket.settimeout(timeout_seconds)
        line = self._reader.readline(8192)
        if not line:
            return None
        method, path, _ = line.decode("latin-1").split(" ", 2)
        headers: dict[str, str] = {}
        while (line := self._reader.readline(65536)) not in {b"\r\n", b"\n", b""}:
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("expect", "").lower() == "100-continue":
            self._socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return Request(method, path, b"".join(self._chunks()))
        return Request(method, path, self._reader.read(int(headers.get("content-length", "0"))))

    def _chunks(self) -> list[bytes]:
        chunks: list[bytes] = []
        while size := int(self._reader.readline(64).split(b";")[0], 16):
            chunks.append(self._reader.read(size))
            self._reader.readline(64)
        self._reader.readline(64)
        return chunks

    def answer(self, status: HTTPStatus, body: bytes, headers: Mapping[str, str], timeout_seconds: float) -> None:
        self._socket.settimeout(timeout_seconds)
        lines = [f"HTTP/1.1 {status.value} {status.phrase}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def close(self) -> None:
        self._reader.close()
        self._socket.close()
