"""A site over HTTP, on 127.0.0.1 only: whoever can reach the port may look, and nobody can change anything."""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

from monitoring.errors import MonitoringError
from monitoring.serve.site import Answer, Site

ADDRESS: Final = "127.0.0.1"
HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")


def names_us(host: str | None, port: int) -> bool:
    """Whether a request's Host is this machine. A page of somebody else whose name leads here names itself (DNS rebinding)."""
    return host in {f"{name}:{port}" for name in HOSTS} | (set(HOSTS) if port == 80 else set())


class Loopback:
    """What listens on this machine only, while a `with` lasts. port: 0 takes a free one. Raises MonitoringError "port-taken"."""

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int) -> None:
        try:
            self._server = _Listening((ADDRESS, port), handler)
        except OSError as error:
            words = f"{ADDRESS}:{port} cannot be listened on ({error.strerror}): give another --port, or 0 for a free one"
            raise MonitoringError("port-taken", words) from error
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://{ADDRESS}:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Server(Loopback):
    """Shows a site."""

    def __init__(self, site: Site, port: int) -> None:
        super().__init__(_handler(site), port)


class _Listening(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error of ours; everything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version, sys_version = "monitoring", ""
        timeout = 60

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet: there is nothing to see in who looked."""

        def do_GET(self) -> None:
            if not names_us(self.headers.get("Host"), self.connection.getsockname()[1]):
                self._send(Answer(421, {"content-type": "text/plain"}, b"this server answers to 127.0.0.1 and localhost only\n"))
                return
            path, _, query = self.path.partition("?")
            self._send(site.answer(path, query))

        do_HEAD = do_GET

        def _only_looked_at(self) -> None:
            # What came with it is not read, so nothing more can be read from this connection.
            self.close_connection = True
            self._send(Answer(405, {"content-type": "text/plain", "allow": "GET, HEAD", "connection": "close"}, b"this only shows\n"))

        do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _only_looked_at

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

    return Handler
