"""Keeps a world going in real time and serves it on 127.0.0.1: the dashboard, the alarms, and the deployed API.

/                  the page for on-call, which follows what happens; /state.json says the same to programs
/alarms.json       every alarm with its state, and what changed
/api/...           the stack's function URL; whoever can reach this port is let in
/incidents         what can go wrong on purpose; POST and DELETE of /incidents/NAME begin and end it, ?minutes=10
"""

from __future__ import annotations

import json
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from local.incidents import LONGEST_MINUTES, MINUTES, Incidents, UnknownIncident
from local.page import WorldSource
from local.urls import MAX_BODY_BYTES, Answer
from local.world import World
from monitoring.errors import MonitoringError
from monitoring.serve import PAGES, Loopback, Site, names_us

API = "/api"
INCIDENTS = "/incidents"
_CACHING = "no-store"


class PortTaken(Exception):
    """The port cannot be listened on: somebody else does, or the system does not let us."""

    code = "port-taken"


class Served(Loopback):
    """A context manager; `port` 0 takes a free one. Raises PortTaken."""

    def __init__(self, world: World, port: int, incidents: Incidents) -> None:
        self._world = world
        self._incidents = incidents
        self._site = Site([WorldSource(world)])
        try:
            super().__init__(_handler(self), port)
        except MonitoringError as error:
            raise PortTaken(error.message) from error

    def answer(self, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Answer:
        """What a path of this server shows."""
        if path == API or path.startswith(API + "/"):
            return self._world.request(method, path.removeprefix(API) or "/", body or None, query, headers)
        if path == INCIDENTS or path.startswith(INCIDENTS + "/"):
            return self._incident(method, path.removeprefix(INCIDENTS).strip("/"), query)
        if method != "GET":
            return _json(405, {"error": "only GET here; the API is under /api/"})
        if path in PAGES and self._world.clock.now() - self._world.clock.start < timedelta(minutes=1):
            return _json(503, {"error": "the first minute is not over: there is nothing to see yet"})
        if path == "/alarms.json":
            return _json(200, self._alarms())
        if path not in PAGES:
            return _json(404, {"error": f"nothing is at {path}; there is {', '.join(PAGES)}, /alarms.json, /incidents and /api/"})
        answer = self._site.answer(path, query)
        return Answer(answer.status, answer.headers, answer.body)

    def _incident(self, method: str, name: str, query: str) -> Answer:
        now = self._world.clock.now()
        minutes = parse_qs(query).get("minutes", [str(MINUTES)])[0]
        if not (minutes.isascii() and minutes.isdecimal() and len(minutes) < 5 and 1 <= int(minutes) <= LONGEST_MINUTES):
            return _json(400, {"error": f"minutes is {minutes[:20]!r}: give a whole number, 1 to {LONGEST_MINUTES}"})
        try:
            if method == "POST":
                self._incidents.start(name, now, int(minutes))
            elif method == "DELETE":
                self._incidents.end(name)
            elif method != "GET" or name:
                return _json(405, {"error": "GET /incidents lists them; POST and DELETE of /incidents/NAME begin and end one"})
        except UnknownIncident as unknown:
            return _json(404, {"error": str(unknown)})
        return _json(200, self._incidents.described(now))

    def _alarms(self) -> dict[str, Any]:
        watch = self._world.watch
        return {
            "at": self._world.clock.now().isoformat(),
            "alarms": dict(watch.states),
            "history": [
                {"at": change.at.isoformat(), "alarm": change.alarm, "old": change.old, "new": change.new, "reason": change.reason}
                for change in watch.history
            ],
        }


def _json(status: int, value: Any) -> Answer:
    return Answer(status, {"content-type": "application/json", "cache-control": _CACHING}, json.dumps(value).encode())


def _handler(served: Served) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet: what matters is in the functions' logs."""

        def _any(self) -> None:
            if not names_us(self.headers.get("Host"), self.connection.getsockname()[1]):
                self.close_connection = True
                self._send(_json(421, {"error": "this server answers to 127.0.0.1 and localhost only"}))
                return
            origin = self.headers.get("Origin")
            if origin is not None and not names_us(urlsplit(origin).netloc, self.connection.getsockname()[1]):
                self.close_connection = True
                self._send(_json(403, {"error": "a page of another site may not ask here"}))
                return
            length = self.headers.get("Content-Length", "0")
            if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
                self.close_connection = True
                self._send(_json(413, {"error": f"a body has up to {MAX_BODY_BYTES} bytes and states its length"}))
                return
            body = self.rfile.read(int(length))
            path, _, query = self.path.partition("?")
            try:
                answer = served.answer(self.command, path, query, dict(self.headers.items()), body)
            except Exception as error:  # one broken request must not take the server with it
                answer = _json(500, {"error": f"{type(error).__name__}: {error}"})
            self._send(answer)

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name not in {"content-length", "connection", "transfer-encoding"}:
                    self.send_header(name, value)
            for cookie in answer.cookies:
                self.send_header("set-cookie", cookie)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _any

    return Handler
