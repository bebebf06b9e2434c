"""Over HTTP: on this machine only, for reading only, and closed to pages of others."""

import http.client

import pytest

from monitoring import MonitoringError
from monitoring.serve import Server


@pytest.fixture
def server(site):
    with Server(site, 0) as running:
        yield running


def ask(server, method="GET", path="/state.json", host=None):
    port = int(server.url.rsplit(":", 1)[1].strip("/"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, headers={"Host": host.replace("PORT", str(port))} if host else {})
    response = connection.getresponse()
    found = response.status, response.headers, response.read()
    connection.close()
    return found


def test_a_page_may_load_nothing_and_be_embedded_nowhere(server) -> None:
    status, headers, body = ask(server, path="/")
    assert status == 200
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "connect-src 'self'" in policy
    assert headers["cache-control"] == "no-store"
    assert not [name for name in headers if name.lower().startswith("access-control-")]
    assert len(body) == int(headers["content-length"])


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:PORT", 200),
        ("localhost:PORT", 200),
        ("[::1]:PORT", 200),
        ("evil.example:PORT", 421),
        ("evil.example", 421),
        ("127.0.0.1:1", 421),
        ("127.0.0.1", 421),
    ],
)
def test_only_names_of_this_machine_are_answered(server, host, status) -> None:
    """A page of somebody else whose name leads here would read what on-call sees (DNS rebinding)."""
    assert ask(server, host=host)[0] == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_but_reading_is_there(server, method) -> None:
    status, headers, _ = ask(server, method)
    assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_head_has_no_body(server) -> None:
    status, headers, body = ask(server, "HEAD", "/")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 0


def test_a_port_in_use_is_refused(site, server) -> None:
    port = int(server.url.rsplit(":", 1)[1].strip("/"))
    with pytest.raises(MonitoringError, match=f"port-taken: 127.0.0.1:{port} cannot be listened on .*: give another --port"):
        Server(site, port)
