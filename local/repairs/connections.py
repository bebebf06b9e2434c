"""Connections to the embedded AWS stay open from one request to the next, as those to AWS do.

werkzeug closes each connection after its answer, because an application may leave a part of the request unread, and waits 10 ms for such a
part before it does. Here the body is read before the application is asked, so nothing can be left.
"""

from __future__ import annotations

import io
import traceback
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from local.patches import Patch, Repair

_ANSWER_BUFFER_BYTES = 64 * 1024
_NO_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


def _kept_open(_: object) -> Callable[[Any], None]:
    from werkzeug.serving import WSGIRequestHandler

    def run_wsgi(handler: Any) -> None:
        if "Transfer-Encoding" in handler.headers or "Expect" in handler.headers:  # rare, and werkzeug knows how: it closes afterwards
            WSGIRequestHandler.run_wsgi(handler)
            return
        environ = handler.make_environ()
        environ["wsgi.input"] = io.BytesIO(handler.rfile.read(int(handler.headers.get("Content-Length", "0"))))
        try:
            status, headers, body = _answer_of(handler.server.app, environ)
        except Exception:
            handler.server.log("error", f"Error on request:\n{traceback.format_exc()}")
            status, headers, body = "500 INTERNAL SERVER ERROR", [], b""
        code, _, phrase = status.partition(" ")
        handler.send_response(int(code), phrase)
        for name, value in headers:
            handler.send_header(name, value)
        if int(code) not in _NO_BODY and not any(name.lower() == "content-length" for name, _ in headers):
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(b"" if handler.command == "HEAD" else body)
        handler.wfile.flush()

    return run_wsgi


def _unlogged(*_: object) -> None:
    pass


def _answer_of(application: Callable[..., Any], environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status line, headers and body of a WSGI application."""
    started: list[Any] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> Callable[[bytes], None]:
        started[:] = [status, headers]
        return written.append

    parts = application(environ, start_response)
    try:
        written.extend(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    return started[0], started[1], b"".join(written)


def _patches() -> Sequence[Patch]:
    from moto.moto_server.werkzeug_app import MotoRequestHandler

    return (
        Patch(MotoRequestHandler, "protocol_version", lambda _: "HTTP/1.1", missing=True),
        Patch(MotoRequestHandler, "run_wsgi", _kept_open, missing=True),
        # A line of log for each request is written nowhere, and made all the same.
        Patch(MotoRequestHandler, "log_request", lambda _: _unlogged, missing=True),
        # Head and body of an answer in one packet; a large one is not held back until its first part is acknowledged.
        Patch(MotoRequestHandler, "wbufsize", lambda _: _ANSWER_BUFFER_BYTES, missing=True),
        Patch(MotoRequestHandler, "disable_nagle_algorithm", lambda _: True, missing=True),
    )


CONNECTIONS = Repair(
    "connections",
    "moto's server closes each connection after one answer and sends that in two parts; AWS keeps connections open, and SDKs reuse them",
    _patches,
)
