"""Function URL events and answers, against the Lambda guide's "Invoking Lambda function URLs": payload format 2.0."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from local.functions import FunctionError, Outcome, Throttled
from local.urls import answer_of, ask, url_event

AT = datetime(2026, 3, 2, 14, 30, 15, 250_000, tzinfo=UTC)


def outcome(value: Any = None, error: FunctionError | None = None) -> Outcome:
    return Outcome("api", "r-1", b"" if error else json.dumps(value).encode(), error, (), 1.0, None, None)


def test_the_event_has_the_documented_fields() -> None:
    event = url_event(
        "POST",
        "/orders/1",
        at=AT,
        query="a=1&b=x%20y&a=2",
        headers={"Content-Type": "application/json", "Cookie": "k=v; l=w", "User-Agent": "test"},
        body='{"é": 1}',
        host="abc.lambda-url.eu-west-1.on.aws",
        source_ip="203.0.113.9",
        authorized_as="123456789012",
    )
    assert event["requestContext"].pop("requestId")
    assert event == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/orders/1",
        "rawQueryString": "a=1&b=x%20y&a=2",
        "queryStringParameters": {"a": "1,2", "b": "x y"},
        "cookies": ["k=v", "l=w"],
        "headers": {
            "content-type": "application/json",
            "user-agent": "test",
            "host": "abc.lambda-url.eu-west-1.on.aws",
            "x-forwarded-for": "203.0.113.9",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc",
            "authorizer": {"iam": {"accountId": "123456789012", "callerId": "123456789012"}},
            "domainName": "abc.lambda-url.eu-west-1.on.aws",
            "domainPrefix": "abc",
            "http": {"method": "POST", "path": "/orders/1", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9", "userAgent": "test"},
            "routeKey": "$default",
            "stage": "$default",
            "time": "02/Mar/2026:14:30:15 +0000",
            "timeEpoch": 1772461815250,
        },
        "body": '{"é": 1}',
        "isBase64Encoded": False,
    }


def test_a_get_has_no_body_no_query_and_no_cookies() -> None:
    event = url_event("GET", "/", at=AT)
    assert not {"body", "cookies", "queryStringParameters"} & set(event)
    assert event["rawQueryString"] == ""
    assert event["requestContext"]["accountId"] == "anonymous"
    assert "authorizer" not in event["requestContext"]


def test_a_query_given_as_names_and_values_is_encoded() -> None:
    event = url_event("GET", "/", at=AT, query={"category": "Meat/Poultry & more"})
    assert event["rawQueryString"] == "category=Meat%2FPoultry%20%26%20more"
    assert event["queryStringParameters"] == {"category": "Meat/Poultry & more"}


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"\x00\xff", "application/octet-stream", ("AP8=", True)),
        (b"plain", "application/octet-stream", ("cGxhaW4=", True)),
        (b"plain", "text/plain; charset=utf-8", ("plain", False)),
        (b"\xff", "application/json", ("/w==", True)),
    ],
)
def test_only_text_is_passed_on_as_text(body: bytes, content_type: str, expected: tuple[str, bool]) -> None:
    event = url_event("POST", "/", at=AT, headers={"content-type": content_type}, body=body)
    assert (event["body"], event["isBase64Encoded"]) == expected


@pytest.mark.parametrize(
    ("value", "status", "body", "content_type"),
    [
        ({"statusCode": 201, "body": '{"a":1}'}, 201, b'{"a":1}', "application/json"),
        ({"statusCode": 204}, 204, b"", "application/json"),
        ({"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": "<p>"}, 200, b"<p>", "text/html"),
        ({"statusCode": 200, "body": "AP8=", "isBase64Encoded": True}, 200, b"\x00\xff", "application/json"),
        ({"message": "no status"}, 200, b'{"message": "no status"}', "application/json"),
        ("text", 200, b'"text"', "application/json"),
    ],
)
def test_what_a_function_returns_becomes_an_answer(value: Any, status: int, body: bytes, content_type: str) -> None:
    answer = answer_of(outcome(value))
    assert (answer.status, answer.body, answer.headers["content-type"]) == (status, body, content_type)


def test_cookies_are_kept_apart() -> None:
    assert answer_of(outcome({"statusCode": 200, "cookies": ["a=1", "b=2"]})).cookies == ("a=1", "b=2")


def test_a_failed_function_is_a_502_without_its_words() -> None:
    answer = answer_of(outcome(error=FunctionError("KeyError", "secret")))
    assert (answer.status, answer.body) == (502, b"Internal Server Error")


def test_beyond_the_concurrency_it_is_a_429() -> None:
    def busy(_: Any) -> Outcome:
        raise Throttled("api", 1)

    assert ask(busy, {}).status == 429
