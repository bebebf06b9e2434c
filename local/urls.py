"""Function URLs: an HTTP request as the event a function receives, and what the function returned as an HTTP answer.

Payload format 2.0 (Lambda guide, "Invoking Lambda function URLs", request and response payloads).
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import parse_qsl, quote, urlencode

from local.functions import Outcome, Throttled

Event = Mapping[str, Any]
Invoke = Callable[[Event], Outcome]
MAX_BODY_BYTES = 6 * 1024 * 1024  # Lambda guide, "Lambda quotas": payload of a synchronous invocation
_TEXT = ("application/json", "application/javascript", "application/xml", "application/x-www-form-urlencoded", "text/")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller of a function URL sees. `outcome`: of the invocation behind it, None where there was none."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    outcome: Outcome | None = field(default=None, repr=False)
    cookies: tuple[str, ...] = ()

    def json(self) -> Any:
        """Raises ValueError for a body that is none."""
        return json.loads(self.body) if self.body else None


def url_event(
    method: str,
    path: str,
    *,
    at: datetime,
    query: Mapping[str, str] | str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes | str | None = None,
    host: str = "localhost",
    source_ip: str = "127.0.0.1",
    authorized_as: str | None = None,
) -> dict[str, Any]:
    """The event of one request. `at` is the platform's time of it; `query` a mapping or the raw string.

    `authorized_as`: the account that a URL with authorization type AWS_IAM has let in.
    """
    raw_query = query if isinstance(query, str) else urlencode(query, quote_via=quote)
    sent = {name.lower(): value for name, value in (headers or {}).items()} | {"host": host, "x-forwarded-for": source_ip}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": raw_query,
        "headers": sent,
        "requestContext": {
            "accountId": authorized_as or "anonymous",
            "apiId": host.split(".", maxsplit=1)[0],
            "domainName": host,
            "domainPrefix": host.split(".", maxsplit=1)[0],
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": source_ip,
                "userAgent": sent.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": at.astimezone(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(at.timestamp() * 1000),
        },
        "isBase64Encoded": False,
    }
    if authorized_as is not None:
        event["requestContext"]["authorizer"] = {"iam": {"accountId": authorized_as, "callerId": authorized_as}}
    if cookies := sent.pop("cookie", ""):
        event["cookies"] = [cookie.strip() for cookie in cookies.split(";")]
    if raw_query:
        pairs: dict[str, str] = {}
        for name, value in parse_qsl(raw_query, keep_blank_values=True):
            pairs[name] = f"{pairs[name]},{value}" if name in pairs else value
        event["queryStringParameters"] = pairs
    if body:
        _put_body(event, body, sent.get("content-type", ""))
    return event


def _put_body(event: dict[str, Any], body: bytes | str, content_type: str) -> None:
    raw = body.encode() if isinstance(body, str) else body
    if isinstance(body, str) or content_type.startswith(_TEXT):
        try:
            event["body"] = raw.decode()
        except UnicodeDecodeError:
            pass
        else:
            return
    event["body"], event["isBase64Encoded"] = base64.b64encode(raw).decode(), True


def answer_of(outcome: Outcome) -> Answer:
    """The HTTP answer that Lambda makes of an invocation: 502 for a failed one, 200 with the value where no statusCode is returned."""
    if outcome.error is not None:
        return Answer(502, {"content-type": "application/json"}, b"Internal Server Error", outcome)
    value = outcome.json()
    if not (isinstance(value, dict) and "statusCode" in value):
        return Answer(200, {"content-type": "application/json"}, json.dumps(value).encode(), outcome)
    given = cast("dict[str, Any]", value)
    body = given.get("body", "")
    raw = (body if isinstance(body, str) else json.dumps(body)).encode()
    headers = {name.lower(): str(text) for name, text in cast("dict[str, Any]", given.get("headers") or {}).items()}
    headers.setdefault("content-type", "application/json")
    cookies = tuple(str(cookie) for cookie in given.get("cookies") or ())
    return Answer(int(given["statusCode"]), headers, base64.b64decode(raw) if given.get("isBase64Encoded") else raw, outcome, cookies)


def ask(invoke: Invoke, event: Event) -> Answer:
    """One request through a function: 429 beyond its concurrency."""
    try:
        return answer_of(invoke(event))
    except Throttled:
        return Answer(429, {"content-type": "application/json"}, b'{"Message":"Rate Exceeded."}')
